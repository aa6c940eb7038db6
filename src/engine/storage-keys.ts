// Every storage key that the engine writes (src/README.md has the table). Integers are big-endian, so that byte order
// is number order. Table ids begin at 1: id 0 is the system space.
import { decodeU16, decodeU32, decodeU64, encodeU16, encodeU32, encodeU64 } from '../model/key-encoding.ts'
import type { Key, KeyRange } from '../storage/store.ts'

const JOURNAL = 0xffff
const SYSTEM = encodeU32(0)
const TAG = {
  /** Highest table id given away. */
  database: '\u0001',
  tables: '\u0002',
  counters: '\u0003',
  drops: '\u0004',
  backfills: '\u0005',
} as const

/** Begins the rows of bulk operations (bulk-operation.ts). */
export const bulkSpace: Key = `${SYSTEM}B`

/** Begins the rows of streams (stream-row.ts). */
export const streamSpace: Key = `${SYSTEM}S`

export const lastTableIdKey: Key = SYSTEM + TAG.database

/** Catalog row of a table; names are ASCII. */
export function tableRowKey(tableName: string): Key {
  return SYSTEM + TAG.tables + tableName
}
export const tableRowRange: KeyRange = { start: SYSTEM + TAG.tables, end: SYSTEM + TAG.counters }

export function countersKey(tableId: number): Key {
  return SYSTEM + TAG.counters + encodeU32(tableId)
}

/** What is left to be swept of a dropped table or index: the row's value is the name, for messages. */
export function dropKey(tableId: number, indexId: number): Key {
  return SYSTEM + TAG.drops + encodeU32(tableId) + encodeU16(indexId)
}
export const dropRange: KeyRange = { start: SYSTEM + TAG.drops, end: SYSTEM + TAG.backfills }
export function parseDropKey(key: Key): { readonly tableId: number; readonly indexId: number } {
  const at = SYSTEM.length + 1
  return { tableId: decodeU32(key, at), indexId: decodeU16(key, at + 4) }
}

/** How far the backfill of an index has come: the value is the storage key of the last item that was read. */
export function backfillKey(tableId: number, indexId: number): Key {
  return SYSTEM + TAG.backfills + encodeU32(tableId) + encodeU16(indexId)
}

/** Begins every storage key of a table's items (index id 0) or of an index's entries. */
export function indexPrefix(tableId: number, indexId: number): Key {
  return encodeU32(tableId) + encodeU16(indexId)
}
/** All entries of an index; index id 0: all items. */
export function indexRange(tableId: number, indexId: number): KeyRange {
  return { start: indexPrefix(tableId, indexId), end: indexPrefix(tableId, indexId + 1) }
}
/** Everything of a table: items, index entries, journal. */
export function tableRange(tableId: number): KeyRange {
  return { start: encodeU32(tableId), end: encodeU32(tableId + 1) }
}

export function journalKey(tableId: number, sequence: number): Key {
  return encodeU32(tableId) + encodeU16(JOURNAL) + encodeU64(sequence)
}
export function journalRange(tableId: number): KeyRange {
  return { start: encodeU32(tableId) + encodeU16(JOURNAL), end: encodeU32(tableId + 1) }
}
/** Items and index entries of a table, its journal not. */
export function contentRange(tableId: number): KeyRange {
  return { start: encodeU32(tableId), end: encodeU32(tableId) + encodeU16(JOURNAL) }
}
export function parseJournalSequence(key: Key): number {
  return decodeU64(key, 6)
}
