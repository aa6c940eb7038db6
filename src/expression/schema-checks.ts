// What expressions may not do with key attributes, which shows once the table is known. All throw ValidationException
// with DynamoDB's texts.
import type { AttributeMap, TypeCode } from '../model/attribute-value.ts'
import { attributeOf, typeOf } from '../model/attribute.ts'
import { ValidationException } from '../model/errors.ts'
import { keyAttributes, type IndexSchema, type KeyAttribute, type TableSchema } from '../model/table.ts'
import { staticTypeOf } from './build-update.ts'
import type { Condition, Operand, Path, SetOperand, Update, UpdateAction } from './tree.ts'

type Keys = Pick<TableSchema, 'partitionKey' | 'sortKey' | 'indexes'>

/** An update may not name a table key, nor give an index key another type, nor reach into a key. */
export function checkUpdateOfKeys(update: Update, schema: Keys): void {
  for (const { name } of keyAttributes(schema)) {
    if (update.actions.some((action) => action.path[0] === name)) {
      throw new ValidationException(
        `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
      )
    }
  }
  for (const index of schema.indexes) {
    for (const { name, type } of indexAttributes(index)) {
      const action = update.actions.find((each) => each.path.length === 1 && each.path[0] === name)
      const actual = action === undefined ? undefined : staticTypeOfAction(action)
      if (actual === undefined || actual === type) continue
      throw new ValidationException(
        'One or more parameter values were invalid: ' +
          `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${actual} IndexName: ${index.name}`,
      )
    }
  }
  // An update with top-level paths only, which most are, has nothing more to answer for.
  const nested = pathsOfUpdate(update).filter((path) => path.length > 1)
  if (nested.length > 0) checkNestedKeys(nested, schema)
}

/** After `applyUpdate`: an index key that the update assigned from another attribute may have got another type. */
export function checkUpdatedIndexKeys(update: Update, attributes: AttributeMap, schema: Keys): void {
  for (const index of schema.indexes) {
    for (const { name, type } of indexAttributes(index)) {
      if (!update.actions.some((action) => action.path[0] === name)) continue
      const value = attributeOf(attributes, name)
      if (value === undefined || typeOf(value) === type) continue
      throw new ValidationException('The update expression attempted to update the secondary index key to unsupported type')
    }
  }
}

/** Paths of a filter or projection may not reach into key attributes, of the table or of an index. */
export function checkNestedKeys(paths: readonly Path[], schema: Keys): void {
  for (const { name } of keyAttributes(schema)) checkNestedKey(paths, name, 'Key')
  for (const index of schema.indexes) for (const { name } of indexAttributes(index)) checkNestedKey(paths, name, 'IndexKey')
}

/** A Query's filter may not name the attributes of the key that is queried. `parameter`: as messages call the filter. */
export function checkFilterOfQuery(
  filter: Condition,
  queried: readonly KeyAttribute[],
  parameter: 'Filter Expression' | 'QueryFilter' = 'Filter Expression',
): void {
  const paths = pathsOfCondition(filter)
  for (const { name } of queried) {
    if (paths.some((path) => path[0] === name)) {
      throw new ValidationException(
        `${parameter} can only contain non-primary key attributes: Primary key attribute: ${name}`,
      )
    }
  }
}

/** Every path that the condition reads. */
export function pathsOfCondition(condition: Condition): readonly Path[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.conditions.flatMap(pathsOfCondition)
    case 'not':
      return pathsOfCondition(condition.condition)
    case 'attribute_exists':
    case 'attribute_not_exists':
      return [condition.path]
    case 'compare':
      return [condition.left, condition.right].flatMap(pathsOfOperand)
    case 'between':
      return [condition.operand, condition.lower, condition.upper].flatMap(pathsOfOperand)
    case 'in':
      return [condition.operand, ...condition.candidates].flatMap(pathsOfOperand)
    case 'attribute_type':
      return pathsOfOperand(condition.operand)
    case 'begins_with':
      return [condition.operand, condition.prefix].flatMap(pathsOfOperand)
    case 'contains':
      return [condition.operand, condition.sought].flatMap(pathsOfOperand)
  }
}

/** Every path that the update writes or reads. */
export function pathsOfUpdate(update: Update): readonly Path[] {
  return update.actions.flatMap((action) =>
    action.kind === 'set' ? [action.path, ...pathsOfAssigned(action.operand)] : [action.path],
  )
}

function pathsOfOperand(operand: Operand): readonly Path[] {
  switch (operand.kind) {
    case 'path':
      return [operand.path]
    case 'value':
      return []
    case 'size':
      return pathsOfOperand(operand.operand)
  }
}

function pathsOfAssigned(operand: SetOperand): readonly Path[] {
  switch (operand.kind) {
    case 'path':
      return [operand.path]
    case 'value':
      return []
    case 'if_not_exists':
      return [operand.path, ...pathsOfAssigned(operand.otherwise)]
    case 'list_append':
      return [...pathsOfAssigned(operand.first), ...pathsOfAssigned(operand.second)]
    default:
      return [...pathsOfAssigned(operand.left), ...pathsOfAssigned(operand.right)]
  }
}

function staticTypeOfAction(action: UpdateAction): TypeCode | undefined {
  switch (action.kind) {
    case 'set':
      return staticTypeOf(action.operand)
    case 'remove':
      return undefined
    default:
      return typeOf(action.value)
  }
}

function checkNestedKey(paths: readonly Path[], name: string, role: 'Key' | 'IndexKey'): void {
  if (!paths.some((path) => path.length > 1 && path[0] === name)) return
  throw new ValidationException(
    `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${role}: ${name}`,
  )
}

function indexAttributes(index: IndexSchema): readonly KeyAttribute[] {
  return [...index.partitionKeys, ...index.sortKeys]
}
