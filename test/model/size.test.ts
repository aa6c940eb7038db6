// Item sizes against a naive reading of the rules, known examples, and what the walk refuses.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttributeMap, AttributeValue } from '../../src/model/attribute-value.ts'
import { numberOfElement, typeOf } from '../../src/model/attribute.ts'
import { numberText, parseNumber, type CompactNumber } from '../../src/model/number.ts'
import { attributeSize, itemSize, utf8Length } from '../../src/model/size.ts'
import { attributeMaps, looseStrings, numbers, strings, values } from './arbitrary-values.ts'

/** The rule spelt out: as an integer in base 100, without trailing zeros. */
function naiveNumberSize(value: CompactNumber): number {
  const text = numberText(value)
  if (text === '0') return 1
  const [integer = '', fraction = ''] = text.replace('-', '').split('.')
  const evenFraction = fraction.length % 2 === 0 ? fraction : `${fraction}0`
  let scaled = BigInt(integer + evenFraction)
  while (scaled % 100n === 0n) scaled /= 100n
  let size = text.startsWith('-') ? 2 : 1
  for (; scaled > 0n; scaled /= 100n) size++
  return size
}

function naiveSize(value: AttributeValue): number {
  if (typeOf(value) === 'N') return naiveNumberSize(value as CompactNumber)
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (value === null || typeof value !== 'object') return 1
  if (Array.isArray(value)) return value.reduce((sum, element) => sum + 1 + naiveSize(element), 3)
  const [[type, content]] = Object.entries(value) as [[string, unknown]]
  if (type === 'M') return naiveItemSize(content as AttributeMap) + 3 + Object.keys(content as AttributeMap).length
  if (type === 'B') return Buffer.from(content as string, 'base64').length
  const elements = content as (string | number)[]
  if (type === 'SS') return elements.reduce<number>((sum, element) => sum + Buffer.byteLength(String(element)), 0)
  if (type === 'BS') return elements.reduce<number>((sum, element) => sum + Buffer.from(String(element), 'base64').length, 0)
  return elements.reduce<number>((sum, element) => sum + naiveNumberSize(numberOfElement(element)), 0)
}

function naiveItemSize(map: AttributeMap): number {
  return Object.entries(map).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + naiveSize(value), 0)
}

describe('sizes', () => {
  it('follow the rules for every value', () => {
    fc.assert(
      fc.property(values, attributeMaps, (value, map) => {
        expect(attributeSize(value)).toBe(naiveSize(value))
        expect(itemSize(map)).toBe(naiveItemSize(map))
      }),
    )
  })

  it('count numbers by pairs of digits', () => {
    fc.assert(
      fc.property(numbers, (value) => {
        expect(attributeSize(value)).toBe(naiveNumberSize(value))
      }),
      { numRuns: 1000 },
    )
    const sizes: [string, number][] = [
      ['0', 1], ['1', 2], ['99', 2], ['100', 2], ['101', 3], ['-1', 3], ['0.1', 2], ['0.01', 2], ['0.001', 2], ['12345', 4], ['123450', 4],
      ['1234567890', 6], ['1.5', 3], ['9'.repeat(38), 20], [`-${'9'.repeat(38)}`, 21], ['1e125', 2], ['1e-130', 2],
    ]
    expect(sizes.map(([text]) => [text, attributeSize(parseNumber(text))])).toEqual(sizes)
  })

  it('count UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.oneof(strings, looseStrings), (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text))
      }),
      { numRuns: 1000 },
    )
  })

  it('add names and the overhead of lists and maps', () => {
    expect(itemSize({ id: 'abc' })).toBe(5)
    expect(itemSize({ id: 'abc', on: true, no: null })).toBe(11)
    expect(attributeSize([])).toBe(3)
    expect(attributeSize({ M: {} })).toBe(3)
    expect(attributeSize(['ab', 'c'])).toBe(8)
    expect(attributeSize({ M: { ab: 'c' } })).toBe(7)
    expect(attributeSize({ SS: ['a', 'bc'] })).toBe(3)
    expect(itemSize(JSON.parse('{"__proto__":"a"}'))).toBe(10)
  })
})

describe('the walk over an item', () => {
  it('refuses values below level 32', () => {
    let value: AttributeValue = 'leaf'
    for (let level = 0; level < 31; level++) value = level % 2 === 0 ? [value] : { M: { n: value } }
    expect(itemSize({ value })).toBeGreaterThan(31 * 4)
    expect(() => itemSize({ value: [value] })).toThrow('Nesting Levels have exceeded supported limits')
    expect(() => itemSize({ value: { M: { value } } })).toThrow('Nesting Levels have exceeded supported limits')
  })

  it('refuses empty and overlong names, nested ones too', () => {
    const longest = 'é'.repeat(32767) + 'a'
    expect(itemSize({ [longest]: '' })).toBe(65535)
    expect(() => itemSize({ [`${longest}a`]: '' })).toThrow('Attribute name is too large, must be less than 65536 bytes')
    expect(() => itemSize({ '': 'a' })).toThrow(expect.objectContaining({ name: 'ValidationException', message: 'Empty attribute name' }))
    expect(() => itemSize({ a: [{ M: { '': 1 } }] })).toThrow('Empty attribute name')
  })
})
