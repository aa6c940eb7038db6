// PutItem: replaces an item whole, under a condition on the one that is there.
// Without a condition it still reads the old item, for indexes, counters and journal: of a new key no page is loaded.
import type { Item } from '../../model/item.ts'
import { reportWrite, type ConsumedCapacity, type ReturnConsumedCapacity } from '../capacity.ts'
import { Constraints } from '../constraints.ts'
import { PutAction, runAction, type PutParameters } from '../item-action.ts'
import type { Operation } from '../operation.ts'
import { checkOldValuesOnly, checkReturnShapes } from '../write-conditions.ts'

export interface PutItemInput extends PutParameters {
  readonly ReturnValues?: 'NONE' | 'ALL_OLD'
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: 'SIZE' | 'NONE'
}
export interface PutItemOutput {
  readonly Attributes?: Item
  readonly ConsumedCapacity?: ConsumedCapacity
}

/** AWS page: PutItem. Throws ValidationException, ResourceNotFoundException, ConditionalCheckFailedException. */
export const putItem: Operation<PutItemInput, PutItemOutput> = {
  name: 'PutItem',
  kind: 'write',
  async run(engine, input, context) {
    const constraints = new Constraints()
    constraints.tableName(input.TableName)
    constraints.notNull('item', input.Item)
    checkReturnShapes(constraints, input)
    constraints.done()
    checkOldValuesOnly(input)
    const action = new PutAction(input)
    return engine.write(context, (write) => {
      const result = runAction(engine, write, action)
      return {
        ...(input.ReturnValues === 'ALL_OLD' && result.oldItem !== undefined ? { Attributes: result.oldItem } : undefined),
        ...reportWrite(result, input.ReturnConsumedCapacity),
      }
    })
  },
}
