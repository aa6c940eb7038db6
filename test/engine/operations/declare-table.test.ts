import { describe, expect, it } from 'vitest'
import { openEngine } from '../engine-fixture.ts'

const attribute = (AttributeName: string, AttributeType = 'S') => ({ AttributeName, AttributeType })
const hash = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' })
const range = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' })
const byOwner = { IndexName: 'byOwner', KeySchema: [hash('owner')], Projection: { ProjectionType: 'ALL' } }
const byDue = { IndexName: 'byDue', KeySchema: [hash('list'), range('due')], Projection: { ProjectionType: 'ALL' } }
const base = {
  TableName: 'Todos',
  AttributeDefinitions: [attribute('list'), attribute('id')],
  KeySchema: [hash('list'), range('id')],
}
const withOwner = { ...base, AttributeDefinitions: [...base.AttributeDefinitions, attribute('owner')], GlobalSecondaryIndexes: [byOwner] }

async function open() {
  const fixture = await openEngine()
  const declare = (input: object) => fixture.run('DeclareTable', input)
  const describeTable = async () => (await fixture.run('DescribeTable', { TableName: 'Todos' }))['Table'] as Record<string, unknown>
  return { ...fixture, declare, describeTable }
}

describe('DeclareTable', () => {
  it('makes the table, on demand, with everything that is declared', async () => {
    const { declare, describeTable, engine } = await open()
    await declare({
      ...withOwner,
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    })
    expect(await describeTable()).toMatchObject({
      TableStatus: 'ACTIVE',
      BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' },
      GlobalSecondaryIndexes: [{ IndexName: 'byOwner', IndexStatus: 'ACTIVE' }],
      StreamSpecification: { StreamViewType: 'KEYS_ONLY' },
    })
    expect(engine.catalog.getTable('Todos')?.schema).toMatchObject({ timeToLiveAttribute: 'expires', pointInTimeRecovery: true })
  })

  it('writes nothing where there is nothing to add', async () => {
    const { declare, store } = await open()
    const first = await declare(withOwner)
    const written = store.statistics().bytesWritten
    expect(await declare(withOwner)).toEqual(first)
    expect(await declare(base)).toEqual(first)
    expect(store.statistics().bytesWritten).toBe(written)
  })

  it('adds what is missing and builds indexes from the items that are there (S8)', async () => {
    const { declare, describeTable, run, engine } = await open()
    await declare(base)
    await run('BulkWrite', { TableName: 'Todos', Put: Array.from({ length: 1000 }, (_, at) => ({ list: 'l', id: String(at), owner: `o${at % 2}`, due: at })) })
    await declare({
      ...base,
      AttributeDefinitions: [...base.AttributeDefinitions, attribute('owner'), attribute('due', 'N')],
      GlobalSecondaryIndexes: [byOwner, byDue],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'due' },
    })
    await engine.idle()
    expect(await describeTable()).toMatchObject({
      GlobalSecondaryIndexes: [
        { IndexName: 'byOwner', IndexStatus: 'ACTIVE', ItemCount: 1000 },
        { IndexName: 'byDue', IndexStatus: 'ACTIVE', ItemCount: 1000 },
      ],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    })
    const owned = await run('Query', {
      TableName: 'Todos',
      IndexName: 'byOwner',
      KeyCondition: { tests: [['owner', ['=', { value: 'o1' }]]] },
      Select: 'COUNT',
    })
    expect(owned['Count']).toBe(500)
  })

  it('drops nothing that a definition lacks', async () => {
    const { declare, describeTable } = await open()
    await declare({ ...withOwner, StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' } })
    await declare(base)
    expect(await describeTable()).toMatchObject({
      GlobalSecondaryIndexes: [{ IndexName: 'byOwner' }],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    })
  })

  it('makes one table of two declarations at once', async () => {
    const { declare, describeTable, run } = await open()
    await Promise.all([declare(base), declare(withOwner), declare(withOwner)])
    expect(await describeTable()).toMatchObject({ GlobalSecondaryIndexes: [{ IndexName: 'byOwner' }] })
    expect(await run('ListTables', {})).toEqual({ TableNames: ['Todos'] })
  })

  it('refuses what can not be had by adding, and says what to do', async () => {
    const { declare } = await open()
    await declare(withOwner)
    const refused: [input: object, message: string][] = [
      [
        { ...base, AttributeDefinitions: [attribute('list'), attribute('id', 'N')] },
        'Table Todos exists with the key list (S), id (S), not list (S), id (N). The key of a table never changes: rename the table in its definition',
      ],
      [
        { ...base, AttributeDefinitions: [attribute('id')], KeySchema: [hash('id')] },
        'Table Todos exists with the key list (S), id (S), not id (S). The key of a table never changes: rename the table in its definition',
      ],
      [
        { ...withOwner, GlobalSecondaryIndexes: [{ ...byOwner, Projection: { ProjectionType: 'KEYS_ONLY' } }] },
        'Index byOwner of table Todos exists with another key or projection. Indexes never change: rename the index in its definition',
      ],
      [
        { ...withOwner, AttributeDefinitions: [...base.AttributeDefinitions, attribute('owner', 'N')] },
        'Attribute owner of table Todos is a key of type S and cannot be declared as N: use another attribute',
      ],
      [
        {
          ...base,
          AttributeDefinitions: [...base.AttributeDefinitions, attribute('due', 'N')],
          LocalSecondaryIndexes: [{ IndexName: 'local', KeySchema: [hash('list'), range('due')], Projection: { ProjectionType: 'ALL' } }],
        },
        'Table Todos exists without the local secondary index local, which only a new table can get: ' +
          'use a global secondary index, or rename the table in its definition',
      ],
    ]
    for (const [input, message] of refused) await expect(declare(input)).rejects.toMatchObject({ name: 'ValidationException', message })
    await declare({ ...base, TimeToLiveSpecification: { Enabled: true, AttributeName: 'expires' } })
    await expect(declare({ ...base, TimeToLiveSpecification: { Enabled: true, AttributeName: 'until' } })).rejects.toThrow(
      'TimeToLive is active on a different AttributeName: current AttributeName is expires',
    )
  })
})
