// What holds for every expression and every item. A failure prints its seed.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyUpdate } from '../../src/expression/apply-update.ts'
import { compileCondition, compileProjection, compileUpdate } from '../../src/expression/compile-data.ts'
import type { ConditionData } from '../../src/expression/data.ts'
import { valueAt } from '../../src/expression/document-path.ts'
import { evaluateCondition } from '../../src/expression/evaluate-condition.ts'
import { ExpressionContext } from '../../src/expression/expression-context.ts'
import { resolveKeyCondition, splitKeyCondition } from '../../src/expression/key-condition.ts'
import { projectAttributes } from '../../src/expression/project.ts'
import { equalMaps, typeOf } from '../../src/model/attribute.ts'
import { ValidationException } from '../../src/model/errors.ts'
import { values } from '../model/arbitrary-values.ts'
import { conditions, ExpressionWriter, items, pathTexts, soups, updates } from './arbitrary-expressions.ts'
import { naiveUpdate } from './naive-update.ts'

/** The result, or the message of a ValidationException; anything else goes through. */
function outcomeOf<T>(run: () => T): T | string {
  try {
    return run()
  } catch (error) {
    if (error instanceof ValidationException) return error.message
    throw error
  }
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) Object.values(Object.freeze(value)).forEach(frozen)
  return value
}

describe('parsers', () => {
  it('throw nothing but ValidationException, whatever the text', () => {
    const names = { '#a': 'a', '#b': 'b' }
    const bound = { ':v': 1, ':w': 'x' }
    fc.assert(
      fc.property(soups, (text) => {
        const context = new ExpressionContext(names, bound)
        const schema = { partitionKeys: [{ name: 'a', type: 'N' }], sortKeys: [] } as const
        outcomeOf(() => context.condition(text))
        outcomeOf(() => context.filter(text))
        outcomeOf(() => resolveKeyCondition(splitKeyCondition(context.keyCondition(text)), schema))
        outcomeOf(() => context.update(text))
        outcomeOf(() => context.update(`SET ${text}`))
        outcomeOf(() => context.projection(text))
        outcomeOf(() => compileProjection([text]))
        outcomeOf(() => context.finish())
      }),
      { numRuns: 2000 },
    )
  })

  it('find in text what the data form says', () => {
    fc.assert(
      fc.property(conditions, (data) => {
        const writer = new ExpressionWriter()
        const text = writer.condition(data)
        const context = new ExpressionContext(writer.names, writer.values)
        const parsed = outcomeOf(() => context.condition(text))
        // Parentheses that the writer put around a group of one are the text's own affair.
        fc.pre(typeof parsed !== 'string' || !parsed.includes('redundant parentheses'))
        expect(outcomeOf(() => compileCondition(data))).toEqual(parsed)
        if (typeof parsed !== 'string') context.finish()
      }),
      { numRuns: 2000 },
    )
  })

  it('find in updates what the data form says', () => {
    fc.assert(
      fc.property(updates, (data) => {
        const writer = new ExpressionWriter()
        const text = writer.update(data)
        const context = new ExpressionContext(writer.names, writer.values)
        const parsed = outcomeOf(() => context.update(text))
        expect(outcomeOf(() => compileUpdate(data))).toEqual(parsed)
        if (typeof parsed !== 'string') context.finish()
      }),
      { numRuns: 2000 },
    )
  })
})

describe('conditions', () => {
  const holds = (data: ConditionData, item: Parameters<typeof evaluateCondition>[1]) => outcomeOf(() => evaluateCondition(compileCondition(data), item))

  it('leave items alone and follow the laws of logic', () => {
    fc.assert(
      fc.property(conditions, conditions, items, (one, two, item) => {
        frozen(item)
        const [left, right] = [holds(one, item), holds(two, item)]
        fc.pre(typeof left === 'boolean' && typeof right === 'boolean')
        expect(holds({ not: one }, item)).toBe(!left)
        expect(holds({ and: [one, two] }, item)).toBe(left && right)
        expect(holds({ or: [one, two] }, item)).toBe(left || right)
        expect(holds({ not: { or: [one, two] } }, item)).toBe(holds({ and: [{ not: one }, { not: two }] }, item))
      }),
      { numRuns: 1000 },
    )
  })

  it('say the same of one value in different words', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const item = { a, b, c }
        const test = (...test: Parameters<typeof testData>) => holds(testData(...test), item)
        const testData = (path: string, ...data: readonly unknown[]) => ({ tests: [[path, data]] }) as unknown as ConditionData
        expect(test('a', '<>', { path: 'b' })).toBe(!test('a', '=', { path: 'b' }))
        expect(test('a', '=', { path: 'b' })).toBe(test('b', '=', { path: 'a' }))
        expect(test('a', '=', { path: 'b' })).toBe(test('a', 'in', { path: 'b' }))
        expect(test('a', 'in', { path: 'b' }, { path: 'c' })).toBe(test('a', '=', { path: 'b' }) || test('a', '=', { path: 'c' }))
        expect(test('a', '<', { path: 'b' })).toBe(test('b', '>', { path: 'a' }))
        expect(test('a', 'between', { path: 'b' }, { path: 'c' })).toBe(test('a', '>=', { path: 'b' }) && test('a', '<=', { path: 'c' }))
        const ordered = typeOf(a) === typeOf(b) && ['S', 'N', 'B'].includes(typeOf(a))
        expect(test('a', '<', { path: 'b' }) || test('a', '=', { path: 'b' }) || test('a', '>', { path: 'b' })).toBe(ordered || test('a', '=', { path: 'b' }))
        expect(test('a', 'attribute_type', typeOf(a))).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('updates', () => {
  it('do what their documentation says, and never change the old item', () => {
    let applied = 0
    fc.assert(
      fc.property(updates, fc.option(items, { nil: undefined }), (data, item) => {
        const update = outcomeOf(() => compileUpdate(data))
        fc.pre(typeof update !== 'string')
        const text = JSON.stringify(item)
        const key = frozen({ id: 'k' })
        const outcome = outcomeOf(() => applyUpdate(update, frozen(item), key))
        expect(JSON.stringify(item)).toBe(text)
        const expected = outcomeOf(() => naiveUpdate(update, item, key))
        if (typeof expected === 'string' || typeof outcome === 'string') {
          expect(outcome).toBe(expected)
          return
        }
        applied++
        const { attributes, touched } = outcome
        expect(touched).toEqual(update.actions.map((action) => action.path))
        if (expected === undefined || attributes === undefined) {
          expect(attributes).toBe(expected)
          return
        }
        expect(JSON.parse(JSON.stringify(attributes))).toEqual(JSON.parse(JSON.stringify(expected)))
        expect(equalMaps(attributes, expected)).toBe(true)
        // The very map where no single action changed anything; several together may come back to an equal one.
        if (item !== undefined && attributes === item) expect(equalMaps(attributes, item)).toBe(true)
        if (item !== undefined && update.actions.length === 1) expect(attributes === item).toBe(equalMaps(attributes, item))
      }),
      { numRuns: 4000 },
    )
    expect(applied).toBeGreaterThan(500)
  })
})

describe('projections', () => {
  it('keep what the paths lead to and nothing else', () => {
    fc.assert(
      fc.property(fc.array(pathTexts, { minLength: 1, maxLength: 4 }), items, (texts, item) => {
        const projection = outcomeOf(() => compileProjection(texts))
        fc.pre(typeof projection !== 'string')
        const projected = projectAttributes(projection, frozen(item))
        for (const path of projection.paths) {
          // Elements move up in projected lists.
          if (path.some((element) => typeof element === 'number')) continue
          expect(valueAt(projected, path)).toEqual(valueAt(item, path))
        }
        const heads = new Set(projection.paths.filter((path) => valueAt(item, path) !== undefined).map(([head]) => head))
        expect(new Set(Object.keys(projected))).toEqual(heads)
        expect(projectAttributes(projection, {})).toEqual({})
      }),
      { numRuns: 2000 },
    )
  })
})
