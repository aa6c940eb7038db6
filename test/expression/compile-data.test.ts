// The plain-data forms: they make the trees that the texts make, and are refused for what the texts are refused for.
import { describe, expect, it } from 'vitest'
import { applyUpdate } from '../../src/expression/apply-update.ts'
import { compileCondition, compileKeyCondition, compileProjection, compileUpdate } from '../../src/expression/compile-data.ts'
import type { ConditionData, TestData, UpdateData } from '../../src/expression/data.ts'
import { ExpressionContext } from '../../src/expression/expression-context.ts'
import { splitKeyCondition } from '../../src/expression/key-condition.ts'
import { parsePathText } from '../../src/expression/parse-path.ts'
import type { AttributeMap } from '../../src/model/attribute-value.ts'
import { refusalOf } from './refusal.ts'

const VALUES: AttributeMap = { ':n': 1, ':m': 2, ':s': 'x', ':t': 'SS', ':l': ['x'], ':ss': { SS: ['x'] }, ':b': true }
const used = (text: string) => Object.fromEntries(Object.entries(VALUES).filter(([name]) => new RegExp(`${name}\\b`).test(text)))
const contextOf = (text: string) => new ExpressionContext(undefined, Object.keys(used(text)).length > 0 ? used(text) : undefined)

describe('conditions as data', () => {
  it.each<[string, ConditionData]>([
    ['a = :n', { tests: [['a', ['=', { value: 1 }]]] }],
    ['a.b[0] <> c', { tests: [['a.b[0]', ['<>', { path: 'c' }]]] }],
    ['a < :n AND b >= :m AND c = d', { tests: [['a', ['<', { value: 1 }]], ['b', ['>=', { value: 2 }]], ['c', ['=', { path: 'd' }]]] }],
    ['a BETWEEN :n AND b', { tests: [['a', ['between', { value: 1 }, { path: 'b' }]]] }],
    ['a IN (:n, :s, b)', { tests: [['a', ['in', { value: 1 }, { value: 'x' }, { path: 'b' }]]] }],
    ['begins_with(a, :s)', { tests: [['a', ['begins_with', { value: 'x' }]]] }],
    ['contains(a.b, c)', { tests: [['a.b', ['contains', { path: 'c' }]]] }],
    ['attribute_exists(a)', { tests: [['a', ['attribute_exists']]] }],
    ['attribute_not_exists(a[1])', { tests: [['a[1]', ['attribute_not_exists']]] }],
    ['attribute_type(a, :t)', { tests: [['a', ['attribute_type', 'SS']]] }],
    ['size(a) > :n', { tests: [['a', ['size', ['>', { value: 1 }]]]] }],
    ['size(a) BETWEEN :n AND :m', { tests: [['a', ['size', ['between', { value: 1 }, { value: 2 }]]]] }],
    ['NOT a = :n', { not: { tests: [['a', ['=', { value: 1 }]]] } }],
    ['a = :n OR (b = :m AND NOT attribute_exists(c))', {
      or: [
        { tests: [['a', ['=', { value: 1 }]]] },
        { and: [{ tests: [['b', ['=', { value: 2 }]]] }, { not: { tests: [['c', ['attribute_exists']]] } }] },
      ],
    }],
    ['a = :n OR begins_with(b, :s)', {
      or: [
        { raw: '#x = :y', names: { '#x': 'a' }, values: { ':y': 1 } },
        { raw: 'begins_with(b, :y)', values: { ':y': 'x' } },
      ],
    }],
  ])('are %s', (text, data) => {
    expect(compileCondition(data)).toEqual(contextOf(text).condition(text))
  })

  it.each<[string, ConditionData]>([
    ['a = a', { tests: [['a', ['=', { path: 'a' }]]] }],
    ['a < :b', { tests: [['a', ['<', { value: true }]]] }],
    ['a BETWEEN :m AND :n', { tests: [['a', ['between', { value: 2 }, { value: 1 }]]] }],
    ['begins_with(a, :n)', { tests: [['a', ['begins_with', { value: 1 }]]] }],
    ['attribute_type(a, :s)', { tests: [['a', ['attribute_type', 'x']]] }],
    ['attribute_exists(size(a))', { tests: [['a', ['size', ['attribute_exists']]]] }],
    ['size(size(a)) = :n', { tests: [['a', ['size', ['size', ['=', { value: 1 }]]]]] }],
    ['', { tests: [] }],
    ['', { or: [] }],
    ['', { and: [] }],
    ['a b', { raw: 'a b' }],
    ['a = :y', { raw: 'a = :y' }],
  ])('are refused as %j is', (text, data) => {
    expect(refusalOf(() => compileCondition(data))).toBe(refusalOf(() => contextOf(text).condition(text)))
    expect(refusalOf(() => compileCondition(data, 'FilterExpression'))).toBe(refusalOf(() => contextOf(text).filter(text)))
  })

  it('keep each raw part to its own names and values', () => {
    const raw = (values: AttributeMap): ConditionData => ({ and: [{ raw: 'a = :v', values: { ':v': 1 } }, { raw: 'b = :v', values }] })
    expect(compileCondition(raw({ ':v': 2 }))).toMatchObject({ conditions: [{ right: { value: 1 } }, { right: { value: 2 } }] })
    expect(refusalOf(() => compileCondition(raw({ ':v': 2, ':w': 3 })))).toBe('Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}')
  })

  it('have the limits of texts', () => {
    const tests = (count: number) => Array.from({ length: count }, (): [string, TestData] => ['a', ['=', { value: 1 }]])
    expect(() => compileCondition({ tests: tests(150) })).not.toThrow()
    expect(refusalOf(() => compileCondition({ tests: tests(151) }))).toBe(
      'Invalid ConditionExpression: The expression contains too many operators; operator count: 301',
    )
    expect(refusalOf(() => compileCondition({ tests: [['a', ['in', ...Array.from({ length: 101 }, (_, value) => ({ value }))]]] }))).toBe(
      'Invalid ConditionExpression: The IN operator is provided with too many operands; number of operands: 101',
    )
    expect(refusalOf(() => compileCondition({ tests: [['a', ['in']]] }))).toContain('operator or function: IN, number of operands: 0')
  })

  it('nest no deeper than operators go', () => {
    let not: ConditionData = { tests: [['a', ['attribute_exists']]] }
    let and: ConditionData = not
    for (let i = 0; i < 20_000; i++) {
      not = { not }
      and = { and: [and] }
    }
    let size: TestData = ['=', { value: 1 }]
    for (let i = 0; i < 20_000; i++) size = ['size', size]
    for (const data of [not, and, { tests: [['a', size]] } as ConditionData]) {
      expect(refusalOf(() => compileCondition(data))).toContain('The expression contains too many operators')
    }
  })

  it('of another release are refused by name', () => {
    expect(refusalOf(() => compileCondition({ tests: [['a', ['matches', { value: 1 }] as unknown as TestData]] }))).toBe(
      'Invalid ConditionExpression: Invalid function name; function: matches',
    )
  })
})

describe('key conditions as data', () => {
  it('name attributes, not paths', () => {
    const condition = compileKeyCondition({ tests: [['p.q', ['=', { value: 'x' }]], ['s', ['begins_with', { value: 'y' }]]] })
    expect(splitKeyCondition(condition)).toEqual([
      { name: 'p.q', operator: '=', values: ['x'] },
      { name: 's', operator: 'begins_with', values: ['y'] },
    ])
  })

  it('are refused as texts are', () => {
    expect(refusalOf(() => compileKeyCondition({ tests: [['s', ['between', { value: 2 }, { value: 1 }]]] }))).toContain(
      'Invalid KeyConditionExpression: The BETWEEN operator requires upper bound',
    )
    expect(refusalOf(() => splitKeyCondition(compileKeyCondition({ tests: [['s', ['contains', { value: 2 }]]] })))).toBe(
      'Invalid operator used in KeyConditionExpression: contains',
    )
    expect(refusalOf(() => splitKeyCondition(compileKeyCondition({ tests: [['s', ['size', ['=', { value: 2 }]]]] })))).toBe(
      'Invalid KeyConditionExpression: KeyConditionExpressions cannot contain nested operations',
    )
    expect(refusalOf(() => compileKeyCondition({ tests: [] }))).toBe('Invalid KeyConditionExpression: The expression can not be empty;')
  })
})

describe('updates as data', () => {
  it.each<[string, UpdateData]>([
    ['SET a = :n, b.c[0] = :s', { set: [['a', { value: 1 }], ['b.c[0]', { value: 'x' }]] }],
    ['SET a = if_not_exists(a, :n), b = b + :m', { set: [['a', { ifNotExists: 1 }], ['b', { plus: 2 }]] }],
    ['SET l = list_append(l, :l), m.l = list_append(:l, m.l)', { set: [['l', { append: ['x'] }], ['m.l', { prepend: ['x'] }]] }],
    ['SET a = :n REMOVE b, c[1] ADD d :m DELETE e :ss', { delete: [['e', { SS: ['x'] }]], set: [['a', { value: 1 }]], add: [['d', 2]], remove: ['b', 'c[1]'] }],
    ['SET a = a - :n', { raw: 'SET #a = #a - :v', names: { '#a': 'a' }, values: { ':v': 1 } }],
  ])('are %s', (text, data) => {
    expect(compileUpdate(data)).toEqual(contextOf(text).update(text))
  })

  it.each<[string, UpdateData]>([
    ['', {}],
    ['', { set: [], remove: [] }],
    ['SET a = :n REMOVE a.b', { set: [['a', { value: 1 }]], remove: ['a.b'] }],
    ['SET a.b = :n, a[0] = :n', { set: [['a.b', { value: 1 }], ['a[0]', { value: 1 }]] }],
    ['ADD a :s', { add: [['a', 'x']] }],
    ['DELETE a :n', { delete: [['a', 1]] }],
    ['SET a = a + :s', { set: [['a', { plus: 'x' }]] }],
    ['SET a = list_append(a, :n)', { set: [['a', { append: 1 }]] }],
    ['SET a = list_append(:s, a)', { set: [['a', { prepend: 'x' }]] }],
    ['SET a', { raw: 'SET a' }],
  ])('are refused as %j is', (text, data) => {
    expect(refusalOf(() => compileUpdate(data))).toBe(refusalOf(() => contextOf(text).update(text)))
  })

  it('take any number of assignments, and names that are reserved in texts', () => {
    const set = Array.from({ length: 1000 }, (_, i) => [`size.name${i}`, { value: i }] as const)
    const { attributes } = applyUpdate(compileUpdate({ set }), { size: { M: {} } }, {})
    expect(attributes).toEqual({ size: { M: Object.fromEntries(set.map(([path, { value }]) => [path.slice(5), value])) } })
    const sums = Array.from({ length: 301 }, (_, i) => [`a${i}`, { plus: 1 }] as const)
    expect(refusalOf(() => compileUpdate({ set: sums }))).toBe('Invalid UpdateExpression: The expression contains too many operators; operator count: 301')
  })
})

describe('projections as data', () => {
  it('are lists of paths', () => {
    expect(compileProjection(['a', 'b.c', 'd[2]', 'b.e'])).toEqual(new ExpressionContext().projection('a, b.c, d[2], b.e'))
    expect(refusalOf(() => compileProjection([]))).toBe('Invalid ProjectionExpression: The expression can not be empty;')
    expect(refusalOf(() => compileProjection(['a', 'a.b']))).toContain('Invalid ProjectionExpression: Two document paths overlap')
  })
})

describe('path texts', () => {
  it.each([
    ['a', ['a']],
    ['address.lines[0]', ['address', 'lines', 0]],
    ['a[0][12].b', ['a', 0, 12, 'b']],
    ['with space.#x.:y.0', ['with space', '#x', ':y', '0']],
    ['__proto__.constructor', ['__proto__', 'constructor']],
    ['naïve.日本', ['naïve', '日本']],
  ])('%s', (text, path) => {
    expect(parsePathText(text)).toEqual(path)
  })

  it.each(['', '.', 'a.', '.a', 'a..b', '[0]', 'a[', 'a[]', 'a[x]', 'a[-1]', 'a[0]b', 'a]', 'a.[0]', 'a[99999999999]'])('%j is none', (text) => {
    expect(refusalOf(() => parsePathText(text))).toBe(`Invalid document path: ${text}`)
  })

  it('reach no deeper than values do', () => {
    expect(parsePathText(`a${'.b'.repeat(32)}`)).toHaveLength(33)
    expect(refusalOf(() => parsePathText(`a${'.b'.repeat(33)}`))).toContain('too many nesting elements; nesting levels: 33')
  })
})
