// Types of `Database.send`: DynamoDB's operations in the document client's shapes (AWS page: API_Operations). Types only.
// What is optional at AWS is optional here; the engine checks.
import type { NativeAttributeValue, StoredItem } from './attribute.ts'

type Names = { readonly [placeholder: string]: string }
type Consumed = 'INDEXES' | 'TOTAL' | 'NONE'
interface Capacity {
  readonly TableName?: string
  readonly CapacityUnits?: number
  readonly ReadCapacityUnits?: number
  readonly WriteCapacityUnits?: number
  readonly Table?: { readonly CapacityUnits?: number }
  readonly LocalSecondaryIndexes?: { readonly [index: string]: { readonly CapacityUnits?: number } }
  readonly GlobalSecondaryIndexes?: { readonly [index: string]: { readonly CapacityUnits?: number } }
}
interface ExpressionParameters {
  readonly ExpressionAttributeNames?: Names
  readonly ExpressionAttributeValues?: StoredItem
}
interface ConditionParameters extends ExpressionParameters {
  readonly ConditionExpression?: string
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE'
}
interface ReadParameters {
  readonly ConsistentRead?: boolean
  readonly ProjectionExpression?: string
  readonly ExpressionAttributeNames?: Names
}
interface StatementParameters {
  readonly Statement: string
  readonly Parameters?: readonly NativeAttributeValue[]
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD' | 'NONE'
}
interface Keyed {
  readonly TableName: string
  readonly Key: StoredItem
}
interface WriteParameters extends ConditionParameters {
  readonly ReturnValues?: 'NONE' | 'ALL_OLD' | 'UPDATED_OLD' | 'ALL_NEW' | 'UPDATED_NEW'
  readonly ReturnConsumedCapacity?: Consumed
  readonly ReturnItemCollectionMetrics?: 'SIZE' | 'NONE'
}
interface WriteOutput {
  readonly Attributes?: StoredItem
  readonly ConsumedCapacity?: Capacity
  readonly ItemCollectionMetrics?: { readonly ItemCollectionKey?: StoredItem; readonly SizeEstimateRangeGB?: readonly number[] }
}
interface PageParameters extends ReadParameters, ExpressionParameters {
  readonly TableName: string
  readonly IndexName?: string
  readonly FilterExpression?: string
  readonly Limit?: number
  readonly Select?: 'ALL_ATTRIBUTES' | 'ALL_PROJECTED_ATTRIBUTES' | 'SPECIFIC_ATTRIBUTES' | 'COUNT'
  readonly ExclusiveStartKey?: StoredItem
  readonly ReturnConsumedCapacity?: Consumed
}
interface PageOutput {
  readonly Items?: StoredItem[]
  readonly Count?: number
  readonly ScannedCount?: number
  readonly LastEvaluatedKey?: StoredItem
  readonly ConsumedCapacity?: Capacity
}
type ByTable<T> = { readonly [table: string]: T }
type KeysRequest = ReadParameters & { readonly Keys: readonly StoredItem[] }
type WriteRequest = { readonly PutRequest: { readonly Item: StoredItem } } | { readonly DeleteRequest: { readonly Key: StoredItem } }
interface TransactWrite {
  readonly Put?: ConditionParameters & { readonly TableName: string; readonly Item: StoredItem }
  readonly Update?: ConditionParameters & Keyed & { readonly UpdateExpression: string }
  readonly Delete?: ConditionParameters & Keyed
  readonly ConditionCheck?: ConditionParameters & Keyed
}
interface KeySchemaElement {
  readonly AttributeName: string
  readonly KeyType: 'HASH' | 'RANGE'
}
interface IndexInput {
  readonly IndexName: string
  readonly KeySchema: readonly KeySchemaElement[]
  readonly Projection: { readonly ProjectionType?: 'ALL' | 'KEYS_ONLY' | 'INCLUDE'; readonly NonKeyAttributes?: readonly string[] }
  readonly ProvisionedThroughput?: Throughput
}
interface Throughput {
  readonly ReadCapacityUnits: number
  readonly WriteCapacityUnits: number
}
interface AttributeDefinition {
  readonly AttributeName: string
  readonly AttributeType: 'S' | 'N' | 'B'
}
interface TableSettings {
  readonly BillingMode?: 'PROVISIONED' | 'PAY_PER_REQUEST'
  readonly ProvisionedThroughput?: Throughput
  readonly StreamSpecification?: { readonly StreamEnabled: boolean; readonly StreamViewType?: string }
  readonly DeletionProtectionEnabled?: boolean
  readonly TableClass?: 'STANDARD' | 'STANDARD_INFREQUENT_ACCESS'
}
interface TableDescription {
  readonly TableName?: string
  readonly TableStatus?: 'CREATING' | 'UPDATING' | 'DELETING' | 'ACTIVE'
  readonly TableArn?: string
  readonly TableId?: string
  /** Seconds since the epoch. */
  readonly CreationDateTime?: number
  readonly ItemCount?: number
  readonly TableSizeBytes?: number
  readonly KeySchema?: readonly KeySchemaElement[]
  readonly AttributeDefinitions?: readonly AttributeDefinition[]
  readonly GlobalSecondaryIndexes?: readonly (IndexInput & { readonly IndexStatus?: string; readonly Backfilling?: boolean; readonly ItemCount?: number })[]
  readonly LocalSecondaryIndexes?: readonly (IndexInput & { readonly ItemCount?: number })[]
  readonly [more: string]: unknown
}
interface Described {
  readonly TableDescription?: TableDescription
}

export interface Operations {
  /** Holdfast's own: bytes of this database. `db.storage` has the browser's estimate of the origin, which leaves out open files. */
  DescribeStorage: {
    input: Record<string, never>
    output: {
      readonly storedBytes: number
      readonly cacheBytes: number
      readonly memoryTableBytes: number
      readonly logBytes: number
      readonly runs: number
      /** Since the engine opened. */
      readonly bytesWritten: number
    }
  }
  GetItem: {
    input: Keyed & ReadParameters & { readonly ReturnConsumedCapacity?: Consumed }
    output: { readonly Item?: StoredItem; readonly ConsumedCapacity?: Capacity }
  }
  PutItem: { input: WriteParameters & { readonly TableName: string; readonly Item: StoredItem }; output: WriteOutput }
  UpdateItem: { input: WriteParameters & Keyed & { readonly UpdateExpression?: string }; output: WriteOutput }
  DeleteItem: { input: WriteParameters & Keyed; output: WriteOutput }
  Query: {
    input: PageParameters & { readonly KeyConditionExpression?: string; readonly ScanIndexForward?: boolean }
    output: PageOutput
  }
  Scan: { input: PageParameters & { readonly Segment?: number; readonly TotalSegments?: number }; output: PageOutput }
  BatchGetItem: {
    input: { readonly RequestItems: ByTable<KeysRequest>; readonly ReturnConsumedCapacity?: Consumed }
    output: {
      readonly Responses?: ByTable<StoredItem[]>
      readonly UnprocessedKeys?: ByTable<KeysRequest>
      readonly ConsumedCapacity?: readonly Capacity[]
    }
  }
  BatchWriteItem: {
    input: { readonly RequestItems: ByTable<readonly WriteRequest[]>; readonly ReturnConsumedCapacity?: Consumed }
    output: { readonly UnprocessedItems?: ByTable<readonly WriteRequest[]>; readonly ConsumedCapacity?: readonly Capacity[] }
  }
  TransactGetItems: {
    input: {
      readonly TransactItems: readonly { readonly Get: Keyed & Omit<ReadParameters, 'ConsistentRead'> }[]
      readonly ReturnConsumedCapacity?: Consumed
    }
    output: { readonly Responses?: readonly { readonly Item?: StoredItem }[]; readonly ConsumedCapacity?: readonly Capacity[] }
  }
  TransactWriteItems: {
    input: {
      readonly TransactItems: readonly TransactWrite[]
      readonly ClientRequestToken?: string
      readonly ReturnConsumedCapacity?: Consumed
    }
    output: { readonly ConsumedCapacity?: readonly Capacity[] }
  }
  CreateTable: {
    input: TableSettings & {
      readonly TableName: string
      readonly AttributeDefinitions: readonly AttributeDefinition[]
      readonly KeySchema: readonly KeySchemaElement[]
      readonly GlobalSecondaryIndexes?: readonly IndexInput[]
      readonly LocalSecondaryIndexes?: readonly IndexInput[]
    }
    output: Described
  }
  UpdateTable: {
    input: TableSettings & {
      readonly TableName: string
      readonly AttributeDefinitions?: readonly AttributeDefinition[]
      readonly GlobalSecondaryIndexUpdates?: readonly {
        readonly Create?: IndexInput
        readonly Update?: { readonly IndexName: string; readonly ProvisionedThroughput?: Throughput }
        readonly Delete?: { readonly IndexName: string }
      }[]
    }
    output: Described
  }
  DeleteTable: { input: { readonly TableName: string }; output: Described }
  DescribeTable: { input: { readonly TableName: string }; output: { readonly Table?: TableDescription } }
  ListTables: {
    input: { readonly ExclusiveStartTableName?: string; readonly Limit?: number }
    output: { readonly TableNames?: readonly string[]; readonly LastEvaluatedTableName?: string }
  }
  ExecuteStatement: {
    input: StatementParameters & {
      readonly ConsistentRead?: boolean
      readonly NextToken?: string
      readonly Limit?: number
      readonly ReturnConsumedCapacity?: Consumed
    }
    output: {
      readonly Items?: StoredItem[]
      readonly NextToken?: string
      readonly LastEvaluatedKey?: StoredItem
      readonly ConsumedCapacity?: Capacity
    }
  }
  BatchExecuteStatement: {
    input: {
      readonly Statements: readonly (StatementParameters & { readonly ConsistentRead?: boolean })[]
      readonly ReturnConsumedCapacity?: Consumed
    }
    output: {
      readonly Responses?: readonly {
        readonly TableName?: string
        readonly Item?: StoredItem
        readonly Error?: { readonly Code?: string; readonly Message?: string; readonly Item?: StoredItem }
      }[]
      readonly ConsumedCapacity?: readonly Capacity[]
    }
  }
  ExecuteTransaction: {
    input: {
      readonly TransactStatements: readonly StatementParameters[]
      readonly ClientRequestToken?: string
      readonly ReturnConsumedCapacity?: Consumed
    }
    output: { readonly Responses?: readonly { readonly Item?: StoredItem }[]; readonly ConsumedCapacity?: readonly Capacity[] }
  }
}
