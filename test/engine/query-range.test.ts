// Read sets of optimistic transactions: a page's ranges hold exactly what could have changed its answer.
// Checked by writing next to them: in the ranges the transaction must fail, outside it must not.
import { beforeEach, describe, expect, it } from 'vitest'
import type { AttributeMap } from '../../src/model/attribute-value.ts'
import { queryRange } from '../../src/engine/query-range.ts'
import { openEngine, type EngineFixture } from './engine-fixture.ts'

const TableName = 'Things'
const names = (...all: string[]) => all.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }))
let fixture: EngineFixture

beforeEach(async () => {
  fixture = await openEngine()
  await fixture.run('CreateTable', {
    TableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: names('list', 'id', 'due', 'owner'),
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
    GlobalSecondaryIndexes: [{ IndexName: 'byOwner', KeySchema: [{ AttributeName: 'owner', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } }],
  })
  for (const id of ['2', '4', '6']) await put({ list: 'home', id, due: id, owner: 'ada' })
})

function put(Item: AttributeMap): Promise<unknown> {
  return fixture.run('PutItem', { TableName, Item })
}

/** Does a write of `item` after the page invalidate it? */
async function isDisturbedBy(input: object, item: AttributeMap): Promise<boolean> {
  const request = { TableName, ...input }
  const operation = 'KeyCondition' in input ? 'Query' : 'Scan'
  const page = await fixture.run(operation, { ...request, ReturnStamp: true })
  const ranges = queryRange(fixture.engine, request, page['LastEvaluatedKey'] as AttributeMap | undefined)
  await put(item)
  const reads = { epoch: page['Epoch'] as number, keys: [], ranges: ranges.map((range) => ({ range, stamp: page['Stamp'] as number })) }
  return !(await fixture.keyspace.write((write) => write.validate(reads)))
}

const home = { KeyCondition: { tests: [['list', ['=', { value: 'home' }]]] } }
const item = (id: string, more: AttributeMap = {}): AttributeMap => ({ list: 'home', id, ...more })

describe('the read set of a page', () => {
  it('is the partition, gaps included, and no other one', async () => {
    expect(await isDisturbedBy(home, item('3'))).toBe(true)
    expect(await isDisturbedBy(home, item('9'))).toBe(true)
    expect(await isDisturbedBy(home, { list: 'work', id: '3' })).toBe(false)
  })

  it('ends with the last item evaluated, in both directions', async () => {
    expect(await isDisturbedBy({ ...home, Limit: 2 }, item('4', { x: 1 }))).toBe(true)
    expect(await isDisturbedBy({ ...home, Limit: 2 }, item('5'))).toBe(false)
    expect(await isDisturbedBy({ ...home, Limit: 1, ScanIndexForward: false }, item('6', { x: 1 }))).toBe(true)
    expect(await isDisturbedBy({ ...home, Limit: 1, ScanIndexForward: false }, item('4', { x: 2 }))).toBe(false)
  })

  it('begins behind the start key', async () => {
    const start = { ExclusiveStartKey: { list: 'home', id: '4' } }
    expect(await isDisturbedBy({ ...home, ...start }, item('4', { x: 1 }))).toBe(false)
    expect(await isDisturbedBy({ ...home, ...start }, item('41'))).toBe(true)
    expect(await isDisturbedBy({ Limit: 1, ...start }, item('1'))).toBe(false)
  })

  it('is the sort key condition', async () => {
    const some = { KeyCondition: { tests: [['list', ['=', { value: 'home' }]], ['id', ['between', { value: '3' }, { value: '5' }]]] } }
    expect(await isDisturbedBy(some, item('2', { x: 1 }))).toBe(false)
    expect(await isDisturbedBy(some, item('5'))).toBe(true)
  })

  it('of an index is its entries: what it does not project does not disturb', async () => {
    const ofAda = { IndexName: 'byOwner', KeyCondition: { tests: [['owner', ['=', { value: 'ada' }]]] } }
    expect(await isDisturbedBy(ofAda, item('2', { due: '2', owner: 'ada', note: 'new' }))).toBe(false)
    expect(await isDisturbedBy(ofAda, item('2', { due: '2', owner: 'bob' }))).toBe(true)
    expect(await isDisturbedBy({ IndexName: 'byOwner' }, item('4', { due: '4', owner: 'cy' }))).toBe(true)
  })

  it('of an LSI that fetches items holds them too', async () => {
    const fetching = { ...home, IndexName: 'byDue', Projection: ['note'] }
    expect(await isDisturbedBy(fetching, item('2', { due: '2', owner: 'ada', note: 'new' }))).toBe(true)
    expect(await isDisturbedBy({ IndexName: 'byDue', Projection: ['note'] }, item('2', { due: '2', owner: 'ada', note: 'newer' }))).toBe(true)
    expect(await isDisturbedBy(fetching, { list: 'work', id: '2', due: '2' })).toBe(false)
  })
})
