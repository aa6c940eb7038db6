// TransactGetItems: up to 100 items of any tables, all from one durable state: no transaction is ever seen half.
// A step that reads is atomic by itself, so there is nothing to lock and nothing to conflict with.
import type { AttributeMap } from '../../model/attribute-value.ts'
import { ValidationException } from '../../model/errors.ts'
import type { Item } from '../../model/item.ts'
import { MAX_TRANSACTION_ITEMS } from '../../model/limits.ts'
import type { Key, Reader } from '../../storage/store.ts'
import type { ConsumedCapacity, ReturnConsumedCapacity } from '../capacity.ts'
import { canonicalMap } from '../canonical-map.ts'
import { Constraints, RETURN_CONSUMED_CAPACITY } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import { readItems } from '../read-item.ts'
import { compileReadProjection, projectedItem, type ProjectionParameters } from '../read-projection.ts'
import type { Table } from '../table.ts'
import { cancelUnlessAllHold, chargeTransaction, checkTransactionSize, reasonOf, SAME_ITEM, transactionCapacity } from '../transaction.ts'

export interface TransactGet extends ProjectionParameters {
  readonly TableName: string
  readonly Key: AttributeMap
}
export interface TransactGetItemsInput {
  readonly TransactItems: readonly { readonly Get: TransactGet }[]
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}
export interface TransactGetItemsOutput {
  /** In the order of the request; empty for an item that does not exist. */
  readonly Responses: readonly { readonly Item?: Item }[]
  readonly ConsumedCapacity?: readonly ConsumedCapacity[]
}

/** AWS page: TransactGetItems. Throws ValidationException, ResourceNotFoundException, TransactionCanceledException. */
export const transactGetItems: Operation<TransactGetItemsInput, TransactGetItemsOutput> = {
  name: 'TransactGetItems',
  kind: 'read',
  async run(engine, input) {
    checkShape(input)
    const gets = input.TransactItems.map(({ Get }) => ({
      tableName: Get.TableName,
      key: canonicalMap(Get.Key),
      projection: compileReadProjection(Get),
    }))
    return engine.read((reader) => {
      const tables = gets.map(({ tableName }) => engine.catalog.mustGetTable(tableName))
      const items = readAll(reader, tables, gets.map(({ key }) => key))
      const read = items.map((item, at) => ({ table: tables[at] as Table, oldItem: undefined, newItem: item }))
      chargeTransaction(engine, read, 'read')
      return {
        Responses: items.map((item, at) => (item === undefined ? {} : { Item: projectedItem(gets[at]?.projection, item) })),
        ...transactionCapacity(read, input.ReturnConsumedCapacity, 'read'),
      }
    })
  },
}

function checkShape(input: TransactGetItemsInput): void {
  const constraints = new Constraints()
  constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
  if (constraints.list('transactItems', input.TransactItems)) {
    constraints.length('transactItems', input.TransactItems, 1, MAX_TRANSACTION_ITEMS)
    input.TransactItems.forEach((item, at) => {
      if (!constraints.map(`transactItems.${at + 1}.member`, item)) return
      const { Get } = item
      const path = `transactItems.${at + 1}.member.get`
      if (!constraints.map(path, Get)) return
      constraints.name(`${path}.tableName`, Get.TableName)
      constraints.notNull(`${path}.key`, Get.Key)
    })
  }
  constraints.done()
}

function readAll(reader: Reader, tables: readonly Table[], givenKeys: readonly AttributeMap[]): (Item | undefined)[] {
  const keys: Key[] = []
  const reasons = givenKeys.map((key, at) =>
    reasonOf(() => {
      keys.push((tables[at] as Table).keyOf(key))
      return { code: 'None' }
    }),
  )
  if (new Set(keys).size < keys.length) throw new ValidationException(SAME_ITEM)
  cancelUnlessAllHold(reasons)
  const items = readItems(reader, keys)
  checkTransactionSize(items)
  return items
}
