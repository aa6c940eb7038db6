// Tables and indexes as the catalog keeps them (plain JSON, `TableSchema`), and AWS's input shapes that describe them.
// Ids are never used twice: table ids within a database, index ids within a table.

/** Types that key attributes can have. */
export type KeyType = 'S' | 'N' | 'B'

export interface KeyAttribute {
  readonly name: string
  readonly type: KeyType
}

export type TableStatus =
  | 'CREATING'
  | 'UPDATING'
  | 'DELETING'
  | 'ACTIVE'
  | 'INACCESSIBLE_ENCRYPTION_CREDENTIALS'
  | 'ARCHIVING'
  | 'ARCHIVED'
export type IndexStatus = 'CREATING' | 'UPDATING' | 'DELETING' | 'ACTIVE'
export type BillingMode = 'PROVISIONED' | 'PAY_PER_REQUEST'
export type StreamViewType = 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES' | 'KEYS_ONLY'

export interface Throughput {
  readonly readCapacityUnits: number
  readonly writeCapacityUnits: number
}

/** Which attributes an index entry has beside the keys of index and table. */
export type IndexProjection =
  | { readonly type: 'ALL' }
  | { readonly type: 'KEYS_ONLY' }
  | { readonly type: 'INCLUDE'; readonly names: readonly string[] }

export interface IndexSchema {
  /** From 1 on; the index's part of storage keys. */
  readonly id: number
  readonly name: string
  readonly kind: 'LOCAL' | 'GLOBAL' | 'VECTOR'
  /** One to four; one for a LOCAL index: the table's; none or one for a VECTOR index: its HASH. */
  readonly partitionKeys: readonly KeyAttribute[]
  /** None to four; one for a LOCAL index; none for a VECTOR index. */
  readonly sortKeys: readonly KeyAttribute[]
  readonly projection: IndexProjection
  readonly status: IndexStatus
  /** Existing items are still being added; writes maintain the index already. */
  readonly backfilling?: boolean
  /** Provisioned GSIs. */
  readonly throughput?: Throughput
  /** VECTOR indexes only. */
  readonly vector?: VectorSchema
}

export type DistanceFunction = 'COSINE' | 'EUCLIDEAN' | 'DOT_PRODUCT'

/** What a VECTOR index has beside keys and projection. */
export interface VectorSchema {
  /** The attribute that holds the vector. */
  readonly attribute: string
  readonly dimensions: number
  readonly distance: DistanceFunction
  /** INLINE_FILTER attributes. */
  readonly filters: readonly KeyAttribute[]
  /** As it was given: HASH and INLINE_FILTER elements in this order. */
  readonly searchSchema?: readonly SearchSchemaElement[]
}

export interface TableSchema {
  /** The table's part of storage keys. */
  readonly id: number
  /** AWS's TableId: a UUID. */
  readonly uuid: string
  readonly name: string
  readonly partitionKey: KeyAttribute
  readonly sortKey?: KeyAttribute
  readonly indexes: readonly IndexSchema[]
  /** The next index gets this id. */
  readonly nextIndexId: number
  readonly status: TableStatus
  readonly billingMode: BillingMode
  readonly throughput?: Throughput
  readonly stream?: StreamSchema
  readonly deletionProtection?: boolean
  /** Milliseconds since the epoch. */
  readonly createdAt: number
}

export interface StreamSchema {
  readonly viewType: StreamViewType
  /** The ISO time that ends the stream's ARN. */
  readonly label: string
}

/** The table's key attributes: partition key, then sort key if it has one. */
export function keyAttributes(schema: Pick<TableSchema, 'partitionKey' | 'sortKey'>): readonly KeyAttribute[] {
  return schema.sortKey === undefined ? [schema.partitionKey] : [schema.partitionKey, schema.sortKey]
}

export function getIndex(schema: TableSchema, name: string): IndexSchema | undefined {
  return schema.indexes.find((index) => index.name === name)
}

// AWS's shapes (API Reference: Data Types).

export interface AttributeDefinition {
  readonly AttributeName: string
  readonly AttributeType: KeyType
}
export interface KeySchemaElement {
  readonly AttributeName: string
  readonly KeyType: 'HASH' | 'RANGE'
}
export interface Projection {
  readonly ProjectionType?: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'
  readonly NonKeyAttributes?: readonly string[]
}
export interface ProvisionedThroughput {
  readonly ReadCapacityUnits: number
  readonly WriteCapacityUnits: number
}
export interface LocalSecondaryIndex {
  readonly IndexName: string
  readonly KeySchema: readonly KeySchemaElement[]
  readonly Projection: Projection
}
export interface GlobalSecondaryIndex extends LocalSecondaryIndex {
  readonly ProvisionedThroughput?: ProvisionedThroughput
}
export interface StreamSpecification {
  readonly StreamEnabled: boolean
  readonly StreamViewType?: StreamViewType
}
export interface SearchSchemaElement {
  readonly AttributeName: string
  readonly SearchSchemaElementType: 'HASH' | 'INLINE_FILTER'
}
export interface VectorIndex {
  readonly IndexName: string
  readonly VectorAttribute: { readonly AttributeName: string }
  readonly SearchSchema?: readonly SearchSchemaElement[]
  readonly Projection: Projection
  readonly Dimensions: number
  readonly DistanceFunction: DistanceFunction
}
