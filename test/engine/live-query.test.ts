// Live queries: snapshot and changes together must always equal what Query or Scan answers, commit by commit.
// The property at the end follows random queries through random histories, restarts of the readers included.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttributeMap } from '../../src/model/attribute-value.ts'
import { LiveQueries, type LiveListener, type LiveQueryInput } from '../../src/engine/live-query.ts'
import { indexRange } from '../../src/engine/storage-keys.ts'
import { openEngine, type EngineFixture } from './engine-fixture.ts'
import { ModelDatabase, type ModelSchema } from './model-database.ts'

const RUNS = Number(process.env['HOLDFAST_RUNS'] ?? '1')

/** Keeps what a page would show. */
class Follower implements LiveListener {
  readonly events: (readonly (readonly [string, AttributeMap | null])[])[] = []
  readonly entries = new Map<string, AttributeMap>()
  snapshots = 0
  error: unknown
  onEvent = (): void => undefined

  snapshot(entries: readonly (readonly [string, object])[]): void {
    this.snapshots++
    this.entries.clear()
    this.#apply(entries)
  }
  change(changes: readonly (readonly [string, object | null])[]): void {
    expect(this.snapshots).toBe(1)
    this.#apply(changes)
  }
  failed(error: unknown): void {
    this.error = error
  }
  #apply(changes: readonly (readonly [string, object | null])[]): void {
    const plain = JSON.parse(JSON.stringify(changes)) as [string, AttributeMap | null][]
    this.events.push(plain)
    for (const [token, item] of plain) {
      if (item === null) this.entries.delete(token)
      else this.entries.set(token, item)
    }
    this.onEvent()
  }
  /** In token order. */
  get items(): AttributeMap[] {
    return [...this.entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, item]) => item)
  }
}

const TableName = 'Things'
const LISTS = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: ['list', 'id', 'owner', 'due'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
  KeySchema: [
    { AttributeName: 'list', KeyType: 'HASH' },
    { AttributeName: 'id', KeyType: 'RANGE' },
  ],
  LocalSecondaryIndexes: [
    {
      IndexName: 'byDue',
      KeySchema: [
        { AttributeName: 'list', KeyType: 'HASH' },
        { AttributeName: 'due', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
  GlobalSecondaryIndexes: [
    {
      IndexName: 'byOwner',
      KeySchema: [
        { AttributeName: 'owner', KeyType: 'HASH' },
        { AttributeName: 'due', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['title'] },
    },
  ],
}

async function openLists(options = {}): Promise<{ fixture: EngineFixture; live: LiveQueries; put: (item: AttributeMap) => Promise<unknown> }> {
  const fixture = await openEngine(options)
  await fixture.run('CreateTable', LISTS)
  return { fixture, live: new LiveQueries(fixture.engine), put: (Item) => fixture.run('PutItem', { TableName, Item }) }
}
const inList = (list: string): LiveQueryInput => ({ TableName, KeyCondition: { tests: [['list', ['=', { value: list }]]] } })
const settle = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await new Promise((resolve) => setImmediate(resolve))
}

describe('a live query', () => {
  it('sends a snapshot, then one list of changes per commit', async () => {
    const { live, put, fixture } = await openLists()
    await put({ list: 'home', id: '1', title: 'Milk' })
    const follower = new Follower()
    live.subscribe(inList('home'), follower)
    await settle()
    expect(follower.items).toEqual([{ list: 'home', id: '1', title: 'Milk' }])
    await put({ list: 'home', id: '2', title: 'Tea' })
    await put({ list: 'work', id: '1', title: 'Ship' })
    await fixture.run('DeleteItem', { TableName, Key: { list: 'home', id: '1' } })
    expect(follower.events.map((event) => event.map(([, item]) => item))).toEqual([
      [{ list: 'home', id: '1', title: 'Milk' }],
      [{ list: 'home', id: '2', title: 'Tea' }],
      [null],
    ])
  })

  it('never shows half a transaction', async () => {
    const { live, fixture } = await openLists()
    const follower = new Follower()
    live.subscribe({ TableName }, follower)
    await settle()
    const put = (id: string) => ({ Put: { TableName, Item: { list: 'home', id } } })
    await fixture.run('TransactWriteItems', { TransactItems: [put('1'), put('2'), put('3')] })
    expect(follower.events.map((event) => event.length)).toEqual([0, 3])
  })

  it('lets items enter and leave its filter, and says nothing of what the projection hides', async () => {
    const { live, put } = await openLists()
    const follower = new Follower()
    live.subscribe({ ...inList('home'), Filter: { tests: [['done', ['=', { value: false }]]] }, Projection: ['id', 'title'] }, follower)
    await settle()
    await put({ list: 'home', id: '1', title: 'Milk', done: false })
    await put({ list: 'home', id: '1', title: 'Milk', done: false, note: 'hidden' })
    await put({ list: 'home', id: '1', title: 'Milk', done: true })
    await put({ list: 'home', id: '1', title: 'Oat milk', done: true })
    await put({ list: 'home', id: '1', title: 'Oat milk', done: false })
    expect(follower.events.slice(1).map((event) => event.map(([, item]) => item))).toEqual([
      [{ id: '1', title: 'Milk' }],
      [null],
      [{ id: '1', title: 'Oat milk' }],
    ])
  })

  it('follows an index: entries move with their key, and what is not projected changes nothing', async () => {
    const { live, put } = await openLists()
    const follower = new Follower()
    live.subscribe({ TableName, IndexName: 'byOwner', KeyCondition: { tests: [['owner', ['=', { value: 'ada' }]]] } }, follower)
    await settle()
    await put({ list: 'home', id: '1', owner: 'ada', due: '2', title: 'Milk', note: 'n' })
    await put({ list: 'home', id: '1', owner: 'ada', due: '2', title: 'Milk', note: 'm' })
    await put({ list: 'home', id: '1', owner: 'ada', due: '1', title: 'Milk' })
    await put({ list: 'home', id: '1', owner: 'bob', due: '1', title: 'Milk' })
    const entry = { list: 'home', id: '1', owner: 'ada', title: 'Milk' }
    expect(follower.events.slice(1).map((event) => event.map(([, item]) => item))).toEqual([
      [{ ...entry, due: '2' }],
      [null, { ...entry, due: '1' }],
      [null],
    ])
  })

  it('shows whole items of an LSI that does not project them, also when only those change', async () => {
    const { live, put } = await openLists()
    const follower = new Follower()
    live.subscribe({ ...inList('home'), IndexName: 'byDue', Projection: ['id', 'note'] }, follower)
    await settle()
    await put({ list: 'home', id: '1', due: '1', note: 'a' })
    await put({ list: 'home', id: '1', due: '1', note: 'b' })
    expect(follower.items).toEqual([{ id: '1', note: 'b' }])
  })

  it('begins when its index is complete, where Query is refused until then', async () => {
    const { live, put, fixture } = await openLists()
    await put({ list: 'home', id: '1', title: 'Milk' })
    await fixture.run('UpdateTable', {
      TableName,
      AttributeDefinitions: [{ AttributeName: 'title', AttributeType: 'S' }],
      GlobalSecondaryIndexUpdates: [
        { Create: { IndexName: 'byTitle', KeySchema: [{ AttributeName: 'title', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } } },
      ],
    })
    const follower = new Follower()
    live.subscribe({ TableName, IndexName: 'byTitle' }, follower)
    await settle()
    await fixture.engine.idle()
    await settle()
    expect(follower.error).toBeUndefined()
    expect(follower.items).toEqual([{ list: 'home', id: '1', title: 'Milk' }])
  })

  it('fails when its table or its index is deleted, and when there is none', async () => {
    const { live, fixture } = await openLists()
    const [onTable, onIndex, onNothing, wrong] = [new Follower(), new Follower(), new Follower(), new Follower()]
    live.subscribe({ TableName }, onTable)
    live.subscribe({ TableName, IndexName: 'byOwner' }, onIndex)
    live.subscribe({ TableName: 'Absent' }, onNothing)
    live.subscribe({ TableName, KeyCondition: { tests: [['id', ['=', { value: '1' }]]] } }, wrong)
    await settle()
    expect(onNothing.error).toMatchObject({ name: 'ResourceNotFoundException', message: 'Requested resource not found' })
    expect(wrong.error).toMatchObject({ name: 'ValidationException', message: 'Query condition missed key schema element: list' })
    await fixture.run('UpdateTable', { TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byOwner' } }] })
    expect(onIndex.error).toMatchObject({ message: 'The table does not have the specified index: byOwner' })
    expect(onTable.error).toBeUndefined()
    await fixture.run('DeleteTable', { TableName })
    expect(onTable.error).toMatchObject({ name: 'ResourceNotFoundException' })
    expect(live.size).toBe(0)
  })

  it('shares one evaluation among equal queries, and gives a late subscriber a snapshot of its own', async () => {
    const { live, put } = await openLists()
    const [first, second] = [new Follower(), new Follower()]
    const leaveFirst = live.subscribe(inList('home'), first)
    await settle()
    await put({ list: 'home', id: '1' })
    const leaveSecond = live.subscribe(inList('home'), second)
    await put({ list: 'home', id: '2' })
    await settle()
    expect(live.size).toBe(1)
    expect([first.items, second.items]).toEqual([[{ list: 'home', id: '1' }, { list: 'home', id: '2' }], [{ list: 'home', id: '1' }, { list: 'home', id: '2' }]])
    leaveFirst()
    await put({ list: 'home', id: '3' })
    expect([first.items.length, second.items.length]).toEqual([2, 3])
    leaveSecond()
    leaveSecond()
    expect(live.size).toBe(0)
  })

  it('keeps its first items with Take: others move up when one leaves', async () => {
    const { live, put, fixture } = await openLists()
    for (const id of ['1', '2', '3', '4']) await put({ list: 'home', id })
    const [up, down] = [new Follower(), new Follower()]
    live.subscribe({ ...inList('home'), Take: 2 }, up)
    live.subscribe({ ...inList('home'), Take: 2, ScanIndexForward: false }, down)
    await settle()
    await fixture.run('DeleteItem', { TableName, Key: { list: 'home', id: '1' } })
    await settle()
    await put({ list: 'home', id: '25' })
    await put({ list: 'home', id: '5' })
    expect(up.items.map(({ id }) => id)).toEqual(['2', '25'])
    expect(down.items.map(({ id }) => id)).toEqual(['4', '5'])
    expect(up.events.slice(1).map((event) => event.map(([, item]) => item?.['id'] ?? null))).toEqual([[null, '3'], [null, '25']])
  })

  it('goes on with Take where another subscriber leaves in the middle of its snapshot', async () => {
    const { live, put, fixture } = await openLists()
    for (let id = 0; id < 9; id++) await put({ list: 'home', id: String(id), blob: 'x'.repeat(300_000) })
    const [stays, leaves] = [new Follower(), new Follower()]
    const query = { ...inList('home'), Take: 9 }
    live.subscribe(query, stays)
    await settle()
    const leave = live.subscribe(query, leaves)
    await fixture.environment.yieldTask()
    await put({ list: 'home', id: '0', title: 'while it is read' })
    leave()
    await put({ list: 'home', id: '8', title: 'afterwards' })
    await settle()
    expect(leaves.snapshots).toBe(0)
    expect([stays.items[0]?.['title'], stays.items[8]?.['title']]).toEqual(['while it is read', 'afterwards'])
  })

  it('has no more than Take entries where others come while its snapshot is read', async () => {
    const { live, put, fixture } = await openLists()
    for (let id = 1; id < 9; id++) await put({ list: 'home', id: String(id), blob: 'x'.repeat(300_000) })
    const follower = new Follower()
    live.subscribe({ ...inList('home'), Take: 6 }, follower)
    await fixture.environment.yieldTask()
    for (const id of ['01', '02', '03']) await put({ list: 'home', id })
    await settle()
    expect(follower.items.map(({ id }) => id)).toEqual(['01', '02', '03', '1', '2', '3'])
    expect(follower.snapshots).toBe(1)
  })

  it('tells of a commit only those that match, among ten thousand', async () => {
    const { live, put } = await openLists()
    const followers = Array.from({ length: 10_000 }, (_, i) => {
      const follower = new Follower()
      live.subscribe(inList(`list ${i}`), follower)
      return follower
    })
    await settle()
    for (let i = 0; i < 200; i++) await put({ list: `list ${i}`, id: '1' })
    expect(followers.filter(({ events }) => events.length === 2)).toHaveLength(200)
  })
})

const anyActions = fc.array(
  fc.record({
    action: fc.constantFrom('put', 'put', 'delete', 'delete', 'transact', 'subscribe', 'subscribe', 'leave', 'wait', 'turn', 'turn', 'hop'),
    list: fc.constantFrom('home', 'work'),
    id: fc.nat(7),
    owner: fc.constantFrom('ada', 'bob', undefined),
    due: fc.constantFrom('1', '2', undefined),
    query: fc.nat(7),
    take: fc.constantFrom(undefined, undefined, 1, 2, 3, 6, 12),
    reverse: fc.boolean(),
  }),
  { minLength: 3, maxLength: 50, size: 'max' },
)
type Actions = typeof anyActions extends fc.Arbitrary<infer T> ? T : never

/** `filling` makes items so large that a snapshot takes several slices. */
async function followAll(actions: Actions, options: object, filling: object): Promise<void> {
  const { live, put, fixture } = await openLists(options)
  const running: { follower: Follower; input: LiveQueryInput; leave: () => void }[] = []
  const pending: Promise<unknown>[] = []
  const states: [shown: unknown, expected: unknown][] = []
  for (let at = 0; at < 16; at++) await put({ list: at < 8 ? 'home' : 'work', id: String(at % 8), owner: 'ada', due: String(at % 3), done: true, ...filling })
  for (const { action, list, id, owner, due, query, take, reverse } of actions) {
    const indexed = { ...(owner === undefined ? {} : { owner }), ...(due === undefined ? {} : { due }) }
    const item: AttributeMap = { list, id: String(id), done: id % 2 === 0, ...indexed, ...filling }
    if (action === 'put') pending.push(put(item))
    else if (action === 'delete') pending.push(fixture.run('DeleteItem', { TableName, Key: { list, id: String(id) } }))
    else if (action === 'transact') {
      const other = { ...item, id: String((id + 1) % 8) }
      pending.push(fixture.run('TransactWriteItems', { TransactItems: [{ Put: { TableName, Item: item } }, { Put: { TableName, Item: other } }] }))
    } else if (action === 'subscribe') {
      const input = { ...anyQuery(query, list), ...(take === undefined ? {} : { Take: take }), ...(reverse ? { ScanIndexForward: false } : {}) }
      const follower = new Follower()
      if (Object.keys(filling).length === 0) follower.onEvent = () => states.push([shownBy(follower, input), modelAnswer(fixture, input)])
      running.push({ follower, input, leave: live.subscribe(input, follower) })
    } else if (action === 'leave') running.shift()?.leave()
    else if (action === 'turn') await fixture.environment.yieldTask()
    else if (action === 'hop') await Promise.all(pending)
    else await settle()
  }
  await Promise.all(pending)
  await settle()
  await settle()
  for (const [shown, expected] of states) expect(shown).toEqual(expected)
  for (const { follower, input } of running) {
    expect(follower.error).toBeUndefined()
    expect(follower.snapshots).toBe(1)
    expect(shownBy(follower, input)).toEqual(await readAll(fixture, input))
  }
  for (const { leave } of running) leave()
  expect(live.size).toBe(0)
}

function shownBy(follower: Follower, input: LiveQueryInput): AttributeMap[] {
  return input.ScanIndexForward === false ? follower.items.reverse() : follower.items
}

const MODEL: ModelSchema = {
  name: TableName,
  partition: 'list',
  sort: 'id',
  types: { list: 'S', id: 'S', owner: 'S', due: 'S' },
  indexes: [
    { name: 'byDue', local: true, partition: ['list'], sort: ['due'], projection: 'KEYS_ONLY' },
    { name: 'byOwner', local: false, partition: ['owner'], sort: ['due'], projection: ['title'] },
  ],
}
/** What the query is on the very state that the store has now: events come in the turn in which it became durable. */
function modelAnswer({ disk, engine }: EngineFixture, input: LiveQueryInput): unknown {
  const model = new ModelDatabase()
  model.createTable(MODEL)
  const cursor = disk.entries.cursor(indexRange(engine.catalog.mustGetTable(TableName).id, 0))
  while (cursor.next()) model.table(TableName).items.push(JSON.parse(cursor.value.slice(cursor.value.indexOf('{'))) as AttributeMap)
  return model.read(input).Items
}

async function readAll({ run }: EngineFixture, input: LiveQueryInput): Promise<AttributeMap[]> {
  const items: AttributeMap[] = []
  let start: object = {}
  for (;;) {
    const left = input.Take === undefined ? {} : { Take: input.Take - items.length }
    const page = await run(input.KeyCondition === undefined ? 'Scan' : 'Query', { ...input, ...left, ...start })
    items.push(...(page['Items'] as AttributeMap[]))
    if (page['LastEvaluatedKey'] === undefined || items.length === input.Take) return items
    start = { ExclusiveStartKey: page['LastEvaluatedKey'] }
  }
}

describe('snapshots and changes together equal the query, whatever is written meanwhile', () => {
  it('from memory', async () => {
    await fc.assert(fc.asyncProperty(anyActions, (actions) => followAll(actions, {}, {})), { numRuns: 80 * RUNS })
  }, 60_000 * RUNS)

  it('where pages fault', async () => {
    await fc.assert(fc.asyncProperty(anyActions, (actions) => followAll(actions, { faultEvery: 3 }, {})), { numRuns: 60 * RUNS })
  }, 60_000 * RUNS)

  it('where a snapshot takes several slices', async () => {
    const filling = { blob: 'x'.repeat(180_000) }
    await fc.assert(fc.asyncProperty(anyActions, (actions) => followAll(actions, {}, filling)), { numRuns: 15 * RUNS })
  }, 60_000 * RUNS)
})

function anyQuery(query: number, list: string): LiveQueryInput {
  const key = inList(list)
  const owner = { TableName, IndexName: 'byOwner', KeyCondition: { tests: [['owner', ['=', { value: 'ada' }]]] } } as const
  const filter = { Filter: { tests: [['done', ['=', { value: true }]]] } } as const
  const all: readonly LiveQueryInput[] = [
    { TableName },
    key,
    { ...key, ...filter },
    owner,
    { TableName, KeyCondition: { tests: [['list', ['=', { value: list }]], ['id', ['between', { value: '2' }, { value: '5' }]]] } },
    { ...key, IndexName: 'byDue', Projection: ['id', 'owner', 'due'] },
    { ...key, Projection: ['id'] },
    { TableName, IndexName: 'byDue' },
  ]
  return all[query % all.length] ?? { TableName }
}
