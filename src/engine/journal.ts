// Journal rows: one per effective change of a table that has a durable reader (J1), under (table, sequence).
// The value is three parts, `[meta, old record, new record]`: the very strings of item and index entries, so that the
// log holds an image once. Meta is a JSON array that ends in a line feed and tells how long the old record is.
import { Item } from '../model/item.ts'
import type { Value } from '../storage/store.ts'
import type { Change } from './change.ts'

/** What a row tells beside what its key does (table id, sequence); the item's key is in its images. */
export interface JournalEntry {
  readonly committedAt: number
  readonly oldItem: Item | undefined
  readonly newItem: Item | undefined
  readonly transactionId?: string
  readonly userIdentity?: Change['userIdentity']
}

const VERSION = 1

export function encodeJournalEntry(entry: JournalEntry): readonly string[] {
  const oldRecord = entry.oldItem === undefined ? '' : entry.oldItem.record
  const newRecord = entry.newItem === undefined ? '' : entry.newItem.record
  const { transactionId, userIdentity } = entry
  const extras = transactionId === undefined && userIdentity === undefined ? '' : `,${JSON.stringify({ transactionId, userIdentity })}`
  return [`[${VERSION},${entry.committedAt},${oldRecord.length}${extras}]\n`, oldRecord, newRecord]
}

export function decodeJournalEntry(value: Value): JournalEntry {
  const metaEnd = value.indexOf('\n')
  const [, committedAt, oldLength, extras] = JSON.parse(value.slice(0, metaEnd)) as [number, number, number, object?]
  const oldStart = metaEnd + 1
  const newStart = oldStart + oldLength
  return {
    committedAt,
    oldItem: oldLength === 0 ? undefined : Item.fromRecord(value.slice(oldStart, newStart)),
    newItem: newStart === value.length ? undefined : Item.fromRecord(value.slice(newStart)),
    ...extras,
  }
}
