// Items of one table to and from compact form: number modes, `read` views, defaults and variants of its definition.
// Reading: stored values, then `read`, then defaults. Writing: defaults of what is missing; nothing is checked.
import type { AttributeMap } from '../model/attribute-value.ts'
import type { AttributeTable, StoredItem } from './attribute.ts'
import type { DefinitionData } from './definition.ts'
import { decodeMap, encodeMap, fillDefaults } from './values.ts'

export class ItemCodec {
  readonly definition: DefinitionData
  /** The primary key's attribute names. */
  readonly keyNames: readonly string[]
  readonly #variants: readonly { readonly own: AttributeTable; readonly all: AttributeTable }[]

  constructor(definition: DefinitionData) {
    const { partitionKey, sortKey, attributes, variants } = definition
    this.definition = definition
    this.keyNames = sortKey === undefined ? [partitionKey] : [partitionKey, sortKey]
    this.#variants = Object.values(variants ?? {}).map((own) => ({ own, all: { ...attributes, ...own } }))
  }

  /** The whole item, with defaults. */
  encodeItem(item: object): AttributeMap {
    return encodeMap(fillDefaults({ ...item }, this.#attributesOf(item)))
  }

  /** The primary key out of a key or a whole item. */
  encodeKey(key: object): AttributeMap {
    const own: { [name: string]: unknown } = {}
    for (const name of this.keyNames) own[name] = key[name as never]
    return encodeMap(own)
  }

  /** In place. `names`: those of a projection, where the item is not whole. */
  decodeItem(stored: AttributeMap, names?: readonly string[]): object {
    const attributes = this.#attributesOf(stored)
    const { read } = this.definition
    let item = decodeMap(stored, attributes)
    if (read !== undefined) item = { ...item, ...read(item as StoredItem) }
    fillDefaults(item, attributes)
    return names === undefined ? item : pick(item, names)
  }

  /** Keys and updated attributes: as stored. */
  decodePart(stored: AttributeMap): object {
    return decodeMap(stored, this.#attributesOf(stored))
  }

  /** The declared attributes, those of the item's variant included: the first whose own literals match. */
  #attributesOf(map: object): AttributeTable {
    const variant = this.#variants.find(({ own }) =>
      Object.entries(own).every(([name, { values }]) => !values?.length || values.includes(map[name as never])),
    )
    return variant?.all ?? this.definition.attributes
  }
}

/** Those attributes that are there. */
export function pick(map: object, names: readonly string[]): object {
  return Object.fromEntries(names.flatMap((name) => (Object.hasOwn(map, name) ? [[name, map[name as never]]] : [])))
}
