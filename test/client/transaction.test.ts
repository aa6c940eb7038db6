// Interactive transactions over the whole stack: what a body read stands when it commits, or the body runs again.
import { describe, expect, it } from 'vitest'
import {
  ConditionalCheckFailedException,
  lt,
  N,
  S,
  table,
  TransactionCanceledException,
  TransactionConflictException,
  ValidationException,
} from 'holdfast'
import { openTestDatabase } from 'holdfast/testing'
import { FakeHost } from './fake-host.ts'

const Accounts = table('Accounts', {
  partitionKey: 'bank',
  sortKey: 'id',
  attributes: { bank: S(), id: S(), balance: N().default(0) },
  globalSecondaryIndexes: { byBalance: { partitionKey: 'bank', sortKey: 'balance' } },
})
async function setUp() {
  const db = openTestDatabase()
  const accounts = db.table(Accounts)
  await accounts.batchWrite({ put: [{ bank: 'x', id: 'a', balance: 100 }, { bank: 'x', id: 'b', balance: 0 }] })
  return { db, accounts, a: { bank: 'x', id: 'a' }, b: { bank: 'x', id: 'b' }, [Symbol.asyncDispose]: () => db.close() }
}

describe('a transaction', () => {
  it('reads, then writes all or nothing, and returns what the body returns', async () => {
    await using setup = await setUp()
    const { db, accounts, a, b } = setup
    const left = await db.transact(async (tx) => {
      const from = await tx.get(accounts, a)
      tx.update(accounts, a, { add: { balance: -30 } }, { condition: { balance: 100 } })
      tx.update(accounts, b, { add: { balance: 30 } })
      return (from?.balance ?? 0) - 30
    })
    expect(left).toBe(70)
    expect(await accounts.batchGet([a, b])).toMatchObject([{ balance: 70 }, { balance: 30 }])
  })

  it('runs the body again where an item that it read has changed', async () => {
    await using setup = await setUp()
    const { db, accounts, a } = setup
    let runs = 0
    await db.transact(async (tx) => {
      runs += 1
      const item = await tx.get(accounts, a)
      if (runs === 1) await accounts.update(a, { set: { balance: 500 } })
      tx.put(accounts, { ...a, balance: (item?.balance ?? 0) + 1 })
    })
    expect(runs).toBe(2)
    expect(await accounts.get(a)).toMatchObject({ balance: 501 })
  })

  it('loses no update of twenty that add to one item at once', async () => {
    await using setup = await setUp()
    const { db, accounts, a } = setup
    const add = () =>
      db.transact(async (tx) => {
        const item = await tx.get(accounts, a)
        tx.put(accounts, { ...a, balance: (item?.balance ?? 0) + 1 })
      })
    await Promise.all(Array.from({ length: 20 }, add))
    expect(await accounts.get(a)).toMatchObject({ balance: 120 })
  })

  it('validates the gaps of queries: a new item in a range that it read makes it run again', async () => {
    await using setup = await setUp()
    const { db, accounts } = setup
    const sources = [accounts.query({ bank: 'x' }), accounts.scan(), accounts.index('byBalance').query({ bank: 'x', balance: lt(1000) })]
    for (const source of sources) {
      let runs = 0
      const sum = await db.transact(async (tx) => {
        runs += 1
        const all = await tx.all(source)
        if (runs === 1) await accounts.put({ bank: 'x', id: `new-${crypto.randomUUID()}`, balance: 5 })
        tx.conditionCheck(accounts, { bank: 'x', id: 'a' }, { balance: 100 })
        return all.length
      })
      expect(runs).toBe(2)
      expect(sum).toBe((await source.all()).length)
    }
  })

  it('is not disturbed by what it did not read', async () => {
    await using setup = await setUp()
    const { db, accounts, a } = setup
    let runs = 0
    await db.transact(async (tx) => {
      runs += 1
      await tx.all(accounts.query({ bank: 'x', id: lt('b') }))
      await accounts.put({ bank: 'x', id: 'c', balance: 1 })
      await accounts.put({ bank: 'y', id: 'a', balance: 1 })
      tx.update(accounts, a, { set: { balance: 1 } })
    })
    expect(runs).toBe(1)
  })

  it('validates also where it only reads', async () => {
    await using setup = await setUp()
    const { db, accounts, a, b } = setup
    let runs = 0
    const sum = await db.transact(async (tx) => {
      runs += 1
      const one = await tx.get(accounts, a)
      if (runs === 1) {
        await accounts.update(a, { add: { balance: -10 } })
        await accounts.update(b, { add: { balance: 10 } })
      }
      const other = await tx.get(accounts, b)
      return (one?.balance ?? 0) + (other?.balance ?? 0)
    })
    expect([runs, sum]).toEqual([2, 100])
  })

  it('sends nothing where the body throws, or neither reads nor writes', async () => {
    await using setup = await setUp()
    const { db, accounts, a } = setup
    const failed = db.transact((tx) => {
      tx.delete(accounts, a)
      throw new Error('mine')
    })
    await expect(failed).rejects.toThrow('mine')
    expect(await accounts.get(a)).toBeDefined()
    expect(await db.transact(() => 3)).toBe(3)
  })

  it('is refused as TransactWriteItems is, and not run again', async () => {
    await using setup = await setUp()
    const { db, accounts, a, b } = setup
    let runs = 0
    const error = await db
      .transact((tx) => {
        runs += 1
        tx.put(accounts, { ...b, balance: 7 })
        tx.conditionCheck(accounts, a, { balance: 1 })
      })
      .catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(TransactionCanceledException)
    expect(error).not.toBeInstanceOf(ConditionalCheckFailedException)
    expect((error as TransactionCanceledException).cancellationReasons.map(({ code }) => code)).toEqual(['None', 'ConditionalCheckFailed'])
    expect([runs, (await accounts.get(b))?.balance]).toEqual([1, 0])
  })

  it('keeps reads before writes', async () => {
    await using setup = await setUp()
    const { db, accounts, a } = setup
    const late = db.transact(async (tx) => {
      tx.delete(accounts, a)
      await tx.get(accounts, a)
    })
    await expect(late).rejects.toThrow(ValidationException)
  })

  it('throws at writes that come after its body has ended', async () => {
    await using setup = await setUp()
    const { db, accounts, a } = setup
    let late: Promise<void> | undefined
    await db.transact((tx) => {
      late = accounts.get(a).then(() => tx.delete(accounts, a))
    })
    await expect(late).rejects.toThrow(TypeError)
    expect(await accounts.get(a)).toBeDefined()
  })

  it('with a client request token is done once', async () => {
    await using setup = await setUp()
    const { db, accounts, a } = setup
    const pay = () => db.transact((tx) => tx.update(accounts, a, { add: { balance: -1 } }), { clientRequestToken: 'token-1' })
    await pay()
    await pay()
    expect(await accounts.get(a)).toMatchObject({ balance: 99 })
  })

  it('writes to a table that nothing has declared yet', async () => {
    await using db = openTestDatabase()
    const accounts = db.table(Accounts)
    await db.transact((tx) => tx.put(accounts, { bank: 'z', id: '1' }))
    expect(await accounts.get({ bank: 'z', id: '1' })).toEqual({ bank: 'z', id: '1', balance: 0 })
  })

  it('gives up after a bounded number of conflicts, with jitter between', async () => {
    const host = new FakeHost(({ operation }) => {
      if (operation === 'TransactCommit') throw new TransactionConflictException('Transaction is ongoing for the item')
      return { Stamp: 1, Epoch: 1 }
    })
    const accounts = host.database.table(Accounts)
    let runs = 0
    const failed = host.database.transact(
      async (tx) => {
        runs += 1
        await tx.get(accounts, { bank: 'x', id: 'a' })
      },
      { signal: AbortSignal.timeout(30_000) },
    )
    await expect(failed).rejects.toThrow(TransactionConflictException)
    expect(runs).toBe(16)
    expect(host.inputsOf('TransactCommit')[0]).toEqual({
      TransactItems: [],
      Reads: { epoch: 1, keys: [{ TableName: 'Accounts', Key: { bank: 'x', id: 'a' }, Stamp: 1 }], ranges: [] },
    })
  })

  it('stops running again when its signal aborts', async () => {
    const abort = new AbortController()
    const host = new FakeHost(({ operation }) => {
      if (operation !== 'TransactCommit') return {}
      abort.abort(new Error('mine'))
      throw new TransactionConflictException('conflict')
    })
    const failed = host.database.transact((tx) => tx.put(host.database.table(Accounts), { bank: 'x', id: 'a' }), { signal: abort.signal })
    await expect(failed).rejects.toThrow('mine')
    expect(host.inputsOf('TransactCommit')).toHaveLength(1)
  })
})
