// A catalog row as AWS describes a table. Counts are exact, not six hours old; times are seconds, as on the wire.
// What a local database does not limit (warm throughput) is told as AWS tells it of a new table.
import {
  keyAttributes,
  type AttributeDefinition,
  type IndexSchema,
  type KeyAttribute,
  type KeySchemaElement,
  type KeyType,
  type Projection,
  type TableSchema,
  type Throughput,
} from '../model/table.ts'
import { isVectorIndex, type VectorIndexSchema } from '../model/vector-entry.ts'
import { tableArnOf, throughputSettings, type TableRow, type ThroughputChanges } from './table-row.ts'
import type { TableCounters } from './table-counters.ts'
import type { TableDescription, WarmThroughput } from './table-shapes.ts'
import { decreasesToday } from './throughput-changes.ts'

/** AWS page: TableDescription. `nowMs` tells which decreases of throughput were today. */
export function describeTableRow(row: TableRow, counters: TableCounters, nowMs = row.throughputChanges?.lastDecreaseAt ?? 0): TableDescription {
  if (row.status === 'DELETING') return describeDeleting(row, counters, nowMs)
  const arn = tableArnOf(row.name)
  const { itemCount, sizeBytes } = counters.ofIndex(0)
  const locals = row.indexes.filter((index) => index.kind === 'LOCAL')
  const globals = row.indexes.filter((index) => index.kind === 'GLOBAL')
  const vectors = row.indexes.filter(isVectorIndex)
  return {
    AttributeDefinitions: attributeDefinitionsOf(row),
    TableName: row.name,
    KeySchema: keySchemaOf(keyAttributes(row).slice(0, 1), keyAttributes(row).slice(1)),
    TableStatus: row.status,
    CreationDateTime: row.createdAt / 1000,
    ProvisionedThroughput: describeThroughput(row.throughput, row.throughputChanges, nowMs),
    TableSizeBytes: sizeBytes,
    ItemCount: itemCount,
    TableArn: arn,
    TableId: row.uuid,
    ...describeBilling(row),
    ...(locals.length === 0 ? {} : { LocalSecondaryIndexes: locals.map((index) => describeIndex(row, index, counters)) }),
    ...(globals.length === 0 ? {} : { GlobalSecondaryIndexes: globals.map((index) => describeGlobalIndex(row, index, counters, nowMs)) }),
    ...(vectors.length === 0 ? {} : { VectorIndexes: vectors.map((index) => describeVectorIndex(row, index, counters)) }),
    ...describeStream(row, arn),
    ...describeEncryption(row),
    ...(row.tableClass === undefined ? {} : { TableClassSummary: { TableClass: row.tableClass } }),
    DeletionProtectionEnabled: row.deletionProtection ?? false,
    ...(row.onDemandThroughput === undefined ? {} : { OnDemandThroughput: row.onDemandThroughput }),
    ...describeWarmThroughput(row, row.throughput, row.warmThroughput),
  }
}

/** What AWS still tells of a table on its way out (AWS page: DeleteTable, its example; waiters' logs). */
function describeDeleting(row: TableRow, counters: TableCounters, nowMs: number): TableDescription {
  const { itemCount, sizeBytes } = counters.ofIndex(0)
  return {
    TableName: row.name,
    TableStatus: row.status,
    ProvisionedThroughput: describeThroughput(row.throughput, row.throughputChanges, nowMs),
    TableSizeBytes: sizeBytes,
    ItemCount: itemCount,
    TableArn: tableArnOf(row.name),
    TableId: row.uuid,
    ...describeBilling(row),
    ...(row.tableClass === undefined ? {} : { TableClassSummary: { TableClass: row.tableClass } }),
    DeletionProtectionEnabled: row.deletionProtection ?? false,
  }
}

/** Exactly the attributes that some key has: as they were sent, or the table's first, then the indexes' in order. */
export function attributeDefinitionsOf(
  schema: Pick<TableSchema, 'partitionKey' | 'sortKey' | 'indexes'> & Pick<TableRow, 'attributeOrder'>,
): AttributeDefinition[] {
  const keys = [
    ...keyAttributes(schema),
    ...schema.indexes.flatMap((index) => [...index.partitionKeys, ...index.sortKeys, ...(index.vector?.filters ?? [])]),
  ]
  const types = new Map<string, KeyType>(keys.map(({ name, type }) => [name, type]))
  const definitions = [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }))
  const { attributeOrder: order } = schema
  if (order === undefined) return definitions
  const placeOf = (name: string): number => (order.includes(name) ? order.indexOf(name) : order.length)
  return definitions.sort((a, b) => placeOf(a.AttributeName) - placeOf(b.AttributeName))
}

export function keySchemaOf(partitionKeys: readonly KeyAttribute[], sortKeys: readonly KeyAttribute[]): KeySchemaElement[] {
  return [
    ...partitionKeys.map(({ name }) => ({ AttributeName: name, KeyType: 'HASH' as const })),
    ...sortKeys.map(({ name }) => ({ AttributeName: name, KeyType: 'RANGE' as const })),
  ]
}

export function projectionOf(index: IndexSchema): Projection {
  const { projection } = index
  return projection.type === 'INCLUDE'
    ? { ProjectionType: 'INCLUDE', NonKeyAttributes: projection.names }
    : { ProjectionType: projection.type }
}

function describeThroughput(throughput: Throughput | undefined, changes: ThroughputChanges | undefined, nowMs: number) {
  return {
    ...(changes?.lastIncreaseAt === undefined ? {} : { LastIncreaseDateTime: changes.lastIncreaseAt / 1000 }),
    ...(changes?.lastDecreaseAt === undefined ? {} : { LastDecreaseDateTime: changes.lastDecreaseAt / 1000 }),
    NumberOfDecreasesToday: decreasesToday(changes, nowMs),
    ReadCapacityUnits: throughput?.readCapacityUnits ?? 0,
    WriteCapacityUnits: throughput?.writeCapacityUnits ?? 0,
  }
}

/** Absent of a table that was never on demand; the time is absent while a switch is under way. */
function describeBilling(row: TableRow) {
  const { billingMode: BillingMode, lastUpdateToPayPerRequestAt: at } = row
  if (at === undefined) return BillingMode === 'PAY_PER_REQUEST' ? { BillingModeSummary: { BillingMode } } : {}
  return { BillingModeSummary: { BillingMode, LastUpdateToPayPerRequestDateTime: at / 1000 } }
}

function describeEncryption({ encryptionKeyArn: key }: TableRow) {
  return key === undefined ? {} : { SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: key } }
}

function describeStream(row: TableRow, arn: string) {
  const label = row.stream?.label ?? row.latestStreamLabel
  return {
    ...(row.stream === undefined ? {} : { StreamSpecification: { StreamEnabled: true, StreamViewType: row.stream.viewType } }),
    ...(label === undefined ? {} : { LatestStreamLabel: label, LatestStreamArn: `${arn}/stream/${label}` }),
  }
}

/** While a table is being created, only what was asked for (lab finding DDB-TABLE-032). */
function describeWarmThroughput(row: TableRow, throughput: Throughput | undefined, known: WarmThroughput | undefined) {
  if (row.status === 'CREATING') {
    return known === undefined ? {} : { WarmThroughput: { ...warmThroughputOf(row, throughput, known), Status: 'UPDATING' } }
  }
  return { WarmThroughput: { ...warmThroughputOf(row, throughput, known), Status: 'ACTIVE' } }
}

/** New on-demand tables start with 12,000 reads and 4,000 writes a second (AWS page: warm-throughput). */
export function warmThroughputOf(
  { billingMode }: Pick<TableRow, 'billingMode'>,
  throughput: Throughput | undefined,
  known: WarmThroughput | undefined,
): Required<WarmThroughput> {
  const onDemand = billingMode === 'PAY_PER_REQUEST'
  return {
    ReadUnitsPerSecond: known?.ReadUnitsPerSecond ?? (onDemand ? INITIAL_READS : (throughput?.readCapacityUnits ?? 0)),
    WriteUnitsPerSecond: known?.WriteUnitsPerSecond ?? (onDemand ? INITIAL_WRITES : (throughput?.writeCapacityUnits ?? 0)),
  }
}
export const INITIAL_READS = 12_000
export const INITIAL_WRITES = 4000

function describeIndex(row: TableRow, index: IndexSchema, counters: TableCounters) {
  const { itemCount, sizeBytes } = counters.ofIndex(index.id)
  return {
    IndexName: index.name,
    KeySchema: keySchemaOf(index.partitionKeys, index.sortKeys),
    Projection: projectionOf(index),
    IndexSizeBytes: sizeBytes,
    ItemCount: itemCount,
    IndexArn: `${tableArnOf(row.name)}/index/${index.name}`,
  }
}

function describeGlobalIndex(row: TableRow, index: IndexSchema, counters: TableCounters, nowMs: number) {
  const { onDemandThroughput, warmThroughput, throughputChanges } = throughputSettings(row, index.id)
  return {
    ...describeIndex(row, index, counters),
    IndexStatus: index.status,
    // Present only while an added index is being built, as on AWS.
    ...(index.status === 'CREATING' && index.backfilling !== undefined ? { Backfilling: index.backfilling } : {}),
    ProvisionedThroughput: describeThroughput(index.throughput, throughputChanges, nowMs),
    ...(onDemandThroughput === undefined ? {} : { OnDemandThroughput: onDemandThroughput }),
    ...describeWarmThroughput(row, index.throughput, warmThroughput),
  }
}

/** One that came with its table never has Backfilling; an added one has it until it is ACTIVE (captured 2026-08-11). */
function describeVectorIndex(row: TableRow, index: VectorIndexSchema, counters: TableCounters) {
  const { itemCount, sizeBytes } = counters.ofIndex(index.id)
  const { attribute, dimensions, distance, searchSchema } = index.vector
  return {
    IndexName: index.name,
    ...(searchSchema === undefined ? {} : { SearchSchema: searchSchema }),
    Projection: projectionOf(index),
    VectorAttribute: { AttributeName: attribute },
    Dimensions: dimensions,
    DistanceFunction: distance,
    IndexStatus: index.status,
    ...(index.status === 'CREATING' && index.backfilling !== undefined ? { Backfilling: index.backfilling } : {}),
    IndexSizeBytes: sizeBytes,
    ItemCount: itemCount,
    IndexArn: `${tableArnOf(row.name)}/index/${index.name}`,
  }
}
