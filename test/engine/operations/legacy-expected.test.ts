// Expected and ConditionalOperator. Texts: dynalite, validations/index.js (validateAttributeConditions), in the envelope
// that AWS has put around them since 2026 (paritysuite/dynamodb-conformance, tests/tier3/error-messages/deleteItem.test.ts);
// what conditions mean: scylladb, test/alternator/test_expected.py, whose tests pass on AWS.
import { describe, expect, it } from 'vitest'
import { openEngine, simpleTable } from '../engine-fixture.ts'

const item = {
  id: 'a',
  n: 1,
  s: 'cat',
  b: { B: 'Y2F0' },
  list: [2, 4, 7],
  ns: { NS: [2, 4, 7] },
  nothing: null,
}

async function open() {
  const { run } = await openEngine()
  await run('CreateTable', simpleTable('Things'))
  await run('PutItem', { TableName: 'Things', Item: item })
  const update = (Expected: object, more: object = {}) =>
    run('UpdateItem', { TableName: 'Things', Key: { id: 'a' }, AttributeUpdates: { z: { Value: 1 } }, Expected, ...more })
  const holds = async (Expected: object, more: object = {}): Promise<boolean> =>
    await update(Expected, more).then(
      () => true,
      (error: Error) => {
        if (error.name !== 'ConditionalCheckFailedException') throw error
        return false
      },
    )
  return { run, update, holds }
}

const test = (ComparisonOperator: string, ...AttributeValueList: unknown[]) => ({ ComparisonOperator, AttributeValueList })

describe('Expected', () => {
  it.each<[string, object, boolean]>([
    ['EQ', { n: test('EQ', 1) }, true],
    ['EQ of another type', { n: test('EQ', '1') }, false],
    ['EQ of a list', { list: test('EQ', [2, 4, 7]) }, true],
    ['EQ of NULL', { nothing: test('EQ', null) }, true],
    ['NE', { n: test('NE', 2) }, true],
    ['NE of another type', { n: test('NE', '1') }, true],
    ['NE of what is absent', { q: test('NE', 1) }, true],
    ['LE', { n: test('LE', 1) }, true],
    ['LE of another type', { n: test('LE', '1') }, false],
    ['LT', { s: test('LT', 'dog') }, true],
    ['GE', { b: test('GE', { B: 'Y2F0' }) }, true],
    ['GT', { n: test('GT', 1) }, false],
    ['NOT_NULL', { nothing: test('NOT_NULL') }, true],
    ['NOT_NULL of what is absent', { q: test('NOT_NULL') }, false],
    ['NULL', { q: { ComparisonOperator: 'NULL' } }, true],
    ['NULL of a NULL value', { nothing: test('NULL') }, false],
    ['CONTAINS in text', { s: test('CONTAINS', 'at') }, true],
    ['CONTAINS in a set', { ns: test('CONTAINS', 4) }, true],
    ['CONTAINS in a list', { list: test('CONTAINS', 5) }, false],
    ['CONTAINS of what is absent', { q: test('CONTAINS', 5) }, false],
    ['NOT_CONTAINS', { list: test('NOT_CONTAINS', 5) }, true],
    ['NOT_CONTAINS, though contained', { ns: test('NOT_CONTAINS', 4) }, false],
    ['NOT_CONTAINS of what is absent, surprisingly', { q: test('NOT_CONTAINS', 5) }, false],
    ['BEGINS_WITH', { s: test('BEGINS_WITH', 'ca') }, true],
    ['IN', { n: test('IN', 3, 2, 1) }, true],
    ['BETWEEN', { n: test('BETWEEN', 0, 1) }, true],
    ['Value alone', { n: { Value: 1 } }, true],
    ['Value with Exists', { n: { Value: 2, Exists: true } }, false],
    ['Value with ComparisonOperator', { n: { Value: 0, ComparisonOperator: 'GT' } }, true],
    ['Exists false', { q: { Exists: false } }, true],
    ['Exists false of what is there', { n: { Exists: false } }, false],
    ['two, of which one fails', { n: test('EQ', 1), s: test('EQ', 'dog') }, false],
  ])('%s', async (_, expected, outcome) => {
    const { holds } = await open()
    expect(await holds(expected)).toBe(outcome)
  })

  it('joins by AND, or by OR', async () => {
    const { holds } = await open()
    const both = { n: test('EQ', 1), s: test('EQ', 'dog') }
    expect(await holds(both, { ConditionalOperator: 'AND' })).toBe(false)
    expect(await holds(both, { ConditionalOperator: 'OR' })).toBe(true)
  })

  it('guards puts and deletes too, and tells the item that failed it', async () => {
    const { run } = await open()
    const unless = { Expected: { id: { Exists: false } }, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }
    await expect(run('PutItem', { TableName: 'Things', Item: { id: 'a' }, ...unless })).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      item: { attributes: item },
    })
    await run('PutItem', { TableName: 'Things', Item: { id: 'b' }, ...unless })
    await expect(run('DeleteItem', { TableName: 'Things', Key: { id: 'b' }, ...unless })).rejects.toThrow('The conditional request failed')
    expect(await run('DeleteItem', { TableName: 'Things', Key: { id: 'b' }, Expected: { id: { Value: 'b' } } })).toEqual({})
  })

  const invalid = 'One or more parameter values were invalid: '
  it.each<[string, object, string]>([
    ['Value and AttributeValueList', { a: { Value: 'x', ...test('EQ', 'x') } }, `${invalid}Value and AttributeValueList cannot be used together for Attribute: a`],
    ['Exists and ComparisonOperator', { a: { Exists: true, ...test('EQ', 'x') } }, `${invalid}Exists and ComparisonOperator cannot be used together for Attribute: a`],
    [
      'an operator alone',
      { a: { ComparisonOperator: 'EQ' } },
      `${invalid}Value or AttributeValueList must be used with ComparisonOperator: EQ for Attribute: a`,
    ],
    ['values without an operator', { a: { AttributeValueList: ['x'] } }, `${invalid}AttributeValueList can only be used with a ComparisonOperator for Attribute: a`],
    ['nothing', { a: {} }, `${invalid}Value must be provided when Exists is null for Attribute: a`],
    ['Exists true without a value', { a: { Exists: true } }, `${invalid}Value must be provided when Exists is true for Attribute: a`],
    ['Exists false with a value', { a: { Exists: false, Value: 'x' } }, `${invalid}Value cannot be used when Exists is false for Attribute: a`],
    ['too few values', { a: test('BETWEEN', 'x') }, `${invalid}Invalid number of argument(s) for the BETWEEN ComparisonOperator`],
    ['too many values', { a: test('LE', 1, 2) }, `${invalid}Invalid number of argument(s) for the LE ComparisonOperator`],
    ['a value for NULL', { a: test('NULL', 1) }, `${invalid}Invalid number of argument(s) for the NULL ComparisonOperator`],
    ['none for IN', { a: test('IN') }, `${invalid}Invalid number of argument(s) for the IN ComparisonOperator`],
    ['values of different types', { a: test('IN', 1, 'x') }, `${invalid}AttributeValues inside AttributeValueList must be of same type`],
    ['a type that the operator has not', { a: test('CONTAINS', [1]) }, `${invalid}ComparisonOperator CONTAINS is not valid for L AttributeValue type`],
    ['bounds the wrong way round', { a: test('BETWEEN', 2, 1) }, 'The BETWEEN condition was provided a range where the lower bound is greater than the upper bound'],
  ])('refuses %s', async (_, expected, text) => {
    const { run, update } = await open()
    const message = `1 validation error detected: ${text}`
    await expect(update(expected)).rejects.toMatchObject({ name: 'ValidationException', message })
    // Before the table is looked for.
    await expect(run('DeleteItem', { TableName: 'Absent', Key: { id: 'a' }, Expected: expected })).rejects.toThrow(message)
  })

  it('refuses operators that do not exist', async () => {
    const { update } = await open()
    await expect(update({ a: test('LIKE', 1) })).rejects.toThrow(
      "1 validation error detected: Value 'LIKE' at 'expected.a.member.comparisonOperator' failed to satisfy constraint: Member must satisfy enum value set: " +
        '[IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]',
    )
  })
})

// extenddb, tests/test_conditional_operator.py (run against AWS); paritysuite, validation-ordering/query.test.ts.
describe('ConditionalOperator', () => {
  const one = (text: string): string => `1 validation error detected: ${text}`
  const without = 'ConditionalOperator cannot be used without Filter or Expected'
  const single = 'ConditionalOperator can only be used when Filter or Expected has two or more elements'
  const unknown = 'Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]'
  const key = { TableName: 'Things', Key: { id: 'a' } }
  const keyConditions = { KeyConditions: { id: test('EQ', 'a') } }
  const two = { a: { ComparisonOperator: 'NULL' }, b: { ComparisonOperator: 'NULL' } }

  it.each<[string, object, string]>([
    ['PutItem', { TableName: 'Things', Item: { id: 'a' }, ConditionalOperator: 'AND' }, one(without)],
    ['UpdateItem', { ...key, ConditionalOperator: 'AND' }, one(without)],
    ['DeleteItem', { ...key, ConditionalOperator: 'OR', Expected: { a: test('EQ', 1) } }, one(single)],
    ['PutItem', { TableName: 'Things', Item: { id: 'a' }, ConditionalOperator: 'XOR', Expected: two }, one(unknown)],
    ['Scan', { TableName: 'Things', ConditionalOperator: 'AND', ScanFilter: {} }, without],
    ['Scan', { TableName: 'Things', ConditionalOperator: 'AND', ScanFilter: { a: test('EQ', 1) } }, single],
    ['Query', { TableName: 'Things', ConditionalOperator: 'AND' }, without],
    ['Query', { TableName: 'Things', ConditionalOperator: 'AND', ...keyConditions, QueryFilter: { a: test('EQ', 1) } }, single],
    ['Query', { TableName: 'Absent', ConditionalOperator: 'XOR', ...keyConditions, QueryFilter: two, Select: 'BOGUS' }, unknown],
  ])('of %s %j', async (operation, input, text) => {
    const { run } = await open()
    await expect(run(operation, input)).rejects.toMatchObject({ name: 'ValidationException', message: text })
  })
})
