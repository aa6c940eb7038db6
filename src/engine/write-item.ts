// The one write path: what an item was and what it shall be become a base put or delete, index changes, a journal row
// for tables that have a durable reader, counters, and one Change (J1, S8). Callers have checked keys, types and size.
// Invariant: equal items write nothing; an index entry that stays the same is not written; no page of an index is read.
import { equalMaps } from '../model/attribute.ts'
import type { Item } from '../model/item.ts'
import { projectItem } from '../model/projection.ts'
import type { Key } from '../storage/store.ts'
import type { WriteStep } from '../storage/write-step.ts'
import { isBackfilled } from './backfill.ts'
import type { Change, IndexWrite } from './change.ts'
import { encodeJournalEntry } from './journal.ts'
import { journalKey } from './storage-keys.ts'
import type { MaintainedIndex, Table } from './table.ts'
import { addToCounters, countEntry, type CounterDeltas } from './table-counters.ts'

/** What all changes of one step have in common. */
export interface ChangeCause {
  /** Changes of one transaction share it. */
  readonly transactionId?: string
  readonly userIdentity?: NonNullable<Change['userIdentity']>
}

/** Writes the items of one step; `finish` must be called before the step returns. */
export class ItemWriter {
  readonly #write: WriteStep
  readonly #cause: ChangeCause | undefined
  /** Few tables per step: a list beats a map. */
  readonly #tables: { readonly table: Table; readonly deltas: CounterDeltas }[] = []

  constructor(write: WriteStep, cause?: ChangeCause) {
    this.#write = write
    this.#cause = cause
  }

  /** True where something changed. `key` is the item's storage key, `oldItem` what the step's head has under it. */
  replace(table: Table, key: Key, oldItem: Item | undefined, newItem: Item | undefined): boolean {
    if (sameItem(oldItem, newItem)) return false
    const write = this.#write
    if (newItem === undefined) write.delete(key)
    else write.put(key, newItem.record)
    const deltas = this.#deltasOf(table)
    countEntry(deltas, 0, oldItem?.size, newItem?.size)
    const indexWrites: IndexWrite[] = []
    for (const index of table.indexes) replaceEntry(write, table, index, key, oldItem, newItem, deltas, indexWrites)
    const sequence = write.nextSequence()
    const committedAt = write.committedAt
    if (table.journaled) {
      write.put(journalKey(table.id, sequence), encodeJournalEntry({ committedAt, oldItem, newItem, ...this.#cause }))
    }
    const change: Change = { sequence, tableId: table.id, tableName: table.name, key, oldItem, newItem, indexWrites, committedAt, ...this.#cause }
    write.emit(change)
    // The step waits for its commit with all that it holds.
    newItem?.slim()
    return true
  }

  finish(): void {
    for (const { table, deltas } of this.#tables) addToCounters(this.#write, table.id, deltas)
  }

  #deltasOf(table: Table): CounterDeltas {
    let known = this.#tables.find((entry) => entry.table === table)
    if (known === undefined) {
      known = { table, deltas: [] }
      this.#tables.push(known)
    }
    return known.deltas
  }
}

/** One item in a step of its own. */
export function writeItem(write: WriteStep, table: Table, key: Key, oldItem: Item | undefined, newItem: Item | undefined): boolean {
  const writer = new ItemWriter(write)
  const changed = writer.replace(table, key, oldItem, newItem)
  if (changed) writer.finish()
  return changed
}

function replaceEntry(
  write: WriteStep,
  table: Table,
  index: MaintainedIndex,
  key: Key,
  oldItem: Item | undefined,
  newItem: Item | undefined,
  deltas: CounterDeltas,
  indexWrites: IndexWrite[],
): void {
  const oldKey = oldItem === undefined ? undefined : table.entryKey(index, oldItem.attributes)
  const newKey = newItem === undefined ? undefined : table.entryKey(index, newItem.attributes)
  if (oldKey === undefined && newKey === undefined) return
  const oldEntry = oldItem === undefined || oldKey === undefined ? undefined : projectItem(index.schema, table.schema, oldItem)
  const newEntry = newItem === undefined || newKey === undefined ? undefined : projectItem(index.schema, table.schema, newItem)
  if (oldKey === newKey && sameItem(oldEntry, newEntry)) return
  if (oldKey !== undefined && oldKey !== newKey) {
    write.delete(oldKey)
    indexWrites.push({ key: oldKey, entry: undefined })
  }
  if (newKey !== undefined && newEntry !== undefined) {
    write.put(newKey, newEntry.record)
    indexWrites.push({ key: newKey, entry: newEntry })
  }
  // Entries of items that a backfill has not come to yet are counted when it does.
  if (index.schema.backfilling === true && !isBackfilled(write, table.id, index.schema.id, key)) return
  countEntry(deltas, index.schema.id, oldEntry?.size, newEntry?.size)
}

/** Equal in value. Equal items have texts of equal length, whatever the order of their attributes. */
export function sameItem(a: Item | undefined, b: Item | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined || a.size !== b.size) return false
  const [left, right] = [a.text, b.text]
  return left === right || (left.length === right.length && equalMaps(a.attributes, b.attributes))
}
