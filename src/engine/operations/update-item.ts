// UpdateItem: changes attributes of an item, or makes the item, under a condition; returns what the request asks for.
// An update that changes nothing writes nothing.
import { ValidationException } from '../../model/errors.ts'
import { Item } from '../../model/item.ts'
import { MAX_ITEM_BYTES } from '../../model/limits.ts'
import { projectAttributes, projectionOf } from '../../expression/project.ts'
import { updateCharge } from '../../expression/update-charge.ts'
import { reportWrite, type ConsumedCapacity, type ReturnConsumedCapacity } from '../capacity.ts'
import { runAction, UPDATE_TOO_LARGE, UpdateAction, type ActionResult, type UpdateItemParameters } from '../item-action.ts'
import { reportCollection, type ItemCollectionMetrics, type ReturnItemCollectionMetrics } from '../item-collection-metrics.ts'
import type { Operation } from '../operation.ts'
import { worded, writeWording } from '../request-checks.ts'
import { checkWriteMembers } from '../write-members.ts'

export type UpdateReturnValues = 'NONE' | 'ALL_OLD' | 'UPDATED_OLD' | 'ALL_NEW' | 'UPDATED_NEW'

export type UpdateItemInput = UpdateItemParameters & {
  readonly ReturnValues?: UpdateReturnValues
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
}
export interface UpdateItemOutput {
  readonly Attributes?: Item
  readonly ConsumedCapacity?: ConsumedCapacity
  readonly ItemCollectionMetrics?: ItemCollectionMetrics
}

/** AWS page: UpdateItem. Throws ValidationException, ResourceNotFoundException, ConditionalCheckFailedException. */
export const updateItem: Operation<UpdateItemInput, UpdateItemOutput> = {
  name: 'UpdateItem',
  kind: 'write',
  async run(engine, input, context) {
    const action = worded(writeWording(context), () => {
      checkWriteMembers('UpdateItem', input, context)
      return new UpdateAction(input)
    })
    return engine.write(context, (write) => {
      const result = runAction(engine, write, action, () => checkCharge(action))
      const attributes = returnedItem(input.ReturnValues, action, result)
      return {
        ...(attributes === undefined ? undefined : { Attributes: attributes }),
        ...reportWrite(result, input),
        ...reportCollection(write, result.table, action.key, input.ReturnItemCollectionMetrics),
      }
    })
  },
}

/** Of expressions only: AttributeUpdates, like every other write, are measured by the finished item alone. */
function checkCharge({ update, input }: UpdateAction): void {
  if (update === undefined || input.AttributeUpdates !== undefined || updateCharge(update) <= MAX_ITEM_BYTES) return
  throw new ValidationException(UPDATE_TOO_LARGE)
}

function returnedItem(wanted: UpdateReturnValues | undefined, action: UpdateAction, { oldItem, newItem }: ActionResult): Item | undefined {
  switch (wanted) {
    case 'ALL_OLD':
      return oldItem
    case 'ALL_NEW':
      return newItem
    case 'UPDATED_OLD':
      return touchedPart(action, oldItem)
    case 'UPDATED_NEW':
      return touchedPart(action, newItem)
    default:
      return undefined
  }
}

/** Undefined where the item has nothing of what the update names: AWS then answers without Attributes. */
function touchedPart({ update }: UpdateAction, item: Item | undefined): Item | undefined {
  if (update === undefined || item === undefined) return undefined
  const attributes = projectAttributes(projectionOf(update.actions.map((action) => action.path)), item.attributes)
  return Object.keys(attributes).length === 0 ? undefined : Item.of(attributes)
}
