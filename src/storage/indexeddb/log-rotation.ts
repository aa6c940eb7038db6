// Makes Chromium begin a new log file at each opening, so that nothing is appended for long behind a record that a crash tore.
// The only way that pages have: deleting a database. Invariant: it never fails, and is waited for a short while only (S6).
import type { Environment, Timer } from '../../model/environment.ts'
import { tellsDataLoss } from './chromium-data-loss.ts'

/*
 * The cause. Chromium's IndexedDB is LevelDB with `reuse_logs`, one for all databases of an origin. SIGKILL can tear the last
 * record of its log. The next opening reads up to there and appends behind; the one after that meets a wrong checksum in the
 * midst of the file, and Chromium throws everything away (chromium-data-loss.ts). A deletion compacts LevelDB's memtable, and
 * with that begins a new log. What was tried and does not do: deleting a database that isn't there, clear(), deleteObjectStore,
 * strict durability, 10 MB of puts. What is left: a second kill within some 20 ms of the deletion, before the new log counts; and
 * a record torn in LevelDB's manifest, which is written at compactions only.
 */

/** For what takes some 5 ms. */
const PATIENCE_MS = 1_500
/** By then an opening has read what it reads. */
const PREPARE_AFTER_MS = 500

/** The scratch database of a database. Ours begin with `holdfast:`, so that none is ever taken for a scratch one. */
export function scratchOf(database: string): string {
  return `log-rotation:${database}`
}

/** Resolves, always, when the old log gets no more records, or when that took too long. Chromium only: elsewhere nothing happens. */
export function rotateLog(database: string, environment: Environment): Promise<void> {
  if (!tellsDataLoss()) return Promise.resolve()
  return new Promise((resolve) => {
    const timer = environment.setTimer(PATIENCE_MS, resolve)
    const goOn = (): void => {
      timer.cancel()
      resolve()
    }
    void rotate(scratchOf(database)).then(goOn, goOn)
  })
}

/**
 * Makes the scratch database for the next opening, a little later: where it is there already, its deletion is all that goes behind
 * a torn record, and takes half as long.
 */
export function prepareRotation(database: string, environment: Environment): Timer | undefined {
  if (!tellsDataLoss()) return undefined
  return environment.setTimer(PREPARE_AFTER_MS, () => void make(scratchOf(database)).catch(() => undefined))
}

async function rotate(scratch: string): Promise<void> {
  if (await remove(scratch)) return
  await make(scratch)
  await remove(scratch)
}

/** Whether there was one. */
function remove(scratch: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase(scratch)
    request.onsuccess = (event) => resolve((event as IDBVersionChangeEvent).oldVersion > 0)
    request.onerror = () => reject(request.error ?? new Error('refused'))
  })
}

function make(scratch: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(scratch, 1)
    request.onsuccess = () => {
      request.result.close()
      resolve()
    }
    request.onerror = () => reject(request.error ?? new Error('refused'))
  })
}
