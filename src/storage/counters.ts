// The database's counters and the system row that keeps them: written with every group that used them, so that
// sequences and committedAt go on where they were after a restart.
import { StorageException } from '../model/errors.ts'
import type { Key, Value } from './store.ts'

export interface Counters {
  /** Last one given. */
  sequence: number
  /** Latest committedAt handed out. */
  clock: number
}

export const COUNTERS_KEY: Key = '\0\0\0\0\xff'
const VERSION = 1

export function countersRow({ sequence, clock }: Counters): Value {
  return JSON.stringify([VERSION, sequence, clock])
}

/** Throws StorageException (DAMAGED). */
export function countersOf(row: Value | undefined): Counters {
  if (row === undefined) return { sequence: 0, clock: 0 }
  const parsed: unknown = JSON.parse(row)
  if (Array.isArray(parsed)) {
    const [version, sequence, clock] = parsed as readonly unknown[]
    if (version === VERSION && typeof sequence === 'number' && typeof clock === 'number') return { sequence, clock }
  }
  throw new StorageException('The row of the counters cannot be read', { reason: 'DAMAGED' })
}
