import { describe, expect, it } from 'vitest'
import { countersKey, lastTableIdKey } from '../../src/engine/storage-keys.ts'
import { seeded } from '../storage/environment.ts'
import { openEngine, type EngineFixture } from './engine-fixture.ts'
import { expectInvariants, listEntries } from './invariants.ts'

const TABLE = {
  TableName: 'Things',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 'a', AttributeType: 'S' },
    { AttributeName: 'n', AttributeType: 'N' },
  ],
  KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
  GlobalSecondaryIndexes: [
    { IndexName: 'byA', KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } },
    {
      IndexName: 'byN',
      KeySchema: [
        { AttributeName: 'a', KeyType: 'HASH' },
        { AttributeName: 'n', KeyType: 'RANGE' },
      ],
      Projection: { ProjectionType: 'KEYS_ONLY' },
    },
  ],
  StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
}

type Request = readonly [operation: string, input: object]

/** Writes of all kinds on few items, so that they meet. */
function randomWrites(seed: number, count: number): Request[] {
  const random = seeded(seed)
  const pick = <T>(...choices: T[]): T => choices[Math.floor(random() * choices.length)] as T
  const id = () => String(Math.floor(random() * 12))
  const item = () => ({ id: id(), ...pick({}, { a: pick('x', 'y') }, { a: pick('x', 'y'), n: Math.floor(random() * 3) }), v: Math.floor(random() * 3) })
  const TableName = 'Things'
  const guard = () => pick({}, {}, { ConditionExpression: 'attribute_exists(id)' }, { ConditionExpression: 'attribute_not_exists(a)' })
  const change = () =>
    pick(
      { UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': 1 } },
      { UpdateExpression: 'SET a = :a', ExpressionAttributeValues: { ':a': pick('x', 'y') } },
      { UpdateExpression: 'REMOVE a, n' },
    )
  const kinds: (() => Request)[] = [
    () => ['PutItem', { TableName, Item: item(), ReturnValues: 'ALL_OLD', ...guard() }],
    () => ['UpdateItem', { TableName, Key: { id: id() }, ReturnValues: 'ALL_NEW', ...change(), ...guard() }],
    () => ['DeleteItem', { TableName, Key: { id: id() }, ReturnValues: 'ALL_OLD', ...guard() }],
    () => ['BulkWrite', { TableName, Put: [item(), item(), item()], Delete: [{ id: id() }] }],
    () => ['TransactWriteItems', { TransactItems: [{ Put: { TableName, Item: item() } }, { Update: { TableName, Key: { id: 'tx' }, ...change(), ...guard() } }] }],
  ]
  return Array.from({ length: count }, () => pick(...kinds)())
}

async function outcomeOf(fixture: EngineFixture, [operation, input]: Request): Promise<string> {
  try {
    return JSON.stringify(await fixture.run(operation, input))
  } catch (error) {
    return String(error)
  }
}

async function runInTurn(fixture: EngineFixture, requests: readonly Request[]): Promise<string[]> {
  const outcomes: string[] = []
  for (const request of requests) outcomes.push(await outcomeOf(fixture, request))
  return outcomes
}

const everything = { start: '', end: '\uffff' }

describe('a step that runs again', () => {
  it.each([1, 2, 3, 7])('has the same effect and answer when every %ith read lacks its page', async (faultEvery) => {
    const requests: Request[] = [['CreateTable', TABLE], ...randomWrites(faultEvery, 150)]
    const plain = await openEngine()
    const faulting = await openEngine({ faultEvery })
    expect(await runInTurn(faulting, requests)).toEqual(await runInTurn(plain, requests))
    expect(listEntries(faulting.disk, everything)).toEqual(listEntries(plain.disk, everything))
    expectInvariants(faulting.disk)
  })

  it('has the same effect where requests come together and pages are slow', async () => {
    const random = seeded(5)
    const slow = () => new Promise<void>((resolve) => setTimeout(resolve, random() * 3))
    const fixture = await openEngine({ faultEvery: 5, load: slow, beforeCommit: () => (random() < 0.3 ? slow() : undefined) })
    await fixture.run('CreateTable', TABLE)
    await Promise.all(randomWrites(5, 300).map((request) => outcomeOf(fixture, request)))
    expectInvariants(fixture.disk)
  })
})

describe('a commit that fails', () => {
  it.each([1, 2, 3, 4, 5])('leaves no trace, and what stood on it runs again or fails (S4), seed %i', async (seed) => {
    const random = seeded(seed)
    let armed = false
    const fixture = await openEngine({
      faultEvery: 4,
      beforeCommit: async () => {
        if (!armed) return
        await new Promise<void>((resolve) => setTimeout(resolve, random() * 2))
        if (random() < 0.3) throw new Error('The disk failed')
      },
    })
    await fixture.run('CreateTable', TABLE)
    armed = true
    const requests = randomWrites(seed, 200)
    const outcomes: string[] = []
    for (let at = 0; at < requests.length; ) {
      const together = requests.slice(at, (at += 1 + Math.floor(random() * 8)))
      outcomes.push(...(await Promise.all(together.map((request) => outcomeOf(fixture, request)))))
    }
    armed = false
    expect(outcomes.some((outcome) => outcome.includes('The disk failed'))).toBe(true)
    expectInvariants(fixture.disk)
  })
})

describe('a crash', () => {
  it('between any two commits leaves a database that holds every invariant (S2)', async () => {
    const requests: Request[] = [['CreateTable', TABLE], ...randomWrites(11, 60), ['DeleteTable', { TableName: 'Things' }], ['CreateTable', TABLE]]
    for (let limit = 1; limit < 60; limit += 7) {
      let commits = 0
      const fixture = await openEngine({ beforeCommit: () => (++commits > limit ? new Promise(() => {}) : undefined) })
      void runInTurn(fixture, requests)
      await new Promise((resolve) => setTimeout(resolve, 20))
      const after = await fixture.reopen()
      await after.engine.idle()
      expectInvariants(after.disk)
      await runInTurn(after, randomWrites(limit, 20))
      expectInvariants(after.disk)
    }
  })

  it('never lets a table id come again', async () => {
    const fixture = await openEngine()
    for (let round = 1; round <= 3; round++) {
      await fixture.run('CreateTable', TABLE)
      await fixture.run('DeleteTable', { TableName: 'Things' })
      await fixture.engine.idle()
      expect(fixture.disk.entries.get(lastTableIdKey)).toBe(String(round))
      expect(fixture.disk.entries.get(countersKey(round))).toBeUndefined()
    }
  })
})
