// TransactGetItems: up to 100 items of any tables, all from one durable state: no transaction is ever seen half.
// A step that reads is atomic by itself, so there is nothing to lock and nothing to conflict with.
import type { AttributeMap } from '../../model/attribute-value.ts'
import { ValidationException } from '../../model/errors.ts'
import type { Item } from '../../model/item.ts'
import type { Projection } from '../../expression/tree.ts'
import type { Key, Reader } from '../../storage/store.ts'
import type { ConsumedCapacity, ReturnConsumedCapacity } from '../capacity.ts'
import { canonicalMap } from '../canonical-map.ts'
import { Constraints, RETURN_CONSUMED_CAPACITY } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import { readItems } from '../read-item.ts'
import { checkProjectedKeys, compileReadProjection, projectedItem, type ProjectionParameters } from '../read-projection.ts'
import { refuseInvalidValue, worded } from '../request-checks.ts'
import type { Table } from '../table.ts'
import {
  cancelUnlessAllHold,
  chargeTransaction,
  checkTransactionSize,
  checkTransactLength,
  reasonOf,
  SAME_ITEM,
  transactionCapacity,
} from '../transaction.ts'

export interface TransactGet extends ProjectionParameters {
  readonly TableName: string
  readonly Key: AttributeMap
}
export interface TransactGetItemsInput {
  readonly TransactItems: readonly { readonly Get: TransactGet }[]
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}
export interface TransactGetItemsOutput {
  /** In the order of the request; empty for an item that does not exist or has nothing of the projection. */
  readonly Responses: readonly { readonly Item?: Item }[]
  readonly ConsumedCapacity?: readonly ConsumedCapacity[]
}

/** AWS page: TransactGetItems. Throws ValidationException, ResourceNotFoundException, TransactionCanceledException. */
export const transactGetItems: Operation<TransactGetItemsInput, TransactGetItemsOutput> = {
  name: 'TransactGetItems',
  kind: 'read',
  async run(engine, input, context) {
    const gets = worded('older', () => {
      checkShape(input)
      refuseInvalidValue(context)
      return input.TransactItems.map(({ Get: { TableName: tableName, Key: key, AttributesToGet: _legacy, ...get } }) => ({
        tableName,
        key: canonicalMap(key),
        projection: compileReadProjection(get),
      }))
    })
    return engine.read((reader) => {
      const tables = gets.map(({ tableName }) => engine.catalog.mustGetTable(tableName))
      const items = readAll(reader, tables, gets)
      const read = items.map((item, at) => ({ tableName: gets[at]?.tableName ?? '', table: tables[at] as Table, oldItem: undefined, newItem: item }))
      chargeTransaction(engine, read, 'read')
      return {
        Responses: items.map((item, at) => responseOf(item, gets[at]?.projection)),
        ...transactionCapacity(read, input.ReturnConsumedCapacity, 'read'),
      }
    })
  },
}

function responseOf(item: Item | undefined, projection: Projection | undefined): { readonly Item?: Item } {
  if (item === undefined) return {}
  const projected = projectedItem(projection, item)
  return projection !== undefined && Object.keys(projected.attributes).length === 0 ? {} : { Item: projected }
}

function checkShape(input: TransactGetItemsInput): void {
  const constraints = new Constraints()
  constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
  if (constraints.list('transactItems', input.TransactItems)) {
    checkTransactLength(constraints, input.TransactItems, 1)
    input.TransactItems.forEach((item, at) => {
      if (!constraints.map(`transactItems.${at + 1}.member`, item)) return
      const { Get } = item
      const path = `transactItems.${at + 1}.member.get`
      if (!constraints.map(path, Get)) return
      constraints.tableName(Get.TableName, `${path}.tableName`)
      constraints.notNull(`${path}.key`, Get.Key)
    })
  }
  constraints.done()
}

interface CompiledGet {
  readonly key: AttributeMap
  readonly projection: Projection | undefined
}

function readAll(reader: Reader, tables: readonly Table[], gets: readonly CompiledGet[]): (Item | undefined)[] {
  const keys: Key[] = []
  const reasons = gets.map(({ key, projection }, at) =>
    reasonOf(() => {
      const table = tables[at] as Table
      keys.push(table.keyOf(key))
      checkProjectedKeys(projection, table)
      return { code: 'None' }
    }),
  )
  if (new Set(keys).size < keys.length) throw new ValidationException(SAME_ITEM)
  cancelUnlessAllHold(reasons)
  const items = readItems(reader, keys)
  checkTransactionSize(items)
  return items
}
