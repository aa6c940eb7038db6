// Statements that write, as actions on one item each: the key out of the WHERE clause, the rest of it as the condition.
// An UPDATE is no upsert: the item must exist; a DELETE of what is not there does nothing, whatever its condition; an INSERT
// replaces nothing (Developer Guide: ql-reference.update, .delete, .insert).
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { attributeOf, equalValues } from '../model/attribute.ts'
import {
  ConditionalCheckFailedException,
  DuplicateItemException,
  ValidationException,
  type CancellationReason,
} from '../model/errors.ts'
import { Item } from '../model/item.ts'
import { keyAttributes } from '../model/table.ts'
import type { ReturningClause, SelectStatement, Statement, WriteStatement } from '../expression/partiql/translate-statement.ts'
import { projectAttributes, projectionOf } from '../expression/project.ts'
import type { Condition, Update } from '../expression/tree.ts'
import type { WriteStep } from '../storage/write-step.ts'
import type { EngineCore } from './engine-core.ts'
import { ConditionCheckAction, DeleteAction, PutAction, runAction, UpdateAction, type ActionResult, type ItemAction } from './item-action.ts'
import { checkKeyType } from './key-branches.ts'
import { equalityOn, flattened } from './select-plan.ts'
import type { Table } from './table.ts'
import type { ReturnValuesOnConditionCheckFailure } from './write-conditions.ts'

const NO_KEY = 'Where clause does not contain a mandatory equality on all key attributes'
const DUPLICATE = 'Duplicate primary key exists in table'
const NESTING = 'Nesting Levels have exceeded supported limits'

/** What an action on an item takes from the request. */
export interface ActionOptions {
  readonly ReturnValuesOnConditionCheckFailure?: ReturnValuesOnConditionCheckFailure | undefined
}
export interface KeyedWhere {
  readonly key: AttributeMap
  /** Undefined where the clause has the key and nothing else. */
  readonly rest: Condition | undefined
  /** A key attribute that the clause gives two values; `key` has the first, `rest` the second. */
  readonly conflicting: string | undefined
}

/** The item that the clause names, or undefined where it does not have all of its key. */
export function keyedWhere(where: Condition | undefined, table: Table): KeyedWhere | undefined {
  const names = keyAttributes(table.schema).map(({ name }) => name)
  const values = new Map<string, AttributeValue>()
  const rest: Condition[] = []
  let conflicting: string | undefined
  for (const each of where === undefined ? [] : flattened(where)) {
    const name = names.find((candidate) => equalityOn(each, candidate) !== undefined)
    const value = name === undefined ? undefined : equalityOn(each, name)
    const known = name === undefined ? undefined : values.get(name)
    if (name === undefined || value === undefined) rest.push(each)
    else if (known === undefined) values.set(name, value)
    else if (!equalValues(known, value)) {
      conflicting ??= name
      rest.push(each)
    }
  }
  if (values.size < names.length) return undefined
  const [only] = rest
  return {
    key: Object.fromEntries(names.map((name) => [name, values.get(name) ?? null])),
    rest: rest.length === 0 ? undefined : rest.length === 1 ? only : { kind: 'and', conditions: rest },
    conflicting,
  }
}

/**
 * The key of a SELECT that names one item of a table, by equalities or by IN of one value, and asks nothing else of it;
 * undefined for any other.
 */
export function keyedSelect({ where, indexName }: SelectStatement, table: Table): AttributeMap | undefined {
  if (indexName !== undefined || where === undefined) return undefined
  const equalities = flattened(where).map((each): Condition => {
    const [right] = each.kind === 'in' ? each.candidates : []
    if (each.kind !== 'in' || right === undefined || each.candidates.length > 1) return each
    return { kind: 'compare', operator: '=', left: each.operand, right }
  })
  const keyed = keyedWhere({ kind: 'and', conditions: equalities }, table)
  return keyed === undefined || keyed.rest !== undefined ? undefined : keyed.key
}

/** The key and condition of an UPDATE or DELETE. Throws ValidationException with AWS's texts. */
function mustHaveKey(where: Condition | undefined, table: Table): KeyedWhere {
  const keyed = keyedWhere(where, table)
  if (keyed === undefined) throw new ValidationException(NO_KEY)
  if (keyed.conflicting !== undefined) {
    throw new ValidationException(
      `Multiple conditions on same key ${keyed.conflicting}. Only single item Update/Insert/Delete are supported`,
    )
  }
  for (const attribute of keyAttributes(table.schema)) checkKeyType(attribute, attributeOf(keyed.key, attribute.name) ?? null)
  return keyed
}

/** Refuses a WHERE that is absent before the table is looked at, as AWS does. Throws ValidationException. */
export function checkHasWhere(statement: Statement): void {
  const needsWhere = statement.kind === 'update' || statement.kind === 'delete'
  if (needsWhere && statement.where === undefined) throw new ValidationException(NO_KEY)
}

/** Throws ValidationException with AWS's texts. */
export function actionOf(statement: WriteStatement, table: Table, options: ActionOptions): ItemAction {
  switch (statement.kind) {
    case 'insert':
      for (const attribute of keyAttributes(table.schema)) {
        const value = attributeOf(statement.item, attribute.name)
        if (value === undefined) throw new ValidationException(`Key attribute should be present in the item: Key ${attribute.name}`)
        checkKeyType(attribute, value)
      }
      return new InsertAction(statement.item, table)
    case 'update': {
      const { key, rest } = mustHaveKey(statement.where, table)
      return new StatementUpdate(statement.update, key, allOf(exists(table), rest), table, options)
    }
    case 'delete': {
      const { key, rest } = mustHaveKey(statement.where, table)
      return new StatementDelete(key, rest === undefined ? undefined : orAbsent(table, rest), table, options)
    }
  }
}

/** The check of `EXISTS(SELECT …)`: a ConditionCheck, so that an absent item has no attributes. Throws ValidationException with AWS's texts. */
export function existsAction(select: SelectStatement, table: Table, options: ActionOptions): ItemAction {
  const keyed = keyedWhere(select.where, table)
  if (keyed?.rest === undefined || select.indexName !== undefined) {
    throw new ValidationException('EXISTS() must contain a single item read with additional condition')
  }
  return new ExistsAction(keyed.key, keyed.rest, table, options)
}

class InsertAction extends PutAction {
  override readonly condition: Condition
  readonly failure: CancellationReason = { code: 'DuplicateItem', message: DUPLICATE }

  constructor(item: AttributeMap, table: Table) {
    super({ TableName: table.name, Item: item })
    this.condition = { kind: 'not', condition: exists(table) }
  }
}

class StatementUpdate extends UpdateAction {
  override readonly condition: Condition
  override readonly update: Update

  constructor(update: Update, key: AttributeMap, condition: Condition, table: Table, options: ActionOptions) {
    super({ TableName: table.name, Key: key, ...failureReturn(options) })
    this.update = update
    this.condition = condition
  }

  override replace(table: Table, oldItem: Item | undefined): Item | undefined {
    try {
      return super.replace(table, oldItem)
    } catch (error) {
      // AWS's text is shorter here than UpdateItem's.
      if (error instanceof ValidationException && error.message.startsWith(NESTING)) throw new ValidationException(NESTING)
      throw error
    }
  }
}

class StatementDelete extends DeleteAction {
  override readonly condition: Condition | undefined

  constructor(key: AttributeMap, condition: Condition | undefined, table: Table, options: ActionOptions) {
    super({ TableName: table.name, Key: key, ...failureReturn(options) })
    this.condition = condition
  }
}

class ExistsAction extends ConditionCheckAction {
  override readonly condition: Condition

  constructor(key: AttributeMap, condition: Condition, table: Table, options: ActionOptions) {
    super({ TableName: table.name, Key: key, ...failureReturn(options) })
    this.condition = condition
  }
}

function failureReturn({ ReturnValuesOnConditionCheckFailure: wanted }: ActionOptions): {
  readonly ReturnValuesOnConditionCheckFailure?: ReturnValuesOnConditionCheckFailure
} {
  return wanted === undefined ? {} : { ReturnValuesOnConditionCheckFailure: wanted }
}

/** Every item has its partition key, and nothing that is no item has one. */
function exists(table: Table): Condition {
  return { kind: 'attribute_exists', path: [table.schema.partitionKey.name] }
}

function allOf(condition: Condition, rest: Condition | undefined): Condition {
  return rest === undefined ? condition : { kind: 'and', conditions: [condition, rest] }
}

function orAbsent(table: Table, rest: Condition): Condition {
  return { kind: 'or', conditions: [{ kind: 'not', condition: exists(table) }, rest] }
}

/** As `runAction`; an INSERT of what is there throws DuplicateItemException. */
export function runStatementAction(engine: EngineCore, write: WriteStep, action: ItemAction): ActionResult {
  try {
    return runAction(engine, write, action)
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException && action.failure?.code === 'DuplicateItem') {
      throw new DuplicateItemException(DUPLICATE)
    }
    throw error
  }
}

/** What RETURNING asks for, or undefined where the item has nothing of it. */
export function returnedItem(statement: WriteStatement, { oldItem, newItem }: ActionResult): Item | undefined {
  if (statement.kind === 'insert') return undefined
  const { returning } = statement
  if (returning === undefined) return undefined
  const item = imageOf(returning, oldItem, newItem)
  if (item === undefined || returning.scope === 'ALL' || statement.kind === 'delete') return item
  const attributes = projectAttributes(projectionOf(statement.update.actions.map(({ path }) => path)), item.attributes)
  return Object.keys(attributes).length === 0 ? undefined : Item.of(attributes)
}

function imageOf({ age }: ReturningClause, oldItem: Item | undefined, newItem: Item | undefined): Item | undefined {
  return age === 'OLD' ? oldItem : newItem
}
