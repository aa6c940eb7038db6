// Items' keys: checking key attributes with DynamoDB's texts, and storage keys without their table and index prefix.
// An item's key is partition + sort; an index entry's is the index's parts followed by the item's key, so every entry
// is unique and sorts by the index first.
import type { AttributeMap, AttributeValue } from './attribute-value.ts'
import { attributeOf, compareUtf8, typeOf } from './attribute.ts'
import { base64ByteLength } from './base64.ts'
import { ValidationException } from './errors.ts'
import { encodeKeyPart, isKeyValue, type Key, type KeyValue } from './key-encoding.ts'
import { MAX_PARTITION_KEY_BYTES, MAX_SORT_KEY_BYTES } from './limits.ts'
import { utf8Length } from './size.ts'
import { keyAttributes, type IndexSchema, type KeyAttribute, type TableSchema } from './table.ts'

/** Begins the refusals of empty key values, which AWS makes of a request as a whole, in transactions too. */
export const EMPTY_KEY_VALUE = 'One or more parameter values are not valid.'

export type KeySchema = Pick<TableSchema, 'partitionKey' | 'sortKey'>

/** The key of an item to be written. Throws ValidationException for a missing, mistyped, empty or oversized key attribute. */
export function itemKey({ partitionKey, sortKey }: KeySchema, attributes: AttributeMap): Key {
  const partition = encodeKeyAttribute(partitionKey, itemKeyValue(partitionKey, attributes), MAX_PARTITION_KEY_BYTES)
  if (sortKey === undefined) return partition
  return partition + encodeKeyAttribute(sortKey, itemKeyValue(sortKey, attributes), MAX_SORT_KEY_BYTES)
}

/** The key that a Key parameter names, which has the key attributes and no other. Throws ValidationException. */
export function primaryKey({ partitionKey, sortKey }: KeySchema, key: AttributeMap): Key {
  if (Object.keys(key).length !== (sortKey === undefined ? 1 : 2)) throw schemaMismatch()
  const partition = encodeKeyAttribute(partitionKey, givenKeyValue(partitionKey, key), MAX_PARTITION_KEY_BYTES)
  if (sortKey === undefined) return partition
  return partition + encodeKeyAttribute(sortKey, givenKeyValue(sortKey, key), MAX_SORT_KEY_BYTES)
}

/** The attributes of an item that make its key: LastEvaluatedKey, stream records' Keys. */
export function keyMap(schema: KeySchema, attributes: AttributeMap): AttributeMap {
  return pick(
    attributes,
    keyAttributes(schema).map((attribute) => attribute.name),
  )
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
 * items that nobody checked: replicated ones, and those written before the index) of another type, empty or too large.
 */
export function indexKey(index: IndexSchema, schema: KeySchema, attributes: AttributeMap): Key | undefined {
  const partition = encodeIndexParts(index.partitionKeys, attributes, MAX_PARTITION_KEY_BYTES)
  if (partition === undefined) return undefined
  const sort = encodeIndexParts(index.sortKeys, attributes, MAX_SORT_KEY_BYTES)
  return sort === undefined ? undefined : partition + sort + itemKey(schema, attributes)
}

/** What brought an attribute that can't be an index key: DynamoDB words its refusals differently. */
export type IndexKeySource = 'item' | 'update'

/** Throws ValidationException where an attribute that an index is keyed on is present but can't be its key. */
export function checkIndexKeys(schema: Pick<TableSchema, 'indexes'>, attributes: AttributeMap, source: IndexKeySource = 'item'): void {
  if (schema.indexes.every((index) => fits(index, attributes))) return
  // DynamoDB names the alphabetically first index, and types before anything else.
  const indexes = [...schema.indexes].sort((a, b) => compareUtf8(a.name, b.name))
  for (const index of indexes) checkIndexKeyTypes(index, attributes, source)
  for (const index of indexes) checkIndexKeyContents(index, attributes, source)
}

function fits(index: IndexSchema, attributes: AttributeMap): boolean {
  return fitsRole(index.partitionKeys, attributes, MAX_PARTITION_KEY_BYTES) && fitsRole(index.sortKeys, attributes, MAX_SORT_KEY_BYTES)
}

function fitsRole(keys: readonly KeyAttribute[], attributes: AttributeMap, maxBytes: number): boolean {
  let size = 0
  for (const { name, type } of keys) {
    const value = attributeOf(attributes, name)
    if (value === undefined) continue
    if (!isKeyOf(type, value) || isEmpty(value)) return false
    size += keyBytes(value)
  }
  return size <= maxBytes
}

function checkIndexKeyTypes(index: IndexSchema, attributes: AttributeMap, source: IndexKeySource): void {
  for (const { name, type } of [...index.partitionKeys, ...index.sortKeys]) {
    const value = attributeOf(attributes, name)
    if (value === undefined || isKeyOf(type, value)) continue
    throw new ValidationException(
      source === 'update'
        ? 'The update expression attempted to update the secondary index key to unsupported type'
        : `One or more parameter values were invalid: Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index.name}`,
    )
  }
}

function checkIndexKeyContents(index: IndexSchema, attributes: AttributeMap, source: IndexKeySource): void {
  for (const { name } of [...index.partitionKeys, ...index.sortKeys]) {
    const value = attributeOf(attributes, name)
    if (value === undefined || !isKeyValue(value) || !isEmpty(value)) continue
    const reason = `The AttributeValue for a key attribute cannot contain an empty ${emptyKind(value)} value.`
    throw new ValidationException(
      source === 'update'
        ? `${EMPTY_KEY_VALUE} The update expression attempted to update a secondary index key to a value that is not supported. ${reason}`
        : `${EMPTY_KEY_VALUE} A value specified for a secondary index key is not supported. ${reason} IndexName: ${index.name}, IndexKey: ${name}`,
    )
  }
  const tooLarge = !fitsRole(index.partitionKeys, attributes, MAX_PARTITION_KEY_BYTES)
  if (!tooLarge && fitsRole(index.sortKeys, attributes, MAX_SORT_KEY_BYTES)) return
  if (source === 'update') {
    throw new ValidationException('The update expression attempted to update the secondary index key beyond allowed size limits')
  }
  throw oversizedKey(tooLarge ? MAX_PARTITION_KEY_BYTES : MAX_SORT_KEY_BYTES)
}

/** Concatenated encodings, or undefined where one of the attributes is missing or can't be a key. */
function encodeIndexParts(keys: readonly KeyAttribute[], attributes: AttributeMap, maxBytes: number): Key | undefined {
  let key = ''
  for (const { name, type } of keys) {
    const value = attributeOf(attributes, name)
    if (value === undefined || !isKeyOf(type, value) || isEmpty(value)) return undefined
    key += encodeKeyPart(value)
  }
  // Encodings are longer than what they encode.
  return key.length <= maxBytes || fitsRole(keys, attributes, maxBytes) ? key : undefined
}

function itemKeyValue({ name, type }: KeyAttribute, attributes: AttributeMap): KeyValue {
  const value = attributeOf(attributes, name)
  if (value === undefined) {
    throw new ValidationException(`One or more parameter values were invalid: Missing the key ${name} in the item`)
  }
  if (isKeyOf(type, value)) return value
  throw new ValidationException(
    `One or more parameter values were invalid: Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`,
  )
}

function givenKeyValue({ name, type }: KeyAttribute, key: AttributeMap): KeyValue {
  const value = attributeOf(key, name)
  if (value === undefined || !isKeyOf(type, value)) throw schemaMismatch()
  return value
}

function schemaMismatch(): ValidationException {
  return new ValidationException('The provided key element does not match the schema')
}

/** Throws ValidationException for an empty or oversized value. */
function encodeKeyAttribute({ name }: KeyAttribute, value: KeyValue, maxBytes: number): Key {
  if (isEmpty(value)) {
    throw new ValidationException(
      `${EMPTY_KEY_VALUE} The AttributeValue for a key attribute cannot contain an empty ${emptyKind(value)} value. Key: ${name}`,
    )
  }
  const key = encodeKeyPart(value)
  if (key.length > maxBytes && keyBytes(value) > maxBytes) throw oversizedKey(maxBytes)
  return key
}

function oversizedKey(maxBytes: number): ValidationException {
  return new ValidationException(
    maxBytes === MAX_PARTITION_KEY_BYTES
      ? `One or more parameter values were invalid: Size of hashkey has exceeded the maximum size limit of${maxBytes} bytes`
      : `One or more parameter values were invalid: Aggregated size of all range keys has exceeded the size limit of ${maxBytes} bytes`,
  )
}

function isKeyOf(type: KeyAttribute['type'], value: AttributeValue): value is KeyValue {
  return isKeyValue(value) && typeOf(value) === type
}

/** Bytes of S and B; numbers never come near a limit and count as none. */
function keyBytes(value: KeyValue): number {
  if (typeof value === 'string') return utf8Length(value)
  return typeof value === 'object' && 'B' in value ? base64ByteLength(value.B) : 0
}

function isEmpty(value: KeyValue): boolean {
  return value === '' || (typeof value === 'object' && 'B' in value && value.B === '')
}

function emptyKind(value: KeyValue): 'string' | 'binary' {
  return typeof value === 'string' ? 'string' : 'binary'
}
