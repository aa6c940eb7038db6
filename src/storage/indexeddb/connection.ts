// Opening an IndexedDB database so that it never hangs (S6): every wait has an end, every end is a StorageException.
// The schema is three generic object stores, so that no release ever needs an upgrade. Invariant: a connection that
// comes after its waiter gave up is closed at once, so it blocks nobody.
import { deleteDB, openDB, unwrap } from 'idb'
import type { Environment } from '../../model/environment.ts'
import { StorageException, type StorageReason } from '../../model/errors.ts'
import type { DataLoss } from '../store.ts'
import { dataLossIn } from './chromium-data-loss.ts'
import { scratchOf } from './log-rotation.ts'
import { opfsBallast } from './opfs-ballast.ts'
import { removeBlockFolders } from './opfs-block-files.ts'

export const LOG = 'log'
export const PAGES = 'pages'
export const META = 'meta'
/** In `meta`: what was lost before the database was made (DataLoss), until that is dismissed. */
export const LOST_KEY = 'lost'
const SCHEMA_VERSION = 1

export interface ConnectionOptions {
  readonly name: string
  /** Of the schema; a test's only. */
  readonly version?: number
  readonly environment: Environment
  /** For an answer of any kind. */
  readonly timeoutMs: number
  /** For another tab that holds an older version open. */
  readonly blockedTimeoutMs: number
  /** Another tab wants to upgrade or delete the database; the connection is closed already. */
  readonly onVersionChange: () => void
  /** The browser closed the connection by itself. */
  readonly onTerminated: () => void
}

/** The database's own request is made before it returns. Rejects with TIMEOUT, BLOCKED, VERSION_CHANGED (a newer schema is there) or UNAVAILABLE. */
export function openConnection(options: ConnectionOptions): Promise<IDBDatabase> {
  const { name, version = SCHEMA_VERSION, environment, timeoutMs, blockedTimeoutMs } = options
  return new Promise((resolve, reject) => {
    let isWaiting = true
    const giveUp = (reason: StorageReason, message: string, cause?: unknown): void => {
      if (!isWaiting) return
      isWaiting = false
      timer.cancel()
      reject(new StorageException(message, { reason, cause }))
    }
    let timer = environment.setTimer(timeoutMs, () => giveUp('TIMEOUT', `Opening ${name} took longer than ${timeoutMs} ms`))
    // Called in a function of its own: where storage is forbidden, open() throws.
    const opening = (async () => openDB(name, version, {
      upgrade(db, _from, _to, transaction, event) {
        for (const store of [LOG, PAGES, META]) if (!db.objectStoreNames.contains(store)) db.createObjectStore(store)
        const message = dataLossIn(event)
        if (message === undefined) return
        const lost: DataLoss = { database: name, noticedAt: environment.now(), message }
        unwrap(transaction).objectStore(META).put(lost, LOST_KEY)
      },
      blocked() {
        timer.cancel()
        timer = environment.setTimer(blockedTimeoutMs, () => giveUp('BLOCKED', `Another tab holds an older version of ${name} open`))
      },
      blocking(_current, _blocked, event) {
        ;(event.target as IDBDatabase).close()
        if (!isWaiting) options.onVersionChange()
      },
      terminated: () => options.onTerminated(),
    }))()
    opening.then(
      (wrapped) => {
        const db = unwrap(wrapped)
        if (!isWaiting) {
          db.close()
          return
        }
        isWaiting = false
        timer.cancel()
        resolve(db)
      },
      (error: unknown) => {
        const isNewer = error instanceof DOMException && error.name === 'VersionError'
        if (isNewer) giveUp('VERSION_CHANGED', `${name} was written by a newer release`, error)
        else giveUp('UNAVAILABLE', `Opening ${name} failed: ${String(error)}`, error)
      },
    )
  })
}

/** Deletes a database with all its content, its scratch database, and its ballast if that can be reached. Rejects with BLOCKED while another tab holds it open, or TIMEOUT. */
export function deleteDatabase(name: string, environment: Environment, timeoutMs = 10_000): Promise<void> {
  return new Promise((resolve, reject) => {
    let reason: StorageReason = 'TIMEOUT'
    const timer = environment.setTimer(timeoutMs, () => reject(new StorageException(`Deleting ${name} took too long`, { reason })))
    deleteDB(name, {
      blocked() {
        reason = 'BLOCKED'
      },
    }).then(
      async () => {
        await Promise.allSettled([deleteDB(scratchOf(name)), opfsBallast(name)?.release(), removeBlockFolders(name)])
        timer.cancel()
        resolve()
      },
      (cause: unknown) => {
        timer.cancel()
        reject(new StorageException(`Deleting ${name} failed: ${String(cause)}`, { reason: 'UNAVAILABLE', cause }))
      },
    )
  })
}
