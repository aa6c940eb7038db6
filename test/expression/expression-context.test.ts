// What a request's expressions share: names and values, which of them were used, and which parameters go together.
import { describe, expect, it } from 'vitest'
import type { ExpressionNames } from '../../src/expression/aliases.ts'
import { checkExpressionParameters, ExpressionContext } from '../../src/expression/expression-context.ts'
import { refusalOf } from './refusal.ts'

describe('ExpressionAttributeNames and ExpressionAttributeValues', () => {
  it('must not be empty', () => {
    expect(refusalOf(() => new ExpressionContext({}, {}))).toBe('ExpressionAttributeNames must not be empty')
    expect(refusalOf(() => new ExpressionContext(undefined, {}))).toBe('ExpressionAttributeValues must not be empty')
  })

  it.each(['a', '#', '#a-b', ':a', '##', ''])('refuses %j as a name placeholder', (placeholder) => {
    expect(refusalOf(() => new ExpressionContext({ [placeholder]: 'a' }, {}))).toBe(
      `ExpressionAttributeNames contains invalid key: Syntax error; key: "${placeholder}"`,
    )
  })

  it.each(['b', ':', ':a.b', '#a', ''])('refuses %j as a value placeholder', (placeholder) => {
    expect(refusalOf(() => new ExpressionContext(undefined, { [placeholder]: 'a' }))).toBe(
      `ExpressionAttributeValues contains invalid key: Syntax error; key: "${placeholder}"`,
    )
  })

  it('bounds placeholders, names and all values together', () => {
    expect(() => new ExpressionContext(undefined, { [`:${'v'.repeat(254)}`]: 1 })).not.toThrow()
    // extenddb, tests/test_expression_attribute_map_validation.py: captured from AWS.
    const tooLong = 'contains invalid key: The expression attribute map contains a key that is too long;'
    expect(refusalOf(() => new ExpressionContext(undefined, { [`:${'v'.repeat(255)}`]: 1 }))).toBe(`ExpressionAttributeValues ${tooLong}`)
    expect(refusalOf(() => new ExpressionContext({ [`#${'n'.repeat(255)}-x`]: 'a' }))).toBe(`ExpressionAttributeNames ${tooLong} size of key: 258`)
    expect(refusalOf(() => new ExpressionContext({ '#a': '' }))).toBe('ExpressionAttributeNames contains invalid value: Empty attribute name for key #a')
    expect(refusalOf(() => new ExpressionContext(undefined, { ':v': 'x'.repeat(2 * 1024 * 1024) }))).toBe('ExpressionAttributeValues exceeds max size')
    expect(refusalOf(() => new ExpressionContext({ '#n': 'x'.repeat(2 * 1024 * 1024) }))).toBe('ExpressionAttributeNames exceeds max size')
  })

  it('must all be used, over all expressions of the request', () => {
    const context = new ExpressionContext({ '#a': 'a', '#b': 'b', '#p': 'p' }, { ':a': 1, ':b': 2 })
    context.update('SET #a = :a')
    context.condition('#b = :b')
    expect(refusalOf(() => context.finish())).toBe('Value provided in ExpressionAttributeNames unused in expressions: keys: {#p}')
    context.projection('#p.x')
    expect(() => context.finish()).not.toThrow()
  })

  it('reports unused names before unused values', () => {
    const context = new ExpressionContext({ '#a': 'a', '#b': 'b' }, { ':a': 1, ':b': 2, ':c': 3 })
    context.condition('a = :b')
    expect(refusalOf(() => context.finish())).toBe('Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}')
    const values = new ExpressionContext(undefined, { ':a': 1, ':b': 2, ':c': 3 })
    values.condition('a = :b')
    expect(refusalOf(() => values.finish())).toBe('Value provided in ExpressionAttributeValues unused in expressions: keys: {:a, :c}')
  })

  it('gives a name that begins with # and one that is reserved their meaning', () => {
    const context = new ExpressionContext({ '#a': '#b', '#b': 'size' }, { ':v': 1 })
    expect(context.condition('#a.#b = :v')).toEqual({
      kind: 'compare',
      operator: '=',
      left: { kind: 'path', path: ['#b', 'size'] },
      right: { kind: 'value', value: 1 },
    })
  })

  it('binds one text anew for each request', () => {
    const text = '#n = :v'
    const first = new ExpressionContext({ '#n': 'a' }, { ':v': 1 }).condition(text)
    const second = new ExpressionContext({ '#n': 'b' }, { ':v': 2 }).condition(text)
    expect(first).toMatchObject({ left: { path: ['a'] }, right: { value: 1 } })
    expect(second).toMatchObject({ left: { path: ['b'] }, right: { value: 2 } })
    expect(refusalOf(() => new ExpressionContext({ '#n': 'b' }).condition(text))).toContain('attribute value: :v')
  })

  it('takes hostile maps as they are', () => {
    const names = JSON.parse('{"#n":"__proto__"}') as ExpressionNames
    expect(new ExpressionContext(names).condition('attribute_exists(#n)')).toEqual({ kind: 'attribute_exists', path: ['__proto__'] })
    expect(refusalOf(() => new ExpressionContext(JSON.parse('{"__proto__":"a"}') as ExpressionNames))).toContain('key: "__proto__"')
  })
})

describe('checkExpressionParameters', () => {
  const UPDATE = ['UpdateExpression', 'ConditionExpression'] as const
  const LEGACY = ['AttributeUpdates', 'Expected'] as const

  it('keeps expressions and what came before them apart', () => {
    const input = { AttributeUpdates: {}, Expected: {}, UpdateExpression: '', ConditionExpression: '', ExpressionAttributeNames: {} }
    expect(refusalOf(() => checkExpressionParameters(input, UPDATE, LEGACY))).toBe(
      'Can not use both expression and non-expression parameters in the same request: ' +
        'Non-expression parameters: {AttributeUpdates, Expected} Expression parameters: {UpdateExpression, ConditionExpression}',
    )
  })

  it('wants an expression where names or values are given', () => {
    expect(refusalOf(() => checkExpressionParameters({ ExpressionAttributeNames: {}, ExpressionAttributeValues: {} }, UPDATE))).toBe(
      'ExpressionAttributeNames can only be specified when using expressions',
    )
    expect(refusalOf(() => checkExpressionParameters({ ExpressionAttributeValues: {} }, UPDATE))).toBe(
      'ExpressionAttributeValues can only be specified when using expressions',
    )
    expect(refusalOf(() => checkExpressionParameters({ ProjectionExpression: 'a', ExpressionAttributeValues: {} }, ['ProjectionExpression', 'FilterExpression']))).toBe(
      'ExpressionAttributeValues can only be specified when using expressions: FilterExpression is null',
    )
  })

  it('lets what goes together pass', () => {
    expect(() => checkExpressionParameters({ AttributeUpdates: {} }, UPDATE, LEGACY)).not.toThrow()
    expect(() => checkExpressionParameters({ UpdateExpression: '', AttributeUpdates: null, ExpressionAttributeValues: {} }, UPDATE, LEGACY)).not.toThrow()
    expect(() => checkExpressionParameters({}, UPDATE, LEGACY)).not.toThrow()
  })
})
