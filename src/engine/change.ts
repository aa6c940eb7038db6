// One effective change of one item: what the journal, live queries and every service read.
// Invariant: exactly one for each effective change, none for a no-op (J1).
import type { Item } from '../model/item.ts'
import type { Key } from '../storage/store.ts'

export interface Change {
  /** Database sequence, consecutive in commit order. */
  readonly sequence: number
  /** Changes of one transaction share it. */
  readonly transactionId?: string
  readonly tableId: number
  readonly tableName: string
  /** The item's storage key. */
  readonly key: Key
  readonly oldItem: Item | undefined
  readonly newItem: Item | undefined
  /** Index entries that this change wrote (storage keys): what moved in which index. */
  readonly indexWrites: readonly IndexWrite[]
  /** Milliseconds since the epoch, never decreasing. */
  readonly committedAt: number
  /** Set when time-to-live removed the item. */
  readonly userIdentity?: { readonly type: 'Service'; readonly principalId: 'dynamodb.amazonaws.com' }
}

export interface IndexWrite {
  readonly key: Key
  /** The projected entry; undefined: removed. */
  readonly entry: Item | undefined
}
