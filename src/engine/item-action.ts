// One write of one item, ready but for the item: what PutItem, UpdateItem, DeleteItem and the actions of transactions
// have in common. Everything that can be refused without the table or the item has been refused when an action exists.
import type { AttributeMap } from '../model/attribute-value.ts'
import { ConditionalCheckFailedException, ValidationException, type CancellationReason } from '../model/errors.ts'
import { Item } from '../model/item.ts'
import { MAX_ITEM_BYTES } from '../model/limits.ts'
import { applyUpdate, type UpdateResult } from '../expression/apply-update.ts'
import { checkUpdateOfKeys } from '../expression/schema-checks.ts'
import type { Condition, Update } from '../expression/tree.ts'
import { incorrectType } from '../expression/update-sets.ts'
import type { Key } from '../storage/store.ts'
import type { WriteStep } from '../storage/write-step.ts'
import { canonicalMap } from './canonical-map.ts'
import type { EngineCore } from './engine-core.ts'
import { chargeFailedCondition, chargeWrite } from './metering.ts'
import { readItem } from './read-item.ts'
import type { Table } from './table.ts'
import {
  checkCondition,
  compileCondition,
  compileUpdate,
  type ConditionParameters,
  type UpdateParameters,
} from './write-conditions.ts'
import { writeItem } from './write-item.ts'

export interface ItemAction {
  readonly input: ConditionParameters & { readonly TableName: string }
  readonly condition: Condition | undefined
  /** What a transaction says where the condition fails, if it is not ConditionalCheckFailed. */
  readonly failure?: CancellationReason
  /** Storage key. Throws ValidationException. */
  keyIn(table: Table): Key
  /** What becomes of the item, whose condition holds. Throws ValidationException. */
  replace(table: Table, oldItem: Item | undefined): Item | undefined
}

export interface PutParameters extends ConditionParameters {
  readonly TableName: string
  readonly Item: AttributeMap
}
export interface KeyParameters extends ConditionParameters {
  readonly TableName: string
  readonly Key: AttributeMap
}
export type UpdateItemParameters = KeyParameters & UpdateParameters

/** What AWS says of an item that no table could hold. */
export const TOO_LARGE = 'Item size has exceeded the maximum allowed size'
export const UPDATE_TOO_LARGE = 'Item size to update has exceeded the maximum allowed size'

export class PutAction implements ItemAction {
  readonly input: PutParameters
  readonly condition: Condition | undefined
  readonly item: Item

  constructor(input: PutParameters) {
    this.input = input
    this.item = Item.of(canonicalMap(input.Item))
    this.condition = compileCondition(input)
  }

  keyIn(table: Table): Key {
    if (this.item.size > MAX_ITEM_BYTES) throw new ValidationException(TOO_LARGE)
    const key = table.keyOfItem(this.item.attributes)
    table.checkIndexKeys(this.item.attributes)
    return key
  }

  replace(table: Table): Item {
    if (table.hasLocalIndexes) table.checkItemSize(this.item, TOO_LARGE)
    return this.item
  }
}

export class DeleteAction implements ItemAction {
  readonly input: KeyParameters
  readonly condition: Condition | undefined
  readonly key: AttributeMap

  constructor(input: KeyParameters) {
    this.input = input
    // AWS reads the expression before the key, which shows where both are wrong in a transaction.
    this.condition = compileCondition(input)
    this.key = canonicalMap(input.Key)
  }

  keyIn(table: Table): Key {
    return table.keyOf(this.key)
  }

  replace(_table: Table, _oldItem: Item | undefined): Item | undefined {
    return undefined
  }
}

/** A transaction's check of an item that it does not write. */
export class ConditionCheckAction extends DeleteAction {
  override replace(_table: Table, oldItem: Item | undefined): Item | undefined {
    return oldItem
  }
}

export class UpdateAction implements ItemAction {
  readonly input: UpdateItemParameters
  readonly condition: Condition | undefined
  readonly key: AttributeMap
  readonly update: Update | undefined
  readonly #isLegacy: boolean

  constructor(input: UpdateItemParameters) {
    this.input = input
    this.#isLegacy = input.AttributeUpdates !== undefined
    this.key = canonicalMap(input.Key)
    const { update, condition } = compileUpdate(input)
    this.update = update
    this.condition = condition
  }

  keyIn(table: Table): Key {
    const key = table.keyOf(this.key)
    if (this.update !== undefined) checkUpdateOfKeys(this.update, table.keys)
    return key
  }

  replace(table: Table, oldItem: Item | undefined): Item | undefined {
    const { update } = this
    // Without an expression an item that is missing comes into being with its key alone.
    if (update === undefined) return oldItem ?? Item.of(this.key)
    const { attributes } = this.#isLegacy ? applyLegacyUpdate(update, oldItem, this.key) : applyUpdate(update, oldItem?.attributes, this.key)
    if (attributes === undefined || attributes === oldItem?.attributes) return oldItem
    const item = Item.of(attributes)
    table.checkUpdatedIndexKeys(attributes, update.actions.map((action) => action.path[0]))
    table.checkItemSize(item, UPDATE_TOO_LARGE)
    return item
  }
}

/** AttributeUpdates have a text of their own for values that ADD and DELETE can't be applied to. */
function applyLegacyUpdate(update: Update, oldItem: Item | undefined, key: AttributeMap): UpdateResult {
  try {
    return applyUpdate(update, oldItem?.attributes, key)
  } catch (error) {
    if (!(error instanceof ValidationException) || error.message !== incorrectType().message) throw error
    throw new ValidationException('Type mismatch for attribute to update')
  }
}

export interface ActionResult {
  readonly table: Table
  readonly oldItem: Item | undefined
  readonly newItem: Item | undefined
}

/**
 * An action in a step of its own; `beforeCondition` may refuse it, once its key is known to fit the table. Throws ResourceNotFoundException, ValidationException,
 * ConditionalCheckFailedException, ProvisionedThroughputExceededException, ThrottlingException.
 */
export function runAction(engine: EngineCore, write: WriteStep, action: ItemAction, beforeCondition?: () => void): ActionResult {
  const table = engine.catalog.mustGetTable(action.input.TableName)
  const key = action.keyIn(table)
  beforeCondition?.()
  const oldItem = readItem(write, key)
  if (table.metered) return runMetered(engine, write, action, { table, key, oldItem })
  checkCondition(action.condition, oldItem, action.input)
  const newItem = action.replace(table, oldItem)
  writeItem(write, table, key, oldItem, newItem)
  return { table, oldItem, newItem }
}

/** The same for a table whose units count. */
function runMetered(
  engine: EngineCore,
  write: WriteStep,
  action: ItemAction,
  { table, key, oldItem }: { readonly table: Table; readonly key: Key; readonly oldItem: Item | undefined },
): ActionResult {
  try {
    checkCondition(action.condition, oldItem, action.input)
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) {
      chargeFailedCondition(engine, table, oldItem, action instanceof PutAction ? action.item.size : 0)
    }
    throw error
  }
  const newItem = action.replace(table, oldItem)
  writeItem(write, table, key, oldItem, newItem)
  chargeWrite(engine, table, oldItem, newItem)
  return { table, oldItem, newItem }
}
