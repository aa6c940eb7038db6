// The one read path for many items: walks a range of a table or index and gathers a page, in one read step.
// Invariant: without filter and projection no item is parsed; sizes come from the records' headers. A page ends at Limit
// items evaluated, at `take` items found, or past 1 MB evaluated, before the filter (AWS page: Query.Pagination).
import type { AttributeMap } from '../model/attribute-value.ts'
import { Item } from '../model/item.ts'
import { MAX_PAGE_BYTES } from '../model/limits.ts'
import { pick } from '../model/keys.ts'
import { keyAttributes, type KeyAttribute, type KeyType } from '../model/table.ts'
import { evaluateCondition } from '../expression/evaluate-condition.ts'
import { projectAttributes } from '../expression/project.ts'
import type { Condition, Projection } from '../expression/tree.ts'
import type { Key, KeyRange, Reader } from '../storage/store.ts'
import { readUnits } from './capacity.ts'
import { keyPartEnd, partitionPrefix, rangeAfter, SPACE_LENGTH } from './key-range.ts'
import { indexPrefix } from './storage-keys.ts'
import type { MaintainedIndex, Table } from './table.ts'

/** A table's items, or an index's entries. */
export interface Source {
  readonly table: Table
  readonly index: MaintainedIndex | undefined
  /** Begins every storage key of the source. */
  readonly space: Key
  readonly partitionKeys: readonly KeyAttribute[]
  readonly sortKeys: readonly KeyAttribute[]
}

/** What becomes of an entry that was read. */
export interface EntryView {
  readonly filter?: Condition | undefined
  readonly projection?: Projection | undefined
  /** LSI entries stand for their whole items, which are read from the table. */
  readonly wholeItems: boolean
}

export interface PageRequest extends EntryView {
  readonly source: Source
  /** What is left of the query, in the direction of the walk. */
  readonly range: KeyRange
  /** At most so many evaluated; Infinity: no limit. */
  readonly limit: number
  /** At most so many found; Infinity: no limit. */
  readonly take: number
  /** False: only the count is wanted. */
  readonly collect: boolean
  /** Storage keys of what was found are wanted too. */
  readonly withKeys?: boolean
  readonly segment?: Segment | undefined
}

export interface Page {
  readonly items: readonly Item[]
  /** Those of the items, where they were asked for. */
  readonly keys: readonly Key[]
  readonly count: number
  readonly scannedCount: number
  readonly evaluatedBytes: number
  /** Strongly consistent units of the table's items that were read for LSI entries. */
  readonly fetchedUnits: number
  /** The last entry evaluated, where the page ended before the range did. */
  readonly last: { readonly key: Key; readonly entry: Item } | undefined
  /** Only of scans of segments: what a next step goes on with; the page is not full yet. */
  readonly rest: KeyRange | undefined
}

export function tableSource(table: Table): Source {
  const { partitionKey, sortKey } = table.schema
  const sortKeys = sortKey === undefined ? [] : [sortKey]
  return { table, index: undefined, space: indexPrefix(table.id, 0), partitionKeys: [partitionKey], sortKeys }
}

export function indexSource(table: Table, index: MaintainedIndex): Source {
  const { partitionKeys, sortKeys } = index.schema
  return { table, index, space: index.prefix, partitionKeys, sortKeys }
}

/** Key attributes that tell an entry apart: the index's, then the table's, each once. */
export function sourceKeyNames(source: Source): readonly string[] {
  const attributes = [...source.partitionKeys, ...source.sortKeys, ...keyAttributes(source.table.schema)]
  return [...new Set(attributes.map((attribute) => attribute.name))]
}

/** LastEvaluatedKey of an entry. */
export function sourceKeyMap(source: Source, entry: Item): AttributeMap {
  return pick(entry.attributes, sourceKeyNames(source))
}

/** Throws PageFault. */
export function readPage(reader: Reader, request: PageRequest, bytesSoFar = 0): Page {
  const { source, range, limit, take, collect, segment, filter } = request
  const isPlain = filter === undefined && request.projection === undefined && !request.wholeItems
  const cursor = reader.cursor(range)
  const items: Item[] = []
  const keys: Key[] = []
  let count = 0
  let scannedCount = 0
  let bytes = 0
  let fetchedUnits = 0
  let walkedBytes = 0
  while (cursor.next()) {
    const record = cursor.value
    const entry = Item.fromRecord(record)
    const size = recordSize(record)
    if (segment !== undefined) {
      walkedBytes += size
      if (!isInSegment(source, segment, cursor.key)) {
        if (walkedBytes < SEGMENT_WALK_BYTES) continue
        const rest = rangeAfter(range, cursor.key)
        return { items, keys, count, scannedCount, evaluatedBytes: bytes, fetchedUnits, last: undefined, rest }
      }
    }
    scannedCount++
    bytes += size
    let found: Item | undefined = entry
    if (!isPlain) {
      const seen = request.wholeItems ? readWholeItem(reader, source, cursor.key, entry) : entry
      if (seen !== entry) fetchedUnits += readUnits(seen.size)
      found = viewEntry(request, seen)
    }
    if (found !== undefined) {
      count++
      if (collect) items.push(found)
      if (request.withKeys === true) keys.push(cursor.key)
    }
    if (scannedCount >= limit || count >= take || bytes + bytesSoFar > MAX_PAGE_BYTES) {
      const last = { key: cursor.key, entry }
      return { items, keys, count, scannedCount, evaluatedBytes: bytes, fetchedUnits, last, rest: undefined }
    }
  }
  return { items, keys, count, scannedCount, evaluatedBytes: bytes, fetchedUnits, last: undefined, rest: undefined }
}

/** The item size in front of a record, without making a string of it: every entry of every page passes here. */
function recordSize(record: string): number {
  let size = 0
  for (let at = 0; ; at++) {
    const code = record.charCodeAt(at)
    if (code === OPENING_BRACE || at === record.length) return size
    size = size * 36 + (code <= NINE ? code - ZERO : code - A + 10)
  }
}
const [ZERO, NINE, A, OPENING_BRACE] = [48, 57, 97, 123]

/** What a query shows of an entry, or undefined where its filter drops it. */
export function viewEntry({ filter, projection }: EntryView, entry: Item): Item | undefined {
  if (filter !== undefined && !evaluateCondition(filter, entry.attributes)) return undefined
  return projection === undefined ? entry : Item.of(projectAttributes(projection, entry.attributes))
}

/** The storage key of the item that an index entry belongs to. */
function itemKeyOfEntry(source: Source, entryKey: Key): Key {
  let end = SPACE_LENGTH
  for (const { type } of source.partitionKeys) end = keyPartEnd(entryKey, end, type)
  for (const { type } of source.sortKeys) end = keyPartEnd(entryKey, end, type)
  return indexPrefix(source.table.id, 0) + entryKey.slice(end)
}

function readWholeItem(reader: Reader, source: Source, entryKey: Key, entry: Item): Item {
  const record = reader.get(itemKeyOfEntry(source, entryKey))
  // An entry without its item would break S8; the entry is the better answer then.
  return record === undefined ? entry : Item.fromRecord(record)
}

// ── Segments of a parallel scan

/** One of `total` parts of a source, by a hash of the partition key: stable, and every item is in exactly one. */
export interface Segment {
  readonly segment: number
  readonly total: number
}

/** A step that finds little of its segment ends after so much, so that its pages need not stay in memory. */
const SEGMENT_WALK_BYTES = 4 * MAX_PAGE_BYTES

export function isInSegment(source: Source, { segment, total }: Segment, key: Key): boolean {
  if (total === 1) return true
  return Math.floor((hashOf(partitionPrefix(key, typesOf(source))) / 0x1_0000_0000) * total) === segment
}

export function typesOf(source: Source): readonly KeyType[] {
  return source.partitionKeys.map((attribute) => attribute.type)
}

/** FNV-1a with a last mix, so that similar keys spread over few segments too. */
function hashOf(key: Key): number {
  let hash = 0x811c9dc5
  for (let at = SPACE_LENGTH; at < key.length; at++) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  hash ^= hash >>> 16
  hash = Math.imul(hash, 0x85ebca6b)
  hash ^= hash >>> 13
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
