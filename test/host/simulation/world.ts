// A deterministic world of processes for tabs to live in: virtual time, one seeded chance, processes that can be frozen
// (their events wait), thawed and killed (their events are gone, their locks are released a little later).
// Invariant: same seed, same history; between two events all microtasks have run.
import type { Environment } from '../../../src/model/environment.ts'

export type Random = () => number

/** mulberry32. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

interface Event {
  readonly at: number
  readonly order: number
  readonly process: Process | undefined
  readonly source: object | undefined
  readonly run: () => void
}

export class World {
  readonly random: Random
  now = 0
  readonly #events: Event[] = []
  #order = 0

  constructor(seed: number) {
    this.random = seededRandom(seed)
  }

  between(low: number, high: number): number {
    return low + this.random() * (high - low)
  }

  chance(probability: number): boolean {
    return this.random() < probability
  }

  pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.random() * values.length)]
    if (value === undefined) throw new Error('Nothing to pick from')
    return value
  }

  /** Runs `run` in `process` (the world itself, if undefined) after `delayMs`. Returns what takes it back. */
  schedule(process: Process | undefined, delayMs: number, run: () => void, source?: object): () => void {
    let due = true
    const event: Event = { at: this.now + delayMs, order: this.#order++, process, source, run: () => due && run() }
    let index = this.#events.length
    this.#events.push(event)
    // A binary heap by time, then order.
    while (index > 0) {
      const parent = (index - 1) >> 1
      if (before(this.#at(parent), event)) break
      this.#events[index] = this.#at(parent)
      index = parent
    }
    this.#events[index] = event
    return () => {
      due = false
    }
  }

  /** Runs all events up to `until`, in order. */
  async run(until: number): Promise<void> {
    await drainMicrotasks()
    for (;;) {
      const next = this.#events[0]
      if (next === undefined || next.at > until) break
      this.#pop()
      this.now = Math.max(this.now, next.at)
      const { process } = next
      if (process?.state === 'killed') continue
      if (process?.state === 'frozen') process.held.push(next)
      else next.run()
      await drainMicrotasks()
    }
    this.now = until
  }

  #at(index: number): Event {
    const event = this.#events[index]
    if (event === undefined) throw new Error('Heap index out of range')
    return event
  }

  #pop(): void {
    const last = this.#events.pop()
    if (last === undefined || this.#events.length === 0) return
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      if (child >= this.#events.length) break
      if (child + 1 < this.#events.length && before(this.#at(child + 1), this.#at(child))) child += 1
      if (before(last, this.#at(child))) break
      this.#events[index] = this.#at(child)
      index = child
    }
    this.#events[index] = last
  }
}

function before(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order)
}

/** Awaits nothing that takes time in the world: a turn of Node's own loop, after which no microtask is left. */
function drainMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** A renderer process: one tab's page and worker, or a SharedWorker in it. */
export class Process {
  readonly world: World
  readonly name: string
  state: 'running' | 'frozen' | 'killed' = 'running'
  readonly held: Event[] = []
  readonly #onKill: (() => void)[] = []
  /** After a thaw: what comes from a source now waits behind what waited there. */
  readonly #notBefore = new Map<object, number>()

  constructor(world: World, name: string) {
    this.world = world
    this.name = name
  }

  /** Events of one source keep their order, through a freeze too. */
  schedule(delayMs: number, run: () => void, source?: object): () => void {
    const notBefore = source === undefined ? 0 : (this.#notBefore.get(source) ?? 0)
    return this.world.schedule(this, Math.max(delayMs, notBefore - this.world.now), run, source)
  }

  freeze(): void {
    if (this.state === 'running') this.state = 'frozen'
  }

  thaw(): void {
    if (this.state !== 'frozen') return
    this.state = 'running'
    // What waited at one source comes in order; sources thaw in any order against each other.
    this.#notBefore.clear()
    for (const { run, source } of this.held.splice(0)) {
      if (source !== undefined && !this.#notBefore.has(source)) this.#notBefore.set(source, this.world.now + this.world.between(0, 40))
      this.schedule(source === undefined ? this.world.between(0, 40) : 0, run, source)
    }
  }

  kill(): void {
    if (this.state === 'killed') return
    this.state = 'killed'
    this.held.length = 0
    for (const run of this.#onKill) run()
  }

  onKill(run: () => void): void {
    this.#onKill.push(run)
  }

  environment(): Environment {
    const { world } = this
    return {
      now: () => 1_700_000_000_000 + Math.floor(world.now),
      monotonicNow: () => world.now,
      random: () => world.random(),
      randomUuid: () => Math.floor(world.random() * 2 ** 52).toString(16),
      setTimer: (delayMs, run) => ({ cancel: this.schedule(delayMs + world.random(), run) }),
      yieldTask: () =>
        new Promise((resolve) => {
          this.schedule(0.01, resolve)
        }),
    }
  }
}
