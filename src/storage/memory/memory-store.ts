// The plain store: a sorted map in memory. It is the oracle of the contract suite and what engine tests run on, so
// it is simple before it is fast. Invariant: a batch becomes readable in the very turn in which its commit resolves.
// Test hooks make reads fault and commits wait or fail; without them it does neither.
import type { Environment } from '../../model/environment.ts'
import { QuotaExceededException, StorageException } from '../../model/errors.ts'
import { OrderedMap } from '../ordered-map.ts'
import type { OrderedCursor } from '../ordered-map.ts'
import { PageFault } from '../store.ts'
import type { Batch, Cursor, DataLoss, Key, KeyRange, Pin, Settlement, Snapshot, Store, StoreStatistics, Value } from '../store.ts'

export interface MemoryStoreOptions {
  /** What outlives a store object: open another store on it to simulate a restart or a take-over (S5). */
  readonly disk?: MemoryDisk
  /** Every nth read of a key throws a PageFault first; or a function that says which. Pinned keys never fault. */
  readonly faultEvery?: number | ((key: Key) => boolean)
  /** How long a faulted page takes to load, or how its load fails. At once by default. */
  readonly load?: (key: Key) => Promise<void>
  /** Runs before a batch is applied; batches wait in order for it. What it throws is the commit's failure. */
  readonly beforeCommit?: (batch: Batch) => Promise<void> | void
  /** Growth beyond it is refused (S7). */
  readonly quotaBytes?: number
}

/** The durable content that memory stores opened on it share, one after the other. */
export class MemoryDisk {
  readonly entries = new OrderedMap<Value>()
  readonly settlements = new Map<string, Settlement>()
  epoch = 0
  storedBytes = 0
  /** Set by tests: what was there before was thrown away. */
  lost: DataLoss | undefined
}

/** Opens at once; awaiting it does no harm. Opening a disk again raises its epoch, and the older store fails (S5). */
export function openMemoryStore(environment: Environment, options: MemoryStoreOptions = {}): MemoryStore {
  return new MemoryStore(environment, options)
}

export class MemoryStore implements Store {
  readonly epoch: number
  #disk: MemoryDisk
  #environment: Environment
  #options: MemoryStoreOptions
  #faults: ((key: Key) => void) | undefined
  #failureListeners: ((error: Error) => void)[] = []
  #lastCommit: Promise<void> = Promise.resolve()
  #bytesWritten = 0
  #failure: StorageException | undefined

  constructor(environment: Environment, options: MemoryStoreOptions) {
    this.#environment = environment
    this.#options = options
    this.#disk = options.disk ?? new MemoryDisk()
    this.epoch = ++this.#disk.epoch
    this.#faults = faultsOf(options)
  }

  get lost(): DataLoss | undefined {
    return this.#disk.lost
  }

  async dismissLoss(): Promise<void> {
    this.#assertAlive()
    this.#disk.lost = undefined
  }

  get(key: Key): Value | undefined {
    this.#assertAlive()
    this.#faults?.(key)
    return this.#disk.entries.get(key)
  }

  cursor(range: KeyRange): Cursor {
    this.#assertAlive()
    return cursorOf(this.#disk.entries, range, this.#faults)
  }

  commit(batch: Batch): Promise<void> {
    const commit = this.#lastCommit.then(() => this.#commit(batch))
    this.#lastCommit = commit.catch(() => undefined)
    return commit
  }

  snapshot(): Snapshot {
    this.#assertAlive()
    return new MemorySnapshot(this.#disk.entries.snapshot(), this.#faults)
  }

  settlement(id: string): Settlement | undefined {
    this.#assertAlive()
    const settlement = this.#disk.settlements.get(id)
    return settlement !== undefined && settlement.expiresAt > this.#environment.now() ? settlement : undefined
  }

  confirm(ids: readonly string[]): void {
    for (const id of ids) this.#disk.settlements.delete(id)
  }

  admit(bytes: number): void {
    const { quotaBytes } = this.#options
    if (quotaBytes === undefined || this.#disk.storedBytes + bytes <= quotaBytes) return
    throw new QuotaExceededException('The storage quota is used up')
  }

  statistics(): StoreStatistics {
    const { storedBytes } = this.#disk
    return {
      storedBytes,
      cacheBytes: 0,
      memoryTableBytes: storedBytes,
      logBytes: 0,
      runs: 0,
      bytesWritten: this.#bytesWritten,
    }
  }

  async flush(): Promise<void> {
    await this.#lastCommit
    this.#assertAlive()
  }

  async compact(): Promise<void> {
    await this.flush()
  }

  async verifyLease(): Promise<void> {
    this.#assertAlive()
    this.#assertLease()
  }

  onFailure(listener: (error: Error) => void): void {
    this.#failureListeners.push(listener)
  }

  async close(): Promise<void> {
    await this.#lastCommit
    this.#failure ??= new StorageException('The store is closed', { reason: 'CLOSED' })
  }

  async #commit(batch: Batch): Promise<void> {
    this.#assertAlive()
    const waiting = this.#options.beforeCommit?.(batch)
    if (waiting !== undefined) await waiting
    this.#assertAlive()
    this.#assertLease()
    for (const range of batch.drops ?? []) this.#drop(range)
    for (const { key, value } of batch.writes) this.#write(key, typeof value === 'object' ? value.join('') : value)
    for (const settlement of batch.settlements ?? []) this.#disk.settlements.set(settlement.id, settlement)
    this.#forgetExpired()
  }

  #write(key: Key, value: Value | undefined): void {
    const disk = this.#disk
    const old = disk.entries.get(key)
    if (old !== undefined) disk.storedBytes -= key.length + old.length
    if (value === undefined) disk.entries.delete(key)
    else {
      disk.entries.set(key, value)
      disk.storedBytes += key.length + value.length
    }
    this.#bytesWritten += key.length + (value?.length ?? 0)
  }

  #drop({ start, end }: KeyRange): void {
    const cursor = this.#disk.entries.cursor({ start, end })
    const keys: Key[] = []
    while (cursor.next()) keys.push(cursor.key)
    for (const key of keys) this.#write(key, undefined)
  }

  /** They arrive roughly in the order in which they expire. */
  #forgetExpired(): void {
    const now = this.#environment.now()
    for (const [id, settlement] of this.#disk.settlements) {
      if (settlement.expiresAt > now) break
      this.#disk.settlements.delete(id)
    }
  }

  #assertLease(): void {
    if (this.#disk.epoch === this.epoch) return
    this.#failure = new StorageException('Another host took over', { reason: 'LEASE_LOST' })
    for (const listener of this.#failureListeners) listener(this.#failure)
    throw this.#failure
  }

  #assertAlive(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

class MemorySnapshot implements Snapshot {
  #entries: OrderedMap<Value> | undefined
  #faults: ((key: Key) => void) | undefined

  constructor(entries: OrderedMap<Value>, faults: ((key: Key) => void) | undefined) {
    this.#entries = entries
    this.#faults = faults
  }

  get(key: Key): Value | undefined {
    const entries = this.#mustGetEntries()
    this.#faults?.(key)
    return entries.get(key)
  }

  cursor(range: KeyRange): Cursor {
    return cursorOf(this.#mustGetEntries(), range, this.#faults)
  }

  release(): void {
    this.#entries = undefined
  }

  #mustGetEntries(): OrderedMap<Value> {
    if (this.#entries === undefined) throw new StorageException('The snapshot was released', { reason: 'CLOSED' })
    return this.#entries
  }
}

function cursorOf(entries: OrderedMap<Value>, range: KeyRange, faults: ((key: Key) => void) | undefined): Cursor {
  const cursor = entries.cursor(range)
  return faults === undefined ? cursor : new FaultingCursor(cursor, range, faults)
}

class FaultingCursor implements Cursor {
  #cursor: OrderedCursor<Value>
  #faults: (key: Key) => void
  #start: Key | undefined

  constructor(cursor: OrderedCursor<Value>, range: KeyRange, faults: (key: Key) => void) {
    this.#cursor = cursor
    this.#faults = faults
    this.#start = range.reverse === true ? range.end : range.start
  }

  get key(): Key {
    return this.#cursor.key
  }

  get value(): Value {
    return this.#cursor.value
  }

  next(): boolean {
    // An empty range has a page too.
    if (this.#start !== undefined) this.#faults(this.#start)
    this.#start = undefined
    if (!this.#cursor.next()) return false
    this.#faults(this.#cursor.key)
    return true
  }
}

function faultsOf({ faultEvery, load }: MemoryStoreOptions): ((key: Key) => void) | undefined {
  if (faultEvery === undefined) return undefined
  const pinned = new Map<Key, number>()
  let reads = 0
  const isMissing = typeof faultEvery === 'function' ? faultEvery : () => ++reads % faultEvery === 0
  return (key) => {
    if (!pinned.has(key) && isMissing(key)) throw new MemoryFault(pinned, key, load)
  }
}

class MemoryFault extends PageFault {
  #pinned: Map<Key, number>
  #key: Key
  #load: ((key: Key) => Promise<void>) | undefined

  constructor(pinned: Map<Key, number>, key: Key, load: ((key: Key) => Promise<void>) | undefined) {
    super()
    this.#pinned = pinned
    this.#key = key
    this.#load = load
  }

  async load(): Promise<Pin> {
    await this.#load?.(this.#key)
    this.#pinned.set(this.#key, (this.#pinned.get(this.#key) ?? 0) + 1)
    return {
      release: () => {
        const count = (this.#pinned.get(this.#key) ?? 0) - 1
        if (count > 0) this.#pinned.set(this.#key, count)
        else this.#pinned.delete(this.#key)
      },
    }
  }
}
