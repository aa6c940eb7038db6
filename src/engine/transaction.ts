// The actions of a transaction: everything is validated against one state first, then applied in the same step, so a
// transaction takes place whole or not at all (R7). TransactWriteItems and the native TransactCommit share it.
import {
  TransactionCanceledException,
  ValidationException,
  type CancellationReason,
} from '../model/errors.ts'
import type { Item } from '../model/item.ts'
import { EMPTY_KEY_VALUE } from '../model/keys.ts'
import { MAX_TRANSACTION_BYTES, MAX_TRANSACTION_ITEMS } from '../model/limits.ts'
import type { Key } from '../storage/store.ts'
import type { WriteStep } from '../storage/write-step.ts'
import { CapacityMeter, type ConsumedCapacity, type ReturnConsumedCapacity } from './capacity.ts'
import { RETURN_VALUES_ON_FAILURE, type Constraints } from './constraints.ts'
import type { EngineCore } from './engine-core.ts'
import {
  ConditionCheckAction,
  DeleteAction,
  PutAction,
  TOO_LARGE,
  UpdateAction,
  type ItemAction,
  type KeyParameters,
  type PutParameters,
  type UpdateItemParameters,
} from './item-action.ts'
import type { CollectionWrite } from './item-collection-metrics.ts'
import { throttledAction, tryCharge } from './metering.ts'
import { readItems } from './read-item.ts'
import { memberFailure, refuseAll } from './request-checks.ts'
import type { Table } from './table.ts'
import { conditionHolds, type UpdateParameters } from './write-conditions.ts'
import { ItemWriter } from './write-item.ts'

/** Exactly one of the four. */
export interface TransactWriteItem {
  readonly Put?: PutParameters
  readonly Update?: UpdateItemParameters
  readonly Delete?: KeyParameters
  readonly ConditionCheck?: KeyParameters
}

const NONE: CancellationReason = { code: 'None' }
export const SAME_ITEM = 'Transaction request cannot include multiple operations on one item'

/** Shapes of the actions; the caller calls `done`, then `actionsOf`. */
export function checkTransactShapes(constraints: Constraints, items: readonly TransactWriteItem[], minimum: number): void {
  if (!constraints.list('transactItems', items)) return
  checkTransactLength(constraints, items, minimum)
  items.forEach((item, at) => {
    const path = `transactItems.${at + 1}.member`
    if (!constraints.map(path, item)) return
    const { Put, Update, Delete, ConditionCheck } = item
    for (const [name, action] of Object.entries({ put: Put, update: Update, delete: Delete, conditionCheck: ConditionCheck })) {
      if (action === undefined || !constraints.map(`${path}.${name}`, action)) continue
      constraints.tableName(action.TableName, `${path}.${name}.tableName`)
      constraints.notNull(`${path}.${name}.${name === 'put' ? 'item' : 'key'}`, 'Item' in action ? action.Item : action.Key)
      constraints.oneOf(
        `${path}.${name}.returnValuesOnConditionCheckFailure`,
        action.ReturnValuesOnConditionCheckFailure,
        RETURN_VALUES_ON_FAILURE,
      )
    }
    if (Update !== undefined && Update.Update === undefined) {
      constraints.notNull(`${path}.update.updateExpression`, Update.UpdateExpression)
    }
    if (ConditionCheck !== undefined && ConditionCheck.Condition === undefined) {
      constraints.notNull(`${path}.conditionCheck.conditionExpression`, ConditionCheck.ConditionExpression)
    }
  })
}

/**
 * Too few are reported with whatever else is wrong, as us-east-1 does; too many alone and without their text, as the Regions
 * say it that have AWS's new framework (paritysuite/dynamodb-conformance, captures/2026-10-08-transact-*.json).
 */
export function checkTransactLength(constraints: Constraints, items: readonly unknown[], minimum: number): void {
  constraints.length('transactItems', items, minimum, Infinity)
  if (items.length > MAX_TRANSACTION_ITEMS) {
    refuseAll([memberFailure('TransactItems', `Member must have length less than or equal to ${MAX_TRANSACTION_ITEMS}`)])
  }
}

/** Throws ValidationException. */
export function actionsOf(items: readonly TransactWriteItem[]): ItemAction[] {
  return items.map(({ Put, Update, Delete, ConditionCheck }) => {
    const given = [Put, Update, Delete, ConditionCheck].filter((action) => action !== undefined)
    if (given.length > 1) throw new ValidationException('TransactItems can only contain one of Check, Put, Update or Delete')
    if (Put !== undefined) return new PutAction(withoutLegacy(Put))
    if (Update !== undefined) return new UpdateAction(withoutLegacy(Update))
    if (Delete !== undefined) return new DeleteAction(withoutLegacy(Delete))
    if (ConditionCheck !== undefined) return new ConditionCheckAction(withoutLegacy(ConditionCheck))
    throw new ValidationException('Invalid Request: TransactWriteRequest should contain Delete or Put or Update request')
  })
}

/** Transactions are younger than expressions: to them the older parameters are as unknown as any other. */
function withoutLegacy<Parameters extends UpdateParameters>(parameters: Parameters): Parameters {
  if (parameters.Expected === undefined && parameters.AttributeUpdates === undefined) return parameters
  const { Expected: _expected, AttributeUpdates: _updates, ...rest } = parameters
  return rest as Parameters
}

/** One action on its item. */
interface Located {
  readonly action: ItemAction
  readonly table: Table
  readonly key: Key
}

/** What a transaction did, for its capacity. */
export interface AppliedAction {
  readonly tableName: string
  readonly table: Table
  readonly oldItem: Item | undefined
  readonly newItem: Item | undefined
}

/**
 * Validates and applies. Throws ResourceNotFoundException, ValidationException for what concerns the request as a whole,
 * TransactionCanceledException with a reason per action otherwise; then nothing was written.
 */
export function applyTransaction(
  engine: EngineCore,
  write: WriteStep,
  actions: readonly ItemAction[],
  transactionId: string,
): AppliedAction[] {
  const located = locate(engine, actions)
  const oldItems = readItems(write, located.map(({ key }) => key))
  const newItems: (Item | undefined)[] = []
  const reasons = located.map(({ action, table }, at) =>
    reasonOf(() => {
      const oldItem = oldItems[at]
      if (!conditionHolds(action.condition, oldItem)) return failedCondition(action, oldItem)
      newItems[at] = action.replace(table, oldItem)
      return NONE
    }),
  )
  cancelUnlessAllHold(reasons)
  checkTransactionSize(newItems)
  chargeTransaction(engine, located.map(({ action, table }, at) => ({ tableName: action.input.TableName, table, oldItem: oldItems[at], newItem: newItems[at] })), 'write')
  const writer = new ItemWriter(write, { transactionId })
  const applied = located.map(({ action, table, key }, at) => {
    const [oldItem, newItem] = [oldItems[at], newItems[at]]
    writer.replace(table, key, oldItem, newItem)
    return { tableName: action.input.TableName, table, oldItem, newItem }
  })
  writer.finish()
  return applied
}

function locate(engine: EngineCore, actions: readonly ItemAction[]): Located[] {
  const tables = actions.map((action) => engine.catalog.mustGetTable(action.input.TableName))
  const located: Located[] = []
  const reasons = actions.map((action, at) =>
    reasonOf(() => {
      const table = tables[at] as Table
      located.push({ action, table, key: action.keyIn(table) })
      return NONE
    }),
  )
  if (new Set(located.map(({ key }) => key)).size < located.length) throw new ValidationException(SAME_ITEM)
  cancelUnlessAllHold(reasons)
  return located
}

function failedCondition({ input, failure }: ItemAction, oldItem: Item | undefined): CancellationReason {
  if (failure !== undefined) return failure
  const wanted = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && oldItem !== undefined
  return { code: 'ConditionalCheckFailed', message: 'The conditional request failed', ...(wanted ? { item: oldItem } : undefined) }
}

/**
 * A ValidationException of one action becomes its reason; but what shows in the request itself, an empty key value or an
 * item that is too large, AWS finds before the transaction begins and refuses as a whole
 * (paritysuite/dynamodb-conformance, error-messages/transact*.test.ts, limits/itemSizeBySurface.test.ts).
 */
export function reasonOf(run: () => CancellationReason): CancellationReason {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ValidationException) || error.message.startsWith(EMPTY_KEY_VALUE) || error.message === TOO_LARGE) throw error
    return { code: 'ValidationError', message: error.message }
  }
}

/** Throws TransactionCanceledException. */
export function cancelUnlessAllHold(cancellationReasons: readonly CancellationReason[]): void {
  if (cancellationReasons.some((reason) => reason.code !== 'None')) {
    throw new TransactionCanceledException(undefined, { cancellationReasons })
  }
}

/** Throws ValidationException past 4 MB. */
export function checkTransactionSize(items: readonly (Item | undefined)[]): void {
  const size = items.reduce((sum, item) => sum + (item?.size ?? 0), 0)
  if (size <= MAX_TRANSACTION_BYTES) return
  throw new ValidationException('The aggregate size of the items in the transaction exceeds the limit of 4 MB')
}

/** Of the actions that wrote, or would have: condition checks write nothing. */
export function collectionWrites(actions: readonly ItemAction[], applied: readonly AppliedAction[]): CollectionWrite[] {
  return actions.flatMap((action, at) => {
    const done = applied[at]
    if (done === undefined || action instanceof ConditionCheckAction) return []
    const { tableName, table, newItem, oldItem } = done
    const key = action instanceof DeleteAction ? action.key : (newItem ?? oldItem)?.attributes
    return key === undefined ? [] : [{ tableName, table, key }]
  })
}

/** Tables that throttle are charged before anything is written. Throws TransactionCanceledException. */
export function chargeTransaction(engine: EngineCore, applied: readonly AppliedAction[], kind: 'read' | 'write'): void {
  if (!applied.some(({ table }) => table.metered)) return
  const meters = [...metersOf(applied, kind)].filter(([table]) => table.metered)
  const refused = new Map<Table, CancellationReason>()
  for (const [table, meter] of meters) {
    const reasons = engine.traffic.check(table, meter.units, kind)
    if (reasons !== undefined) refused.set(table, throttledAction(reasons))
  }
  // All or nothing: a table with units left pays nothing for another that has none.
  for (const [table, meter] of meters) {
    if (refused.size > 0 && !refused.has(table)) continue
    const of = applied.find((action) => action.table === table)
    tryCharge(engine, table, meter.units, kind, table.countsKeys ? (of?.newItem ?? of?.oldItem)?.attributes : undefined)
  }
  if (refused.size > 0) cancelUnlessAllHold(applied.map(({ table }) => refused.get(table) ?? NONE))
}

function metersOf(applied: readonly AppliedAction[], kind: 'read' | 'write'): Map<Table, CapacityMeter> {
  const meters = new Map<Table, CapacityMeter>()
  for (const { tableName, table, oldItem, newItem } of applied) {
    let meter = meters.get(table)
    if (meter === undefined) meters.set(table, (meter = new CapacityMeter(table, tableName)))
    if (kind === 'write') meter.addWrite(oldItem, newItem, 2)
    else meter.addRead(newItem?.size ?? oldItem?.size ?? 0, 2)
  }
  return meters
}

/** Per table; writes cost twice, and a replayed token twice the reads of what it once wrote. */
export function transactionCapacity(
  applied: readonly AppliedAction[],
  detail: ReturnConsumedCapacity | undefined,
  kind: 'read' | 'write',
): { readonly ConsumedCapacity?: readonly ConsumedCapacity[] } | undefined {
  if (detail === undefined || detail === 'NONE') return undefined
  return { ConsumedCapacity: [...metersOf(applied, kind).values()].flatMap((meter) => meter.report(detail, kind) ?? []) }
}
