// A table as operations use it: the catalog's row and what follows from it, worked out once per change of the row.
// Immutable: a changed row makes a new Table.
import { indexKey, itemKey, primaryKey } from '../model/keys.ts'
import type { AttributeMap } from '../model/attribute-value.ts'
import { keyAttributes, type IndexSchema } from '../model/table.ts'
import type { Key } from '../storage/store.ts'
import { indexPrefix } from './storage-keys.ts'
import type { TableRow } from './table-row.ts'

/** An index that writes maintain: also while it is being backfilled (S8), no more once it is being deleted. */
export interface MaintainedIndex {
  readonly schema: IndexSchema
  /** Of its entries' storage keys. */
  readonly prefix: Key
}

export class Table {
  readonly schema: TableRow
  readonly id: number
  readonly name: string
  readonly indexes: readonly MaintainedIndex[]
  readonly hasLocalIndexes: boolean
  /** True where something reads the table's journal after the commit: every change is then written to it (J3). */
  readonly journaled: boolean
  readonly #prefix: Key
  readonly #keyNames: ReadonlySet<string>

  constructor(schema: TableRow) {
    this.schema = schema
    this.id = schema.id
    this.name = schema.name
    this.indexes = schema.indexes
      .filter((index) => index.status !== 'DELETING')
      .map((index) => ({ schema: index, prefix: indexPrefix(schema.id, index.id) }))
    this.hasLocalIndexes = schema.indexes.some((index) => index.kind === 'LOCAL')
    this.journaled = schema.stream !== undefined || schema.pointInTimeRecovery === true
    this.#prefix = indexPrefix(schema.id, 0)
    this.#keyNames = new Set(keyAttributes(schema).map((attribute) => attribute.name))
  }

  /** Storage key of an item to be written. Throws ValidationException. */
  keyOfItem(attributes: AttributeMap): Key {
    return this.#prefix + itemKey(this.schema, attributes)
  }

  /** Storage key that a Key parameter names. Throws ValidationException. */
  keyOf(key: AttributeMap): Key {
    return this.#prefix + primaryKey(this.schema, key)
  }

  /** Storage key of an item's entry, undefined where the item is not in the index. */
  entryKey(index: MaintainedIndex, attributes: AttributeMap): Key | undefined {
    const key = indexKey(index.schema, this.schema, attributes)
    return key === undefined ? undefined : index.prefix + key
  }

  isKeyAttribute(name: string): boolean {
    return this.#keyNames.has(name)
  }
}
