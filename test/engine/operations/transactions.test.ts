import { describe, expect, it } from 'vitest'
import type { Change } from '../../../src/engine/change.ts'
import { openEngine, simpleTable } from '../engine-fixture.ts'

async function open() {
  const fixture = await openEngine()
  await fixture.run('CreateTable', simpleTable('Things'))
  await fixture.run('CreateTable', simpleTable('Others'))
  await fixture.run('BulkWrite', { TableName: 'Things', Put: [{ id: 'a', n: 1 }, { id: 'b', n: 2 }] })
  const transact = (TransactItems: object[], more: object = {}) => fixture.run('TransactWriteItems', { TransactItems, ...more })
  const get = async (id: string, TableName = 'Things') => (await fixture.run('GetItem', { TableName, Key: { id } }))['Item']
  return { ...fixture, transact, get }
}

const put = (Item: object, more: object = {}, TableName = 'Things') => ({ Put: { TableName, Item, ...more } })
const remove = (id: string, more: object = {}) => ({ Delete: { TableName: 'Things', Key: { id }, ...more } })
const check = (id: string, ConditionExpression: string, more: object = {}) => ({
  ConditionCheck: { TableName: 'Things', Key: { id }, ConditionExpression, ...more },
})
const set = (id: string, n: unknown, more: object = {}) => ({
  Update: { TableName: 'Things', Key: { id }, UpdateExpression: 'SET n = :n', ExpressionAttributeValues: { ':n': n }, ...more },
})

describe('TransactWriteItems', () => {
  it('does all of its actions in one commit under one transaction id (R7)', async () => {
    const { transact, get, keyspace } = await open()
    const changes: Change[] = []
    keyspace.onCommit((commit) => changes.push(...(commit.steps.flat() as Change[])))
    expect(await transact([put({ id: 'c' }, {}, 'Others'), set('a', 5), remove('b'), check('x', 'attribute_not_exists(id)')])).toEqual({})
    expect(await get('c', 'Others')).toEqual({ id: 'c' })
    expect(await get('a')).toEqual({ id: 'a', n: 5 })
    expect(await get('b')).toBeUndefined()
    expect(changes).toHaveLength(3)
    expect(new Set(changes.map((change) => change.transactionId)).size).toBe(1)
    expect(changes[0]?.transactionId).toEqual(expect.any(String))
  })

  it('does nothing where one condition fails, and gives a reason per action in order', async () => {
    const { transact, get } = await open()
    const failed = transact([
      set('a', 9),
      put({ id: 'b' }, { ConditionExpression: 'attribute_not_exists(id)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      check('x', 'attribute_exists(id)', { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      set('c', 1),
    ])
    await expect(failed).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      message:
        'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed, None]',
      cancellationReasons: [
        { code: 'None' },
        { code: 'ConditionalCheckFailed', message: 'The conditional request failed', item: { attributes: { id: 'b', n: 2 } } },
        { code: 'ConditionalCheckFailed', message: 'The conditional request failed' },
        { code: 'None' },
      ],
    })
    expect(await get('a')).toEqual({ id: 'a', n: 1 })
    expect(await get('c')).toBeUndefined()
  })

  it('makes reasons of what is wrong with single items', async () => {
    const { transact } = await open()
    await expect(transact([put({ id: 5 }), set('a', 1), set('zz', 1, { Key: { no: 'key' } })])).rejects.toMatchObject({
      cancellationReasons: [
        { code: 'ValidationError', message: 'One or more parameter values were invalid: Type mismatch for key id expected: S actual: N' },
        { code: 'None' },
        { code: 'ValidationError', message: 'The provided key element does not match the schema' },
      ],
    })
    await expect(transact([{ Update: { TableName: 'Things', Key: { id: 'a' }, UpdateExpression: 'SET x = nowhere' } }])).rejects.toMatchObject({
      message: 'Transaction cancelled, please refer cancellation reasons for specific reasons [ValidationError]',
      cancellationReasons: [
        { code: 'ValidationError', message: 'The provided expression refers to an attribute that does not exist in the item' },
      ],
    })
  })

  it('refuses requests that are out of shape', async () => {
    const { transact, run } = await open()
    await expect(run('TransactWriteItems', {})).rejects.toThrow(
      "1 validation error detected: Value null at 'transactItems' failed to satisfy constraint: Member must not be null",
    )
    await expect(transact([])).rejects.toThrow(
      "1 validation error detected: Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
    )
    await expect(transact(Array.from({ length: 101 }, (_, at) => put({ id: String(at) })))).rejects.toThrow(
      "at 'TransactItems' failed to satisfy constraint: Member must have length less than or equal to 100",
    )
    await expect(transact([set('a', 1), remove('a')])).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Transaction request cannot include multiple operations on one item',
    })
    await expect(transact([{ ...set('a', 1), ...remove('b') }])).rejects.toThrow(
      'TransactItems can only contain one of Check, Put, Update or Delete',
    )
    await expect(transact([put({ id: 'a' }, {}, 'Nothing')])).rejects.toThrow('Requested resource not found')
    await expect(transact([{ ConditionCheck: { TableName: 'Things', Key: { id: 'a' } } }])).rejects.toThrow(
      "Value null at 'transactItems.1.member.conditionCheck.conditionExpression' failed to satisfy constraint: Member must not be null",
    )
    await expect(transact([set('a', 1, { UpdateExpression: 'SET' })])).rejects.toMatchObject({ name: 'ValidationException' })
  })

  it('takes 100 actions and refuses more than 4 MB', async () => {
    const { transact } = await open()
    await transact(Array.from({ length: 100 }, (_, at) => put({ id: `i${at}` })))
    const text = 'x'.repeat(400_000)
    await transact(Array.from({ length: 10 }, (_, at) => put({ id: `t${at}`, text })))
    await expect(transact(Array.from({ length: 11 }, (_, at) => put({ id: `t${at}`, text })))).rejects.toThrow(
      'The aggregate size of the items in the transaction exceeds the limit of 4 MB',
    )
  })

  it('tells its capacity: twice that of single writes, checks included', async () => {
    const { transact } = await open()
    const output = await transact([put({ id: 'c', text: 'x'.repeat(1500) }), check('a', 'n = :n', { ExpressionAttributeValues: { ':n': 1 } })], {
      ReturnConsumedCapacity: 'TOTAL',
    })
    expect(output).toEqual({ ConsumedCapacity: [{ TableName: 'Things', CapacityUnits: 6, WriteCapacityUnits: 6 }] })
  })
})

describe('ClientRequestToken', () => {
  const token = { ClientRequestToken: 'token-1' }

  it('applies a transaction once, whatever came in between (T1)', async () => {
    const { transact, run, get } = await open()
    const add = { Update: { TableName: 'Things', Key: { id: 'a' }, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': 1 } } }
    await transact([add], token)
    await run('DeleteItem', { TableName: 'Things', Key: { id: 'b' } })
    expect(await transact([add], token)).toEqual({})
    expect(await get('a')).toEqual({ id: 'a', n: 2 })
  })

  it('applies it once where both requests are under way together', async () => {
    const { transact, get } = await open()
    const add = { Update: { TableName: 'Things', Key: { id: 'a' }, UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': 1 } } }
    await Promise.all([transact([add], token), transact([add], token), transact([add], token)])
    expect(await get('a')).toEqual({ id: 'a', n: 2 })
  })

  it('answers a replay whose condition would fail now, and tells the capacity of reads', async () => {
    const { transact } = await open()
    const create = [put({ id: 'new', text: 'x'.repeat(5000) }, { ConditionExpression: 'attribute_not_exists(id)' })]
    await transact(create, token)
    expect(await transact(create, { ...token, ReturnConsumedCapacity: 'TOTAL' })).toEqual({
      ConsumedCapacity: [{ TableName: 'Things', CapacityUnits: 4, ReadCapacityUnits: 4 }],
    })
  })

  it('refuses another payload under the same token', async () => {
    const { transact } = await open()
    await transact([set('a', 5)], token)
    await expect(transact([set('a', 6)], token)).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' })
  })

  it('forgets a token after ten minutes, and one whose transaction failed at once', async () => {
    const { transact, environment, get } = await open()
    await expect(transact([set('a', 5, { ConditionExpression: 'attribute_not_exists(id)' })], token)).rejects.toMatchObject({
      name: 'TransactionCanceledException',
    })
    await transact([set('a', 5)], token)
    environment.time += 10 * 60 * 1000 - 1
    await expect(transact([set('a', 6)], token)).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' })
    environment.time += 1
    await transact([set('a', 6)], token)
    expect(await get('a')).toEqual({ id: 'a', n: 6 })
  })

  it('survives a crash', async () => {
    const { transact, reopen } = await open()
    await transact([set('a', 5)], token)
    const after = await reopen()
    await expect(after.run('TransactWriteItems', { TransactItems: [set('a', 6)], ...token })).rejects.toMatchObject({
      name: 'IdempotentParameterMismatchException',
    })
  })

  it('has at most 36 characters', async () => {
    const { transact } = await open()
    await expect(transact([set('a', 5)], { ClientRequestToken: 'x'.repeat(37) })).rejects.toThrow(
      `1 validation error detected: Value '${'x'.repeat(37)}' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36`,
    )
  })
})

describe('TransactGetItems', () => {
  const get = (id: string, more: object = {}, TableName = 'Things') => ({ Get: { TableName, Key: { id }, ...more } })

  it('reads in order, with nothing for items that do not exist', async () => {
    const { run } = await open()
    const TransactItems = [get('b'), get('x'), get('a', { ProjectionExpression: 'n' })]
    expect(await run('TransactGetItems', { TransactItems, ReturnConsumedCapacity: 'TOTAL' })).toEqual({
      Responses: [{ Item: { id: 'b', n: 2 } }, {}, { Item: { n: 1 } }],
      ConsumedCapacity: [{ TableName: 'Things', CapacityUnits: 6, ReadCapacityUnits: 6 }],
    })
  })

  // AWS page: TransactGetItems (Responses); paritysuite, tests/tier2/transactions/transactGet.test.ts. GetItem has an empty Item.
  it('has no Item where nothing of the projection is there', async () => {
    const { run } = await open()
    const read = { ProjectionExpression: 'absent' }
    expect(await run('TransactGetItems', { TransactItems: [get('a', read)] })).toEqual({ Responses: [{}] })
    expect(await run('GetItem', get('a', read).Get)).toEqual({ Item: {} })
  })

  it('refuses requests that are out of shape', async () => {
    const { run } = await open()
    const read = (TransactItems: object[]) => run('TransactGetItems', { TransactItems })
    await expect(read([get('a'), get('a')])).rejects.toThrow('Transaction request cannot include multiple operations on one item')
    await expect(read([get('a', {}, 'Nothing')])).rejects.toThrow('Requested resource not found')
    await expect(read([{}])).rejects.toThrow("Value null at 'transactItems.1.member.get' failed to satisfy constraint: Member must not be null")
    await expect(read([get('a'), get('b', { Key: { n: 1 } })])).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      cancellationReasons: [{ code: 'None' }, { code: 'ValidationError', message: 'The provided key element does not match the schema' }],
    })
  })
})

interface Reads {
  readonly epoch: unknown
  readonly keys: readonly object[]
  readonly ranges: readonly object[]
}
const together = (reads: readonly Reads[]): Reads => ({
  epoch: reads[0]?.epoch ?? 0,
  keys: reads.flatMap(({ keys }) => keys),
  ranges: reads.flatMap(({ ranges }) => ranges),
})

describe('TransactCommit', () => {
  async function reading() {
    const fixture = await open()
    await fixture.run('CreateTable', {
      TableName: 'Sorted',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'N' },
      ],
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
    })
    await fixture.run('BulkWrite', { TableName: 'Sorted', Put: [1, 3, 5, 7].map((sk) => ({ pk: 'p', sk })) })
    const readKey = async (id: string) => {
      const { Stamp, Epoch } = await fixture.run('GetItem', { TableName: 'Things', Key: { id }, ReturnStamp: true })
      return { epoch: Epoch, keys: [{ TableName: 'Things', Key: { id }, Stamp }], ranges: [] as object[] }
    }
    const readRange = async (more: object) => {
      const Input = { TableName: 'Sorted', KeyCondition: { tests: [['pk', ['=', { value: 'p' }]]] }, ReturnStamp: true, ...more }
      const { Stamp, Epoch, LastEvaluatedKey } = await fixture.run('Query', Input)
      return { epoch: Epoch, keys: [] as object[], ranges: [{ Input, Stamp, LastEvaluatedKey }] }
    }
    const commit = (reads: readonly Reads[], TransactItems: object[] = [put({ id: 'done' })], more: object = {}) =>
      fixture.run('TransactCommit', { Reads: together(reads), TransactItems, ...more })
    return { ...fixture, readKey, readRange, commit }
  }
  const CONFLICT = { name: 'TransactionConflictException' }

  it('commits where nothing that was read has changed', async () => {
    const { readKey, readRange, commit, get, run } = await reading()
    const reads = [await readKey('a'), await readKey('missing'), await readRange({})]
    await run('PutItem', { TableName: 'Things', Item: { id: 'elsewhere' } })
    await run('PutItem', { TableName: 'Sorted', Item: { pk: 'q', sk: 1 } })
    await commit(reads)
    expect(await get('done')).toEqual({ id: 'done' })
  })

  it('refuses where an item that was read, or was not there, has changed', async () => {
    const { readKey, commit, get, run } = await reading()
    const [a, missing] = [await readKey('a'), await readKey('missing')]
    await run('PutItem', { TableName: 'Things', Item: { id: 'missing' } })
    await commit([a])
    await expect(commit([a, missing])).rejects.toMatchObject(CONFLICT)
    await run('DeleteItem', { TableName: 'Things', Key: { id: 'a' } })
    await expect(commit([a], [put({ id: 'never' })])).rejects.toMatchObject(CONFLICT)
    expect(await get('never')).toBeUndefined()
  })

  it('refuses where something came into a gap of a range that was read, and not beyond its page', async () => {
    const { readRange, commit, run } = await reading()
    const page = await readRange({ Limit: 2 })
    expect(page.ranges).toMatchObject([{ LastEvaluatedKey: { pk: 'p', sk: 3 } }])
    await run('PutItem', { TableName: 'Sorted', Item: { pk: 'p', sk: 4 } })
    await commit([page])
    await run('PutItem', { TableName: 'Sorted', Item: { pk: 'p', sk: 2 } })
    await expect(commit([page])).rejects.toMatchObject(CONFLICT)
  })

  it('refuses a write that is still on its way to the disk', async () => {
    const { readKey, commit, run } = await reading()
    const read = await readKey('a')
    const writing = run('PutItem', { TableName: 'Things', Item: { id: 'a', n: 7 } })
    await expect(commit([read])).rejects.toMatchObject(CONFLICT)
    await writing
  })

  it('refuses reads that another host answered', async () => {
    const { readKey, reopen } = await reading()
    const read = await readKey('a')
    const after = await reopen()
    await expect(after.run('TransactCommit', { Reads: read, TransactItems: [] })).rejects.toMatchObject(CONFLICT)
  })

  it('validates reads alone, too', async () => {
    const { readKey, commit, run } = await reading()
    const read = await readKey('a')
    expect(await commit([read], [])).toEqual({})
    await run('PutItem', { TableName: 'Things', Item: { id: 'a', n: 7 } })
    await expect(commit([read], [])).rejects.toMatchObject(CONFLICT)
  })

  it('still checks conditions, and takes native forms', async () => {
    const { commit, get } = await reading()
    const native = { Update: { TableName: 'Things', Key: { id: 'a' }, Update: { add: [['n', 1]] }, Condition: { tests: [['n', ['=', { value: 1 }]]] } } }
    await commit([], [native])
    expect(await get('a')).toEqual({ id: 'a', n: 2 })
    await expect(commit([], [native])).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      cancellationReasons: [{ code: 'ConditionalCheckFailed' }],
    })
  })

  it('makes two transactions that read each other\'s item serial', async () => {
    const { readKey, commit, get } = await reading()
    const [first, second] = [await readKey('a'), await readKey('b')]
    const outcomes = await Promise.allSettled([commit([first, second], [set('a', 10)]), commit([first, second], [set('b', 10)])])
    expect(outcomes.map((outcome) => outcome.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect([await get('a'), await get('b')]).toEqual([{ id: 'a', n: 10 }, { id: 'b', n: 2 }])
  })

  it('applies a ClientRequestToken once, whatever was read', async () => {
    const { readKey, commit, get } = await reading()
    const read = await readKey('a')
    const add = { Update: { TableName: 'Things', Key: { id: 'a' }, Update: { add: [['n', 1]] } } }
    await commit([read], [add], { ClientRequestToken: 't' })
    await commit([read], [add], { ClientRequestToken: 't' })
    expect(await get('a')).toEqual({ id: 'a', n: 2 })
  })
})
