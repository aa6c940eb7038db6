// DescribeStream: a stream and a page of its shards, parents first; with a ShardFilter the children of one shard, which is
// what a reader needs who has come to its end (AWS page: API_streams_DescribeStream).
import { Constraints } from '../engine/constraints.ts'
import type { Operation } from '../engine/operation.ts'
import { keyAttributes, type StreamViewType } from '../model/table.ts'
import { mustReadStream, parseStreamArn } from './stream-lookup.ts'
import { durableCounters, shardsOf, streamArnOf, type Shard } from './stream-shards.ts'

export interface DescribeStreamInput {
  readonly StreamArn: string
  readonly Limit?: number
  readonly ExclusiveStartShardId?: string
  readonly ShardFilter?: { readonly Type?: 'CHILD_SHARDS'; readonly ShardId?: string }
}
export interface ShardDescription {
  readonly ShardId: string
  readonly SequenceNumberRange: { readonly StartingSequenceNumber: string; readonly EndingSequenceNumber?: string }
  readonly ParentShardId?: string
}
export interface DescribeStreamOutput {
  readonly StreamDescription: {
    readonly StreamArn: string
    readonly StreamLabel: string
    readonly StreamStatus: 'ENABLED' | 'DISABLED'
    readonly StreamViewType: StreamViewType
    /** Seconds since the epoch. */
    readonly CreationRequestDateTime: number
    readonly TableName: string
    readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: 'HASH' | 'RANGE' }[]
    readonly Shards: readonly ShardDescription[]
    readonly LastEvaluatedShardId?: string
  }
}

const MAX_LIMIT = 100
export const SHARD_ID_LENGTH = [28, 65] as const

/** Throws ValidationException, ResourceNotFoundException. */
export const describeStream: Operation<DescribeStreamInput, DescribeStreamOutput> = {
  name: 'DescribeStream',
  kind: 'read',
  async run(engine, input) {
    checkShape(input)
    parseStreamArn(input.StreamArn)
    const { Limit: limit = MAX_LIMIT, ExclusiveStartShardId: start = '', ShardFilter: filter } = input
    const now = engine.environment.now()
    return engine.read((reader) => {
      const row = mustReadStream(reader, input.StreamArn, now)
      const all = shardsOf(row, durableCounters(reader).clock, now)
      const shards = all
        .filter((shard) => filter?.ShardId === undefined || shard.parentShardId === filter.ShardId)
        .filter((shard) => shard.shardId > start)
      const page = shards.slice(0, limit)
      const last = page.at(-1)
      return {
        StreamDescription: {
          StreamArn: streamArnOf(row),
          StreamLabel: row.label,
          StreamStatus: row.closedAt === undefined ? 'ENABLED' : 'DISABLED',
          StreamViewType: row.viewType,
          CreationRequestDateTime: row.openedAt / 1000,
          TableName: row.tableName,
          KeySchema: keyAttributes(row).map(({ name }, at) => ({ AttributeName: name, KeyType: at === 0 ? 'HASH' : 'RANGE' })),
          Shards: page.map(describeShard),
          ...(shards.length > limit && last !== undefined ? { LastEvaluatedShardId: last.shardId } : {}),
        },
      }
    })
  },
}

function checkShape({ StreamArn: arn, Limit: limit, ExclusiveStartShardId: start, ShardFilter: filter }: DescribeStreamInput): void {
  const constraints = new Constraints()
  constraints.notNull('streamArn', arn)
  constraints.range('limit', limit, 1, MAX_LIMIT)
  constraints.length('exclusiveStartShardId', start, ...SHARD_ID_LENGTH)
  if (filter !== undefined && constraints.map('shardFilter', filter)) {
    constraints.oneOf('shardFilter.type', filter.Type, ['CHILD_SHARDS'])
    constraints.length('shardFilter.shardId', filter.ShardId, ...SHARD_ID_LENGTH)
  }
  constraints.done()
}

function describeShard({ shardId, parentShardId, startingSequenceNumber, endingSequenceNumber }: Shard): ShardDescription {
  return {
    ShardId: shardId,
    SequenceNumberRange: {
      StartingSequenceNumber: startingSequenceNumber,
      ...(endingSequenceNumber === undefined ? {} : { EndingSequenceNumber: endingSequenceNumber }),
    },
    ...(parentShardId === undefined ? {} : { ParentShardId: parentShardId }),
  }
}
