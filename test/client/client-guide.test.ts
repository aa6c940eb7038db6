// CLIENT.md, block by block, over the whole stack in memory: what the guide shows works as written.
import { describe, expect, it } from 'vitest'
import { BOOL, N, S, SS, table } from 'holdfast'
import { openTestDatabase } from 'holdfast/testing'

const Todos = table('Todos', {
  partitionKey: 'list',
  sortKey: 'id',
  attributes: { list: S(), id: S(), title: S(), done: BOOL().default(false), due: N().optional(), tags: SS().optional() },
  globalSecondaryIndexes: { byDue: { partitionKey: 'list', sortKey: 'due' } },
})

describe('items', () => {
  it('puts, gets, deletes', async () => {
    await using db = openTestDatabase()
    const todos = db.table(Todos)
    await todos.put({ list: 'home', id: '1', title: 'Milk' })
    const key = { list: 'home', id: '2' }
    await todos.put({ ...key, title: 'Tea', tags: new Set(['hot']) })
    expect(await todos.get(key, { consistentRead: true })).toEqual({ ...key, title: 'Tea', tags: new Set(['hot']), done: false })
    expect(await todos.query({ list: 'home' }).all()).toHaveLength(2)
    expect(await todos.delete(key, { returnValues: 'ALL_OLD', signal: AbortSignal.timeout(2000) })).toMatchObject({ title: 'Tea' })
    expect(await todos.get(key)).toBeUndefined()
  })
})
