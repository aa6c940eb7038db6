// Requests of the control plane whose members have wrong types: always one of DynamoDB's answers, never a crash. The
// texts are those of dynalite's validations (taken from AWS).
import { describe, expect, it } from 'vitest'
import { openEngine, simpleTable } from '../engine-fixture.ts'

const ARN = 'arn:aws:dynamodb:local:000000000000:table/Things'
const base: Record<string, Record<string, unknown>> = {
  CreateTable: { ...simpleTable('New'), GlobalSecondaryIndexes: 1, Tags: 1, SSESpecification: 1, StreamSpecification: 1, OnDemandThroughput: 1, WarmThroughput: 1, ResourcePolicy: 1, LocalSecondaryIndexes: 1, ProvisionedThroughput: 1 },
  UpdateTable: { TableName: 'Things', GlobalSecondaryIndexUpdates: 1, AttributeDefinitions: 1, SSESpecification: 1, StreamSpecification: 1, OnDemandThroughput: 1, WarmThroughput: 1, ReplicaUpdates: 1, GlobalTableWitnessUpdates: 1, ProvisionedThroughput: 1, DeletionProtectionEnabled: true },
  TagResource: { ResourceArn: ARN, Tags: [{ Key: 'a', Value: 'b' }] }, UntagResource: { ResourceArn: ARN, TagKeys: ['a'] }, ListTagsOfResource: { ResourceArn: ARN, NextToken: 'x' },
  PutResourcePolicy: { ResourceArn: ARN, Policy: '{}', ExpectedRevisionId: 'x' }, GetResourcePolicy: { ResourceArn: ARN }, DeleteResourcePolicy: { ResourceArn: ARN, ExpectedRevisionId: 'x' },
  UpdateTimeToLive: { TableName: 'Things', TimeToLiveSpecification: 1 }, UpdateContinuousBackups: { TableName: 'Things', PointInTimeRecoverySpecification: 1 },
  UpdateContributorInsights: { TableName: 'Things', IndexName: 1, ContributorInsightsAction: 'ENABLE', ContributorInsightsMode: 1 }, ListContributorInsights: { TableName: 'Things', NextToken: 1, MaxResults: 1 },
  EnableKinesisStreamingDestination: { TableName: 'Things', StreamArn: 'arn:aws:kinesis:local:000000000000:stream/changes', EnableKinesisStreamingConfiguration: 1 },
  UpdateKinesisStreamingDestination: { TableName: 'Things', StreamArn: 'arn:aws:kinesis:local:000000000000:stream/changes', UpdateKinesisStreamingConfiguration: 1 },
  CreateBackup: { TableName: 'Things', BackupName: 1 }, DescribeBackup: { BackupArn: 1 }, ListBackups: { TableName: 1, Limit: 1, TimeRangeLowerBound: 1, ExclusiveStartBackupArn: 1 },
  RestoreTableFromBackup: { TargetTableName: 'New', BackupArn: 1, ProvisionedThroughputOverride: 1, OnDemandThroughputOverride: 1, SSESpecificationOverride: 1 },
  RestoreTableToPointInTime: { TargetTableName: 'New', SourceTableName: 'Things', SourceTableArn: 1, RestoreDateTime: 1 },
  ExportTableToPointInTime: { TableArn: ARN, S3Bucket: 'bucket', ExportTime: 1, IncrementalExportSpecification: 1, S3BucketOwner: 1, S3Prefix: 1 },
  ImportTable: { S3BucketSource: { S3Bucket: 'bucket' }, InputFormat: 'CSV', TableCreationParameters: simpleTable('New'), InputFormatOptions: 1 },
  DescribeExport: { ExportArn: 1 }, DescribeImport: { ImportArn: 1 }, ListExports: { MaxResults: 1, NextToken: 1 }, ListImports: { PageSize: 1, NextToken: 1 },
  CreateGlobalTable: { GlobalTableName: 'Things', ReplicationGroup: 1 }, UpdateGlobalTable: { GlobalTableName: 'Things', ReplicaUpdates: 1 }, ListGlobalTables: { ExclusiveStartGlobalTableName: 1, Limit: 1 },
  UpdateTableReplicaAutoScaling: { TableName: 'Things', GlobalSecondaryIndexUpdates: 1, ProvisionedWriteCapacityAutoScalingUpdate: 1, ReplicaUpdates: 1 },
  DescribeTable: { TableName: 1 }, DeleteTable: { TableName: 1 }, ListTables: { ExclusiveStartTableName: 1, Limit: 1 },
}
const junk = [null, 5, 'x', '', true, [], {}, [null], [5], ['x'], [{}], [[]], { a: null }, [{ Create: null }], [{ Create: 5 }], [{ Update: {} }], [{ Create: {} }]]

describe('a malformed request', () => {
  it('is answered as DynamoDB would, whatever it holds', async () => {
    const { run } = await openEngine()
    await run('CreateTable', simpleTable('Things'))
    const crashes: string[] = []
    for (const [name, members] of Object.entries(base)) {
      const good = Object.fromEntries(Object.entries(members).filter(([, value]) => value !== 1))
      for (const member of Object.keys(members)) {
        for (const value of junk) {
          try {
            await run(name, { ...good, [member]: value })
            if (name === 'CreateTable') await run('DeleteTable', { TableName: 'New' })
          } catch (error) {
            const { name: kind, message } = error as Error
            if (/^(Type|Range|Syntax)?Error$/.test(kind)) crashes.push(`${name} ${member} ${JSON.stringify(value)}: ${message}`)
          }
        }
      }
    }
    expect(crashes).toEqual([])
  })

  const texts: [string, object, string][] = [
    ['DescribeTable', { TableName: 5 }, 'NUMBER_VALUE cannot be converted to String'],
    ['DescribeTable', { TableName: 1.5 }, 'DECIMAL_VALUE cannot be converted to String'],
    ['DescribeTable', { TableName: true }, 'TRUE_VALUE cannot be converted to String'],
    ['DescribeTable', { TableName: ['x'] }, 'Unrecognized collection type class java.lang.String'],
    ['DescribeTable', { TableName: {} }, 'Start of structure or map found where not expected'],
    ['ListTables', { Limit: 'x' }, 'STRING_VALUE cannot be converted to Long'],
    ['CreateTable', { AttributeDefinitions: 'x' }, 'Unexpected field type'],
    ['CreateTable', { AttributeDefinitions: {} }, 'Start of structure or map found where not expected'],
    ['CreateTable', { KeySchema: ['x'] }, 'Unexpected value type in payload'],
    ['CreateTable', { ProvisionedThroughput: 'x' }, 'Unexpected field type'],
  ]
  it.each(texts)('%s of %j says what is wrong', async (name, input, message) => {
    const { run } = await openEngine()
    await expect(run(name, input)).rejects.toMatchObject({ name: 'SerializationException', message })
  })

  it('may have nulls, which are nothing', async () => {
    const { run } = await openEngine()
    await run('CreateTable', { ...simpleTable('Things'), GlobalSecondaryIndexes: null, Tags: null, StreamSpecification: null })
    expect((await run('DescribeTable', { TableName: 'Things' }))['Table']).not.toHaveProperty('GlobalSecondaryIndexes')
  })
})
