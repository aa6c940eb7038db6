// DeleteItem: removes an item under a condition.
// Deleting what is not there succeeds and changes nothing, unless a condition refuses it.
import type { Item } from '../../model/item.ts'
import { reportWrite, type ConsumedCapacity, type ReturnConsumedCapacity } from '../capacity.ts'
import { DeleteAction, runAction, type KeyParameters } from '../item-action.ts'
import { reportCollection, type ItemCollectionMetrics, type ReturnItemCollectionMetrics } from '../item-collection-metrics.ts'
import type { Operation } from '../operation.ts'
import { worded, writeWording } from '../request-checks.ts'
import { checkWriteMembers } from '../write-members.ts'

export interface DeleteItemInput extends KeyParameters {
  readonly ReturnValues?: 'NONE' | 'ALL_OLD'
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
}
export interface DeleteItemOutput {
  readonly Attributes?: Item
  readonly ConsumedCapacity?: ConsumedCapacity
  readonly ItemCollectionMetrics?: ItemCollectionMetrics
}

/** AWS page: DeleteItem. Throws ValidationException, ResourceNotFoundException, ConditionalCheckFailedException. */
export const deleteItem: Operation<DeleteItemInput, DeleteItemOutput> = {
  name: 'DeleteItem',
  kind: 'write',
  async run(engine, input, context) {
    const action = worded(writeWording(context), () => {
      checkWriteMembers('DeleteItem', input, context)
      return new DeleteAction(input)
    })
    return engine.write(context, (write) => {
      const result = runAction(engine, write, action)
      return {
        ...(input.ReturnValues === 'ALL_OLD' && result.oldItem !== undefined ? { Attributes: result.oldItem } : undefined),
        ...reportWrite(result, input),
        ...reportCollection(write, result.table, action.key, input.ReturnItemCollectionMetrics),
      }
    })
  },
}
