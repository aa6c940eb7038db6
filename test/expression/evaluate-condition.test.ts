// What conditions find in items (Developer Guide: Expressions.OperatorsAndFunctions), type by type.
import { describe, expect, it } from 'vitest'
import { evaluateCondition } from '../../src/expression/evaluate-condition.ts'
import { ExpressionContext } from '../../src/expression/expression-context.ts'
import type { AttributeMap, AttributeValue } from '../../src/model/attribute-value.ts'

const ITEM: AttributeMap = {
  s: 'hello',
  blank: '',
  umlaut: 'ü😀',
  n: 5,
  exact: { N: '12345678901234567890.5' },
  b: { B: 'AQID' },
  t: true,
  f: false,
  nil: null,
  ss: { SS: ['a', 'b'] },
  ns: { NS: [1, 2.5, '12345678901234567890.5'] },
  bs: { BS: ['AQ==', 'AQI='] },
  l: ['x', 1, { M: { deep: ['y'] } }, { SS: ['a', 'b'] }],
  m: { M: { x: 1, y: { M: { z: 'q' } } } },
}

function holds(text: string, values: { readonly [placeholder: string]: AttributeValue } = {}, attributes: AttributeMap = ITEM): boolean {
  return evaluateCondition(new ExpressionContext(undefined, Object.keys(values).length > 0 ? values : undefined).condition(text), attributes)
}

describe('equality', () => {
  it.each([
    ['s', 'hello', true],
    ['s', 'Hello', false],
    ['n', 5, true],
    ['n', '5', false],
    ['exact', { N: '12345678901234567890.5' }, true],
    ['b', { B: 'AQID' }, true],
    ['t', true, true],
    ['f', true, false],
    ['nil', null, true],
    ['nil', false, false],
    ['ss', { SS: ['a', 'b'] }, true],
    ['ss', { SS: ['a'] }, false],
    ['ns', { NS: [1, 2.5, '12345678901234567890.5'] }, true],
    ['l', ['x', 1, { M: { deep: ['y'] } }, { SS: ['a', 'b'] }], true],
    ['l', ['x', 1], false],
    ['m', { M: { y: { M: { z: 'q' } }, x: 1 } }, true],
    ['m', { M: { x: 1 } }, false],
  ] as const)('of %s with %j is %s', (name, value, equal) => {
    expect(holds(`${name} = :v`, { ':v': value as AttributeValue })).toBe(equal)
    expect(holds(`:v = ${name}`, { ':v': value as AttributeValue })).toBe(equal)
    expect(holds(`${name} <> :v`, { ':v': value as AttributeValue })).toBe(!equal)
  })

  it('is never had by what is absent, itself included', () => {
    expect(holds('q = z')).toBe(false)
    expect(holds('q <> z')).toBe(true)
    expect(holds('q = :v', { ':v': null })).toBe(false)
    expect(holds('q <> :v', { ':v': null })).toBe(true)
    expect(holds('s <> q')).toBe(true)
    for (const operator of ['<', '<=', '>', '>=']) expect(holds(`q ${operator} z`)).toBe(false)
  })
})

describe('order', () => {
  it.each([
    ['n', 4, 1],
    ['n', 5, 0],
    ['n', 10, -1],
    ['exact', 12345678901234567000, 1],
    ['exact', { N: '12345678901234567890.6' }, -1],
    ['s', 'hell', 1],
    ['s', 'hello', 0],
    ['s', 'hello!', -1],
    ['umlaut', 'ü\uffff', 1],
    ['b', { B: 'AQI=' }, 1],
    ['b', { B: 'AQIE' }, -1],
  ] as const)('of %s to %j is %i', (name, value, order) => {
    const outcomes = { '<': order < 0, '<=': order <= 0, '>': order > 0, '>=': order >= 0 }
    for (const [operator, outcome] of Object.entries(outcomes)) expect(holds(`${name} ${operator} :v`, { ':v': value })).toBe(outcome)
  })

  it('does not exist between types, nor for types without order', () => {
    for (const operator of ['<', '<=', '>', '>=']) {
      expect(holds(`s ${operator} :v`, { ':v': 5 })).toBe(false)
      expect(holds(`t ${operator} f`)).toBe(false)
      expect(holds(`ss ${operator} ns`)).toBe(false)
      expect(holds(`l ${operator} m`)).toBe(false)
    }
  })

  it('has bounds included in BETWEEN', () => {
    const between = (lower: AttributeValue, upper: AttributeValue) => holds('n BETWEEN :l AND :u', { ':l': lower, ':u': upper })
    expect([between(5, 5), between(1, 5), between(5, 9), between(1, 4), between(6, 9), between('1', '9')]).toEqual([true, true, true, false, false, false])
    expect(holds(':v BETWEEN n AND exact', { ':v': 100 })).toBe(true)
    expect(holds('n BETWEEN q AND exact')).toBe(false)
    expect(holds('q BETWEEN :l AND :u', { ':l': 1, ':u': 2 })).toBe(false)
    expect(holds('size(s) BETWEEN :l AND n', { ':l': 1 })).toBe(true)
  })
})

describe('IN', () => {
  it('finds an equal among values and attributes', () => {
    expect(holds('n IN (:a, :b)', { ':a': 1, ':b': 5 })).toBe(true)
    expect(holds('n IN (:a, :b)', { ':a': 1, ':b': '5' })).toBe(false)
    expect(holds(':v IN (q, s, n)', { ':v': 5 })).toBe(true)
    expect(holds('ss IN (:a)', { ':a': { SS: ['a', 'b'] } })).toBe(true)
    expect(holds('q IN (z)')).toBe(false)
    expect(holds('size(l) IN (:v)', { ':v': 4 })).toBe(true)
  })
})

describe('AND, OR and NOT', () => {
  const T = 'attribute_exists(s)'
  const F = 'attribute_exists(q)'
  it.each([
    [`${T} AND ${T}`, true],
    [`${T} AND ${F}`, false],
    [`${F} OR ${T}`, true],
    [`${F} OR ${F}`, false],
    [`NOT ${F}`, true],
    [`NOT NOT ${F}`, false],
    [`${T} OR ${T} AND ${F}`, true],
    [`(${T} OR ${T}) AND ${F}`, false],
    [`${F} AND ${F} OR ${T}`, true],
    [`NOT ${F} AND ${F}`, false],
    [`NOT (${F} AND ${F})`, true],
    [`NOT ${T} OR ${T}`, true],
    [`not ${F} aNd ${T} or ${F}`, true],
  ])('make %s %s', (text, outcome) => {
    expect(holds(text)).toBe(outcome)
  })

  it('bind NOT tighter than AND tighter than OR, BETWEEN with its own AND', () => {
    expect(holds('n BETWEEN :l AND :u AND s = :s', { ':l': 1, ':u': 9, ':s': 'hello' })).toBe(true)
    expect(holds('NOT n BETWEEN :l AND :u OR s = :s', { ':l': 1, ':u': 9, ':s': 'x' })).toBe(false)
  })
})

describe('functions', () => {
  it('see what exists, at any depth', () => {
    for (const path of ['s', 'blank', 'nil', 'm.x', 'm.y.z', 'l[0]', 'l[2].deep[0]']) {
      expect(holds(`attribute_exists(${path})`)).toBe(true)
      expect(holds(`attribute_not_exists(${path})`)).toBe(false)
    }
    for (const path of ['q', 'm.q', 'm.x.y', 'm[0]', 'l[4]', 'l.x', 's.x', 'nil.x', 'ss[0]', 'hasOwnProperty', 'm.toString', 'l.concat']) {
      expect(holds(`attribute_exists(${path})`)).toBe(false)
      expect(holds(`attribute_not_exists(${path})`)).toBe(true)
    }
  })

  it('know every type', () => {
    const types = { s: 'S', n: 'N', exact: 'N', b: 'B', t: 'BOOL', nil: 'NULL', ss: 'SS', ns: 'NS', bs: 'BS', l: 'L', m: 'M' }
    for (const [name, type] of Object.entries(types)) {
      for (const other of Object.values(types)) expect(holds(`attribute_type(${name}, :t)`, { ':t': other })).toBe(type === other)
    }
    expect(holds('attribute_type(q, :t)', { ':t': 'NULL' })).toBe(false)
  })

  it('find beginnings', () => {
    expect(holds('begins_with(s, :v)', { ':v': 'he' })).toBe(true)
    expect(holds('begins_with(s, :v)', { ':v': '' })).toBe(true)
    expect(holds('begins_with(s, :v)', { ':v': 'el' })).toBe(false)
    expect(holds('begins_with(b, :v)', { ':v': { B: 'AQI=' } })).toBe(true)
    expect(holds('begins_with(b, :v)', { ':v': { B: 'Ag==' } })).toBe(false)
    expect(holds('begins_with(b, :v)', { ':v': { B: 'AQIDBA==' } })).toBe(false)
    expect(holds('begins_with(b, :v)', { ':v': 'A' })).toBe(false)
    expect(holds('begins_with(n, :v)', { ':v': '5' })).toBe(false)
    expect(holds('begins_with(:v, s)', { ':v': 'hello world' })).toBe(true)
    expect(holds('begins_with(q, :v)', { ':v': '' })).toBe(false)
    expect(holds('begins_with(s, q)')).toBe(false)
  })

  it.each([
    ['s', 'ell', true],
    ['s', 'xyz', false],
    ['s', 5, false],
    ['b', { B: 'Ag==' }, true],
    ['b', { B: 'AgM=' }, true],
    ['b', { B: 'AwI=' }, false],
    ['ss', 'a', true],
    ['ss', 'c', false],
    ['ss', { SS: ['a'] }, false],
    ['ns', 2.5, true],
    ['ns', '2.5', false],
    ['ns', { N: '12345678901234567890.5' }, true],
    ['ns', { N: '12345678901234567890.6' }, false],
    ['bs', { B: 'AQI=' }, true],
    ['bs', 'AQI=', false],
    ['l', 'x', true],
    ['l', 1, true],
    ['l', { M: { deep: ['y'] } }, true],
    ['l', { SS: ['a', 'b'] }, true],
    ['l', 'y', false],
    ['m', 'x', false],
    ['n', 5, false],
    ['nil', null, false],
  ] as const)('find in %s %j: %s', (name, value, found) => {
    expect(holds(`contains(${name}, :v)`, { ':v': value as AttributeValue })).toBe(found)
  })

  it.each([
    ['s', 5],
    ['blank', 0],
    ['umlaut', 6],
    ['b', 3],
    ['ss', 2],
    ['ns', 3],
    ['bs', 2],
    ['l', 4],
    ['m', 2],
    ['l[2].deep', 1],
  ])('measure %s as %i', (path, size) => {
    expect(holds(`size(${path}) = :v`, { ':v': size })).toBe(true)
  })

  it('measure nothing else', () => {
    for (const path of ['n', 't', 'nil', 'q', 'exact']) {
      expect(holds(`size(${path}) >= :v`, { ':v': 0 })).toBe(false)
      expect(holds(`size(${path}) <> :v`, { ':v': 0 })).toBe(true)
    }
    expect(holds('size(:s) = size(s)', { ':s': 'world' })).toBe(true)
  })
})

describe('hostile names', () => {
  it('are attributes like any other', () => {
    const item = JSON.parse('{"__proto__":{"M":{"constructor":"x"}},"toString":1}') as AttributeMap
    const context = new ExpressionContext({ '#p': '__proto__', '#c': 'constructor' }, { ':x': 'x', ':n': 1 })
    expect(evaluateCondition(context.condition('#p.#c = :x AND toString = :n'), item)).toBe(true)
    expect(evaluateCondition(context.condition('attribute_exists(#p) OR attribute_exists(#c)'), { id: 'a' })).toBe(false)
  })
})
