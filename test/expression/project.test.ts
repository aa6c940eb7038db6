// Projections (Developer Guide: Expressions.ProjectionExpressions): what of an item they keep, and which are refused.
import { describe, expect, it } from 'vitest'
import { ExpressionContext } from '../../src/expression/expression-context.ts'
import { projectAttributes } from '../../src/expression/project.ts'
import type { AttributeMap } from '../../src/model/attribute-value.ts'
import { refusalOf } from './refusal.ts'

const ITEM: AttributeMap = {
  id: 'k',
  a: { M: { b: { M: { c: 1, d: 2 } }, e: [{ M: { f: 'x', g: 'y' } }, { M: { f: 'z' } }], nil: null } },
  l: ['p', ['q', 'r'], 's', 't'],
  n: null,
}

function projected(text: string, attributes = ITEM): AttributeMap {
  return projectAttributes(new ExpressionContext().projection(text), attributes)
}

describe('a projection', () => {
  it.each([
    ['id', { id: 'k' }],
    ['n, id', { id: 'k', n: null }],
    ['absent', {}],
    ['a.b.c', { a: { M: { b: { M: { c: 1 } } } } }],
    ['a.b.c, id, a.b.d, a.nil', { id: 'k', a: { M: { b: { M: { c: 1, d: 2 } }, nil: null } } }],
    ['l[3], l[0]', { l: ['p', 't'] }],
    ['l[1][1], l[2]', { l: [['r'], 's'] }],
    ['l[9]', {}],
    ['a.e[1].f, a.e[0].g', { a: { M: { e: [{ M: { g: 'y' } }, { M: { f: 'z' } }] } } }],
    ['a.e[1].g, a.e[0].g', { a: { M: { e: [{ M: { g: 'y' } }] } } }],
    ['a.b.absent, a.absent.b, l.x, id.x, n[0]', {}],
  ] as const)('of %s keeps just that', (text, expected) => {
    expect(projected(text)).toEqual(expected)
  })

  it('of parts that are absent has no empty shells', () => {
    expect(projected('a.b.absent, l.x, id.x, n[0]')).toEqual({})
  })

  it('takes hostile names as they are', () => {
    const item = JSON.parse('{"__proto__":{"M":{"__proto__":1,"x":2}},"y":1}') as AttributeMap
    const projection = new ExpressionContext({ '#p': '__proto__' }).projection('#p.#p')
    expect(JSON.stringify(projectAttributes(projection, item))).toBe('{"__proto__":{"M":{"__proto__":1}}}')
    expect(projectAttributes(projection, { y: 1 })).toEqual({})
  })

  it.each([
    ['', 'The expression can not be empty;'],
    ['a,', 'Syntax error; token: "<EOF>", near: ","'],
    ['a b', 'Syntax error; token: "b", near: "a b"'],
    ['!!!', 'Syntax error; token: "!", near: "!!"'],
    ['size(a)', 'Syntax error; token: "(", near: "size(a"'],
    [':a', 'Syntax error; token: ":a", near: ":a"'],
    ['a, set, b', 'Attribute name is a reserved keyword; reserved keyword: set'],
    ['a.and', 'Attribute name is a reserved keyword; reserved keyword: and'],
    ['#undef', 'An expression attribute name used in the document path is not defined; attribute name: #undef'],
    ['a, a', 'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]'],
    ['a, b, a.b', 'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]'],
    ['a.b[1], a', 'Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a, b, [1]], path two: [a]'],
    ['a[0], a.b', 'Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, [0]], path two: [a, b]'],
  ])('of %j is refused', (text, message) => {
    expect(refusalOf(() => new ExpressionContext({ '#a': 'a' }).projection(text))).toBe(`Invalid ProjectionExpression: ${message}`)
  })

  it('of 300 and more paths is fine', () => {
    const text = Array.from({ length: 400 }, (_, i) => `a[${i}]`).join(',')
    expect(projected(text, { a: Array.from({ length: 1000 }, (_, i) => i) })).toEqual({ a: Array.from({ length: 400 }, (_, i) => i) })
  })
})
