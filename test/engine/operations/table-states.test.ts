// States that move: CREATING, UPDATING, DELETING in milliseconds, what is refused meanwhile and what is not, and AWS's
// budgets with `timing: 'aws'`. Texts and shapes: lab findings DDB-TABLE-005, -063, -184, -283, -370, -374, -433, -444;
// AWS pages CreateTable, UpdateTable, DeleteTable.
import { beforeEach, describe, expect, it } from 'vitest'
import { openEngine, simpleTable, type EngineFixture } from '../engine-fixture.ts'

const TableName = 'Things'
const UNITS = (ReadCapacityUnits: number, WriteCapacityUnits: number) => ({ ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits } })
const IN_USE = 'Attempt to change a resource which is still in use: '
const GSI = { IndexName: 'byA', KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }
const A = { AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'S' }] }

let fixture: EngineFixture
const run = (name: string, input: object = {}) => fixture.run(name, { TableName, ...input })
async function described(): Promise<Record<string, unknown>> {
  return (await run('DescribeTable'))['Table'] as Record<string, unknown>
}
async function until(status: string): Promise<Record<string, unknown>> {
  for (;;) {
    const table = await described()
    if (table['TableStatus'] === status) return table
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
const create = (more: object = {}) => fixture.run('CreateTable', simpleTable(TableName, more))
const PROVISIONED = { BillingMode: 'PROVISIONED', ...UNITS(2, 2) }

describe('states in milliseconds', () => {
  beforeEach(async () => {
    fixture = await openEngine({ timing: 'short' })
  })

  it('CREATING, then ACTIVE; items can be used at once, the table can not be changed', async () => {
    expect((await create())['TableDescription']).toMatchObject({ TableStatus: 'CREATING' })
    expect(await described()).toMatchObject({ TableStatus: 'CREATING', BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } })
    await run('PutItem', { Item: { id: 'early' } })
    await expect(run('DeleteTable')).rejects.toMatchObject({ name: 'ResourceInUseException', message: `${IN_USE}Table is being created: Things` })
    await expect(run('UpdateTable', { DeletionProtectionEnabled: true })).rejects.toThrow(`${IN_USE}Table is being created: Things`)
    await expect(create()).rejects.toThrow('Table already exists: Things')
    expect(await until('ACTIVE')).toMatchObject({ WarmThroughput: { Status: 'ACTIVE' }, ItemCount: 1 })
  })

  it('is passed after a restart', async () => {
    await create()
    fixture = await fixture.reopen()
    expect(await described()).toMatchObject({ TableStatus: 'ACTIVE' })
  })

  it('UPDATING tells the old throughput until the new one holds', async () => {
    await create(PROVISIONED)
    await until('ACTIVE')
    const { TableDescription } = await run('UpdateTable', UNITS(5, 5))
    const now = Date.UTC(2026, 0, 1) / 1000
    // The request's time first, then the time since when it holds (dynalite's test/updateTable.js).
    const old = { ReadCapacityUnits: 2, WriteCapacityUnits: 2, NumberOfDecreasesToday: 0, LastIncreaseDateTime: now - 0.001 }
    expect(TableDescription).toMatchObject({ TableStatus: 'UPDATING', ProvisionedThroughput: old })
    expect(await described()).toMatchObject({ TableStatus: 'UPDATING', ProvisionedThroughput: old })
    await expect(run('UpdateTable', UNITS(6, 6))).rejects.toThrow(`${IN_USE}Table IOPS are currently being updated. Table: Things`)
    await expect(run('DeleteTable')).rejects.toThrow(`${IN_USE}Table: Things is in the process of being updated.`)
    // Deletion protection passes.
    await run('UpdateTable', { DeletionProtectionEnabled: true })
    expect(await until('ACTIVE')).toMatchObject({ ProvisionedThroughput: { ReadCapacityUnits: 5 }, WarmThroughput: { ReadUnitsPerSecond: 5 } })
    await run('UpdateTable', UNITS(1, 1))
    expect(await until('ACTIVE')).toMatchObject({
      ProvisionedThroughput: { ReadCapacityUnits: 1, NumberOfDecreasesToday: 1, LastIncreaseDateTime: now, LastDecreaseDateTime: now },
      // It never falls.
      WarmThroughput: { ReadUnitsPerSecond: 5, WriteUnitsPerSecond: 5 },
    })
  })

  it('adds an index through UPDATING, and drops it through DELETING', async () => {
    await create()
    await until('ACTIVE')
    expect((await run('UpdateTable', { ...A, GlobalSecondaryIndexUpdates: [{ Create: GSI }] }))['TableDescription']).toMatchObject({
      TableStatus: 'UPDATING',
      GlobalSecondaryIndexes: [{ IndexStatus: 'CREATING', Backfilling: false }],
    })
    await expect(run('UpdateTable', { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byA' } }] })).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message:
        'Attempt to change a resource which is still in use: Index creation is in resource allocation phase. ' +
        'Retry deletion during backfilling phase or when the index is active. Table: Things Index: byA',
    })
    await expect(run('UpdateTable', { ...A, GlobalSecondaryIndexUpdates: [{ Create: { ...GSI, IndexName: 'other' } }] })).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    })
    await fixture.engine.idle()
    const table = await until('ACTIVE')
    expect(table).toMatchObject({ GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE', WarmThroughput: { ReadUnitsPerSecond: 12_000 } }] })
    await run('UpdateTable', { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byA' } }] })
    expect(await described()).toMatchObject({ TableStatus: 'UPDATING', GlobalSecondaryIndexes: [{ IndexStatus: 'DELETING' }] })
    expect(await until('ACTIVE')).not.toHaveProperty('GlobalSecondaryIndexes')
  })

  it('DELETING has a reduced description, can be asked for again, and keeps the name until the table is gone', async () => {
    await create()
    await until('ACTIVE')
    const reduced = {
      TableName,
      TableStatus: 'DELETING',
      ProvisionedThroughput: { NumberOfDecreasesToday: 0, ReadCapacityUnits: 0, WriteCapacityUnits: 0 },
      TableSizeBytes: 0,
      ItemCount: 0,
      TableArn: 'arn:aws:dynamodb:local:000000000000:table/Things',
      TableId: expect.any(String),
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST', LastUpdateToPayPerRequestDateTime: Date.UTC(2026, 0, 1) / 1000 },
      DeletionProtectionEnabled: false,
    }
    expect((await run('DeleteTable'))['TableDescription']).toEqual(reduced)
    expect(await described()).toEqual(reduced)
    expect((await run('DeleteTable'))['TableDescription']).toEqual(reduced)
    expect(await fixture.run('ListTables', {})).toEqual({ TableNames: [TableName] })
    await expect(create()).rejects.toThrow('Table already exists: Things')
    await expect(run('UpdateTable', { DeletionProtectionEnabled: true })).rejects.toThrow(`${IN_USE}Table is being deleted: Things`)
    await expect(run('PutItem', { Item: { id: 'late' } })).rejects.toThrow('Requested resource not found')
    await expect(until('gone')).rejects.toThrow('Requested resource not found: Table: Things not found')
    expect(await fixture.run('ListTables', {})).toEqual({ TableNames: [] })
    await create()
  })

  it('is nothing that DeclareTable waits for', async () => {
    await create()
    await until('ACTIVE')
    await run('DeleteTable')
    await fixture.run('DeclareTable', simpleTable(TableName))
    expect(await described()).toMatchObject({ TableStatus: 'ACTIVE' })
    await run('DeleteTable')
  })
})

describe("AWS's timing", () => {
  beforeEach(async () => {
    fixture = await openEngine({ timing: 'aws' })
    await create(PROVISIONED)
    fixture = await fixture.reopen()
  })
  /** A change that has passed. */
  async function change(input: object): Promise<void> {
    await run('UpdateTable', input)
    fixture.engine.transitions.finishAll()
  }

  it('allows four decreases a UTC day, then one an hour after the last', async () => {
    await change(UNITS(50, 50))
    for (let units = 49; units > 45; units--) await change(UNITS(units, units))
    await expect(change(UNITS(45, 45))).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: expect.stringContaining('Number of decreases today: 4. Last decrease at 2026-01-01T00:00:00.000Z. Next decrease can be made at 2026-01-01T01:00:00.000Z'),
    })
    await change(UNITS(60, 60))
    fixture.environment.time += 3_600_000
    await change(UNITS(45, 45))
    await expect(change(UNITS(44, 44))).rejects.toThrow('Number of decreases today: 5')
    fixture.environment.time = Date.UTC(2026, 0, 2)
    await change(UNITS(44, 44))
    expect(await described()).toMatchObject({ ProvisionedThroughput: { NumberOfDecreasesToday: 1 } })
  })

  it('lets the class change twice in 30 days, and protection once in 15 seconds', async () => {
    await change({ TableClass: 'STANDARD_INFREQUENT_ACCESS' })
    await change({ TableClass: 'STANDARD' })
    await expect(change({ TableClass: 'STANDARD_INFREQUENT_ACCESS' })).rejects.toThrow('Updates to TableClass are limited to 2 times in 30 day(s).')
    await change({ DeletionProtectionEnabled: true })
    await expect(change({ DeletionProtectionEnabled: false })).rejects.toMatchObject({
      name: 'ThrottlingException',
      message: 'Deletion protection setting for table Things modified within the previous 15000 milliseconds. Please try again after 2026-01-01T00:00:15.000',
    })
  })
})

describe('settings of CreateTable and UpdateTable', () => {
  beforeEach(async () => {
    fixture = await openEngine()
  })
  const INVALID = 'One or more parameter values were invalid: '

  it('on-demand limits merge member by member, and -1 lifts one, of the table and of GSIs', async () => {
    await create({ OnDemandThroughput: { MaxReadRequestUnits: 100, MaxWriteRequestUnits: 50 }, GlobalSecondaryIndexes: [{ ...GSI, OnDemandThroughput: { MaxReadRequestUnits: 7 } }], AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'S' }, { AttributeName: 'id', AttributeType: 'S' }] })
    expect(await described()).toMatchObject({
      AttributeDefinitions: [{ AttributeName: 'a' }, { AttributeName: 'id' }],
      OnDemandThroughput: { MaxReadRequestUnits: 100, MaxWriteRequestUnits: 50 },
      GlobalSecondaryIndexes: [{ OnDemandThroughput: { MaxReadRequestUnits: 7 } }],
    })
    await run('UpdateTable', { OnDemandThroughput: { MaxReadRequestUnits: -1 } })
    expect((await described())['OnDemandThroughput']).toEqual({ MaxWriteRequestUnits: 50 })
    await run('UpdateTable', { OnDemandThroughput: { MaxWriteRequestUnits: -1 } })
    expect(await described()).not.toHaveProperty('OnDemandThroughput')
    await run('UpdateTable', { GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'byA', OnDemandThroughput: { MaxReadRequestUnits: -1 } } }] })
    expect(((await described())['GlobalSecondaryIndexes'] as object[])[0]).not.toHaveProperty('OnDemandThroughput')
    await expect(run('UpdateTable', { OnDemandThroughput: { MaxReadRequestUnits: 0 } })).rejects.toThrow(
      `${INVALID}Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range`,
    )
  })

  const refused: [string, object, string][] = [
    ['SSEType without encryption', { SSESpecification: { Enabled: false, SSEType: 'KMS' } }, `${INVALID}SSEType can not be specified if Enabled is false`],
    ['AES256', { SSESpecification: { Enabled: true, SSEType: 'AES256' } }, `${INVALID}SSEType AES256 is not supported`],
    ['an unknown SSEType', { SSESpecification: { SSEType: 'kms' } }, "1 validation error detected: Value 'kms' at 'sSESpecification.sSEType' failed to satisfy constraint: Member must satisfy enum value set: [AES256, KMS]"],
    ['a reserved tag', { Tags: [{ Key: 'aws:x', Value: '' }] }, 'Tag Key cannot be prefixed with aws:, Key: aws:x'],
    ['a policy that is none', { ResourcePolicy: '{}' }, `${INVALID}Invalid policy document: Syntax error at position (1,3)`],
    ['warm throughput below the initial one', { WarmThroughput: { ReadUnitsPerSecond: 1 } }, `${INVALID}Requested ReadUnitsPerSecond for WarmThroughput for table is lower than initial throughput for OnDemand. See: `],
    ['on-demand limits of provisioned tables', { ...PROVISIONED, OnDemandThroughput: { MaxWriteRequestUnits: 5 } }, `${INVALID}MaxWriteRequestUnits for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED`],
    ['too many units', { BillingMode: 'PROVISIONED', ...UNITS(40_001, 1) }, 'The requested ReadCapacityUnits, 40001, is above the per table maximum for the account in local. Per table maximum: 40000.'],
    ['replicated settings', { GlobalTableSettingsReplicationMode: 'ENABLED_WITH_OVERRIDES' }, "Value 'ENABLED_WITH_OVERRIDES' at 'GlobalTableSettingsReplicationMode' failed to satisfy constraint: Only ENABLED and DISABLED settings replication are supported for a Regional Table."],
  ]
  it.each(refused)('CreateTable refuses %s', async (_, more, message) => {
    await expect(create(more)).rejects.toThrow(message)
  })

  it('encrypts with the key of the application only', async () => {
    fixture = await openEngine({ encryptionKeyArn: 'arn:aws:kms:local:000000000000:key/app' })
    await create({ SSESpecification: { Enabled: true, SSEType: 'KMS', KMSMasterKeyId: 'app' } })
    expect(await described()).toMatchObject({ SSEDescription: { Status: 'ENABLED', SSEType: 'KMS', KMSMasterKeyArn: 'arn:aws:kms:local:000000000000:key/app' } })
    await run('UpdateTable', { SSESpecification: { Enabled: false } })
    expect(await described()).not.toHaveProperty('SSEDescription')
    await expect(run('UpdateTable', { SSESpecification: { Enabled: false } })).rejects.toThrow(`${INVALID}Table is already encrypted by default`)
  })

  it('names the first of several exclusive changes, and refuses Regions', async () => {
    await create()
    const sse = { SSESpecification: { Enabled: true } }
    const cases: [object, string][] = [
      [{ ...sse, TableClass: 'STANDARD' }, `${INVALID}Server-Side Encryption modification must be the only operation in the request`],
      [{ DeletionProtectionEnabled: true, TableClass: 'STANDARD' }, `${INVALID}TableClass modification must be the only operation in the request`],
      [{ WarmThroughput: { ReadUnitsPerSecond: 20_000 }, DeletionProtectionEnabled: true }, `${INVALID}DeletionProtection modification must be the only operation in the request`],
      [{ ReplicaUpdates: [{}] }, 'There are no actions specified in the Replica Update Action of the request.'],
      [{ ReplicaUpdates: [{ Create: { RegionName: 'us-east-1' } }] }, 'Region us-east-1 is not supported.'],
      [{ ReplicaUpdates: [{ Create: { RegionName: 'us-east-1' } }], ...UNITS(1, 1) }, `${INVALID}Requests that modify replicas or witnesses must not also modify other fields`],
    ]
    for (const [input, message] of cases) await expect(run('UpdateTable', input), message).rejects.toThrow(message)
    // Empty structures are dropped where something else is asked for.
    await run('UpdateTable', { WarmThroughput: {}, DeletionProtectionEnabled: false })
  })
})
