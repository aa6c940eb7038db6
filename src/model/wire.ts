// DynamoDB's JSON (`{"S":"a"}`) <-> compact values: at the edges only (SDK adapter, hub, exports). Whatever comes in is
// checked here, so that inside only canonical compact values exist. Error texts are DynamoDB's.
import type { AttributeMap, AttributeValue } from './attribute-value.ts'
import { canonicalBinarySet, canonicalNumberSet, canonicalStringSet, checkNesting, isList } from './attribute.ts'
import { decodeBase64 } from './base64.ts'
import { SerializationException, ValidationException } from './errors.ts'
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
  const compact = convert(value)
  checkNesting(compact)
  return compact
}

/** A map of attributes, such as an item or a key. Throws as `fromWire`. */
export function fromWireMap(map: unknown): AttributeMap {
  const compact = convertMap(map)
  for (const name of Object.keys(compact)) checkNesting(compact[name] ?? null)
  return compact
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

const readers: { readonly [type: string]: (content: unknown) => AttributeValue } = {
  S: (content) => wellFormed(stringOf(content)),
  N: (content) => parseNumber(stringOf(content)),
  B: (content) => ({ B: binaryOf(content) }),
  BOOL: booleanOf,
  NULL: (content) => {
    if (booleanOf(content)) return null
    throw new ValidationException('One or more parameter values were invalid: Null attribute value types must have the value of true')
  },
  L: (content) => listOf(content).map(convert),
  M: (content) => ({ M: convertMap(content) }),
  SS: (content) => canonicalStringSet(listOf(content).map((element) => wellFormed(stringOf(element)))),
  NS: (content) => canonicalNumberSet(listOf(content).map((element) => parseNumber(stringOf(element)))),
  BS: (content) => canonicalBinarySet(listOf(content).map(binaryOf)),
}

function convert(value: unknown): AttributeValue {
  if (typeof value !== 'object') throw new SerializationException('Unexpected value type in payload')
  if (Array.isArray(value)) {
    throw new SerializationException('Unrecognized collection type class com.amazonaws.dynamodb.v20120810.AttributeValue')
  }
  let converted: AttributeValue | undefined
  let types = 0
  for (const [type, content] of Object.entries(value ?? {})) {
    if (content === null || content === undefined || !Object.hasOwn(readers, type)) continue
    converted = readers[type]?.(content)
    types++
  }
  if (converted === undefined) {
    throw new ValidationException('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes')
  }
  if (types > 1) {
    throw new ValidationException(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    )
  }
  return converted
}

function convertMap(map: unknown): AttributeMap {
  if (typeof map !== 'object' || map === null) throw new SerializationException('Unexpected field type')
  if (Array.isArray(map)) {
    throw new SerializationException(
      'Unrecognized collection type java.util.Map<java.lang.String, com.amazonaws.dynamodb.v20120810.AttributeValue>',
    )
  }
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [wellFormed(name), convert(value)]))
}

function stringOf(content: unknown): string {
  if (typeof content === 'string') return content
  throw wrongScalar(content, 'String')
}

function booleanOf(content: unknown): boolean {
  if (typeof content === 'boolean') return content
  if (typeof content === 'string') throw new SerializationException('Unexpected token received from parser')
  throw wrongScalar(content, 'Boolean')
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

function wrongScalar(content: unknown, type: string): SerializationException {
  if (Array.isArray(content)) {
    return new SerializationException(`Unrecognized collection type class java.${type === 'nio.ByteBuffer' ? type : `lang.${type}`}`)
  }
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
