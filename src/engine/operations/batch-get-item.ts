// BatchGetItem: up to 100 items of several tables, from one durable state. What does not fit into 16 MB, or into 1 MB of
// one partition, comes back as UnprocessedKeys.
import type { AttributeMap } from '../../model/attribute-value.ts'
import { ResourceNotFoundException, ValidationException, type ThrottlingReason } from '../../model/errors.ts'
import type { Item } from '../../model/item.ts'
import { MAX_BATCH_GET_BYTES, MAX_BATCH_GET_PARTITION_BYTES } from '../../model/limits.ts'
import { checkExpressionParameters } from '../../expression/expression-context.ts'
import type { Projection } from '../../expression/tree.ts'
import type { Key, Reader } from '../../storage/store.ts'
import { checkBatchGetMembers } from '../batch-members.ts'
import { CapacityMeter, type ConsumedCapacity, type ReturnConsumedCapacity } from '../capacity.ts'
import { canonicalMap } from '../canonical-map.ts'
import type { EngineCore } from '../engine-core.ts'
import { partitionPrefix } from '../key-range.ts'
import { throttled, tryChargeRead } from '../metering.ts'
import type { Operation } from '../operation.ts'
import { readItems } from '../read-item.ts'
import { checkProjectedKeys, checkProjectionParameters, compileReadProjection, projectedItem, type ProjectionParameters } from '../read-projection.ts'
import { refuseInvalidValue, worded } from '../request-checks.ts'
import { tableNameOf } from '../table-row.ts'
import type { Table } from '../table.ts'

export interface KeysAndAttributes extends ProjectionParameters {
  readonly Keys: readonly AttributeMap[]
  readonly ConsistentRead?: boolean
}
export interface BatchGetItemInput {
  readonly RequestItems: { readonly [tableName: string]: KeysAndAttributes }
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}
export interface BatchGetItemOutput {
  readonly Responses: { readonly [tableName: string]: readonly Item[] }
  readonly UnprocessedKeys: { readonly [tableName: string]: KeysAndAttributes }
  readonly ConsumedCapacity?: readonly ConsumedCapacity[]
}

/** One table's part of the request, checked. */
interface TableRequest {
  readonly tableName: string
  readonly input: KeysAndAttributes
  readonly keys: readonly AttributeMap[]
  readonly projection: Projection | undefined
}

/** AWS page: BatchGetItem. Throws ValidationException, ResourceNotFoundException. */
export const batchGetItem: Operation<BatchGetItemInput, BatchGetItemOutput> = {
  name: 'BatchGetItem',
  kind: 'read',
  async run(engine, input, context) {
    const requests = worded('current', () => {
      checkBatchGetMembers(input)
      checkMixing(input)
      refuseInvalidValue(context)
      return tableRequests(input)
    })
    return engine.read((reader) => readBatch(engine, reader, requests, input.ReturnConsumedCapacity))
  },
}

/** Over all tables: an expression for one and AttributesToGet for another can't be mixed either. */
function checkMixing({ RequestItems: items }: BatchGetItemInput): void {
  const parts = Object.values(items)
  const ProjectionExpression = parts.find((part) => typeof part.ProjectionExpression === 'string')?.ProjectionExpression
  const AttributesToGet = parts.find((part) => Array.isArray(part.AttributesToGet))?.AttributesToGet
  checkExpressionParameters({ ProjectionExpression, AttributesToGet }, ['ProjectionExpression'], ['AttributesToGet'])
  for (const part of parts) checkProjectionParameters(part)
}

/** A table that is named twice, by its name and by its ARN, counts once: the last time. */
function tableRequests({ RequestItems: items }: BatchGetItemInput): TableRequest[] {
  const requests = new Map<string, TableRequest>()
  for (const [tableName, part] of Object.entries(items)) {
    const projection = compileReadProjection(part)
    const keys = part.Keys.map((key) => canonicalMap(key))
    if (new Set(keys.map(keyText)).size < keys.length) throw duplicates()
    requests.set(tableNameOf(tableName), { tableName, input: part, keys, projection })
  }
  return [...requests.values()]
}

/** Equal for equal keys, whatever the order of their attributes. */
function keyText(key: AttributeMap): string {
  return JSON.stringify(Object.entries(key).sort(([a], [b]) => (a < b ? -1 : 1)))
}

function duplicates(): ValidationException {
  return new ValidationException('Provided list of item keys contains duplicates')
}

function readBatch(
  engine: EngineCore,
  reader: Reader,
  requests: readonly TableRequest[],
  detail: ReturnConsumedCapacity | undefined,
): BatchGetItemOutput {
  const located = requests.map((request) => locate(engine, request))
  const found = readItems(reader, located.flatMap((request) => request.keys))
  const budget = new ByteBudget()
  const responses: [string, Item[]][] = []
  const unprocessed: [string, KeysAndAttributes][] = []
  const consumed: ConsumedCapacity[] = []
  let at = 0
  let throttledBy: readonly ThrottlingReason[] | undefined
  let processed = 0
  for (const { request, table, keys } of located) {
    const items: Item[] = []
    const left: AttributeMap[] = []
    const meter = new CapacityMeter(table, request.tableName)
    keys.forEach((key, index) => {
      const item = found[at + index]
      if (item !== undefined && !budget.take(table, key, item.size)) {
        left.push(request.keys[index] as AttributeMap)
        return
      }
      const factor = request.input.ConsistentRead === true ? 1 : 0.5
      const asked = request.keys[index] as AttributeMap
      const reasons = table.metered ? tryChargeRead(engine, table, item?.size ?? 0, factor, asked) : undefined
      if (reasons !== undefined) {
        throttledBy = reasons
        left.push(asked)
        return
      }
      processed++
      meter.addRead(item?.size ?? 0, factor)
      if (item !== undefined) items.push(projectedItem(request.projection, item))
    })
    at += keys.length
    responses.push([request.tableName, items])
    if (left.length > 0) unprocessed.push([request.tableName, { ...request.input, Keys: left }])
    const report = meter.report(detail)
    if (report !== undefined) consumed.push(report)
  }
  if (throttledBy !== undefined && processed === 0) throw throttled(throttledBy)
  return {
    Responses: Object.fromEntries(responses),
    UnprocessedKeys: Object.fromEntries(unprocessed),
    ...(consumed.length === 0 ? undefined : { ConsumedCapacity: consumed }),
  }
}

function locate(engine: EngineCore, request: TableRequest): { request: TableRequest; table: Table; keys: readonly Key[] } {
  const table = engine.catalog.getTable(request.tableName)
  if (table === undefined) throw new ResourceNotFoundException('Requested resource not found')
  const keys = request.keys.map((key) => table.keyOf(key))
  if (new Set(keys).size < keys.length) throw duplicates()
  checkProjectedKeys(request.projection, table)
  return { request, table, keys }
}

/** What an answer may hold; the first item of a partition always fits. */
class ByteBudget {
  #total = 0
  readonly #partitions = new Map<Key, number>()

  take(table: Table, key: Key, sizeBytes: number): boolean {
    const partition = partitionPrefix(key, [table.schema.partitionKey.type])
    const taken = this.#partitions.get(partition) ?? 0
    if (taken >= MAX_BATCH_GET_PARTITION_BYTES || this.#total + sizeBytes > MAX_BATCH_GET_BYTES) return false
    this.#partitions.set(partition, taken + sizeBytes)
    this.#total += sizeBytes
    return true
  }
}
