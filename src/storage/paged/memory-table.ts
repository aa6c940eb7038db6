// What the log holds, sorted: the newest entries of the store, over frozen tables, runs and base. Deletions are
// tombstones, dropped ranges hide everything older. Point look-ups ask a map; the order is made when a walk, a flush or
// a snapshot wants it, and now and then, so that no one of them has to sort everything at once.
import type { Key, KeyRange, Value } from '../store.ts'
import { SortedEntries } from './sorted-entries.ts'

/** A tombstone: the key is deleted, whatever older tables and pages say. */
export const DELETED = null
export type TableValue = Value | typeof DELETED

/** What reading needs of a table: the live one, or one as it was. */
export interface TableView {
  /** Undefined: ask what is older, unless a drop covers the key. */
  lookup(key: Key): TableValue | undefined
  /** As of now; never changes. */
  readonly entries: SortedEntries<TableValue>
  /** Ranges dropped while this table was filled: they hide what older tables and pages hold. */
  readonly drops: readonly KeyRange[]
}

export function isDropped(drops: readonly KeyRange[], key: Key): boolean {
  for (const { start, end } of drops) if (key >= start && key < end) return true
  return false
}

/** Beside key and value: map and array slots. */
const ENTRY_BYTES = 80
/** Sorted at once: some ten milliseconds. */
const MAX_UNSORTED_KEYS = 16_384
/** Worth sorting when there is nothing better to do. */
const UNSORTED_KEYS = 2048

/** Table id and segment: items, an index, the journal. */
const SEGMENT_CHARS = 6

/**
 * Items mostly come in order, and so do journal rows, but interleaved with index entries they don't: sorted apart they cost
 * next to nothing. The default order is that of characters, and so of bytes.
 */
function sortedBySegment(keys: readonly Key[]): readonly Key[] {
  if (keys.length < 2) return keys
  const segments = new Map<string, Key[]>()
  for (const key of keys) {
    const segment = key.slice(0, SEGMENT_CHARS)
    const known = segments.get(segment)
    if (known === undefined) segments.set(segment, [key])
    else known.push(key)
  }
  return [...segments.keys()].sort().flatMap((segment) => (segments.get(segment) ?? []).sort())
}

export class MemoryTable implements TableView {
  #index = new Map<Key, TableValue>()
  #sorted = new SortedEntries<TableValue>()
  /** Set since `#sorted` was made, perhaps several times. */
  #unsorted: Key[] = []
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

  get entries(): SortedEntries<TableValue> {
    const keys = this.#unsorted
    if (keys.length === 0) return this.#sorted
    this.#unsorted = []
    const sorted = sortedBySegment(keys)
    const distinct = sorted.filter((key, index) => index === 0 || key !== sorted[index - 1])
    this.#sorted = this.#sorted.merged(distinct, (key) => this.#index.get(key) as TableValue)
    return this.#sorted
  }

  /** A walk would have much to sort: better before it comes. */
  get wantsSorting(): boolean {
    return this.#unsorted.length >= UNSORTED_KEYS
  }

  /** A log record's text whose slices this table now holds. */
  countText(bytes: number): void {
    this.#textBytes += bytes
  }

  lookup(key: Key): TableValue | undefined {
    return this.#index.get(key)
  }

  /** `key` is a text of its own (text-copy.ts). */
  set(key: Key, value: TableValue): void {
    this.#index.set(key, value)
    if (this.#unsorted.push(key) >= MAX_UNSORTED_KEYS) void this.entries
  }

  drop({ start, end }: KeyRange): void {
    if (start >= end) return
    this.#sorted = this.entries.without(start, end, (key) => this.#index.delete(key))
    this.#drops = [...this.#drops, { start, end }]
  }

  view(): TableView {
    const { entries, drops } = this
    return { entries, drops, lookup: (key) => entries.get(key) }
  }
}
