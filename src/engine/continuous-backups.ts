// The window that point-in-time recovery reaches, from a table's row: nothing before the switching on or before the
// period, nothing of the last five minutes (AWS page: PointInTimeRecovery; lab finding DDB-TABLE-085).
import type { TableRow } from './table-row.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const LATEST_LAG_MS = 300_000
export const DEFAULT_RECOVERY_DAYS = 35

export interface ContinuousBackupsDescription {
  readonly ContinuousBackupsStatus: 'ENABLED'
  readonly PointInTimeRecoveryDescription: {
    readonly PointInTimeRecoveryStatus: 'ENABLED' | 'DISABLED'
    readonly RecoveryPeriodInDays?: number
    /** Epoch seconds. */
    readonly EarliestRestorableDateTime?: number
    readonly LatestRestorableDateTime?: number
  }
}

export interface RecoveryWindow {
  /** Milliseconds since the epoch. */
  readonly earliest: number
  readonly latest: number
  readonly days: number
}

/** Undefined where recovery is off. */
export function recoveryWindow(row: TableRow, now: number): RecoveryWindow | undefined {
  if (row.pointInTimeRecovery !== true) return undefined
  const since = row.pointInTimeRecoveryAt ?? row.createdAt
  const days = row.recoveryPeriodInDays ?? DEFAULT_RECOVERY_DAYS
  return { earliest: Math.max(since, now - days * DAY_MS), latest: Math.max(since, now - LATEST_LAG_MS), days }
}

export function describeContinuousBackupsOf(row: TableRow, now: number): ContinuousBackupsDescription {
  const window = recoveryWindow(row, now)
  return {
    ContinuousBackupsStatus: 'ENABLED',
    PointInTimeRecoveryDescription:
      window === undefined
        ? { PointInTimeRecoveryStatus: 'DISABLED' }
        : {
            PointInTimeRecoveryStatus: 'ENABLED',
            RecoveryPeriodInDays: window.days,
            EarliestRestorableDateTime: window.earliest / 1000,
            LatestRestorableDateTime: window.latest / 1000,
          },
  }
}
