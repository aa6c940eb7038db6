// ReturnItemCollectionMetrics: of tables with local indexes, the partition key value of each item written and an estimate
// of its collection's size (AWS page: ItemCollectionMetrics). The bounds are the collection's possible ones: nothing, and
// all that the table and its local indexes hold, in whole gigabytes; a collection of an ordinary table is `[0, 1]`.
import type { AttributeMap } from '../model/attribute-value.ts'
import { pick } from '../model/keys.ts'
import type { Reader } from '../storage/store.ts'
import { TableCounters } from './table-counters.ts'
import type { Table } from './table.ts'

export interface ItemCollectionMetrics {
  readonly ItemCollectionKey: AttributeMap
  readonly SizeEstimateRangeGB: readonly [number, number]
}

/** What requests ask with. */
export type ReturnItemCollectionMetrics = 'SIZE' | 'NONE'

const GIGABYTE = 2 ** 30

/** Undefined for a table without local indexes. `key` holds the table's key attributes, and perhaps others. */
export function collectionMetrics(reader: Reader, table: Table, key: AttributeMap): ItemCollectionMetrics | undefined {
  if (!table.hasLocalIndexes) return undefined
  const counters = TableCounters.read(reader, table.id)
  let bytes = counters.table.sizeBytes
  for (const { schema } of table.indexes) if (schema.kind === 'LOCAL') bytes += counters.ofIndex(schema.id).sizeBytes
  return {
    ItemCollectionKey: pick(key, [table.schema.partitionKey.name]),
    SizeEstimateRangeGB: [0, Math.max(1, Math.ceil(bytes / GIGABYTE))],
  }
}

/** The ItemCollectionMetrics member of a single write's answer, or nothing. */
export function reportCollection(
  reader: Reader,
  table: Table,
  key: AttributeMap,
  wanted: ReturnItemCollectionMetrics | undefined,
): { readonly ItemCollectionMetrics: ItemCollectionMetrics } | undefined {
  const metrics = wanted === 'SIZE' ? collectionMetrics(reader, table, key) : undefined
  return metrics === undefined ? undefined : { ItemCollectionMetrics: metrics }
}

/** One write of a batch or transaction. */
export interface CollectionWrite {
  readonly tableName: string
  readonly table: Table
  readonly key: AttributeMap
}

/** The same for many writes: by table, each collection once. */
export function reportCollections(
  reader: Reader,
  writes: readonly CollectionWrite[],
  wanted: ReturnItemCollectionMetrics | undefined,
): { readonly ItemCollectionMetrics: { readonly [tableName: string]: readonly ItemCollectionMetrics[] } } | undefined {
  if (wanted !== 'SIZE') return undefined
  const byTable = new Map<string, Map<string, ItemCollectionMetrics>>()
  for (const { tableName, table, key } of writes) {
    const metrics = collectionMetrics(reader, table, key)
    if (metrics === undefined) continue
    let collections = byTable.get(tableName)
    if (collections === undefined) byTable.set(tableName, (collections = new Map()))
    collections.set(JSON.stringify(metrics.ItemCollectionKey), metrics)
  }
  if (byTable.size === 0) return undefined
  return { ItemCollectionMetrics: Object.fromEntries(Array.from(byTable, ([name, collections]) => [name, [...collections.values()]])) }
}
