import { describe, expect, it } from 'vitest'
import { openEngine, simpleTable } from '../engine-fixture.ts'

describe('PutItem', () => {
  it('stores an item that GetItem returns', async () => {
    const { run } = await openEngine()
    await run('CreateTable', simpleTable('Things'))
    expect(await run('PutItem', { TableName: 'Things', Item: { id: 'a', n: 1 } })).toEqual({})
    expect(await run('GetItem', { TableName: 'Things', Key: { id: 'a' } })).toEqual({ Item: { id: 'a', n: 1 } })
  })
})
