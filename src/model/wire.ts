// DynamoDB's JSON (`{"S":"a"}`) <-> compact values: at the edges only (SDK adapter, hub, exports). Whatever comes in is
// checked here, so that inside only canonical compact values exist. Error texts are DynamoDB's.
import type { AttributeMap, AttributeValue } from './attribute-value.ts'
import { canonicalBinarySet, canonicalNumberSet, canonicalStringSet, isList, nestingError } from './attribute.ts'
import { decodeBase64 } from './base64.ts'
import { SerializationException, ValidationException } from './errors.ts'
import { MAX_NESTING_LEVELS } from './limits.ts'
import { parseNumber } from './number.ts'

/** DynamoDB's JSON: B is padded base64. */
export type WireValue =
  | { readonly S: string }
  | { readonly N: string }
  | { readonly B: string }
  | { readonly BOOL: boolean }
  | { readonly NULL: true }
  | { readonly L: readonly WireValue[] }
  | { readonly M: WireMap }
  | { readonly SS: readonly string[] }
  | { readonly NS: readonly string[] }
  | { readonly BS: readonly string[] }
export type WireMap = { readonly [name: string]: WireValue }

/** Throws SerializationException for the wrong shape, ValidationException for a wrong value. */
export function fromWire(value: unknown): AttributeValue {
  return convert(value, 1)
}

/** A map of attributes, such as an item or a key. Throws as `fromWire`. */
export function fromWireMap(map: unknown): AttributeMap {
  checkIsMap(map)
  return convertMap(map, 0)
}

/**
 * Throws SerializationException where something in `value` has the wrong shape, whatever its values are worth: AWS reads a
 * whole request before it looks at values, so a wrong value in front must not hide a wrong shape behind it.
 */
export function checkWireShape(value: unknown, level = 1): void {
  if (value === null || value === undefined || level > MAX_NESTING_LEVELS) return
  checkIsValue(value)
  for (const [type, content] of Object.entries(value)) {
    if (content === null || content === undefined) continue
    if (type === 'L') listOf(content).forEach((element) => checkWireShape(element, level + 1))
    else if (type === 'M') {
      checkIsMap(content)
      for (const member of Object.values(content)) checkWireShape(member, level + 1)
    } else if (type === 'SS' || type === 'NS') listOf(content).forEach(stringOf)
    else if (type === 'BS') listOf(content).forEach(binaryOf)
    else if (type === 'S' || type === 'N') stringOf(content)
    else if (type === 'B') binaryOf(content)
    else if (type === 'BOOL' || type === 'NULL') booleanOf(content)
  }
}

export function toWire(value: AttributeValue): WireValue {
  switch (typeof value) {
    case 'string':
      return { S: value }
    case 'number':
      return { N: String(value) }
    case 'boolean':
      return { BOOL: value }
    default:
      if (value === null) return { NULL: true }
      if (isList(value)) return { L: value.map(toWire) }
      if ('M' in value) return { M: toWireMap(value.M) }
      if ('NS' in value) return { NS: value.NS.map(String) }
      return value
  }
}

export function toWireMap(map: AttributeMap): WireMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, toWire(value)]))
}

const EMPTY = 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'
const SEVERAL = 'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes'

/** `level` of nesting, 1 at the top. */
function convert(value: unknown, level: number): AttributeValue {
  checkIsValue(value)
  let converted: AttributeValue | undefined
  let types = 0
  for (const type in value) {
    const content: unknown = value[type as never]
    if (content === null || content === undefined) continue
    const read = contentOf(type, content, level)
    if (read === undefined) continue
    converted = read
    types++
  }
  if (converted === undefined) throw new ValidationException(EMPTY)
  if (types > 1) throw new ValidationException(SEVERAL)
  if (level > MAX_NESTING_LEVELS) throw nestingError()
  return converted
}

function checkIsValue(value: unknown): asserts value is object {
  if (typeof value !== 'object') throw new SerializationException('Unexpected value type in payload')
  if (Array.isArray(value)) {
    throw new SerializationException('Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue')
  }
}

/** Undefined for what is no type code. */
function contentOf(type: string, content: unknown, level: number): AttributeValue | undefined {
  switch (type) {
    case 'S':
      return wellFormed(stringOf(content))
    case 'N':
      return parseNumber(stringOf(content))
    case 'B':
      return { B: binaryOf(content) }
    case 'BOOL':
      return booleanOf(content)
    case 'NULL':
      if (booleanOf(content)) return null
      throw new ValidationException('One or more parameter values were invalid: Null attribute value types must have the value of true')
    case 'L':
      // Deeper than any limit nothing is read: hostile nesting must not fill the stack.
      if (level > MAX_NESTING_LEVELS) throw nestingError()
      return listOf(content).map((element) => convert(element, level + 1))
    case 'M':
      checkIsMap(content)
      if (level > MAX_NESTING_LEVELS) throw nestingError()
      return { M: convertMap(content, level) }
    case 'SS':
      return canonicalStringSet(listOf(content).map((element) => wellFormed(stringOf(element))))
    case 'NS':
      return canonicalNumberSet(listOf(content).map((element) => parseNumber(stringOf(element))))
    case 'BS':
      return canonicalBinarySet(listOf(content).map(binaryOf))
    default:
      return undefined
  }
}

function checkIsMap(map: unknown): asserts map is object {
  if (typeof map !== 'object' || map === null) throw new SerializationException('Unexpected field type')
  if (Array.isArray(map)) {
    throw new SerializationException(
      'Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>',
    )
  }
}

function convertMap(map: object, level: number): AttributeMap {
  const converted: { [name: string]: AttributeValue } = {}
  for (const name in map) {
    const value = convert(map[name as never], level + 1)
    // Assigned, it would be the prototype.
    if (name === '__proto__') Object.defineProperty(converted, name, { value, enumerable: true, configurable: true, writable: true })
    else converted[wellFormed(name)] = value
  }
  return converted
}

function stringOf(content: unknown): string {
  if (typeof content === 'string') return content
  throw wrongScalar(content, 'String')
}

function booleanOf(content: unknown): boolean {
  if (typeof content === 'boolean') return content
  if (typeof content === 'string') return booleanText(content)
  throw wrongScalar(content, 'Boolean')
}

/** AWS reads some texts as booleans. Throws SerializationException. */
export function booleanText(text: string): boolean {
  if (/^(true|1|yes)$/i.test(text)) return true
  if (/^(false|0|no)$/i.test(text)) return false
  throw new SerializationException('Unexpected token received from parser')
}

function binaryOf(content: unknown): string {
  if (typeof content === 'string') {
    decodeBase64(content)
    return content
  }
  if (typeof content === 'object' && content !== null) throw wrongScalar(content, 'nio.ByteBuffer')
  throw new SerializationException('only base-64-encoded strings are convertible to bytes')
}

function listOf(content: unknown): readonly unknown[] {
  if (Array.isArray(content)) return content
  throw new SerializationException(
    typeof content === 'object' ? 'Start of structure or map found where not expected' : 'Unexpected field type',
  )
}

/** What AWS says of a value that is no `type` (a Java class of java.lang). */
export function wrongScalar(content: unknown, type: string): SerializationException {
  if (Array.isArray(content)) {
    return new SerializationException(`Unrecognized collection type class java.${type === 'nio.ByteBuffer' ? type : `lang.${type}`}`)
  }
  if (typeof content === 'string') return new SerializationException(`STRING_VALUE cannot be converted to ${type}`)
  if (typeof content === 'boolean') return new SerializationException(`${content ? 'TRUE_VALUE' : 'FALSE_VALUE'} cannot be converted to ${type}`)
  if (typeof content === 'number') {
    return new SerializationException(`${Number.isInteger(content) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE'} cannot be converted to ${type}`)
  }
  return new SerializationException('Start of structure or map found where not expected')
}

/** Lone surrogates have no UTF-8; as on the wire, they become U+FFFD. */
function wellFormed(text: string): string {
  return /[\ud800-\udfff]/.test(text) ? text.replace(/\p{Surrogate}/gu, '\ufffd') : text
}
