// DynamoDB's JSON in and out, and its refusals word for word.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttributeValue } from '../../src/model/attribute-value.ts'
import { fromWire, fromWireMap, toWire, toWireMap, type WireValue } from '../../src/model/wire.ts'
import { attributeMaps, values } from './arbitrary-values.ts'

describe('the wire format', () => {
  it('carries every value there and back, through JSON text', () => {
    fc.assert(
      fc.property(values, attributeMaps, (value, map) => {
        expect(fromWire(JSON.parse(JSON.stringify(toWire(value))))).toEqual(value)
        const back = fromWireMap(JSON.parse(JSON.stringify(toWireMap(map))))
        expect(JSON.stringify(back)).toBe(JSON.stringify(map))
      }),
    )
  })

  it.each<[WireValue, AttributeValue]>([
    [{ S: '' }, ''],
    [{ N: '007.50' }, 7.5],
    [{ N: '1e30' }, { N: '1000000000000000000000000000000' }],
    [{ B: 'YQ==' }, { B: 'YQ==' }],
    [{ BOOL: false }, false],
    [{ NULL: true }, null],
    [{ L: [{ S: 'a' }, { L: [] }] }, ['a', []]],
    [{ M: { constructor: { N: '1' } } }, { M: { constructor: 1 } }],
    [{ SS: ['b', 'a'] }, { SS: ['a', 'b'] }],
    [{ NS: ['10', '9', '1e30'] }, { NS: [9, 10, '1000000000000000000000000000000'] }],
    [{ BS: ['/w==', 'AA=='] }, { BS: ['AA==', '/w=='] }],
  ])('reads %j', (wire, value) => {
    expect(fromWire(wire)).toEqual(value)
  })

  it('keeps attributes called __proto__ as attributes', () => {
    const map = fromWireMap(JSON.parse('{"__proto__":{"M":{"__proto__":{"S":"a"}}}}'))
    expect(JSON.stringify(map)).toBe('{"__proto__":{"M":{"__proto__":"a"}}}')
    expect(JSON.stringify(toWireMap(map))).toBe('{"__proto__":{"M":{"__proto__":{"S":"a"}}}}')
    expect(({} as Record<string, unknown>)['S']).toBeUndefined()
  })

  it('replaces lone surrogates, which have no UTF-8', () => {
    expect(fromWire({ S: 'a\ud800b😀' })).toBe('a\ufffdb😀')
    expect(fromWire({ SS: ['\udc00'] })).toEqual({ SS: ['\ufffd'] })
    expect(Object.keys(fromWireMap({ 'a\ud800': { S: '' } }))).toEqual(['a\ufffd'])
  })

  const invalid = 'One or more parameter values were invalid: '
  it.each<[unknown, string]>([
    [{}, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [null, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [{ a: '' }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [{ S: null }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [{ toString: 'a' }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [{ S: 'a', N: '1' }, 'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'],
    [{ S: 'a', N: 'b' }, 'The parameter cannot be converted to a numeric value: b'],
    [{ NULL: false }, `${invalid}Null attribute value types must have the value of true`],
    [{ SS: [] }, `${invalid}An string set  may not be empty`],
    [{ NS: [] }, `${invalid}An number set  may not be empty`],
    [{ BS: [] }, `${invalid}Binary sets should not be empty`],
    [{ SS: ['a', 'a'] }, `${invalid}Input collection [a, a] contains duplicates.`],
    [{ NS: ['1', '1.0'] }, 'Input collection contains duplicates'],
    [{ NS: ['1', ''] }, 'The parameter cannot be converted to a numeric value'],
    [{ BS: ['Yg==', 'Yg=='] }, `${invalid}Input collection [Yg==, Yg==]of type BS contains duplicates.`],
    [{ L: [{ M: { a: {} } }] }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    [{ N: '1e126' }, 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
  ])('refuses the value of %j', (wire, message) => {
    expect(() => fromWire(wire)).toThrow(expect.objectContaining({ name: 'ValidationException', message }))
    expect(() => fromWireMap({ a: wire })).toThrow(expect.objectContaining({ name: 'ValidationException', message }))
  })

  it.each<[unknown, string]>([
    ['a', 'Unexpected value type in payload'],
    [[], 'Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue'],
    [{ S: true }, 'TRUE_VALUE cannot be converted to String'],
    [{ S: 23 }, 'NUMBER_VALUE cannot be converted to String'],
    [{ N: 34.56 }, 'DECIMAL_VALUE cannot be converted to String'],
    [{ S: [] }, 'Unrecognized collection type class java.lang.String'],
    [{ S: {} }, 'Start of structure or map found where not expected'],
    [{ B: true }, 'only base-64-encoded strings are convertible to bytes'],
    [{ B: 23 }, 'only base-64-encoded strings are convertible to bytes'],
    [{ B: [] }, 'Unrecognized collection type class java.nio.ByteBuffer'],
    [{ B: {} }, 'Start of structure or map found where not expected'],
    [{ B: '23456' }, 'Base64 encoded length is expected a multiple of 4 bytes but found: 5'],
    [{ BS: ['+/+='] }, 'Invalid last non-pad Base64 character dectected'],
    [{ BOOL: 'maybe' }, 'Unexpected token received from parser'],
    [{ BOOL: 23 }, 'NUMBER_VALUE cannot be converted to Boolean'],
    [{ BOOL: [] }, 'Unrecognized collection type class java.lang.Boolean'],
    [{ NULL: {} }, 'Start of structure or map found where not expected'],
    [{ SS: 'a' }, 'Unexpected field type'],
    [{ L: {} }, 'Start of structure or map found where not expected'],
    [{ M: 'a' }, 'Unexpected field type'],
    [{ M: [] }, 'Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>'],
  ])('refuses the shape of %j', (wire, message) => {
    expect(() => fromWire(wire)).toThrow(expect.objectContaining({ name: 'SerializationException', message }))
  })

  it('refuses more than 32 levels', () => {
    let wire: WireValue = { S: 'leaf' }
    for (let level = 1; level < 32; level++) wire = { M: { n: wire } }
    expect(() => fromWire(wire)).not.toThrow()
    expect(() => fromWireMap({ deep: { L: [wire] } })).toThrow('Nesting Levels have exceeded supported limits')
  })
})
