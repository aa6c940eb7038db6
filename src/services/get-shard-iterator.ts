// GetShardIterator: a position in a shard, good for 15 minutes. Each of the four kinds is worked out here and now:
// an iterator says LATEST of the moment at which it was asked for.
import { Constraints } from '../engine/constraints.ts'
import type { Operation } from '../engine/operation.ts'
import { ValidationException } from '../model/errors.ts'
import { SHARD_ID_LENGTH } from './describe-stream.ts'
import { encodeShardIterator } from './shard-iterator.ts'
import { ShardReader } from './shard-reader.ts'
import { mustReadStream, parseStreamArn, shardNotFound } from './stream-lookup.ts'
import { durableCounters, shardsOf } from './stream-shards.ts'

const TYPES = ['TRIM_HORIZON', 'LATEST', 'AT_SEQUENCE_NUMBER', 'AFTER_SEQUENCE_NUMBER'] as const
type ShardIteratorType = (typeof TYPES)[number]

export interface GetShardIteratorInput {
  readonly StreamArn: string
  readonly ShardId: string
  readonly ShardIteratorType: ShardIteratorType
  readonly SequenceNumber?: string
}
export interface GetShardIteratorOutput {
  readonly ShardIterator: string
}

/** AWS page: API_streams_GetShardIterator. Throws ValidationException, ResourceNotFoundException, TrimmedDataAccessException. */
export const getShardIterator: Operation<GetShardIteratorInput, GetShardIteratorOutput> = {
  name: 'GetShardIterator',
  kind: 'read',
  async run(engine, input) {
    checkShape(input)
    const { StreamArn: streamArn, ShardId, ShardIteratorType: type, SequenceNumber = '' } = input
    const madeAt = engine.environment.now()
    return engine.read((reader) => {
      const row = mustReadStream(reader, streamArn, madeAt)
      const shard = shardsOf(row, durableCounters(reader).clock, madeAt).find(({ shardId }) => shardId === ShardId)
      if (shard === undefined) throw shardNotFound()
      const shardReader = new ShardReader(reader, row, shard, madeAt)
      const position = positionOf(shardReader, type, SequenceNumber)
      return { ShardIterator: encodeShardIterator({ streamArn, shardNumber: shard.number, position, madeAt }) }
    })
  },
}

function positionOf(shard: ShardReader, type: ShardIteratorType, sequenceNumber: string): number {
  if (type === 'TRIM_HORIZON') return shard.oldest
  return type === 'LATEST' ? shard.latest : shard.positionOf(sequenceNumber, type === 'AFTER_SEQUENCE_NUMBER')
}

function checkShape({ StreamArn: arn, ShardId: shardId, ShardIteratorType: type, SequenceNumber: number }: GetShardIteratorInput): void {
  const constraints = new Constraints()
  constraints.notNull('streamArn', arn)
  if (constraints.notNull('shardId', shardId)) constraints.length('shardId', shardId, ...SHARD_ID_LENGTH)
  if (constraints.notNull('shardIteratorType', type)) constraints.oneOf('shardIteratorType', type, TYPES)
  constraints.length('sequenceNumber', number, 21, 40)
  constraints.done()
  parseStreamArn(arn)
  const needsNumber = type.endsWith('SEQUENCE_NUMBER')
  if (needsNumber === (number !== undefined)) return
  const fault = needsNumber ? 'SequenceNumber must be given' : 'SequenceNumber must not be given'
  throw new ValidationException(`One or more parameter values were invalid: ${fault} for ShardIteratorType ${type}`)
}
