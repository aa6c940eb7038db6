// The document client's inputs and outputs, which cross as one compact value (a map of maps), to and from the engine's
// shapes, in which only attribute values are compact. Invariant: what is no attribute value keeps its shape both ways.
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { isList } from '../model/attribute.ts'

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
/** Members that are maps by table name; names of tables are nobody's terms. */
const BY_TABLE = new Set(['RequestItems', 'Responses', 'UnprocessedItems', 'UnprocessedKeys', 'ItemCollectionMetrics'])

const isMap = (value: AttributeValue): value is { readonly M: AttributeMap } =>
  typeof value === 'object' && value !== null && !isList(value) && 'M' in value

/** An operation's input out of one compact value. */
export function fromDocument(value: AttributeValue): unknown {
  if (isList(value)) return value.map(fromDocument)
  return isMap(value) ? mapMembers(value.M, fromMember) : value
}

function fromMember(name: string, value: AttributeValue): unknown {
  if (VALUES.has(name)) return value
  if (MAPS.has(name)) return isList(value) ? value.map(withoutMark) : withoutMark(value)
  return BY_TABLE.has(name) && isMap(value) ? mapMembers(value.M, (_, each) => fromDocument(each)) : fromDocument(value)
}
/** Tags have a Key too, which is a text. */
const withoutMark = (value: AttributeValue): unknown => (isMap(value) ? value.M : value)

/** An operation's output as one compact value; `Item`s stay what they are, within. */
export function toDocument(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toDocument)
  if (typeof value !== 'object' || value === null) return value
  return { M: mapMembers(value, toMember) }
}

function toMember(name: string, value: unknown): unknown {
  if (VALUES.has(name)) return value
  if (MAPS.has(name)) return Array.isArray(value) ? value.map(withMark) : withMark(value)
  if (!BY_TABLE.has(name) || Array.isArray(value) || typeof value !== 'object' || value === null) return toDocument(value)
  // BatchGetItem's responses are the items themselves.
  return { M: mapMembers(value, (_, each) => (name === 'Responses' && Array.isArray(each) ? each.map(withMark) : toDocument(each))) }
}
const withMark = (value: unknown): unknown => (typeof value === 'object' && value !== null ? { M: value } : value)

function mapMembers<V>(map: { readonly [name: string]: V } | object, change: (name: string, value: V) => unknown): object {
  const members: [string, V][] = Object.entries(map)
  return Object.fromEntries(members.filter(([, value]) => value !== undefined).map(([name, value]) => [name, change(name, value)]))
}
