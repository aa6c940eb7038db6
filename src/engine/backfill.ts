// Fills an index that was added to a table with items, in slices. Each slice reads items at the head and writes their
// entries, the counters and how far it has come in one commit, while live writes maintain the index (S8): wherever it
// stops, a crash included, the next one goes on. It starts after the catalog applied the row (see catalog.ts).
import { QuotaExceededException, StorageException } from '../model/errors.ts'
import { Item } from '../model/item.ts'
import { projectItem } from '../model/projection.ts'
import type { Key, Reader } from '../storage/store.ts'
import type { WriteStep } from '../storage/write-step.ts'
import { readTableRow, writeTableRow, type Catalog } from './catalog.ts'
import type { EngineCore } from './engine-core.ts'
import { rangeAfter } from './key-range.ts'
import { backfillKey, indexRange } from './storage-keys.ts'
import { addToCounters, countEntry, TableCounters, type CounterDeltas } from './table-counters.ts'
import { Table } from './table.ts'
import type { TableRow } from './table-row.ts'

const ITEMS_PER_SLICE = 200
const BYTES_PER_SLICE = 1024 * 1024
const RETRY_DELAY_MS = 1000

/** Of a backfill that is under way. */
export interface BackfillProgress {
  readonly itemsDone: number
  /** As of now: it moves with writes. */
  readonly itemsTotal: number
}

interface Cursor {
  readonly itemsDone: number
  /** Storage key of the last item that was read; '' before the first. */
  readonly lastKey: Key
}

/** Undefined once it is done. */
function readCursor(reader: Reader, tableId: number, indexId: number): Cursor | undefined {
  const value = reader.get(backfillKey(tableId, indexId))
  if (value === undefined) return undefined
  const space = value.indexOf(' ')
  return { itemsDone: Number(value.slice(0, space)), lastKey: value.slice(space + 1) }
}

function writeCursor(write: WriteStep, tableId: number, indexId: number, { itemsDone, lastKey }: Cursor): void {
  write.put(backfillKey(tableId, indexId), `${itemsDone} ${lastKey}`)
}

/** In the step that adds the index, whose schema says CREATING and backfilling. */
export function writeBackfill(write: WriteStep, tableId: number, indexId: number): void {
  writeCursor(write, tableId, indexId, { itemsDone: 0, lastKey: '' })
}

/** False for items that the backfill will still come to: it counts their entries then, so nobody may before. */
export function isBackfilled(reader: Reader, tableId: number, indexId: number, itemKey: Key): boolean {
  const cursor = readCursor(reader, tableId, indexId)
  return cursor === undefined || itemKey <= cursor.lastKey
}

/** Undefined where that index is not being filled. Throws PageFault. */
export function getBackfillProgress(reader: Reader, table: Table, indexName: string): BackfillProgress | undefined {
  const index = table.schema.indexes.find(({ name }) => name === indexName)
  if (index?.backfilling !== true) return undefined
  const itemsTotal = TableCounters.read(reader, table.id).ofIndex(0).itemCount
  return { itemsDone: readCursor(reader, table.id, index.id)?.itemsDone ?? itemsTotal, itemsTotal }
}

/** Goes on with every backfill that an earlier engine left. */
export function resumeBackfills(engine: EngineCore, catalog: Catalog): void {
  for (const { schema } of catalog.tables()) {
    for (const index of schema.indexes) if (index.backfilling === true) startBackfill(engine, schema, index.id)
  }
}

export function startBackfill(engine: EngineCore, { name, id }: TableRow, indexId: number): void {
  engine.startTask(async () => {
    while (!engine.closing) {
      const outcome = await writeSlice(engine, name, id, indexId)
      if (outcome === 'gone') return
      if (typeof outcome === 'object') {
        engine.catalog.apply(outcome)
        return
      }
      await engine.environment.yieldTask()
    }
  })
}

/** A full disk may have room again, a slow one may answer: the backfill waits for it. */
async function writeSlice(engine: EngineCore, tableName: string, tableId: number, indexId: number): Promise<SliceOutcome> {
  try {
    return await engine.keyspace.write((write) => backfillSlice(write, tableName, tableId, indexId))
  } catch (error) {
    if (!mayPass(error)) throw error
    await new Promise<void>((resolve) => engine.environment.setTimer(RETRY_DELAY_MS, resolve))
    return 'more'
  }
}

function mayPass(error: unknown): boolean {
  if (error instanceof StorageException) return error.retryable && error.reason !== 'LEASE_LOST'
  return error instanceof QuotaExceededException
}

/** The row is the table's whose index is now ACTIVE. */
type SliceOutcome = 'more' | 'gone' | TableRow

function backfillSlice(write: WriteStep, tableName: string, tableId: number, indexId: number): SliceOutcome {
  const row = readTableRow(write, tableName)
  const schema = row?.id === tableId ? row.indexes.find((index) => index.id === indexId && index.backfilling === true) : undefined
  const cursor = readCursor(write, tableId, indexId)
  if (row === undefined || schema === undefined || cursor === undefined) {
    // Table or index was dropped meanwhile: the sweep takes the entries.
    if (cursor !== undefined) write.delete(backfillKey(tableId, indexId))
    return 'gone'
  }
  const { itemsDone, lastKey } = cursor
  const { items, isLast } = readSlice(write, tableId, lastKey)
  writeEntries(write, new Table(row), indexId, items)
  const last = items.at(-1)
  if (!isLast && last !== undefined) {
    writeCursor(write, tableId, indexId, { itemsDone: itemsDone + items.length, lastKey: last.key })
    return 'more'
  }
  write.delete(backfillKey(tableId, indexId))
  const { backfilling: _, ...done } = schema
  const indexes = row.indexes.map((index) => (index.id === indexId ? { ...done, status: 'ACTIVE' as const } : index))
  return writeTableRow(write, { ...row, indexes })
}

interface StoredItem {
  readonly key: Key
  readonly item: Item
}

function readSlice(write: WriteStep, tableId: number, lastKey: Key): { readonly items: readonly StoredItem[]; readonly isLast: boolean } {
  const cursor = write.cursor(rangeAfter(indexRange(tableId, 0), lastKey))
  const items: StoredItem[] = []
  let bytes = 0
  while (items.length < ITEMS_PER_SLICE && bytes < BYTES_PER_SLICE) {
    if (!cursor.next()) return { items, isLast: true }
    const item = Item.fromRecord(cursor.value)
    items.push({ key: cursor.key, item })
    bytes += item.size
  }
  return { items, isLast: false }
}

/** Items whose index key is missing or can't be one are left out (AWS page: GSI.OnlineOps). */
function writeEntries(write: WriteStep, table: Table, indexId: number, items: readonly StoredItem[]): void {
  const index = table.indexes.find(({ schema }) => schema.id === indexId)
  if (index === undefined) return
  const deltas: CounterDeltas = []
  for (const { item } of items) {
    const key = table.entryKey(index, item.attributes)
    if (key === undefined) continue
    // Flat: a slice of a page, kept until the flush, would keep the page in memory.
    const entry = projectItem(index.schema, table.schema, item.flatten())
    write.put(key, entry.record)
    countEntry(deltas, indexId, undefined, entry.size)
  }
  addToCounters(write, table.id, deltas)
}
