// BatchWriteItem: up to 25 puts and deletes without conditions. AWS promises no atomicity; here they are one step. Only
// what a table's throughput does not admit is left over, as UnprocessedItems.
import type { AttributeMap } from '../../model/attribute-value.ts'
import { ValidationException, type ThrottlingReason } from '../../model/errors.ts'
import type { Key } from '../../storage/store.ts'
import type { WriteStep } from '../../storage/write-step.ts'
import { checkBatchWriteMembers } from '../batch-members.ts'
import { CapacityMeter, type ConsumedCapacity, type ReturnConsumedCapacity } from '../capacity.ts'
import type { EngineCore } from '../engine-core.ts'
import { DeleteAction, PutAction } from '../item-action.ts'
import {
  reportCollections,
  type CollectionWrite,
  type ItemCollectionMetrics,
  type ReturnItemCollectionMetrics,
} from '../item-collection-metrics.ts'
import { throttled, tryChargeWrite } from '../metering.ts'
import type { Operation } from '../operation.ts'
import { readItems } from '../read-item.ts'
import { refuseInvalidValue, worded } from '../request-checks.ts'
import type { Table } from '../table.ts'
import { ItemWriter } from '../write-item.ts'

export interface WriteRequest {
  readonly PutRequest?: { readonly Item: AttributeMap }
  readonly DeleteRequest?: { readonly Key: AttributeMap }
}
export interface BatchWriteItemInput {
  readonly RequestItems: { readonly [tableName: string]: readonly WriteRequest[] }
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
}
export interface BatchWriteItemOutput {
  readonly UnprocessedItems: { readonly [tableName: string]: readonly WriteRequest[] }
  readonly ConsumedCapacity?: readonly ConsumedCapacity[]
  readonly ItemCollectionMetrics?: { readonly [tableName: string]: readonly ItemCollectionMetrics[] }
}

/** AWS page: BatchWriteItem. Throws ValidationException, ResourceNotFoundException. */
export const batchWriteItem: Operation<BatchWriteItemInput, BatchWriteItemOutput> = {
  name: 'BatchWriteItem',
  kind: 'write',
  async run(engine, input, context) {
    const requests = worded('older', () => {
      checkBatchWriteMembers(input)
      refuseInvalidValue(context)
      return Object.entries(input.RequestItems).flatMap(([tableName, list]) => list.map((request) => ({ tableName, request, action: actionOf(tableName, request) })))
    })
    return engine.write(context, (write) => {
      const detail = input.ReturnConsumedCapacity ?? 'NONE'
      const { meters, writes, leftOver } = writeAll(engine, write, requests.map(({ action }) => action), detail !== 'NONE')
      const consumed = meters.flatMap((meter) => meter.report(detail) ?? [])
      const unprocessed: Record<string, WriteRequest[]> = {}
      for (const at of leftOver) {
        const left = requests[at]
        if (left !== undefined) (unprocessed[left.tableName] ??= []).push(left.request)
      }
      return {
        UnprocessedItems: unprocessed,
        ...(consumed.length === 0 ? undefined : { ConsumedCapacity: consumed }),
        ...reportCollections(write, writes, input.ReturnItemCollectionMetrics),
      }
    })
  },
}

type BatchAction = PutAction | DeleteAction

function actionOf(TableName: string, { PutRequest, DeleteRequest }: WriteRequest): BatchAction {
  const [put, remove] = [PutRequest ?? undefined, DeleteRequest ?? undefined]
  if (put !== undefined && remove === undefined) return new PutAction({ TableName, Item: put.Item })
  if (remove !== undefined && put === undefined) return new DeleteAction({ TableName, Key: remove.Key })
  throw new ValidationException(
    'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
  )
}

interface Written {
  /** Per table, in the order of the request, where they are wanted. */
  readonly meters: readonly CapacityMeter[]
  readonly writes: readonly CollectionWrite[]
  /** Places of what was throttled. */
  readonly leftOver: readonly number[]
}

/** Throws ProvisionedThroughputExceededException or ThrottlingException where everything is throttled. */
function writeAll(engine: EngineCore, write: WriteStep, actions: readonly BatchAction[], isMetered: boolean): Written {
  const tables = actions.map((action) => engine.catalog.mustGetTable(action.input.TableName))
  const keys = actions.map((action, at) => keyIn(action, tables[at] as Table))
  if (new Set(keys).size < keys.length) throw new ValidationException('Provided list of item keys contains duplicates')
  const oldItems = readItems(write, keys)
  const writer = new ItemWriter(write)
  const meters = new Map<Table, CapacityMeter>()
  const writes: CollectionWrite[] = []
  const leftOver: number[] = []
  let throttledBy: readonly ThrottlingReason[] | undefined
  actions.forEach((action, at) => {
    const table = tables[at] as Table
    const tableName = action.input.TableName
    const oldItem = oldItems[at]
    const newItem = action.replace(table, oldItem)
    const reasons = table.metered ? tryChargeWrite(engine, table, oldItem, newItem) : undefined
    if (reasons !== undefined) {
      throttledBy = reasons
      leftOver.push(at)
      return
    }
    writer.replace(table, keys[at] as string, oldItem, newItem)
    if (isMetered) {
      let meter = meters.get(table)
      if (meter === undefined) meters.set(table, (meter = new CapacityMeter(table, tableName)))
      meter.addWrite(oldItem, newItem)
    }
    writes.push({ tableName, table, key: action instanceof PutAction ? action.item.attributes : action.key })
  })
  if (throttledBy !== undefined && leftOver.length === actions.length) throw throttled(throttledBy)
  writer.finish()
  return { meters: [...meters.values()], writes, leftOver }
}

/** Of a key that an item lacks, or that is of another type, AWS says less here than PutItem does. */
function keyIn(action: BatchAction, table: Table): Key {
  try {
    return action.keyIn(table)
  } catch (error) {
    if (error instanceof ValidationException && /: (Missing the key|Type mismatch for key) /.test(error.message)) {
      throw new ValidationException('The provided key element does not match the schema')
    }
    throw error
  }
}
