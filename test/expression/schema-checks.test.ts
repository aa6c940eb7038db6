// What expressions may not do with key attributes: texts that dynalite's suite verified against AWS.
import { describe, expect, it } from 'vitest'
import { ExpressionContext } from '../../src/expression/expression-context.ts'
import {
  checkFilterOfQuery,
  checkNestedKeys,
  checkUpdatedIndexKeys,
  checkUpdateOfKeys,
  pathsOfCondition,
} from '../../src/expression/schema-checks.ts'
import type { IndexSchema, TableSchema } from '../../src/model/table.ts'
import { refusalOf } from './refusal.ts'

const index = (name: string, ...keys: readonly string[]): IndexSchema => ({
  id: 1,
  name,
  kind: 'GLOBAL',
  partitionKeys: keys.slice(0, 1).map((key) => ({ name: key, type: 'S' })),
  sortKeys: keys.slice(1).map((key) => ({ name: key, type: 'S' })),
  projection: { type: 'ALL' },
  status: 'ACTIVE',
})
const TABLE: Pick<TableSchema, 'partitionKey' | 'sortKey' | 'indexes'> = {
  partitionKey: { name: 'a', type: 'S' },
  sortKey: { name: 'b', type: 'S' },
  indexes: [index('index4', 'c', 'd')],
}
const VALUES = { ':a': 1, ':s': 'x', ':ns': { NS: [1] } }
const update = (text: string) => new ExpressionContext(undefined, VALUES).update(text)
const filter = (text: string) => new ExpressionContext(undefined, VALUES).filter(text)

describe('an update', () => {
  it.each([
    ['add a.b :a', 'a'],
    ['delete a :ns', 'a'],
    ['remove e set f = :a, a = :a', 'a'],
    ['set a = a.b + a[1]', 'a'],
    ['set d[1] = :a add b.b :a', 'b'],
  ])('%s touches a key', (text, name) => {
    expect(refusalOf(() => checkUpdateOfKeys(update(text), TABLE))).toBe(
      `One or more parameter values were invalid: Cannot update attribute ${name}. This attribute is part of the key`,
    )
  })

  it.each([
    ['set d.a = e add c :a', 'c', 'N'],
    ['set e = c[1], c = f + :a', 'c', 'N'],
    ['set c = if_not_exists(c, :a)', 'c', 'N'],
    ['set d = list_append(e, f)', 'd', 'L'],
    ['delete d :ns', 'd', 'NS'],
  ])('%s gives an index key the wrong type', (text, name, type) => {
    expect(refusalOf(() => checkUpdateOfKeys(update(text), TABLE))).toBe(
      `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: S Actual: ${type} IndexName: index4`,
    )
  })

  it.each([
    ['add d.b :a', 'IndexKey: d'],
    ['set d[1] = :a', 'IndexKey: d'],
    ['set e = list_append(f, g), h = d[1]', 'IndexKey: d'],
    ['set e = if_not_exists(g, c.x)', 'IndexKey: c'],
    ['set e = if_not_exists(a.x, :s)', 'Key: a'],
  ])('%s reaches into a key', (text, key) => {
    expect(refusalOf(() => checkUpdateOfKeys(update(text), TABLE))).toBe(
      `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${key}`,
    )
  })

  it.each(['set c = :s, e.a = :a remove d', 'set e = a, c = b', 'remove c, d add f :a'])('%s is fine', (text) => {
    expect(() => checkUpdateOfKeys(update(text), TABLE)).not.toThrow()
  })

  it('that took an index key from another attribute is refused for its type', () => {
    expect(refusalOf(() => checkUpdatedIndexKeys(update('set c = e'), { a: 'x', b: 'x', c: 1, e: 1 }, TABLE))).toBe(
      'The update expression attempted to update the secondary index key to unsupported type',
    )
    expect(() => checkUpdatedIndexKeys(update('set c = e'), { c: 'y', d: 1 }, TABLE)).not.toThrow()
    expect(() => checkUpdatedIndexKeys(update('remove c'), {}, TABLE)).not.toThrow()
  })
})

describe('a filter', () => {
  it('of a query names no attribute of the queried key', () => {
    const queried = [{ name: 'c', type: 'S' }] as const
    expect(refusalOf(() => checkFilterOfQuery(filter('a = :a OR NOT size(c.x) > :a'), queried))).toBe(
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: c',
    )
    expect(() => checkFilterOfQuery(filter('a = :a'), queried)).not.toThrow()
  })

  it('reaches into no key', () => {
    expect(refusalOf(() => checkNestedKeys(pathsOfCondition(filter('e = :a AND b.x = :a')), TABLE))).toContain('not allowed: Key: b')
    expect(refusalOf(() => checkNestedKeys(new ExpressionContext().projection('e.x, d[0]').paths, TABLE))).toContain('not allowed: IndexKey: d')
    expect(() => checkNestedKeys(pathsOfCondition(filter('a = :a AND e.x = d')), TABLE)).not.toThrow()
  })

  it('tells all its paths', () => {
    const text =
      'a1 = a2 AND a3 BETWEEN a4 AND size(a5) OR a6 IN (a7, :a) AND NOT (attribute_exists(a8) OR attribute_not_exists(a9) OR begins_with(b1, b2) OR contains(b3, b4) OR attribute_type(b5, :s))'
    const context = new ExpressionContext(undefined, { ':a': 1, ':s': 'S' })
    expect(pathsOfCondition(context.filter(text)).map(([name]) => name)).toEqual(['a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7', 'a8', 'a9', 'b1', 'b2', 'b3', 'b4', 'b5'])
  })
})
