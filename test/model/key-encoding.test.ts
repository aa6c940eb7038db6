// Key encodings: the order of encodings is the order of values, alone and concatenated; prefixes hold what begins with them.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compareValues, equalValues } from '../../src/model/attribute.ts'
import {
  decodeU16,
  decodeU32,
  decodeU64,
  encodeKeyPart,
  encodeKeyPrefix,
  encodeU16,
  encodeU32,
  encodeU64,
  isKeyValue,
  prefixEnd,
  type KeyValue,
} from '../../src/model/key-encoding.ts'
import { compareNumbers, parseNumber } from '../../src/model/number.ts'
import { binaries, looseStrings, numbers, strings, values } from './arbitrary-values.ts'

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const utf8 = (text: string) => Buffer.from(text, 'utf8')
const bytes = (text: string) => Buffer.from(text, 'base64')

describe('encodeKeyPart', () => {
  it('writes bytes only', () => {
    fc.assert(
      fc.property(fc.oneof(looseStrings, numbers, binaries.map((B) => ({ B }))), (value) => {
        expect(encodeKeyPart(value)).toMatch(/^[\x00-\xff]+$/)
      }),
    )
  })

  it('orders S as UTF-8 bytes', () => {
    fc.assert(
      fc.property(fc.oneof(strings, looseStrings), fc.oneof(strings, looseStrings), (a, b) => {
        expect(order(encodeKeyPart(a), encodeKeyPart(b))).toBe(utf8(a).compare(utf8(b)))
      }),
      { numRuns: 2000 },
    )
  })

  it('orders B as bytes', () => {
    fc.assert(
      fc.property(binaries, binaries, (a, b) => {
        expect(order(encodeKeyPart({ B: a }), encodeKeyPart({ B: b }))).toBe(bytes(a).compare(bytes(b)))
      }),
      { numRuns: 1000 },
    )
  })

  it('orders N by value over the whole range', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        expect(order(encodeKeyPart(a), encodeKeyPart(b))).toBe(Math.sign(compareNumbers(a, b)))
      }),
      { numRuns: 3000 },
    )
  })

  it('orders the corners of the range of N', () => {
    const texts = [
      '-9.9999999999999999999999999999999999999e125', '-1e125', '-9.9e124', '-1e21', '-4294967296', '-4294967295', '-101', '-100.5', '-100',
      '-99', '-10', '-9', '-1.5', '-1', '-0.5', '-0.1', '-0.09', '-1e-129', '-1.1e-130', '-1e-130', '0', '1e-130', '1.1e-130', '1e-129',
      '0.01', '0.09', '0.1', '0.5', '1', '1.5', '9', '10', '99', '99.99', '100', '100.01', '101', '9999', '10000', '10001', '4294967295',
      '4294967295.5', '4294967296', '9007199254740991', '9007199254740993', '1e21', '1e124', '1e125', '9.9999999999999999999999999999999999999e125',
    ]
    const keys = texts.map((text) => encodeKeyPart(parseNumber(text)))
    expect(keys).toEqual([...keys].sort(order))
    expect(new Set(keys).size).toBe(texts.length)
  })

  it('encodes integers alike on the fast path and off it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeNat(), fc.nat(), fc.nat(1000)), (integer) => {
        // `{ N }` takes the general path.
        expect(encodeKeyPart(integer)).toBe(encodeKeyPart({ N: String(integer) }))
      }),
    )
  })

  it('concatenates: keys of several parts sort as tuples, and different tuples differ', () => {
    const part = fc.oneof(strings, numbers, binaries.map((B) => ({ B })))
    const pairs = fc.oneof(
      fc.tuple(strings, strings, strings, strings),
      fc.tuple(numbers, numbers, numbers, numbers),
      fc.tuple(strings, numbers, strings, numbers),
      fc.tuple(binaries, part, part).chain(([B, x]) => fc.tuple(fc.constant({ B }), fc.constant(x), binaries.map((other) => ({ B: other })), fc.constant(x))),
    )
    fc.assert(
      fc.property(pairs, ([a1, a2, b1, b2]: readonly KeyValue[]) => {
        if (a1 === undefined || a2 === undefined || b1 === undefined || b2 === undefined) throw new Error('four parts')
        const left = encodeKeyPart(a1) + encodeKeyPart(a2)
        const right = encodeKeyPart(b1) + encodeKeyPart(b2)
        const expected = (compareValues(a1, b1) ?? 0) || (compareValues(a2, b2) ?? 0)
        expect(order(left, right)).toBe(Math.sign(expected))
      }),
      { numRuns: 2000 },
    )
  })

  it('is no prefix of another encoding of its type', () => {
    fc.assert(
      fc.property(fc.oneof(fc.tuple(strings, strings), fc.tuple(numbers, numbers)), ([a, b]) => {
        if (!equalValues(a, b)) expect(encodeKeyPart(b).startsWith(encodeKeyPart(a))).toBe(false)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('encodeKeyPrefix and prefixEnd', () => {
  const inside = (key: string, prefix: string) => key >= prefix && key < prefixEnd(prefix)

  it('hold exactly the S that begin with the prefix', () => {
    fc.assert(
      fc.property(strings, strings, fc.boolean(), (prefix, rest, joined) => {
        fc.pre(prefix !== '')
        const text = joined ? prefix + rest : rest
        expect(inside(encodeKeyPart(text), encodeKeyPrefix(prefix))).toBe(text.startsWith(prefix))
      }),
      { numRuns: 1000 },
    )
  })

  it('hold exactly the B that begin with the prefix, behind another part too', () => {
    fc.assert(
      fc.property(binaries, binaries, fc.boolean(), (prefix, rest, joined) => {
        const start = bytes(prefix)
        const all = joined ? Buffer.concat([start, bytes(rest)]) : bytes(rest)
        const key = encodeKeyPart('a') + encodeKeyPart({ B: all.toString('base64') })
        expect(inside(key, encodeKeyPart('a') + encodeKeyPrefix({ B: prefix }))).toBe(all.subarray(0, start.length).equals(start))
      }),
      { numRuns: 1000 },
    )
  })

  it('prefixEnd is the smallest key above', () => {
    expect(prefixEnd('a')).toBe('b')
    expect(prefixEnd('a\xff\xff')).toBe('b')
    expect(prefixEnd('\x00')).toBe('\x01')
    expect(() => prefixEnd('\xff\xff')).toThrow(RangeError)
    expect(() => prefixEnd('')).toThrow(RangeError)
  })
})

describe('fixed-width integers', () => {
  it('keep order and read back', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (a, b) => {
        expect(decodeU64(encodeU64(a))).toBe(a)
        expect(order(encodeU64(a), encodeU64(b))).toBe(Math.sign(a - b))
        expect(decodeU32(`x${encodeU32(a % 2 ** 32)}`, 1)).toBe(a % 2 ** 32)
        expect(decodeU16(encodeU16(a % 2 ** 16))).toBe(a % 2 ** 16)
      }),
    )
    expect([encodeU16(65535), encodeU32(2 ** 32 - 1), encodeU64(0)]).toEqual(['\xff\xff', '\xff\xff\xff\xff', '\0'.repeat(8)])
  })
})

it('isKeyValue is true for S, N and B only', () => {
  fc.assert(
    fc.property(values, (value) => {
      const scalar = typeof value === 'object' && value !== null ? 'N' in value || 'B' in value : typeof value === 'string' || typeof value === 'number'
      expect(isKeyValue(value)).toBe(scalar)
    }),
  )
})
