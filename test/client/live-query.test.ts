// Live queries over a played host: one value per push, identities, changes, failover, sharing, teardown.
import { describe, expect, it } from 'vitest'
import { beginsWith, contains, type HoldfastException, L, type LiveItems, M, N, S, SS, table, ValidationException } from 'holdfast'
import { FakeHost, turn } from './fake-host.ts'

const Todos = table('Todos', {
  partitionKey: 'list',
  sortKey: 'id',
  attributes: { list: S(), id: S(), title: S(), n: N().default(0), tags: SS().optional(), steps: L(M({ name: S() })).optional() },
  globalSecondaryIndexes: { byTitle: { partitionKey: 'title', sortKey: 'n', projection: 'KEYS_ONLY' } },
})
type Value = LiveItems<{ id: string; title: string; n: number }, { list: string; id: string }>
const raw = (id: string, title = id): object => ({ list: 'a', id, title })
const entry = (id: string, title?: string): [string, object] => [`k${id}`, raw(id, title)]

async function setUp() {
  const host = new FakeHost()
  const todos = host.database.table(Todos)
  const live = todos.query({ list: 'a' }).live()
  const values: Value[] = []
  const subscription = live.subscribe((value) => values.push(value))
  await turn()
  const [subscribed] = host.inputsOf('Subscribe')
  return { host, todos, live, values, subscription, number: subscribed?.['subscription'] as number }
}

describe('a live query', () => {
  it('declares the table, subscribes once, and is PENDING until the snapshot', async () => {
    const { host, live, values, number } = await setUp()
    expect(host.sent.map(({ operation }) => operation)).toEqual(['DeclareTable', 'Subscribe'])
    expect(host.inputsOf('Subscribe')[0]).toEqual({
      subscription: number,
      query: { TableName: 'Todos', KeyCondition: { tests: [['list', ['=', { value: 'a' }]]] } },
    })
    expect(values).toEqual([{ status: 'PENDING', items: [], replicated: false, unsent: new Set(), changes: [] }])
    host.push(['snapshot', number, []])
    expect(live.current).toEqual({ status: 'ACTIVE', items: [], replicated: true, unsent: new Set(), changes: [] })
    expect(values).toHaveLength(2)
  })

  it('gives one value per push, in key order, with what changed', async () => {
    const { host, values, number } = await setUp()
    host.push(['snapshot', number, [entry('1'), entry('3')]])
    host.push(['change', number, [entry('2'), ['k3', null], entry('1', 'new')]])
    const [, first, second] = values
    expect(first?.items.map(({ id, n }) => [id, n])).toEqual([['1', 0], ['3', 0]])
    expect(first?.changes.map(({ eventName, keys }) => [eventName, keys])).toEqual([
      ['INSERT', { list: 'a', id: '1' }],
      ['INSERT', { list: 'a', id: '3' }],
    ])
    expect(second?.items.map(({ id, title }) => [id, title])).toEqual([['1', 'new'], ['2', '2']])
    expect(second?.changes).toEqual([
      { eventName: 'MODIFY', keys: { list: 'a', id: '1' }, newImage: second?.items[0], oldImage: first?.items[0] },
      { eventName: 'INSERT', keys: { list: 'a', id: '2' }, newImage: second?.items[1] },
      { eventName: 'REMOVE', keys: { list: 'a', id: '3' }, oldImage: first?.items[1] },
    ])
  })

  it('keeps the identity of unchanged items, and of values where nothing changed', async () => {
    const { host, live, values, number } = await setUp()
    host.push(['snapshot', number, [entry('1'), entry('2')]])
    const before = live.current
    host.push(['change', number, [entry('1')]])
    expect(live.current).toBe(before)
    host.push(['change', number, [entry('3')]])
    expect(live.current.items.slice(0, 2)).toEqual(before.items)
    expect(live.current.items[0]).toBe(before.items[0])
    expect(values).toHaveLength(3)
  })

  it('compares a failover’s new snapshot with what is shown', async () => {
    const { host, live, number } = await setUp()
    const rich = (name: string): [string, object] => ['k9', { ...raw('9'), tags: { SS: ['x', 'y'] }, steps: [{ M: { name } }], any: { B: 'AQI=' } }]
    host.push(['snapshot', number, [entry('1'), entry('2'), rich('s')]])
    const before = live.current
    host.failOver()
    await turn()
    expect(host.inputsOf('Subscribe')).toHaveLength(2)
    host.push(['snapshot', number, [entry('1'), entry('2'), rich('s')]])
    expect(live.current).toBe(before)
    host.failOver()
    await turn()
    host.push(['snapshot', number, [entry('2'), entry('3'), rich('t')]])
    expect(live.current.items[0]).toBe(before.items[1])
    expect(live.current.changes.map(({ eventName, keys }) => [eventName, keys.id])).toEqual([['REMOVE', '1'], ['INSERT', '3'], ['MODIFY', '9']])
  })

  it('keeps the order of a query that walks backwards', async () => {
    const host = new FakeHost()
    const live = host.database.table(Todos).query({ list: 'a' }, { scanIndexForward: false, take: 2 }).live()
    live.subscribe(() => undefined)
    await turn()
    expect(host.inputsOf('Subscribe')[0]?.['query']).toMatchObject({ ScanIndexForward: false, Take: 2 })
    host.push(['snapshot', 1, [entry('3'), entry('2')]])
    expect(live.current.items.map(({ id }) => id)).toEqual(['3', '2'])
    host.push(['change', 1, [entry('4'), ['k2', null]]])
    expect(live.current.items.map(({ id }) => id)).toEqual(['4', '3'])
  })

  it('shows what was asked for and has the keys all the same', async () => {
    const host = new FakeHost()
    const todos = host.database.table(Todos)
    const live = todos.query({ list: 'a' }, { projection: ['title'] }).live()
    live.subscribe(() => undefined)
    await turn()
    host.push(['snapshot', 1, [entry('1')]])
    const before = live.current
    expect(before.items).toEqual([{ title: '1' }])
    expect(before.changes[0]?.keys).toEqual({ list: 'a', id: '1' })
    host.push(['change', 1, [['k1', { ...raw('1'), n: 5 }]]])
    expect(live.current).toBe(before)
  })

  it('knows keys and projection of an index', async () => {
    const host = new FakeHost()
    const live = host.database.table(Todos).index('byTitle').query({ title: 'x' }).live()
    live.subscribe(() => undefined)
    await turn()
    host.push(['snapshot', 1, [['t', { list: 'a', id: '1', title: 'x', n: 1 }]]])
    expect(live.current.items).toEqual([{ list: 'a', id: '1', title: 'x', n: 1 }])
    expect(live.current.changes[0]?.keys).toEqual({ list: 'a', id: '1', title: 'x', n: 1 })
  })

  it('is the same for equal descriptions, with one subscription at the host', async () => {
    const host = new FakeHost()
    const todos = host.database.table(Todos)
    const make = () => todos.query({ list: 'a', id: beginsWith('x') }, { filter: { tags: contains('t') } }).live()
    expect(make()).toBe(make())
    make().subscribe(() => undefined)
    make().subscribe(() => undefined)
    todos.query({ list: 'b' }).live().subscribe(() => undefined)
    await turn()
    expect(host.inputsOf('Subscribe')).toHaveLength(2)
  })

  it('ends at the host when the last observer has left, but not for one who comes back at once', async () => {
    const { host, live, subscription, number } = await setUp()
    host.push(['snapshot', number, [entry('1')]])
    const second = live.subscribe(() => undefined)
    subscription()
    await turn()
    expect(host.inputsOf('Unsubscribe')).toEqual([])
    second()
    const third = live.subscribe(() => undefined)
    await turn()
    expect(host.inputsOf('Unsubscribe')).toEqual([])
    expect(live.current.items).toHaveLength(1)
    third()
    await turn()
    expect(host.inputsOf('Unsubscribe')).toEqual([{ subscription: number }])
    expect(live.current.status).toBe('PENDING')
    live.subscribe(() => undefined)
    await turn()
    expect(host.inputsOf('Subscribe')).toHaveLength(2)
  })

  it('never subscribes for an observer who left before the table was declared', async () => {
    const host = new FakeHost()
    host.database.table(Todos).query({ list: 'a' }).live().subscribe(() => undefined)()
    await turn()
    await turn()
    expect(host.inputsOf('Subscribe')).toEqual([])
  })

  it('fails for good with the host’s error, and begins anew when asked again', async () => {
    const { host, live, values, number } = await setUp()
    const errors: HoldfastException[] = []
    live.subscribe({ next: () => undefined, error: (error) => errors.push(error) })
    host.push(['snapshot', number, [entry('1')]])
    host.push(['failed', number, { name: 'ResourceNotFoundException', message: 'gone' }])
    expect(values.at(-1)).toMatchObject({ status: 'FAILED', error: { name: 'ResourceNotFoundException', message: 'gone' }, changes: [] })
    expect(errors).toHaveLength(1)
    await turn()
    expect(live.current.status).toBe('FAILED')
    live.subscribe(() => undefined)
    await turn()
    expect(live.current.status).toBe('PENDING')
    expect(host.inputsOf('Subscribe')).toHaveLength(2)
  })

  it('fails where an item can’t be read, or the table not be declared', async () => {
    const { host, live, number } = await setUp()
    host.push(['snapshot', number, [['k1', { ...raw('1'), n: { N: '9007199254740993' } }]]])
    expect(live.current).toMatchObject({ status: 'FAILED', error: { name: 'ValidationException' } })
    const refusing = new FakeHost(() => Promise.reject(new ValidationException('another key')))
    const other = refusing.database.table(Todos).query({ list: 'a' }).live()
    const loop = (async () => {
      for await (const _ of other);
    })()
    await expect(loop).rejects.toThrow('another key')
  })

  it('loops over known values only, and completes when the database closes', async () => {
    const { host, live, number } = await setUp()
    const seen: number[] = []
    const loop = (async () => {
      for await (const { items } of live) seen.push(items.length)
    })()
    await turn()
    host.push(['snapshot', number, []])
    await turn()
    host.push(['change', number, [entry('1')]])
    host.push(['change', number, [entry('2')]])
    await turn()
    await host.database.close()
    await loop
    expect(seen).toEqual([0, 2])
  })

  it('pauses while the database can’t be opened', async () => {
    const { host, live, number } = await setUp()
    const ended: unknown[] = []
    live.subscribe({ next: () => undefined, error: (error) => ended.push(error) })
    host.push(['snapshot', number, [entry('1')]])
    const before = live.current
    host.events?.status('FAILED', { name: 'StorageException', message: 'blocked', fields: { reason: 'BLOCKED' } })
    expect(live.current).toMatchObject({ status: 'FAILED', items: before.items, error: { message: 'blocked' }, changes: [] })
    expect(host.database.status.current.state).toBe('FAILED')
    host.failOver()
    await turn()
    host.push(['snapshot', number, [entry('1'), entry('2')]])
    expect(live.current).toMatchObject({ status: 'ACTIVE', changes: [{ eventName: 'INSERT' }] })
    expect(live.current.error).toBeUndefined()
    expect(live.current.items[0]).toBe(before.items[0])
    expect(ended).toEqual([])
  })

  it('fails with the database', async () => {
    const { host, live } = await setUp()
    host.events?.status('UPDATE_REQUIRED', { name: 'UpdateRequiredException', message: 'reload' })
    expect(live.current).toMatchObject({ status: 'FAILED', error: { name: 'UpdateRequiredException' } })
    expect(host.database.status.current).toMatchObject({ state: 'UPDATE_REQUIRED', error: { message: 'reload' } })
  })

  it('takes 10,000 items and changes to them', async () => {
    const { host, live, number } = await setUp()
    const entries = Array.from({ length: 10_000 }, (_, i) => entry(String(i).padStart(5, '0')))
    host.push(['snapshot', number, entries])
    for (let i = 0; i < 20; i++) host.push(['change', number, [entry('05000', String(i))]])
    expect(live.current.items).toHaveLength(10_000)
  })
})
