import { describe, expect, it } from 'vitest'
import { openEngine, simpleTable } from '../engine-fixture.ts'

async function open() {
  const fixture = await openEngine()
  await fixture.run('CreateTable', simpleTable('Things'))
  await fixture.run('CreateTable', simpleTable('Others'))
  return fixture
}

describe('BatchWriteItem', () => {
  it('puts and deletes in several tables', async () => {
    const { run } = await open()
    await run('PutItem', { TableName: 'Things', Item: { id: 'gone' } })
    const output = await run('BatchWriteItem', {
      RequestItems: {
        Things: [{ PutRequest: { Item: { id: 'a', n: 1 } } }, { DeleteRequest: { Key: { id: 'gone' } } }],
        Others: [{ PutRequest: { Item: { id: 'a', text: 'x'.repeat(1500) } } }],
      },
      ReturnConsumedCapacity: 'TOTAL',
    })
    expect(output).toEqual({
      UnprocessedItems: {},
      ConsumedCapacity: [
        { TableName: 'Things', CapacityUnits: 2 },
        { TableName: 'Others', CapacityUnits: 2 },
      ],
    })
    expect((await run('Scan', { TableName: 'Things' }))['Items']).toEqual([{ id: 'a', n: 1 }])
  })

  it('refuses requests that are out of shape', async () => {
    const { run } = await open()
    const write = (RequestItems: object) => run('BatchWriteItem', { RequestItems })
    const many = (count: number, prefix = '') => Array.from({ length: count }, (_, at) => ({ PutRequest: { Item: { id: `${prefix}${at}` } } }))
    await expect(run('BatchWriteItem', {})).rejects.toThrow(
      "1 validation error detected: Value null at 'requestItems' failed to satisfy constraint: Member must not be null",
    )
    await expect(write({})).rejects.toThrow(
      "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    )
    await expect(write({ Things: many(26) })).rejects.toThrow(
      'failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]',
    )
    await expect(write({ Things: many(20), Others: many(6) })).rejects.toThrow('Too many items requested for the BatchWriteItem call')
    await expect(write({ Things: [{}] })).rejects.toThrow(
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
    )
    await expect(write({ Things: [...many(1), { DeleteRequest: { Key: { id: '0' } } }] })).rejects.toThrow(
      'Provided list of item keys contains duplicates',
    )
    await expect(write({ Nothing: many(1) })).rejects.toThrow('Requested resource not found')
    await expect(write({ Things: [...many(1), { PutRequest: { Item: { n: 1 } } }] })).rejects.toThrow('The provided key element does not match the schema')
    expect((await run('Scan', { TableName: 'Things' }))['Items']).toEqual([])
  })
})

describe('BatchGetItem', () => {
  it('returns what it finds, per table, projected', async () => {
    const { run } = await open()
    await run('BulkWrite', { TableName: 'Things', Put: [{ id: 'a', n: 1 }, { id: 'b', n: 2 }] })
    await run('BulkWrite', { TableName: 'Others', Put: [{ id: 'a', text: 'x'.repeat(5000) }] })
    const output = await run('BatchGetItem', {
      RequestItems: {
        Things: { Keys: [{ id: 'b' }, { id: 'c' }, { id: 'a' }], ProjectionExpression: 'n' },
        Others: { Keys: [{ id: 'a' }], ConsistentRead: true, Projection: ['id'] },
      },
      ReturnConsumedCapacity: 'TOTAL',
    })
    expect(output).toEqual({
      Responses: { Things: [{ n: 2 }, { n: 1 }], Others: [{ id: 'a' }] },
      UnprocessedKeys: {},
      ConsumedCapacity: [
        { TableName: 'Things', CapacityUnits: 1.5 },
        { TableName: 'Others', CapacityUnits: 2 },
      ],
    })
  })

  it('leaves over what does not fit into 16 MB, or into 1 MB of a partition', async () => {
    const { run } = await open()
    await run('CreateTable', {
      TableName: 'Sorted',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    })
    const text = 'x'.repeat(390_000)
    for (let sk = 0; sk < 4; sk++) await run('PutItem', { TableName: 'Sorted', Item: { pk: 'a', sk, text } })
    const keys = Array.from({ length: 44 }, (_, at) => ({ id: String(at) }))
    for (const key of keys) await run('PutItem', { TableName: 'Things', Item: { ...key, text } })
    type Output = { Responses: Record<string, object[]>; UnprocessedKeys: Record<string, { Keys: object[] }> }
    const sorted = (await run('BatchGetItem', {
      RequestItems: { Sorted: { Keys: [0, 1, 2, 3].map((sk) => ({ pk: 'a', sk })), ConsistentRead: true } },
    })) as Output
    expect(sorted.Responses['Sorted']).toHaveLength(3)
    expect(sorted.UnprocessedKeys).toEqual({ Sorted: { Keys: [{ pk: 'a', sk: 3 }], ConsistentRead: true } })
    const things = (await run('BatchGetItem', { RequestItems: { Things: { Keys: keys } } })) as Output
    expect(things.Responses['Things']).toHaveLength(43)
    expect(things.UnprocessedKeys['Things']?.Keys).toEqual([{ id: '43' }])
  })

  it('refuses requests that are out of shape', async () => {
    const { run } = await open()
    const get = (RequestItems: object) => run('BatchGetItem', { RequestItems })
    const many = (count: number) => Array.from({ length: count }, (_, at) => ({ id: String(at) }))
    await expect(get({})).rejects.toThrow(
      "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    )
    await expect(get({ Things: { Keys: many(101) } })).rejects.toThrow(
      "at 'RequestItems.Things.member.Keys' failed to satisfy constraint: Member must have length less than or equal to 100",
    )
    await expect(get({ Things: { Keys: many(60) }, Others: { Keys: many(41) } })).rejects.toThrow(
      'Too many items requested for the BatchGetItem call',
    )
    await expect(get({ Things: { Keys: [{ id: 'a' }, { id: 'a' }] } })).rejects.toThrow('Provided list of item keys contains duplicates')
    await expect(get({ Nothing: { Keys: [{ id: 'a' }] } })).rejects.toThrow('Requested resource not found')
    await expect(get({ Things: { Keys: [{ n: 'a' }] } })).rejects.toThrow('The provided key element does not match the schema')
  })
})

describe('BulkWrite', () => {
  it('writes any number of items in one step, deletes after puts', async () => {
    const { run, keyspace } = await open()
    const commits: number[] = []
    keyspace.onCommit((commit) => commits.push(commit.steps.length))
    const Put = Array.from({ length: 1000 }, (_, at) => ({ id: String(at), n: at }))
    await run('BulkWrite', { TableName: 'Things', Put, Delete: [{ id: '7' }, { id: 'none' }] })
    expect(commits).toEqual([1])
    expect((await run('Scan', { TableName: 'Things', Select: 'COUNT' }))['Count']).toBe(999)
  })

  it('keeps the last of several puts with one key', async () => {
    const { run } = await open()
    await run('BulkWrite', { TableName: 'Things', Put: [{ id: 'a', n: 1 }, { id: 'b' }, { id: 'a', n: 2 }] })
    expect((await run('GetItem', { TableName: 'Things', Key: { id: 'a' } }))['Item']).toEqual({ id: 'a', n: 2 })
    const { Table } = (await run('DescribeTable', { TableName: 'Things' })) as { Table: object }
    expect(Table).toMatchObject({ ItemCount: 2, TableSizeBytes: 9 })
  })

  it('writes all or nothing', async () => {
    const { run } = await open()
    await expect(run('BulkWrite', { TableName: 'Things', Put: [{ id: 'a' }, { n: 1 }] })).rejects.toThrow('Missing the key id in the item')
    await expect(run('BulkWrite', { TableName: 'Things', Put: [{ id: 'a' }], Delete: [{ n: 1 }] })).rejects.toThrow(
      'The provided key element does not match the schema',
    )
    await expect(run('BulkWrite', { TableName: 'Things', Put: [{ id: 'a', text: 'x'.repeat(410_000) }] })).rejects.toThrow(
      'Item size has exceeded the maximum allowed size',
    )
    expect((await run('Scan', { TableName: 'Things' }))['Items']).toEqual([])
  })
})
