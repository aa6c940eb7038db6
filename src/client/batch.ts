// Batches of any length: cut into requests of moderate size, several under way at once, so that encoding here, the worker
// and the disk work at the same time. Not atomic; everything is durable when the promise resolves.
import type { AttributeMap } from '../model/attribute-value.ts'
import { pick } from './item-codec.ts'
import type { ReadOptions, RequestOptions } from './request-options.ts'
import type { TableContext } from './table-context.ts'

export interface BatchWriteOptions extends RequestOptions {
  /** Hears the number of items that are durable, after every request. */
  readonly onProgress?: (written: number) => void
}
export interface BatchWriteRequests {
  readonly put?: Iterable<object>
  readonly delete?: Iterable<object>
}

/** More items or characters in one request gain nothing in the worker and delay the first answer. */
const CHUNK_ITEMS = 400
const CHUNK_CHARACTERS = 100_000
/** Every so manieth item is measured, for all: measuring costs as much as sending. */
const SAMPLE = 8
/** Half of them are being written to disk while the worker looks at the other half. */
const MOST_UNDER_WAY = 16
/** BatchGetItem's own limit. */
const CHUNK_KEYS = 100

export async function batchWrite(context: TableContext, requests: BatchWriteRequests, options: BatchWriteOptions = {}): Promise<void> {
  let written = 0
  const write = (clause: string) => async (chunk: readonly AttributeMap[]): Promise<void> => {
    await context.request('BulkWrite', { TableName: context.definition.tableName, [clause]: chunk }, options)
    written += chunk.length
    options.onProgress?.(written)
  }
  await context.declare(options.signal)
  await pipelined(chunksOf(requests.put, (item) => context.encodeItem(item), CHUNK_ITEMS), write('Put'))
  await pipelined(chunksOf(requests.delete, (key) => context.encodeKey(key), CHUNK_ITEMS), write('Delete'))
}

interface BatchGetOutput {
  readonly Responses: { readonly [table: string]: readonly AttributeMap[] }
  readonly UnprocessedKeys?: { readonly [table: string]: { readonly Keys: readonly AttributeMap[] } }
}

/** In the order of the keys; a key that comes twice gives one item. */
export async function batchGet(context: TableContext, keys: Iterable<object>, options: ReadOptions = {}): Promise<object[]> {
  const { definition } = context
  const name = definition.tableName
  /** By the key's text, in the order of the request. */
  const found = new Map<string, object | undefined>()
  const wanted: AttributeMap[] = []
  for (const key of keys) {
    const encoded = context.encodeKey(key)
    const text = JSON.stringify(encoded)
    if (!found.has(text)) wanted.push(encoded)
    found.set(text, undefined)
  }
  const read = async (chunk: readonly AttributeMap[]): Promise<void> => {
    const request = { RequestItems: { [name]: { Keys: chunk, ConsistentRead: options.consistentRead } } }
    const { Responses, UnprocessedKeys } = await context.request<BatchGetOutput>('BatchGetItem', request, options)
    for (const item of Responses[name] ?? []) found.set(JSON.stringify(pick(item, context.keyNames)), context.decodeItem(item))
    const left = UnprocessedKeys?.[name]?.Keys
    if (left !== undefined) await read(left)
  }
  await pipelined(chunksOf(wanted, (key) => key, CHUNK_KEYS), read)
  return [...found.values()].filter((item) => item !== undefined)
}

function* chunksOf<T>(values: Iterable<T> | undefined, encode: (value: T) => AttributeMap, most: number): Generator<AttributeMap[]> {
  let chunk: AttributeMap[] = []
  let characters = 0
  for (const value of values ?? []) {
    const encoded = encode(value)
    chunk.push(encoded)
    if (chunk.length % SAMPLE === 1) characters += JSON.stringify(encoded).length * SAMPLE
    if (chunk.length < most && characters < CHUNK_CHARACTERS) continue
    yield chunk
    chunk = []
    characters = 0
  }
  if (chunk.length > 0) yield chunk
}

/** Starts the next when fewer than the most are under way. Rejects with the first error, once nothing is under way any more. */
async function pipelined<T>(chunks: Iterable<T>, run: (chunk: T) => Promise<void>): Promise<void> {
  const underWay = new Set<Promise<void>>()
  const errors: unknown[] = []
  for (const chunk of chunks) {
    const request: Promise<void> = run(chunk)
      .catch((error: unknown) => void errors.push(error))
      .finally(() => underWay.delete(request))
    underWay.add(request)
    // Even with room: the link sends at the end of this microtask.
    await (underWay.size < MOST_UNDER_WAY ? undefined : Promise.race(underWay))
    if (errors.length > 0) break
  }
  await Promise.all(underWay)
  if (errors.length > 0) throw errors[0]
}
