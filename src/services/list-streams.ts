// ListStreams: streams that can be read, also those that were disabled, or whose table was deleted, within 24 hours.
// LastEvaluatedStreamArn is there exactly if a further page has streams.
import { Constraints } from '../engine/constraints.ts'
import type { Operation } from '../engine/operation.ts'
import { readStreamRows, streamRowKey } from '../engine/stream-row.ts'
import { tableNameOf } from '../engine/table-row.ts'
import { parseStreamArn } from './stream-lookup.ts'
import { isReadable, streamArnOf } from './stream-shards.ts'

export interface ListStreamsInput {
  readonly TableName?: string
  readonly Limit?: number
  readonly ExclusiveStartStreamArn?: string
}
export interface ListStreamsOutput {
  readonly Streams: readonly { readonly StreamArn: string; readonly TableName: string; readonly StreamLabel: string }[]
  readonly LastEvaluatedStreamArn?: string
}

const MAX_LIMIT = 100

/** AWS page: API_streams_ListStreams. Throws ValidationException. */
export const listStreams: Operation<ListStreamsInput, ListStreamsOutput> = {
  name: 'ListStreams',
  kind: 'read',
  async run(engine, { TableName, Limit: limit = MAX_LIMIT, ExclusiveStartStreamArn: startArn }) {
    const constraints = new Constraints()
    if (TableName !== undefined) constraints.tableName(TableName)
    constraints.range('limit', limit, 1, MAX_LIMIT)
    constraints.done()
    const start = startArn === undefined ? undefined : parseStreamArn(startArn)
    const startKey = start === undefined ? '' : streamRowKey(start.tableName, start.label)
    const now = engine.environment.now()
    const rows = await engine.read(readStreamRows)
    const streams = rows
      .filter((row) => isReadable(row, now) && (TableName === undefined || row.tableName === tableNameOf(TableName)))
      .filter((row) => streamRowKey(row.tableName, row.label) > startKey)
    const Streams = streams
      .slice(0, limit)
      .map((row) => ({ StreamArn: streamArnOf(row), TableName: row.tableName, StreamLabel: row.label }))
    const last = Streams.at(-1)
    return streams.length > limit && last !== undefined ? { Streams, LastEvaluatedStreamArn: last.StreamArn } : { Streams }
  },
}
