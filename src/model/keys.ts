// Items' keys: checking key attributes with DynamoDB's texts, and storage keys without their table and index prefix.
// An item's key is partition + sort; an index entry's is the index's parts followed by the item's key, so every entry
// is unique and sorts by the index first.
import type { AttributeMap, AttributeValue } from './attribute-value.ts'
import { attributeOf, typeOf } from './attribute.ts'
import { base64ByteLength } from './base64.ts'
import { ValidationException } from './errors.ts'
import { encodeKeyPart, isKeyValue, type Key, type KeyValue } from './key-encoding.ts'
import { MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES } from './limits.ts'
import { utf8Length } from './size.ts'
import type { IndexSchema, KeyAttribute, TableSchema } from './table.ts'

export type KeySchema = Pick<TableSchema, 'partitionKey' | 'sortKey'>

/**
 * The key of an item to be written. Throws ValidationException for a missing, mistyped, empty or oversized key attribute.
 */
export function itemKey(schema: KeySchema, attributes: AttributeMap): Key {
  const partition = encodeKeyPart(itemKeyValue(schema.partitionKey, attributes, MAX_PARTITION_KEY_BYTES))
  return schema.sortKey === undefined
    ? partition
    : partition + encodeKeyPart(itemKeyValue(schema.sortKey, attributes, MAX_SORT_KEY_BYTES))
}

/**
 * The key that a Key parameter names: exactly the key attributes. Throws ValidationException otherwise.
 */
export function primaryKey(schema: KeySchema, key: AttributeMap): Key {
  const count = schema.sortKey === undefined ? 1 : 2
  if (Object.keys(key).length !== count) throw keyMismatch()
  const partition = encodeKeyPart(givenKeyValue(schema.partitionKey, key, MAX_PARTITION_KEY_BYTES))
  return schema.sortKey === undefined
    ? partition
    : partition + encodeKeyPart(givenKeyValue(schema.sortKey, key, MAX_SORT_KEY_BYTES))
}

/** The attributes of an item that make its key: LastEvaluatedKey, stream records' Keys. */
export function keyMap(schema: KeySchema, attributes: AttributeMap): AttributeMap {
  const names = schema.sortKey === undefined ? [schema.partitionKey.name] : [schema.partitionKey.name, schema.sortKey.name]
  return pick(attributes, names)
}

/** The own attributes with these names. */
export function pick(attributes: AttributeMap, names: readonly string[]): AttributeMap {
  const entries: [string, AttributeValue][] = []
  for (const name of names) {
    const value = attributeOf(attributes, name)
    if (value !== undefined) entries.push([name, value])
  }
  return Object.fromEntries(entries)
}

/**
 * The key of an item's entry in an index, or undefined where the item is not in it: an attribute is missing, or (in
 * replicated or older items, which nobody checked) of another type, empty or too large.
 */
export function indexKey(index: IndexSchema, schema: KeySchema, attributes: AttributeMap): Key | undefined {
  let key = ''
  for (const attribute of index.partitionKeys) {
    const value = indexKeyValue(attribute, attributes, MAX_PARTITION_KEY_BYTES)
    if (value === undefined) return undefined
    key += encodeKeyPart(value)
  }
  for (const attribute of index.sortKeys) {
    const value = indexKeyValue(attribute, attributes, MAX_SORT_KEY_BYTES)
    if (value === undefined) return undefined
    key += encodeKeyPart(value)
  }
  return key + itemKey(schema, attributes)
}

/** Throws ValidationException where an attribute that an index is keyed on is present but can't be its key. */
export function checkIndexKeys(schema: Pick<TableSchema, 'indexes'>, attributes: AttributeMap): void {
  for (const index of schema.indexes) {
    for (const attribute of index.partitionKeys) checkIndexKey(index, attribute, attributes, 'partition')
    for (const attribute of index.sortKeys) checkIndexKey(index, attribute, attributes, 'sort')
  }
}

function checkIndexKey(index: IndexSchema, { name, type }: KeyAttribute, attributes: AttributeMap, role: 'partition' | 'sort'): void {
  const value = attributeOf(attributes, name)
  if (value === undefined) return
  if (!isKeyValue(value) || typeOf(value) !== type) {
    throw new ValidationException(
      `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index.name}`,
    )
  }
  if (isEmptyKey(value)) {
    throw new ValidationException(
      `One or more parameter values are not valid. A value specified for a secondary index key is not supported. ` +
        `The AttributeValue for a key attribute cannot contain an empty ${emptyName(value)} value. IndexName: ${index.name}, IndexKey: ${name}`,
    )
  }
  checkKeySize(value, role === 'partition' ? MAX_PARTITION_KEY_BYTES : MAX_SORT_KEY_BYTES)
}

function indexKeyValue({ name, type }: KeyAttribute, attributes: AttributeMap, maxBytes: number): KeyValue | undefined {
  const value = attributeOf(attributes, name)
  if (value === undefined || !isKeyValue(value) || typeOf(value) !== type) return undefined
  if (isEmptyKey(value) || keySize(value) > maxBytes) return undefined
  return value
}

function itemKeyValue({ name, type }: KeyAttribute, attributes: AttributeMap, maxBytes: number): KeyValue {
  const value = attributeOf(attributes, name)
  if (value === undefined) {
    throw new ValidationException(`One or more parameter values were invalid: Missing the key ${name} in the item`)
  }
  if (!isKeyValue(value) || typeOf(value) !== type) {
    throw new ValidationException(
      `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`,
    )
  }
  checkKeyValue(name, value, maxBytes)
  return value
}

function givenKeyValue({ name, type }: KeyAttribute, key: AttributeMap, maxBytes: number): KeyValue {
  const value = attributeOf(key, name)
  if (value === undefined || !isKeyValue(value) || typeOf(value) !== type) throw keyMismatch()
  checkKeyValue(name, value, maxBytes)
  return value
}

function keyMismatch(): ValidationException {
  return new ValidationException('The provided key element does not match the schema')
}

function checkKeyValue(name: string, value: KeyValue, maxBytes: number): void {
  if (isEmptyKey(value)) {
    throw new ValidationException(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${emptyName(value)} value. Key: ${name}`,
    )
  }
  checkKeySize(value, maxBytes)
}

/** Throws ValidationException where a key attribute's value exceeds the limit of its role. */
function checkKeySize(value: KeyValue, maxBytes: number): void {
  if (keySize(value) <= maxBytes) return
  throw new ValidationException(
    maxBytes === MAX_PARTITION_KEY_BYTES
      ? `One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of${maxBytes} bytes`
      : `One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of ${maxBytes} bytes`,
  )
}

/** Bytes; numbers are always small enough and count as none. */
function keySize(value: KeyValue): number {
  // Three bytes a unit at most: only long strings are worth counting.
  if (typeof value === 'string') return value.length * 3 <= MAX_SORT_KEY_BYTES ? value.length : utf8Length(value)
  return typeof value === 'object' && 'B' in value ? base64ByteLength(value.B) : 0
}

function isEmptyKey(value: KeyValue): boolean {
  return value === '' || (typeof value === 'object' && 'B' in value && value.B === '')
}

function emptyName(value: KeyValue): 'string' | 'binary' {
  return typeof value === 'string' ? 'string' : 'binary'
}
