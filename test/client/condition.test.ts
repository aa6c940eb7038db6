// Conditions and updates: inert, comparable, and in the data forms that the engine compiles.
import { describe, expect, it } from 'vitest'
import {
  and,
  attributeExists,
  attributeNotExists,
  attributeType,
  beginsWith,
  between,
  contains,
  eq,
  ge,
  gt,
  ifNotExists,
  isIn,
  le,
  listAppend,
  listPrepend,
  lt,
  ne,
  not,
  NumberValue,
  or,
  path,
  plus,
  raw,
  size,
  ValidationException,
} from 'holdfast'
import { conditionData } from '../../src/client/condition.ts'
import { updateData } from '../../src/client/update.ts'
import { compileCondition, compileUpdate } from '../../src/expression/compile-data.ts'
import { nativeInput } from '../../src/host/native-requests.ts'

const over = <T extends object>(data: T): T => JSON.parse(JSON.stringify(data)) as T
const testsOf = (test: unknown): unknown => {
  const data = over(conditionData({ x: test }))
  compileCondition(data)
  return (data as { tests: [string, unknown][] }).tests[0]?.[1]
}

describe('conditions', () => {
  it('say each operator in its data form', () => {
    expect(testsOf('a')).toEqual(['=', { value: 'a' }])
    expect(testsOf(eq(1))).toEqual(['=', { value: 1 }])
    expect(testsOf(ne(null))).toEqual(['<>', { value: null }])
    expect(testsOf(lt(2n))).toEqual(['<', { value: 2 }])
    expect(testsOf(le(NumberValue.from('2.5')))).toEqual(['<=', { value: 2.5 }])
    expect(testsOf(gt(new Uint8Array([1])))).toEqual(['>', { value: { B: 'AQ==' } }])
    expect(testsOf(ge(path('other.n')))).toEqual(['>=', { path: 'other.n' }])
    expect(testsOf(between(1, 2))).toEqual(['between', { value: 1 }, { value: 2 }])
    expect(testsOf(isIn('a', 'b'))).toEqual(['in', { value: 'a' }, { value: 'b' }])
    expect(testsOf(beginsWith('a'))).toEqual(['begins_with', { value: 'a' }])
    expect(testsOf(contains('a'))).toEqual(['contains', { value: 'a' }])
    expect(testsOf(attributeExists())).toEqual(['attribute_exists'])
    expect(testsOf(attributeNotExists())).toEqual(['attribute_not_exists'])
    expect(testsOf(attributeType('SS'))).toEqual(['attribute_type', 'SS'])
    expect(testsOf(size(3))).toEqual(['size', ['=', { value: 3 }]])
    expect(testsOf(size(gt(3)))).toEqual(['size', ['>', { value: 3 }]])
  })

  it('take maps for values, whatever their names', () => {
    expect(testsOf({ test: ['<', 3], path: 'x' })).toEqual(['=', { value: { M: { test: ['<', 3], path: 'x' } } }])
  })

  it('combine', () => {
    const data = over(conditionData(and({ a: 1 }, or({ b: lt(2) }, not({ c: attributeExists(), d: 3 })))))
    expect(data).toEqual({
      and: [
        { tests: [['a', ['=', { value: 1 }]]] },
        { or: [{ tests: [['b', ['<', { value: 2 }]]] }, { not: { tests: [['c', ['attribute_exists']], ['d', ['=', { value: 3 }]]] } }] },
      ],
    })
    expect(() => compileCondition(data)).not.toThrow()
  })

  it('interpolate raw expressions: names and values become placeholders', () => {
    const data = over(conditionData(raw`size(${path('a.b[0].c-d')}) > ${3} AND ${path('x')} = ${'"; drop'} OR attribute_exists(${path('l[12]')})`))
    expect(data).toEqual({
      raw: 'size(#0.#1[0].#2) > :3 AND #4 = :5 OR attribute_exists(#6[12])',
      names: { '#0': 'a', '#1': 'b', '#2': 'c-d', '#4': 'x', '#6': 'l' },
      values: { ':3': 3, ':5': '"; drop' },
    })
    expect(() => compileCondition(data)).not.toThrow()
    expect(over(conditionData(raw`attribute_exists(id)`))).toEqual({ raw: 'attribute_exists(id)' })
  })

  it('are values: equal when made alike, readable when logged', () => {
    expect(and({ a: lt(1) })).toEqual(and({ a: lt(1) }))
    expect(and({ a: lt(1) })).not.toEqual(and({ a: lt(2) }))
    expect(JSON.stringify(lt(1))).toBe('{"test":["<",{"value":1}]}')
  })

  it('refuse undefined and what is no value', () => {
    expect(() => conditionData({ a: undefined })).toThrow(ValidationException)
    expect(() => lt(undefined as unknown as number)).toThrow(ValidationException)
    expect(() => conditionData({ a: new Date() })).toThrow('Unsupported type passed: Date')
  })

  it('reach the engine with canonical literals', () => {
    const Condition = conditionData(or({ n: NumberValue.from('0.10'), s: new Set(['b', 'a']) }, { n: isIn<number | NumberValue>(1e21, NumberValue.from('1E2')) }))
    expect(nativeInput(over({ TableName: 'T', Condition }))).toEqual({
      TableName: 'T',
      Condition: {
        or: [
          { tests: [['n', ['=', { value: 0.1 }]], ['s', ['=', { value: { SS: ['a', 'b'] } }]]] },
          { tests: [['n', ['in', { value: { N: '1000000000000000000000' } }, { value: 100 }]]] },
        ],
      },
    })
    const Update = updateData({ add: { s: new Set(['b', 'a']) }, set: { n: plus(NumberValue.from('01')), l: listAppend(NumberValue.from('1.0')) } })
    const raws = conditionData(raw`n = ${NumberValue.from('1.0')}`)
    const item = { value: { N: '1.0' }, Condition: { N: '1.0' } }
    const input = { TransactItems: [{ Put: { Item: item, Condition: raws } }, { Update: { Update } }], Reads: { keys: [], ranges: [{ Input: { Filter: raws }, Stamp: 1 }] } }
    expect(nativeInput(over(input))).toEqual({
      TransactItems: [
        { Put: { Item: item, Condition: { raw: 'n = :0', values: { ':0': 1 } } } },
        { Update: { Update: { set: [['n', { plus: 1 }], ['l', { append: [1] }]], add: [['s', { SS: ['a', 'b'] }]], delete: [], remove: [] } } },
      ],
      Reads: { keys: [], ranges: [{ Input: { Filter: { raw: 'n = :0', values: { ':0': 1 } } }, Stamp: 1 }] },
    })
  })
})

describe('updates', () => {
  it('say each clause in its data form', () => {
    const data = over(
      updateData({
        set: { a: 1, 'm.x': ifNotExists('x'), n: plus(2), l: listAppend('a', 'b'), k: listPrepend('c') },
        add: { votes: new Set([1]) },
        delete: { tags: new Set(['x']) },
        remove: ['old', 'list[0]'],
      }),
    )
    expect(data).toEqual({
      set: [
        ['a', { value: 1 }],
        ['m.x', { ifNotExists: 'x' }],
        ['n', { plus: 2 }],
        ['l', { append: ['a', 'b'] }],
        ['k', { prepend: ['c'] }],
      ],
      add: [['votes', { NS: [1] }]],
      delete: [['tags', { SS: ['x'] }]],
      remove: ['old', 'list[0]'],
    })
    expect(() => compileUpdate(data)).not.toThrow()
    expect(over(updateData(raw`SET ${path('due')} = ${3}`))).toEqual({ raw: 'SET #0 = :1', names: { '#0': 'due' }, values: { ':1': 3 } })
  })

  it('refuse undefined: removing is a clause of its own', () => {
    expect(() => updateData({ set: { a: undefined } })).toThrow(ValidationException)
  })
})
