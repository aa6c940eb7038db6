// Bounds of provisioned, on-demand and warm throughput, of tables and GSIs, for CreateTable and UpdateTable: texts as AWS
// answers them (lab findings DDB-TABLE-171, -442; AWS page: ServiceQuotas). DescribeLimits tells the same quotas.
import { LimitExceededException, ValidationException } from '../model/errors.ts'
import type { BillingMode, ProvisionedThroughput } from '../model/table.ts'
import { INITIAL_READS, INITIAL_WRITES } from './table-description.ts'
import type { CreateTableInput, OnDemandThroughput, WarmThroughput } from './table-shapes.ts'

const INVALID = 'One or more parameter values were invalid: '
const INITIAL_HELP =
  'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadWriteCapacityMode.html#HowItWorks.InitialThroughput'

export const MAX_TABLE_UNITS = 40_000
export const MAX_ACCOUNT_UNITS = 80_000

function invalid(text: string): ValidationException {
  return new ValidationException(INVALID + text)
}

/** At least 1; where `mayClear`, also -1, which lifts the limit. Throws ValidationException, LimitExceededException. */
export function checkOnDemand(billingMode: BillingMode, onDemand: OnDemandThroughput | undefined, place: string, mayClear: boolean): void {
  for (const name of ['MaxReadRequestUnits', 'MaxWriteRequestUnits'] as const) {
    const units = onDemand?.[name]
    if (units === undefined) continue
    if (billingMode === 'PROVISIONED') {
      throw invalid(`${name} for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED`)
    }
    if (units === -1 && mayClear) continue
    if (units < 1) throw invalid(`Requested ${name} for OnDemandThroughput for ${place} is outside of valid range`)
    if (units > MAX_TABLE_UNITS) {
      const quota = name === 'MaxReadRequestUnits' ? 'TableMaxReadCapacityUnits' : 'TableMaxWriteCapacityUnits'
      throw new LimitExceededException(
        `Subscriber limit exceeded: Requested ${name} for OnDemandThroughput for ${place} exceeds ${quota} of the account in region local`,
      )
    }
  }
}

/** `subject` is `table` or `index`, with the index's name. Throws LimitExceededException. */
export function checkProvisionedQuota(throughput: ProvisionedThroughput | undefined, indexName?: string): void {
  for (const name of ['ReadCapacityUnits', 'WriteCapacityUnits'] as const) {
    const units = throughput?.[name]
    if (units === undefined || units <= MAX_TABLE_UNITS) continue
    const [place, kind, title] = indexName === undefined ? ['', 'table', 'table'] : [` for index ${indexName}`, 'index', 'index']
    throw new LimitExceededException(
      `The requested ${name}${place}, ${units}, is above the per ${kind} maximum for the account in local. Per ${title} maximum: ` +
        `${MAX_TABLE_UNITS}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`,
    )
  }
}

function checkNewWarm(
  billingMode: BillingMode,
  warm: WarmThroughput | undefined,
  throughput: ProvisionedThroughput | undefined,
  place: string,
): void {
  const members = [
    ['ReadUnitsPerSecond', 'ReadCapacityUnits', INITIAL_READS],
    ['WriteUnitsPerSecond', 'WriteCapacityUnits', INITIAL_WRITES],
  ] as const
  for (const [name, unitName, initial] of members) {
    const asked = warm?.[name]
    if (asked === undefined) continue
    const text = `Requested ${name} for WarmThroughput for ${place} is lower than `
    if (billingMode === 'PAY_PER_REQUEST') {
      if (asked < initial) throw invalid(`${text}initial throughput for OnDemand. See: ${INITIAL_HELP}`)
    } else if (asked < (throughput?.[unitName] ?? 0)) {
      throw invalid(`${text}${unitName} of ProvisionedThroughput`)
    }
  }
}

/** Of a table that is to be created, with its GSIs. Throws ValidationException, LimitExceededException. */
export function checkNewThroughputs(input: CreateTableInput): void {
  const billingMode = input.BillingMode ?? 'PROVISIONED'
  checkOnDemand(billingMode, input.OnDemandThroughput, 'table', false)
  checkNewWarm(billingMode, input.WarmThroughput, input.ProvisionedThroughput, 'table')
  for (const index of input.GlobalSecondaryIndexes ?? []) {
    checkOnDemand(billingMode, index.OnDemandThroughput, `index : ${index.IndexName}`, true)
    checkNewWarm(billingMode, index.WarmThroughput, index.ProvisionedThroughput, `index ${index.IndexName}`)
  }
  checkProvisionedQuota(input.ProvisionedThroughput)
  for (const index of input.GlobalSecondaryIndexes ?? []) checkProvisionedQuota(index.ProvisionedThroughput, index.IndexName)
}
