// What of an item stands in an index entry (S8: entries equal the projection of the items). Entries are equal as maps
// (`equalMaps`): an entry that is the item itself keeps the item's order of attributes.
import { Item } from './item.ts'
import { pick, type KeySchema } from './keys.ts'
import { keyAttributes, type IndexSchema } from './table.ts'
import { isVectorIndex, vectorEntry } from './vector-entry.ts'

/** Names per index: an index schema is immutable and belongs to one table, and every write asks. */
const namesByIndex = new WeakMap<IndexSchema, readonly string[]>()

/**
 * The entry of `item` in `index`. Where it has all of the item's attributes it is the very same Item, so that the log
 * holds its text once.
 */
export function projectItem(index: IndexSchema, schema: KeySchema, item: Item): Item {
  if (isVectorIndex(index)) return vectorEntry(index, schema, item)
  if (index.projection.type === 'ALL') return item
  const attributes = item.attributes
  const projected = pick(attributes, projectedNames(index, schema))
  return Object.keys(projected).length === Object.keys(attributes).length ? item : Item.of(projected)
}

/** Names in an entry of an index that does not project ALL: table keys, index keys, included ones; each once. */
export function projectedNames(index: IndexSchema, schema: KeySchema): readonly string[] {
  let names = namesByIndex.get(index)
  if (names === undefined) {
    const keys = [...keyAttributes(schema), ...index.partitionKeys, ...index.sortKeys].map((attribute) => attribute.name)
    names = [...new Set([...keys, ...(index.projection.type === 'INCLUDE' ? index.projection.names : [])])]
    namesByIndex.set(index, names)
  }
  return names
}
