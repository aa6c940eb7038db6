// What updates make of items (Developer Guide: Expressions.UpdateExpressions): clause by clause, always on the item as it
// was, never in place.
import { describe, expect, it } from 'vitest'
import { applyUpdate } from '../../src/expression/apply-update.ts'
import { ExpressionContext } from '../../src/expression/expression-context.ts'
import { projectAttributes, projectionOf } from '../../src/expression/project.ts'
import type { AttributeMap } from '../../src/model/attribute-value.ts'
import { refusalOf } from './refusal.ts'

const KEY: AttributeMap = { id: 'k' }

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen)
  return value
}

function updated(text: string, before: AttributeMap | undefined, values?: AttributeMap): AttributeMap | undefined {
  const update = new ExpressionContext(undefined, values).update(text)
  return applyUpdate(update, frozen(before), KEY).attributes
}

describe('SET', () => {
  it('assigns values, attributes and elements, old ones replaced', () => {
    const before = { id: 'k', a: 1, b: { M: { x: 'y' } }, l: ['p', 'q'] }
    expect(updated('SET a = :v, c = b.x, b.z = a, l[1] = l[0], d = :n', before, { ':v': 'new', ':n': null })).toEqual({
      id: 'k',
      a: 'new',
      b: { M: { x: 'y', z: 1 } },
      c: 'y',
      d: null,
      l: ['p', 'p'],
    })
  })

  it('creates a missing item with its key', () => {
    expect(updated('SET a = :v, b = id', undefined, { ':v': 1 })).toEqual({ id: 'k', a: 1, b: 'k' })
  })

  it('reads the item as it was', () => {
    expect(updated('SET a = b, b = a, c = a + b', { a: 1, b: 2 })).toEqual({ a: 2, b: 1, c: 3 })
  })

  it('adds and subtracts exactly', () => {
    const before = { n: { N: '12345678901234567890.1' }, m: 0.1 }
    expect(updated('SET n = n + :v, m = m - :w', before, { ':v': 0.9, ':w': 0.3 })).toEqual({ n: { N: '12345678901234567891' }, m: -0.2 })
    expect(refusalOf(() => updated('SET m = :v + :w', before, { ':v': { N: '9'.repeat(38) }, ':w': 0.1 }))).toBe(
      'Attempting to store more than 38 significant digits in a Number',
    )
  })

  it('takes the default of if_not_exists only where nothing is, NULL being something', () => {
    const before = { a: 1, nil: null, m: { M: { x: 2 } } }
    expect(updated('SET b = if_not_exists(a, :v), nil = if_not_exists(nil, :v), c = if_not_exists(m.y, m.x) + if_not_exists(q, :v)', before, { ':v': 10 })).toEqual({
      ...before,
      b: 1,
      c: 12,
    })
  })

  it('appends and prepends lists', () => {
    const before = { l: ['a'] }
    expect(updated('SET l = list_append(l, :v), f = list_append(:v, l), g = list_append(if_not_exists(q, :e), :v)', before, { ':v': ['b'], ':e': [] })).toEqual({
      l: ['a', 'b'],
      f: ['b', 'a'],
      g: ['b'],
    })
  })

  it('appends what is set beyond the end of a list, lowest index first', () => {
    expect(updated('SET l[9] = :b, l[5] = :a, l[0] = :z', { l: ['p', 'q'] }, { ':a': 'A', ':b': 'B', ':z': 'Z' })).toEqual({ l: ['Z', 'q', 'A', 'B'] })
  })
})

describe('REMOVE', () => {
  it('removes attributes and nested ones, and does not mind absent ones', () => {
    const before = { id: 'k', a: 1, m: { M: { x: 1, y: { M: { z: 1 } } } }, l: ['p', 'q'] }
    expect(updated('REMOVE a, m.y.z, m.q, l[7], gone', before)).toEqual({ id: 'k', m: { M: { x: 1, y: { M: {} } } }, l: ['p', 'q'] })
  })

  it('means the indexes of the old list', () => {
    const before = { l: ['a', 'b', 'c', 'd', ['x', 'y']] }
    expect(updated('REMOVE l[0], l[1], l[4][0] SET l[2] = :v, l[8] = :v', before, { ':v': 'V' })).toEqual({ l: ['V', 'd', ['y'], 'V'] })
    expect(updated('REMOVE l[0], l[1], l[2], l[3], l[4]', before)).toEqual({ l: [] })
  })
})

describe('ADD', () => {
  it('adds to a number, or begins with it', () => {
    expect(updated('ADD n :v, q :v, m.x :v, l[0] :v', { n: 1, m: { M: {} }, l: [2] }, { ':v': 0.5 })).toEqual({ n: 1.5, q: 0.5, m: { M: { x: 0.5 } }, l: [2.5] })
    expect(updated('ADD n :v', undefined, { ':v': 1 })).toEqual({ id: 'k', n: 1 })
  })

  it('unites sets in their order', () => {
    const before = { s: { SS: ['b', 'd'] }, n: { NS: [1, 10] }, b: { BS: ['AQ==', 'Aw=='] } }
    const values = { ':s': { SS: ['a', 'b', 'c'] }, ':n': { NS: [2, '12345678901234567890.5'] }, ':b': { BS: ['Ag=='] } }
    expect(updated('ADD s :s, n :n, b :b, q :s', before, values)).toEqual({
      s: { SS: ['a', 'b', 'c', 'd'] },
      n: { NS: [1, 2, 10, '12345678901234567890.5'] },
      b: { BS: ['AQ==', 'Ag==', 'Aw=='] },
      q: { SS: ['a', 'b', 'c'] },
    })
  })
})

describe('DELETE', () => {
  it('and ADD take large sets', () => {
    const many = (from: number, to: number) => ({ NS: Array.from({ length: to - from }, (_, i) => from + i) })
    expect(updated('DELETE n :n', { n: many(0, 1000) }, { ':n': many(10, 5000) })).toEqual({ n: many(0, 10) })
    expect(updated('ADD n :n', { n: many(0, 1000) }, { ':n': many(10, 5000) })).toEqual({ n: many(0, 5000) })
  })

  it('takes elements out, and the attribute with the last', () => {
    const before = { id: 'k', s: { SS: ['a', 'b'] }, n: { NS: [1] }, m: { M: { b: { BS: ['AQ==', 'Ag=='] } } }, l: [{ SS: ['a'] }, 'x'] }
    const values = { ':s': { SS: ['a', 'z'] }, ':n': { NS: [1, 2] }, ':b': { BS: ['AQ=='] } }
    expect(updated('DELETE s :s, n :n, m.b :b, l[0] :s, q :s', before, values)).toEqual({
      id: 'k',
      s: { SS: ['b'] },
      m: { M: { b: { BS: ['Ag=='] } } },
      l: ['x'],
    })
  })
})

describe('errors that only the item shows', () => {
  const ITEM = { b: { M: { a: { SS: ['1'] } } }, c: 1, d: { NS: [1] }, l: ['a'], s: 'x' }
  it.each([
    ['delete d :ss'],
    ['delete b :ns'],
    ['delete b.a :ns'],
    ['delete b.a :bs'],
    ['delete c :ns'],
    ['add b :ns'],
    ['add d :n'],
    ['add s :ss'],
    ['set e = s + :n'],
    ['set e = b - :n'],
    ['set e = list_append(d, if_not_exists(f, :l))'],
    ['set e = list_append(l, if_not_exists(s, :l))'],
    ['set e = s + q'],
  ])('%s: wrong type', (text) => {
    const values: AttributeMap = { ':ss': { SS: ['1'] }, ':ns': { NS: [1] }, ':bs': { BS: ['YQ=='] }, ':n': 1, ':l': [] }
    expect(refusalOf(() => updated(text, ITEM, values))).toBe('An operand in the update expression has an incorrect data type')
  })

  it.each(['set c = q', 'set e = list_append(q, l)', 'set e = q + c', 'set e = c + q', 'set e = b.x', 'set e = l[1]', 'set e = if_not_exists(q, z)'])(
    '%s: no such attribute',
    (text) => {
      expect(refusalOf(() => updated(text, ITEM))).toBe('The provided expression refers to an attribute that does not exist in the item')
    },
  )

  it.each(['set y.a = :v', 'set y[1] = :v', 'set b[1] = :v', 'set l.x = :v', 'set s.x = :v', 'set b.x.y = :v', 'set l[3].x = :v', 'set d[0] = :v'])(
    '%s: nowhere to put it',
    (text) => {
      for (const action of [text, text.replace('set', 'remove').replace(' = :v', ''), text.replace('set', 'add').replace(' =', ''), text.replace('set', 'delete').replace(' =', '')]) {
        expect(refusalOf(() => updated(action, ITEM, { ':v': { SS: ['a'] } }))).toBe(
          'The document path provided in the update expression is invalid for update',
        )
      }
    },
  )

  it('finds no place in an item that does not exist', () => {
    expect(refusalOf(() => updated('set b.a = id', undefined))).toBe('The document path provided in the update expression is invalid for update')
    expect(refusalOf(() => updated('remove b.a', undefined))).toBe('The document path provided in the update expression is invalid for update')
  })

  it('reports operands before places', () => {
    expect(refusalOf(() => updated('remove y.a set e = q', ITEM))).toContain('does not exist in the item')
  })

  it('keeps to the nesting limit', () => {
    let deep: AttributeMap[string] = []
    for (let level = 1; level < 31; level++) deep = [deep]
    expect(() => updated('SET l[0] = :v', ITEM, { ':v': deep })).not.toThrow()
    expect(refusalOf(() => updated('SET l[0] = :v', ITEM, { ':v': [[deep]] }))).toContain('Nesting Levels have exceeded supported limits')
  })
})

describe('what changes', () => {
  it('is nothing where nothing does: the very map comes back', () => {
    const before = frozen<AttributeMap>({ id: 'k', a: 1, m: { M: { x: [1] } }, s: { SS: ['a'] } })
    const values: AttributeMap = { ':a': 1, ':x': [1], ':s': { SS: ['a'] }, ':z': { SS: ['z'] } }
    for (const text of ['SET a = :a', 'SET m.x = :x', 'REMOVE q, m.q', 'ADD s :s', 'DELETE s :z, q :z', 'SET m.x[0] = :a']) {
      expect(updated(text, before, values)).toBe(before)
    }
  })

  it('is copied along the path only', () => {
    const before: AttributeMap = { a: { M: { x: 1, keep: ['big'] } }, l: [{ M: { y: 1 } }, { M: { z: 1 } }], other: ['big'] }
    const after = updated('SET a.x = :v, l[0].y = :v', before, { ':v': 2 }) as typeof before
    expect(after).toEqual({ a: { M: { x: 2, keep: ['big'] } }, l: [{ M: { y: 2 } }, { M: { z: 1 } }], other: ['big'] })
    expect(after['other']).toBe(before['other'])
    expect((after['l'] as readonly unknown[])[1]).toBe((before['l'] as readonly unknown[])[1])
  })

  it('is no new item where an update of a missing one assigns nothing', () => {
    expect(updated('REMOVE a, b', undefined)).toBeUndefined()
    expect(updated('DELETE s :s', undefined, { ':s': { SS: ['a'] } })).toBeUndefined()
    expect(updated('REMOVE a SET b = :v', undefined, { ':v': 1 })).toEqual({ id: 'k', b: 1 })
  })

  it('takes hostile names as they are', () => {
    const before = JSON.parse('{"id":"k","__proto__":{"M":{"constructor":1,"b":2}}}') as AttributeMap
    const context = new ExpressionContext({ '#p': '__proto__', '#c': 'constructor' }, { ':v': 7 })
    const { attributes } = applyUpdate(context.update('SET #p.#c = :v, #c = :v REMOVE #p.b'), frozen(before), KEY)
    expect(JSON.stringify(attributes)).toBe('{"id":"k","__proto__":{"M":{"constructor":7}},"constructor":7}')
    const created = applyUpdate(context.update('SET #p = :v'), undefined, KEY).attributes
    expect(JSON.stringify(created)).toBe('{"id":"k","__proto__":7}')
    expect(JSON.stringify(applyUpdate(context.update('REMOVE #p'), before, KEY).attributes)).toBe('{"id":"k"}')
  })

  it('is told for UPDATED_OLD and UPDATED_NEW', () => {
    const before: AttributeMap = { id: 'k', a: 1, m: { M: { x: 1, y: 2 } }, l: ['p', 'q', 'r'], gone: 'g' }
    const update = new ExpressionContext(undefined, { ':v': 9, ':s': { SS: ['s'] } }).update('SET m.x = :v, l[1] = :v, n = :v REMOVE gone ADD a :v DELETE q :s')
    const { attributes, touched } = applyUpdate(update, before, KEY)
    const projection = projectionOf(touched)
    expect(projectAttributes(projection, before)).toEqual({ a: 1, m: { M: { x: 1 } }, l: ['q'], gone: 'g' })
    expect(projectAttributes(projection, attributes ?? {})).toEqual({ a: 10, m: { M: { x: 9 } }, l: [9], n: 9 })
  })
})
