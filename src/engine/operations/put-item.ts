// PutItem: replaces an item whole, under a condition on the one that is there.
// Without a condition, and asked for no old values, it still reads the old item: indexes, counters and journal need it.
import type { AttributeMap } from '../../model/attribute-value.ts'
import { ValidationException } from '../../model/errors.ts'
import { Item } from '../../model/item.ts'
import { checkIndexKeys } from '../../model/keys.ts'
import { MAX_ITEM_BYTES } from '../../model/limits.ts'
import { CapacityMeter, type ConsumedCapacity, type ReturnConsumedCapacity } from '../capacity.ts'
import { canonicalMap } from '../canonical-map.ts'
import { Constraints, RETURN_CONSUMED_CAPACITY } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import { readItem } from '../read-item.ts'
import { writeItem } from '../write-item.ts'

export interface PutItemInput {
  readonly TableName: string
  readonly Item: AttributeMap
  readonly ReturnValues?: 'NONE' | 'ALL_OLD'
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}
export interface PutItemOutput {
  readonly Attributes?: Item
  readonly ConsumedCapacity?: ConsumedCapacity
}

/** AWS page: PutItem. */
export const putItem: Operation<PutItemInput, PutItemOutput> = {
  name: 'PutItem',
  kind: 'write',
  async run(engine, input, context) {
    checkShape(input)
    const newItem = Item.of(canonicalMap(input.Item))
    if (newItem.size > MAX_ITEM_BYTES) throw new ValidationException('Item size has exceeded the maximum allowed size')
    return engine.write(context, (write) => {
      const table = engine.catalog.mustGetTable(input.TableName)
      const key = table.keyOfItem(newItem.attributes)
      checkIndexKeys(table.schema, newItem.attributes)
      const oldItem = readItem(write, key)
      writeItem(write, table, key, oldItem, newItem)
      const meter = new CapacityMeter(table)
      if (input.ReturnConsumedCapacity !== undefined) meter.addWrite(oldItem, newItem)
      const ConsumedCapacity = meter.report(input.ReturnConsumedCapacity)
      return {
        ...(input.ReturnValues === 'ALL_OLD' && oldItem !== undefined ? { Attributes: oldItem } : {}),
        ...(ConsumedCapacity === undefined ? {} : { ConsumedCapacity }),
      }
    })
  },
}

function checkShape(input: PutItemInput): void {
  const constraints = new Constraints()
  constraints.name('tableName', input.TableName)
  constraints.notNull('item', input.Item)
  constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
  constraints.oneOf('returnValues', input.ReturnValues, ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'])
  constraints.done()
  if (input.ReturnValues !== undefined && input.ReturnValues !== 'NONE' && input.ReturnValues !== 'ALL_OLD') {
    throw new ValidationException('Return values set to invalid value')
  }
}
