// Provisioned throttling with burst credit, on-demand maxima, starved GSIs, batches and transactions. AWS pages:
// burst-adaptive-capacity, throttling-diagnosing-workflow, ThrottlingReason, GSI ("throughput considerations"),
// TransactionCanceledException (cancellation reasons), BatchGetItem, BatchWriteItem.
import { beforeEach, describe, expect, it } from 'vitest'
import { openEngine, simpleTable, type EngineFixture } from '../engine-fixture.ts'

const TableName = 'Things'
const ARN = 'arn:aws:dynamodb:local:000000000000:table/Things'
const units = (ReadCapacityUnits: number, WriteCapacityUnits: number) => ({ ProvisionedThroughput: { ReadCapacityUnits, WriteCapacityUnits } })
const TABLE_TEXT =
  'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.'

let fixture: EngineFixture
const run = (name: string, input: object = {}) => fixture.run(name, { TableName, ...input })
const put = (id: string, more: object = {}) => run('PutItem', { Item: { id, ...more } })
const get = (id: string, more: object = {}) => run('GetItem', { Key: { id }, ...more })
/** Until it throttles; how many went through. */
async function exhaust(request: (at: number) => Promise<unknown>, most = 2000): Promise<number> {
  for (let at = 0; at < most; at++) {
    try {
      await request(at)
    } catch {
      return at
    }
  }
  return most
}
async function make(more: object): Promise<void> {
  fixture = await openEngine()
  await fixture.run('CreateTable', simpleTable(TableName, { BillingMode: 'PROVISIONED', ...units(1, 1), ...more }))
}

describe('a provisioned table', () => {
  beforeEach(() => make({}))

  it('starts with the burst of 300 seconds, then throttles, and refills by the second', async () => {
    expect(await exhaust(() => put('a'))).toBe(300)
    await expect(put('a')).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
      message: TABLE_TEXT,
      throttlingReasons: [{ reason: 'TableWriteProvisionedThroughputExceeded', resource: ARN }],
    })
    // Reads have units of their own: strong ones cost 1, eventual ones a half.
    expect(await exhaust(() => get('a', { ConsistentRead: true }), 100)).toBe(100)
    expect(await exhaust(() => get('a'))).toBe(400)
    await expect(run('Query', { KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': 'a' } })).rejects.toMatchObject({
      throttlingReasons: [{ reason: 'TableReadProvisionedThroughputExceeded', resource: ARN }],
    })
    await expect(run('Scan')).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' })
    fixture.environment.time += 3000
    expect(await exhaust(() => put('a'))).toBe(3)
    fixture.environment.time += 3_600_000
    expect(await exhaust(() => put('a'))).toBe(300)
  })

  it('writes nothing of a request that it throttles', async () => {
    await put('a', { n: 1 })
    await exhaust(() => put('b'))
    const update = { Key: { id: 'a' }, UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': 2 } }
    await expect(run('UpdateItem', update)).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' })
    await expect(run('DeleteItem', { Key: { id: 'a' } })).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' })
    expect(await get('a')).toEqual({ Item: { id: 'a', n: 1 } })
  })

  it('charges failed conditions', async () => {
    await put('a')
    const failing = () => run('PutItem', { Item: { id: 'a' }, ConditionExpression: 'attribute_not_exists(id)' }).catch((error: Error) => {
      if (error.name !== 'ConditionalCheckFailedException') throw error
    })
    expect(await exhaust(failing)).toBe(299)
    // The larger of both items counts.
    fixture.environment.time += 300_000
    const large = { Item: { id: 'a', text: 'x'.repeat(9 * 1024) }, ConditionExpression: 'attribute_not_exists(id)' }
    await expect(run('PutItem', large)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' })
    expect(await exhaust(() => put('a'))).toBe(290)
  })

  it('lets a request through that costs more than is left, and makes up for it', async () => {
    await exhaust(() => put('a'), 299)
    await put('big', { text: 'x'.repeat(10_000) })
    fixture.environment.time += 9000
    await expect(put('a')).rejects.toThrow(TABLE_TEXT)
    fixture.environment.time += 1000
    await put('a')
  })

  it('follows a change of its units', async () => {
    await exhaust(() => put('a'))
    await run('UpdateTable', units(1, 100))
    fixture.environment.time += 1000
    expect(await exhaust(() => put('a'))).toBeGreaterThanOrEqual(1)
  })

  it('answers batches with what it left over, and throws where that is all', async () => {
    await exhaust(() => put('a'), 298)
    const requests = ['x', 'y', 'z'].map((id) => ({ PutRequest: { Item: { id } } }))
    const answer = await fixture.run('BatchWriteItem', { RequestItems: { [TableName]: requests } })
    expect(answer).toEqual({ UnprocessedItems: { [TableName]: [requests[2]] } })
    await expect(fixture.run('BatchWriteItem', { RequestItems: { [TableName]: [requests[2]] } })).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
      throttlingReasons: [{ reason: 'TableWriteProvisionedThroughputExceeded', resource: ARN }],
    })
    await exhaust(() => get('a'), 599)
    const Keys = [{ id: 'x' }, { id: 'y' }]
    expect(await fixture.run('BatchGetItem', { RequestItems: { [TableName]: { Keys } } })).toEqual({
      Responses: { [TableName]: [{ id: 'x' }] },
      UnprocessedKeys: { [TableName]: { Keys: [{ id: 'y' }] } },
    })
    await expect(fixture.run('BatchGetItem', { RequestItems: { [TableName]: { Keys } } })).rejects.toMatchObject({ name: 'ProvisionedThroughputExceededException' })
  })

  it('cancels transactions, whose units count twice', async () => {
    const write = () => fixture.run('TransactWriteItems', { TransactItems: [{ Put: { TableName, Item: { id: 'a' } } }, { Put: { TableName, Item: { id: 'b' } } }] })
    expect(await exhaust(write)).toBe(75)
    await expect(write()).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      cancellationReasons: [
        { code: 'ProvisionedThroughputExceeded', message: TABLE_TEXT },
        { code: 'ProvisionedThroughputExceeded', message: TABLE_TEXT },
      ],
    })
    // A table that has units left pays nothing for one that has none.
    await fixture.run('CreateTable', simpleTable('Others', { BillingMode: 'PROVISIONED', ...units(1, 1) }))
    const both = ['Others', TableName].map((name) => ({ Put: { TableName: name, Item: { id: 'a' } } }))
    await expect(fixture.run('TransactWriteItems', { TransactItems: both })).rejects.toMatchObject({
      cancellationReasons: [{ code: 'None' }, { code: 'ProvisionedThroughputExceeded' }],
    })
    expect(await exhaust(() => fixture.run('PutItem', { TableName: 'Others', Item: { id: 'b' } }))).toBe(300)
    const read = () => fixture.run('TransactGetItems', { TransactItems: [{ Get: { TableName, Key: { id: 'a' } } }] })
    expect(await exhaust(read)).toBe(150)
    await expect(read()).rejects.toMatchObject({ name: 'TransactionCanceledException' })
  })

  it('does not throttle where the engine is told not to', async () => {
    fixture = await openEngine({ throttling: false })
    await fixture.run('CreateTable', simpleTable(TableName, { BillingMode: 'PROVISIONED', ...units(1, 1) }))
    expect(await exhaust(() => put('a'), 310)).toBe(310)
  })
})

describe('a GSI', () => {
  const INDEX = { IndexName: 'byA', KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' }, ...units(1, 1) }
  beforeEach(() =>
    make({
      ...units(100, 100),
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'a', AttributeType: 'S' }],
      GlobalSecondaryIndexes: [INDEX],
    }),
  )

  it('that is starved throttles the writes that touch it, and no others', async () => {
    expect(await exhaust((at) => put(`item ${at}`, { a: 'x' }))).toBe(300)
    await expect(put('one more', { a: 'x' })).rejects.toMatchObject({
      name: 'ProvisionedThroughputExceededException',
      message: expect.stringContaining('for one or more global secondary indexes of the table was exceeded.'),
      throttlingReasons: [{ reason: 'IndexWriteProvisionedThroughputExceeded', resource: `${ARN}/index/byA` }],
    })
    await put('one more')
    // Nothing that the index has changes.
    await put('item 1', { a: 'x', text: 'y' })
  })

  it('has units of its own for reads', async () => {
    const query = { IndexName: 'byA', KeyConditionExpression: 'a = :a', ExpressionAttributeValues: { ':a': 'x' } }
    expect(await exhaust(() => run('Query', query))).toBe(600)
    await expect(run('Query', query)).rejects.toMatchObject({ throttlingReasons: [{ reason: 'IndexReadProvisionedThroughputExceeded', resource: `${ARN}/index/byA` }] })
    await run('Scan')
  })
})

describe('an on-demand table', () => {
  it('throttles past its maximum only', async () => {
    await make({ BillingMode: 'PAY_PER_REQUEST', ProvisionedThroughput: undefined, OnDemandThroughput: { MaxWriteRequestUnits: 5 } })
    const passed = await exhaust(() => put('a'))
    expect(passed).toBe(50)
    await expect(put('a')).rejects.toMatchObject({
      name: 'ThrottlingException',
      throttlingReasons: [{ reason: 'TableWriteMaxOnDemandThroughputExceeded', resource: ARN }],
    })
    expect(await exhaust(() => get('a'), 500)).toBe(500)
    await expect(fixture.run('TransactWriteItems', { TransactItems: [{ Put: { TableName, Item: { id: 'a' } } }] })).rejects.toMatchObject({
      cancellationReasons: [{ code: 'ThrottlingError' }],
    })
  })

  it('without one is not metered at all', async () => {
    await make({ BillingMode: 'PAY_PER_REQUEST', ProvisionedThroughput: undefined })
    expect(fixture.engine.catalog.mustGetTable(TableName).metered).toBe(false)
  })
})

describe('contributor insights', () => {
  it('count the most accessed and the most throttled keys, in either mode', async () => {
    await make({})
    await run('UpdateContributorInsights', { ContributorInsightsAction: 'ENABLE' })
    for (let at = 0; at < 5; at++) await put('hot')
    await put('cold')
    await get('hot')
    const { id } = fixture.engine.catalog.mustGetTable(TableName)
    const top = (which: 'accessed' | 'throttled') => fixture.engine.traffic.topKeys(id, 0, 'PK', which, 10)
    expect(top('accessed')).toEqual([{ key: 'hot', count: 6 }, { key: 'cold', count: 1 }])
    await exhaust(() => put('hot'))
    await exhaust(() => put('late'))
    expect(top('throttled')).toEqual([{ key: 'hot', count: 1 }, { key: 'late', count: 1 }])
    await run('UpdateContributorInsights', { ContributorInsightsAction: 'ENABLE', ContributorInsightsMode: 'THROTTLED_KEYS' })
    await get('new')
    expect(top('accessed').map(({ key }) => key)).not.toContain('new')
  })
})
