// What one write sees and may do: the interface between the engine's write path and the keyspace, which runs
// steps against the head and commits them in groups (storage/keyspace.ts).
import type { Key, KeyRange, Reader, Settlement, StoreDurability, Value } from './store.ts'

/** Something to tell `onCommit` listeners; the engine's `Change`. Opaque here. */
export type Emitted = object

/** What an optimistic transaction read, and when: `stamp` is `Keyspace.stamp()` at the time of the read. */
export interface ReadSet {
  readonly epoch: number
  readonly keys: readonly { readonly key: Key; readonly stamp: number }[]
  readonly ranges: readonly { readonly range: KeyRange; readonly stamp: number }[]
}

export interface WriteStep extends Reader {
  put(key: Key, value: Value | readonly string[]): void
  delete(key: Key): void
  /** Deletes all that the range holds, at no cost per entry; later puts into it stand. `reverse` is ignored. */
  drop(range: KeyRange): void
  /** The database sequence of one more change: consecutive, in log order, never reused once durable. */
  nextSequence(): number
  /** Milliseconds since the epoch; never decreases from one step to the next, across restarts too. */
  readonly committedAt: number
  emit(change: Emitted): void
  settle(settlement: Settlement): void
  /** True where nothing in the read set was written after its stamps. False when it can't be known any more. */
  validate(reads: ReadSet): boolean
}

export interface WriteOptions {
  readonly durability?: StoreDurability
}

/** One durable group: what its steps emitted, a list per step that emitted anything, in commit order. */
export interface Commit {
  readonly epoch: number
  /** Rises by one with every commit that listeners see (T3). */
  readonly number: number
  readonly committedAt: number
  readonly steps: readonly (readonly Emitted[])[]
}

export interface KeyspaceLike {
  readonly epoch: number
  /** Names the durable state that reads see now; rises with every commit. */
  stamp(): number
  /** Runs a read-only step on the durable state, loading pages as needed. */
  read<T>(step: (reader: Reader) => T): Promise<T>
  /**
   * Runs a step on the head and resolves with what it returned when its writes and all that it saw are durable.
   * What the step throws is rejected likewise, its writes undone.
   */
  write<T>(step: (write: WriteStep) => T, options?: WriteOptions): Promise<T>
  /** Called in a step of its own before a group that has writes is closed: adds rows that cost once per group. */
  beforeCommit(hook: (write: WriteStep) => void): void
  /** Listeners run synchronously once a group is durable and readable, before its answers leave. */
  onCommit(listener: (commit: Commit) => void): () => void
}
