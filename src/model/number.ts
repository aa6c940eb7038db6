// Numbers: up to 38 significant digits, 1e-130 to 9.99…e125 and their negatives, and zero (Developer Guide: Constraints).
// Canonical text is plain decimal: no exponent, no plus sign, no leading or trailing zeros, no -0. A number is kept as a
// JS number if and only if that prints exactly the canonical text, else as `{ N: text }`; so equal numbers are equal data.
import type { AttributeValue, ExactNumber } from './attribute-value.ts'
import { ValidationException } from './errors.ts'
import { MAX_NUMBER_DIGITS, MAX_NUMBER_EXPONENT, MIN_NUMBER_EXPONENT } from './limits.ts'
import { valueError } from './value-wording.ts'

export type CompactNumber = number | ExactNumber

/** sign × 0.d₁d₂… × 10^(exponent + 1): `digits` has no leading or trailing zeros and is empty for zero. */
export interface Decimal {
  readonly negative: boolean
  readonly digits: string
  /** Of the first digit: 12.5 has 1, 0.04 has -2. */
  readonly exponent: number
}

const NOT_NUMERIC = 'The parameter cannot be converted to a numeric value'
const OVERFLOW = 'Number overflow. Attempting to store a number with magnitude larger than supported range'
const UNDERFLOW = 'Number underflow. Attempting to store a number with magnitude smaller than supported range'

const LONGEST_INT = 2n ** 31n - 1n

const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/

/** Doubles in this range print as plain decimals (ECMAScript: Number::toString), so their text is canonical. */
function printsPlainly(value: number): boolean {
  const magnitude = Math.abs(value)
  return (magnitude < 1e21 && magnitude >= 1e-6) || value === 0
}

/** A number from text such as `3`, `+3`, `.5`, `0001.230`, `1e5`. Throws ValidationException with DynamoDB's texts. */
export function parseNumber(text: string): CompactNumber {
  const double = Number(text)
  if (String(double) === text && printsPlainly(double)) return double
  return fromDecimal(parseDecimal(text))
}

/** The number that a double stands for: its shortest decimal. Throws ValidationException for NaN and the infinities. */
export function numberFromDouble(double: number): CompactNumber {
  if (printsPlainly(double)) return double === 0 ? 0 : double
  return fromDecimal(parseDecimal(String(double)))
}

export function isNumber(value: AttributeValue): value is CompactNumber {
  return typeof value === 'number' || (typeof value === 'object' && value !== null && 'N' in value)
}

/** Canonical text. */
export function numberText(value: CompactNumber): string {
  return typeof value === 'number' ? String(value) : value.N
}

/** Below, at or above zero, as `a` is below, equal to or above `b`. */
export function compareNumbers(a: CompactNumber, b: CompactNumber): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b
  return compareDecimals(decimalOf(a), decimalOf(b))
}

/** Exact sum. Throws ValidationException where it has more than 38 digits or is out of range. */
export function addNumbers(a: CompactNumber, b: CompactNumber): CompactNumber {
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a) && Number.isSafeInteger(b)) {
    const sum = a + b
    if (Number.isSafeInteger(sum)) return sum
  }
  return addDecimals(decimalOf(a), decimalOf(b))
}

/** Exact difference. Throws ValidationException where it has more than 38 digits or is out of range. */
export function subtractNumbers(a: CompactNumber, b: CompactNumber): CompactNumber {
  if (typeof a === 'number' && typeof b === 'number' && Number.isSafeInteger(a) && Number.isSafeInteger(b)) {
    const difference = a - b
    if (Number.isSafeInteger(difference)) return difference
  }
  const subtrahend = decimalOf(b)
  return addDecimals(decimalOf(a), { ...subtrahend, negative: !subtrahend.negative })
}

/** The digits of a canonical number. */
export function decimalOf(value: CompactNumber): Decimal {
  const text = numberText(value)
  const start = text.charCodeAt(0) === 45 ? 1 : 0
  const point = text.indexOf('.')
  if (point < 0) {
    const digits = trimEnd(text.slice(start))
    return { negative: start === 1, digits: digits === '0' ? '' : digits, exponent: digits === '0' ? 0 : text.length - start - 1 }
  }
  const integer = text.slice(start, point)
  const fraction = text.slice(point + 1)
  if (integer !== '0') return { negative: start === 1, digits: integer + fraction, exponent: integer.length - 1 }
  const digits = trimStart(fraction)
  return { negative: start === 1, digits, exponent: digits.length - fraction.length - 1 }
}

function parseDecimal(text: string): Decimal {
  if (text === '') throw valueError(NOT_NUMERIC, `${NOT_NUMERIC}: `)
  const match = NUMBER.exec(text)
  const integer = match?.[2] ?? ''
  const all = integer + (match?.[3] ?? '')
  if (match === null || all === '') throw new ValidationException(`${NOT_NUMERIC}: ${text}`)
  const written = match[4] === undefined ? 0 : writtenExponent(text, match[4])
  const significant = trimStart(all)
  // Zero is measured by the exponent that it is written with.
  if (significant === '') checkExponent(written)
  return checkedDecimal({
    negative: match[1] === '-',
    digits: trimEnd(significant),
    exponent: written + integer.length - (all.length - significant.length) - 1,
  })
}

/**
 * One beyond 64 bits is no number. To AWS's older layer, which reads as Java's BigDecimal does, one beyond 32 bits is none
 * either, and one at their end wraps around (paritysuite/dynamodb-conformance, tests/tier3/limits/numberExponent.test.ts,
 * error-messages/valueLayers.test.ts and partiqlParameterNumbers.test.ts, October 2026).
 */
function writtenExponent(text: string, exponent: string): number {
  if (exponent.length > 9) {
    const exact = BigInt(exponent.startsWith('+') ? exponent.slice(1) : exponent)
    if (exact >= 2n ** 63n || exact < -(2n ** 63n)) throw new ValidationException(`${NOT_NUMERIC}: ${text}`)
    if (exact === LONGEST_INT) throw valueError(UNDERFLOW, OVERFLOW)
    if (exact > LONGEST_INT || exact < -LONGEST_INT) throw valueError(`${NOT_NUMERIC}: ${text}`, exact > 0n ? OVERFLOW : UNDERFLOW)
  }
  return Number(exponent)
}

function checkExponent(exponent: number): void {
  if (exponent > MAX_NUMBER_EXPONENT) throw new ValidationException(OVERFLOW)
  if (exponent < MIN_NUMBER_EXPONENT) throw new ValidationException(UNDERFLOW)
}

/** In range, or throws with DynamoDB's texts. */
function checkedDecimal(decimal: Decimal): Decimal {
  if (decimal.digits === '') return { negative: false, digits: '', exponent: 0 }
  checkExponent(decimal.exponent)
  if (decimal.digits.length > MAX_NUMBER_DIGITS) {
    throw new ValidationException(`Attempting to store more than ${MAX_NUMBER_DIGITS} significant digits in a Number`)
  }
  return decimal
}

function fromDecimal(decimal: Decimal): CompactNumber {
  const text = decimalText(decimal)
  const double = Number(text)
  return String(double) === text ? double : { N: text }
}

function decimalText({ negative, digits, exponent }: Decimal): string {
  if (digits === '') return '0'
  const sign = negative ? '-' : ''
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`
  const length = exponent + 1
  if (digits.length <= length) return sign + digits.padEnd(length, '0')
  return `${sign}${digits.slice(0, length)}.${digits.slice(length)}`
}

function compareDecimals(a: Decimal, b: Decimal): number {
  const signA = signOf(a)
  const signB = signOf(b)
  if (signA !== signB || signA === 0) return signA - signB
  if (a.exponent !== b.exponent) return signA * (a.exponent - b.exponent)
  // Digits are fractions after the same point: text order is their order.
  return a.digits === b.digits ? 0 : a.digits < b.digits ? -signA : signA
}

function signOf(decimal: Decimal): number {
  return decimal.digits === '' ? 0 : decimal.negative ? -1 : 1
}

function addDecimals(a: Decimal, b: Decimal): CompactNumber {
  const scale = Math.min(lastExponent(a), lastExponent(b))
  const sum = scaled(a, scale) + scaled(b, scale)
  const negative = sum < 0n
  const text = String(negative ? -sum : sum)
  return fromDecimal(checkedDecimal({ negative, digits: sum === 0n ? '' : trimEnd(text), exponent: scale + text.length - 1 }))
}

/** Of the last digit. */
function lastExponent({ digits, exponent }: Decimal): number {
  return exponent - digits.length + 1
}

/** value / 10^scale; `scale` is at most the exponent of the last digit. */
function scaled(decimal: Decimal, scale: number): bigint {
  if (decimal.digits === '') return 0n
  const magnitude = BigInt(decimal.digits) * 10n ** BigInt(lastExponent(decimal) - scale)
  return decimal.negative ? -magnitude : magnitude
}

function trimStart(digits: string): string {
  let start = 0
  while (digits.charCodeAt(start) === 48) start++
  return start === 0 ? digits : digits.slice(start)
}

/** Without trailing zeros; `0` stays. */
function trimEnd(digits: string): string {
  let end = digits.length
  while (end > 1 && digits.charCodeAt(end - 1) === 48) end--
  return end === digits.length ? digits : digits.slice(0, end)
}
