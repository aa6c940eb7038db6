// Whole tabs (link, tab, host, broker, election) in a simulated world: random kills, freezes, thaws, hides, closes and
// doubled deliveries. A failure prints its seed; put it into `SEEDS_TO_KEEP` with a name.
import { describe, expect, it } from 'vitest'
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
class History {
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

  get open(): readonly Operation[] {
    return [...this.adds, ...this.gets].filter(({ ended }) => ended === undefined)
  }

  /** Lets a tab ask for something every few milliseconds, for as long as it lives and `until`. */
  drive(tab: SimulatedTab, until: number): void {
    const step = (): void => {
      if (this.world.now > until || tab.link.status.state === 'CLOSED') return
      const count = this.world.chance(0.2) ? 5 : 1
      for (let index = 0; index < count; index++) this.#ask(tab)
      tab.process.schedule(this.world.between(5, 60), step)
    }
    tab.process.schedule(0, step)
  }

  disturb(tab: SimulatedTab): void {
    for (const operation of this.open) if (operation.tab === tab) operation.disturbed = true
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

type Fault = (origin: Origin, history: History) => void

const FAULTS: readonly Fault[] = [
  (origin) => anyHost(origin)?.process.kill(),
  (origin) => pickTab(origin)?.process.kill(),
  (origin, history) => freeze(anyHost(origin), history),
  (origin, history) => freeze(pickTab(origin), history),
  (origin, history) => hide(anyHost(origin), history),
  (origin, history) => hide(pickTab(origin), history),
  (origin) => close(anyHost(origin)),
]

function anyHost(origin: Origin): SimulatedTab | undefined {
  const host = origin.host()
  return host?.process.state === 'running' ? host : undefined
}
function pickTab(origin: Origin): SimulatedTab | undefined {
  const running = origin.living.filter(({ process, link }) => process.state === 'running' && link.status.state !== 'CLOSED')
  return running.length === 0 ? undefined : origin.world.pick(running)
}
function freeze(tab: SimulatedTab | undefined, history: History): void {
  if (tab === undefined) return
  history.disturb(tab)
  const { world } = tab.process
  tab.process.freeze()
  world.schedule(undefined, world.between(100, 6000), () => {
    history.disturb(tab)
    tab.process.thaw()
  })
}
function hide(tab: SimulatedTab | undefined, history: History): void {
  if (tab === undefined) return
  history.disturb(tab)
  const { world } = tab.process
  tab.hide()
  world.schedule(undefined, world.between(100, 6000), () => {
    history.disturb(tab)
    tab.show()
  })
}
function close(tab: SimulatedTab | undefined): void {
  if (tab === undefined) return
  void tab.link.close()
  tab.process.schedule(300, () => tab.process.kill())
}

async function play(seed: number, options: OriginOptions): Promise<History> {
  const world = new World(seed)
  const origin = new Origin(world, options)
  const history = new History(origin)
  const lastFault = 20_000
  const lastRequest = 24_000
  const open = (): void => history.drive(origin.openTab(), lastRequest)
  for (let tab = 0; tab < 3; tab++) world.schedule(undefined, world.between(0, 200), open)
  // Faults at least a recovery apart, so that each recovery's time can be asked for (T2).
  for (let at = 1500; at < lastFault; at += world.between(2600, 3500)) {
    world.schedule(undefined, at, () => {
      world.pick(FAULTS)(origin, history)
      if (origin.living.length < 3 || (origin.living.length < 6 && world.chance(0.3))) open()
    })
  }
  await world.run(32_000)
  return history
}

function check(history: History): void {
  const { origin, adds, gets, floors } = history
  const isAlive = ({ tab }: Operation): boolean => tab.process.state === 'running' && tab.link.status.state !== 'CLOSED'
  expect(history.open.filter(isAlive).map(({ id }) => id), 'unanswered requests of living tabs').toEqual([])
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

const FIRST_SEED = Number(process.env.HOLDFAST_SEED ?? 1)
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
