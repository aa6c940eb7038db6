// From the ARN in a request to the row of a stream that can still be read.
// Invariant: malformed ARNs are refused before anything is looked up.
import { readStreamRow, type StreamRow } from '../engine/stream-row.ts'
import { tableArnOf } from '../engine/table-row.ts'
import { ResourceNotFoundException, ValidationException } from '../model/errors.ts'
import type { Reader } from '../storage/store.ts'
import { isReadable } from './stream-shards.ts'

const STREAM_ARN = /^arn:aws[a-z-]*:dynamodb:[^:/]*:\d{12}:table\/([a-zA-Z0-9_.-]{3,255})\/stream\/([0-9T:.-]+)$/

export interface StreamName {
  readonly tableName: string
  readonly label: string
}

/** Throws ValidationException, in AWS's words (aws-sdk-js, features/integration: DynamoDB Streams with 'fake-stream'). */
export function parseStreamArn(arn: string): StreamName {
  const [, tableName, label] = STREAM_ARN.exec(arn) ?? []
  if (tableName === undefined || label === undefined) throw new ValidationException('Invalid StreamArn')
  return { tableName, label }
}

/** Throws ValidationException, ResourceNotFoundException, PageFault. */
export function mustReadStream(reader: Reader, arn: string, now: number): StreamRow {
  const { tableName, label } = parseStreamArn(arn)
  const isOurs = arn.startsWith(`${tableArnOf(tableName)}/`)
  const row = isOurs ? readStreamRow(reader, tableName, label) : undefined
  if (row === undefined || !isReadable(row, now)) throw new ResourceNotFoundException(`Requested resource not found: Stream: ${arn} not found`)
  return row
}

/** The text of a shard that is not there. */
export function shardNotFound(): ResourceNotFoundException {
  return new ResourceNotFoundException('Requested resource not found: Shard does not exist')
}
