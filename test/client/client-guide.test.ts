// CLIENT.md, block by block, over the whole stack in memory: what the guide shows works as written. Sync's parts come later.
import { describe, expect, it } from 'vitest'
import {
  attributeExists,
  B,
  beginsWith,
  BOOL,
  capacityMeter,
  ConditionalCheckFailedException,
  contains,
  gt,
  ifNotExists,
  L,
  lt,
  M,
  N,
  NumberValue,
  or,
  path,
  raw,
  S,
  SS,
  StorageException,
  table,
  ValidationException,
} from 'holdfast'
import { openTestDatabase, type TestDatabase } from 'holdfast/testing'

const Todos = table('Todos', {
  partitionKey: 'list',
  sortKey: 'id',
  attributes: { list: S(), id: S(), title: S(), done: BOOL().default(false), due: N().optional(), tags: SS().optional() },
  globalSecondaryIndexes: { byDue: { partitionKey: 'list', sortKey: 'due' } },
})
async function withTodos() {
  const db = openTestDatabase()
  const todos = db.table(Todos)
  await todos.put({ list: 'home', id: '1', title: 'Milk' })
  return { db, todos, [Symbol.asyncDispose]: () => db.close() }
}

describe('1. first data', () => {
  it('puts an item and sees it in a live query', async () => {
    await using setup = await withTodos()
    for await (const { items } of setup.todos.query({ list: 'home' }).live()) {
      expect(items).toEqual([{ list: 'home', id: '1', title: 'Milk', done: false }])
      break
    }
  })
})

describe('2. items', () => {
  it('puts, gets, deletes', async () => {
    await using setup = await withTodos()
    const { todos } = setup
    const key = { list: 'home', id: '2' }
    expect(await todos.put({ ...key, title: 'Tea', tags: new Set(['hot']) })).toBeUndefined()
    const todo = await todos.get(key, { consistentRead: true })
    expect(todo).toEqual({ ...key, title: 'Tea', tags: new Set(['hot']), done: false })
    const old = await todos.delete(key, { returnValues: 'ALL_OLD', signal: AbortSignal.timeout(2000) })
    expect(old).toEqual(todo)
    expect(await todos.get(key)).toBeUndefined()
    expect(await todos.delete(key, { returnValues: 'ALL_OLD' })).toBeUndefined()
  })

  it('takes a whole item for a key', async () => {
    await using setup = await withTodos()
    const [item] = await setup.todos.scan().all()
    if (item === undefined) throw new Error('no item')
    await setup.todos.delete(item)
    expect(await setup.todos.scan().count()).toBe(0)
  })

  it('ends the wait, not the commit, when a signal aborts', async () => {
    await using setup = await withTodos()
    const abort = new AbortController()
    const write = setup.todos.put({ list: 'home', id: '9', title: 'late' }, { signal: abort.signal })
    abort.abort()
    await expect(write).rejects.toMatchObject({ name: 'AbortError' })
    expect(await setup.todos.get({ list: 'home', id: '9' })).toMatchObject({ title: 'late' })
    await expect(setup.todos.get({ list: 'home', id: '9' }, { signal: abort.signal })).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('3. updates, conditions, errors', () => {
  it('updates under a condition', async () => {
    await using setup = await withTodos()
    const { todos } = setup
    const key = { list: 'home', id: '2' }
    await todos.put({ ...key, title: 'Tea', tags: new Set(['hot']) })
    const now = await todos.update(
      key,
      { set: { title: 'Green tea', due: ifNotExists(1767225600) }, add: { tags: new Set(['green', 'a']) }, remove: ['done'] },
      { condition: or({ done: false }, { due: gt(0) }), returnValues: 'ALL_NEW' },
    )
    expect(now).toEqual({ ...key, title: 'Green tea', due: 1767225600, tags: new Set(['a', 'green', 'hot']), done: false })
    expect(await todos.update(key, { set: { due: 5 } }, { returnValues: 'UPDATED_OLD' })).toEqual({ due: 1767225600 })
  })

  it('rejects with the exception and, if asked, the item', async () => {
    await using setup = await withTodos()
    const { todos } = setup
    const failed = todos.put(
      { list: 'home', id: '1', title: 'x' },
      { condition: { done: true }, returnValuesOnConditionCheckFailure: 'ALL_OLD' },
    )
    const error = await failed.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ConditionalCheckFailedException)
    expect(error).toMatchObject({ name: 'ConditionalCheckFailedException', message: 'The conditional request failed' })
    expect((error as ConditionalCheckFailedException).item).toEqual({ list: 'home', id: '1', title: 'Milk', done: false })
  })

  it('creates a missing item unless the condition asks for it', async () => {
    await using setup = await withTodos()
    const { todos } = setup
    const key = { list: 'home', id: 'new' }
    await expect(todos.update(key, { set: { title: 'x' } }, { condition: { id: attributeExists() } })).rejects.toThrow(ConditionalCheckFailedException)
    await todos.update(key, { set: { title: 'x' } })
    expect(await todos.get(key)).toEqual({ ...key, title: 'x', done: false })
  })
})

describe('4. queries and pages', () => {
  async function withMany() {
    const setup = await withTodos()
    const put = Array.from({ length: 25 }, (_, i) => ({
      list: 'home',
      id: `2026-${String(i).padStart(2, '0')}`,
      title: `t${i}`,
      due: i,
      tags: new Set([i % 2 === 0 ? 'hot' : 'cold']),
    }))
    await setup.todos.batchWrite({ put })
    return setup
  }

  it('reads a query by loop, at once, by the page', async () => {
    await using setup = await withMany()
    const { todos } = setup
    const query = todos.query({ list: 'home', id: beginsWith('2026-') }, { filter: { tags: contains('hot') }, take: 5 })
    const titles: string[] = []
    for await (const item of query) titles.push(item.title)
    expect(titles).toEqual(['t0', 't2', 't4', 't6', 't8'])
    expect((await query.all()).map((item) => item.title)).toEqual(titles)
    expect(await query.first()).toMatchObject({ title: 't0' })
    expect(await query.count()).toBe(5)
    const { items, lastEvaluatedKey, count, scannedCount } = await todos.scan().page({ limit: 10 })
    expect([items.length, count, scannedCount]).toEqual([10, 10, 10])
    expect(lastEvaluatedKey).toEqual({ list: 'home', id: '2026-08' })
    const sizes: number[] = []
    for await (const page of todos.query({ list: 'home' }).pages({ limit: 10 })) sizes.push(page.items.length)
    expect(sizes).toEqual([10, 10, 6])
    const some = todos.query({ list: 'home' }, { take: 12 }).pages({ limit: 10 })
    const taken: number[] = []
    for await (const page of some) taken.push(page.items.length)
    expect(taken).toEqual([10, 2])
  })

  it('reads backwards, projected, and by index', async () => {
    await using setup = await withMany()
    const { todos } = setup
    expect(await todos.query({ list: 'home' }, { scanIndexForward: false, projection: ['id', 'done'] }).first()).toEqual({ id: '2026-24', done: false })
    const soon = await todos.index('byDue').query({ list: 'home', due: lt(3) }).all()
    expect(soon.map((item) => item.due)).toEqual([0, 1, 2])
    expect(await todos.index('byDue').scan().count()).toBe(25)
    expect(await todos.query({ list: 'nowhere' }).first()).toBeUndefined()
  })

  it('reads more than a page of 1 MB', async () => {
    await using setup = await withTodos()
    const big = 'x'.repeat(100_000)
    await setup.todos.batchWrite({ put: Array.from({ length: 30 }, (_, i) => ({ list: 'big', id: String(i).padStart(2, '0'), title: big })) })
    const query = setup.todos.query({ list: 'big' })
    expect((await query.page()).items.length).toBeLessThan(15)
    expect((await query.all()).map((item) => item.id)).toEqual(Array.from({ length: 30 }, (_, i) => String(i).padStart(2, '0')))
    expect(await query.count()).toBe(30)
    let seen = 0
    for await (const item of query) seen += item.id === '' ? 0 : 1
    expect(seen).toBe(30)
  })

  it('is a value until it is read: comparable, loggable', async () => {
    await using setup = await withTodos()
    const { todos } = setup
    const make = () => todos.query({ list: 'home', id: beginsWith('2') }, { filter: { due: gt(3) }, take: 2 })
    expect(make()).toEqual(make())
    expect(JSON.parse(JSON.stringify(make()))).toMatchObject({ tableName: 'Todos', key: { list: 'home' }, options: { take: 2 } })
    expect(make().live()).toBe(make().live())
    expect(make().live()).not.toBe(todos.query({ list: 'home' }).live())
  })
})

describe('5. values', () => {
  it('keeps exact numbers, bigints, bytes and lists of maps', async () => {
    await using db = openTestDatabase()
    const Products = table('Products', {
      partitionKey: 'sku',
      attributes: { sku: S(), price: N('exact'), sold: N('bigint').default(0n), photo: B().optional(), sizes: L(M({ name: S() })) },
    })
    const products = db.table(Products)
    await products.put({ sku: 'a', price: NumberValue.from('19.90'), photo: new Uint8Array([1, 2, 255]), sizes: [{ name: 'XL' }] })
    expect(await products.get({ sku: 'a' })).toEqual({
      sku: 'a',
      price: NumberValue.from('19.9'),
      sold: 0n,
      photo: new Uint8Array([1, 2, 255]),
      sizes: [{ name: 'XL' }],
    })
    await products.update({ sku: 'a' }, { set: { price: NumberValue.from('0.10') }, add: { sold: 9007199254740993n } }, { condition: { price: NumberValue.from('19.90') } })
    expect(await products.get({ sku: 'a' })).toMatchObject({ price: NumberValue.from('0.1'), sold: 9007199254740993n })
    const Rounded = table('Products', { partitionKey: 'sku', attributes: { sku: S(), sold: N() } })
    await expect(db.table(Rounded).get({ sku: 'a' })).rejects.toThrow("sold: 9007199254740993 can't be read as number")
  })
})

describe('8. transactions and batches', () => {
  it('moves an item between partitions', async () => {
    await using setup = await withTodos()
    const { db, todos } = setup
    const key = { list: 'home', id: '1' }
    await todos.put({ list: 'work', id: '0', title: 'gate' })
    const moved = await db.transact(async (tx) => {
      const item = await tx.get(todos, key)
      if (!item) return false
      tx.delete(todos, key)
      tx.put(todos, { ...item, list: 'work' })
      tx.conditionCheck(todos, { list: 'work', id: '0' }, { done: false })
      return true
    })
    expect(moved).toBe(true)
    expect(await todos.get(key)).toBeUndefined()
    expect(await todos.get({ list: 'work', id: '1' })).toMatchObject({ title: 'Milk' })
    await todos.batchWrite({ put: [{ list: 'home', id: '3', title: 'Rice' }], delete: [{ list: 'work', id: '1' }] })
    expect(await todos.batchGet([{ list: 'home', id: '3' }, { list: 'work', id: '1' }, { list: 'work', id: '0' }])).toMatchObject([{ title: 'Rice' }, { title: 'gate' }])
  })
})

describe('12. months apart', () => {
  it('reads what other releases wrote, keeps what it does not know, adds indexes', async () => {
    await using db = openTestDatabase()
    const old = db.table(table('Todos', { partitionKey: 'list', sortKey: 'id', attributes: { list: S(), id: S(), title: S(), weight: N() } }))
    await old.put({ list: 'home', id: '1', title: 'Milk', weight: 3 })
    const TodosNow = table('Todos', {
      partitionKey: 'list',
      sortKey: 'id',
      attributes: { list: S(), id: S(), title: S(), label: S().optional() },
      globalSecondaryIndexes: { byLabel: { partitionKey: 'list', sortKey: 'label' } },
      read: ({ label, title }) => (label === undefined ? { label: title as string } : {}),
    })
    const todos = db.table(TodosNow)
    const item = await todos.get({ list: 'home', id: '1' })
    expect(item).toEqual({ list: 'home', id: '1', title: 'Milk', weight: 3, label: 'Milk' })
    if (item === undefined) throw new Error('no item')
    await todos.put({ ...item, label: 'new' })
    expect(await todos.query({ list: 'home' }, { projection: ['label'] }).all()).toEqual([{ label: 'new' }])
    expect(await old.get({ list: 'home', id: '1' })).toMatchObject({ weight: 3, label: 'new' })
  })

  it('says to rename the table where the key is another', async () => {
    await using setup = await withTodos()
    const other = setup.db.table(table('Todos', { partitionKey: 'id', attributes: { id: S() } }))
    const error = await other.get({ id: '1' }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ValidationException)
    expect((error as Error).message).toMatch(/rename the table/)
    await expect(other.put({ id: '1' })).rejects.toThrow(ValidationException)
    expect(other.query({ id: '1' }).live().current.status).toBe('PENDING')
    await expect(setup.todos.get({ list: 'home', id: '1' })).resolves.toBeDefined()
  })
})

describe('13. several kinds in one table', () => {
  const App = table('App', {
    partitionKey: 'pk',
    sortKey: 'sk',
    timeToLive: 'expires',
    attributes: { pk: S(), sk: S(), expires: N().optional() },
    variants: { user: { kind: S('user'), email: S() }, order: { kind: S('order'), total: N(), paid: BOOL().default(false), cents: N('bigint').optional() } },
  })

  it('tells kinds apart, each with its own defaults and numbers', async () => {
    await using db = openTestDatabase()
    const app = db.table(App)
    await app.put({ pk: 'USER#1', sk: 'a', kind: 'order', total: 3, cents: 7n })
    await app.put({ pk: 'USER#1', sk: 'b', kind: 'user', email: 'x@example.com' })
    const first = await app.query({ pk: 'USER#1' }).first()
    if (first?.kind !== 'order') throw new Error('not an order')
    expect(first).toEqual({ pk: 'USER#1', sk: 'a', kind: 'order', total: 3, paid: false, cents: 7n })
    expect(await app.get({ pk: 'USER#1', sk: 'b' })).toEqual({ pk: 'USER#1', sk: 'b', kind: 'user', email: 'x@example.com' })
  })
})

describe('15. capacity, DynamoDB itself', () => {
  it('takes raw expressions and meters them', async () => {
    await using setup = await withTodos()
    const { todos } = setup
    const key = { list: 'home', id: '1' }
    const meter = capacityMeter()
    await todos.update(key, raw`SET ${path('due')} = ${3}`, { meter, condition: raw`size(${path('title')}) > ${2}` })
    await todos.get(key, { meter, consistentRead: true })
    await todos.query({ list: 'home' }, { meter }).all()
    expect(await todos.get(key)).toMatchObject({ due: 3 })
    // The item and its entry in byDue; a strong and an eventual read.
    expect(meter).toEqual({ writeUnits: 2, readUnits: 1.5 })
  })

  it('sends any operation in document-client shapes', async () => {
    await using setup = await withTodos()
    const { db } = setup
    const Key = { list: 'home', id: '1' }
    const updated = await db.send('UpdateItem', {
      TableName: 'Todos',
      Key,
      UpdateExpression: 'SET #d = :d ADD tags :t',
      ExpressionAttributeNames: { '#d': 'due' },
      ExpressionAttributeValues: { ':d': 9007199254740993n, ':t': new Set(['b', 'a']) },
      ReturnValues: 'ALL_NEW',
    })
    expect(updated.Attributes).toEqual({ ...Key, title: 'Milk', done: false, due: NumberValue.from('9007199254740993'), tags: new Set(['a', 'b']) })
    const { Responses } = await db.send('BatchGetItem', { RequestItems: { Todos: { Keys: [Key] } } })
    expect(Responses).toEqual({ Todos: [updated.Attributes] })
    await db.send('BatchWriteItem', { RequestItems: { Todos: [{ PutRequest: { Item: { ...Key, id: '2', title: 'Tea', map: { Item: { Key: [1] } } } } }] } })
    const page = await db.send('Query', {
      TableName: 'Todos',
      KeyConditionExpression: '#l = :l',
      ExpressionAttributeNames: { '#l': 'list' },
      ExpressionAttributeValues: { ':l': 'home' },
      Limit: 1,
      ExclusiveStartKey: Key,
      ReturnConsumedCapacity: 'TOTAL',
    })
    expect(page).toMatchObject({ Count: 1, Items: [{ id: '2', map: { Item: { Key: [1] } } }], ConsumedCapacity: { TableName: 'Todos', CapacityUnits: 0.5 } })
    expect(page.LastEvaluatedKey).toEqual({ list: 'home', id: '2' })
    const selected = await db.send('ExecuteStatement', { Statement: `SELECT id, map FROM "Todos" WHERE "list" = ? AND contains(tags, ?)`, Parameters: ['home', 'b'] })
    expect(selected).toEqual({ Items: [{ id: '1' }] })
    const batch = await db.send('BatchExecuteStatement', {
      Statements: [
        { Statement: `UPDATE "Todos" SET map.n = ? WHERE "list" = 'home' AND id = '2' RETURNING MODIFIED NEW *`, Parameters: [{ s: new Set([1]) }] },
        { Statement: `DELETE FROM "Todos" WHERE "list" = 'home'` },
      ],
    })
    expect(batch.Responses).toMatchObject([{ TableName: 'Todos', Item: { map: { n: { s: new Set([1]) } } } }, { Error: { Code: 'ValidationError' } }])
    const read = await db.send('ExecuteTransaction', { TransactStatements: [{ Statement: `SELECT title FROM "Todos" WHERE "list" = 'home' AND id = '2'` }] })
    expect(read.Responses).toEqual([{ Item: { title: 'Tea' } }])
    const { Table } = await db.send('DescribeTable', { TableName: 'Todos' })
    expect(Table).toMatchObject({ TableStatus: 'ACTIVE', ItemCount: 2, KeySchema: [{ AttributeName: 'list', KeyType: 'HASH' }, { AttributeName: 'id', KeyType: 'RANGE' }] })
    const got = await db.send('TransactGetItems', { TransactItems: [{ Get: { TableName: 'Todos', Key: { list: 'home', id: '2' } } }] })
    expect(got.Responses).toMatchObject([{ Item: { title: 'Tea' } }])
    const failed = db.send('TransactWriteItems', {
      TransactItems: [
        {
          Put: {
            TableName: 'Todos',
            Item: { ...Key, title: 'x' },
            ConditionExpression: 'attribute_not_exists(id)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          },
        },
      ],
    })
    await expect(failed).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      cancellationReasons: [{ code: 'ConditionalCheckFailed', item: { title: 'Milk', tags: new Set(['a', 'b']) } }],
    })
    await expect(db.send('GetItem', { TableName: 'Nope', Key: { id: '1' } })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})

describe('17. life cycle', () => {
  it('tells its state, closes, and refuses what comes later', async () => {
    const db = openTestDatabase()
    const states: string[] = []
    db.status.subscribe(({ state }) => states.push(state))
    const todos = db.table(Todos)
    await todos.put({ list: 'home', id: '1', title: 'Milk' })
    await db.close()
    expect(states).toEqual(['OPENING', 'OPEN', 'CLOSED'])
    await expect(todos.get({ list: 'home', id: '1' })).rejects.toThrow(StorageException)
  })

  it('erases everything, for other tabs too', async () => {
    const db = openTestDatabase()
    const other = db.openTab()
    await db.table(Todos).put({ list: 'home', id: '1', title: 'Milk' })
    const live = other.table(Todos).query({ list: 'home' }).live()
    using _ = live.subscribe(() => undefined)
    await expect.poll(() => live.current.items.length).toBe(1)
    await db.erase()
    expect(db.status.current).toEqual({ state: 'CLOSED' })
    await expect.poll(() => live.current.error?.name).toBe('ResourceNotFoundException')
    expect(await other.send('ListTables', {})).toEqual({ TableNames: [] })
    await other.close()
  })

  it('shares its data with other tabs and hears their changes', async () => {
    await using db = openTestDatabase()
    const seen: string[][] = []
    const live = db.table(Todos).query({ list: 'home' }).live()
    using _ = live.subscribe(({ items, status }) => status === 'ACTIVE' && seen.push(items.map((item) => item.title)))
    await writeInOtherTab(db)
    await expect.poll(() => seen).toEqual([[], ['Bread']])
  })
})

async function writeInOtherTab(db: TestDatabase): Promise<void> {
  await using other = db.openTab()
  await other.table(Todos).put({ list: 'home', id: '5', title: 'Bread' })
}
