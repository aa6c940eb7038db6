// A table as operations use it: the catalog's row and what follows from it, worked out once per change of the row.
// Immutable: a changed row makes a new Table.
import type { AttributeMap } from '../model/attribute-value.ts'
import { ValidationException } from '../model/errors.ts'
import type { Item } from '../model/item.ts'
import { checkIndexKeys, indexKey, itemKey, primaryKey, type IndexKeySource } from '../model/keys.ts'
import { MAX_ITEM_BYTES } from '../model/limits.ts'
import { projectItem } from '../model/projection.ts'
import type { IndexSchema, TableSchema } from '../model/table.ts'
import { checkVectorAttributes, hasVectorEntry, isVectorIndex, type VectorIndexSchema } from '../model/vector-entry.ts'
import type { Key } from '../storage/store.ts'
import { indexPrefix } from './storage-keys.ts'
import { throughputSettings, type TableRow } from './table-row.ts'

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
  /** Maintained indexes of their kind. */
  readonly vectorIndexes: readonly VectorIndexSchema[]
  /** True where something reads the table's journal after the commit: every change is then written to it (J3). */
  readonly journaled: boolean
  /** True where units are counted: the table or a GSI throttles, scales or counts its keys (traffic.ts). */
  readonly metered: boolean
  /** Contributor insights of the table or of a GSI. */
  readonly countsKeys: boolean
  readonly #prefix: Key
  /** What expressions are checked against. */
  readonly keys: Pick<TableSchema, 'partitionKey' | 'sortKey' | 'indexes'>
  /** Local and global ones. */
  readonly #keyed: readonly IndexSchema[]
  readonly #indexKeyNames: ReadonlySet<string>

  constructor(schema: TableRow) {
    this.schema = schema
    this.id = schema.id
    this.name = schema.name
    const maintained = schema.indexes.filter((index) => index.status !== 'DELETING')
    this.indexes = maintained.map((index) => ({ schema: index, prefix: indexPrefix(schema.id, index.id) }))
    this.vectorIndexes = maintained.filter(isVectorIndex)
    this.#keyed = this.vectorIndexes.length === 0 ? maintained : maintained.filter((index) => !isVectorIndex(index))
    this.keys = { ...schema, indexes: this.#keyed }
    this.#indexKeyNames = new Set(this.#keyed.flatMap(keyNamesOf))
    this.hasLocalIndexes = schema.indexes.some((index) => index.kind === 'LOCAL')
    this.journaled = schema.stream !== undefined || schema.pointInTimeRecovery === true
    const settings = [schema, ...schema.indexes.map(({ id }) => throughputSettings(schema, id))]
    this.countsKeys = settings.some(({ insights }) => insights?.enabled === true)
    this.metered =
      this.countsKeys || schema.billingMode === 'PROVISIONED' || settings.some(({ onDemandThroughput }) => onDemandThroughput !== undefined)
    this.#prefix = indexPrefix(schema.id, 0)
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
    if (isVectorIndex(index.schema) && !hasVectorEntry(index.schema, attributes)) return undefined
    const key = indexKey(index.schema, this.schema, attributes)
    return key === undefined ? undefined : index.prefix + key
  }

  isKeyAttribute(name: string): boolean {
    return this.schema.partitionKey.name === name || this.schema.sortKey?.name === name
  }

  /** Throws ValidationException where an attribute that an index is keyed on can't be its key. */
  checkIndexKeys(attributes: AttributeMap): void {
    if (this.#keyed.length > 0) checkIndexKeys({ indexes: this.#keyed }, attributes)
    if (this.vectorIndexes.length > 0) checkVectorAttributes(this.vectorIndexes, attributes)
  }

  /**
   * The same after an update of the attributes with these names: what it left alone may be older than the index. The
   * texts are those of updates.
   */
  checkUpdatedIndexKeys(attributes: AttributeMap, names: readonly string[]): void {
    const source: IndexKeySource = 'update'
    if (this.vectorIndexes.length > 0) checkVectorAttributes(this.vectorIndexes, attributes, source, (name) => names.includes(name))
    const touched = names.filter((name) => this.#indexKeyNames.has(name))
    if (touched.length === 0) return
    const indexes = this.#keyed.filter((index) => keyNamesOf(index).some((name) => touched.includes(name)))
    checkIndexKeys({ indexes }, attributes, source)
  }

  /** 400 KB for the item with its entries in local indexes. Throws ValidationException with `message`. */
  checkItemSize(item: Item, message: string): void {
    let size = item.size
    if (this.hasLocalIndexes) {
      for (const index of this.#keyed) {
        if (index.kind !== 'LOCAL' || indexKey(index, this.schema, item.attributes) === undefined) continue
        size += projectItem(index, this.schema, item).size
      }
    }
    if (size > MAX_ITEM_BYTES) throw new ValidationException(message)
  }
}

function keyNamesOf(index: IndexSchema): string[] {
  return [...index.partitionKeys, ...index.sortKeys].map((attribute) => attribute.name)
}
