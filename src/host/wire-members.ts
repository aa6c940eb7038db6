// The members that DynamoDB's operations take, and their types: what AWS's deserializer knows. Members that are not here are
// ignored, as AWS ignores them; a member of another type is a SerializationException before anything is validated.
// From the service models of the AWS SDK (@aws-sdk/client-dynamodb 3.1169, client-dynamodb-streams 3.1141); a test compares them.
// Notation: S string, B boolean, I integer, L long, D double, T timestamp, V attribute value; [X] list, {X} map by name, else
// a structure of the second table. Lines that begin with blanks go on.

/** Inputs of the 62 + 4 operations, by operation. */
export const OPERATION_MEMBERS = `
BatchExecuteStatement: Statements [BatchStatementRequest], ReturnConsumedCapacity S
BatchGetItem: RequestItems {KeysAndAttributes}, ReturnConsumedCapacity S
BatchWriteItem: RequestItems {[WriteRequest]}, ReturnConsumedCapacity S, ReturnItemCollectionMetrics S
CancelBulkOperation: BulkOperationArn S
CreateBackup: TableName S, BackupName S
CreateGlobalTable: GlobalTableName S, ReplicationGroup [Replica]
CreateTable: TableName S, AttributeDefinitions [AttributeDefinition], KeySchema [KeySchemaElement],
  LocalSecondaryIndexes [LocalSecondaryIndex], GlobalSecondaryIndexes [GlobalSecondaryIndex], BillingMode S,
  ProvisionedThroughput ProvisionedThroughput, StreamSpecification StreamSpecification, SSESpecification SSESpecification,
  Tags [Tag], TableClass S, DeletionProtectionEnabled B, WarmThroughput WarmThroughput, ResourcePolicy S,
  OnDemandThroughput OnDemandThroughput, GlobalTableSourceArn S, GlobalTableSettingsReplicationMode S,
  VectorIndexes [VectorIndex]
DeleteBackup: BackupArn S
DeleteItem: TableName S, Key {V}, Expected {ExpectedAttributeValue}, ConditionalOperator S, ReturnValues S,
  ReturnConsumedCapacity S, ReturnItemCollectionMetrics S, ConditionExpression S, ExpressionAttributeNames {S},
  ExpressionAttributeValues {V}, ReturnValuesOnConditionCheckFailure S
DeleteResourcePolicy: ResourceArn S, ExpectedRevisionId S
DeleteTable: TableName S
DescribeBackup: BackupArn S
DescribeBulkOperation: BulkOperationArn S
DescribeContinuousBackups: TableName S
DescribeContributorInsights: TableName S, IndexName S
DescribeEndpoints:
DescribeExport: ExportArn S
DescribeGlobalTable: GlobalTableName S
DescribeGlobalTableSettings: GlobalTableName S
DescribeImport: ImportArn S
DescribeKinesisStreamingDestination: TableName S
DescribeLimits:
DescribeStream: StreamArn S, Limit I, ExclusiveStartShardId S, ShardFilter ShardFilter
DescribeTable: TableName S
DescribeTableReplicaAutoScaling: TableName S
DescribeTimeToLive: TableName S
DisableKinesisStreamingDestination: TableName S, StreamArn S,
  EnableKinesisStreamingConfiguration EnableKinesisStreamingConfiguration
EnableKinesisStreamingDestination: TableName S, StreamArn S,
  EnableKinesisStreamingConfiguration EnableKinesisStreamingConfiguration
ExecuteStatement: Statement S, Parameters [V], ConsistentRead B, NextToken S, ReturnConsumedCapacity S, Limit I,
  ReturnValuesOnConditionCheckFailure S
ExecuteTransaction: TransactStatements [ParameterizedStatement], ClientRequestToken S, ReturnConsumedCapacity S
ExportTableToPointInTime: TableArn S, S3Bucket S, ExportTime T, ClientToken S, S3BucketOwner S, S3Prefix S, S3SseAlgorithm S,
  S3SseKmsKeyId S, ExportFormat S, ExportType S, IncrementalExportSpecification IncrementalExportSpecification,
  FilterSpecification FilterSpecification
GetItem: TableName S, Key {V}, AttributesToGet [S], ConsistentRead B, ReturnConsumedCapacity S, ProjectionExpression S,
  ExpressionAttributeNames {S}
GetRecords: ShardIterator S, Limit I
GetResourcePolicy: ResourceArn S
GetShardIterator: StreamArn S, ShardId S, ShardIteratorType S, SequenceNumber S
ImportTable: S3BucketSource S3BucketSource, InputFormat S, TableCreationParameters TableCreationParameters, ClientToken S,
  InputFormatOptions InputFormatOptions, InputCompressionType S
ListBackups: TableName S, Limit I, TimeRangeLowerBound T, TimeRangeUpperBound T, ExclusiveStartBackupArn S, BackupType S
ListBulkOperations: MaxResults I, NextToken S
ListContributorInsights: TableName S, NextToken S, MaxResults I
ListExports: TableArn S, MaxResults I, NextToken S
ListGlobalTables: ExclusiveStartGlobalTableName S, Limit I, RegionName S
ListImports: TableArn S, PageSize I, NextToken S
ListStreams: TableName S, Limit I, ExclusiveStartStreamArn S
ListTables: ExclusiveStartTableName S, Limit I
ListTagsOfResource: ResourceArn S, NextToken S
PutItem: TableName S, Item {V}, Expected {ExpectedAttributeValue}, ReturnValues S, ReturnConsumedCapacity S,
  ReturnItemCollectionMetrics S, ConditionalOperator S, ConditionExpression S, ExpressionAttributeNames {S},
  ExpressionAttributeValues {V}, ReturnValuesOnConditionCheckFailure S
PutResourcePolicy: ResourceArn S, Policy S, ExpectedRevisionId S, ConfirmRemoveSelfResourceAccess B
Query: TableName S, IndexName S, Select S, AttributesToGet [S], Limit I, ConsistentRead B, KeyConditions {Condition},
  QueryFilter {Condition}, ConditionalOperator S, ScanIndexForward B, ExclusiveStartKey {V}, ReturnConsumedCapacity S,
  ProjectionExpression S, FilterExpression S, KeyConditionExpression S, ExpressionAttributeNames {S},
  ExpressionAttributeValues {V}
RestoreTableFromBackup: TargetTableName S, BackupArn S, BillingModeOverride S,
  GlobalSecondaryIndexOverride [GlobalSecondaryIndex], LocalSecondaryIndexOverride [LocalSecondaryIndex],
  ProvisionedThroughputOverride ProvisionedThroughput, OnDemandThroughputOverride OnDemandThroughput,
  SSESpecificationOverride SSESpecification, VectorIndexOverride [VectorIndex]
RestoreTableToPointInTime: TargetTableName S, SourceTableArn S, SourceTableName S, UseLatestRestorableTime B, RestoreDateTime T,
  BillingModeOverride S, GlobalSecondaryIndexOverride [GlobalSecondaryIndex], LocalSecondaryIndexOverride [LocalSecondaryIndex],
  ProvisionedThroughputOverride ProvisionedThroughput, OnDemandThroughputOverride OnDemandThroughput,
  SSESpecificationOverride SSESpecification, VectorIndexOverride [VectorIndex]
Scan: TableName S, IndexName S, AttributesToGet [S], Limit I, Select S, ScanFilter {Condition}, ConditionalOperator S,
  ExclusiveStartKey {V}, ReturnConsumedCapacity S, TotalSegments I, Segment I, ProjectionExpression S, FilterExpression S,
  ExpressionAttributeNames {S}, ExpressionAttributeValues {V}, ConsistentRead B
SearchVectors: TableName S, IndexName S, SearchVector [V], TopK I, ReturnConsumedCapacity S, ExpressionAttributeNames {S},
  ExpressionAttributeValues {V}, ProjectionExpression S, SearchConditionExpression S
StartBulkPutItems: InputS3Configuration InputS3Configuration, OutputS3Configuration OutputS3Configuration, TableName S,
  ClientToken S, MaxWriteRequestUnits L, PerformanceTier S
TagResource: ResourceArn S, Tags [Tag]
TransactGetItems: TransactItems [TransactGetItem], ReturnConsumedCapacity S
TransactWriteItems: TransactItems [TransactWriteItem], ReturnConsumedCapacity S, ReturnItemCollectionMetrics S,
  ClientRequestToken S
UntagResource: ResourceArn S, TagKeys [S]
UpdateContinuousBackups: TableName S, PointInTimeRecoverySpecification PointInTimeRecoverySpecification
UpdateContributorInsights: TableName S, ContributorInsightsAction S, IndexName S, ContributorInsightsMode S
UpdateGlobalTable: GlobalTableName S, ReplicaUpdates [ReplicaUpdate]
UpdateGlobalTableSettings: GlobalTableName S, GlobalTableBillingMode S, GlobalTableProvisionedWriteCapacityUnits L,
  GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate AutoScalingSettingsUpdate,
  GlobalTableGlobalSecondaryIndexSettingsUpdate [GlobalTableGlobalSecondaryIndexSettingsUpdate],
  ReplicaSettingsUpdate [ReplicaSettingsUpdate]
UpdateItem: TableName S, Key {V}, AttributeUpdates {AttributeValueUpdate}, Expected {ExpectedAttributeValue},
  ConditionalOperator S, ReturnValues S, ReturnConsumedCapacity S, ReturnItemCollectionMetrics S, UpdateExpression S,
  ConditionExpression S, ExpressionAttributeNames {S}, ExpressionAttributeValues {V}, ReturnValuesOnConditionCheckFailure S
UpdateKinesisStreamingDestination: TableName S, StreamArn S,
  UpdateKinesisStreamingConfiguration UpdateKinesisStreamingConfiguration
UpdateTable: TableName S, AttributeDefinitions [AttributeDefinition], BillingMode S,
  ProvisionedThroughput ProvisionedThroughput, GlobalSecondaryIndexUpdates [GlobalSecondaryIndexUpdate],
  StreamSpecification StreamSpecification, SSESpecification SSESpecification, ReplicaUpdates [ReplicationGroupUpdate],
  TableClass S, DeletionProtectionEnabled B, MultiRegionConsistency S,
  GlobalTableWitnessUpdates [GlobalTableWitnessGroupUpdate], OnDemandThroughput OnDemandThroughput,
  WarmThroughput WarmThroughput, GlobalTableSettingsReplicationMode S, DisassociationProtectionEnabled B,
  VectorIndexUpdates [VectorIndexUpdate]
UpdateTableReplicaAutoScaling: TableName S, GlobalSecondaryIndexUpdates [GlobalSecondaryIndexAutoScalingUpdate],
  ProvisionedWriteCapacityAutoScalingUpdate AutoScalingSettingsUpdate, ReplicaUpdates [ReplicaAutoScalingUpdate]
UpdateTimeToLive: TableName S, TimeToLiveSpecification TimeToLiveSpecification
`

/** Structures within them. */
export const STRUCTURE_MEMBERS = `
BatchStatementRequest: Statement S, Parameters [V], ConsistentRead B, ReturnValuesOnConditionCheckFailure S
KeysAndAttributes: Keys [{V}], AttributesToGet [S], ConsistentRead B, ProjectionExpression S, ExpressionAttributeNames {S}
WriteRequest: PutRequest PutRequest, DeleteRequest DeleteRequest
PutRequest: Item {V}
DeleteRequest: Key {V}
Replica: RegionName S
AttributeDefinition: AttributeName S, AttributeType S
KeySchemaElement: AttributeName S, KeyType S
LocalSecondaryIndex: IndexName S, KeySchema [KeySchemaElement], Projection Projection
Projection: ProjectionType S, NonKeyAttributes [S]
GlobalSecondaryIndex: IndexName S, KeySchema [KeySchemaElement], Projection Projection,
  ProvisionedThroughput ProvisionedThroughput, OnDemandThroughput OnDemandThroughput, WarmThroughput WarmThroughput
ProvisionedThroughput: ReadCapacityUnits L, WriteCapacityUnits L
OnDemandThroughput: MaxReadRequestUnits L, MaxWriteRequestUnits L
WarmThroughput: ReadUnitsPerSecond L, WriteUnitsPerSecond L
StreamSpecification: StreamEnabled B, StreamViewType S
SSESpecification: Enabled B, SSEType S, KMSMasterKeyId S
Tag: Key S, Value S
VectorIndex: IndexName S, VectorAttribute VectorAttributeDefinition, Projection Projection, Dimensions I, DistanceFunction S,
  SearchSchema [SearchSchemaElement]
VectorAttributeDefinition: AttributeName S
SearchSchemaElement: AttributeName S, SearchSchemaElementType S
ExpectedAttributeValue: Value V, Exists B, ComparisonOperator S, AttributeValueList [V]
EnableKinesisStreamingConfiguration: ApproximateCreationDateTimePrecision S
ParameterizedStatement: Statement S, Parameters [V], ReturnValuesOnConditionCheckFailure S
IncrementalExportSpecification: ExportFromTime T, ExportToTime T, ExportViewType S
FilterSpecification: FilterExpression S, ProjectionExpression S, KeyConditionExpression S, ExpressionAttributeNames {S},
  ExpressionAttributeValues {V}
S3BucketSource: S3Bucket S, S3BucketOwner S, S3KeyPrefix S
TableCreationParameters: TableName S, AttributeDefinitions [AttributeDefinition], KeySchema [KeySchemaElement], BillingMode S,
  ProvisionedThroughput ProvisionedThroughput, OnDemandThroughput OnDemandThroughput, SSESpecification SSESpecification,
  GlobalSecondaryIndexes [GlobalSecondaryIndex], VectorIndexes [VectorIndex]
InputFormatOptions: Csv CsvOptions
CsvOptions: Delimiter S, HeaderList [S]
Condition: ComparisonOperator S, AttributeValueList [V]
InputS3Configuration: S3Bucket S, InputFormat S, S3BucketOwner S, S3KeyPrefix S, InputCompressionType S
OutputS3Configuration: OutputType [S], S3BucketOwner S, S3Bucket S, S3KeyPrefix S, S3SseAlgorithm S, S3SseKmsKeyId S
TransactGetItem: Get Get
Get: Key {V}, TableName S, ProjectionExpression S, ExpressionAttributeNames {S}
TransactWriteItem: ConditionCheck ConditionCheck, Put Put, Delete Delete, Update Update
ConditionCheck: Key {V}, TableName S, ConditionExpression S, ExpressionAttributeNames {S}, ExpressionAttributeValues {V},
  ReturnValuesOnConditionCheckFailure S
Put: Item {V}, TableName S, ConditionExpression S, ExpressionAttributeNames {S}, ExpressionAttributeValues {V},
  ReturnValuesOnConditionCheckFailure S
Delete: Key {V}, TableName S, ConditionExpression S, ExpressionAttributeNames {S}, ExpressionAttributeValues {V},
  ReturnValuesOnConditionCheckFailure S
Update: Key {V}, UpdateExpression S, TableName S, ConditionExpression S, ExpressionAttributeNames {S},
  ExpressionAttributeValues {V}, ReturnValuesOnConditionCheckFailure S
PointInTimeRecoverySpecification: PointInTimeRecoveryEnabled B, RecoveryPeriodInDays I
ReplicaUpdate: Create CreateReplicaAction, Delete DeleteReplicaAction
CreateReplicaAction: RegionName S
DeleteReplicaAction: RegionName S
AutoScalingSettingsUpdate: MinimumUnits L, MaximumUnits L, AutoScalingDisabled B, AutoScalingRoleArn S,
  ScalingPolicyUpdate AutoScalingPolicyUpdate
AutoScalingPolicyUpdate: TargetTrackingScalingPolicyConfiguration AutoScalingTargetTrackingScalingPolicyConfigurationUpdate,
  PolicyName S
AutoScalingTargetTrackingScalingPolicyConfigurationUpdate: TargetValue D, DisableScaleIn B, ScaleInCooldown I,
  ScaleOutCooldown I
GlobalTableGlobalSecondaryIndexSettingsUpdate: IndexName S, ProvisionedWriteCapacityUnits L,
  ProvisionedWriteCapacityAutoScalingSettingsUpdate AutoScalingSettingsUpdate
ReplicaSettingsUpdate: RegionName S, ReplicaProvisionedReadCapacityUnits L,
  ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate AutoScalingSettingsUpdate,
  ReplicaGlobalSecondaryIndexSettingsUpdate [ReplicaGlobalSecondaryIndexSettingsUpdate], ReplicaTableClass S
ReplicaGlobalSecondaryIndexSettingsUpdate: IndexName S, ProvisionedReadCapacityUnits L,
  ProvisionedReadCapacityAutoScalingSettingsUpdate AutoScalingSettingsUpdate
AttributeValueUpdate: Value V, Action S
UpdateKinesisStreamingConfiguration: ApproximateCreationDateTimePrecision S
GlobalSecondaryIndexUpdate: Update UpdateGlobalSecondaryIndexAction, Create CreateGlobalSecondaryIndexAction,
  Delete DeleteGlobalSecondaryIndexAction
UpdateGlobalSecondaryIndexAction: IndexName S, ProvisionedThroughput ProvisionedThroughput,
  OnDemandThroughput OnDemandThroughput, WarmThroughput WarmThroughput
CreateGlobalSecondaryIndexAction: IndexName S, KeySchema [KeySchemaElement], Projection Projection,
  ProvisionedThroughput ProvisionedThroughput, OnDemandThroughput OnDemandThroughput, WarmThroughput WarmThroughput
DeleteGlobalSecondaryIndexAction: IndexName S
ReplicationGroupUpdate: Create CreateReplicationGroupMemberAction, Update UpdateReplicationGroupMemberAction,
  Delete DeleteReplicationGroupMemberAction, Disassociate DisassociateReplicationGroupMemberAction
CreateReplicationGroupMemberAction: RegionName S, KMSMasterKeyId S, ProvisionedThroughputOverride ProvisionedThroughputOverride,
  OnDemandThroughputOverride OnDemandThroughputOverride, GlobalSecondaryIndexes [ReplicaGlobalSecondaryIndex],
  TableClassOverride S
ProvisionedThroughputOverride: ReadCapacityUnits L
OnDemandThroughputOverride: MaxReadRequestUnits L
ReplicaGlobalSecondaryIndex: IndexName S, ProvisionedThroughputOverride ProvisionedThroughputOverride,
  OnDemandThroughputOverride OnDemandThroughputOverride
UpdateReplicationGroupMemberAction: RegionName S, KMSMasterKeyId S, ProvisionedThroughputOverride ProvisionedThroughputOverride,
  OnDemandThroughputOverride OnDemandThroughputOverride, GlobalSecondaryIndexes [ReplicaGlobalSecondaryIndex],
  TableClassOverride S
DeleteReplicationGroupMemberAction: RegionName S
DisassociateReplicationGroupMemberAction: RegionName S, DisassociationMode S
GlobalTableWitnessGroupUpdate: Create CreateGlobalTableWitnessGroupMemberAction,
  Delete DeleteGlobalTableWitnessGroupMemberAction
CreateGlobalTableWitnessGroupMemberAction: RegionName S
DeleteGlobalTableWitnessGroupMemberAction: RegionName S
VectorIndexUpdate: Create CreateVectorIndexAction, Delete DeleteVectorIndexAction
CreateVectorIndexAction: IndexName S, VectorAttribute VectorAttributeDefinition, Projection Projection, Dimensions I,
  DistanceFunction S, SearchSchema [SearchSchemaElement]
DeleteVectorIndexAction: IndexName S
GlobalSecondaryIndexAutoScalingUpdate: IndexName S, ProvisionedWriteCapacityAutoScalingUpdate AutoScalingSettingsUpdate
ReplicaAutoScalingUpdate: RegionName S, ReplicaGlobalSecondaryIndexUpdates [ReplicaGlobalSecondaryIndexAutoScalingUpdate],
  ReplicaProvisionedReadCapacityAutoScalingUpdate AutoScalingSettingsUpdate
ReplicaGlobalSecondaryIndexAutoScalingUpdate: IndexName S, ProvisionedReadCapacityAutoScalingUpdate AutoScalingSettingsUpdate
TimeToLiveSpecification: Enabled B, AttributeName S
ShardFilter: Type S, ShardId S
`

/** Where attribute values are in outputs and exceptions; nothing else of them is listed. */
export const OUTPUT_MEMBERS = `
BatchExecuteStatement: Responses [BatchStatementResponse]
BatchGetItem: Responses {[{V}]}, UnprocessedKeys {KeysAndAttributes}
BatchWriteItem: UnprocessedItems {[WriteRequest]}, ItemCollectionMetrics {[ItemCollectionMetrics]}
DeleteItem: Attributes {V}, ItemCollectionMetrics ItemCollectionMetrics
DescribeExport: ExportDescription ExportDescription
ExecuteStatement: Items [{V}], LastEvaluatedKey {V}
ExecuteTransaction: Responses [ItemResponse]
ExportTableToPointInTime: ExportDescription ExportDescription
GetItem: Item {V}
GetRecords: Records [Record]
PutItem: Attributes {V}, ItemCollectionMetrics ItemCollectionMetrics
Query: Items [{V}], LastEvaluatedKey {V}
Scan: Items [{V}], LastEvaluatedKey {V}
SearchVectors: SearchResults [ItemResponse]
TransactGetItems: Responses [ItemResponse]
TransactWriteItems: ItemCollectionMetrics {[ItemCollectionMetrics]}
UpdateItem: Attributes {V}, ItemCollectionMetrics ItemCollectionMetrics
BatchStatementError: Item {V}
BatchStatementResponse: Error BatchStatementError, Item {V}
DeleteRequest: Key {V}
ExportDescription: FilterSpecification FilterSpecification
FilterSpecification: ExpressionAttributeValues {V}
ItemCollectionMetrics: ItemCollectionKey {V}
ItemResponse: Item {V}
KeysAndAttributes: Keys [{V}]
PutRequest: Item {V}
Record: dynamodb StreamRecord
StreamRecord: Keys {V}, NewImage {V}, OldImage {V}
WriteRequest: PutRequest PutRequest, DeleteRequest DeleteRequest
`
