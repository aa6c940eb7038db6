// The thin device under the paged store: an append-only log under dense keys, immutable pages and directory nodes
// under ids that are never used twice, one root record. It knows nothing of what blocks hold.
// Every call but the reads belongs to a lease: once another opening took over it rejects with LEASE_LOST and has
// changed nothing that anybody reads (S5). A call is all or nothing, and durable when it resolves; errors are StorageExceptions or
// QuotaExceededException. Lost connections are the device's own affair: it reopens and finds out what arrived.
import type { DataLoss, StoreDurability } from '../store.ts'

/** What a codec made of a text. Strings of U+0000 to U+00FF take a byte a character in IndexedDB, others two. */
export type Block = string | Uint8Array<ArrayBuffer>

/** Half-open: from <= id < to. */
export interface IdRange {
  readonly from: number
  readonly to: number
}

export interface NamedBlock {
  readonly id: number
  readonly block: Block
}

/** A row of the log: part of a commit's record, or the mark of a take-over. */
export type LogRow = { readonly key: number; readonly block: Block } | { readonly key: number; readonly epoch: number }

export interface Lease {
  /** One more than that of the opening before; the first is 1. */
  readonly epoch: number
  /** Where the next log row goes. */
  readonly nextLogKey: number
  readonly root: Block | undefined
  /** What the device threw away before it was made anew, until that is dismissed. */
  readonly lost: DataLoss | undefined
}

/** A take-over by an opening that logs elsewhere (file-blocks.ts). */
export interface LogClaim {
  /** Id of its own log: remembered as the latest one. */
  readonly log: string
  /** Ids of the logs that it has read. If the latest one is not among them, the take-over rejects with UnknownLog. */
  readonly logs: ReadonlySet<string>
  /**
   * Their rows end before this key, their epochs with this one: the device itself may have lost what it knew, and then has
   * lost nothing.
   */
  readonly nextLogKey: number
  readonly lastEpoch: number
}

/** Another opening took over meanwhile, or its log is gone. */
export class UnknownLog extends Error {
  readonly log: string

  constructor(log: string) {
    super(`The log ${log} is not known`)
    this.log = log
  }
}

export interface Publication {
  readonly root: Block
  readonly nodes: readonly NamedBlock[]
  readonly deadNodes: readonly IdRange[]
  readonly deadPages: readonly IdRange[]
  /** Log keys to delete; never those of epoch rows, nor the last row. */
  readonly trim: readonly IdRange[]
  /** `strict` where it trims what was committed so. */
  readonly durability: StoreDurability
}

export interface Blocks {
  /** Adds the next epoch's row at the log's next key, so that the host before can neither append nor publish. Called once, first. */
  takeOver(): Promise<Lease>
  /** All rows from `from` on, in order. */
  readLog(from: number): Promise<readonly LogRow[]>
  /** Undefined where there is none. */
  readPages(ids: readonly number[]): Promise<readonly (Block | undefined)[]>
  readNodes(ids: readonly number[]): Promise<readonly (Block | undefined)[]>
  /**
   * A page or node that can be read without waiting. What it returns is good until the next call. Undefined, or an error,
   * means nothing: ask as above.
   */
  readNow?(id: number): Block | undefined
  /** Adds rows at `key`, `key + 1`, …. One call at a time. An existing row there means that the lease is lost. */
  append(key: number, rows: readonly Block[], durability: StoreDurability): Promise<void>
  writePages(pages: readonly NamedBlock[]): Promise<void>
  publish(publication: Publication): Promise<void>
  /** Rejects with LEASE_LOST if another opening took over. */
  verifyLease(): Promise<void>
  /** Takes `lost` away for good. */
  dismissLoss(): Promise<void>
  /** Called at most once, when the device can't go on by itself: a newer release wants the database, the connection won't come back. */
  onLost(listener: (error: Error) => void): void
  /** Blocks are bytes here, and writing is synchronous: a codec of bytes, and small steps, suit it best. */
  readonly isBytewise?: boolean
  /** Where room that dead pages leave has to be won back. */
  readonly reclaiming?: Reclaiming
  /** Nothing is written after it resolves. */
  close(): Promise<void>
}

/** Dead pages take up room until what lives beside them is moved. */
export interface Reclaiming {
  /** It does not know which pages of earlier openings are wanted: `sweep` tells it. */
  readonly wantsSweep: boolean
  /** Of the pages with ids below `below`, only these are wanted. */
  sweep(wanted: ReadonlySet<number>, below: number): Promise<void>
  readonly hasGarbage: boolean
  /** What is dead shall be gone altogether, at any price: `hasGarbage` tells when it is. */
  beThorough(): void
  /** Wins some of it back; a few milliseconds a call. */
  collect(): Promise<void>
}

/** Blocks whose log may lie elsewhere: they keep the lease, and know how far the log was ever trimmed. */
export interface ClaimedBlocks extends Blocks {
  takeOver(claim?: LogClaim): Promise<Lease>
  /** Opens the connection ahead of the first call. */
  connect(): Promise<void>
}

/** Ids of one epoch's pages and nodes start here, so that two openings never give the same id (2^26 ids each). */
export function firstIdOf(epoch: number): number {
  return epoch * 0x4000000
}
