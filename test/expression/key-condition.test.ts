// Key conditions of Query: what they may say, and what a key schema makes of them. Several partition and sort attributes:
// FACTS section 1, "GSI multi-attribute query".
import { describe, expect, it } from 'vitest'
import { ExpressionContext } from '../../src/expression/expression-context.ts'
import { resolveKeyCondition, splitKeyCondition, type KeyCondition, type QueryKeySchema } from '../../src/expression/key-condition.ts'
import type { AttributeMap } from '../../src/model/attribute-value.ts'
import type { KeyAttribute } from '../../src/model/table.ts'
import { refusalOf } from './refusal.ts'

const VALUES: AttributeMap = { ':a': 'A', ':b': 'B', ':n': 1, ':m': 2, ':bin': { B: 'AQ==' }, ':empty': '', ':none': { B: '' }, ':t': true }

const keys = (...names: readonly string[]): readonly KeyAttribute[] =>
  names.map((name) => ({ name, type: name.startsWith('n') ? 'N' : name.startsWith('bin') ? 'B' : 'S' }))
const HASH: QueryKeySchema = { partitionKeys: keys('p'), sortKeys: [] }
const RANGE: QueryKeySchema = { partitionKeys: keys('p'), sortKeys: keys('s') }
const MULTI: QueryKeySchema = { partitionKeys: keys('p', 'p2'), sortKeys: keys('s', 'n', 's3') }

const split = (text: string) => splitKeyCondition(new ExpressionContext(undefined, VALUES).keyCondition(text))
const resolved = (text: string, schema: QueryKeySchema): KeyCondition => resolveKeyCondition(split(text), schema)

describe('what a key condition may not say', () => {
  it.each([
    ['a > b and size(b) > c or a > c', 'OR'],
    ['a in (b, size(c), d)', 'IN'],
    ['attribute_exists(a)', 'attribute_exists'],
    ['attribute_not_exists(a)', 'attribute_not_exists'],
    ['attribute_type(a, :x)', 'attribute_type'],
    ['contains(a.d, b)', 'contains'],
    ['not a > b', 'NOT'],
    ['not not a > b', 'NOT'],
    ['a <> b', '<>'],
    ['a = :a and (b = :a or c = :a)', 'OR'],
  ])('%s', (text, operator) => {
    const values = { ...VALUES, ':x': 'S' }
    expect(refusalOf(() => splitKeyCondition(new ExpressionContext(undefined, values).keyCondition(text)))).toBe(
      `Invalid operator used in KeyConditionExpression: ${operator}`,
    )
  })

  it.each([
    [':a between size(b) and size(a) and b > :b', 'Invalid condition in KeyConditionExpression: BETWEEN operator must have the key attribute as its first operand'],
    ['begins_with(:a, b) and a > :b', 'Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first operand'],
    ['size(b) > a AND a.b > b AND b > c', 'Invalid KeyConditionExpression: KeyConditionExpressions cannot contain nested operations'],
    ['a > size(b.d)', 'Invalid KeyConditionExpression: KeyConditionExpressions cannot contain nested operations'],
    ['a between size(b) and size(a)', 'Invalid KeyConditionExpression: KeyConditionExpressions cannot contain nested operations'],
    ['b > a.b', 'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition'],
    ['b between c[1] and d', 'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition'],
    ['a between b and size(a)', 'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition'],
    ['begins_with(a, b)', 'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition'],
    ['b.d > a AND c.d > e.f', 'Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes'],
    ['b[0] > a', 'Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes'],
    [':b > :a AND a < :b', 'Invalid condition in KeyConditionExpression: No key attribute specified'],
    ['b > :a AND b < :a and c = :a and d = :a', 'Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key'],
    ['(a > :a and b > :a) and (b > :a and c > :a)', 'Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key'],
  ])('%s', (text, message) => {
    expect(refusalOf(() => split(text))).toBe(message)
  })

  it.each([
    ['a between :n and :a', 'same data type for lower and upper bounds', '{N:1}', '{S:A}'],
    ['a between :b and :a', 'upper bound to be greater than or equal to lower bound', '{S:B}', '{S:A}'],
  ])('%s', (text, requirement, lower, upper) => {
    expect(refusalOf(() => split(text))).toBe(
      `Invalid KeyConditionExpression: The BETWEEN operator requires ${requirement}; lower bound operand: AttributeValue: ${lower}, upper bound operand: AttributeValue: ${upper}`,
    )
  })

  it('begins_with a number', () => {
    expect(refusalOf(() => split('p = :a AND begins_with(s, :n)'))).toBe(
      'Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N',
    )
  })
})

describe('a key condition on one partition and one sort attribute', () => {
  it.each([
    ['p = :a', { partition: ['A'], sort: { equal: [] } }],
    [':a = p', { partition: ['A'], sort: { equal: [] } }],
    ['s = :b AND p = :a', { partition: ['A'], sort: { equal: ['B'] } }],
    ['(p = :a) AND (s < :b)', { partition: ['A'], sort: { equal: [], last: { operator: '<', values: ['B'] } } }],
    ['p = :a AND :b <= s', { partition: ['A'], sort: { equal: [], last: { operator: '>=', values: ['B'] } } }],
    ['p = :a AND :b > s', { partition: ['A'], sort: { equal: [], last: { operator: '<', values: ['B'] } } }],
    ['p = :a AND s BETWEEN :a AND :b', { partition: ['A'], sort: { equal: [], last: { operator: 'BETWEEN', values: ['A', 'B'] } } }],
    ['begins_with(s, :b) AND p = :a', { partition: ['A'], sort: { equal: [], last: { operator: 'begins_with', values: ['B'] } } }],
  ] as const)('%s', (text, expected) => {
    expect(resolved(text, RANGE)).toEqual(expected)
  })

  it.each([
    ['s = :a', RANGE, 'Query condition missed key schema element: p'],
    ['q = :a', RANGE, 'Query condition missed key schema element: p'],
    ['p = :a AND q = :b', RANGE, 'Query condition missed key schema element: s'],
    ['q = :a AND s = :b', RANGE, 'Query condition missed key schema element: p'],
    ['q = :a', HASH, 'Query condition missed key schema element: p'],
    ['p = :a AND q = :b', HASH, 'The number of query conditions (2) exceeds the number of key attributes defined in the schema (1)'],
    ['p > :a', HASH, 'Query key condition not supported'],
    ['begins_with(p, :a)', RANGE, 'Query key condition not supported'],
    ['p BETWEEN :a AND :b AND s = :a', RANGE, 'Query key condition not supported'],
    ['p = :a AND s = :b AND q = :b', RANGE, 'The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)'],
    ['p = :n', RANGE, 'One or more parameter values were invalid: Condition parameter type does not match schema type'],
    ['p = :a AND s > :n', RANGE, 'One or more parameter values were invalid: Condition parameter type does not match schema type'],
    ['p = :t', HASH, 'One or more parameter values were invalid: Condition parameter type does not match schema type'],
    ['p > :n', HASH, 'One or more parameter values were invalid: Condition parameter type does not match schema type'],
    ['p = :empty', HASH, 'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: p'],
    ['p = :a AND s = :empty', RANGE, 'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: s'],
  ] as const)('%s is refused', (text, schema, message) => {
    expect(refusalOf(() => resolved(text, schema))).toBe(message)
  })

  it('refuses empty binary', () => {
    expect(refusalOf(() => resolved('bin = :none', { partitionKeys: keys('bin'), sortKeys: [] }))).toContain('cannot contain an empty binary value. Key: bin')
  })
})

describe('a key condition on several partition and sort attributes', () => {
  it.each([
    ['p2 = :b AND p = :a', { partition: ['A', 'B'], sort: { equal: [] } }],
    ['p = :a AND p2 = :b AND s = :a', { partition: ['A', 'B'], sort: { equal: ['A'] } }],
    ['p = :a AND p2 = :b AND begins_with(s, :a)', { partition: ['A', 'B'], sort: { equal: [], last: { operator: 'begins_with', values: ['A'] } } }],
    ['n > :n AND p = :a AND p2 = :b AND s = :a', { partition: ['A', 'B'], sort: { equal: ['A'], last: { operator: '>', values: [1] } } }],
    ['p = :a AND p2 = :b AND s = :a AND n = :m AND s3 = :b', { partition: ['A', 'B'], sort: { equal: ['A', 2, 'B'] } }],
    ['p = :a AND p2 = :b AND s = :a AND n = :m AND s3 BETWEEN :a AND :b', { partition: ['A', 'B'], sort: { equal: ['A', 2], last: { operator: 'BETWEEN', values: ['A', 'B'] } } }],
  ] as const)('%s', (text, expected) => {
    expect(resolved(text, MULTI)).toEqual(expected)
  })

  it.each([
    ['p = :a', 'Query condition missed key schema element: p2'],
    ['p = :a AND s = :a', 'Query condition missed key schema element: p2'],
    ['p = :a AND p2 > :a', 'Query key condition not supported'],
    ['p = :a AND p2 = :b AND n = :n', 'RANGE key attributes s must have equality conditions specified in the query because a condition is present on key attribute n'],
    ['p = :a AND p2 = :b AND s = :a AND s3 = :a', 'RANGE key attributes n must have equality conditions specified in the query because a condition is present on key attribute s3'],
    ['p = :a AND p2 = :b AND s > :a AND n = :n', 'RANGE key attributes s must have equality conditions specified in the query because a condition is present on key attribute n'],
    ['p = :a AND p2 = :b AND s > :a AND n > :n', 'RANGE key attributes s must have equality conditions specified in the query because a condition is present on key attribute n'],
    [
      'p = :a AND p2 = :b AND s = :a AND n = :n AND s3 = :a AND q = :a',
      'The number of query conditions (6) exceeds the number of key attributes defined in the schema (5)',
    ],
    ['p = :a AND p2 = :b AND s = :a AND n = :a', 'One or more parameter values were invalid: Condition parameter type does not match schema type'],
  ] as const)('%s is refused', (text, message) => {
    expect(refusalOf(() => resolved(text, MULTI))).toBe(message)
  })
})
