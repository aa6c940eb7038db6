// PutItem: replaces an item whole, under a condition on the one that is there.
// Without a condition it still reads the old item, for indexes, counters and journal: of a new key no page is loaded.
import type { Item } from '../../model/item.ts'
import { reportWrite, type ConsumedCapacity, type ReturnConsumedCapacity } from '../capacity.ts'
import { PutAction, runAction, type PutParameters } from '../item-action.ts'
import { reportCollection, type ItemCollectionMetrics, type ReturnItemCollectionMetrics } from '../item-collection-metrics.ts'
import type { Operation } from '../operation.ts'
import { worded, writeWording } from '../request-checks.ts'
import { checkWriteMembers } from '../write-members.ts'

export interface PutItemInput extends PutParameters {
  readonly ReturnValues?: 'NONE' | 'ALL_OLD'
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
}
export interface PutItemOutput {
  readonly Attributes?: Item
  readonly ConsumedCapacity?: ConsumedCapacity
  readonly ItemCollectionMetrics?: ItemCollectionMetrics
}

/** AWS page: PutItem. Throws ValidationException, ResourceNotFoundException, ConditionalCheckFailedException. */
export const putItem: Operation<PutItemInput, PutItemOutput> = {
  name: 'PutItem',
  kind: 'write',
  async run(engine, input, context) {
    const action = worded(writeWording(context), () => {
      checkWriteMembers('PutItem', input, context)
      return new PutAction(input)
    })
    return engine.write(context, (write) => {
      const result = runAction(engine, write, action)
      return {
        ...(input.ReturnValues === 'ALL_OLD' && result.oldItem !== undefined ? { Attributes: result.oldItem } : undefined),
        ...reportWrite(result, input),
        ...reportCollection(write, result.table, action.item.attributes, input.ReturnItemCollectionMetrics),
      }
    })
  },
}
