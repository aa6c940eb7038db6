// Time to live: items whose time has passed are deleted in small batches, through the one write path, as the service that
// did it (AWS page: TTL). A round goes over the tables that have it at opening and then every minute or so.
// Invariant: what is deleted was expired at the head, in the very step that deletes it.
import type { EngineCore } from '../engine/engine-core.ts'
import { rangeAfter } from '../engine/key-range.ts'
import { readItems } from '../engine/read-item.ts'
import { indexRange } from '../engine/storage-keys.ts'
import type { Table } from '../engine/table.ts'
import { ItemWriter } from '../engine/write-item.ts'
import { attributeOf } from '../model/attribute.ts'
import { Item } from '../model/item.ts'
import { isNumber, numberText } from '../model/number.ts'
import type { Key, Reader } from '../storage/store.ts'
import { startRepeating } from './repeating-task.ts'

const INTERVAL_MS = 60 * 1000
/** A round of a large table is followed by a pause so many times as long. */
const PAUSE_FACTOR = 20
const ITEMS_PER_SLICE = 200
const BYTES_PER_SLICE = 256 * 1024
const DELETES_PER_BATCH = 50
/** Of time: what expired earlier is taken for a mistake and stays. */
const FIVE_YEARS_S = 5 * 365 * 24 * 60 * 60
const SERVICE = { type: 'Service', principalId: 'dynamodb.amazonaws.com' } as const

export function startTimeToLive(engine: EngineCore): () => void {
  let lastRoundMs = 0
  return startRepeating(engine, {
    isNeeded: () => engine.catalog.tables().some(hasTimeToLive),
    delayMs: () => Math.max(INTERVAL_MS, lastRoundMs * PAUSE_FACTOR),
    run: async () => {
      const start = engine.environment.monotonicNow()
      await expireItems(engine)
      lastRoundMs = engine.environment.monotonicNow() - start
    },
  })
}

function hasTimeToLive({ schema }: Table): boolean {
  return schema.timeToLiveAttribute !== undefined
}

/** One round over all tables. Rejects with StorageException. */
export async function expireItems(engine: EngineCore): Promise<void> {
  for (const table of engine.catalog.tables().filter(hasTimeToLive)) await expireTable(engine, table.name, table.id)
}

async function expireTable(engine: EngineCore, tableName: string, tableId: number): Promise<void> {
  let lastKey: Key | undefined = ''
  while (lastKey !== undefined && !engine.closing) {
    const from: Key = lastKey
    const attribute = currentAttribute(engine, tableName, tableId)
    if (attribute === undefined) return
    const now = engine.environment.now()
    const slice = await engine.read((reader) => readSlice(reader, tableId, from, attribute, now))
    for (let at = 0; at < slice.expired.length; at += DELETES_PER_BATCH) {
      await deleteBatch(engine, tableName, tableId, slice.expired.slice(at, at + DELETES_PER_BATCH))
    }
    lastKey = slice.lastKey
    await engine.environment.yieldTask()
  }
}

/** Undefined where the table is gone or items expire no more. */
function currentAttribute(engine: EngineCore, tableName: string, tableId: number): string | undefined {
  const table = engine.catalog.getTable(tableName)
  return table?.id === tableId ? table.schema.timeToLiveAttribute : undefined
}

interface Slice {
  readonly expired: readonly Key[]
  /** Undefined at the end of the table. */
  readonly lastKey: Key | undefined
}

function readSlice(reader: Reader, tableId: number, lastKey: Key, attribute: string, now: number): Slice {
  const cursor = reader.cursor(rangeAfter(indexRange(tableId, 0), lastKey))
  const expired: Key[] = []
  let bytes = 0
  for (let count = 1; ; count++) {
    if (!cursor.next()) return { expired, lastKey: undefined }
    const item = Item.fromRecord(cursor.value)
    if (isExpired(item, attribute, now)) expired.push(cursor.key)
    bytes += item.size
    if (count >= ITEMS_PER_SLICE || bytes >= BYTES_PER_SLICE) return { expired, lastKey: cursor.key }
  }
}

async function deleteBatch(engine: EngineCore, tableName: string, tableId: number, keys: readonly Key[]): Promise<void> {
  await engine.keyspace.write((write) => {
    // The definition as it is now: also an index that was added meanwhile is maintained.
    const table = engine.catalog.getTable(tableName)
    const attribute = currentAttribute(engine, tableName, tableId)
    if (table === undefined || attribute === undefined) return
    const items = readItems(write, keys)
    const writer = new ItemWriter(write, { userIdentity: SERVICE })
    keys.forEach((key, at) => {
      const item = items[at]
      if (item !== undefined && isExpired(item, attribute, write.committedAt)) writer.replace(table, key, item, undefined)
    })
    writer.finish()
  })
}

/** Seconds since the epoch, in a number; anything else never expires. */
export function isExpired(item: Item, attribute: string, nowMs: number): boolean {
  const value = attributeOf(item.attributes, attribute)
  if (value === undefined || !isNumber(value)) return false
  const seconds = Number(numberText(value))
  const now = nowMs / 1000
  return seconds <= now && seconds > now - FIVE_YEARS_S
}
