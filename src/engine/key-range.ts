// Key conditions as ranges of storage keys, and the parts of which storage keys are made. Encoded key parts delimit
// themselves and sort as their values, so every key condition is exactly one range.
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { attributeOf } from '../model/attribute.ts'
import { encodeKeyPart, encodeKeyPrefix, isKeyValue, prefixEnd } from '../model/key-encoding.ts'
import type { KeyType } from '../model/table.ts'
import type { KeyCondition } from '../expression/key-condition.ts'
import type { Key, KeyRange } from '../storage/store.ts'

/** Bytes in front of an item's or entry's own key: table id and index id. */
export const SPACE_LENGTH = 6

const NEGATIVE_END = '\xff'
const END = '\x00'

/** Where the encoded part that begins at `start` ends. */
export function keyPartEnd(key: Key, start: number, type: KeyType): number {
  const isNegative = type === 'N' && key.charCodeAt(start) < 0x80
  return key.indexOf(isNegative ? NEGATIVE_END : END, start) + 1
}

/** The beginning of a storage key that all items of its partition share: space and encoded partition key parts. */
export function partitionPrefix(key: Key, types: readonly KeyType[]): Key {
  let end = SPACE_LENGTH
  for (const type of types) end = keyPartEnd(key, end, type)
  return key.slice(0, end)
}

/** What a key condition selects within the space (`indexPrefix`) of a table's items or of an index. */
export function keyConditionRange(space: Key, { partition, sort }: KeyCondition): KeyRange {
  let prefix = space
  for (const value of partition) prefix += encoded(value)
  for (const value of sort.equal) prefix += encoded(value)
  const { last } = sort
  if (last === undefined) return { start: prefix, end: prefixEnd(prefix) }
  const [value = null, upper = null] = last.values
  switch (last.operator) {
    case '<':
      return { start: prefix, end: prefix + encoded(value) }
    case '<=':
      return { start: prefix, end: prefixEnd(prefix + encoded(value)) }
    case '>':
      return { start: prefixEnd(prefix + encoded(value)), end: prefixEnd(prefix) }
    case '>=':
      return { start: prefix + encoded(value), end: prefixEnd(prefix) }
    case 'BETWEEN':
      return { start: prefix + encoded(value), end: prefixEnd(prefix + encoded(upper)) }
    case 'begins_with':
      return beginningWith(prefix, value)
  }
}

/** The values of a resolved key condition have the types of the key. */
function encoded(value: AttributeValue): Key {
  return isKeyValue(value) ? encodeKeyPart(value) : ''
}

function beginningWith(prefix: Key, value: AttributeValue): KeyRange {
  const isText = typeof value === 'string' || (typeof value === 'object' && value !== null && 'B' in value)
  const start = isText ? prefix + encodeKeyPrefix(value) : prefix
  return { start, end: prefixEnd(start) }
}

/** The encoding of these attributes, which the caller has checked to be key values. */
export function encodeKeyAttributes(names: readonly string[], attributes: AttributeMap): Key {
  let key = ''
  for (const name of names) {
    const value = attributeOf(attributes, name)
    if (value !== undefined && isKeyValue(value)) key += encodeKeyPart(value)
  }
  return key
}

/** What of `range` lies strictly behind `key`, in the direction of the walk. */
export function rangeAfter(range: KeyRange, key: Key): KeyRange {
  if (range.reverse === true) return { ...range, end: key < range.end ? key : range.end }
  // No key lies between a key and the same with a zero byte behind it.
  const next = key + '\x00'
  return { ...range, start: next > range.start ? next : range.start }
}

/** What of `range` a walk has seen that ended with `key` as the last one it evaluated. */
export function rangeThrough(range: KeyRange, key: Key): KeyRange {
  return range.reverse === true ? { ...range, start: key } : { ...range, end: key + '\x00' }
}

export function isInRange(range: KeyRange, key: Key): boolean {
  return key >= range.start && key < range.end
}
