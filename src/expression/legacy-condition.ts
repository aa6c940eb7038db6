// Conditions from before expressions (Expected, QueryFilter, ScanFilter) as the trees that expressions become. Names are
// top-level attributes, taken literally (Developer Guide: LegacyConditionalParameters.Conditions).
import type { AttributeValue } from '../model/attribute-value.ts'
import { compareValues, typeOf } from '../model/attribute.ts'
import { ValidationException } from '../model/errors.ts'
import type { Comparator } from './data.ts'
import type { Condition } from './tree.ts'

/** In the order in which AWS's messages list them. */
export const COMPARISON_OPERATORS = [
  'IN',
  'NULL',
  'BETWEEN',
  'LT',
  'NOT_CONTAINS',
  'EQ',
  'GT',
  'NOT_NULL',
  'NE',
  'LE',
  'BEGINS_WITH',
  'GE',
  'CONTAINS',
] as const
export type ComparisonOperator = (typeof COMPARISON_OPERATORS)[number]

const COMPARATORS: { readonly [operator: string]: Comparator } = { EQ: '=', NE: '<>', LT: '<', LE: '<=', GT: '>', GE: '>=' }
const SCALARS = ['S', 'N', 'B']

/** Throws ValidationException, with DynamoDB's texts, for a wrong number of values and for values of a wrong type. */
export function checkLegacyArguments(operator: ComparisonOperator, values: readonly AttributeValue[]): void {
  const [first, second] = values
  if (!takesCount(operator, values.length)) {
    throw invalid(`Invalid number of argument(s) for the ${operator} ComparisonOperator`)
  }
  if (first === undefined) return
  const type = typeOf(first)
  if (values.some((value) => typeOf(value) !== type)) throw invalid('AttributeValues inside AttributeValueList must be of same type')
  if (operator !== 'EQ' && operator !== 'NE' && !(operator === 'BEGINS_WITH' ? ['S', 'B'] : SCALARS).includes(type)) {
    throw invalid(`ComparisonOperator ${operator} is not valid for ${type} AttributeValue type`)
  }
  if (operator === 'BETWEEN' && second !== undefined && (compareValues(first, second) ?? 0) > 0) {
    throw new ValidationException('The BETWEEN condition was provided a range where the lower bound is greater than the upper bound')
  }
}

/** One attribute's condition, whose arguments have been checked. */
export function legacyTest(name: string, operator: ComparisonOperator, values: readonly AttributeValue[]): Condition {
  const path = [name] as const
  const operand = { kind: 'path', path } as const
  const [first, second] = values.map((value) => ({ kind: 'value', value }) as const)
  if (operator === 'NULL') return { kind: 'attribute_not_exists', path }
  if (operator === 'NOT_NULL' || first === undefined) return { kind: 'attribute_exists', path }
  switch (operator) {
    case 'IN':
      return { kind: 'in', operand, candidates: values.map((value) => ({ kind: 'value', value })) }
    case 'BETWEEN':
      return { kind: 'between', operand, lower: first, upper: second ?? first }
    case 'BEGINS_WITH':
      return { kind: 'begins_with', operand, prefix: first }
    case 'CONTAINS':
      return { kind: 'contains', operand, sought: first }
    case 'NOT_CONTAINS':
      // Unlike NE, it is false of what is absent.
      return {
        kind: 'and',
        conditions: [{ kind: 'attribute_exists', path }, { kind: 'not', condition: { kind: 'contains', operand, sought: first } }],
      }
    default:
      return { kind: 'compare', operator: COMPARATORS[operator] ?? '=', left: operand, right: first }
  }
}

/** All of them, or any (ConditionalOperator OR); undefined for none. */
export function joinLegacyTests(tests: readonly Condition[], conditionalOperator: string | undefined): Condition | undefined {
  if (tests.length < 2) return tests[0]
  return { kind: conditionalOperator === 'OR' ? 'or' : 'and', conditions: tests }
}

function takesCount(operator: ComparisonOperator, count: number): boolean {
  switch (operator) {
    case 'NULL':
    case 'NOT_NULL':
      return count === 0
    case 'BETWEEN':
      return count === 2
    case 'IN':
      return count > 0
    default:
      return count === 1
  }
}

function invalid(message: string): ValidationException {
  return new ValidationException(`One or more parameter values were invalid: ${message}`)
}
