// The same tabs and faults as in tabs-simulation.test.ts on the real engine, keyspace and paged store over a simulated
// device that all hosts share: what a killed, frozen or robbed host left on it is what the next one finds.
import { describe, expect, it } from 'vitest'
import { openHostedEngine } from '../../src/host/engine-host.ts'
import { platformEnvironment } from '../../src/host/platform-environment.ts'
import { MemoryBlocks, MemoryDevice } from '../../src/storage/paged/memory-blocks.ts'
import { openPagedStore } from '../../src/storage/paged/paged-store.ts'
import type { Faults } from './simulation/faults.ts'
import { schedule } from './simulation/faults.ts'
import type { SimulatedTab } from './simulation/tabs.ts'
import { Origin } from './simulation/tabs.ts'
import type { Process } from './simulation/world.ts'
import { World } from './simulation/world.ts'

const TableName = 'Tabs'
const one = { ':one': 1 }
const addOne = { UpdateExpression: 'ADD n :one', ExpressionAttributeValues: one }

interface Request {
  readonly id: string
  readonly tab: SimulatedTab
  readonly kind: 'write' | 'add' | 'get'
  readonly began: number
  /** Of a get: the writes that had been acknowledged when it began (S3, S5). */
  readonly floor: number
  ended?: number
  count?: number | undefined
  error?: Error
  disturbed: boolean
}

class History implements Faults {
  readonly device = new MemoryDevice()
  readonly world: World
  readonly origin: Origin
  readonly requests: Request[] = []
  #acknowledgedWrites = 0

  constructor(seed: number, sharedWorker: boolean) {
    this.world = new World(seed)
    this.origin = new Origin(this.world, { sharedWorker, duplicates: 0.05, openEngine: (process) => this.#openEngine(process) })
  }

  async createTable(): Promise<void> {
    const environment = platformEnvironment()
    const engine = await openHostedEngine(await openPagedStore({ blocks: new MemoryBlocks(this.device), environment }), environment)
    await engine.execute(
      'CreateTable',
      {
        TableName,
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
      },
      {},
    )
    await engine.close()
  }

  /** Everything stored, by a new engine of this process. */
  async read(): Promise<ReadonlyMap<string, number>> {
    const environment = platformEnvironment()
    const engine = await openHostedEngine(await openPagedStore({ blocks: new MemoryBlocks(this.device), environment }), environment)
    const stored = new Map<string, number>()
    let start: object | undefined
    do {
      const output = await engine.execute('Scan', { TableName, ...(start && { ExclusiveStartKey: start }) }, {})
      const page = JSON.parse(JSON.stringify(output)) as { Items: { id: string; n?: number }[]; LastEvaluatedKey?: object }
      for (const { id, n = 1 } of page.Items) stored.set(id, n)
      start = page.LastEvaluatedKey
    } while (start !== undefined)
    await engine.close()
    return stored
  }

  open(): void {
    const tab = this.origin.openTab()
    const step = (): void => {
      if (this.world.now > 24_000 || tab.link.status.state === 'CLOSED') return
      for (let count = this.world.chance(0.2) ? 5 : 1; count > 0; count--) this.#ask(tab)
      tab.process.schedule(this.world.between(10, 80), step)
    }
    tab.process.schedule(0, step)
  }

  disturb(tab: SimulatedTab): void {
    for (const request of this.requests) if (request.tab === tab && request.ended === undefined) request.disturbed = true
  }

  #ask(tab: SimulatedTab): void {
    const kind = this.world.pick(['write', 'add', 'get'] as const)
    const id = `op${this.requests.length}`
    const request: Request = { id, tab, kind, began: this.world.now, floor: this.#acknowledgedWrites, disturbed: false }
    this.requests.push(request)
    this.#send(request).then(
      (count) => {
        Object.assign(request, { ended: this.world.now, count })
        if (kind === 'write') this.#acknowledgedWrites += 1
      },
      (error: Error) => Object.assign(request, { ended: this.world.now, error }),
    )
  }

  async #send({ id, tab, kind }: Request): Promise<number | undefined> {
    if (kind === 'get') {
      const { Item } = await tab.link.request<{ Item?: { n: number } }>('GetItem', { TableName, Key: { id: 'total' }, ConsistentRead: true })
      return Item?.n ?? 0
    }
    if (kind === 'add') {
      const Key = { id: `count-${tab.process.name}` }
      const output = await tab.link.request<{ Attributes: { n: number } }>('UpdateItem', { TableName, Key, ...addOne, ReturnValues: 'UPDATED_NEW' })
      return output.Attributes.n
    }
    const Put = { TableName, Item: { id }, ConditionExpression: 'attribute_not_exists(id)' }
    await tab.link.request('TransactWriteItems', { TransactItems: [{ Put }, { Update: { TableName, Key: { id: 'total' }, ...addOne } }] })
    return undefined
  }

  /** A blocking call of the store takes a while, and waits for a thaw. */
  async #openEngine(process: Process): Promise<Awaited<ReturnType<typeof openHostedEngine>>> {
    const environment = process.environment()
    const delay = (): Promise<void> =>
      new Promise((resolve) => {
        process.schedule(this.world.between(0.3, 3), resolve)
      })
    return openHostedEngine(await openPagedStore({ blocks: new MemoryBlocks(this.device, { delay }), environment }), environment)
  }
}

async function check(history: History): Promise<void> {
  const { requests } = history
  const isOpen = ({ tab }: Request): boolean => tab.link.status.state !== 'CLOSED'
  const isAlive = (request: Request): boolean => request.tab.process.state === 'running' && isOpen(request)
  expect(requests.filter((request) => request.ended === undefined && isAlive(request)).map(({ id }) => id), 'unanswered').toEqual([])
  const refused = requests.filter((request) => request.error !== undefined && isOpen(request))
  expect(refused.map(({ id, error }) => [id, error?.message]), 'refused requests').toEqual([])
  const stored = await history.read()
  const writes = requests.filter(({ kind }) => kind === 'write')
  const lost = writes.filter(({ id, ended, error }) => ended !== undefined && error === undefined && !stored.has(id))
  expect(lost.map(({ id }) => id), 'acknowledged and lost').toEqual([])
  expect(stored.get('total'), 'writes counted and writes stored').toBe(writes.filter(({ id }) => stored.has(id)).length)
  for (const tab of history.origin.tabs) {
    const adds = requests.filter((request) => request.tab === tab && request.kind === 'add')
    const told = adds.flatMap(({ count }) => (count === undefined ? [] : [count]))
    expect(new Set(told).size, 'two additions with the same result').toBe(told.length)
    const sum = stored.get(`count-${tab.process.name}`) ?? 0
    expect(sum, 'additions of a tab').toBeGreaterThanOrEqual(told.length)
    expect(sum, 'additions of a tab').toBeLessThanOrEqual(adds.length)
    if (told.length === adds.length) expect(sum, 'additions of a tab').toBe(adds.length)
  }
  const stale = requests.filter(({ kind, count, floor }) => kind === 'get' && count !== undefined && count < floor)
  expect(stale.map(({ id, count, floor }) => [id, count, floor]), 'answers of an old host').toEqual([])
  const waits = requests.filter(({ ended, disturbed }) => ended !== undefined && !disturbed).map(({ began, ended = 0 }) => ended - began)
  expect(Math.max(...waits), 'longest wait of a tab that was not at fault').toBeLessThan(2000)
  expect(writes.length).toBeGreaterThan(100)
}

const FIRST_SEED = Number(process.env.HOLDFAST_SEED ?? 1) || Math.floor(Math.random() * 1e6)
const RUNS = Number(process.env.HOLDFAST_RUNS ?? 4)

describe('tabs on the real engine in a simulated world', () => {
  for (const sharedWorker of [true, false]) {
    const way = sharedWorker ? 'through the broker' : 'over BroadcastChannel'
    it(`T1, S5, T2: ${way}, nothing acknowledged is lost, nothing is applied twice`, async () => {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
        const history = new History(seed, sharedWorker)
        await history.createTable()
        schedule(history, 20_000)
        await history.world.run(32_000)
        try {
          await check(history)
        } catch (error) {
          throw new Error(`HOLDFAST_SEED=${seed} HOLDFAST_RUNS=1 (${way}): ${(error as Error).message}`, { cause: error })
        }
      }
    })
  }
})
