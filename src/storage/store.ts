// The storage contract: an ordered map of byte keys to values that every implementation keeps alike
// (test/storage/store-contract.ts runs on each). Reads are synchronous over what is in memory; where a page
// has to come from disk the read throws a PageFault, and `attempt` loads it and runs the step again.
// Invariants S1 to S8 of the design are this floor's.

/** A byte string with one character (U+0000 to U+00FF) per byte, so that `<` is byte order. */
export type Key = string
/** Stored text; opaque to the store. */
export type Value = string

/** Half-open: start <= key < end. */
export interface KeyRange {
  readonly start: Key
  readonly end: Key
  /** Walk from the end towards the start. */
  readonly reverse?: boolean
}

/**
 * Walks a range. `next` first; `key` and `value` are valid while it returned true. All may throw a PageFault: then
 * make a new one (`attempt` does). One over the store itself is for one synchronous step; one over a snapshot may be kept.
 */
export interface Cursor {
  next(): boolean
  readonly key: Key
  readonly value: Value
}

export interface Reader {
  /** The value under `key`, or undefined. Throws PageFault. */
  get(key: Key): Value | undefined
  cursor(range: KeyRange): Cursor
}

/** Thrown (no Error, no stack: it is control flow) where a synchronous read needs a page that is not in memory. */
export abstract class PageFault {
  /** Loads what was missing and keeps it in memory until `release`. Rejects with a StorageException. */
  abstract load(): Promise<Pin>
}

export interface Pin {
  release(): void
}

/** `relaxed`: survives the death of the process; `strict`: also of the machine. */
export type StoreDurability = 'relaxed' | 'strict'

export interface Write {
  readonly key: Key
  /**
   * Undefined deletes. A value may come in parts, to be joined when read: a part that occurs again in the same
   * batch (an item's image in its journal entry and its index entries) is logged once.
   */
  readonly value: Value | readonly string[] | undefined
}

/** The kept answer of a request, so that a resend is answered and not applied again (T1). */
export interface Settlement {
  /** Unique: client id and counter, or a ClientRequestToken. */
  readonly id: string
  /** Opaque: payload hash and response. */
  readonly text: string
  /** Wall clock, milliseconds; afterwards it may be forgotten. */
  readonly expiresAt: number
}

export interface Batch {
  readonly writes: readonly Write[]
  readonly settlements?: readonly Settlement[]
  /** Everything in these ranges goes, before `writes` apply; costs nothing per entry. `reverse` is ignored. */
  readonly drops?: readonly KeyRange[]
  readonly durability?: StoreDurability
}

export interface Snapshot extends Reader {
  /** Lets superseded pages go. Reads after it throw. */
  release(): void
}

export interface StoreStatistics {
  readonly storedBytes: number
  readonly cacheBytes: number
  readonly memoryTableBytes: number
  readonly logBytes: number
  readonly runs: number
  /** Since opening, everything: log, pages, directory. */
  readonly bytesWritten: number
}

/** Everything that a database held was thrown away by the browser, which found its files damaged and began new ones. */
export interface DataLoss {
  readonly database: string
  /** Wall clock, milliseconds. */
  readonly noticedAt: number
  /** The browser's own words. */
  readonly message: string
}

/** Reads see what is durable, never less, never more (S3). */
export interface Store extends Reader {
  /** Lease number of this opening; rises at every take-over (S5). */
  readonly epoch: number
  /** What was lost before this opening or an earlier one, until it is dismissed. */
  readonly lost: DataLoss | undefined
  /** The application knows of the loss. Durable when it resolves. */
  dismissLoss(): Promise<void>
  /** Atomic; durable when it resolves (S1, S2). Batches apply in call order; concurrent calls may share one transaction. A rejected one left no trace (S4). */
  commit(batch: Batch): Promise<void>
  snapshot(): Snapshot
  settlement(id: string): Settlement | undefined
  /** The client has the answers: forget them. Needs no commit of its own. */
  confirm(ids: readonly string[]): void
  /** Throws QuotaExceededException where `bytes` of growth must be refused (S7); deletes are never asked. */
  admit(bytes: number): void
  statistics(): StoreStatistics
  /** Writes the memory table to pages and trims the log. */
  flush(): Promise<void>
  /** Flushes and folds all runs into the base. For tests, benchmarks and clean closes that want it. */
  compact(): Promise<void>
  /** Rejects with LEASE_LOST if another host took over: asked after a silence, before answering (S5). */
  verifyLease(): Promise<void>
  /** Called once if the store can't go on: lease lost, connection lost for good, damage. */
  onFailure(listener: (error: Error) => void): void
  close(): Promise<void>
}

/** Runs a pure synchronous step until no page is missing. */
export async function attempt<T>(step: () => T): Promise<T> {
  const pins: Pin[] = []
  try {
    for (;;) {
      let fault: PageFault
      try {
        return step()
      } catch (thrown) {
        if (!(thrown instanceof PageFault)) throw thrown
        fault = thrown
      }
      pins.push(await fault.load())
    }
  } finally {
    for (const pin of pins) pin.release()
  }
}
