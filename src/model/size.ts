// Sizes of values and items in bytes, as DynamoDB counts them against 400 KB and for capacity
// (Developer Guide: CapacityUnitCalculations; numbers as measured by dynalite). Every new item passes this one walk, so
// it also refuses what no item may have: too deep nesting and impossible names.
import type { AttributeMap, AttributeValue } from './attribute-value.ts'
import { isList, nestingError, numberOfElement } from './attribute.ts'
import { base64ByteLength } from './base64.ts'
import { ValidationException } from './errors.ts'
import { MAX_ATTRIBUTE_NAME_BYTES, MAX_NESTING_LEVELS } from './limits.ts'
import { decimalOf, type CompactNumber } from './number.ts'

/**
 * Names and values of all attributes, in bytes. Throws ValidationException where values nest too deep or a name is
 * empty or too large; `level` is that of the map's values.
 */
export function itemSize(attributes: AttributeMap, level = 1): number {
  let size = 0
  for (const name of Object.keys(attributes)) {
    const nameSize = utf8Length(name)
    if (nameSize === 0) throw new ValidationException('Empty attribute name')
    if (nameSize > MAX_ATTRIBUTE_NAME_BYTES) {
      throw new ValidationException('Attribute name is too large, must be less than 65536 bytes')
    }
    size += nameSize + attributeSize(attributes[name] ?? null, level)
  }
  return size
}

/** One value without its name, in bytes. Throws as `itemSize`. */
export function attributeSize(value: AttributeValue, level = 1): number {
  if (level > MAX_NESTING_LEVELS) throw nestingError()
  switch (typeof value) {
    case 'string':
      return utf8Length(value)
    case 'number':
      return numberSize(value)
    case 'boolean':
      return 1
    default:
      return value === null ? 1 : objectSize(value, level)
  }
}

function objectSize(value: Extract<AttributeValue, object>, level: number): number {
  if (isList(value)) return value.reduce((size: number, element) => size + 1 + attributeSize(element, level + 1), 3)
  if ('M' in value) return 3 + Object.keys(value.M).length + itemSize(value.M, level + 1)
  if ('N' in value) return numberSize(value)
  if ('B' in value) return base64ByteLength(value.B)
  if ('SS' in value) return value.SS.reduce((size, element) => size + utf8Length(element), 0)
  if ('NS' in value) return value.NS.reduce((size: number, element) => size + numberSize(numberOfElement(element)), 0)
  return value.BS.reduce((size, element) => size + base64ByteLength(element), 0)
}

/** Bytes of the UTF-8 encoding; a lone surrogate counts as U+FFFD. */
export function utf8Length(text: string): number {
  const length = text.length
  let size = length
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code < 0x80) continue
    size += code < 0x800 ? 1 : 2
    // A pair is four bytes for two units.
    if (code >= 0xd800 && code <= 0xdbff && (text.charCodeAt(i + 1) & 0xfc00) === 0xdc00) i++
  }
  return size
}

/** One byte, one per base-100 digit, one more below zero; zero is one byte. */
function numberSize(value: CompactNumber): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return integerSize(value)
  const { negative, digits, exponent } = decimalOf(value)
  // With an even exponent of ten the first base-100 digit holds one decimal digit.
  const pairs = Math.ceil((digits.length + (exponent % 2 === 0 ? 1 : 0)) / 2)
  return 1 + pairs + (negative ? 1 : 0)
}

function integerSize(value: number): number {
  if (value === 0) return 1
  let rest = Math.abs(value)
  let size = value < 0 ? 2 : 1
  while (rest % 100 === 0) rest /= 100
  while (rest > 0) {
    rest = Math.floor(rest / 100)
    size++
  }
  return size
}
