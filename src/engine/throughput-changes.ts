// When provisioned throughput rose and fell, and how often it may fall on a day: pure bookkeeping, also of AWS's budget,
// which holds only with `timing: 'aws'` (lab findings DDB-TABLE-184, -326, -185: four a UTC day, then one an hour).
import { LimitExceededException } from '../model/errors.ts'
import type { Throughput } from '../model/table.ts'
import type { ThroughputChanges } from './table-row.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const FREE_DECREASES = 4
const DECREASES_PER_DAY = 27
const HOUR_MS = 60 * 60 * 1000

const dayOf = (timeMs: number): number => Math.floor(timeMs / DAY_MS)

/** Of the UTC day of `nowMs`. */
export function decreasesToday(changes: ThroughputChanges | undefined, nowMs: number): number {
  const { lastDecreaseAt, decreases = 0 } = changes ?? {}
  return lastDecreaseAt !== undefined && dayOf(lastDecreaseAt) === dayOf(nowMs) ? decreases : 0
}

/** Both dimensions in one change count once; a change may be a rise and a fall. */
export function noteChange(
  changes: ThroughputChanges | undefined,
  before: Throughput,
  after: Throughput,
  nowMs: number,
): ThroughputChanges | undefined {
  let next = changes
  if (rises(before, after)) next = { ...next, lastIncreaseAt: nowMs }
  if (falls(before, after)) next = { ...next, lastDecreaseAt: nowMs, decreases: decreasesToday(changes, nowMs) + 1 }
  return next
}

export function rises(before: Throughput, after: Throughput): boolean {
  return after.readCapacityUnits > before.readCapacityUnits || after.writeCapacityUnits > before.writeCapacityUnits
}
export function falls(before: Throughput, after: Throughput): boolean {
  return after.readCapacityUnits < before.readCapacityUnits || after.writeCapacityUnits < before.writeCapacityUnits
}

/** When the next decrease is allowed; 0 where one is allowed now. */
export function nextDecreaseAt(changes: ThroughputChanges | undefined, nowMs: number): number {
  const count = decreasesToday(changes, nowMs)
  if (count < FREE_DECREASES) return 0
  const midnight = (dayOf(nowMs) + 1) * DAY_MS
  if (count >= DECREASES_PER_DAY) return midnight
  const at = Math.min(midnight, (changes?.lastDecreaseAt ?? 0) + HOUR_MS)
  return at <= nowMs ? 0 : at
}

/** Throws LimitExceededException where AWS's budget of decreases is used up. */
export function checkDecreaseBudget(changes: ThroughputChanges | undefined, before: Throughput, after: Throughput, nowMs: number): void {
  if (!falls(before, after)) return
  const next = nextDecreaseAt(changes, nowMs)
  if (next === 0) return
  const time = (timeMs: number): string => new Date(timeMs).toISOString()
  throw new LimitExceededException(
    'Subscriber limit exceeded: Provisioned throughput decreases are limited within a given UTC day. After the first ' +
      `${FREE_DECREASES} decreases, each subsequent decrease in the same UTC day can be performed at most once every 3600 seconds. ` +
      `Number of decreases today: ${decreasesToday(changes, nowMs)}. Last decrease at ${time(changes?.lastDecreaseAt ?? 0)}. ` +
      `Next decrease can be made at ${time(next)}`,
  )
}
