// What of an item stands in a vector index, and what an item must be like to be written beside one. An entry is an item:
// the packed vector under the vector attribute's name, in front, then keys, search schema and projection.
// Missing vector or HASH: not indexed; present but impossible: the write is refused, and a backfill leaves it out (texts as
// AWS answers them: paritysuite/dynamodb-conformance, captured 2026-08-11 to 2026-08-13).
import type { AttributeMap, AttributeValue } from './attribute-value.ts'
import { attributeOf, compareUtf8, isList, typeOf } from './attribute.ts'
import { ValidationException } from './errors.ts'
import { Item } from './item.ts'
import { pick, type IndexKeySource, type KeySchema } from './keys.ts'
import { MAX_PARTITION_KEY_BYTES } from './limits.ts'
import { isNumber, numberText } from './number.ts'
import { attributeSize } from './size.ts'
import { keyAttributes, type IndexSchema, type KeyAttribute, type VectorSchema } from './table.ts'
import { BYTES_PER_DIMENSION, float32Of, packVector, vectorOf } from './vector.ts'

/** A vector index, as its schema says. */
export type VectorIndexSchema = IndexSchema & { readonly vector: VectorSchema }

export function isVectorIndex(index: IndexSchema): index is VectorIndexSchema {
  return index.vector !== undefined
}

/** False for items that the index leaves out for their vector or a filter; their HASH is the entry's key's affair. */
export function hasVectorEntry({ vector }: VectorIndexSchema, attributes: AttributeMap): boolean {
  if (vectorOf(attributeOf(attributes, vector.attribute), vector.dimensions) === undefined) return false
  return vector.filters.every(({ name, type }) => {
    const value = attributeOf(attributes, name)
    return value === undefined || typeOf(value) === type
  })
}

/** Of an item for which `hasVectorEntry` holds. */
export function vectorEntry(index: VectorIndexSchema, schema: KeySchema, item: Item): Item {
  const { vector } = index
  const attributes = item.attributes
  const packed = packVector(vectorOf(attributeOf(attributes, vector.attribute), vector.dimensions) ?? new Float32Array(vector.dimensions))
  const projected = index.projection.type === 'ALL' ? attributes : pick(attributes, entryNames(index, schema))
  const rest = Object.entries(projected).filter(([name]) => name !== vector.attribute)
  return Item.of(Object.fromEntries([[vector.attribute, packed], ...rest]))
}

/** Names in entries of an index that does not project ALL, but for the vector's; each once. */
function entryNames(index: VectorIndexSchema, schema: KeySchema): readonly string[] {
  const keys = [...keyAttributes(schema), ...index.partitionKeys, ...index.vector.filters].map(({ name }) => name)
  return [...new Set([...keys, ...(index.projection.type === 'INCLUDE' ? index.projection.names : [])])]
}

/** Whether a search may return the vector attribute itself. */
export function projectsVector({ projection, vector }: VectorIndexSchema): boolean {
  return projection.type === 'ALL' || (projection.type === 'INCLUDE' && projection.names.includes(vector.attribute))
}

/**
 * Throws ValidationException where a vector, HASH or filter attribute is present but can't be one. `isChecked` tells which
 * attributes the request wrote: what an update left alone may be older than the index.
 */
export function checkVectorAttributes(
  indexes: readonly VectorIndexSchema[],
  attributes: AttributeMap,
  source: IndexKeySource = 'item',
  isChecked: (name: string) => boolean = () => true,
): void {
  for (const index of [...indexes].sort((a, b) => compareUtf8(a.name, b.name))) {
    const value = attributeOf(attributes, index.vector.attribute)
    if (value !== undefined && isChecked(index.vector.attribute)) checkVector(index, value)
    for (const element of index.vector.searchSchema ?? []) {
      const held = attributeOf(attributes, element.AttributeName)
      if (held === undefined || !isChecked(element.AttributeName)) continue
      const known = [...index.partitionKeys, ...index.vector.filters].find(({ name }) => name === element.AttributeName)
      if (known !== undefined) checkSearchAttribute(index, known, element.SearchSchemaElementType === 'HASH', held, source)
    }
  }
}

const INVALID = 'One or more parameter values were invalid. '

function checkVector(index: VectorIndexSchema, value: AttributeValue): void {
  const { attribute, dimensions } = index.vector
  if (value === null || !isList(value)) {
    throw new ValidationException(`${INVALID}Invalid type for parameter ${attribute}, Expected: 32-bit floating point number list IndexName: ${index.name}`)
  }
  if (value.length !== dimensions) {
    throw new ValidationException(`${INVALID}Invalid size for parameter ${attribute}, Expected: ${dimensions}, Actual: ${value.length} IndexName: ${index.name}`)
  }
  value.forEach((element, at) => {
    if (!isNumber(element)) {
      throw new ValidationException(
        `${INVALID}Invalid type for parameter ${attribute}[${at}], Expected: 32-bit floating point number, Actual: ${typeOf(element)}. IndexName: ${index.name}`,
      )
    }
    if (float32Of(element) === undefined) {
      throw new ValidationException(
        `${INVALID}Invalid value for parameter ${attribute}[${at}], Value: ${scientific(Number(numberText(element)))} is outside valid range ` +
          `[-3.4028235E38, 3.4028235E38]. IndexName: ${index.name}`,
      )
    }
  })
}

/** `1.3E+40`, as Java prints large decimals. */
function scientific(value: number): string {
  return value.toExponential().replace('e', 'E')
}

function checkSearchAttribute(
  index: VectorIndexSchema,
  { name, type }: KeyAttribute,
  isHash: boolean,
  value: AttributeValue,
  source: IndexKeySource,
): void {
  if (typeOf(value) !== type) {
    throw new ValidationException(`${INVALID}Attribute '${name}' type mismatch. Expected: ${type}, Actual: ${typeOf(value)}. IndexName: ${index.name}`)
  }
  if (!isHash) return
  const emptyKind = value === '' ? 'string' : typeof value === 'object' && value !== null && 'B' in value && value.B === '' ? 'binary' : undefined
  if (emptyKind !== undefined) {
    const reason = `The AttributeValue for a key attribute cannot contain an empty ${emptyKind} value.`
    throw new ValidationException(
      source === 'update'
        ? `One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. ${reason}`
        : `One or more parameter values are not valid. A value specified for a secondary index key is not supported. ${reason} IndexName: ${index.name}, IndexKey: ${name}`,
    )
  }
  if (type !== 'N' && attributeSize(value) > MAX_PARTITION_KEY_BYTES) {
    throw new ValidationException(
      `One or more parameter values were invalid: Aggregate size for HASH key attributes exceeds the maximum of ${MAX_PARTITION_KEY_BYTES} bytes`,
    )
  }
}

/**
 * Bytes of an item as a write is billed beside these indexes: an attribute that one reads costs 4 bytes per dimension,
 * whatever numbers it holds (captured 2026-10-09). Reads and the 400 KB limit count the numbers.
 */
export function billedSize(indexes: readonly VectorIndexSchema[], item: Item): number {
  let size = item.size
  const seen = new Set<string>()
  for (const { vector } of indexes) {
    const value = attributeOf(item.attributes, vector.attribute)
    if (seen.has(vector.attribute) || vectorOf(value, vector.dimensions) === undefined) continue
    seen.add(vector.attribute)
    size += BYTES_PER_DIMENSION * vector.dimensions - attributeSize(value ?? null)
  }
  return size
}
