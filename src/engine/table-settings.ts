// What CreateTable takes beside keys, indexes and throughput: encryption, tags, a resource policy; and what it refuses
// here because there is nothing to replicate to. Checked in AWS's order, then made into parts of the catalog's row.
import { ValidationException } from '../model/errors.ts'
import type { Constraints } from './constraints.ts'
import { checkEncryption, encryptionKeyOf } from './encryption.ts'
import type { EngineOptions } from './engine-options.ts'
import { canonicalPolicy } from './resource-policy.ts'
import type { TableRow, ThroughputSettings } from './table-row.ts'
import type { CreateTableInput, GlobalIndexInput, SSESpecification } from './table-shapes.ts'
import { checkTags, withTags } from './tags.ts'

/** Members whose values are of an enumeration. */
export function checkSettingsShape(constraints: Constraints, input: { readonly SSESpecification?: SSESpecification }): void {
  constraints.oneOf('sSESpecification.sSEType', input.SSESpecification?.SSEType, ['AES256', 'KMS'])
}

/** Throws ValidationException, AccessDeniedException. */
export function checkTableSettings(input: CreateTableInput): void {
  if (input.GlobalTableSourceArn !== undefined) {
    throw new ValidationException('One or more parameter values were invalid: GlobalTableSourceArn names a table of another account, and there is none')
  }
  checkReplicationMode(input.GlobalTableSettingsReplicationMode)
  if (input.SSESpecification !== undefined) checkEncryption(input.SSESpecification)
  if (input.Tags !== undefined && input.Tags.length > 0) checkTags(input.Tags)
  if (input.ResourcePolicy !== undefined) canonicalPolicy(input.ResourcePolicy, false)
}

/** AWS's text for a table without replicas. Throws ValidationException. */
export function checkReplicationMode(mode: string | undefined): void {
  if (mode === undefined) return
  throw new ValidationException(
    `Value '${mode}' at 'GlobalTableSettingsReplicationMode' failed to satisfy constraint: ` +
      (mode === 'ENABLED_WITH_OVERRIDES'
        ? 'Only ENABLED and DISABLED settings replication are supported for a Regional Table.'
        : 'The table has no replicas in other Regions, and none can be added.'),
  )
}

/** `input` is checked; `nowMs` becomes the policy's revision. Throws ValidationException for a key that is not there. */
export function settingsOf(input: CreateTableInput, options: EngineOptions, nowMs: number): Partial<TableRow> {
  const encryptionKeyArn = encryptionKeyOf(input.SSESpecification, options)
  const tags = input.Tags ?? []
  const policy = input.ResourcePolicy === undefined ? undefined : canonicalPolicy(input.ResourcePolicy, false)
  return {
    ...(encryptionKeyArn === undefined ? {} : { encryptionKeyArn }),
    ...(tags.length === 0 ? {} : { tags: withTags(undefined, tags) }),
    ...(policy === undefined ? {} : { resourcePolicy: { ...policy, revision: nowMs } }),
  }
}

/** On-demand and warm throughput as they were asked for: empty structures and lifted limits are nothing. */
export function newThroughputSettings({ OnDemandThroughput: onDemand, WarmThroughput: warm }: Pick<GlobalIndexInput, 'OnDemandThroughput' | 'WarmThroughput'>): ThroughputSettings {
  const limits = Object.fromEntries(Object.entries(onDemand ?? {}).filter(([, units]) => units !== undefined && units !== -1))
  return {
    ...(Object.keys(limits).length === 0 ? {} : { onDemandThroughput: limits }),
    ...(warm === undefined || Object.keys(warm).length === 0 ? {} : { warmThroughput: warm }),
  }
}
