// GetItem: one item by its key, from the durable state; strong and eventual reads differ in their price only.
// With ReturnStamp (native transactions) the answer names the state it was read from.
import type { AttributeMap } from '../../model/attribute-value.ts'
import type { Item } from '../../model/item.ts'
import { reportRead, type ConsumedCapacity, type ReturnConsumedCapacity } from '../capacity.ts'
import { canonicalMap } from '../canonical-map.ts'
import { Constraints, RETURN_CONSUMED_CAPACITY } from '../constraints.ts'
import { checkAttributesToGetShape } from '../legacy-parameters.ts'
import type { Operation } from '../operation.ts'
import { throttled, tryChargeRead } from '../metering.ts'
import { readItem } from '../read-item.ts'
import { checkProjectedKeys, checkProjectionParameters, compileReadProjection, projectedItem, type ProjectionParameters } from '../read-projection.ts'
import { refuseEmptyTableName, refuseInvalidValue, worded } from '../request-checks.ts'

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
  async run(engine, input, context) {
    const { key, projection } = worded('current', () => {
      checkShape(input)
      checkProjectionParameters(input)
      refuseInvalidValue(context)
      return { key: canonicalMap(input.Key), projection: compileReadProjection(input) }
    })
    return await engine.read((reader) => {
      const table = engine.catalog.mustGetTable(input.TableName)
      const storageKey = table.keyOf(key)
      checkProjectedKeys(projection, table)
      const item = readItem(reader, storageKey)
      if (table.metered) {
        const reasons = tryChargeRead(engine, table, item?.size ?? 0, input.ConsistentRead === true ? 1 : 0.5, key)
        if (reasons !== undefined) throw throttled(reasons)
      }
      return {
        ...(item === undefined ? undefined : { Item: projectedItem(projection, item) }),
        ...reportRead(table, item, input.ConsistentRead === true ? 1 : 0.5, input),
        ...(input.ReturnStamp === true ? { Stamp: engine.keyspace.stamp(), Epoch: engine.keyspace.epoch } : undefined),
      }
    })
  },
}

function checkShape(input: GetItemInput): void {
  if (input.Key !== undefined) refuseEmptyTableName(input.TableName)
  const constraints = new Constraints()
  constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
  checkAttributesToGetShape(constraints, input.AttributesToGet)
  constraints.tableName(input.TableName)
  constraints.notNull('key', input.Key)
  constraints.done()
}
