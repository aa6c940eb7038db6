// What the database knows of each stream that can be read: the part of its table's journal that is the stream's, and how
// it is shown. A row outlives the stream, and the table too, by 24 hours (AWS page: Streams). Written in the very step that
// changes the table's row, so that a stream's first and last sequence are exact.
import type { StreamViewType, TableSchema } from '../model/table.ts'
import type { Key, KeyRange, Reader } from '../storage/store.ts'
import type { WriteStep } from '../storage/write-step.ts'
import { streamSpace } from './storage-keys.ts'
import { streamLabelOf, type TableRow } from './table-row.ts'

export interface StreamRow extends Pick<TableSchema, 'partitionKey' | 'sortKey'> {
  /** Of the row's format. */
  readonly version: 1
  readonly tableId: number
  readonly tableName: string
  readonly label: string
  readonly viewType: StreamViewType
  /** Milliseconds since the epoch. */
  readonly openedAt: number
  /** Journal rows from here on are the stream's … */
  readonly firstSequence: number
  /** … up to here, once it is closed: the stream or its table is gone. */
  readonly lastSequence?: number
  readonly closedAt?: number
  /** Of the last journal row of the table that was trimmed. */
  readonly trimmedThrough?: number
}

const SEPARATOR = '/'
export const streamRowRange: KeyRange = { start: streamSpace, end: `${streamSpace}\xff` }

/** Names and labels are ASCII, and no name has a slash. */
export function streamRowKey(tableName: string, label: string): Key {
  return streamSpace + tableName + SEPARATOR + label
}

/** In the order of ListStreams. Throws PageFault. */
export function readStreamRows(reader: Reader): StreamRow[] {
  const rows: StreamRow[] = []
  const cursor = reader.cursor(streamRowRange)
  while (cursor.next()) rows.push(JSON.parse(cursor.value) as StreamRow)
  return rows
}

export function readStreamRow(reader: Reader, tableName: string, label: string): StreamRow | undefined {
  const text = reader.get(streamRowKey(tableName, label))
  return text === undefined ? undefined : (JSON.parse(text) as StreamRow)
}

export function writeStreamRow(write: WriteStep, row: StreamRow): void {
  write.put(streamRowKey(row.tableName, row.label), JSON.stringify(row))
}

/** In the step that writes a table's row. Returns the row with a label that no other stream of this name has. */
export function recordStreamChange(write: WriteStep, before: TableRow | undefined, after: TableRow): TableRow {
  if (before?.stream?.label === after.stream?.label) return after
  if (before !== undefined) closeStream(write, before)
  return after.stream === undefined ? after : openStream(write, after, after.stream.viewType)
}

/** In the step that disables a table's stream or deletes the table; a table without a stream is left alone. */
export function closeStream(write: WriteStep, { name, stream }: TableRow): void {
  const row = stream === undefined ? undefined : readStreamRow(write, name, stream.label)
  if (row !== undefined) writeStreamRow(write, { ...row, closedAt: write.committedAt, lastSequence: write.nextSequence() })
}

function openStream(write: WriteStep, table: TableRow, viewType: StreamViewType): TableRow {
  const openedAt = write.committedAt
  let labelAt = openedAt
  // A table of this name may have been deleted within the millisecond.
  while (readStreamRow(write, table.name, streamLabelOf(labelAt)) !== undefined) labelAt++
  const label = streamLabelOf(labelAt)
  const { id: tableId, name: tableName, partitionKey, sortKey } = table
  writeStreamRow(write, {
    version: 1,
    tableId,
    tableName,
    label,
    viewType,
    partitionKey,
    ...(sortKey === undefined ? {} : { sortKey }),
    openedAt,
    firstSequence: write.nextSequence(),
  })
  return { ...table, stream: { viewType, label } }
}
