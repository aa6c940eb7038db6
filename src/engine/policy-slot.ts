// Where a resource policy lies: a table has one, and so has each of its streams, within the table's row.
// A deletion leaves its revision behind, so that revisions never come again.
import { PolicyNotFoundException } from '../model/control-errors.ts'
import { ResourceNotFoundException } from '../model/errors.ts'
import { parseResourceArn, type ResourceArn } from './resource-arn.ts'
import type { PolicyRow, TableRow } from './table-row.ts'

const NO_POLICY = 'NO_POLICY'

export interface PolicySlot extends ResourceArn {
  readonly arn: string
}

/** Throws ValidationException. */
export function policySlot(arn: string): PolicySlot {
  return { arn, ...parseResourceArn(arn) }
}

/** Throws ResourceNotFoundException for a stream that the table does not have. */
export function policyRow(row: TableRow, { streamLabel: label }: PolicySlot): PolicyRow | undefined {
  if (label === undefined) return row.resourcePolicy
  if (label !== row.stream?.label && label !== row.latestStreamLabel) {
    throw new ResourceNotFoundException(`Requested resource not found: Stream: ${label} not found for Table: ${row.name}`)
  }
  return row.streamPolicies?.[label]
}

export function withPolicyRow(row: TableRow, { streamLabel: label }: PolicySlot, policy: PolicyRow): TableRow {
  return label === undefined ? { ...row, resourcePolicy: policy } : { ...row, streamPolicies: { ...row.streamPolicies, [label]: policy } }
}

export function policyNotFound(detail: string): Error {
  return new PolicyNotFoundException(`Resource-based policy not found for the provided ResourceArn: ${detail}`)
}

/** Throws PolicyNotFoundException unless the policy has the revision, or there is none and that is expected. */
export function checkRevision({ tableName, streamLabel }: PolicySlot, known: PolicyRow | undefined, expected: string): void {
  const subject = streamLabel === undefined ? `table ${tableName}` : `stream ${streamLabel}`
  const asked = `Requested update for policy with revision id ${expected}`
  if (known?.document === undefined) {
    if (expected === NO_POLICY) return
    throw policyNotFound(`${asked}, but ${subject} has no associated resource-based policy`)
  }
  if (expected === String(known.revision)) return
  throw policyNotFound(`${asked}, but the policy associated to target ${subject} did not match`)
}
