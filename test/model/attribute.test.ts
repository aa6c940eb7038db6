// Types, equality, order, canonical sets, nesting; names that JavaScript objects already have.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttributeValue } from '../../src/model/attribute-value.ts'
import {
  attributeOf,
  canonicalBinarySet,
  canonicalNumberSet,
  canonicalStringSet,
  checkNesting,
  compareUtf8,
  compareValues,
  equalMaps,
  equalValues,
  typeOf,
} from '../../src/model/attribute.ts'
import { compareNumbers, numberText, parseNumber } from '../../src/model/number.ts'
import { attributeMaps, binaries, looseStrings, names, numbers, strings, values } from './arbitrary-values.ts'

it('typeOf names all ten types', () => {
  const examples: [string, AttributeValue][] = [
    ['S', ''], ['N', 0], ['N', { N: '1000000000000000000000' }], ['B', { B: '' }], ['BOOL', false], ['NULL', null],
    ['L', []], ['M', { M: {} }], ['SS', { SS: ['a'] }], ['NS', { NS: [1] }], ['BS', { BS: ['YQ=='] }],
  ]
  expect(examples.map(([, value]) => typeOf(value))).toEqual(examples.map(([type]) => type))
})

describe('attributeOf', () => {
  it('sees own attributes only, whatever their names', () => {
    fc.assert(
      fc.property(attributeMaps, names, (map, name) => {
        const entry = Object.entries(map).find(([own]) => own === name)
        expect(attributeOf(map, name)).toBe(entry?.[1])
      }),
    )
    expect(attributeOf({}, '__proto__')).toBeUndefined()
    expect(attributeOf({}, 'constructor')).toBeUndefined()
    expect(attributeOf(JSON.parse('{"__proto__":"a"}'), '__proto__')).toBe('a')
  })
})

describe('equalValues', () => {
  it('is equality of canonical JSON but for the order of map entries', () => {
    const sorted = (value: unknown): string =>
      JSON.stringify(value, (_, inner) =>
        typeof inner === 'object' && inner !== null && !Array.isArray(inner)
          ? Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))
          : inner,
      )
    fc.assert(
      fc.property(values, values, (a, b) => {
        expect(equalValues(a, b)).toBe(sorted([typeOf(a), a]) === sorted([typeOf(b), b]))
        expect(equalValues(a, structuredClone(a))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('ignores the order of map entries and minds that of lists', () => {
    expect(equalValues({ M: { a: 1, b: [2] } }, { M: { b: [2], a: 1 } })).toBe(true)
    expect(equalValues([1, 2], [2, 1])).toBe(false)
    expect(equalMaps({ a: 1 }, { b: 1 })).toBe(false)
  })

  it('is not fooled by names of Object.prototype or by missing attributes', () => {
    expect(equalMaps(JSON.parse('{"__proto__":{"M":{}}}'), { other: { M: {} } })).toBe(false)
    expect(equalMaps({ other: { M: {} } }, JSON.parse('{"__proto__":{"M":{}}}'))).toBe(false)
    expect(equalMaps({ toString: 'a' }, { toString: 'a' })).toBe(true)
    expect(equalValues({ N: '1000000000000000000000' }, { NS: ['1000000000000000000000'] })).toBe(false)
    expect(equalValues('1', 1)).toBe(false)
    expect(equalValues({ B: 'YQ==' }, { SS: ['YQ=='] })).toBe(false)
    expect(equalValues([], { M: {} })).toBe(false)
    expect(equalValues({ M: {} }, [])).toBe(false)
    expect(equalValues(null, false)).toBe(false)
  })
})

describe('compareValues', () => {
  it('orders S, N and B among themselves and nothing else', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const type = typeOf(a)
        const ordered = type === typeOf(b) && ['S', 'N', 'B'].includes(type)
        const comparison = compareValues(a, b)
        expect(comparison !== undefined).toBe(ordered)
        if (comparison !== undefined) expect(comparison === 0).toBe(equalValues(a, b))
      }),
    )
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        expect(Math.sign(compareValues(a, b) ?? NaN)).toBe(Math.sign(compareNumbers(a, b)))
      }),
    )
    fc.assert(
      fc.property(binaries, binaries, (a, b) => {
        expect(Math.sign(compareValues({ B: a }, { B: b }) ?? NaN)).toBe(Buffer.from(a, 'base64').compare(Buffer.from(b, 'base64')))
      }),
    )
  })

  it('orders strings as their UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.oneof(strings, looseStrings), fc.oneof(strings, looseStrings), fc.oneof(strings, looseStrings), (prefix, a, b) => {
        const left = prefix + a
        const right = prefix + b
        expect(Math.sign(compareUtf8(left, right))).toBe(Buffer.from(left, 'utf8').compare(Buffer.from(right, 'utf8')))
      }),
      { numRuns: 3000 },
    )
    expect(compareUtf8('\uffff', '😀')).toBeLessThan(0)
  })
})

describe('canonical sets', () => {
  it('do not depend on the order of their elements', () => {
    const texts = fc.uniqueArray(strings, { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(texts.chain((elements) => fc.tuple(fc.constant(elements), fc.shuffledSubarray(elements, { minLength: elements.length }))), ([a, b]) => {
        const set = canonicalStringSet(a)
        expect(canonicalStringSet(b)).toEqual(set)
        expect(set.SS).toEqual([...a].sort((x, y) => Buffer.from(x).compare(Buffer.from(y))))
      }),
    )
    expect(canonicalNumberSet([10, 9, { N: '1000000000000000000000' }, -1])).toEqual({ NS: [-1, 9, 10, '1000000000000000000000'] })
    expect(canonicalBinarySet(['/w==', 'AA==', ''])).toEqual({ BS: ['', 'AA==', '/w=='] })
  })

  it('keep every number in order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(numbers, { minLength: 1, maxLength: 8, selector: numberText }), (elements) => {
        const texts = canonicalNumberSet(elements).NS.map(String)
        expect(texts).toEqual([...elements].sort(compareNumbers).map(numberText))
      }),
    )
  })

  it('refuse to be empty, with the texts of DynamoDB', () => {
    const prefix = 'One or more parameter values were invalid: '
    expect(() => canonicalStringSet([])).toThrow(expect.objectContaining({ name: 'ValidationException', message: `${prefix}An string set  may not be empty` }))
    expect(() => canonicalNumberSet([])).toThrow(expect.objectContaining({ message: `${prefix}An number set  may not be empty` }))
    expect(() => canonicalBinarySet([])).toThrow(expect.objectContaining({ message: `${prefix}Binary sets should not be empty` }))
  })

  it('refuse duplicates, with the texts of DynamoDB', () => {
    const prefix = 'One or more parameter values were invalid: '
    expect(() => canonicalStringSet(['b', 'a', 'b'])).toThrow(expect.objectContaining({ message: `${prefix}Input collection [b, a, b] contains duplicates.` }))
    expect(() => canonicalNumberSet([1, 2, parseNumber('1.0')])).toThrow(expect.objectContaining({ message: 'Input collection contains duplicates' }))
    expect(() => canonicalNumberSet([{ N: '0.00000001' }, parseNumber('1e-8')])).toThrow('Input collection contains duplicates')
    expect(() => canonicalBinarySet(['Yg==', 'Yg=='])).toThrow(
      expect.objectContaining({ message: `${prefix}Input collection [Yg==, Yg==]of type BS contains duplicates.` }),
    )
  })

  it('may hold an empty string', () => {
    expect(canonicalStringSet(['a', ''])).toEqual({ SS: ['', 'a'] })
  })
})

describe('checkNesting', () => {
  const nested = (levels: number, wrap: (value: AttributeValue) => AttributeValue): AttributeValue =>
    levels === 0 ? 'leaf' : wrap(nested(levels - 1, wrap))

  it.each<[string, (value: AttributeValue) => AttributeValue]>([
    ['maps', (value) => ({ M: { n: value } })],
    ['lists', (value) => [value]],
  ])('allows 32 levels of %s, the leaf included', (_, wrap) => {
    expect(() => checkNesting(nested(31, wrap))).not.toThrow()
    expect(() => checkNesting(nested(32, wrap))).toThrow(
      expect.objectContaining({
        name: 'ValidationException',
        message: 'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
      }),
    )
  })
})
