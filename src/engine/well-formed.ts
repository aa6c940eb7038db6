// The JSON of a control-plane request against the types of AWS's members, before any operation looks at it: null is
// absent, and what has another type is a SerializationException with AWS's words (dynalite's validations have them).
// Members are known by name: over the control plane no name has two types. Names that are not listed pass as they are.
import { SerializationException } from '../model/errors.ts'

const STRINGS =
  'TableName ResourceArn NextToken Policy ExpectedRevisionId IndexName ContributorInsightsAction ContributorInsightsMode ' +
  'AttributeName AttributeType KeyType BillingMode ProjectionType StreamViewType SSEType KMSMasterKeyId TableClass ResourcePolicy ' +
  'GlobalTableSourceArn GlobalTableSettingsReplicationMode MultiRegionConsistency RegionName StreamArn ' +
  'ApproximateCreationDateTimePrecision BackupName BackupArn BackupType ExclusiveStartBackupArn TargetTableName SourceTableName ' +
  'SourceTableArn BillingModeOverride TableArn ClientToken S3Bucket S3BucketOwner S3Prefix S3KeyPrefix S3SseAlgorithm S3SseKmsKeyId ' +
  'ExportFormat ExportType ExportViewType ExportArn ImportArn InputFormat InputCompressionType Delimiter GlobalTableName ' +
  'ExclusiveStartGlobalTableName ExclusiveStartTableName GlobalTableBillingMode PolicyName AutoScalingRoleArn Key Value'
const NUMBERS =
  'ReadCapacityUnits WriteCapacityUnits MaxReadRequestUnits MaxWriteRequestUnits ReadUnitsPerSecond WriteUnitsPerSecond ' +
  'RecoveryPeriodInDays MaxResults Limit PageSize TimeRangeLowerBound TimeRangeUpperBound RestoreDateTime ExportTime ExportFromTime ' +
  'ExportToTime MinimumUnits MaximumUnits ScaleInCooldown ScaleOutCooldown TargetValue GlobalTableProvisionedWriteCapacityUnits'
const BOOLEANS =
  'DeletionProtectionEnabled StreamEnabled Enabled ConfirmRemoveSelfResourceAccess PointInTimeRecoveryEnabled ' +
  'UseLatestRestorableTime AutoScalingDisabled DisableScaleIn'
const STRING_LISTS = 'TagKeys NonKeyAttributes HeaderList'
const LISTS =
  'AttributeDefinitions KeySchema LocalSecondaryIndexes GlobalSecondaryIndexes Tags GlobalSecondaryIndexUpdates ReplicaUpdates ' +
  'GlobalTableWitnessUpdates ReplicationGroup GlobalSecondaryIndexOverride LocalSecondaryIndexOverride ReplicaGlobalSecondaryIndexUpdates'
const STRUCTURES =
  'Projection ProvisionedThroughput OnDemandThroughput WarmThroughput StreamSpecification SSESpecification Create Update Delete ' +
  'TimeToLiveSpecification PointInTimeRecoverySpecification EnableKinesisStreamingConfiguration UpdateKinesisStreamingConfiguration ' +
  'ProvisionedThroughputOverride OnDemandThroughputOverride SSESpecificationOverride IncrementalExportSpecification S3BucketSource ' +
  'TableCreationParameters InputFormatOptions Csv ProvisionedWriteCapacityAutoScalingUpdate ProvisionedReadCapacityAutoScalingUpdate ' +
  'ReplicaProvisionedReadCapacityAutoScalingUpdate ScalingPolicyUpdate TargetTrackingScalingPolicyConfiguration'

type Kind = 'string' | 'number' | 'boolean' | 'strings' | 'list' | 'structure'
const kinds = new Map<string, Kind>()
for (const [kind, names] of Object.entries({ string: STRINGS, number: NUMBERS, boolean: BOOLEANS, strings: STRING_LISTS, list: LISTS, structure: STRUCTURES })) {
  for (const name of names.split(' ')) kinds.set(name, kind as Kind)
}

/** A copy without nulls. Throws SerializationException. */
export function wellFormed<Input extends object>(input: Input): Input {
  return structureOf(input) as Input
}

function structureOf(structure: object): object {
  const members: [string, unknown][] = []
  for (const [name, value] of Object.entries(structure)) {
    if (value === null || value === undefined) continue
    members.push([name, valueOf(kinds.get(name), value)])
  }
  return Object.fromEntries(members)
}

function valueOf(kind: Kind | undefined, value: unknown): unknown {
  switch (kind) {
    case 'string':
    case 'number':
    case 'boolean':
      return scalarOf(kind, value)
    case 'strings':
      return listOf(value).map((element) => scalarOf('string', element))
    case 'list':
      // A missing element has none of its members.
      return listOf(value).map((element) => (element === null ? {} : structureIn(element, 'Unexpected value type in payload')))
    case 'structure':
      return structureIn(value, 'Unexpected field type')
    case undefined:
      return value
  }
}

function structureIn(value: unknown, text: string): object {
  if (typeof value !== 'object' || value === null) throw new SerializationException(text)
  if (Array.isArray(value)) throw new SerializationException('Start of list found where not expected')
  return structureOf(value)
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value
  throw new SerializationException(typeof value === 'object' ? 'Start of structure or map found where not expected' : 'Unexpected field type')
}

const TITLES = { string: 'String', number: 'Long', boolean: 'Boolean' } as const

function scalarOf(kind: 'string' | 'number' | 'boolean', value: unknown): unknown {
  if (typeof value === kind) return value
  const title = TITLES[kind]
  if (Array.isArray(value)) throw new SerializationException(`Unrecognized collection type class java.lang.${title}`)
  if (typeof value === 'object') throw new SerializationException('Start of structure or map found where not expected')
  throw new SerializationException(`${nameOfScalar(value)} cannot be converted to ${title}`)
}

function nameOfScalar(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'TRUE_VALUE' : 'FALSE_VALUE'
  if (typeof value === 'number') return Number.isInteger(value) ? 'NUMBER_VALUE' : 'DECIMAL_VALUE'
  return 'STRING_VALUE'
}
