// What the log holds, sorted: the newest entries of the store, over frozen tables, runs and base. Deletions are
// tombstones, dropped ranges hide everything older. Invariant: after `freeze` it never changes.
import { OrderedMap } from '../ordered-map.ts'
import type { Key, KeyRange, Value } from '../store.ts'

/** A tombstone: the key is deleted, whatever older tables and pages say. */
export const DELETED = null
export type TableValue = Value | typeof DELETED

/** What reading needs of a table: the live one, or one as it was. */
export interface TableView {
  /** Undefined: ask what is older, unless a drop covers the key. */
  lookup(key: Key): TableValue | undefined
  readonly entries: OrderedMap<TableValue>
  /** Ranges dropped while this table was filled: they hide what older tables and pages hold. */
  readonly drops: readonly KeyRange[]
}

export function isDropped(drops: readonly KeyRange[], key: Key): boolean {
  for (const { start, end } of drops) if (key >= start && key < end) return true
  return false
}

/** Beside key and value: map and array slots. */
const ENTRY_BYTES = 80

export class MemoryTable implements TableView {
  readonly entries = new OrderedMap<TableValue>()
  /** Same content, for point look-ups. */
  #index = new Map<Key, TableValue>()
  #drops: readonly KeyRange[] = []
  #textBytes = 0
  /** Values may be slices of texts with characters above U+00FF. */
  wide = false

  get drops(): readonly KeyRange[] {
    return this.#drops
  }

  get isEmpty(): boolean {
    return this.#index.size === 0 && this.#drops.length === 0
  }

  /** Texts count whole, overwritten entries included: slices keep them alive. */
  get bytes(): number {
    return this.#textBytes + this.#index.size * ENTRY_BYTES
  }

  /** A log record's text whose slices this table now holds. */
  countText(bytes: number): void {
    this.#textBytes += bytes
  }

  lookup(key: Key): TableValue | undefined {
    return this.#index.get(key)
  }

  set(key: Key, value: TableValue): void {
    this.#index.set(key, value)
    this.entries.set(key, value)
  }

  drop(range: KeyRange): void {
    if (range.start >= range.end) return
    const keys: Key[] = []
    const cursor = this.entries.cursor({ start: range.start, end: range.end })
    while (cursor.next()) keys.push(cursor.key)
    for (const key of keys) {
      this.entries.delete(key)
      this.#index.delete(key)
    }
    this.#drops = [...this.#drops, { start: range.start, end: range.end }]
  }

  /** As it is now; costs a copy of each chunk that changes later. */
  view(): TableView {
    const entries = this.entries.snapshot()
    return { entries, drops: this.#drops, lookup: (key) => entries.get(key) }
  }
}
