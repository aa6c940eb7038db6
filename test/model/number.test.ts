// Numbers against an oracle of scaled big integers: parsing, canonical text, order, exact sums.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addNumbers,
  compareNumbers,
  isNumber,
  numberFromDouble,
  numberText,
  parseNumber,
  subtractNumbers,
} from '../../src/model/number.ts'
import { numbers, numberTexts } from './arbitrary-values.ts'

const SCALE = 200

/** The oracle: the exact value of any number text, times 10^SCALE. */
function scaledInteger(text: string): bigint {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [integer = '', fraction = ''] = mantissa.replace(/^[+-]/, '').split('.')
  const magnitude = BigInt(`0${integer}${fraction}`) * 10n ** BigInt(SCALE + Number(exponent) - fraction.length)
  return mantissa.startsWith('-') ? -magnitude : magnitude
}

function significantDigits(scaled: bigint): number {
  return String(scaled < 0n ? -scaled : scaled).replace(/0+$/, '').length
}

describe('parseNumber', () => {
  it.each([
    ['3', '3'],
    ['+3', '3'],
    ['-0', '0'],
    ['0e125', '0'],
    ['.123', '0.123'],
    ['1.', '1'],
    ['0001.230', '1.23'],
    ['1e5', '100000'],
    ['1E+5', '100000'],
    ['12.5e-1', '1.25'],
    ['1e-7', '0.0000001'],
    ['1e21', '1000000000000000000000'],
    ['-1234567890.12345678901234567890', '-1234567890.1234567890123456789'],
    ['9007199254740993', '9007199254740993'],
    ['0.1', '0.1'],
    ['1e-130', `0.${'0'.repeat(129)}1`],
    ['9.9999999999999999999999999999999999999e125', '9'.repeat(38) + '0'.repeat(88)],
  ])('reads %s as %s', (text, canonical) => {
    expect(numberText(parseNumber(text))).toBe(canonical)
  })

  it('keeps a JS number exactly where that prints the canonical text', () => {
    expect(parseNumber('0.1')).toBe(0.1)
    expect(parseNumber('100')).toBe(100)
    expect(parseNumber('1e2')).toBe(100)
    expect(parseNumber('-0')).toBe(0)
    expect(Object.is(parseNumber('-0'), 0)).toBe(true)
    expect(parseNumber('1e21')).toEqual({ N: '1000000000000000000000' })
    expect(parseNumber('0.0000001')).toEqual({ N: '0.0000001' })
    expect(parseNumber('9007199254740993')).toEqual({ N: '9007199254740993' })
    expect(parseNumber('0.10000000000000000001')).toEqual({ N: '0.10000000000000000001' })
  })

  it('has one form and the exact value for every text of a number', () => {
    fc.assert(
      fc.property(numberTexts, (text) => {
        const value = parseNumber(text)
        const canonical = numberText(value)
        expect(canonical).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/)
        expect(canonical).not.toBe('-0')
        expect(scaledInteger(canonical)).toBe(scaledInteger(text))
        expect(typeof value === 'number').toBe(String(Number(canonical)) === canonical)
        expect(parseNumber(canonical)).toEqual(value)
        expect(JSON.parse(JSON.stringify(value))).toEqual(value)
      }),
    )
  })

  it.each([
    ['', 'The parameter cannot be converted to a numeric value'],
    ['b', 'The parameter cannot be converted to a numeric value: b'],
    ['1.2.3', 'The parameter cannot be converted to a numeric value: 1.2.3'],
    [' 1', 'The parameter cannot be converted to a numeric value:  1'],
    ['1 ', 'The parameter cannot be converted to a numeric value: 1 '],
    ['0x10', 'The parameter cannot be converted to a numeric value: 0x10'],
    ['1e', 'The parameter cannot be converted to a numeric value: 1e'],
    ['+e2', 'The parameter cannot be converted to a numeric value: +e2'],
    ['.', 'The parameter cannot be converted to a numeric value: .'],
    ['NaN', 'The parameter cannot be converted to a numeric value: NaN'],
    ['Infinity', 'The parameter cannot be converted to a numeric value: Infinity'],
    ['-Infinity', 'The parameter cannot be converted to a numeric value: -Infinity'],
    ['1234567890123456789012345678901234567890', 'Attempting to store more than 38 significant digits in a Number'],
    ['1234567890123456789012345678901234567800', undefined],
    ['123456789012345678901234567890123456789', 'Attempting to store more than 38 significant digits in a Number'],
    ['-1.23456789012345678901234567890123456789', 'Attempting to store more than 38 significant digits in a Number'],
    ['1e126', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    ['-1e126', 'Number overflow. Attempting to store a number with magnitude larger than supported range'],
    ['1e99999999999', 'The parameter cannot be converted to a numeric value: 1e99999999999'],
    ['1e-131', 'Number underflow. Attempting to store a number with magnitude smaller than supported range'],
    ['-1e-99999999999', 'The parameter cannot be converted to a numeric value: -1e-99999999999'],
  ])('answers %j as DynamoDB does', (text, message) => {
    if (message === undefined) expect(numberText(parseNumber(text))).toBe(text)
    else expect(() => parseNumber(text)).toThrow(expect.objectContaining({ name: 'ValidationException', message }))
  })
})

describe('numberFromDouble', () => {
  it('is the shortest decimal of the double, as parsing its text would give', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e125, max: 1e125 }).filter((double) => double === 0 || Math.abs(double) > 1e-120), (double) => {
        expect(numberFromDouble(double)).toEqual(parseNumber(String(double)))
      }),
    )
    expect(Object.is(numberFromDouble(-0), 0)).toBe(true)
    expect(numberFromDouble(1e21)).toEqual({ N: '1000000000000000000000' })
  })

  it('refuses what is not a number', () => {
    for (const double of [NaN, Infinity, -Infinity]) {
      expect(() => numberFromDouble(double)).toThrow(`The parameter cannot be converted to a numeric value: ${double}`)
    }
    expect(() => numberFromDouble(1e300)).toThrow('Number overflow')
    expect(() => numberFromDouble(5e-324)).toThrow('Number underflow')
  })
})

describe('compareNumbers', () => {
  it('orders as the exact values', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const left = scaledInteger(numberText(a))
        const right = scaledInteger(numberText(b))
        expect(Math.sign(compareNumbers(a, b))).toBe(left < right ? -1 : left > right ? 1 : 0)
      }),
    )
  })

  it('tells neighbours of 38 digits apart', () => {
    const a = parseNumber('12345678901234567890123456789012345678')
    const b = parseNumber('12345678901234567890123456789012345679')
    expect(compareNumbers(a, b)).toBeLessThan(0)
    expect(compareNumbers(b, a)).toBeGreaterThan(0)
    expect(compareNumbers(9007199254740992, parseNumber('9007199254740993'))).toBeLessThan(0)
  })
})

describe('addNumbers and subtractNumbers', () => {
  it('are exact, or refused where the result does not fit', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.boolean(), (a, b, subtract) => {
        const left = scaledInteger(numberText(a))
        const right = scaledInteger(numberText(b))
        const exact = subtract ? left - right : left + right
        const run = () => (subtract ? subtractNumbers(a, b) : addNumbers(a, b))
        const magnitude = exact < 0n ? -exact : exact
        if (magnitude >= 10n ** BigInt(SCALE + 126)) expect(run).toThrow('Number overflow')
        else if (exact !== 0n && magnitude < 10n ** BigInt(SCALE - 130)) expect(run).toThrow('Number underflow')
        else if (significantDigits(exact) > 38) expect(run).toThrow('Attempting to store more than 38 significant digits in a Number')
        else {
          expect(scaledInteger(numberText(run()))).toBe(exact)
          expect(parseNumber(numberText(run()))).toEqual(run())
        }
      }),
      { numRuns: 500 },
    )
  })

  it('add decimals that doubles can not', () => {
    expect(addNumbers(0.1, 0.2)).toBe(0.3)
    expect(addNumbers(Number.MAX_SAFE_INTEGER, 2)).toEqual({ N: '9007199254740993' })
    expect(subtractNumbers(0.3, 0.1)).toBe(0.2)
    expect(Object.is(subtractNumbers(0.5, 0.5), 0)).toBe(true)
    expect(Object.is(addNumbers(-5, 5), 0)).toBe(true)
    expect(addNumbers(parseNumber('99999999999999999999999999999999999999'), 1)).toEqual({ N: '1' + '0'.repeat(38) })
    expect(() => addNumbers(parseNumber('1e125'), 1)).toThrow('Attempting to store more than 38 significant digits in a Number')
    expect(() => addNumbers(parseNumber('9e125'), parseNumber('9e125'))).toThrow('Number overflow')
    expect(() => subtractNumbers(parseNumber('1.1e-130'), parseNumber('1e-130'))).toThrow('Number underflow')
  })
})

it('isNumber knows both forms', () => {
  expect([1, { N: '1e21' }].every(isNumber)).toBe(true)
  expect(['1', null, true, [], { NS: [1] }, { M: {} }].some(isNumber)).toBe(false)
})
