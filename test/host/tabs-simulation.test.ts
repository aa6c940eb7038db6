// Whole tabs (link, tab, host, broker, election) on a model engine in a simulated world: random kills, freezes, thaws,
// hides, closes and doubled deliveries. A failure prints its seed.
import { describe, expect, it } from 'vitest'
import type { Faults } from './simulation/faults.ts'
import { schedule } from './simulation/faults.ts'
import type { OriginOptions, SimulatedTab } from './simulation/tabs.ts'
import { Origin } from './simulation/tabs.ts'
import { World } from './simulation/world.ts'

interface Operation {
  readonly id: string
  readonly tab: SimulatedTab
  readonly began: number
  ended?: number
  value?: number
  error?: Error
  /** Its tab was frozen or hidden meanwhile: the time it took says nothing. */
  disturbed: boolean
}

/** A history: what tabs asked for, what they were told. */
class History implements Faults {
  readonly origin: Origin
  readonly world: World
  readonly adds: Operation[] = []
  readonly gets: Operation[] = []
  /** For every get: the highest value that any tab had been told before it began (S3, S5: no answer shows less). */
  readonly floors = new Map<Operation, number>()
  #highestTold = 0

  constructor(origin: Origin) {
    this.origin = origin
    this.world = origin.world
  }

  get unanswered(): readonly Operation[] {
    return [...this.adds, ...this.gets].filter(({ ended }) => ended === undefined)
  }

  /** A tab that asks for something every few milliseconds, for as long as it lives. */
  open(): void {
    const tab = this.origin.openTab()
    const step = (): void => {
      if (this.world.now > 24_000 || tab.link.status.state === 'CLOSED') return
      const count = this.world.chance(0.2) ? 5 : 1
      for (let index = 0; index < count; index++) this.#ask(tab)
      tab.process.schedule(this.world.between(5, 60), step)
    }
    tab.process.schedule(0, step)
  }

  disturb(tab: SimulatedTab): void {
    for (const operation of this.unanswered) if (operation.tab === tab) operation.disturbed = true
  }

  #ask(tab: SimulatedTab): void {
    const operation: Operation = { id: `op${this.adds.length + this.gets.length}`, tab, began: this.world.now, disturbed: false }
    const isAdd = this.world.chance(0.6)
    if (isAdd) this.adds.push(operation)
    else {
      this.gets.push(operation)
      this.floors.set(operation, this.#highestTold)
    }
    const request = isAdd
      ? tab.link.request<{ value: number }>('Add', { name: 'total', by: 1, id: operation.id })
      : tab.link.request<{ value: number }>('GetCounter', { name: 'total' })
    request.then(
      ({ value }) => {
        Object.assign(operation, { ended: this.world.now, value })
        this.#highestTold = Math.max(this.#highestTold, value)
      },
      (error: Error) => Object.assign(operation, { ended: this.world.now, error }),
    )
  }
}

async function play(seed: number, options: OriginOptions): Promise<History> {
  const world = new World(seed)
  const history = new History(new Origin(world, options))
  schedule(history, 20_000)
  await world.run(32_000)
  return history
}

function check(history: History): void {
  const { origin, adds, gets, floors } = history
  const isAlive = ({ tab }: Operation): boolean => tab.process.state === 'running' && tab.link.status.state !== 'CLOSED'
  expect(history.unanswered.filter(isAlive).map(({ id }) => id), 'unanswered requests of living tabs').toEqual([])
  expect(adds.length).toBeGreaterThan(300)
  const acknowledged = adds.filter(({ value }) => value !== undefined)
  const times = (operation: Operation): number => origin.disk.applied.get(operation.id) ?? 0
  expect(acknowledged.filter((operation) => times(operation) !== 1).map(({ id }) => id), 'acknowledged, not applied once').toEqual([])
  expect(adds.filter((operation) => times(operation) > 1).map(({ id }) => id), 'applied twice').toEqual([])
  const told = acknowledged.map(({ value }) => value)
  expect(new Set(told).size, 'two writes were told the same result').toBe(told.length)
  expect(origin.disk.counters.get('total')).toBe(adds.filter((operation) => times(operation) === 1).length)
  const stale = gets.filter((get) => get.value !== undefined && get.value < (floors.get(get) ?? 0))
  expect(stale.map((get) => [get.id, get.value, floors.get(get)]), 'answers of an old host').toEqual([])
  const failed = [...adds, ...gets].filter(({ error, tab }) => error !== undefined && tab.link.status.state !== 'CLOSED')
  expect(failed.map(({ id, error }) => [id, error?.message]), 'refused requests').toEqual([])
}

function longestWait(history: History): number {
  const waits = [...history.adds, ...history.gets]
    .filter(({ ended, disturbed }) => ended !== undefined && !disturbed)
    .map(({ began, ended }) => (ended ?? 0) - began)
  return Math.max(...waits)
}

const FIRST_SEED = Number(process.env.HOLDFAST_SEED ?? 1) || Math.floor(Math.random() * 1e6)
const RUNS = Number(process.env.HOLDFAST_RUNS ?? 12)

describe('tabs in a simulated world', () => {
  for (const options of [
    { sharedWorker: true, duplicates: 0.05 },
    { sharedWorker: false, duplicates: 0.05 },
  ]) {
    const way = options.sharedWorker ? 'through the broker' : 'over BroadcastChannel'
    it(`T1, S5, T2: ${way}, writes are applied once, old hosts stay silent, and no fault costs two seconds`, async () => {
      for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed++) {
        const history = await play(seed, options)
        try {
          check(history)
          expect(longestWait(history), 'longest wait of a tab that was not at fault').toBeLessThan(2000)
        } catch (error) {
          throw new Error(`HOLDFAST_SEED=${seed} HOLDFAST_RUNS=1 (${way}): ${(error as Error).message}`, { cause: error })
        }
      }
    })
  }
})
