import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalMap, canonicalValue } from '../../src/engine/canonical-map.ts'
import type { AttributeMap, AttributeValue } from '../../src/model/attribute-value.ts'
import { SerializationException, ValidationException } from '../../src/model/errors.ts'
import { Item } from '../../src/model/item.ts'
import { fromWireMap, toWireMap } from '../../src/model/wire.ts'
import { attributeMaps } from '../model/arbitrary-values.ts'

describe('the trust boundary', () => {
  it('lets canonical values pass without a copy', () => {
    fc.assert(
      fc.property(attributeMaps, (map) => {
        expect(canonicalMap(map)).toBe(map)
      }),
    )
  })

  it('makes whatever JSON comes either canonical or refuses it', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 5 })), (map) => {
        let canonical: AttributeMap
        try {
          canonical = canonicalMap(map as AttributeMap)
        } catch (error) {
          expect(error instanceof ValidationException || error instanceof SerializationException).toBe(true)
          return
        }
        expect(canonicalMap(canonical)).toBe(canonical)
        expect(fromWireMap(toWireMap(canonical))).toEqual(canonical)
        expect(Item.of(canonical).size).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  const converted: [what: string, value: unknown, canonical: AttributeValue][] = [
    ['numbers that print with an exponent', 1e21, { N: '1000000000000000000000' }],
    ['exact numbers that a double says', { N: '5.0' }, 5],
    ['unsorted sets', { SS: ['b', 'a'] }, { SS: ['a', 'b'] }],
    ['number sets of any kind of element', { NS: ['10', 9, '1e25'] }, { NS: [9, 10, '10000000000000000000000000'] }],
    ['what is deep inside', [{ M: { x: [{ N: '1' }] } }], [{ M: { x: [1] } }]],
  ]
  it.each(converted)('brings into canonical form: %s', (_, value, canonical) => {
    expect(canonicalValue(value as AttributeValue)).toEqual(canonical)
  })

  const refused: [value: unknown, message: string][] = [
    [undefined, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [{}, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [{ X: 1 }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [{ SS: ['a'], B: 'AA==' }, 'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'],
    [1e126, 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    [1e-131, 'Number underflow. Attempting to store a number with magnitude smaller than supported range'],
    [{ N: 'seven' }, 'The parameter cannot be converted to a numeric value: seven'],
    [{ N: '1'.repeat(39) }, 'Attempting to store more than 38 significant digits in a Number'],
    [{ SS: ['a', 'a'] }, 'One or more parameter values were invalid: Input collection [a, a] contains duplicates.'],
    [{ SS: [] }, 'One or more parameter values were invalid: An string set  may not be empty'],
    [{ M: 5 }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [nested(32), 'Nesting Levels have exceeded supported limits'],
  ]
  it.each(refused)('refuses %j', (value, message) => {
    expect(() => canonicalMap({ a: value as AttributeValue })).toThrow(message)
  })

  it('takes 32 levels, a leaf being one, and refuses empty attribute names', () => {
    const deep = { a: nested(31) }
    expect(canonicalMap(deep)).toBe(deep)
    expect(() => canonicalMap({ '': 1 })).toThrow('Empty attribute name')
  })
})

function nested(levels: number): AttributeValue {
  return levels === 0 ? 1 : [nested(levels - 1)]
}
