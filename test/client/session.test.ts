// Requests, their options, the life of a database, and what happens where there is no page.
import { describe, expect, it } from 'vitest'
import { capacityMeter, ConditionalCheckFailedException, N, openDatabase, S, StorageException, table, ValidationException } from 'holdfast'
import { FakeHost, turn } from './fake-host.ts'

const Things = table('Things', { partitionKey: 'id', attributes: { id: S(), n: N().optional() } })

describe('requests', () => {
  it('declare their table once, before all others of the session', async () => {
    const host = new FakeHost()
    const things = host.database.table(Things)
    expect(host.database.table(Things)).toBe(things)
    await Promise.all([things.put({ id: 'a' }), things.get({ id: 'a' }), things.delete({ id: 'a' })])
    await things.put({ id: 'b' })
    expect(host.sent.map(({ operation }) => operation)).toEqual(['DeclareTable', 'PutItem', 'DeleteItem', 'GetItem', 'PutItem'])
  })

  it('travel with the definition’s keys, indexes and settings, without defaults and functions', async () => {
    const Full = table('Full', {
      partitionKey: 'a',
      sortKey: 'b',
      attributes: { a: S(), b: N('bigint').default(1n) as never, c: S().optional(), at: N() },
      globalSecondaryIndexes: { g: { partitionKey: ['a', 'c'], sortKey: ['at'], projection: ['b'] } },
      localSecondaryIndexes: { l: { sortKey: 'c' } },
      timeToLive: 'at',
      streamViewType: 'NEW_IMAGE',
      globalTable: 'EVENTUAL',
      read: () => ({}),
    })
    const host = new FakeHost()
    await host.database.table(Full).scan().first()
    expect(host.inputsOf('DeclareTable')).toEqual([
      {
        Definition: {
          tableName: 'Full',
          partitionKey: 'a',
          sortKey: 'b',
          types: { a: 'S', b: 'N', c: 'S', at: 'N' },
          globalSecondaryIndexes: { g: { partitionKey: ['a', 'c'], sortKey: ['at'], projection: ['b'] } },
          localSecondaryIndexes: { l: { sortKey: 'c' } },
          timeToLive: 'at',
          streamViewType: 'NEW_IMAGE',
          globalTable: 'EVENTUAL',
        },
      },
    ])
  })

  it('of one turn cross together, reads and writes apart', async () => {
    const host = new FakeHost()
    const things = host.database.table(Things)
    await things.put({ id: 'a' })
    host.batches.length = 0
    await Promise.all([...Array(20)].flatMap((_, i) => [things.put({ id: String(i) }), things.get({ id: String(i) })]))
    expect(host.batches).toEqual([20, 20])
  })

  it('see what was given, not what became of it since', async () => {
    const host = new FakeHost()
    const things = host.database.table(Things)
    const item = { id: 'a', n: 1 }
    const put = things.put(item)
    item.n = 2
    await put
    expect(host.inputsOf('PutItem')[0]?.['Item']).toEqual({ id: 'a', n: 1 })
  })

  it('reject with the declaration’s error and declare again next time', async () => {
    let refuse = true
    const host = new FakeHost(({ operation }) => {
      if (operation === 'DeclareTable' && refuse) throw new ValidationException('another key')
      return {}
    })
    const things = host.database.table(Things)
    await expect(Promise.all([things.get({ id: 'a' }), things.put({ id: 'a' })])).rejects.toThrow('another key')
    refuse = false
    await things.put({ id: 'a' })
    expect(host.inputsOf('DeclareTable')).toHaveLength(2)
  })

  it('rebuild exceptions with native items', async () => {
    const host = new FakeHost(({ operation }) => {
      if (operation === 'PutItem') throw new ConditionalCheckFailedException(undefined, { item: { id: 'a', tags: { SS: ['x'] } } })
      return {}
    })
    const error = await host.database.table(Things).put({ id: 'a' }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ConditionalCheckFailedException)
    expect(error).toMatchObject({ item: { id: 'a', tags: new Set(['x']) }, fault: 'client', retryable: false })
  })

  it('refuse conditions and updates on undefined: they would vanish on the way', async () => {
    const host = new FakeHost()
    const things = host.database.table(Things)
    const unknown = undefined as unknown as number
    await expect(things.delete({ id: 'a' }, { condition: { n: unknown } })).rejects.toThrow(ValidationException)
    await expect(things.update({ id: 'a' }, { set: { n: unknown } })).rejects.toThrow(ValidationException)
    await expect(things.query({ id: unknown as unknown as string }).all()).rejects.toThrow(ValidationException)
    expect(host.inputsOf('DeleteItem')).toEqual([])
  })
})

describe('options', () => {
  it('carry a durability with writes only: the request’s, else the database’s', async () => {
    const host = new FakeHost()
    const things = host.database.table(Things)
    await things.put({ id: 'a' }, { durability: 'strict' })
    await things.put({ id: 'a' })
    await things.query({ id: 'a' }).all({ durability: 'strict' } as object)
    expect(host.sent.slice(1).map(({ options }) => options)).toEqual([{ durability: 'strict' }, undefined, undefined])
  })

  it('meter reads, writes and transactions', async () => {
    const host = new FakeHost(({ operation, input }) => {
      expect(input['ReturnConsumedCapacity']).toBe(operation === 'DeclareTable' ? undefined : 'TOTAL')
      if (operation === 'TransactCommit') return { ConsumedCapacity: [{ CapacityUnits: 5, ReadCapacityUnits: 1, WriteCapacityUnits: 4 }] }
      return { ConsumedCapacity: { CapacityUnits: operation === 'GetItem' ? 0.5 : 3 } }
    })
    const things = host.database.table(Things)
    const meter = capacityMeter()
    await things.get({ id: 'a' }, { meter })
    await things.put({ id: 'a' }, { meter })
    await host.database.transact((tx) => tx.put(things, { id: 'b' }), { meter })
    expect(meter).toEqual({ readUnits: 1.5, writeUnits: 7 })
  })

  it('abort the wait: before sending nothing is sent, later the request goes on', async () => {
    const answers: (() => void)[] = []
    const host = new FakeHost(
      ({ operation }) =>
        new Promise((resolve) => {
          if (operation === 'PutItem') answers.push(() => resolve({}))
          else resolve({})
        }),
    )
    const things = host.database.table(Things)
    await things.get({ id: 'a' })
    await expect(things.put({ id: 'a' }, { signal: AbortSignal.abort(new Error('mine')) })).rejects.toThrow('mine')
    expect(answers).toHaveLength(0)
    const abort = new AbortController()
    const put = things.put({ id: 'a' }, { signal: abort.signal })
    await turn()
    abort.abort(new Error('mine'))
    await expect(put).rejects.toThrow('mine')
    expect(answers).toHaveLength(1)
    answers[0]?.()
    await turn()
  })

  it('abort the wait for a declaration too', async () => {
    const host = new FakeHost(() => new Promise(() => undefined))
    const get = host.database.table(Things).get({ id: 'a' }, { signal: AbortSignal.timeout(5) })
    await expect(get).rejects.toMatchObject({ name: 'TimeoutError' })
  })
})

describe('a database', () => {
  it('connects with the first request, not before', async () => {
    const host = new FakeHost()
    const things = host.database.table(Things)
    things.query({ id: 'a' }).live()
    await turn()
    expect(host.events).toBeUndefined()
    await things.get({ id: 'a' })
    expect(host.events).toBeDefined()
  })

  it('closes: requests under way and later ones reject, twice is once', async () => {
    const host = new FakeHost(({ operation }) => (operation === 'GetItem' ? new Promise<object>(() => undefined) : {}))
    const things = host.database.table(Things)
    await things.put({ id: 'a' })
    const waiting = things.get({ id: 'a' })
    const rejected = expect(waiting).rejects.toMatchObject({ name: 'StorageException', reason: 'CLOSED' })
    await turn()
    await host.database.close()
    await host.database.close()
    await rejected
    await expect(things.put({ id: 'b' })).rejects.toThrow(StorageException)
    expect(host.database.status.current).toEqual({ state: 'CLOSED' })
  })

  it('is harmless on a server: opening does nothing, using it says what is missing', async () => {
    const db = openDatabase('server')
    const things = db.table(Things)
    const query = things.query({ id: 'a' })
    expect(db.status.current).toEqual({ state: 'OPENING' })
    expect(db.storage.current).toEqual({ persisted: false, usageBytes: 0, quotaBytes: 0, atRisk: false })
    expect(query.live().current.status).toBe('PENDING')
    await expect(query.all()).rejects.toThrow('Holdfast needs a page with workers and IndexedDB')
    await expect(query.all()).rejects.toMatchObject({ name: 'StorageException', reason: 'UNAVAILABLE' })
    await db.close()
  })
})
