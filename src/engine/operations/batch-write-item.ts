// BatchWriteItem: up to 25 puts and deletes without conditions. AWS promises no atomicity; here they are one step. Only
// what a table's throughput does not admit is left over, as UnprocessedItems.
import type { AttributeMap } from '../../model/attribute-value.ts'
import { ValidationException, type ThrottlingReason } from '../../model/errors.ts'
import { MAX_BATCH_WRITE_REQUESTS } from '../../model/limits.ts'
import type { WriteStep } from '../../storage/write-step.ts'
import { CapacityMeter, type ConsumedCapacity, type ReturnConsumedCapacity } from '../capacity.ts'
import { Constraints, RETURN_CONSUMED_CAPACITY, RETURN_ITEM_COLLECTION_METRICS } from '../constraints.ts'
import type { EngineCore } from '../engine-core.ts'
import { DeleteAction, PutAction, type ItemAction } from '../item-action.ts'
import { throttled, tryChargeWrite } from '../metering.ts'
import type { Operation } from '../operation.ts'
import { readItems } from '../read-item.ts'
import type { Table } from '../table.ts'
import { ItemWriter } from '../write-item.ts'

export interface WriteRequest {
  readonly PutRequest?: { readonly Item: AttributeMap }
  readonly DeleteRequest?: { readonly Key: AttributeMap }
}
export interface BatchWriteItemInput {
  readonly RequestItems: { readonly [tableName: string]: readonly WriteRequest[] }
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: 'SIZE' | 'NONE'
}
export interface BatchWriteItemOutput {
  readonly UnprocessedItems: { readonly [tableName: string]: readonly WriteRequest[] }
  readonly ConsumedCapacity?: readonly ConsumedCapacity[]
}

/** AWS page: BatchWriteItem. Throws ValidationException, ResourceNotFoundException. */
export const batchWriteItem: Operation<BatchWriteItemInput, BatchWriteItemOutput> = {
  name: 'BatchWriteItem',
  kind: 'write',
  async run(engine, input, context) {
    checkShape(input)
    const requests = Object.entries(input.RequestItems).flatMap(([tableName, list]) => list.map((request) => ({ tableName, request })))
    const actions = requests.map(({ tableName, request }) => actionOf(tableName, request))
    return engine.write(context, (write) => {
      const detail = input.ReturnConsumedCapacity ?? 'NONE'
      const { meters, leftOver } = writeAll(engine, write, actions, detail !== 'NONE')
      const consumed = meters.flatMap((meter) => meter.report(detail) ?? [])
      const unprocessed: Record<string, WriteRequest[]> = {}
      for (const at of leftOver) {
        const left = requests[at]
        if (left !== undefined) (unprocessed[left.tableName] ??= []).push(left.request)
      }
      return { UnprocessedItems: unprocessed, ...(consumed.length === 0 ? undefined : { ConsumedCapacity: consumed }) }
    })
  },
}

function checkShape(input: BatchWriteItemInput): void {
  const constraints = new Constraints()
  constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
  constraints.oneOf('returnItemCollectionMetrics', input.ReturnItemCollectionMetrics, RETURN_ITEM_COLLECTION_METRICS)
  let count = 0
  if (constraints.map('requestItems', input.RequestItems)) {
    const lists = Object.values(input.RequestItems)
    lists.forEach((list) => constraints.list('requestItems.member', list))
    if (lists.length === 0) constraints.fail('requestItems', {}, 'Member must have length greater than or equal to 1')
    if (lists.some((list) => list.length === 0 || list.length > MAX_BATCH_WRITE_REQUESTS)) {
      constraints.fail(
        'requestItems',
        input.RequestItems,
        `Map value must satisfy constraint: [Member must have length less than or equal to ${MAX_BATCH_WRITE_REQUESTS}, ` +
          'Member must have length greater than or equal to 1]',
      )
    }
    for (const list of lists) count += list.length
  }
  constraints.done()
  if (count > MAX_BATCH_WRITE_REQUESTS) throw new ValidationException('Too many items requested for the BatchWriteItem call')
}

function actionOf(TableName: string, { PutRequest: put, DeleteRequest: remove }: WriteRequest): ItemAction {
  if (put !== undefined && remove === undefined) return new PutAction({ TableName, Item: put.Item })
  if (remove !== undefined && put === undefined) return new DeleteAction({ TableName, Key: remove.Key })
  throw new ValidationException(
    'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
  )
}

interface BatchResult {
  /** Capacity per table, in the order of the request, where it is wanted. */
  readonly meters: readonly CapacityMeter[]
  /** Places of what was throttled. */
  readonly leftOver: readonly number[]
}

/** Throws ProvisionedThroughputExceededException or ThrottlingException where everything is throttled. */
function writeAll(engine: EngineCore, write: WriteStep, actions: readonly ItemAction[], isMetered: boolean): BatchResult {
  const tables = actions.map((action) => engine.catalog.mustGetTable(action.input.TableName))
  const keys = actions.map((action, at) => action.keyIn(tables[at] as Table))
  if (new Set(keys).size < keys.length) throw new ValidationException('Provided list of item keys contains duplicates')
  const oldItems = readItems(write, keys)
  const writer = new ItemWriter(write)
  const meters = new Map<Table, CapacityMeter>()
  const leftOver: number[] = []
  let throttledBy: readonly ThrottlingReason[] | undefined
  actions.forEach((action, at) => {
    const table = tables[at] as Table
    const oldItem = oldItems[at]
    const newItem = action.replace(table, oldItem)
    const reasons = table.metered ? tryChargeWrite(engine, table, oldItem, newItem) : undefined
    if (reasons !== undefined) {
      throttledBy = reasons
      leftOver.push(at)
      return
    }
    writer.replace(table, keys[at] as string, oldItem, newItem)
    if (!isMetered) return
    let meter = meters.get(table)
    if (meter === undefined) meters.set(table, (meter = new CapacityMeter(table)))
    meter.addWrite(oldItem, newItem)
  })
  if (throttledBy !== undefined && leftOver.length === actions.length) throw throttled(throttledBy)
  writer.finish()
  return { meters: [...meters.values()], leftOver }
}
