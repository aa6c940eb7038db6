// Input objects of bulk operations as lines, and lines as puts. JSON Lines: one record per line, an item in DynamoDB's JSON and
// perhaps a condition (AWS page: BulkPutItems.Format; its members are those of PutItem, the page's own example is not known).
// Bounded memory: an object is read in chunks, whatever its size.
import type { AttributeMap } from '../model/attribute-value.ts'
import { HoldfastException, ValidationException } from '../model/errors.ts'
import { fromWireMap } from '../model/wire.ts'
import type { Bucket } from './bucket.ts'
import { PutAction } from './item-action.ts'

/** The bucket failed, and with it the operation; what is in an object never does. */
export class BucketFailure extends Error {}
/** The object can't be read on: it is no gzip, or a line is no JSON. What is left of it is skipped (BulkPutItems.Format). */
export class ObjectFailure extends Error {}

/** No item of 400 KB needs as much. */
const MAX_LINE_CHARS = 8 * 1024 * 1024

/** Counts what has come from the bucket. */
export interface Progress {
  bytes: number
}

/** Lines that are not empty. Throws BucketFailure, ObjectFailure. */
export async function* readLines(bucket: Bucket, key: string, isGzip: boolean, progress: Progress): AsyncGenerator<string> {
  const raw = readChunks(bucket, key, progress)
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of isGzip ? unzipped(raw) : raw) {
    rest += decoder.decode(chunk, { stream: true })
    let start = 0
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', start)) {
      const line = rest.slice(start, end).trim()
      start = end + 1
      if (line !== '') yield line
    }
    rest = rest.slice(start)
    if (rest.length > MAX_LINE_CHARS) throw new ObjectFailure(`A record is longer than ${MAX_LINE_CHARS} characters`)
  }
  rest = (rest + decoder.decode()).trim()
  if (rest !== '') yield rest
}

async function* readChunks(bucket: Bucket, key: string, progress: Progress): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of bucket.read(key)) {
      progress.bytes += chunk.length
      yield chunk
    }
  } catch (error) {
    throw new BucketFailure(messageOf(error))
  }
}

async function* unzipped(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  let failure: unknown
  const source = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await chunks.next()
        if (done === true) controller.close()
        else controller.enqueue(new Uint8Array(value))
      } catch (error) {
        failure = error
        controller.error(error)
      }
    },
    async cancel() {
      await chunks.return(undefined)
    },
  })
  try {
    yield* source.pipeThrough(new DecompressionStream('gzip'))
  } catch (error) {
    throw failure instanceof BucketFailure ? failure : new ObjectFailure(`The object is not a valid GZIP file: ${messageOf(error)}`)
  }
}

/** One input item: a put that is ready, or why it is none. */
export interface InputRecord {
  /** In its object, from 0. */
  readonly index: number
  readonly action: PutAction | undefined
  readonly error: string | undefined
}

/** Throws ObjectFailure for what is no JSON. */
export function parseRecord(tableName: string, line: string, index: number): InputRecord {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch (error) {
    throw new ObjectFailure(`The record is not valid JSON: ${messageOf(error)}`)
  }
  try {
    return { index, action: actionOf(tableName, parsed), error: undefined }
  } catch (error) {
    if (!(error instanceof HoldfastException)) throw error
    return { index, action: undefined, error: error.message }
  }
}

interface RecordShape {
  readonly Item?: unknown
  readonly ConditionExpression?: unknown
  readonly ExpressionAttributeNames?: unknown
  readonly ExpressionAttributeValues?: unknown
}

function actionOf(TableName: string, parsed: unknown): PutAction {
  const record: RecordShape = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed) ? parsed : {}
  const { Item, ConditionExpression: condition, ExpressionAttributeNames: names, ExpressionAttributeValues: values } = record
  if (Item === undefined) throw new ValidationException('The record has no Item')
  if (condition !== undefined && typeof condition !== 'string') throw new ValidationException('ConditionExpression is not a string')
  if (names !== undefined && !isNames(names)) throw new ValidationException('ExpressionAttributeNames is not a map of strings')
  return new PutAction({
    TableName,
    Item: fromWireMap(Item),
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
    ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
    ...(values === undefined ? {} : { ExpressionAttributeValues: fromWireMap(values) satisfies AttributeMap }),
  })
}

function isNames(names: unknown): names is { readonly [placeholder: string]: string } {
  return typeof names === 'object' && names !== null && !Array.isArray(names) && Object.values(names).every((name) => typeof name === 'string')
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
