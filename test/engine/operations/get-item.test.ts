import { describe, expect, it } from 'vitest'
import { openEngine, simpleTable } from '../engine-fixture.ts'

async function open() {
  const fixture = await openEngine()
  await fixture.run('CreateTable', simpleTable('Things'))
  await fixture.run('PutItem', { TableName: 'Things', Item: { id: 'a', m: { M: { x: [1, 2, 3], y: 'y' } }, text: 'x'.repeat(5000) } })
  const get = (more: object, id = 'a') => fixture.run('GetItem', { TableName: 'Things', Key: { id }, ...more })
  return { ...fixture, get }
}

describe('GetItem', () => {
  it('answers without Item where there is none', async () => {
    const { get } = await open()
    expect(await get({}, 'b')).toEqual({})
  })

  it('projects, by expression or by paths', async () => {
    const { get } = await open()
    const wanted = { Item: { id: 'a', m: { M: { x: [1, 3] } } } }
    expect(await get({ ProjectionExpression: '#i, m.x[2], m.x[0]', ExpressionAttributeNames: { '#i': 'id' } })).toEqual(wanted)
    expect(await get({ Projection: ['id', 'm.x[0]', 'm.x[2]'] })).toEqual(wanted)
  })

  it('costs by 4 KB, half for eventual reads, and a missing item the minimum', async () => {
    const { get } = await open()
    const units = async (more: object, id?: string) =>
      ((await get({ ReturnConsumedCapacity: 'TOTAL', ...more }, id))['ConsumedCapacity'] as { CapacityUnits: number }).CapacityUnits
    expect(await units({})).toBe(1)
    expect(await units({ ConsistentRead: true })).toBe(2)
    expect(await units({}, 'b')).toBe(0.5)
    expect(await units({ ConsistentRead: true }, 'b')).toBe(1)
    expect((await get({ ReturnConsumedCapacity: 'INDEXES' }))['ConsumedCapacity']).toEqual({
      TableName: 'Things',
      CapacityUnits: 1,
      Table: { CapacityUnits: 1 },
    })
  })

  it('tells the state that it read if asked', async () => {
    const { get, keyspace } = await open()
    expect(await get({ ReturnStamp: true }, 'b')).toEqual({ Stamp: keyspace.stamp(), Epoch: keyspace.epoch })
  })

  it('refuses keys and names that are none', async () => {
    const { run, get } = await open()
    await expect(run('GetItem', { TableName: 'Things', Key: { id: 'a', n: 1 } })).rejects.toThrow('The provided key element does not match the schema')
    await expect(run('GetItem', { TableName: 'Nothing', Key: { id: 'a' } })).rejects.toThrow('Requested resource not found')
    await expect(get({ ExpressionAttributeNames: { '#a': 'a' } })).rejects.toThrow(
      'ExpressionAttributeNames can only be specified when using expressions',
    )
    await expect(run('GetItem', { TableName: 'Things' })).rejects.toThrow(
      "1 validation error detected: Value null at 'key' failed to satisfy constraint: Member must not be null",
    )
  })
})
