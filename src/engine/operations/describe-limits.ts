// DescribeLimits: the quotas that CreateTable and UpdateTable hold to.
// They are AWS's defaults (AWS page: ServiceQuotas).
import type { Operation } from '../operation.ts'
import { MAX_ACCOUNT_UNITS, MAX_TABLE_UNITS } from '../throughput-limits.ts'

export interface DescribeLimitsOutput {
  readonly AccountMaxReadCapacityUnits: number
  readonly AccountMaxWriteCapacityUnits: number
  readonly TableMaxReadCapacityUnits: number
  readonly TableMaxWriteCapacityUnits: number
}

/** AWS page: DescribeLimits. */
export const describeLimits: Operation<object, DescribeLimitsOutput> = {
  name: 'DescribeLimits',
  kind: 'read',
  run: () =>
    Promise.resolve({
      AccountMaxReadCapacityUnits: MAX_ACCOUNT_UNITS,
      AccountMaxWriteCapacityUnits: MAX_ACCOUNT_UNITS,
      TableMaxReadCapacityUnits: MAX_TABLE_UNITS,
      TableMaxWriteCapacityUnits: MAX_TABLE_UNITS,
    }),
}
