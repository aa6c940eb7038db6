import { describe, expect, it } from 'vitest'
import { openEngine, simpleTable } from '../engine-fixture.ts'

const indexed = {
  TableName: 'Indexed',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'owner', AttributeType: 'S' },
    { AttributeName: 'at', AttributeType: 'N' },
  ],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byOwner',
      KeySchema: [
        { AttributeName: 'owner', KeyType: 'HASH' },
        { AttributeName: 'at', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'ALL' },
    },
  ],
}

async function open() {
  const fixture = await openEngine()
  await fixture.run('CreateTable', simpleTable('Things'))
  const put = (Item: object, more: object = {}) => fixture.run('PutItem', { TableName: 'Things', Item, ...more })
  const get = async (id: string) => (await fixture.run('GetItem', { TableName: 'Things', Key: { id } }))['Item']
  return { ...fixture, put, get }
}

function failure(message: string, name = 'ValidationException') {
  return expect.objectContaining({ name, message })
}

describe('PutItem', () => {
  it('stores an item that GetItem returns, and replaces it whole', async () => {
    const { put, get } = await open()
    expect(await put({ id: 'a', n: 1, tags: { SS: ['x', 'y'] } })).toEqual({})
    expect(await get('a')).toEqual({ id: 'a', n: 1, tags: { SS: ['x', 'y'] } })
    await put({ id: 'a', other: true })
    expect(await get('a')).toEqual({ id: 'a', other: true })
  })

  it('returns the old item for ALL_OLD, and nothing where there was none', async () => {
    const { put } = await open()
    expect(await put({ id: 'a', n: 1 }, { ReturnValues: 'ALL_OLD' })).toEqual({})
    expect(await put({ id: 'a', n: 2 }, { ReturnValues: 'ALL_OLD' })).toEqual({ Attributes: { id: 'a', n: 1 } })
  })

  it('refuses return values that a put can not have', async () => {
    const { put } = await open()
    // paritysuite/dynamodb-conformance, captures/2026-06-09-validation-rewording.json.
    await expect(put({ id: 'a' }, { ReturnValues: 'ALL_NEW' })).rejects.toEqual(
      failure('1 validation error detected: ReturnValues can only be ALL_OLD or NONE'),
    )
    await expect(put({ id: 'a' }, { ReturnValues: 'all' })).rejects.toEqual(
      failure(
        '1 validation error detected: Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]',
      ),
    )
  })

  it('reports all violated constraints at once', async () => {
    const { run } = await open()
    await expect(run('PutItem', { TableName: 'a', ReturnConsumedCapacity: 'some' })).rejects.toEqual(
      failure(
        "3 validation errors detected: Value 'some' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]; " +
          "Value 'a' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 3; " +
          "Value null at 'item' failed to satisfy constraint: Member must not be null",
      ),
    )
  })

  it('knows tables by name and by ARN only', async () => {
    const { run, put } = await open()
    await expect(run('PutItem', { TableName: 'Nothing', Item: { id: 'a' } })).rejects.toEqual(
      failure('Requested resource not found', 'ResourceNotFoundException'),
    )
    const { Table } = (await run('DescribeTable', { TableName: 'Things' })) as { Table: { TableArn: string } }
    await run('PutItem', { TableName: Table.TableArn, Item: { id: 'arn' } })
    expect(await put({ id: 'arn' }, { ReturnValues: 'ALL_OLD' })).toEqual({ Attributes: { id: 'arn' } })
  })

  it('refuses items without a fitting key', async () => {
    const { put } = await open()
    const invalid = 'One or more parameter values were invalid: '
    await expect(put({ n: 1 })).rejects.toEqual(failure(`${invalid}Missing the key id in the item`))
    await expect(put({ id: 5 })).rejects.toEqual(failure(`${invalid}Type mismatch for key id expected: S actual: N`))
    await expect(put({ id: '' })).rejects.toEqual(
      failure('One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id'),
    )
    await expect(put({ id: 'x'.repeat(2049) })).rejects.toEqual(
      failure(`${invalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`),
    )
  })

  it('refuses index keys of another type or empty, and leaves items without them unindexed', async () => {
    const { run } = await openEngine()
    await run('CreateTable', indexed)
    const put = (Item: object) => run('PutItem', { TableName: 'Indexed', Item })
    await expect(put({ id: 'a', owner: 5 })).rejects.toEqual(
      failure('One or more parameter values were invalid: Type mismatch for Index Key owner Expected: S Actual: N IndexName: byOwner'),
    )
    await expect(put({ id: 'a', owner: '', at: 1 })).rejects.toEqual(
      failure(
        'One or more parameter values are not valid. A value specified for a secondary index key is not supported. ' +
          'The AttributeValue for a key attribute cannot contain an empty string value. IndexName: byOwner, IndexKey: owner',
      ),
    )
    await put({ id: 'a', owner: 'o' })
    const { Table } = (await run('DescribeTable', { TableName: 'Indexed' })) as { Table: { GlobalSecondaryIndexes: { ItemCount: number }[] } }
    expect(Table.GlobalSecondaryIndexes[0]?.ItemCount).toBe(0)
  })

  it('accepts 400 KB exactly, names included', async () => {
    const { put } = await open()
    const rest = 400 * 1024 - 'id'.length - 'a'.length - 'text'.length
    await put({ id: 'a', text: 'x'.repeat(rest) })
    await expect(put({ id: 'a', text: 'x'.repeat(rest + 1) })).rejects.toEqual(failure('Item size has exceeded the maximum allowed size'))
  })

  it('checks its condition against the old item', async () => {
    const { put, get } = await open()
    const once = { ConditionExpression: 'attribute_not_exists(id)' }
    await put({ id: 'a', n: 1 }, once)
    await expect(put({ id: 'a', n: 2 }, once)).rejects.toEqual(failure('The conditional request failed', 'ConditionalCheckFailedException'))
    expect(await get('a')).toEqual({ id: 'a', n: 1 })
  })

  it('tells the item whose condition failed if asked', async () => {
    const { put } = await open()
    await put({ id: 'a', n: 1 })
    const condition = { ConditionExpression: 'n > :n', ExpressionAttributeValues: { ':n': 1 } }
    const failed = put({ id: 'a' }, { ...condition, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' })
    await expect(failed).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', item: { attributes: { id: 'a', n: 1 } } })
    const silent = await put({ id: 'a' }, condition).catch((error: unknown) => error)
    expect(Object.keys(silent as object)).not.toContain('item')
  })

  it('takes conditions as plain data', async () => {
    const { put } = await open()
    await put({ id: 'a', n: 1 })
    await put({ id: 'a', n: 2 }, { Condition: { tests: [['n', ['=', { value: 1 }]]] } })
    await expect(put({ id: 'a', n: 3 }, { Condition: { tests: [['n', ['=', { value: 1 }]]] } })).rejects.toEqual(
      failure('The conditional request failed', 'ConditionalCheckFailedException'),
    )
    await expect(
      put({ id: 'a' }, { Condition: { tests: [['n', ['=', { value: 1 }]]] }, ConditionExpression: 'attribute_exists(id)' }),
    ).rejects.toEqual(failure('1 validation error detected: Condition can not be used together with expression parameters'))
  })

  it('refuses expression parameters without an expression', async () => {
    const { put } = await open()
    await expect(put({ id: 'a' }, { ExpressionAttributeValues: { ':n': 1 } })).rejects.toEqual(
      failure('1 validation error detected: ExpressionAttributeValues can only be specified when using expressions'),
    )
  })

  it('reports capacity: the larger of before and after, indexes by themselves', async () => {
    const { run } = await openEngine()
    await run('CreateTable', indexed)
    const put = async (Item: object, ReturnConsumedCapacity = 'INDEXES') =>
      (await run('PutItem', { TableName: 'Indexed', Item, ReturnConsumedCapacity }))['ConsumedCapacity']
    const report = (table: number, index: number) => ({
      TableName: 'Indexed',
      CapacityUnits: table + index,
      Table: { CapacityUnits: table },
      ...(index > 0 ? { GlobalSecondaryIndexes: { byOwner: { CapacityUnits: index } } } : {}),
    })
    expect(await put({ id: 'a', text: 'x'.repeat(2000) })).toEqual(report(2, 0))
    expect(await put({ id: 'a', owner: 'o', at: 1 })).toEqual(report(2, 1))
    expect(await put({ id: 'a', owner: 'o', at: 2 })).toEqual(report(1, 2))
    expect(await put({ id: 'a', owner: 'o', at: 2 })).toEqual(report(1, 0))
    expect(await put({ id: 'a', owner: 'o', at: 2, more: true }, 'TOTAL')).toEqual({ TableName: 'Indexed', CapacityUnits: 2 })
    expect(await put({ id: 'a' }, 'NONE')).toBeUndefined()
  })
})
