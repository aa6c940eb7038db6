// Drops what no reader of the journal needs any more (J3): rows older than 24 hours where a stream reads them, older than 35
// days where a table can be restored to a point in time, all of them where nobody reads. Nothing else trims the journal.
// Streams show no record past its 24 hours, whenever this runs; it only wins the space back.
import { readTableRow } from '../engine/catalog.ts'
import type { EngineCore } from '../engine/engine-core.ts'
import { journalKey, journalRange } from '../engine/storage-keys.ts'
import { readStreamRows, streamRowKey, writeStreamRow, type StreamRow } from '../engine/stream-row.ts'
import type { Reader } from '../storage/store.ts'
import type { WriteStep } from '../storage/write-step.ts'
import { JournalReader } from './journal-reader.ts'
import { startRepeating } from './repeating-task.ts'
import { isReadable, RETENTION_MS } from './stream-shards.ts'

const INTERVAL_MS = 10 * 60 * 1000
/** RecoveryPeriodInDays at its most. */
const RECOVERY_MS = 35 * RETENTION_MS

export function startTrimming(engine: EngineCore): () => void {
  let hasStreams = false
  const look = async (): Promise<void> => {
    hasStreams = (await engine.read(readStreamRows)).length > 0
  }
  return startRepeating(engine, {
    isNeeded: () => hasStreams || engine.catalog.tables().some(({ journaled }) => journaled),
    delayMs: () => INTERVAL_MS,
    prepare: look,
    run: async () => {
      await trimJournals(engine)
      await look()
    },
  })
}

interface Target {
  readonly tableId: number
  readonly tableName: string
}

/** One round over all journals. Rejects with StorageException. */
export async function trimJournals(engine: EngineCore): Promise<void> {
  const streams = await engine.read(readStreamRows)
  const targets = new Map<number, Target>()
  for (const { id, name } of engine.catalog.tables()) targets.set(id, { tableId: id, tableName: name })
  for (const { tableId, tableName } of streams) targets.set(tableId, { tableId, tableName })
  for (const target of targets.values()) {
    if (engine.closing) return
    const now = engine.environment.now()
    if (!(await engine.read((reader) => hasWork(reader, target, now)))) continue
    await engine.keyspace.write((write) => trimJournal(write, target, now))
    await engine.environment.yieldTask()
  }
}

/** For a database that is erased: streams of deleted tables go at once, with their journals. */
export async function dropDeletedStreams(engine: EngineCore): Promise<void> {
  await engine.keyspace.write((write) => {
    for (const row of readStreamRows(write)) {
      if (readTableRow(write, row.tableName)?.id === row.tableId) continue
      write.delete(streamRowKey(row.tableName, row.label))
      write.drop(journalRange(row.tableId))
    }
  })
}

/** What is kept of a table's journal: rows that were committed at `since` or later. */
function retentionOf(reader: Reader, { tableId, tableName }: Target, now: number) {
  const table = readTableRow(reader, tableName)
  const streams = readStreamRows(reader).filter((row) => row.tableId === tableId)
  const readable = streams.filter((row) => isReadable(row, now))
  const isRestorable = table?.id === tableId && table.pointInTimeRecovery === true
  const since = isRestorable ? now - RECOVERY_MS : readable.length > 0 ? now - RETENTION_MS : Infinity
  return { since, readable, expired: streams.filter((row) => !isReadable(row, now)) }
}

function hasWork(reader: Reader, target: Target, now: number): boolean {
  const { since, expired } = retentionOf(reader, target, now)
  const oldest = new JournalReader(reader, target.tableId).firstFrom(0)
  return expired.length > 0 || (oldest !== undefined && oldest.entry.committedAt < since)
}

function trimJournal(write: WriteStep, target: Target, now: number): void {
  const { since, readable, expired } = retentionOf(write, target, now)
  for (const { tableName, label } of expired) write.delete(streamRowKey(tableName, label))
  const journal = new JournalReader(write, target.tableId)
  if (since === Infinity) {
    if (journal.firstFrom(0) !== undefined) write.drop(journalRange(target.tableId))
    return
  }
  const kept = journal.sequenceAt(since, 0, Number.MAX_SAFE_INTEGER)
  const last = journal.lastBefore(kept)
  if (last === undefined) return
  write.drop({ start: journalRange(target.tableId).start, end: journalKey(target.tableId, last + 1) })
  for (const row of readable) if (last >= row.firstSequence) writeStreamRow(write, trimmedTo(row, last))
}

function trimmedTo(row: StreamRow, trimmedThrough: number): StreamRow {
  return { ...row, trimmedThrough }
}
