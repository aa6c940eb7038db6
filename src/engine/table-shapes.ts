// AWS's shapes of CreateTable's input and of TableDescription, as in the service model (model/table.ts has the parts).
// Only what the engine reads is typed; times are epoch seconds as on the wire.
import type {
  AttributeDefinition,
  BillingMode,
  GlobalSecondaryIndex,
  KeySchemaElement,
  LocalSecondaryIndex,
  ProvisionedThroughput,
  StreamSpecification,
  VectorIndex,
} from '../model/table.ts'

export interface OnDemandThroughput {
  readonly MaxReadRequestUnits?: number
  readonly MaxWriteRequestUnits?: number
}
export interface WarmThroughput {
  readonly ReadUnitsPerSecond?: number
  readonly WriteUnitsPerSecond?: number
}

export interface SSESpecification {
  readonly Enabled?: boolean
  readonly SSEType?: string
  readonly KMSMasterKeyId?: string
}
export interface Tag {
  readonly Key: string
  readonly Value: string
}
/** A GSI as CreateTable and UpdateTable take it. */
export interface GlobalIndexInput extends GlobalSecondaryIndex {
  readonly OnDemandThroughput?: OnDemandThroughput
  readonly WarmThroughput?: WarmThroughput
}

export interface CreateTableInput {
  readonly TableName: string
  readonly AttributeDefinitions: readonly AttributeDefinition[]
  readonly KeySchema: readonly KeySchemaElement[]
  readonly LocalSecondaryIndexes?: readonly LocalSecondaryIndex[]
  readonly GlobalSecondaryIndexes?: readonly GlobalIndexInput[]
  readonly VectorIndexes?: readonly VectorIndex[]
  readonly BillingMode?: BillingMode
  readonly ProvisionedThroughput?: ProvisionedThroughput
  readonly OnDemandThroughput?: OnDemandThroughput
  readonly WarmThroughput?: WarmThroughput
  readonly StreamSpecification?: StreamSpecification
  readonly DeletionProtectionEnabled?: boolean
  readonly TableClass?: string
  readonly SSESpecification?: SSESpecification
  readonly Tags?: readonly Tag[]
  readonly ResourcePolicy?: string
  readonly GlobalTableSourceArn?: string
  readonly GlobalTableSettingsReplicationMode?: string
}

export interface SSEDescription {
  readonly Status: string
  readonly SSEType: string
  readonly KMSMasterKeyArn: string
}
export interface ProvisionedThroughputDescription extends ProvisionedThroughput {
  readonly LastIncreaseDateTime?: number
  readonly LastDecreaseDateTime?: number
  readonly NumberOfDecreasesToday: number
}
export interface WarmThroughputDescription extends WarmThroughput {
  readonly Status: string
}
export interface LocalSecondaryIndexDescription extends LocalSecondaryIndex {
  readonly IndexSizeBytes: number
  readonly ItemCount: number
  readonly IndexArn: string
}
export interface GlobalSecondaryIndexDescription extends LocalSecondaryIndexDescription {
  readonly IndexStatus: string
  readonly Backfilling?: boolean
  readonly ProvisionedThroughput: ProvisionedThroughputDescription
  readonly OnDemandThroughput?: OnDemandThroughput
  readonly WarmThroughput?: WarmThroughputDescription
}
export interface VectorIndexDescription extends VectorIndex {
  readonly IndexStatus: string
  readonly Backfilling?: boolean
  readonly IndexSizeBytes: number
  readonly ItemCount: number
  readonly IndexArn: string
}
/** The first three are missing of a table that is being deleted. */
export interface TableDescription {
  readonly AttributeDefinitions?: readonly AttributeDefinition[]
  readonly KeySchema?: readonly KeySchemaElement[]
  readonly CreationDateTime?: number
  readonly TableName: string
  readonly TableStatus: string
  readonly ProvisionedThroughput: ProvisionedThroughputDescription
  readonly TableSizeBytes: number
  readonly ItemCount: number
  readonly TableArn: string
  readonly TableId: string
  readonly BillingModeSummary?: { readonly BillingMode: BillingMode; readonly LastUpdateToPayPerRequestDateTime?: number }
  readonly LocalSecondaryIndexes?: readonly LocalSecondaryIndexDescription[]
  readonly GlobalSecondaryIndexes?: readonly GlobalSecondaryIndexDescription[]
  readonly VectorIndexes?: readonly VectorIndexDescription[]
  readonly StreamSpecification?: StreamSpecification
  readonly LatestStreamLabel?: string
  readonly LatestStreamArn?: string
  readonly TableClassSummary?: { readonly TableClass: string }
  readonly DeletionProtectionEnabled: boolean
  readonly OnDemandThroughput?: OnDemandThroughput
  readonly WarmThroughput?: WarmThroughputDescription
  readonly SSEDescription?: SSEDescription
}
