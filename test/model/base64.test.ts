// Base64 against Node's Buffer, and what strictness refuses.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { base64ByteLength, compareBase64, decodeBase64, encodeBase64 } from '../../src/model/base64.ts'

describe('base64', () => {
  it('agrees with Buffer in both directions', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = Buffer.from(bytes).toString('base64')
        expect(encodeBase64(bytes)).toBe(text)
        expect(decodeBase64(text)).toEqual(bytes)
        expect(base64ByteLength(text)).toBe(bytes.length)
      }),
    )
  })

  it('encodes more than one chunk', () => {
    const bytes = Uint8Array.from({ length: 100_001 }, (_, index) => index * 7)
    expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
    expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes)
  })

  it('orders texts as their bytes', () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 5 }), fc.array(fc.constantFrom(0, 1, 255), { maxLength: 4 }))
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const left = Buffer.from(a)
        const right = Buffer.from(b)
        expect(Math.sign(compareBase64(left.toString('base64'), right.toString('base64')))).toBe(left.compare(right))
      }),
      { numRuns: 1000 },
    )
  })

  it.each(['23456', 'a', 'YQ=', 'YQ'])('refuses %j for its length', (text) => {
    expect(() => decodeBase64(text)).toThrow(
      expect.objectContaining({
        name: 'SerializationException',
        message: `Base64 encoded length is expected a multiple of 4 bytes but found: ${text.length}`,
      }),
    )
  })

  it.each(['=+/=', '+/+=', 'YR==', 'YWE/YW==YWE=', 'Y===', '====', 'YQ-_', 'YQ\n=', 'YQé='])('refuses %j', (text) => {
    expect(() => decodeBase64(text)).toThrow(
      expect.objectContaining({ name: 'SerializationException', message: 'Invalid last non-pad Base64 character dectected' }),
    )
  })

  it('accepts exactly what Buffer writes', () => {
    const texts = fc.string({ unit: fc.constantFrom('A', 'Q', 'g', 'z', '/', '=', '-', ' ', 'Ā'), minLength: 4, maxLength: 8 })
    fc.assert(
      fc.property(texts, (text) => {
        const strict = Buffer.from(text, 'base64').toString('base64') === text
        if (strict) expect(decodeBase64(text)).toEqual(Uint8Array.from(Buffer.from(text, 'base64')))
        else expect(() => decodeBase64(text)).toThrow()
      }),
      { numRuns: 1000 },
    )
  })
})
