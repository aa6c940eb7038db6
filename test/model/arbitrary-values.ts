// Arbitrary canonical compact values for property tests: all ten types, numbers over the whole range, hostile names.
import fc from 'fast-check'
import type { AttributeMap, AttributeValue } from '../../src/model/attribute-value.ts'
import { canonicalBinarySet, canonicalNumberSet, canonicalStringSet } from '../../src/model/attribute.ts'
import { encodeBase64 } from '../../src/model/base64.ts'
import { parseNumber, type CompactNumber } from '../../src/model/number.ts'

/** Texts of valid numbers: at most 38 significant digits, first digit's exponent from -130 to 125, and zero. */
export const numberTexts: fc.Arbitrary<string> = fc.oneof(
  fc.integer().map(String),
  fc.integer({ min: -999, max: 999 }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 }).filter((double) => double === 0 || Math.abs(double) > 1e-100).map(String),
  fc.tuple(fc.boolean(), fc.stringMatching(/^[1-9][0-9]{0,37}$/), fc.integer({ min: -130, max: 125 })).map(
    ([negative, digits, exponent]) => `${negative ? '-' : ''}${digits.charAt(0)}.${digits.slice(1)}e${exponent}`,
  ),
)

export const numbers: fc.Arbitrary<CompactNumber> = numberTexts.map(parseNumber)

/** Well-formed, with many of the characters that encodings stumble over. */
export const strings: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('\0', '\x01', '\x02', 'a', 'b', '\x7f', '\x80', 'é', '߿', 'ࠀ', '\ud7ff', '\ue000', '\uffff', '😀', '\u{10ffff}', '{', '"') }),
)

/** Lone surrogates too. */
export const looseStrings: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom('a', '\0', '\x01', '\ud800', '\udbff', '\udc00', '\udfff', '\ue000', '\ufffd', '\uffff', '😀', '\u{10ffff}', 'é'),
})

export const binaries: fc.Arbitrary<string> = fc
  .oneof(fc.uint8Array({ maxLength: 40 }), fc.array(fc.constantFrom(0, 1, 2, 255), { maxLength: 6 }).map((bytes) => Uint8Array.from(bytes)))
  .map(encodeBase64)

export const names: fc.Arbitrary<string> = fc.oneof(
  { weight: 3, arbitrary: strings.filter((name) => name !== '') },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'M', 'N', 'length', '0', 'id') },
)

const mapOf = (value: fc.Arbitrary<AttributeValue>): fc.Arbitrary<AttributeMap> =>
  fc.array(fc.tuple(names, value), { maxLength: 6 }).map((entries) => Object.fromEntries(entries))

const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    strings,
    numbers,
    fc.boolean(),
    fc.constant(null),
    binaries.map((B) => ({ B })),
    fc.uniqueArray(strings, { minLength: 1, maxLength: 5 }).map(canonicalStringSet),
    fc.uniqueArray(numbers, { minLength: 1, maxLength: 5, selector: (element) => JSON.stringify(element) }).map(canonicalNumberSet),
    fc.uniqueArray(binaries, { minLength: 1, maxLength: 5 }).map(canonicalBinarySet),
    fc.array(tie('value'), { maxLength: 4 }),
    mapOf(tie('value')).map((M) => ({ M })),
  ),
}))

export const values: fc.Arbitrary<AttributeValue> = value
export const attributeMaps: fc.Arbitrary<AttributeMap> = mapOf(value)
