// What a host needs of an engine: the seam between election, transport and everything below. The engine worker
// binds the real engine to it (platform-engine.ts), the simulation a small model.
import type { RequestContext } from '../engine/operation.ts'
import type { StorageException } from '../model/errors.ts'
import type { Settlement } from '../storage/store.ts'

/** Where a live query's events go; tokens and entries as in PushMessage, items as `Item` or plain. */
export interface SubscriptionSink {
  snapshot(entries: readonly (readonly [token: string, item: object])[]): void
  change(entries: readonly (readonly [token: string, item: object | null])[]): void
  failed(error: unknown): void
}

export interface HostedEngine {
  /** Lease number of this opening (S5). */
  readonly epoch: number
  /** The browser threw everything away, before this opening or an earlier one: reason LOST, until it is dismissed. */
  readonly lost: StorageException | undefined
  /** Called when `lost` was dismissed. */
  onLossDismissed(listener: () => void): void
  /** Rejects with a HoldfastException, or throws it. Writes made with a settlement are kept with it in one log record (T1). */
  execute(operation: string, input: object, context: RequestContext): Promise<object>
  /** The sink gets a snapshot first. Returns what ends the subscription. */
  subscribe(query: object, sink: SubscriptionSink): () => void
  /**
   * The kept answer of a write, if it was applied and not confirmed; where its step is pending, once that is durable.
   * Undefined at once where nothing is known of it.
   */
  settled(id: string): Promise<Settlement | undefined> | undefined
  confirm(ids: readonly string[]): void
  /** Reads the epoch from the disk; rejects where it is not ours any more (S5). */
  verifyEpoch(): Promise<void>
  /** Called once when the engine can't go on. */
  onFailure(listener: (error: Error) => void): void
  /** Stops at once: what is not durable is dropped, nothing is flushed. Resolves when the store is let go. */
  close(): Promise<void>
}
