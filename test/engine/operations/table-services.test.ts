// Settings of the services over a table, and what answers while a service is not there: TTL, recovery, insights, Kinesis,
// backups, exports, imports, legacy global tables, limits. Lab findings DDB-TABLE-083 to -095, -143 to -147, -299 to -318,
// DDB-EXPORT-001 to -006, DDB-IMPORT-009, -010, DDB-BACKUP-012, -014; AWS pages of the operations.
import { beforeEach, describe, expect, it } from 'vitest'
import { openEngine, simpleTable, type EngineFixture } from '../engine-fixture.ts'

const TableName = 'Things'
const TABLE_ARN = 'arn:aws:dynamodb:local:000000000000:table/Things'
let fixture: EngineFixture
const run = (name: string, input: object = {}) => fixture.run(name, { TableName, ...input })
const NULL = (path: string) => `1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`
const later = () => new Promise((resolve) => setTimeout(resolve, 80))

beforeEach(async () => {
  fixture = await openEngine()
  await fixture.run('CreateTable', simpleTable(TableName))
})

describe('time to live', () => {
  const set = (AttributeName: string, Enabled: boolean) => run('UpdateTimeToLive', { TimeToLiveSpecification: { AttributeName, Enabled } })

  it('is switched on and off, and forgets its attribute', async () => {
    expect(await run('DescribeTimeToLive')).toEqual({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } })
    expect(await set('until', true)).toEqual({ TimeToLiveSpecification: { Enabled: true, AttributeName: 'until' } })
    fixture = await fixture.reopen()
    expect(await run('DescribeTimeToLive')).toEqual({ TimeToLiveDescription: { TimeToLiveStatus: 'ENABLED', AttributeName: 'until' } })
    await expect(set('until', true)).rejects.toThrow('TimeToLive is already enabled')
    await expect(set('other', true)).rejects.toThrow('TimeToLive is active on a different AttributeName: current AttributeName is until')
    await expect(set('other', false)).rejects.toThrow('TimeToLive is active on a different AttributeName: current AttributeName is until')
    await set('until', false)
    expect(await run('DescribeTimeToLive')).toEqual({ TimeToLiveDescription: { TimeToLiveStatus: 'DISABLED' } })
    await expect(set('until', false)).rejects.toThrow('TimeToLive is already disabled')
  })

  it('needs both members, and a table', async () => {
    await expect(run('UpdateTimeToLive')).rejects.toThrow(NULL('timeToLiveSpecification'))
    await expect(run('UpdateTimeToLive', { TimeToLiveSpecification: { Enabled: true } })).rejects.toThrow(NULL('timeToLiveSpecification.attributeName'))
    await expect(run('UpdateTimeToLive', { TimeToLiveSpecification: { AttributeName: 'a' } })).rejects.toThrow(NULL('timeToLiveSpecification.enabled'))
    await expect(run('DescribeTimeToLive', { TableName: 'Nothing' })).rejects.toThrow('Requested resource not found: Table: Nothing not found')
  })

  it("waits 31 minutes between two changes, with AWS's timing", async () => {
    fixture = await fixture.reopen({ timing: 'aws' })
    await set('until', true)
    await expect(set('until', false)).rejects.toThrow('Time to live has been modified multiple times within a fixed interval')
    fixture.environment.time += 31 * 60_000
    await set('until', false)
  })
})

describe('continuous backups', () => {
  const set = (PointInTimeRecoveryEnabled: boolean, more: object = {}) =>
    run('UpdateContinuousBackups', { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled, ...more } })

  it('have a window from the switching on to five minutes ago, and a period', async () => {
    const off = { ContinuousBackupsDescription: { ContinuousBackupsStatus: 'ENABLED', PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' } } }
    expect(await run('DescribeContinuousBackups')).toEqual(off)
    const start = fixture.environment.time / 1000
    const on = (days: number, earliest: number, latest: number) => ({
      ContinuousBackupsDescription: {
        ContinuousBackupsStatus: 'ENABLED',
        PointInTimeRecoveryDescription: {
          PointInTimeRecoveryStatus: 'ENABLED',
          RecoveryPeriodInDays: days,
          EarliestRestorableDateTime: earliest,
          LatestRestorableDateTime: latest,
        },
      },
    })
    expect(await set(true)).toEqual(on(35, start, start))
    fixture.environment.time += 1_000_000
    expect(await run('DescribeContinuousBackups')).toEqual(on(35, start, start + 700))
    fixture.environment.time += 3 * 24 * 3_600_000
    const now = start + 1000 + 3 * 24 * 3600
    expect(await set(true, { RecoveryPeriodInDays: 1 })).toEqual(on(1, now - 24 * 3600, now - 300))
    expect(await set(false)).toEqual(off)
    expect(await set(true)).toMatchObject({ ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { RecoveryPeriodInDays: 35 } } })
  })

  it('refuse a period that is none', async () => {
    await expect(set(true, { RecoveryPeriodInDays: 36 })).rejects.toThrow(
      "1 validation error detected: Value '36' at 'pointInTimeRecoverySpecification.recoveryPeriodInDays' failed to satisfy constraint: Member must have value less than or equal to 35",
    )
    await expect(set(false, { RecoveryPeriodInDays: 7 })).rejects.toThrow('Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.')
    await expect(run('DescribeContinuousBackups', { TableName: 'Nothing' })).rejects.toMatchObject({ name: 'TableNotFoundException', message: 'Table not found: Nothing' })
  })
})

describe('contributor insights', () => {
  const update = (ContributorInsightsAction: string, more: object = {}) => run('UpdateContributorInsights', { ContributorInsightsAction, ...more })

  it('pass through ENABLING and DISABLING, for a table and a GSI apart', async () => {
    fixture = await fixture.reopen({ timing: 'short' })
    await run('UpdateTable', {
      AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'S' }],
      GlobalSecondaryIndexUpdates: [{ Create: { IndexName: 'byA', KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } } }],
    })
    await fixture.engine.idle()
    expect(await run('DescribeContributorInsights')).toEqual({ TableName, ContributorInsightsStatus: 'DISABLED' })
    expect(await update('DISABLE')).toEqual({ TableName, ContributorInsightsStatus: 'DISABLED' })
    const mode = { ContributorInsightsMode: 'ACCESSED_AND_THROTTLED_KEYS' }
    expect(await update('ENABLE')).toEqual({ TableName, ContributorInsightsStatus: 'ENABLING', ...mode })
    expect(await run('DescribeContributorInsights')).toMatchObject({ ContributorInsightsStatus: 'ENABLING' })
    expect(await update('ENABLE', { IndexName: 'byA', ContributorInsightsMode: 'THROTTLED_KEYS' })).toMatchObject({ IndexName: 'byA', ContributorInsightsStatus: 'ENABLING' })
    await later()
    const at = fixture.environment.time
    expect(await run('DescribeContributorInsights')).toEqual({
      TableName,
      ContributorInsightsRuleList: [`DynamoDBContributorInsights-PKC-Things-${at}`, `DynamoDBContributorInsights-PKT-Things-${at}`],
      ContributorInsightsStatus: 'ENABLED',
      LastUpdateDateTime: at / 1000,
      ...mode,
    })
    expect(await fixture.run('ListContributorInsights', { MaxResults: 1 })).toEqual({
      ContributorInsightsSummaries: [{ TableName, ContributorInsightsStatus: 'ENABLED', ...mode }],
      NextToken: expect.any(String),
    })
    const { NextToken } = await fixture.run('ListContributorInsights', { MaxResults: 1 })
    expect(await fixture.run('ListContributorInsights', { NextToken })).toEqual({
      ContributorInsightsSummaries: [{ TableName, IndexName: 'byA', ContributorInsightsStatus: 'ENABLED', ContributorInsightsMode: 'THROTTLED_KEYS' }],
    })
    expect(await update('ENABLE')).toMatchObject({ ContributorInsightsStatus: 'ENABLED' })
    expect(await update('DISABLE')).toMatchObject({ ContributorInsightsStatus: 'DISABLING' })
    await later()
    expect(await run('DescribeContributorInsights')).toEqual({ TableName, ContributorInsightsStatus: 'DISABLED', LastUpdateDateTime: at / 1000, ...mode })
  })

  it('name the index or table that is not there', async () => {
    await expect(update('ENABLE', { IndexName: 'ghost' })).rejects.toThrow('Requested resource not found: Index: ghost not found for table: Things')
    await expect(run('ListContributorInsights', { TableName: 'Nothing' })).rejects.toThrow('Requested resource not found: Table: Nothing not found')
    await expect(update('PAUSE')).rejects.toThrow("Value 'PAUSE' at 'contributorInsightsAction' failed to satisfy constraint")
  })
})

describe('a Kinesis destination', () => {
  const StreamArn = 'arn:aws:kinesis:local:000000000000:stream/changes'
  const KINESIS = 'Table is not in a valid state to enable Kinesis Streaming Destination: '

  it('without its stream goes from ENABLING to ENABLE_FAILED, and is listed once', async () => {
    fixture = await fixture.reopen({ timing: 'short' })
    expect(await run('EnableKinesisStreamingDestination', { StreamArn })).toEqual({ TableName, StreamArn, DestinationStatus: 'ENABLING' })
    expect(await run('DescribeKinesisStreamingDestination')).toEqual({ TableName, KinesisDataStreamDestinations: [{ StreamArn, DestinationStatus: 'ENABLING' }] })
    await expect(run('EnableKinesisStreamingDestination', { StreamArn })).rejects.toThrow(
      `${KINESIS}EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.`,
    )
    await later()
    const failed = { StreamArn, DestinationStatus: 'ENABLE_FAILED', DestinationStatusDescription: 'User does not have a permission to use kinesis stream' }
    expect(await run('DescribeKinesisStreamingDestination')).toEqual({ TableName, KinesisDataStreamDestinations: [failed] })
    await run('EnableKinesisStreamingDestination', { StreamArn })
    fixture = await fixture.reopen()
    expect(await run('DescribeKinesisStreamingDestination')).toEqual({ TableName, KinesisDataStreamDestinations: [failed] })
  })

  it('that is not ACTIVE can be neither disabled nor updated', async () => {
    await expect(run('DisableKinesisStreamingDestination', { StreamArn })).rejects.toThrow(
      `${KINESIS}KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.`,
    )
    const update = (configuration: object) => run('UpdateKinesisStreamingDestination', { StreamArn, UpdateKinesisStreamingConfiguration: configuration })
    await expect(update({})).rejects.toThrow('UpdateKinesisStreamingConfiguration cannot be null or contain only null values')
    await expect(update({ ApproximateCreationDateTimePrecision: 'MICROSECOND' })).rejects.toThrow(`${KINESIS}Kinesis streaming is not in ACTIVE state.`)
    await expect(run('EnableKinesisStreamingDestination', { StreamArn: 'short' })).rejects.toThrow('Member must have length greater than or equal to 37')
  })
})

describe('what is not there yet says so in words of AWS', () => {
  const backup = `${TABLE_ARN}/backup/01489602797149-73d8d5bc`
  const missing: [string, object, string, string][] = [
    ['CreateBackup', { TableName, BackupName: 'one' }, 'ContinuousBackupsUnavailableException', 'Backups are not available for the table: Things'],
    ['CreateBackup', { TableName: 'Nothing', BackupName: 'one' }, 'TableNotFoundException', 'Table not found: Nothing'],
    ['CreateBackup', { TableName, BackupName: 'a' }, 'ValidationException', "Value 'a' at 'backupName' failed to satisfy constraint: Member must have length greater than or equal to 3"],
    ['DescribeBackup', { BackupArn: backup }, 'BackupNotFoundException', `Backup not found: ${backup}`],
    ['DescribeBackup', { BackupArn: TABLE_ARN }, 'ValidationException', 'Invalid Backup ARN'],
    ['DeleteBackup', { BackupArn: backup }, 'BackupNotFoundException', `Backup not found: ${backup}`],
    ['RestoreTableFromBackup', { TargetTableName: 'New', BackupArn: backup }, 'BackupNotFoundException', `Backup not found: ${backup}`],
    ['RestoreTableFromBackup', { TargetTableName: TableName, BackupArn: backup }, 'TableAlreadyExistsException', 'Table already exists: Things'],
    ['RestoreTableToPointInTime', { TargetTableName: 'New', SourceTableName: TableName, UseLatestRestorableTime: true }, 'PointInTimeRecoveryUnavailableException', "Point in time recovery is not enabled for table 'Things'"],
    ['RestoreTableToPointInTime', { TargetTableName: 'New', SourceTableName: TableName }, 'ValidationException', 'Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both'],
    ['RestoreTableToPointInTime', { TargetTableName: 'New', UseLatestRestorableTime: true }, 'ValidationException', 'Invalid Request: Must provide exactly one of: sourceTableArn, sourceTableName'],
    ['ExportTableToPointInTime', { TableArn: TABLE_ARN, S3Bucket: 'bucket' }, 'PointInTimeRecoveryUnavailableException', "Point in time recovery is not enabled for table 'Things'"],
    ['ExportTableToPointInTime', { TableArn: `${TABLE_ARN}x`, S3Bucket: 'bucket' }, 'TableNotFoundException', `Table not found: ${TABLE_ARN}x`],
    ['ExportTableToPointInTime', { TableArn: TableName, S3Bucket: 'bucket' }, 'ValidationException', 'One or more parameter values were invalid: tableArn is not a valid ARN'],
    ['ExportTableToPointInTime', { TableArn: TABLE_ARN, S3Bucket: 'bucket', ExportType: 'INCREMENTAL_EXPORT', IncrementalExportSpecification: {} }, 'ValidationException', 'Invalid Request: ExportFromTime must be provided in IncrementalExportSpecification'],
    ['ExportTableToPointInTime', { TableArn: TABLE_ARN, S3Bucket: 'bucket', ExportFormat: 'CSV' }, 'ValidationException', "Value 'CSV' at 'exportFormat' failed to satisfy constraint: Member must satisfy enum value set: [ION, DYNAMODB_JSON]"],
    ['DescribeExport', { ExportArn: `${TABLE_ARN}/export/0` }, 'ExportNotFoundException', `Export not found: Export not found: ${TABLE_ARN}/export/0`],
    ['DescribeExport', { ExportArn: TABLE_ARN }, 'ValidationException', 'Invalid Export ARN'],
    ['DescribeImport', { ImportArn: `${TABLE_ARN}/import/0` }, 'ImportNotFoundException', 'Import not found: '],
    ['DescribeGlobalTable', { GlobalTableName: TableName }, 'GlobalTableNotFoundException', "Global table with name: 'Things' does not exist."],
    ['DescribeGlobalTableSettings', { GlobalTableName: TableName }, 'GlobalTableNotFoundException', "Global table with name: 'Things' does not exist."],
    ['UpdateGlobalTableSettings', { GlobalTableName: TableName }, 'GlobalTableNotFoundException', "Global table with name: 'Things' does not exist."],
    ['CreateGlobalTable', { GlobalTableName: TableName, ReplicationGroup: [] }, 'ValidationException', 'DynamoDB global tables version 2017.11.29 is not supported.'],
    ['UpdateGlobalTable', { GlobalTableName: TableName, ReplicaUpdates: [] }, 'ValidationException', 'DynamoDB global tables version 2017.11.29 is not supported.'],
  ]
  it.each(missing)('%s of %j', async (operation, input, name, message) => {
    await expect(fixture.run(operation, input)).rejects.toMatchObject({ name, message: expect.stringContaining(message) })
  })

  it('an export and a restore where recovery is on', async () => {
    await run('UpdateContinuousBackups', { PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } })
    const target = { TableArn: TABLE_ARN, S3Bucket: 'bucket' }
    const now = fixture.environment.time / 1000
    await expect(fixture.run('ExportTableToPointInTime', target)).rejects.toThrow('Invalid Request: The specified bucket does not exist: bucket')
    await expect(fixture.run('ExportTableToPointInTime', { ...target, ExportTime: now + 60 })).rejects.toMatchObject({ name: 'InvalidExportTimeException' })
    const increment = { ExportType: 'INCREMENTAL_EXPORT', IncrementalExportSpecification: { ExportFromTime: now } }
    await expect(fixture.run('ExportTableToPointInTime', { ...target, ...increment })).rejects.toThrow('is less than 15 minutes')
    const restore = { TargetTableName: 'New', SourceTableName: TableName }
    await expect(fixture.run('RestoreTableToPointInTime', { ...restore, RestoreDateTime: now - 60 })).rejects.toMatchObject({ name: 'InvalidRestoreTimeException' })
    await expect(fixture.run('RestoreTableToPointInTime', { ...restore, UseLatestRestorableTime: true })).rejects.toMatchObject({ name: 'PointInTimeRecoveryUnavailableException' })
  })

  it('an import', async () => {
    const input = { S3BucketSource: { S3Bucket: 'bucket' }, InputFormat: 'CSV', TableCreationParameters: simpleTable('New') }
    await expect(fixture.run('ImportTable', input)).rejects.toThrow('Invalid Request: The specified bucket does not exist: bucket')
    await expect(fixture.run('ImportTable', { ...input, TableCreationParameters: simpleTable(TableName) })).rejects.toMatchObject({ name: 'ResourceInUseException' })
    await expect(fixture.run('ImportTable', { ...input, InputFormat: 'DYNAMODB_JSON', InputFormatOptions: { Csv: {} } })).rejects.toThrow(
      'Invalid Request: Unsupported InputFormatOptions for the given input format: DYNAMODB_JSON.',
    )
    await expect(fixture.run('ImportTable', { ...input, TableCreationParameters: { ...simpleTable('New'), BillingMode: undefined } })).rejects.toThrow(
      'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    )
  })

  it('lists are empty, and say so', async () => {
    expect(await fixture.run('ListBackups', {})).toEqual({ BackupSummaries: [] })
    expect(await fixture.run('ListBackups', { TableName: 'Nothing' })).toEqual({ BackupSummaries: [] })
    expect(await fixture.run('ListExports', {})).toEqual({ ExportSummaries: [] })
    expect(await fixture.run('ListImports', {})).toEqual({ ImportSummaryList: [] })
    expect(await fixture.run('ListGlobalTables', {})).toEqual({ GlobalTables: [] })
    await expect(fixture.run('ListExports', { NextToken: 'x' })).rejects.toThrow('Invalid Request: Provided nextToken is invalid: x')
    await expect(fixture.run('ListBackups', { Limit: 101 })).rejects.toThrow('Member must have value less than or equal to 100')
  })
})

describe('limits and endpoints', () => {
  it('are told', async () => {
    expect(await fixture.run('DescribeLimits', {})).toEqual({
      AccountMaxReadCapacityUnits: 80_000,
      AccountMaxWriteCapacityUnits: 80_000,
      TableMaxReadCapacityUnits: 40_000,
      TableMaxWriteCapacityUnits: 40_000,
    })
    fixture = await openEngine({ endpointAddress: '127.0.0.1:8000' })
    expect(await fixture.run('DescribeEndpoints', {})).toEqual({ Endpoints: [{ Address: '127.0.0.1:8000', CachePeriodInMinutes: 1440 }] })
  })
})

describe('the operations of the control plane', () => {
  it('are all known: none of the SDK says Unknown operation', async () => {
    const { DynamoDBClient: _, ...sdk } = await import('@aws-sdk/client-dynamodb')
    // Others are built apart: PartiQL, vectors, bulk put.
    const elsewhere = /^(BatchExecuteStatement|ExecuteStatement|ExecuteTransaction|SearchVectors|StartBulkPutItems|.*BulkOperations?)$/
    const names = Object.keys(sdk).flatMap((name) => (/^[A-Z].*Command$/.test(name) && name !== '$Command' ? [name.slice(0, -'Command'.length)] : []))
    const known = names.filter((name) => !elsewhere.test(name))
    expect(known.length).toBeGreaterThan(50)
    for (const name of known) {
      const error: unknown = await fixture.run(name, {}).catch((thrown: unknown) => thrown)
      expect(error instanceof Error ? error.message : '', name).not.toContain('Unknown operation')
      if (error instanceof Error) expect(error.name, name).not.toBe('TypeError')
    }
  })
})
