// GetRecords: the next records of a shard, at most 1,000 and 1 MB, one in any case. There is no NextShardIterator exactly
// where the shard is closed and nothing is left in it (AWS page: API_streams_GetRecords).
import { Constraints } from '../engine/constraints.ts'
import type { Operation } from '../engine/operation.ts'
import { ValidationException } from '../model/errors.ts'
import { decodeShardIterator, encodeShardIterator } from './shard-iterator.ts'
import { ShardReader } from './shard-reader.ts'
import { mustReadStream, shardNotFound } from './stream-lookup.ts'
import { streamRecordOf, type StreamRecord } from './stream-record.ts'
import { durableCounters, shardNumbered } from './stream-shards.ts'

export interface GetRecordsInput {
  readonly ShardIterator: string
  readonly Limit?: number
}
export interface GetRecordsOutput {
  readonly Records: readonly StreamRecord[]
  readonly NextShardIterator?: string
}

const MAX_RECORDS = 1000
const MAX_BYTES = 1024 * 1024

/** Throws ValidationException, ResourceNotFoundException, ExpiredIteratorException, TrimmedDataAccessException. */
export const getRecords: Operation<GetRecordsInput, GetRecordsOutput> = {
  name: 'GetRecords',
  kind: 'read',
  async run(engine, input) {
    const limit = checkShape(input)
    const now = engine.environment.now()
    const iterator = decodeShardIterator(input.ShardIterator, now)
    return engine.read((reader) => {
      const row = mustReadStream(reader, iterator.streamArn, now)
      const shard = shardNumbered(row, durableCounters(reader).clock, iterator.shardNumber)
      if (shard === undefined) throw shardNotFound()
      const shardReader = new ShardReader(reader, row, shard, now)
      const Records: StreamRecord[] = []
      let bytes = 0
      let { position } = iterator
      for (const journalRow of shardReader.records(position)) {
        const record = streamRecordOf(row, journalRow)
        bytes += record.dynamodb.SizeBytes
        if (Records.length > 0 && bytes > MAX_BYTES) break
        Records.push(record)
        position = journalRow.sequence + 1
        if (Records.length === limit) break
      }
      if (shardReader.isEnd(position)) return { Records }
      return { Records, NextShardIterator: encodeShardIterator({ ...iterator, position, madeAt: now }) }
    })
  },
}

function checkShape({ ShardIterator: iterator, Limit: limit = MAX_RECORDS }: GetRecordsInput): number {
  const constraints = new Constraints()
  if (constraints.notNull('shardIterator', iterator)) constraints.length('shardIterator', iterator, 1, 2048)
  constraints.range('limit', limit, 1, Infinity)
  constraints.done()
  if (limit > MAX_RECORDS) {
    throw new ValidationException(`One or more parameter values were invalid: Limit should be less than or equal to ${MAX_RECORDS}`)
  }
  return limit
}
