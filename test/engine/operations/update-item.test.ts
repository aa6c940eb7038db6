import { describe, expect, it } from 'vitest'
import { openEngine, simpleTable } from '../engine-fixture.ts'

async function open() {
  const fixture = await openEngine()
  await fixture.run(
    'CreateTable',
    simpleTable('Things', {
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'team', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        { IndexName: 'byOwner', KeySchema: [{ AttributeName: 'team', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
    }),
  )
  const put = (Item: object) => fixture.run('PutItem', { TableName: 'Things', Item })
  const update = (UpdateExpression: string | undefined, values: object = {}, more: object = {}) =>
    fixture.run('UpdateItem', {
      TableName: 'Things',
      Key: { id: 'a' },
      UpdateExpression,
      ...(Object.keys(values).length === 0 ? {} : { ExpressionAttributeValues: values }),
      ...more,
    })
  const get = async () => (await fixture.run('GetItem', { TableName: 'Things', Key: { id: 'a' } }))['Item']
  return { ...fixture, put, update, get }
}

function failure(message: string, name = 'ValidationException') {
  return expect.objectContaining({ name, message })
}

describe('UpdateItem', () => {
  it('changes what the expression names and leaves the rest', async () => {
    const { put, update, get } = await open()
    await put({ id: 'a', n: 1, stale: true, tags: { SS: ['x', 'y'] }, keep: 'k' })
    expect(await update('SET n = n + :one REMOVE stale DELETE tags :x ADD tally :ten', { ':one': 1, ':x': { SS: ['x'] }, ':ten': 10 })).toEqual({})
    expect(await get()).toEqual({ id: 'a', n: 2, tags: { SS: ['y'] }, keep: 'k', tally: 10 })
  })

  it('takes updates as plain data', async () => {
    const { run, get } = await open()
    const Update = { set: [['title', { value: 'Tea' }], ['due', { ifNotExists: 5 }]], add: [['count', 2]] }
    await run('UpdateItem', { TableName: 'Things', Key: { id: 'a' }, Update })
    await run('UpdateItem', { TableName: 'Things', Key: { id: 'a' }, Update: { ...Update, remove: ['title'], set: [['due', { plus: 1 }]] } })
    expect(await get()).toEqual({ id: 'a', due: 6, count: 4 })
    await expect(run('UpdateItem', { TableName: 'Things', Key: { id: 'a' }, Update: { set: [['x', { value: { SS: ['b', 'a'] } }]] } })).rejects.toEqual(
      failure('1 validation error detected: A literal is not a canonical attribute value: {"SS":["b","a"]}'),
    )
  })

  it('creates a missing item with its key, unless the update only removes', async () => {
    const { update, get } = await open()
    await update('REMOVE n')
    expect(await get()).toBeUndefined()
    await update('SET n = :n', { ':n': 1 })
    expect(await get()).toEqual({ id: 'a', n: 1 })
  })

  it('creates a missing item with its key alone where there is no expression', async () => {
    const { update, get } = await open()
    await update(undefined)
    expect(await get()).toEqual({ id: 'a' })
  })

  it('returns what the request asks for', async () => {
    const { put, update } = await open()
    await put({ id: 'a', n: 1, m: { M: { x: 1, y: 2 } } })
    const set = (ReturnValues: string) => update('SET n = n + :one, m.x = :one, z = :one', { ':one': 1 }, { ReturnValues })
    expect(await set('UPDATED_OLD')).toEqual({ Attributes: { n: 1, m: { M: { x: 1 } } } })
    expect(await set('UPDATED_NEW')).toEqual({ Attributes: { n: 3, m: { M: { x: 1 } }, z: 1 } })
    expect(await set('ALL_OLD')).toEqual({ Attributes: { id: 'a', n: 3, m: { M: { x: 1, y: 2 } }, z: 1 } })
    expect(await set('ALL_NEW')).toEqual({ Attributes: { id: 'a', n: 5, m: { M: { x: 1, y: 2 } }, z: 1 } })
    expect(await set('NONE')).toEqual({})
  })

  it('omits Attributes where UPDATED_OLD or UPDATED_NEW have nothing', async () => {
    const { update, put } = await open()
    expect(await update('SET n = :n', { ':n': 1 }, { ReturnValues: 'UPDATED_OLD' })).toEqual({})
    await put({ id: 'a', n: 1 })
    expect(await update('REMOVE n', {}, { ReturnValues: 'UPDATED_NEW' })).toEqual({})
    expect(await update('REMOVE n', {}, { ReturnValues: 'UPDATED_OLD' })).toEqual({})
  })

  it('refuses to change the key', async () => {
    const { update } = await open()
    await expect(update('SET id = :b', { ':b': 'b' })).rejects.toEqual(
      failure('One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key'),
    )
  })

  it('refuses to make an index key that an index can not have', async () => {
    const { put, update, get } = await open()
    await put({ id: 'a', team: 'o', n: 1 })
    await expect(update('SET team = :n', { ':n': 1 })).rejects.toEqual(
      failure('One or more parameter values were invalid: Type mismatch for Index Key team Expected: S Actual: N IndexName: byOwner'),
    )
    await expect(update('SET team = n')).rejects.toEqual(
      failure('The update expression attempted to update the secondary index key to unsupported type'),
    )
    await expect(update('SET team = :empty', { ':empty': '' })).rejects.toEqual(
      failure(
        'One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. ' +
          'The AttributeValue for a key attribute cannot contain an empty string value.',
      ),
    )
    expect(await get()).toEqual({ id: 'a', team: 'o', n: 1 })
  })

  it('refuses to grow an item beyond 400 KB', async () => {
    const { put, update } = await open()
    await put({ id: 'a', chunks: ['x'.repeat(300 * 1024)] })
    await expect(update('SET chunks = list_append(chunks, chunks)')).rejects.toEqual(
      failure('Item size to update has exceeded the maximum allowed size'),
    )
  })

  it('checks its condition first and changes nothing where it fails', async () => {
    const { put, update, get } = await open()
    await expect(update('SET n = :n', { ':n': 1 }, { ConditionExpression: 'attribute_exists(id)' })).rejects.toEqual(
      failure('The conditional request failed', 'ConditionalCheckFailedException'),
    )
    await put({ id: 'a', n: 5 })
    await update('SET n = :n', { ':n': 6, ':old': 5 }, { ConditionExpression: 'n = :old' })
    await expect(update('SET n = :n', { ':n': 7, ':old': 5 }, { ConditionExpression: 'n = :old' })).rejects.toThrow()
    expect(await get()).toEqual({ id: 'a', n: 6 })
  })

  it('refuses operands that are not there', async () => {
    const { put, update } = await open()
    await put({ id: 'a' })
    await expect(update('SET n = m')).rejects.toEqual(
      failure('The provided expression refers to an attribute that does not exist in the item'),
    )
  })

  it('refuses a key that is not the schema\'s', async () => {
    const { run } = await open()
    for (const Key of [{}, { id: 1 }, { other: 'a' }, { id: 'a', other: 'b' }]) {
      await expect(run('UpdateItem', { TableName: 'Things', Key, UpdateExpression: 'REMOVE n' })).rejects.toEqual(
        failure('The provided key element does not match the schema'),
      )
    }
  })
})
