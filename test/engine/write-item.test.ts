import { describe, expect, it } from 'vitest'
import type { Change } from '../../src/engine/change.ts'
import { decodeJournalEntry } from '../../src/engine/journal.ts'
import { indexRange, journalRange, parseJournalSequence } from '../../src/engine/storage-keys.ts'
import type { KeyRange } from '../../src/storage/store.ts'
import { openEngine } from './engine-fixture.ts'

const STREAM = { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } }

async function open(more: object = {}) {
  const fixture = await openEngine()
  await fixture.run('CreateTable', {
    TableName: 'Things',
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      { AttributeName: 'id', AttributeType: 'S' },
      { AttributeName: 'a', AttributeType: 'S' },
      { AttributeName: 'n', AttributeType: 'N' },
    ],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [
      { IndexName: 'whole', KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
      {
        IndexName: 'part',
        KeySchema: [
          { AttributeName: 'a', KeyType: 'HASH' },
          { AttributeName: 'n', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['x'] },
      },
    ],
    ...more,
  })
  const changes: Change[] = []
  fixture.keyspace.onCommit((commit) => changes.push(...(commit.steps.flat() as Change[])))
  const put = (Item: object) => fixture.run('PutItem', { TableName: 'Things', Item })
  const entries = (range: KeyRange) => {
    const found: { key: string; value: string }[] = []
    const cursor = fixture.disk.entries.cursor(range)
    while (cursor.next()) found.push({ key: cursor.key, value: cursor.value })
    return found
  }
  return { ...fixture, changes, put, entries, indexed: (indexId: number) => entries(indexRange(1, indexId)).map((entry) => entry.value) }
}

describe('the write path', () => {
  it('keeps every index equal to the projection of the items (S8)', async () => {
    const { put, indexed, run } = await open()
    await put({ id: '1', a: 'k', n: 1, x: 'x', y: 'y' })
    expect(indexed(1)).toEqual(indexed(0))
    expect(indexed(2)).toEqual(['a{"id":"1","a":"k","n":1,"x":"x"}'])
    await put({ id: '1', a: 'k', x: 'x' })
    expect(indexed(1)).toEqual(indexed(0))
    expect(indexed(2)).toEqual([])
    await run('DeleteItem', { TableName: 'Things', Key: { id: '1' } })
    expect([indexed(0), indexed(1), indexed(2)]).toEqual([[], [], []])
  })

  it('tells what moved in which index, and writes no entry that stays the same', async () => {
    const { put, changes } = await open()
    await put({ id: '1', a: 'k', n: 1, y: 1 })
    await put({ id: '1', a: 'k', n: 1, y: 2 })
    await put({ id: '1', a: 'l', n: 1, y: 2 })
    const writes = changes.map((change) => change.indexWrites.map(({ key, entry }) => [key.charCodeAt(5), entry?.attributes]))
    expect(writes).toEqual([
      [
        [1, { id: '1', a: 'k', n: 1, y: 1 }],
        [2, { id: '1', a: 'k', n: 1 }],
      ],
      [[1, { id: '1', a: 'k', n: 1, y: 2 }]],
      [
        [1, undefined],
        [1, { id: '1', a: 'l', n: 1, y: 2 }],
        [2, undefined],
        [2, { id: '1', a: 'l', n: 1 }],
      ],
    ])
  })

  it('emits exactly one change per effective change and none for a no-op (J1)', async () => {
    const { put, changes, run, store } = await open(STREAM)
    await put({ id: '1', n: 1, m: { M: { x: 1, y: 2 } } })
    const written = store.statistics().bytesWritten
    await put({ id: '1', n: 1, m: { M: { x: 1, y: 2 } } })
    await put({ m: { M: { y: 2, x: 1 } }, n: 1, id: '1' })
    const key = { TableName: 'Things', Key: { id: '1' } }
    await run('UpdateItem', { ...key, UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': 1 } })
    await run('UpdateItem', { ...key, UpdateExpression: 'REMOVE z' })
    await run('DeleteItem', { TableName: 'Things', Key: { id: 'none' } })
    await run('BulkWrite', { TableName: 'Things', Put: [{ id: '1', n: 1, m: { M: { x: 1, y: 2 } } }], Delete: [{ id: 'none' }] })
    expect(changes).toHaveLength(1)
    expect(store.statistics().bytesWritten).toBe(written)
    await put({ id: '1', n: 1, m: { M: { x: 2, y: 1 } } })
    expect(changes).toHaveLength(2)
  })

  it('numbers changes consecutively in commit order', async () => {
    const { put, changes, run } = await open()
    await put({ id: '1' })
    await run('BulkWrite', { TableName: 'Things', Put: [{ id: '2' }, { id: '3' }] })
    await expect(put({ a: 'no key' })).rejects.toThrow()
    await put({ id: '4' })
    const first = changes[0]?.sequence ?? 0
    expect(changes.map((change) => change.sequence)).toEqual([first, first + 1, first + 2, first + 3])
    expect(changes[1]).toMatchObject({ tableId: 1, tableName: 'Things', oldItem: undefined, committedAt: Date.UTC(2026, 0, 1) })
  })

  it('writes no journal for a table that nothing reads (J3)', async () => {
    const { put, entries } = await open()
    await put({ id: '1' })
    expect(entries(journalRange(1))).toEqual([])
  })

  it('writes both images of every change where there is a stream or point-in-time recovery', async () => {
    const { put, entries, run, changes } = await open(STREAM)
    await put({ id: '1', n: 1 })
    await put({ id: '1', n: 2 })
    await run('TransactWriteItems', { TransactItems: [{ Delete: { TableName: 'Things', Key: { id: '1' } } }] })
    const rows = entries(journalRange(1)).map(({ key, value }) => {
      const { oldItem, newItem, ...rest } = decodeJournalEntry(value)
      return { sequence: parseJournalSequence(key), old: oldItem?.attributes, new: newItem?.attributes, ...rest }
    })
    const committedAt = Date.UTC(2026, 0, 1)
    const [first = 0] = changes.map((change) => change.sequence)
    expect(rows).toEqual([
      { sequence: first, committedAt, old: undefined, new: { id: '1', n: 1 } },
      { sequence: first + 1, committedAt, old: { id: '1', n: 1 }, new: { id: '1', n: 2 } },
      { sequence: first + 2, committedAt, old: { id: '1', n: 2 }, new: undefined, transactionId: changes[2]?.transactionId },
    ])
  })

  it('logs an image once: journal and whole entries are the item\'s very text', async () => {
    const values: unknown[] = []
    const fixture = await openEngine({ beforeCommit: (batch) => void values.push(...batch.writes.map((write) => write.value)) })
    await fixture.run('CreateTable', {
      TableName: 'Things',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'a', AttributeType: 'S' },
      ],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [{ IndexName: 'whole', KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
      ...STREAM,
    })
    values.length = 0
    await fixture.run('PutItem', { TableName: 'Things', Item: { id: '1', a: 'k' } })
    const record = '5{"id":"1","a":"k"}'
    expect(values.filter((value) => value === record)).toHaveLength(2)
    expect(values.filter((value) => Array.isArray(value))).toEqual([[expect.stringMatching(/^\[1,\d+,0\]\n$/), '', record]])
  })

  it('reads nothing of an index or journal to write an item (S8)', async () => {
    const asked: string[] = []
    const { run, reopen } = await open(STREAM)
    await run('BulkWrite', { TableName: 'Things', Put: [{ id: '1', a: 'k', n: 1 }, { id: '2', a: 'k', n: 2 }] })
    const after = await reopen({ faultEvery: (key) => (asked.push(key), false) })
    asked.length = 0
    await after.run('PutItem', { TableName: 'Things', Item: { id: '1', a: 'l', n: 1 } })
    await after.run('UpdateItem', { TableName: 'Things', Key: { id: '2' }, UpdateExpression: 'REMOVE a' })
    await after.run('DeleteItem', { TableName: 'Things', Key: { id: '1' } })
    const items = asked.filter((key) => key.charCodeAt(3) === 1)
    expect(items.length).toBeGreaterThan(0)
    expect(items.filter((key) => key.charCodeAt(5) !== 0)).toEqual([])
  })

  it('survives hostile attribute names', async () => {
    const { run, engine } = await open()
    const Item = JSON.parse('{"id":"1","__proto__":"p","constructor":{"M":{"__proto__":1,"toString":"t"}},"hasOwnProperty":true}') as object
    await engine.execute('PutItem', { TableName: 'Things', Item })
    const answer = await engine.execute('GetItem', { TableName: 'Things', Key: { id: '1' } })
    expect(JSON.stringify(answer)).toBe(JSON.stringify({ Item }))
    await run('UpdateItem', {
      TableName: 'Things',
      Key: { id: '1' },
      UpdateExpression: 'SET #c.#p = :v REMOVE #p',
      ExpressionAttributeNames: { '#c': 'constructor', '#p': '__proto__' },
      ExpressionAttributeValues: { ':v': 2 },
    })
    const updated = JSON.stringify((await run('GetItem', { TableName: 'Things', Key: { id: '1' } }))['Item'])
    expect(updated).toBe('{"id":"1","constructor":{"M":{"__proto__":2,"toString":"t"}},"hasOwnProperty":true}')
  })
})
