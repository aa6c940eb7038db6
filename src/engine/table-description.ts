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
import { tableArnOf, type TableRow } from './table-row.ts'
import type { TableCounters } from './table-counters.ts'
import type { TableDescription } from './table-shapes.ts'

/** AWS page: TableDescription. */
export function describeTableRow(row: TableRow, counters: TableCounters): TableDescription {
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
    ProvisionedThroughput: describeThroughput(row.throughput),
    TableSizeBytes: sizeBytes,
    ItemCount: itemCount,
    TableArn: arn,
    TableId: row.uuid,
    ...describeBilling(row),
    ...(locals.length === 0 ? {} : { LocalSecondaryIndexes: locals.map((index) => describeIndex(row, index, counters)) }),
    ...(globals.length === 0 ? {} : { GlobalSecondaryIndexes: globals.map((index) => describeGlobalIndex(row, index, counters)) }),
    ...(vectors.length === 0 ? {} : { VectorIndexes: vectors.map((index) => describeVectorIndex(row, index, counters)) }),
    ...describeStream(row, arn),
    ...(row.tableClass === undefined ? {} : { TableClassSummary: { TableClass: row.tableClass } }),
    DeletionProtectionEnabled: row.deletionProtection ?? false,
    ...(row.onDemandThroughput === undefined ? {} : { OnDemandThroughput: row.onDemandThroughput }),
    WarmThroughput: describeWarmThroughput(row, row.throughput),
  }
}

/** Exactly the attributes that some key has: the table's first, then the indexes' in order. */
export function attributeDefinitionsOf(schema: Pick<TableSchema, 'partitionKey' | 'sortKey' | 'indexes'>): AttributeDefinition[] {
  const keys = [
    ...keyAttributes(schema),
    ...schema.indexes.flatMap((index) => [...index.partitionKeys, ...index.sortKeys, ...(index.vector?.filters ?? [])]),
  ]
  const types = new Map<string, KeyType>(keys.map(({ name, type }) => [name, type]))
  return [...types].map(([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }))
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

function describeThroughput(throughput: Throughput | undefined) {
  return {
    NumberOfDecreasesToday: 0,
    ReadCapacityUnits: throughput?.readCapacityUnits ?? 0,
    WriteCapacityUnits: throughput?.writeCapacityUnits ?? 0,
  }
}

function describeBilling(row: TableRow) {
  if (row.lastUpdateToPayPerRequestAt === undefined) return {}
  const at = row.lastUpdateToPayPerRequestAt / 1000
  return { BillingModeSummary: { BillingMode: row.billingMode, LastUpdateToPayPerRequestDateTime: at } }
}

function describeStream(row: TableRow, arn: string) {
  const label = row.stream?.label ?? row.latestStreamLabel
  return {
    ...(row.stream === undefined ? {} : { StreamSpecification: { StreamEnabled: true, StreamViewType: row.stream.viewType } }),
    ...(label === undefined ? {} : { LatestStreamLabel: label, LatestStreamArn: `${arn}/stream/${label}` }),
  }
}

/** New on-demand tables start with 12,000 reads and 4,000 writes a second (AWS page: warm-throughput). */
function describeWarmThroughput(row: TableRow, throughput: Throughput | undefined) {
  const onDemand = row.billingMode === 'PAY_PER_REQUEST'
  return {
    ReadUnitsPerSecond: row.warmThroughput?.ReadUnitsPerSecond ?? (onDemand ? 12_000 : (throughput?.readCapacityUnits ?? 0)),
    WriteUnitsPerSecond: row.warmThroughput?.WriteUnitsPerSecond ?? (onDemand ? 4000 : (throughput?.writeCapacityUnits ?? 0)),
    Status: 'ACTIVE',
  }
}

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

function describeGlobalIndex(row: TableRow, index: IndexSchema, counters: TableCounters) {
  return {
    ...describeIndex(row, index, counters),
    IndexStatus: index.status,
    // Present only while an added index is being built, as on AWS.
    ...(index.status === 'CREATING' ? { Backfilling: index.backfilling ?? false } : {}),
    ProvisionedThroughput: describeThroughput(index.throughput),
    WarmThroughput: describeWarmThroughput(row, index.throughput),
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
    ...(index.status === 'CREATING' ? { Backfilling: index.backfilling ?? false } : {}),
    IndexSizeBytes: sizeBytes,
    ItemCount: itemCount,
    IndexArn: `${tableArnOf(row.name)}/index/${index.name}`,
  }
}
