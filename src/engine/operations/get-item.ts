// GetItem: one item by its key, from the durable state; strong and eventual reads differ in their price only.
// With ReturnStamp (native transactions) the answer names the state it was read from.
import type { AttributeMap } from '../../model/attribute-value.ts'
import type { Item } from '../../model/item.ts'
import { reportRead, type ConsumedCapacity, type ReturnConsumedCapacity } from '../capacity.ts'
import { canonicalMap } from '../canonical-map.ts'
import { Constraints, RETURN_CONSUMED_CAPACITY } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import { throttled, tryChargeRead } from '../metering.ts'
import { readItem } from '../read-item.ts'
import { compileReadProjection, projectedItem, type ProjectionParameters } from '../read-projection.ts'

export interface GetItemInput extends ProjectionParameters {
  readonly TableName: string
  readonly Key: AttributeMap
  readonly ConsistentRead?: boolean
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  /** Native: answer with `Stamp` and `Epoch`, for the read set of TransactCommit. */
  readonly ReturnStamp?: boolean
}
export interface GetItemOutput {
  readonly Item?: Item
  readonly ConsumedCapacity?: ConsumedCapacity
  readonly Stamp?: number
  readonly Epoch?: number
}

/** AWS page: GetItem. Throws ValidationException, ResourceNotFoundException. */
export const getItem: Operation<GetItemInput, GetItemOutput> = {
  name: 'GetItem',
  kind: 'read',
  async run(engine, input) {
    checkShape(input)
    const key = canonicalMap(input.Key)
    const projection = compileReadProjection(input)
    return await engine.read((reader) => {
      const table = engine.catalog.mustGetTable(input.TableName)
      const item = readItem(reader, table.keyOf(key))
      if (table.metered) {
        const reasons = tryChargeRead(engine, table, item?.size ?? 0, input.ConsistentRead === true ? 1 : 0.5, key)
        if (reasons !== undefined) throw throttled(reasons)
      }
      return {
        ...(item === undefined ? undefined : { Item: projectedItem(projection, item) }),
        ...reportRead(table, item, input.ConsistentRead === true ? 1 : 0.5, input.ReturnConsumedCapacity),
        ...(input.ReturnStamp === true ? { Stamp: engine.keyspace.stamp(), Epoch: engine.keyspace.epoch } : undefined),
      }
    })
  },
}

function checkShape(input: GetItemInput): void {
  const constraints = new Constraints()
  constraints.tableName(input.TableName)
  constraints.notNull('key', input.Key)
  constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
  constraints.done()
}
