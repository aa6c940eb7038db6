// The shards of a stream: stretches of four hours, one after the other, worked out from its row and the database's durable
// clock; nothing is stored for them. A shard is closed once the clock has passed its end: later records are its child's, so
// whoever has read it to the end misses nothing (AWS page: Streams, "Reading and processing a stream").
import type { StreamRow } from '../engine/stream-row.ts'
import { tableArnOf } from '../engine/table-row.ts'
import { textHash } from '../model/text-hash.ts'
import { COUNTERS_KEY, countersOf, type Counters } from '../storage/counters.ts'
import type { Reader } from '../storage/store.ts'
import { MAX_SEQUENCE, sequenceNumberOf } from './sequence-number.ts'

const HOUR_MS = 60 * 60 * 1000
export const SHARD_MS = 4 * HOUR_MS
/** Records are readable so long, and so is a stream that was closed. */
export const RETENTION_MS = 24 * HOUR_MS

export interface Shard {
  /** 0, 1, … of its stream. */
  readonly number: number
  readonly shardId: string
  readonly parentShardId: string | undefined
  /** No child yet; none ever, where it is closed. */
  readonly isLast: boolean
  /** Milliseconds since the epoch; its records were committed from here on … */
  readonly startsAt: number
  /** … and before this; undefined while it is open. */
  readonly endsAt: number | undefined
  readonly startingSequenceNumber: string
  readonly endingSequenceNumber: string | undefined
}

export function streamArnOf({ tableName, label }: StreamRow): string {
  return `${tableArnOf(tableName)}/stream/${label}`
}

/** What is durable now: sequence and clock of the last commit that used them. */
export function durableCounters(reader: Reader): Counters {
  return countersOf(reader.get(COUNTERS_KEY))
}

/** False once nobody may read the stream any more. */
export function isReadable({ closedAt }: StreamRow, now: number): boolean {
  return closedAt === undefined || closedAt > now - RETENTION_MS
}

/** Shards that hold records which may still be read, the open one in any case; parents first, ids rise. */
export function shardsOf(row: StreamRow, clock: number, now: number): Shard[] {
  const last = lastShard(row, clock)
  const first = Math.min(last, Math.max(0, Math.floor((now - RETENTION_MS - row.openedAt) / SHARD_MS)))
  return Array.from({ length: last - first + 1 }, (_, at) => shardOf(row, first + at, last))
}

/** Also one whose records are gone: a reader may stand at its end. Undefined where there was none. */
export function shardNumbered(row: StreamRow, clock: number, number: number): Shard | undefined {
  const last = lastShard(row, clock)
  return number < 0 || number > last ? undefined : shardOf(row, number, last)
}

function lastShard({ openedAt, closedAt }: StreamRow, clock: number): number {
  return Math.floor(Math.max(0, (closedAt ?? clock) - openedAt) / SHARD_MS)
}

function shardOf(row: StreamRow, number: number, last: number): Shard {
  const startsAt = row.openedAt + number * SHARD_MS
  const common = {
    number,
    shardId: shardIdOf(row, number),
    parentShardId: number === 0 ? undefined : shardIdOf(row, number - 1),
    startsAt,
    isLast: number === last,
    startingSequenceNumber: number === 0 ? sequenceNumberOf(startsAt, row.firstSequence) : sequenceNumberOf(startsAt, 0),
  }
  if (number < last) {
    const endsAt = startsAt + SHARD_MS
    return { ...common, endsAt, endingSequenceNumber: sequenceNumberOf(endsAt - 1, MAX_SEQUENCE) }
  }
  const { closedAt, lastSequence } = row
  if (closedAt === undefined || lastSequence === undefined) return { ...common, endsAt: undefined, endingSequenceNumber: undefined }
  return { ...common, endsAt: closedAt, endingSequenceNumber: sequenceNumberOf(closedAt, lastSequence) }
}

/** Of AWS's form: 20 digits, here the shard's beginning, and 8 hexadecimal ones. */
function shardIdOf(row: StreamRow, number: number): string {
  const time = String(row.openedAt + number * SHARD_MS).padStart(20, '0')
  const hash = parseInt(textHash(`${row.tableId} ${row.label}`), 36) % 0x100000000
  return `shardId-${time}-${hash.toString(16).padStart(8, '0')}`
}
