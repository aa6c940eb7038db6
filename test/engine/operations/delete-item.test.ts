import { describe, expect, it } from 'vitest'
import { openEngine, simpleTable } from '../engine-fixture.ts'

async function open() {
  const fixture = await openEngine()
  await fixture.run('CreateTable', simpleTable('Things'))
  await fixture.run('PutItem', { TableName: 'Things', Item: { id: 'a', n: 1, text: 'x'.repeat(3000) } })
  const remove = (id: string, more: object = {}) => fixture.run('DeleteItem', { TableName: 'Things', Key: { id }, ...more })
  return { ...fixture, remove }
}

describe('DeleteItem', () => {
  it('removes an item and returns it if asked', async () => {
    const { run, remove } = await open()
    expect(await remove('a', { ReturnValues: 'ALL_OLD' })).toEqual({ Attributes: { id: 'a', n: 1, text: 'x'.repeat(3000) } })
    expect(await run('GetItem', { TableName: 'Things', Key: { id: 'a' } })).toEqual({})
  })

  it('succeeds where there is nothing to remove', async () => {
    const { remove } = await open()
    expect(await remove('b', { ReturnValues: 'ALL_OLD', ReturnConsumedCapacity: 'TOTAL' })).toEqual({
      ConsumedCapacity: { TableName: 'Things', CapacityUnits: 1 },
    })
  })

  it('costs what was there', async () => {
    const { remove } = await open()
    expect(await remove('a', { ReturnConsumedCapacity: 'TOTAL' })).toEqual({ ConsumedCapacity: { TableName: 'Things', CapacityUnits: 3 } })
  })

  it('keeps an item whose condition fails', async () => {
    const { run, remove } = await open()
    const failed = remove('a', {
      ConditionExpression: 'n = :n',
      ExpressionAttributeValues: { ':n': 2 },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    })
    await expect(failed).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', item: { attributes: { id: 'a', n: 1 } } })
    expect(await run('GetItem', { TableName: 'Things', Key: { id: 'a' }, ProjectionExpression: 'n' })).toEqual({ Item: { n: 1 } })
  })

  it('refuses other return values', async () => {
    const { remove } = await open()
    await expect(remove('a', { ReturnValues: 'UPDATED_OLD' })).rejects.toThrow('1 validation error detected: ReturnValues can only be ALL_OLD or NONE')
  })
})
