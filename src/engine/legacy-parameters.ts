// Parameters from before expressions, on every operation that has them: Expected, AttributeUpdates, QueryFilter,
// ScanFilter, KeyConditions, ConditionalOperator, AttributesToGet. Checked with DynamoDB's texts and in its order, then
// translated to the trees that expressions become: behind this file nobody knows of them.
import type { AttributeValue } from '../model/attribute-value.ts'
import { ValidationException } from '../model/errors.ts'
import {
  checkLegacyArguments,
  COMPARISON_OPERATORS,
  joinLegacyTests,
  legacyTest,
  type ComparisonOperator,
} from '../expression/legacy-condition.ts'
import { buildLegacyUpdate, type LegacyUpdate } from '../expression/legacy-update.ts'
import type { KeyOperator, KeyTest } from '../expression/key-condition.ts'
import { projectionOf } from '../expression/project.ts'
import type { Condition, Projection, Update } from '../expression/tree.ts'
import type { KeyAttribute } from '../model/table.ts'
import { canonicalValue } from './canonical-map.ts'
import type { Constraints } from './constraints.ts'

/** AWS's Condition, with compact values. */
export interface LegacyCondition {
  readonly ComparisonOperator: ComparisonOperator
  readonly AttributeValueList?: readonly AttributeValue[]
}
/** AWS's ExpectedAttributeValue, with compact values: a `Value` of null is DynamoDB's NULL. */
export interface ExpectedAttributeValue extends Partial<LegacyCondition> {
  readonly Value?: AttributeValue
  readonly Exists?: boolean
}
export type LegacyConditions = { readonly [name: string]: LegacyCondition }
export type ExpectedAttributes = { readonly [name: string]: ExpectedAttributeValue }
export type AttributeUpdates = { readonly [name: string]: LegacyUpdate }
export type ConditionalOperator = 'AND' | 'OR'

// ── Shapes, for the constraint checks that come first

export function checkExpectedShape(constraints: Constraints, expected: ExpectedAttributes | undefined): void {
  if (isAbsent(expected) || !constraints.map('expected', expected)) return
  for (const [name, condition] of Object.entries(expected)) {
    if (!constraints.map(`expected.${name}.member`, condition)) continue
    constraints.oneOf(`expected.${name}.member.comparisonOperator`, condition.ComparisonOperator, COMPARISON_OPERATORS)
  }
}

export function checkUpdatesShape(constraints: Constraints, updates: AttributeUpdates | undefined): void {
  if (isAbsent(updates) || !constraints.map('attributeUpdates', updates)) return
  for (const [name, update] of Object.entries(updates)) {
    if (!constraints.map(`attributeUpdates.${name}.member`, update)) continue
    constraints.oneOf(`attributeUpdates.${name}.member.action`, update.Action, ['ADD', 'PUT', 'DELETE'])
  }
}

/** `path`: queryFilter, scanFilter or keyConditions. */
export function checkConditionsShape(constraints: Constraints, path: string, conditions: LegacyConditions | undefined): void {
  if (isAbsent(conditions) || !constraints.map(path, conditions)) return
  for (const [name, condition] of Object.entries(conditions)) {
    if (!constraints.map(`${path}.${name}.member`, condition)) continue
    const operator = `${path}.${name}.member.comparisonOperator`
    if (constraints.notNull(operator, condition.ComparisonOperator)) constraints.oneOf(operator, condition.ComparisonOperator, COMPARISON_OPERATORS)
  }
}

export function checkAttributesToGetShape(constraints: Constraints, names: readonly string[] | undefined, path = 'attributesToGet'): void {
  if (!isAbsent(names) && constraints.list(path, names)) constraints.length(path, names, 1, 255)
}

// ── What goes together

/** Throws ValidationException. `conditions`: the Expected, QueryFilter or ScanFilter of the request. */
export function checkConditionalOperator(operator: string | undefined, conditions: object | undefined): void {
  if (isAbsent(operator)) return
  const count = isAbsent(conditions) ? 0 : Object.keys(conditions).length
  if (count === 0) throw new ValidationException('ConditionalOperator cannot be used without Filter or Expected')
  if (count === 1) throw new ValidationException('ConditionalOperator can only be used when Filter or Expected has two or more elements')
  if (operator === 'AND' || operator === 'OR') return
  throw new ValidationException('Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]')
}

// ── Translations, all of which throw ValidationException

export function compileExpected(expected: ExpectedAttributes, operator: ConditionalOperator | undefined): Condition | undefined {
  return joinLegacyTests(
    Object.entries(expected).map(([name, given]) => expectedTest(name, given)),
    operator,
  )
}

export function compileLegacyFilter(conditions: LegacyConditions, operator: ConditionalOperator | undefined): Condition | undefined {
  const tests = Object.entries(conditions).map(([name, condition]) => {
    const values = argumentsOf(condition.AttributeValueList)
    checkLegacyArguments(condition.ComparisonOperator, values)
    return legacyTest(name, condition.ComparisonOperator, values)
  })
  return joinLegacyTests(tests, operator)
}

export function compileAttributeUpdates(updates: AttributeUpdates): Update | undefined {
  return buildLegacyUpdate(
    Object.entries(updates).map(([name, update]) => {
      if (update.Value === undefined) return [name, update]
      return [name, { ...update, Value: canonicalValue(update.Value) }]
    }),
  )
}

export function compileAttributesToGet(names: readonly string[]): Projection {
  const seen = new Set<string>()
  for (const name of names) {
    if (seen.has(name)) throw invalid(`Duplicate value in attribute name: ${name}`)
    seen.add(name)
  }
  return projectionOf(names.map((name) => [name]))
}

/** KeyConditions as the tests of a key condition, and those of their names whose operator no index has. */
export interface LegacyKeyTests {
  readonly tests: readonly KeyTest[]
  readonly unindexable: ReadonlySet<string>
}

const KEY_OPERATORS: { readonly [operator: string]: KeyOperator } = {
  EQ: '=',
  LT: '<',
  LE: '<=',
  GT: '>',
  GE: '>=',
  BETWEEN: 'BETWEEN',
  BEGINS_WITH: 'begins_with',
}

export function compileKeyConditions(conditions: LegacyConditions): LegacyKeyTests {
  const unindexable = new Set<string>()
  const tests = Object.entries(conditions).map(([name, condition]): KeyTest => {
    const values = argumentsOf(condition.AttributeValueList)
    checkLegacyArguments(condition.ComparisonOperator, values)
    const operator = KEY_OPERATORS[condition.ComparisonOperator]
    if (operator === undefined) unindexable.add(name)
    return { name, operator: operator ?? '=', values }
  })
  if (tests.length === 0) throw new ValidationException('Conditions can be of length 1 or 2 only')
  return { tests, unindexable }
}

/** Once the key is known. An attribute of it without a condition is a matter for `resolveKeyCondition`. */
export function checkIndexable({ tests, unindexable }: LegacyKeyTests, key: readonly KeyAttribute[]): void {
  for (const { name } of key) {
    if (!tests.some((test) => test.name === name)) return
    if (unindexable.has(name)) throw new ValidationException('Attempted conditional constraint is not an indexable operation')
  }
}

function expectedTest(name: string, given: ExpectedAttributeValue): Condition {
  const { AttributeValueList: list, ComparisonOperator: operator, Value: value, Exists: exists } = given
  const forAttribute = `for Attribute: ${name}`
  if (list !== undefined && value !== undefined) throw invalid(`Value and AttributeValueList cannot be used together ${forAttribute}`)
  if (operator !== undefined) {
    if (exists !== undefined) throw invalid(`Exists and ComparisonOperator cannot be used together ${forAttribute}`)
    if (operator !== 'NULL' && operator !== 'NOT_NULL' && list === undefined && value === undefined) {
      throw invalid(`Value or AttributeValueList must be used with ComparisonOperator: ${operator} ${forAttribute}`)
    }
    const values = list === undefined ? (value === undefined ? [] : [canonicalValue(value)]) : argumentsOf(list)
    checkLegacyArguments(operator, values)
    return legacyTest(name, operator, values)
  }
  if (list !== undefined) throw invalid(`AttributeValueList can only be used with a ComparisonOperator ${forAttribute}`)
  if (exists === false) {
    if (value !== undefined) throw invalid(`Value cannot be used when Exists is false ${forAttribute}`)
    return legacyTest(name, 'NULL', [])
  }
  if (value === undefined) throw invalid(`Value must be provided when Exists is ${exists === undefined ? 'null' : 'true'} ${forAttribute}`)
  return legacyTest(name, 'EQ', [canonicalValue(value)])
}

function argumentsOf(list: readonly AttributeValue[] | undefined): readonly AttributeValue[] {
  return list === undefined ? [] : list.map((value) => canonicalValue(value))
}

function isAbsent(value: unknown): value is undefined {
  return value === undefined || value === null
}

function invalid(message: string): ValidationException {
  return new ValidationException(`One or more parameter values were invalid: ${message}`)
}
