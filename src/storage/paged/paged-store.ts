// The paged store: log, memory tables, runs and base pages over a device (blocks.ts). It puts the parts together and
// answers reads from one consistent view. Invariants S1 to S7; after a failure it answers nothing more (S5).
import type { Environment } from '../../model/environment.ts'
import { QuotaExceededException, StorageException } from '../../model/errors.ts'
import type { Batch, Cursor, DataLoss, Key, KeyRange, Settlement, Snapshot, Store, StoreDurability, StoreStatistics, Value } from '../store.ts'
import { type Ballast, BallastKeeper } from './ballast.ts'
import type { Blocks } from './blocks.ts'
import { Checkpoint, trimmedRanges } from './checkpoint.ts'
import { bytesCodec, type Codec, plainCodec } from './codec.ts'
import { Committer } from './committer.ts'
import { PageRef } from './directory.ts'
import type { Disk } from './disk.ts'
import { flushTable } from './flush.ts'
import type { LogRecord } from './log-record.ts'
import { Maintenance } from './maintenance.ts'
import { MemoryTable } from './memory-table.ts'
import { mergeSlice } from './merge.ts'
import { type MergePlan, planMerge, planOfAll } from './merge-plan.ts'
import { FILE_PAGE_BYTES, PAGE_BYTES } from './page.ts'
import { PageCache, tableIdOf } from './page-cache.ts'
import { QuotaGuard, type StorageEstimate } from './quota-guard.ts'
import { type Loss, recover, type Recovered } from './recovery.ts'
import { Reclaimer } from './reclaim.ts'
import { repairPages } from './repair.ts'
import { SettlementBook } from './settlement-book.ts'
import { StoreSnapshot } from './store-snapshot.ts'
import { View } from './view.ts'

export interface PagedStoreOptions {
  readonly blocks: Blocks
  readonly environment: Environment
  readonly codec?: Codec
  /** Of pages and directory nodes in memory. */
  readonly cacheBytes?: number
  /** Usage and quota of the origin; without it growth is refused only when the device does. */
  readonly estimate?: () => Promise<StorageEstimate>
  /** Holds the reserve in kind, where the estimate may not tell the truth. */
  readonly ballast?: Ballast
  /** Open in spite of damage: what can't be read is left out for good, and told here. */
  readonly repair?: (loss: Loss) => void
  /** Bound of the log, and so of replay and of the memory table. */
  readonly logBytes?: number
  /** New pages in one slice of a merge. */
  readonly slicePages?: number
}

const DEFAULT_CACHE_BYTES = 64 * 1024 * 1024
const DEFAULT_LOG_BYTES = 8 * 1024 * 1024
/** A row of the log costs some 20 µs to read. */
const LOG_ROWS = 8_000
/** An idle store flushes only what would be felt at the next opening. */
const IDLE_FLUSH_SHARE = 0.1
const IDLE_MS = 1_000
/** Openings that wrote nothing leave a row each; beyond this many the log's start moves on. */
const MAX_EPOCH_ROWS = 64
const MAX_RUNS = 8
const SLICE_PAGES = 16
/** Pages in one transaction: page reads wait for it. */
const WRITE_PAGES = 4

/** Takes the database over. Rejects with a StorageException: DAMAGED, or what the device has to say. */
export async function openPagedStore(options: PagedStoreOptions): Promise<PagedStore> {
  const codec = options.codec ?? (options.blocks.isBytewise === true ? bytesCodec : plainCodec)
  let recovered: Recovered
  try {
    recovered = await recover(options.blocks, codec, options.repair)
  } catch (error) {
    await options.blocks.close()
    throw error
  }
  const store = new PagedStore(options, codec, recovered)
  if (options.repair !== undefined) await store.repair()
  return store
}

/** A table and the log that it stands for: up to `logStart`, so many rows and bytes. */
interface Frozen {
  readonly table: MemoryTable
  readonly logStart: number
  readonly rows: number
  readonly bytes: number
}

export class PagedStore implements Store {
  readonly epoch: number
  lost: DataLoss | undefined
  #environment: Environment
  #blocks: Blocks
  #checkpoint: Checkpoint
  #cache: PageCache
  #disk: Disk
  #committer: Committer
  #maintenance: Maintenance
  #reclaimer: Reclaimer
  #quota: QuotaGuard
  #ballast: BallastKeeper | undefined
  #book: SettlementBook
  #logLimit: number
  #active = new MemoryTable()
  /** Being flushed, with the log that it stands for. */
  #frozen: Frozen | undefined
  #view: View
  #nextLogKey: number
  #logRows: number
  #logBytes: number
  /** Of what the log holds: trimming it must not be less durable. What an earlier opening left may be either. */
  #logDurability: StoreDurability = 'strict'
  #epochKeys: readonly number[]
  #bytesWritten = 0
  /** Committed, and not yet paid for by slices of a merge that is late. */
  #unpaidBytes = 0
  #lastCommitAt = -Infinity
  #failure: Error | undefined
  #isClosing = false
  #closed: Promise<void> | undefined
  #failureListeners: ((error: Error) => void)[] = []

  constructor(options: PagedStoreOptions, codec: Codec, recovered: Recovered) {
    const { environment, blocks } = options
    const pageBytes = blocks.isBytewise === true ? FILE_PAGE_BYTES : PAGE_BYTES
    const onWritten = (bytes: number): void => this.#wrote(bytes)
    this.epoch = recovered.epoch
    this.lost = recovered.lost
    this.#environment = environment
    this.#blocks = blocks
    this.#logLimit = options.logBytes ?? DEFAULT_LOG_BYTES
    this.#checkpoint = new Checkpoint(blocks, codec, recovered.epoch, recovered.root, onWritten)
    this.#cache = new PageCache(blocks, codec, options.cacheBytes ?? DEFAULT_CACHE_BYTES, (id) => this.#checkpoint.wasDeleted(id))
    this.#checkpoint.cache = this.#cache
    this.#disk = {
      blocks,
      codec,
      cache: this.#cache,
      checkpoint: this.#checkpoint,
      environment,
      pageBytes,
      slicePages: options.slicePages ?? (SLICE_PAGES * PAGE_BYTES) / pageBytes,
      writePages: blocks.isBytewise === true ? 1 : Math.min(options.slicePages ?? SLICE_PAGES, WRITE_PAGES),
      onWritten,
      giveWay: (writing) => this.#maintenance.giveWay(writing),
      onLoss: options.repair === undefined ? undefined : lossOf(options.repair),
    }
    this.#reclaimer = new Reclaimer(this.#disk, recovered.epoch)
    this.#quota = new QuotaGuard(environment, this.#logLimit * 2 + 2 * SLICE_PAGES * PAGE_BYTES, options.estimate)
    this.#book = new SettlementBook(() => environment.now())
    this.#nextLogKey = recovered.nextLogKey
    this.#logRows = recovered.logRows
    this.#logBytes = recovered.logBytes
    this.#epochKeys = recovered.epochKeys
    this.#book.add(recovered.settlements)
    for (const record of recovered.records) this.#replay(record)
    this.#view = this.#newView()
    this.#committer = new Committer({
      blocks,
      codec,
      nextLogKey: recovered.nextLogKey,
      room: () => this.#room(),
      apply: (record, nextLogKey, durability) => this.#apply(record, nextLogKey, durability),
      onRefusal: () => this.#refused(),
      onFailure: (error) => this.#fail(error),
    })
    this.#maintenance = new Maintenance(environment, this.#work())
    blocks.onLost((error) => this.#fail(error))
    if (options.ballast !== undefined) this.#ballast = this.#keep(options.ballast)
    void this.#quota.sample()
  }

  get(key: Key): Value | undefined {
    if (this.#failure !== undefined) throw this.#failure
    return this.#view.get(key)
  }

  cursor(range: KeyRange): Cursor {
    this.#assertAlive()
    return this.#view.cursor(range)
  }

  commit(batch: Batch): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    if (this.#isClosing) return Promise.reject(closed())
    return this.#committer.commit(batch)
  }

  snapshot(): Snapshot {
    this.#assertAlive()
    const version = this.#checkpoint.hold()
    const tables = this.#tables().map((table) => table.view())
    return new StoreSnapshot(
      new View(tables, version, this.#cache),
      () => this.#assertAlive(),
      () => this.#checkpoint.release(version.number),
    )
  }

  settlement(id: string): Settlement | undefined {
    this.#assertAlive()
    return this.#book.get(id)
  }

  confirm(ids: readonly string[]): void {
    this.#book.confirm(ids)
  }

  admit(bytes: number): void {
    this.#quota.admit(bytes)
  }

  statistics(): StoreStatistics {
    return {
      storedBytes: this.#checkpoint.storedBytes + this.#logBytes,
      cacheBytes: this.#cache.bytes,
      memoryTableBytes: this.#tables().reduce((sum, { bytes }) => sum + bytes, 0),
      logBytes: this.#logBytes,
      runs: this.#checkpoint.version.runs.length,
      bytesWritten: this.#bytesWritten,
    }
  }

  /** Pages, and nodes, that the directory knows, for tests and tools. */
  get pageCount(): number {
    return this.#checkpoint.pageCount
  }

  get nodeCount(): number {
    return this.#checkpoint.nodeCount
  }

  verifyLease(): Promise<void> {
    return this.#failing(() => this.#blocks.verifyLease())
  }

  async dismissLoss(): Promise<void> {
    await this.#failing(() => this.#blocks.dismissLoss())
    this.lost = undefined
  }

  flush(): Promise<void> {
    return this.#exclusive(() => this.#flush())
  }

  compact(): Promise<void> {
    return this.#exclusive(async () => {
      await this.#flush()
      while (this.#checkpoint.version.runs.length > 0) await this.#mergeSlice(() => planOfAll(this.#checkpoint.version))
      if (this.#checkpoint.hasSweepable) await this.#checkpoint.publish({})
      await this.#reclaimer.finish()
    })
  }

  /** Reads everything, leaves out what is damaged, and writes what is left of the log to pages. */
  repair(): Promise<void> {
    return this.#exclusive(async () => {
      await this.#flush()
      await repairPages(this.#disk)
      this.#view = this.#newView()
    })
  }

  onFailure(listener: (error: Error) => void): void {
    this.#failureListeners.push(listener)
  }

  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    this.#isClosing = true
    if (this.#failure === undefined) await this.#committer.drain()
    await this.#maintenance.stop()
    await this.#ballast?.stop()
    try {
      // Where a merge would have to come first, replaying the log at the next opening is cheaper.
      if (this.#failure === undefined && this.#checkpoint.version.runs.length < MAX_RUNS) await this.#flush()
    } catch {
      // Everything is in the log.
    }
    this.#failure ??= closed()
    await this.#blocks.close()
  }

  #tables(): MemoryTable[] {
    return this.#frozen === undefined ? [this.#active] : [this.#active, this.#frozen.table]
  }

  #newView(): View {
    return new View(this.#tables(), this.#checkpoint.version, this.#cache)
  }

  #replay(record: LogRecord): void {
    record.applyTo(this.#active)
    this.#book.add(record.settlements)
  }

  #apply(record: LogRecord, nextLogKey: number, durability: StoreDurability): void {
    if (this.#failure !== undefined) throw this.#failure
    this.#replay(record)
    if (durability === 'strict') this.#logDurability = durability
    this.#logRows += nextLogKey - this.#nextLogKey
    this.#logBytes += record.bytes
    this.#unpaidBytes += record.bytes
    this.#nextLogKey = nextLogKey
    this.#wrote(record.bytes)
    this.#lastCommitAt = this.#environment.monotonicNow()
    this.#maintenance.poke()
    if (this.#active.wantsSorting) void this.#sortLater()
  }

  /** After the answers of the commit; if the next one is on its way, after that. */
  async #sortLater(): Promise<void> {
    await this.#environment.yieldTask()
    if (!this.#committer.isBusy && this.#active.wantsSorting) void this.#active.entries
  }

  #wrote(bytes: number): void {
    this.#bytesWritten += bytes
    this.#quota.wrote(bytes)
    this.#ballast?.wrote(bytes)
  }

  #keep(ballast: Ballast): BallastKeeper {
    const { isIdle } = this.#work()
    const keeper = new BallastKeeper({ environment: this.#environment, ballast, quota: this.#quota, isIdle, onRoom: () => this.#maintenance.goOn() })
    this.#quota.onExhausted = () => keeper.again()
    return keeper
  }

  /** The device refused. Resolves with whether room was made. */
  async #refused(): Promise<boolean> {
    if (this.#ballast !== undefined) return this.#ballast.giveBack()
    void this.#quota.refused()
    return false
  }

  /** What deletes need to free space in the end (S7): done again where room could be made for it. */
  async #freeing(step: () => Promise<void>): Promise<void> {
    try {
      await step()
    } catch (error) {
      if (!(error instanceof QuotaExceededException) || !(await this.#refused())) throw error
      await step()
    }
    this.#ballast?.again()
  }

  /** Undefined: go on at once. Else resolves when maintenance has caught up. */
  #room(): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const isFull = (): boolean => this.#logBytes > this.#logLimit * 2 || this.#logRows > LOG_ROWS * 2
    if (this.#maintenance.isBackingOff) return undefined
    const mustWait = (): boolean => isFull() || this.#unpaidBytes > this.#sliceShare()
    if (!mustWait()) return undefined
    return (async () => {
      while (mustWait() && !this.#maintenance.isBackingOff) {
        await this.#maintenance.progress()
        if (this.#failure !== undefined) throw this.#failure
        // Damage has stopped merges, and so, sooner or later, flushes.
        if (this.#maintenance.damage !== undefined && isFull()) throw this.#maintenance.damage
      }
    })()
  }

  /**
   * While a flush has to wait for a merge, the log's remaining room is shared out over the merge's remaining slices, and
   * who writes more than a slice's share waits for more slices: so all are slowed a little, rather than some stopped.
   */
  #sliceShare(): number {
    const { version, mergePagesLeft } = this.#checkpoint
    if (version.runs.length < MAX_RUNS || this.#logBytes < this.#logLimit || this.#maintenance.damage !== undefined) return Infinity
    return Math.max(0, this.#logLimit * 2 - this.#logBytes) / (mergePagesLeft / this.#disk.slicePages + 1)
  }

  #work(): ConstructorParameters<typeof Maintenance>[1] {
    const runs = (): number => this.#checkpoint.version.runs.length
    return {
      isFlushDue: (idle) => {
        if (idle && this.#quota.isShort && this.#logBytes > 0) return true
        const share = idle ? IDLE_FLUSH_SHARE : 1
        return this.#logBytes > this.#logLimit * share || this.#logRows > LOG_ROWS * share
      },
      flush: () => this.#freeing(() => this.#flush()),
      isMergeDue: (idle) => this.#checkpoint.merging !== undefined || this.#planMerge(idle) !== undefined,
      isMergeUrgent: () => runs() >= MAX_RUNS,
      mergeSlice: () => this.#freeing(() => this.#mergeSlice()),
      isSweepDue: () => this.#checkpoint.hasSweepable,
      isReclaimDue: (idle) => this.#reclaimer.isDue(idle),
      reclaim: () => this.#freeing(() => this.#reclaimer.step()),
      sweep: () => this.#freeing(() => this.#checkpoint.publish({})),
      isIdle: () => this.#environment.monotonicNow() - this.#lastCommitAt > IDLE_MS,
      onFailure: (error) => this.#fail(error),
    }
  }

  #exclusive(step: () => Promise<void>): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    return this.#maintenance.urgent(() => this.#failing(() => this.#freeing(step)))
  }

  /** A step whose failure may be the store's: damage is that of a record, a full disk passes. */
  async #failing(step: () => Promise<void>): Promise<void> {
    this.#assertAlive()
    try {
      await step()
    } catch (error) {
      if (error instanceof StorageException && error.reason !== 'DAMAGED') this.#fail(error)
      throw error
    }
  }

  /** Of all that is in memory now. One at a time (`Maintenance`). */
  async #flush(): Promise<void> {
    // What an earlier flush froze and could not write.
    if (this.#frozen !== undefined) await this.#flushFrozen(this.#frozen)
    if (this.#logRows === 0 && this.#epochKeys.length < MAX_EPOCH_ROWS) return
    while (this.#checkpoint.version.runs.length >= MAX_RUNS) await this.#mergeSlice()
    this.#frozen = { table: this.#active, logStart: this.#nextLogKey, rows: this.#logRows, bytes: this.#logBytes }
    this.#active = new MemoryTable()
    this.#view = this.#newView()
    await this.#flushFrozen(this.#frozen)
  }

  async #flushFrozen({ table, logStart, rows, bytes }: Frozen): Promise<void> {
    const durability = this.#logDurability
    this.#logDurability = 'relaxed'
    try {
      await flushTable(this.#disk, table, { start: logStart, trim: trimmedRanges(this.#checkpoint.logStart, logStart, this.#epochKeys), durability }, this.#book.live())
    } catch (error) {
      this.#logDurability = durability
      throw error
    }
    this.#frozen = undefined
    this.#view = this.#newView()
    this.#logRows -= rows
    this.#logBytes -= bytes
    this.#epochKeys = this.#epochKeys.filter((key) => key >= logStart)
  }

  async #mergeSlice(begin = (): MergePlan | undefined => this.#planMerge()): Promise<void> {
    await mergeSlice(this.#disk, begin)
    const share = this.#sliceShare()
    this.#unpaidBytes = share === Infinity ? 0 : Math.max(0, this.#unpaidBytes - share)
    this.#view = this.#newView()
  }

  /** Short of space, whatever was deleted is worth a merge. */
  #planMerge(idle = true): MergePlan | undefined {
    const { version } = this.#checkpoint
    return planMerge(version, MAX_RUNS, this.#logLimit) ?? (idle && this.#quota.isShort ? planOfAll(version) : undefined)
  }

  #assertAlive(): void {
    if (this.#failure !== undefined) throw this.#failure
  }

  #fail(error: unknown): void {
    if (this.#failure !== undefined) return
    const failure = error instanceof Error ? error : new Error(String(error))
    this.#failure = failure
    void this.#maintenance.stop()
    void this.#ballast?.stop()
    for (const listener of this.#failureListeners) listener(failure)
  }
}

function closed(): StorageException {
  return new StorageException('The store is closed', { reason: 'CLOSED' })
}

function lossOf(repair: (loss: Loss) => void): Disk['onLoss'] {
  return (ref) => {
    const { id, firstKey, lastKey } = ref
    const tableId = tableIdOf(firstKey)
    repair({ record: `${ref instanceof PageRef ? 'page' : 'node'}:${id}`, firstKey, lastKey, ...(tableId === undefined ? {} : { tableId }) })
  }
}
