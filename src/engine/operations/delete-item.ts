// DeleteItem: removes an item under a condition.
// Deleting what is not there succeeds and changes nothing, unless a condition refuses it.
import type { Item } from '../../model/item.ts'
import { reportWrite, type ConsumedCapacity, type ReturnConsumedCapacity } from '../capacity.ts'
import { Constraints } from '../constraints.ts'
import { DeleteAction, runAction, type KeyParameters } from '../item-action.ts'
import type { Operation } from '../operation.ts'
import { checkOldValuesOnly, checkReturnShapes } from '../write-conditions.ts'

export interface DeleteItemInput extends KeyParameters {
  readonly ReturnValues?: 'NONE' | 'ALL_OLD'
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: 'SIZE' | 'NONE'
}
export interface DeleteItemOutput {
  readonly Attributes?: Item
  readonly ConsumedCapacity?: ConsumedCapacity
}

/** AWS page: DeleteItem. Throws ValidationException, ResourceNotFoundException, ConditionalCheckFailedException. */
export const deleteItem: Operation<DeleteItemInput, DeleteItemOutput> = {
  name: 'DeleteItem',
  kind: 'write',
  async run(engine, input, context) {
    const constraints = new Constraints()
    constraints.tableName(input.TableName)
    constraints.notNull('key', input.Key)
    checkReturnShapes(constraints, input)
    constraints.done()
    checkOldValuesOnly(input)
    const action = new DeleteAction(input)
    return engine.write(context, (write) => {
      const result = runAction(engine, write, action)
      return {
        ...(input.ReturnValues === 'ALL_OLD' && result.oldItem !== undefined ? { Attributes: result.oldItem } : undefined),
        ...reportWrite(result, input.ReturnConsumedCapacity),
      }
    })
  },
}
