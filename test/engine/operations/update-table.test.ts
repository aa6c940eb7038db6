// UpdateTable: what may be asked together, DynamoDB's refusals (texts from the lab's catalogue of AWS answers), and what
// DescribeTable shows afterwards. The filling of added indexes is in backfill.test.ts.
import { beforeEach, describe, expect, it } from 'vitest'
import { openEngine, type EngineFixture } from '../engine-fixture.ts'

const TableName = 'Things'
const KEYS_ONLY = { Projection: { ProjectionType: 'KEYS_ONLY' } }
const HASH = (AttributeName: string) => [{ AttributeName, KeyType: 'HASH' }]
const gsi = (IndexName: string, key: string, more: object = {}) => ({ IndexName, KeySchema: HASH(key), ...KEYS_ONLY, ...more })
const UNITS = (ReadCapacityUnits: number, WriteCapacityUnits: number) => ({ ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits } })
const defining = (...names: string[]) => ({ AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })) })
const create = (index: object) => ({ GlobalSecondaryIndexUpdates: [{ Create: index }] })
const drop = (IndexName: string) => ({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] })
const INVALID = 'One or more parameter values were invalid: '

let fixture: EngineFixture
function update(input: object): Promise<{ TableDescription: Record<string, unknown> }> {
  return fixture.run('UpdateTable', { TableName, ...input }) as Promise<{ TableDescription: Record<string, unknown> }>
}
async function described(): Promise<Record<string, unknown>> {
  return ((await fixture.run('DescribeTable', { TableName })) as { Table: Record<string, unknown> }).Table
}
async function makeTable(more: object = {}): Promise<void> {
  fixture = await openEngine()
  await fixture.run('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    ...defining('id', 'at', 'a', 'b'),
    KeySchema: [...HASH('id'), { AttributeName: 'at', KeyType: 'RANGE' }],
    LocalSecondaryIndexes: [{ IndexName: 'local', KeySchema: [...HASH('id'), { AttributeName: 'b', KeyType: 'RANGE' }], ...KEYS_ONLY }],
    GlobalSecondaryIndexes: [gsi('byA', 'a')],
    ...more,
  })
}
const PROVISIONED = { BillingMode: 'PROVISIONED', ...UNITS(5, 5), GlobalSecondaryIndexes: [gsi('byA', 'a', UNITS(2, 2))] }

beforeEach(() => makeTable())

describe('UpdateTable changes', () => {
  it('deletion protection and table class, again and again', async () => {
    await update({ DeletionProtectionEnabled: true })
    await update({ DeletionProtectionEnabled: true })
    await update({ TableClass: 'STANDARD_INFREQUENT_ACCESS' })
    expect(await described()).toMatchObject({ DeletionProtectionEnabled: true, TableClassSummary: { TableClass: 'STANDARD_INFREQUENT_ACCESS' } })
    await expect(fixture.run('DeleteTable', { TableName })).rejects.toThrow(
      'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
    )
    await update({ DeletionProtectionEnabled: false })
    expect(await described()).toMatchObject({ DeletionProtectionEnabled: false })
  })

  it('the stream: each has an ARN of its own, and a disabled one stays the latest', async () => {
    const on = { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } }
    await update(on)
    const first = await described()
    expect(first).toMatchObject({ StreamSpecification: on.StreamSpecification })
    await expect(update(on)).rejects.toThrow('Table already has an enabled stream: TableName: Things')
    await update({ StreamSpecification: { StreamEnabled: false } })
    const off = await described()
    expect(off).not.toHaveProperty('StreamSpecification')
    expect(off['LatestStreamArn']).toBe(first['LatestStreamArn'])
    await expect(update({ StreamSpecification: { StreamEnabled: false } })).rejects.toThrow('Table has no stream to disable: TableName: Things')
    await update(on)
    expect((await described())['LatestStreamArn']).not.toBe(first['LatestStreamArn'])
  })

  it('billing: to provisioned with values for the table and every GSI, and back, which drops them', async () => {
    await expect(update({ BillingMode: 'PROVISIONED' })).rejects.toThrow(`${INVALID}ProvisionedThroughput must be specified when BillingMode is PROVISIONED`)
    await expect(update({ BillingMode: 'PROVISIONED', ...UNITS(3, 4) })).rejects.toThrow(`${INVALID}ProvisionedThroughput must be specified for index: byA`)
    await update({ BillingMode: 'PROVISIONED', ...UNITS(3, 4), GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'byA', ...UNITS(1, 2) } }] })
    expect(await described()).toMatchObject({
      ProvisionedThroughput: { ReadCapacityUnits: 3, WriteCapacityUnits: 4 },
      GlobalSecondaryIndexes: [{ ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 2 } }],
    })
    await update({ BillingMode: 'PAY_PER_REQUEST' })
    expect(await described()).toMatchObject({
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      ProvisionedThroughput: { ReadCapacityUnits: 0 },
      GlobalSecondaryIndexes: [{ ProvisionedThroughput: { ReadCapacityUnits: 0 } }],
    })
  })

  it('throughput, unless it would stay the same', async () => {
    await makeTable(PROVISIONED)
    const guide = 'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.'
    await expect(update(UNITS(5, 5))).rejects.toThrow(
      'The provisioned throughput for the table will not change. The requested value equals the current value. ' +
        'Current ReadCapacityUnits provisioned for the table: 5. Requested ReadCapacityUnits: 5. ' +
        `Current WriteCapacityUnits provisioned for the table: 5. Requested WriteCapacityUnits: 5. ${guide}`,
    )
    const ofIndex = (...units: [number, number]) => ({ GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'byA', ...UNITS(...units) } }] })
    await expect(update(ofIndex(2, 2))).rejects.toThrow(
      'The provisioned throughput for the index byA will not change. The requested value equals the current value. ' +
        'Current ReadCapacityUnits provisioned for index byA: 2.',
    )
    await update({ ...UNITS(5, 6), ...ofIndex(2, 3) })
    expect(await described()).toMatchObject({
      ProvisionedThroughput: { WriteCapacityUnits: 6 },
      GlobalSecondaryIndexes: [{ ProvisionedThroughput: { WriteCapacityUnits: 3 } }],
    })
  })

  it('on-demand limits, which -1 lifts', async () => {
    await update({ OnDemandThroughput: { MaxReadRequestUnits: 10, MaxWriteRequestUnits: 20 } })
    await update({ OnDemandThroughput: { MaxReadRequestUnits: -1 } })
    expect((await described())['OnDemandThroughput']).toEqual({ MaxWriteRequestUnits: 20 })
    await update({ OnDemandThroughput: { MaxWriteRequestUnits: -1 } })
    expect(await described()).not.toHaveProperty('OnDemandThroughput')
  })

  it('indexes: one is added under an id that was never used, one is dropped with its entries and attribute definition', async () => {
    await fixture.run('PutItem', { TableName, Item: { id: '1', at: '1', a: 'x', c: 'y' } })
    const { TableDescription: dropped } = await update(drop('byA'))
    expect(dropped['GlobalSecondaryIndexes']).toMatchObject([{ IndexName: 'byA', IndexStatus: 'DELETING' }])
    await fixture.engine.idle()
    const table = await described()
    expect(table).not.toHaveProperty('GlobalSecondaryIndexes')
    expect((table['AttributeDefinitions'] as { AttributeName: string }[]).map(({ AttributeName }) => AttributeName).sort()).toEqual(['at', 'b', 'id'])
    await update({ ...defining('c'), ...create(gsi('byA', 'c')) })
    await fixture.engine.idle()
    const query = { TableName, IndexName: 'byA', KeyConditionExpression: 'c = :c', ExpressionAttributeValues: { ':c': 'y' } }
    expect(await fixture.run('Query', query)).toMatchObject({ Items: [{ id: '1', at: '1', c: 'y' }] })
    expect(fixture.engine.catalog.mustGetTable(TableName).schema.indexes.map(({ id }) => id)).toEqual([1, 3])
  })

  it('survives a restart', async () => {
    await update({ DeletionProtectionEnabled: true })
    fixture = await fixture.reopen()
    expect(await described()).toMatchObject({ DeletionProtectionEnabled: true })
  })
})

describe('UpdateTable refuses', () => {
  it.each<[string, object, string]>([
    [
      'nothing',
      {},
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required',
    ],
    [
      'attribute definitions alone',
      defining('x'),
      'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, WarmThroughput or TableClass is required',
    ],
    [
      'protection with anything',
      { DeletionProtectionEnabled: true, BillingMode: 'PAY_PER_REQUEST' },
      `${INVALID}DeletionProtection modification must be the only operation in the request`,
    ],
    ['class with anything', { TableClass: 'STANDARD', BillingMode: 'PAY_PER_REQUEST' }, `${INVALID}TableClass modification must be the only operation in the request`],
    ['warm throughput with anything', { WarmThroughput: { ReadUnitsPerSecond: 20_000 }, ...drop('byA') }, `${INVALID}WarmThroughput must be the only operation in the request`],
    [
      'less warm throughput',
      { WarmThroughput: { ReadUnitsPerSecond: 100 } },
      `${INVALID}Requested ReadUnitsPerSecond for WarmThroughput for table is lower than current WarmThroughput, decreasing WarmThroughput is not supported`,
    ],
    [
      'on-demand limits with a stream',
      { OnDemandThroughput: { MaxReadRequestUnits: 1 }, StreamSpecification: { StreamEnabled: false } },
      `${INVALID}OnDemandThroughput can only be combined with BillingMode in an UpdateTable request`,
    ],
    [
      'an on-demand limit of 0',
      { OnDemandThroughput: { MaxReadRequestUnits: 0 } },
      `${INVALID}Requested MaxReadRequestUnits for OnDemandThroughput for table is outside of valid range`,
    ],
    [
      'an index and a stream',
      { ...drop('byA'), StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } },
      `${INVALID}You cannot create or delete index while changing stream status`,
    ],
    ['an index and throughput', { ...drop('byA'), ...UNITS(1, 1) }, `${INVALID}You cannot create or delete index while updating table IOPS`],
    ['throughput on demand', UNITS(1, 1), `${INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST`],
    ['a stream without a view', { StreamSpecification: { StreamEnabled: true } }, `${INVALID}If stream is being enabled then UpdateViewType is required`],
    [
      'a view without a stream',
      { StreamSpecification: { StreamEnabled: false, StreamViewType: 'NEW_IMAGE' } },
      `${INVALID}If stream is being disabled, then UpdateViewType must not be specified`,
    ],
    [
      'an unknown class',
      { TableClass: 'GLACIAL' },
      'Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].',
    ],
    ['an index that exists', { ...defining('a'), ...create(gsi('byA', 'a')) }, 'Attempting to create an index which already exists'],
    ['an index without definitions', create(gsi('byC', 'c')), `${INVALID}AttributeDefinitions is not specified for index: byC`],
    [
      'an index of attributes that are not defined',
      { ...defining('x'), ...create(gsi('byC', 'c')) },
      `${INVALID}Some index key attributes are not defined in AttributeDefinitions. Keys: [c], AttributeDefinitions: [x]`,
    ],
    [
      'an attribute of another type than it has',
      { AttributeDefinitions: [{ AttributeName: 'at', AttributeType: 'N' }], ...create(gsi('byAt', 'at')) },
      `${INVALID}Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. ` +
        'Existing schema: Schema:[SchemaElement: key{id:S:HASH}, SchemaElement: key{at:S:RANGE}] New schema: Schema:[SchemaElement: key{at:N:HASH}]',
    ],
    [
      'throughput for an index on demand',
      { ...defining('c'), ...create(gsi('byC', 'c', UNITS(1, 1))) },
      `${INVALID}Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: byC when BillingMode is PAY_PER_REQUEST`,
    ],
    ['the deletion of an LSI', drop('local'), 'Cannot delete an index that is not a GlobalSecondaryIndex: local'],
    [
      'an empty update of an index',
      { GlobalSecondaryIndexUpdates: [{}] },
      `${INVALID}One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null`,
    ],
    [
      'two actions in one update of an index',
      { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byA' }, Update: { IndexName: 'byA' } }] },
      `${INVALID}Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object`,
    ],
    [
      'two updates of one index',
      { GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byA' } }, { Update: { IndexName: 'byA' } }] },
      `${INVALID}Only one global secondary index update per index is allowed simultaneously. Index: byA`,
    ],
  ])('%s', async (_, input, text) => {
    const before = await described()
    await expect(update(input)).rejects.toMatchObject({ name: 'ValidationException', message: text })
    expect(await described()).toEqual(before)
  })

  it('a second index at a time, in one request or while the first is being filled', async () => {
    const text = 'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table'
    const both = { GlobalSecondaryIndexUpdates: [{ Create: gsi('byC', 'c') }, { Delete: { IndexName: 'byA' } }] }
    await expect(update({ ...defining('c'), ...both })).rejects.toMatchObject({ name: 'LimitExceededException', message: text })
    // More than one slice of a backfill.
    for (let at = 0; at < 250; at++) await fixture.run('PutItem', { TableName, Item: { id: '1', at: String(at) } })
    await update({ ...defining('c'), ...create(gsi('byC', 'c')) })
    await expect(update({ ...defining('d'), ...create(gsi('byD', 'd')) })).rejects.toMatchObject({ name: 'LimitExceededException', message: text })
    await expect(update({ GlobalSecondaryIndexUpdates: [{ Update: { IndexName: 'byC', ...UNITS(1, 1) } }] })).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: 'Attempt to change a resource which is still in use: Index is being created. Table: Things Index: byC',
    })
    await fixture.engine.idle()
    await update({ ...defining('d'), ...create(gsi('byD', 'd')) })
  })

  it('a twenty-first GSI', async () => {
    for (let at = 1; at < 20; at++) {
      await update({ ...defining('c'), ...create(gsi(`by${at}x`, 'c')) })
      await fixture.engine.idle()
    }
    await expect(update({ ...defining('c'), ...create(gsi('last', 'c')) })).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of 20',
    })
  })

  it('a table or an index that does not exist', async () => {
    await expect(update({ TableName: 'Absent', BillingMode: 'PAY_PER_REQUEST' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found: Table: Absent not found',
    })
    await expect(update(drop('absent'))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found: Index absent for table Things',
    })
  })

  it('what this database has not', async () => {
    await expect(update({ SSESpecification: { Enabled: true } })).rejects.toThrow('KMS validation error: ')
  })
})
