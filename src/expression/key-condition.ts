// What a Query asks of the key: from a condition to one test per key attribute, then to values in the order of the key
// schema, independent of how keys are encoded. Two steps, because DynamoDB does the first before it knows the table.
// Several partition and sort attributes: Developer Guide, GSI.DesignPattern.MultiAttributeKeys.
import type { AttributeValue } from '../model/attribute-value.ts'
import { typeOf } from '../model/attribute.ts'
import { ValidationException } from '../model/errors.ts'
import type { KeyAttribute } from '../model/table.ts'
import type { Comparator } from './data.ts'
import type { Condition, Operand } from './tree.ts'

export type KeyOperator = Exclude<Comparator, '<>'> | 'BETWEEN' | 'begins_with'

/** One test of one key attribute; BETWEEN has two values, all others one. */
export interface KeyTest {
  readonly name: string
  readonly operator: KeyOperator
  readonly values: readonly AttributeValue[]
}

/** The test of the last sort attribute that has one, where it is no equality. */
export interface KeyRangeTest {
  readonly operator: Exclude<KeyOperator, '='>
  readonly values: readonly AttributeValue[]
}

export interface KeyCondition {
  /** One value per partition attribute. */
  readonly partition: readonly AttributeValue[]
  readonly sort: {
    /** Of the first sort attributes, in schema order; may be fewer than there are. */
    readonly equal: readonly AttributeValue[]
    /** Of the attribute after those. */
    readonly last?: KeyRangeTest
  }
}

/** Attributes in key order: one to four, and none to four. */
export interface QueryKeySchema {
  readonly partitionKeys: readonly KeyAttribute[]
  readonly sortKeys: readonly KeyAttribute[]
}

const MIRRORED = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' } as const

/** Throws ValidationException, with DynamoDB's texts, for what no key condition may have. */
export function splitKeyCondition(condition: Condition): readonly KeyTest[] {
  const tests: KeyTest[] = []
  splitInto(tests, condition)
  return tests
}

/** Throws ValidationException, with DynamoDB's texts, where the tests are not what a query of this key needs. */
export function resolveKeyCondition(tests: readonly KeyTest[], schema: QueryKeySchema): KeyCondition {
  const { partitionKeys, sortKeys } = schema
  const keyCount = partitionKeys.length + sortKeys.length
  if (tests.length > keyCount) {
    throw new ValidationException(
      `The number of query conditions (${tests.length}) exceeds the number of key attributes defined in the schema (${keyCount})`,
    )
  }
  const partition = partitionKeys.map((attribute) => {
    const test = mustGetTest(tests, attribute)
    if (test.operator !== '=') throw notSupported()
    return valueOf(test)
  })
  const sort = resolveSort(tests, sortKeys, tests.length - partition.length)
  return { partition, sort }
}

/** `count`: how many tests are left, all of which must be of sort attributes. */
function resolveSort(tests: readonly KeyTest[], sortKeys: readonly KeyAttribute[], count: number): KeyCondition['sort'] {
  if (sortKeys.length > 1) refuseGaps(tests, sortKeys)
  const equal: AttributeValue[] = []
  let left = count
  let last: KeyRangeTest | undefined
  for (const attribute of sortKeys) {
    if (left === 0) break
    const { operator, values } = mustGetTest(tests, attribute)
    left--
    // After an inequality the keys are no longer one stretch of the index.
    if (last !== undefined) throw notSupported()
    if (operator === '=') equal.push(...values)
    else last = { operator, values }
  }
  if (left > 0) throw notSupported()
  return last === undefined ? { equal } : { equal, last }
}

/**
 * Where an index has several sort attributes, those in front of a named one need equalities (Query on a multi-attribute
 * index: paritysuite/dynamodb-conformance, tests/tier1/query/multiAttributeGsiKey.test.ts, October 2026).
 */
function refuseGaps(tests: readonly KeyTest[], sortKeys: readonly KeyAttribute[]): void {
  const operators = sortKeys.map(({ name }) => tests.find((test) => test.name === name)?.operator)
  const last = operators.findLastIndex((operator) => operator !== undefined)
  const open = sortKeys.filter((_, at) => at < last && operators[at] !== '=').map(({ name }) => name)
  if (open.length === 0) return
  throw new ValidationException(
    `RANGE key attributes ${open.join(', ')} must have equality conditions specified in the query because ` +
      `a condition is present on key attribute ${sortKeys[last]?.name}`,
  )
}

function mustGetTest(tests: readonly KeyTest[], { name, type }: KeyAttribute): KeyTest {
  const test = tests.find((each) => each.name === name)
  if (test === undefined) throw new ValidationException(`Query condition missed key schema element: ${name}`)
  for (const value of test.values) {
    if (typeOf(value) !== type) {
      throw new ValidationException(
        'One or more parameter values were invalid: Condition parameter type does not match schema type',
      )
    }
    if (value === '' || (typeof value === 'object' && value !== null && 'B' in value && value.B === '')) {
      throw new ValidationException(
        'One or more parameter values are not valid. The AttributeValue for a key attribute ' +
          `cannot contain an empty ${type === 'S' ? 'string' : 'binary'} value. Key: ${name}`,
      )
    }
  }
  return test
}

function valueOf({ values }: KeyTest): AttributeValue {
  return values[0] ?? null
}

function notSupported(): ValidationException {
  return new ValidationException('Query key condition not supported')
}

function splitInto(tests: KeyTest[], condition: Condition): void {
  switch (condition.kind) {
    case 'and':
      for (const each of condition.conditions) splitInto(tests, each)
      return
    case 'or':
    case 'not':
    case 'in':
      throw invalidOperator(condition.kind.toUpperCase())
    case 'attribute_exists':
    case 'attribute_not_exists':
    case 'attribute_type':
    case 'contains':
      throw invalidOperator(condition.kind)
    case 'between':
      checkFirstOperand('BETWEEN', condition.operand)
      addTest(tests, 'BETWEEN', [condition.operand, condition.lower, condition.upper])
      return
    case 'begins_with':
      checkFirstOperand('begins_with', condition.operand)
      addTest(tests, 'begins_with', [condition.operand, condition.prefix])
      return
    case 'compare':
      if (condition.operator === '<>') throw invalidOperator('<>')
      // `:v < sk` is `sk > :v`.
      if (condition.left.kind !== 'path' && condition.right.kind === 'path') {
        addTest(tests, MIRRORED[condition.operator], [condition.left, condition.right])
      } else addTest(tests, condition.operator, [condition.left, condition.right])
  }
}

function addTest(tests: KeyTest[], operator: KeyOperator, operands: readonly Operand[]): void {
  let name: string | undefined
  const values: AttributeValue[] = []
  for (const operand of operands) {
    if (operand.kind === 'size') throw invalidKeyCondition('KeyConditionExpressions cannot contain nested operations')
    if (operand.kind === 'value') {
      values.push(operand.value)
      continue
    }
    if (name !== undefined) throw invalidCondition('Multiple attribute names used in one condition')
    if (operand.path.length > 1) {
      throw invalidKeyCondition('KeyConditionExpressions cannot have conditions on nested attributes')
    }
    name = operand.path[0]
  }
  if (name === undefined) throw invalidCondition('No key attribute specified')
  if (tests.some((test) => test.name === name)) {
    throw invalidKeyCondition('KeyConditionExpressions must only contain one condition per key')
  }
  tests.push({ name, operator, values })
}

function checkFirstOperand(operator: string, operand: Operand): void {
  if (operand.kind === 'path') return
  throw invalidCondition(`${operator} operator must have the key attribute as its first operand`)
}

/** (paritysuite, queryKeyConditionOperands.test.ts; extenddb, test_key_condition_nested_attributes.py) */
function invalidKeyCondition(message: string): ValidationException {
  return new ValidationException(`Invalid KeyConditionExpression: ${message}`)
}

function invalidOperator(operator: string): ValidationException {
  return new ValidationException(`Invalid operator used in KeyConditionExpression: ${operator}`)
}

function invalidCondition(message: string): ValidationException {
  return new ValidationException(`Invalid condition in KeyConditionExpression: ${message}`)
}
