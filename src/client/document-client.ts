// Operations in the document client's shapes: AWS's names with native values. Converts where inputs and outputs hold
// attribute values, wherever an operation has them; what is no attribute value passes as it is.
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { decodeMap, decodeValue, encodeMap, encodeValue } from './values.ts'

/** Members that are maps of attributes, or lists of such maps. */
const MAPS = new Set([
  'Item',
  'Items',
  'Key',
  'Keys',
  'Attributes',
  'ExpressionAttributeValues',
  'ExclusiveStartKey',
  'LastEvaluatedKey',
  'ItemCollectionKey',
])
/** Members that are lists of values. */
const VALUES = new Set(['Parameters'])
/** Members that are maps by table name. */
const BY_TABLE = new Set(['RequestItems', 'Responses', 'UnprocessedItems', 'UnprocessedKeys', 'ItemCollectionMetrics'])

interface Conversion {
  map(attributes: object): unknown
  value(value: unknown): unknown
}
const encoding: Conversion = { map: encodeMap, value: encodeValue }
const decoding: Conversion = {
  map: (attributes) => decodeMap(attributes as AttributeMap),
  value: (value) => decodeValue(value as AttributeValue, undefined, ''),
}

export function encodeInput(input: object): object {
  return convert(input, encoding) as object
}
/** In place or not. */
export function decodeOutput(output: object): object {
  return convert(output, decoding) as object
}

function convert(value: unknown, conversion: Conversion): unknown {
  if (Array.isArray(value)) return value.map((element) => convert(element, conversion))
  if (typeof value !== 'object' || value === null) return value
  return mapValues(value, (member, name) => {
    if (MAPS.has(name)) return each(member, conversion.map)
    if (VALUES.has(name)) return each(member, conversion.value)
    if (!BY_TABLE.has(name) || Array.isArray(member)) return convert(member, conversion)
    // Table names are nobody's terms. BatchGetItem's responses are the items themselves.
    return mapValues(member as object, (own) => (name === 'Responses' ? each(own, conversion.map) : convert(own, conversion)))
  })
}

function mapValues(object: object, change: (member: unknown, name: string) => unknown): object {
  return Object.fromEntries(Object.entries(object).map(([name, member]) => [name, change(member, name)]))
}

function each(value: unknown, change: (value: never) => unknown): unknown {
  if (value === undefined || value === null) return value
  return Array.isArray(value) ? value.map((element) => change(element as never)) : change(value as never)
}
