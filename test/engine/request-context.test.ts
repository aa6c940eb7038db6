import { describe, expect, it } from 'vitest'
import { AlreadySettled } from '../../src/storage/keyspace.ts'
import type { Batch } from '../../src/storage/store.ts'
import { openEngine, simpleTable } from './engine-fixture.ts'

async function open() {
  const batches: Batch[] = []
  const fixture = await openEngine({ beforeCommit: (batch) => void batches.push(batch) })
  await fixture.run('CreateTable', simpleTable('Things'))
  batches.length = 0
  const settlement = (output: object) => ({ id: 'client/1', text: JSON.stringify(output), expiresAt: fixture.environment.time + 1000 })
  return { ...fixture, batches, settlement }
}

describe('a request\'s kept answer (T1)', () => {
  it('goes with the write in one batch, for every write operation', async () => {
    const { engine, batches, environment } = await open()
    const key = { TableName: 'Things', Key: { id: 'a' } }
    const requests: [string, object][] = [
      ['PutItem', { TableName: 'Things', Item: { id: 'a', n: 1 } }],
      ['UpdateItem', { ...key, UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': 1 }, ReturnValues: 'ALL_NEW' }],
      ['BatchWriteItem', { RequestItems: { Things: [{ PutRequest: { Item: { id: 'b' } } }] } }],
      ['BulkWrite', { TableName: 'Things', Put: [{ id: 'c' }] }],
      ['TransactWriteItems', { TransactItems: [{ Put: { TableName: 'Things', Item: { id: 'd' } } }] }],
      ['TransactCommit', { TransactItems: [{ Put: { TableName: 'Things', Item: { id: 'e' } } }], Reads: { epoch: 0, keys: [], ranges: [] } }],
      ['DeleteItem', { ...key, ReturnValues: 'ALL_OLD' }],
      ['CreateTable', simpleTable('Others')],
      ['UpdateTable', { TableName: 'Others', DeletionProtectionEnabled: true }],
      ['DeclareTable', simpleTable('Declared')],
      ['DeleteTable', { TableName: 'Declared' }],
    ]
    for (const [at, [operation, input]] of requests.entries()) {
      batches.length = 0
      const expiresAt = environment.time + 1000
      const output = await engine.execute(operation, input, {
        settlement: (answer) => ({ id: `client/${at}`, text: JSON.stringify(answer), expiresAt }),
      })
      const [first] = batches
      expect(first?.settlements, operation).toEqual([{ id: `client/${at}`, text: JSON.stringify(output), expiresAt }])
      expect(first?.writes.length, operation).toBeGreaterThan(0)
    }
  })

  it('is kept of writes that change nothing, too', async () => {
    const { engine, store, settlement } = await open()
    await engine.execute('DeleteItem', { TableName: 'Things', Key: { id: 'none' } }, { settlement })
    expect(store.settlement('client/1')).toMatchObject({ text: '{}' })
  })

  it('stops a request that comes again, whose writes then leave no trace', async () => {
    const { engine, run, settlement } = await open()
    const add = { TableName: 'Things', Key: { id: 'a' }, UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': 1 } }
    const outcomes = await Promise.allSettled([
      engine.execute('UpdateItem', add, { settlement }),
      engine.execute('UpdateItem', add, { settlement }),
    ])
    await expect(engine.execute('UpdateItem', add, { settlement })).rejects.toBeInstanceOf(AlreadySettled)
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected'])
    expect(await run('GetItem', { TableName: 'Things', Key: { id: 'a' } })).toEqual({ Item: { id: 'a', n: 1 } })
  })

  it('is not kept of a refused write, which may be asked again', async () => {
    const { engine, store, settlement } = await open()
    const refused = { TableName: 'Things', Item: { id: 'a' }, ConditionExpression: 'attribute_exists(id)' }
    await expect(engine.execute('PutItem', refused, { settlement })).rejects.toThrow('The conditional request failed')
    expect(store.settlement('client/1')).toBeUndefined()
  })
})

describe('durability', () => {
  it('reaches the store', async () => {
    const { engine, batches } = await open()
    await engine.execute('PutItem', { TableName: 'Things', Item: { id: 'a' } })
    await engine.execute('PutItem', { TableName: 'Things', Item: { id: 'b' } }, { durability: 'strict' })
    expect(batches.map((batch) => batch.durability)).toEqual(['relaxed', 'strict'])
  })
})

describe('input that is out of shape', () => {
  const malformed: [operation: string, input: object, message: string][] = [
    ['BulkWrite', { TableName: 'Things', Put: { id: 'a' } }, 'Start of structure or map found where not expected'],
    ['BulkWrite', { TableName: 'Things', Put: [5] }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    ['PutItem', { TableName: 'Things', Item: 'a' }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    ['PutItem', { TableName: 5, Item: {} }, "Value '5' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"],
    ['GetItem', { TableName: 'Things', Key: ['a'] }, 'Supplied AttributeValue is empty, must contain exactly one of the supported datatypes'],
    ['BatchGetItem', { RequestItems: [] }, 'Start of list found where not expected'],
    ['BatchGetItem', { RequestItems: { Things: { Keys: 'a' } } }, 'Unexpected field type'],
    ['BatchWriteItem', { RequestItems: { Things: { PutRequest: {} } } }, 'Start of structure or map found where not expected'],
    ['TransactWriteItems', { TransactItems: {} }, 'Start of structure or map found where not expected'],
    ['TransactWriteItems', { TransactItems: [{ Put: 'a' }] }, 'Unexpected field type'],
    ['TransactGetItems', { TransactItems: [{ Get: [] }] }, 'Start of list found where not expected'],
    ['CreateTable', { TableName: 'Things2', KeySchema: 'id' }, 'Unexpected field type'],
  ]
  it.each(malformed)('%s refuses %j', async (operation, input, message) => {
    const { run } = await open()
    await expect(run(operation, input)).rejects.toMatchObject({ fault: 'client', message: expect.stringContaining(message) })
  })
})

describe('items with local indexes', () => {
  async function openLocal() {
    const fixture = await openEngine()
    await fixture.run('CreateTable', {
      TableName: 'Local',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: ['pk', 'sk', 'a'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      LocalSecondaryIndexes: [
        {
          IndexName: 'byA',
          KeySchema: [
            { AttributeName: 'pk', KeyType: 'HASH' },
            { AttributeName: 'a', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    })
    return fixture
  }

  it('count their entries against 400 KB', async () => {
    const { run } = await openLocal()
    const text = 'x'.repeat(205_000)
    await run('PutItem', { TableName: 'Local', Item: { pk: 'p', sk: 's', text } })
    const indexed = { pk: 'p', sk: 't', a: 'a', text }
    for (const [operation, input] of [
      ['PutItem', { TableName: 'Local', Item: indexed }],
      ['BulkWrite', { TableName: 'Local', Put: [indexed] }],
    ] as const) {
      await expect(run(operation, input)).rejects.toThrow('Item size has exceeded the maximum allowed size')
    }
    await expect(
      run('UpdateItem', { TableName: 'Local', Key: { pk: 'p', sk: 's' }, UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': 'a' } }),
    ).rejects.toThrow('Item size to update has exceeded the maximum allowed size')
  })

  it('pay for their entries under LocalSecondaryIndexes', async () => {
    const { run } = await openLocal()
    const Item = { pk: 'p', sk: 's', a: 'a', text: 'x'.repeat(1500) }
    expect(await run('PutItem', { TableName: 'Local', Item, ReturnConsumedCapacity: 'INDEXES' })).toEqual({
      ConsumedCapacity: {
        TableName: 'Local',
        CapacityUnits: 4,
        Table: { CapacityUnits: 2 },
        LocalSecondaryIndexes: { byA: { CapacityUnits: 2 } },
      },
    })
  })
})
