// The paged store's device over IndexedDB. Every call is one transaction whose requests go out in one burst that ends
// in commit(); only a take-over looks before it writes. Opened with `idb`; requests are made on the bare objects.
// The lease (S5): a take-over adds a row at the log's next key, and a mark under minus its epoch to `meta` and `pages`.
// An append meets the row; pages and publications add and remove the next epoch's mark first, and abort where it is.
import type { Environment, Timer } from '../../model/environment.ts'
import { QuotaExceededException, StorageException } from '../../model/errors.ts'
import { type Block, type ClaimedBlocks, type IdRange, type Lease, type LogClaim, type LogRow, type NamedBlock, type Publication, UnknownLog } from '../paged/blocks.ts'
import type { DataLoss, StoreDurability } from '../store.ts'
import { LOG, LOST_KEY, META, openConnection, PAGES } from './connection.ts'
import { prepareRotation, rotateLog } from './log-rotation.ts'
import { Watchdog } from './watchdog.ts'

const ROOT_KEY = 'root'
const EPOCH_KEY = 'epoch'
/** Id of the latest log in files. */
const FILE_LOG_KEY = 'fileLog'
/** Log keys before it were used, though rows in files that say so may be gone. */
const LOG_END_KEY = 'logEnd'

export interface IndexedDbBlocksOptions {
  readonly name: string
  readonly environment: Environment
  /** For opening, and for any one transaction. */
  readonly timeoutMs?: number
  readonly blockedTimeoutMs?: number
  /** Beside files, from which everything comes back, LevelDB's log need not be kept from appending to what is torn. */
  readonly isBesideFiles?: boolean
}

type StoreName = typeof LOG | typeof PAGES | typeof META
interface Transaction<T> {
  readonly stores: readonly StoreName[]
  readonly mode: IDBTransactionMode
  readonly durability?: StoreDurability
  /** Makes all requests; the result is asked for when the transaction is complete. */
  readonly burst: (store: (name: StoreName) => IDBObjectStore) => () => T
  /** It looks before it writes: its requests go on in callbacks, and it commits by itself after the last one. */
  readonly looks?: boolean
}

/** Openings tried, where the connection is lost again and again. */
const ATTEMPTS = 3

/** What a transaction came to, as far as it is known. */
class LostConnection extends Error {}

export class IndexedDbBlocks implements ClaimedBlocks {
  #options: Required<IndexedDbBlocksOptions>
  #connection: Promise<IDBDatabase> | undefined
  /** What #connection came to. */
  #current: IDBDatabase | undefined
  #epoch: number | undefined
  #failure: StorageException | undefined
  #watch: Watchdog
  #pending = new Set<Promise<unknown>>()
  #preparing: Timer | undefined
  #lostListeners: ((error: Error) => void)[] = []

  constructor(options: IndexedDbBlocksOptions) {
    this.#options = { timeoutMs: 10_000, blockedTimeoutMs: 3_000, isBesideFiles: false, ...options }
    this.#watch = new Watchdog(options.environment, this.#options.timeoutMs)
  }

  async takeOver(claim?: LogClaim): Promise<Lease> {
    const lease = await this.#run<Lease | UnknownLog>({
      stores: [LOG, META, PAGES],
      mode: 'readwrite',
      burst: (store) => takeOverIn(store(LOG), store(META), store(PAGES), claim),
      looks: true,
    })
    if (lease instanceof UnknownLog) {
      if (claim !== undefined) throw lease
      throw new StorageException(`The log of ${this.#options.name} lies in files that can't be reached here`, { reason: 'UNAVAILABLE', cause: lease })
    }
    this.#epoch = lease.epoch
    if (!this.#options.isBesideFiles) this.#preparing = prepareRotation(this.#options.name, this.#options.environment)
    return lease
  }

  async connect(): Promise<void> {
    await this.#connect()
  }

  readLog(from: number): Promise<readonly LogRow[]> {
    return this.#run({
      stores: [LOG],
      mode: 'readonly',
      burst: (store) => {
        const range = IDBKeyRange.lowerBound(from)
        const keys = store(LOG).getAllKeys(range)
        const values = store(LOG).getAll(range)
        return () => values.result.map((value: Block | { readonly epoch: number }, index) => rowOf(keys.result[index] as number, value))
      },
    })
  }

  readPages(ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    return this.#read(PAGES, ids)
  }

  readNodes(ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    return this.#read(META, ids)
  }

  async append(key: number, rows: readonly Block[], durability: StoreDurability): Promise<void> {
    try {
      await this.#run<void>({
        stores: [LOG],
        mode: 'readwrite',
        durability,
        burst: (store) => {
          const log = store(LOG)
          for (let index = 0; index < rows.length; index++) log.add(rows[index], key + index)
          return nothing
        },
      })
    } catch (error) {
      // A repetition after a lost connection meets the rows that did arrive.
      if (!isConstraintError(error)) throw error
      const found = await this.readLog(key)
      const isOurs = rows.every((row, index) => {
        const there = found[index]
        return there !== undefined && 'block' in there && isSameBlock(there.block, row)
      })
      if (!isOurs) throw leaseLost(error)
    }
  }

  writePages(pages: readonly NamedBlock[]): Promise<void> {
    return this.#guarded({
      stores: [PAGES],
      mode: 'readwrite',
      burst: (store) => {
        const target = store(PAGES)
        this.#assertEpochIn(target)
        for (const { id, block } of pages) target.put(block, id)
        return nothing
      },
    })
  }

  publish({ root, nodes, deadNodes, deadPages, trim, durability }: Publication): Promise<void> {
    const stores: StoreName[] = [META]
    if (deadPages.length > 0) stores.push(PAGES)
    if (trim.length > 0) stores.push(LOG)
    return this.#guarded({
      stores,
      mode: 'readwrite',
      durability,
      burst: (store) => {
        const meta = store(META)
        this.#assertEpochIn(meta)
        for (const { id, block } of nodes) meta.put(block, id)
        meta.put(root, ROOT_KEY)
        deleteRanges(meta, deadNodes)
        if (deadPages.length > 0) deleteRanges(store(PAGES), deadPages)
        if (trim.length > 0) {
          deleteRanges(store(LOG), trim)
          meta.put(Math.max(...trim.map(({ to }) => to)) + 1, LOG_END_KEY)
        }
        return nothing
      },
    })
  }

  async verifyLease(): Promise<void> {
    const found = await this.#run<number | undefined>({ stores: [META], mode: 'readonly', burst: readEpoch })
    if (found !== this.#epoch) throw leaseLost(undefined)
  }

  dismissLoss(): Promise<void> {
    return this.#guarded({
      stores: [META],
      mode: 'readwrite',
      burst: (store) => {
        const meta = store(META)
        this.#assertEpochIn(meta)
        meta.delete(LOST_KEY)
        return nothing
      },
    })
  }

  onLost(listener: (error: Error) => void): void {
    this.#lostListeners.push(listener)
  }

  async close(): Promise<void> {
    this.#failure ??= new StorageException('The database is closed', { reason: 'CLOSED' })
    await Promise.allSettled(this.#pending)
    this.#watch.stop()
    this.#preparing?.cancel()
    const connection = this.#connection
    this.#connection = undefined
    await connection?.then(
      (db) => db.close(),
      () => undefined,
    )
  }

  #read(name: StoreName, ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    return this.#run({
      stores: [name],
      mode: 'readonly',
      burst: (store) => {
        const source = store(name)
        const requests: IDBRequest<Block | undefined>[] = ids.map((id) => source.get(id))
        return () => requests.map(({ result }) => result)
      },
    })
  }

  /** The mark of the next epoch is there if another host took over: adding it again aborts the transaction. */
  #assertEpochIn(store: IDBObjectStore): void {
    const mark = -((this.#epoch ?? 0) + 1)
    store.add(0, mark)
    store.delete(mark)
  }

  async #guarded(transaction: Transaction<void>): Promise<void> {
    try {
      await this.#run(transaction)
    } catch (error) {
      throw isConstraintError(error) ? leaseLost(error) : error
    }
  }

  /** Repeats after a lost connection: every transaction does nothing, or the same, the second time. */
  async #run<T>(transaction: Transaction<T>): Promise<T> {
    if (this.#failure !== undefined) throw this.#failure
    const running = this.#attempt(transaction)
    this.#pending.add(running)
    try {
      return await running
    } finally {
      this.#pending.delete(running)
    }
  }

  async #attempt<T>(transaction: Transaction<T>): Promise<T> {
    let lost: unknown
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      let db: IDBDatabase | undefined
      try {
        // It can be lost as soon as it is there, too.
        db = await this.#connect()
        return await this.#transact(db, transaction)
      } catch (error) {
        if (!(error instanceof LostConnection)) throw error
        lost = error.cause
        if (db !== undefined) this.#drop(db)
        // A take-over may have arrived unconfirmed: its repetition goes one higher.
        if (this.#failure !== undefined) throw this.#failure
      }
    }
    const message = `The connection to ${this.#options.name} was lost: ${String(lost)}`
    throw this.#lose(new StorageException(message, { reason: transaction.mode === 'readonly' ? 'UNAVAILABLE' : 'UNKNOWN_OUTCOME', cause: lost }))
  }

  #transact<T>(db: IDBDatabase, { stores, mode, durability = 'relaxed', burst, looks }: Transaction<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      try {
        const transaction = db.transaction(stores as StoreName[], mode, { durability })
        const result = burst((name) => transaction.objectStore(name))
        const guard = this.#watch.begin(() => {
          reject(new LostConnection('Timed out', { cause: new Error(`No answer within ${this.#options.timeoutMs} ms`) }))
          abort(transaction)
        })
        transaction.oncomplete = () => {
          guard.end()
          resolve(result())
        }
        transaction.onabort = () => {
          guard.end()
          reject(explain(transaction.error))
        }
        if (looks !== true) transaction.commit()
      } catch (error) {
        reject(explain(error))
      }
    })
  }

  #connect(): Promise<IDBDatabase> {
    if (this.#failure !== undefined && this.#connection === undefined) return Promise.reject(this.#failure)
    if (this.#connection !== undefined) return this.#connection
    const connection = this.#open().then(
      (db) => {
        if (this.#connection === connection) this.#current = db
        return db
      },
      (error: unknown) => {
        if (this.#connection === connection) this.#connection = undefined
        throw error
      },
    )
    this.#connection = connection
    return connection
  }

  async #open(): Promise<IDBDatabase> {
    const opening = openConnection({
      ...this.#options,
      onVersionChange: () => {
        this.#lose(new StorageException(`A newer release wants ${this.#options.name}`, { reason: 'VERSION_CHANGED' }))
      },
      onTerminated: () => {
        this.#drop(db)
        // Was it deleted? Nothing else may ask for long, where the log lies in files.
        if (this.#failure === undefined) this.#connect().catch(() => undefined)
      },
    })
    // Behind it in the queue, as the first request alone hears of a data loss; but before the first write.
    const rotation = this.#options.isBesideFiles ? undefined : rotateLog(this.#options.name, this.#options.environment)
    const db = await opening
    await rotation
    // After a loss: the database may have been deleted, or taken over.
    if (this.#epoch === undefined) return db
    let found: number | undefined
    try {
      found = await this.#transact<number | undefined>(db, { stores: [META], mode: 'readonly', burst: readEpoch })
      if (found === this.#epoch) return db
    } catch (error) {
      db.close()
      throw error
    }
    db.close()
    if (found !== undefined) throw leaseLost(undefined)
    throw this.#lose(new StorageException(`${this.#options.name} was deleted`, { reason: 'UNAVAILABLE' }))
  }

  /** Several transactions of a lost connection drop it; by then there may be a new one. */
  #drop(db: IDBDatabase): void {
    db.close()
    if (this.#current !== db) return
    this.#current = undefined
    this.#connection = undefined
  }

  #lose(error: StorageException): StorageException {
    if (this.#failure === undefined) {
      this.#failure = error
      for (const listener of this.#lostListeners) listener(error)
    }
    return this.#failure
  }
}

function takeOverIn(log: IDBObjectStore, meta: IDBObjectStore, pages: IDBObjectStore, claim: LogClaim | undefined): () => Lease | UnknownLog {
  const root: IDBRequest<Block | undefined> = meta.get(ROOT_KEY)
  const lastEpoch: IDBRequest<number | undefined> = meta.get(EPOCH_KEY)
  const logEnd: IDBRequest<number | undefined> = meta.get(LOG_END_KEY)
  const fileLog: IDBRequest<string | undefined> = meta.get(FILE_LOG_KEY)
  const lost: IDBRequest<DataLoss | undefined> = meta.get(LOST_KEY)
  const last = log.openKeyCursor(null, 'prev')
  let lease: Lease | UnknownLog | undefined
  last.onsuccess = () => {
    const latest = fileLog.result
    if (latest !== undefined && claim?.logs.has(latest) !== true) {
      lease = new UnknownLog(latest)
      return
    }
    const epoch = Math.max(lastEpoch.result ?? 0, claim?.lastEpoch ?? 0) + 1
    const key = Math.max(last.result === null ? 0 : (last.result.key as number) + 1, logEnd.result ?? 0, claim?.nextLogKey ?? 0)
    log.add({ epoch }, key)
    meta.put(epoch, EPOCH_KEY)
    meta.add(0, -epoch)
    pages.add(0, -epoch)
    if (claim !== undefined) meta.put(claim.log, FILE_LOG_KEY)
    // What was lost here is there.
    const isRestored = lastEpoch.result === undefined && epoch > 1
    if (isRestored) meta.delete(LOST_KEY)
    lease = { epoch, nextLogKey: key + 1, root: root.result, lost: isRestored ? undefined : lost.result }
  }
  return () => lease as Lease | UnknownLog
}

function readEpoch(store: (name: StoreName) => IDBObjectStore): () => number | undefined {
  const epoch: IDBRequest<number | undefined> = store(META).get(EPOCH_KEY)
  return () => epoch.result
}

function nothing(): void {
  // Writes have no result.
}

function rowOf(key: number, value: Block | { readonly epoch: number }): LogRow {
  return typeof value === 'object' && 'epoch' in value ? { key, epoch: value.epoch } : { key, block: value }
}

function deleteRanges(store: IDBObjectStore, ranges: readonly IdRange[]): void {
  for (const { from, to } of ranges) store.delete(to - from === 1 ? from : IDBKeyRange.bound(from, to, false, true))
}

function isSameBlock(a: Block, b: Block): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

function abort(transaction: IDBTransaction): void {
  try {
    transaction.abort()
  } catch {
    // It is over.
  }
}

function isConstraintError(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'ConstraintError'
}

function leaseLost(cause: unknown): StorageException {
  return new StorageException('Another host took over this database', { reason: 'LEASE_LOST', cause })
}

/**
 * What an aborted transaction or a refused one means. A closed connection throws InvalidStateError (WebKit closes them
 * in the background: https://bugs.webkit.org/show_bug.cgi?id=197050); one that closes meanwhile aborts without an error.
 */
function explain(error: unknown): unknown {
  const name = error instanceof Error || error instanceof DOMException ? error.name : ''
  if (name === 'QuotaExceededError') return new QuotaExceededException('The storage quota is used up', { cause: error })
  if (name === 'ConstraintError') return error
  return new LostConnection('Lost', { cause: error })
}
