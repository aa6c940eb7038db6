// Random concurrent steps over a store whose reads fault and whose commits are late or fail, against the same steps
// run one after the other on a plain Map in log order. HOLDFAST_RUNS raises the number of histories.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { QuotaExceededException } from '../../src/model/errors.ts'
import { AlreadySettled, openKeyspace } from '../../src/storage/keyspace.ts'
import { openMemoryStore } from '../../src/storage/memory/memory-store.ts'
import { MemoryBlocks, MemoryDevice } from '../../src/storage/paged/memory-blocks.ts'
import { openPagedStore } from '../../src/storage/paged/paged-store.ts'
import { PageFault } from '../../src/storage/store.ts'
import type { KeyRange, Reader, Settlement, Store } from '../../src/storage/store.ts'
import type { WriteStep } from '../../src/storage/write-step.ts'
import { seeded, testEnvironment } from './environment.ts'
import { entriesOf } from './store-contract.ts'

const RUNS = Number(process.env['HOLDFAST_RUNS'] ?? 150)
const COUNTERS_KEY = '\0\0\0\0\xff'
const ACCOUNTS = 6
const TOTAL = ACCOUNTS * 10

/** What a step needs of the keyspace; the model has it too. */
type Writer = Pick<WriteStep, 'get' | 'cursor' | 'put' | 'delete' | 'drop' | 'nextSequence' | 'settle'> & { emit(change: object): void }
type Action =
  | { readonly kind: 'increment'; readonly key: string; readonly request?: number }
  | { readonly kind: 'transfer'; readonly from: number; readonly to: number; readonly amount: number }
  | { readonly kind: 'insert' | 'remove'; readonly key: string }
  | { readonly kind: 'walk'; readonly range: KeyRange; readonly limit: number; readonly copyTo?: string }
  | { readonly kind: 'clear'; readonly range: KeyRange; readonly keep: string }
  | { readonly kind: 'regret'; readonly key: string; readonly request: number; readonly range: KeyRange }
  | { readonly kind: 'sum' | 'read' }

const key = fc.integer({ min: 0, max: 12 }).map((n) => `k${String(n).padStart(2, '0')}`)
const range = fc.tuple(key, key, fc.boolean()).map(([a, b, reverse]): KeyRange => (a < b ? { start: a, end: b, reverse } : { start: b, end: a, reverse }))
const account = fc.integer({ min: 0, max: ACCOUNTS - 1 })
const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({ kind: fc.constant('increment' as const), key, request: fc.integer({ min: 0, max: 5 }) }, { requiredKeys: ['kind', 'key'] }),
  fc.record({ kind: fc.constant('transfer' as const), from: account, to: account, amount: fc.integer({ min: 1, max: 8 }) }),
  fc.record({ kind: fc.constantFrom('insert' as const, 'remove' as const), key }),
  fc.record({ kind: fc.constant('walk' as const), range, limit: fc.integer({ min: 1, max: 6 }), copyTo: key }, { requiredKeys: ['kind', 'range', 'limit'] }),
  fc.record({ kind: fc.constant('clear' as const), range, keep: key }),
  fc.record({ kind: fc.constant('regret' as const), key, request: fc.integer({ min: 0, max: 5 }), range }),
  fc.record({ kind: fc.constantFrom('sum' as const, 'read' as const) }),
)

const accountKey = (number: number): string => `a${number}`

function sum(reader: Pick<Reader, 'cursor'>): number {
  let total = 0
  const cursor = reader.cursor({ start: 'a', end: 'b' })
  while (cursor.next()) total += Number(cursor.value)
  return total
}

/** Runs an action; a writing one begins its result with its sequence. Throws where its condition fails. */
function perform(one: Action, writer: Writer): readonly unknown[] {
  const written = (...result: unknown[]): unknown[] => {
    const sequence = writer.nextSequence()
    writer.emit({ sequence })
    return [sequence, ...result]
  }
  if (one.kind === 'increment') {
    const value = String(Number(writer.get(one.key) ?? 0) + 1)
    writer.put(one.key, value)
    if (one.request !== undefined) writer.settle({ id: `r${one.request}`, text: value, expiresAt: 9e15 })
    return written(value)
  }
  if (one.kind === 'transfer') {
    const balance = Number(writer.get(accountKey(one.from))) - one.amount
    writer.put(accountKey(one.from), String(balance))
    // After a write, so that it has to be undone.
    if (balance < 0) throw new Error(`balance ${balance}`)
    writer.put(accountKey(one.to), String(Number(writer.get(accountKey(one.to))) + one.amount))
    return written(balance)
  }
  if (one.kind === 'insert' || one.kind === 'remove') {
    const found = writer.get(one.key)
    if ((found === undefined) !== (one.kind === 'insert')) throw new Error(`found ${found}`)
    if (one.kind === 'insert') writer.put(one.key, ['1', '0', '0'])
    else writer.delete(one.key)
    return written(found)
  }
  if (one.kind === 'walk') {
    const seen: string[] = []
    const cursor = writer.cursor(one.range)
    while (seen.length < one.limit && cursor.next()) seen.push(`${cursor.key}=${cursor.value}`)
    if (one.copyTo === undefined) return [undefined, ...seen]
    writer.put(one.copyTo, String(seen.length))
    return written(...seen)
  }
  if (one.kind === 'clear') {
    writer.drop(one.range)
    writer.put(one.keep, '7')
    return written(writer.get(one.range.start))
  }
  if (one.kind === 'regret') {
    const found = writer.get(one.key)
    writer.put(one.key, '1')
    writer.delete(one.key)
    writer.settle({ id: `r${one.request}`, text: 'never', expiresAt: 9e15 })
    writer.drop(one.range)
    writer.put(one.key, '2')
    written()
    throw new Error(`regretted ${found}`)
  }
  return [undefined, sum(writer)]
}

/** The oracle: a Map that is copied for every state. */
class Model implements Writer {
  entries: Map<string, string>
  settlements: Map<string, Settlement>
  sequence: number

  constructor(before?: Model) {
    this.entries = new Map(before?.entries ?? Array.from({ length: ACCOUNTS }, (_, number) => [accountKey(number), '10']))
    this.settlements = new Map(before?.settlements)
    this.sequence = before?.sequence ?? 0
  }
  get(name: string): string | undefined {
    return this.entries.get(name)
  }
  cursor({ start, end, reverse }: KeyRange): { next(): boolean; key: string; value: string } {
    const found = [...this.entries].filter(([name]) => name >= start && name < end).sort(([a], [b]) => (a < b ? -1 : 1))
    if (reverse === true) found.reverse()
    const cursor = { key: '', value: '', next: () => false }
    cursor.next = () => {
      const entry = found.shift()
      if (entry !== undefined) [cursor.key, cursor.value] = entry
      return entry !== undefined
    }
    return cursor
  }
  put(name: string, value: string | readonly string[]): void {
    this.entries.set(name, typeof value === 'string' ? value : value.join(''))
  }
  delete(name: string): void {
    this.entries.delete(name)
  }
  drop({ start, end }: KeyRange): void {
    for (const name of this.entries.keys()) if (name >= start && name < end) this.entries.delete(name)
  }
  nextSequence(): number {
    return ++this.sequence
  }
  settle(settlement: Settlement): void {
    const kept = this.settlements.get(settlement.id)
    if (kept !== undefined) throw new AlreadySettled(kept)
    this.settlements.set(settlement.id, settlement)
  }
  emit(): void {}
}

/** A result, or the error's text: what an answer shows. */
function outcomeOf(run: () => readonly unknown[]): string {
  try {
    return JSON.stringify(run())
  } catch (error) {
    return error instanceof AlreadySettled ? `settled ${error.settlement.text}` : `threw ${(error as Error).message}`
  }
}

interface Answer {
  readonly action: Action
  readonly outcome: string
  /** Durable sequence when the step was handed in, and when its answer came. */
  readonly before: number
  readonly after: number
}

interface Chaos {
  readonly seed: number
  readonly faults: number
  readonly commitFailures: number
  readonly loadFailures: number
}

/** A store that misbehaves as `chaos` says once `ready` is set. */
interface Stage {
  readonly store: Store
  readonly state: { ready: boolean }
  /** Now and then: what the store does beside its commits. */
  disturb?(): void
}
type Build = (chaos: Chaos, random: () => number, hops: (most: number) => Promise<void>) => Promise<Stage>

const buildMemory: Build = async (chaos, random, hops) => {
  const state = { ready: false }
  const store = openMemoryStore(testEnvironment(), {
    faultEvery: () => state.ready && random() < chaos.faults,
    load: async () => {
      await hops(2)
      if (random() < chaos.loadFailures) throw new Error('Injected')
    },
    beforeCommit: async () => {
      if (!state.ready) return
      await hops(3)
      const chance = random()
      if (chance < chaos.commitFailures / 2) throw new Error('Injected')
      if (chance < chaos.commitFailures) throw new QuotaExceededException('Injected')
    },
  })
  return { store, state }
}

const buildPaged: Build = async (chaos, random, hops) => {
  const state = { ready: false }
  const blocks = new MemoryBlocks(new MemoryDevice(), {
    delay: () => hops(2),
    // Any other failure ends the paged store.
    fault: (name) => (state.ready && name === 'append' && random() < chaos.commitFailures ? 'quota' : undefined),
  })
  const store = await openPagedStore({ blocks, environment: testEnvironment(), cacheBytes: 1, logBytes: 2000 })
  return { store, state, disturb: () => void store.flush().catch(() => undefined) }
}

async function play(actions: readonly Action[], chaos: Chaos, build: Build): Promise<void> {
  const random = seeded(chaos.seed)
  const hops = async (most: number): Promise<void> => {
    for (let left = Math.floor(random() * (most + 1)); left > 0; left--) await new Promise((resolve) => setImmediate(resolve))
  }
  const { store, state, disturb } = await build(chaos, random, hops)
  const writes = [...new Model().entries].map(([name, value]) => ({ key: name, value }))
  await store.commit({ writes: [...writes, { key: COUNTERS_KEY, value: '[1,0,0]' }] })
  await store.flush()
  const keyspace = await openKeyspace(testEnvironment(), store)
  const emitted: number[] = []
  const numbers: number[] = []
  /** What a read would see now; where its page is missing, what was last told. */
  const durable = (): number => {
    try {
      return (JSON.parse(store.get(COUNTERS_KEY) ?? '') as [number, number])[1]
    } catch (thrown) {
      if (!(thrown instanceof PageFault)) throw thrown
      return emitted.at(-1) ?? 0
    }
  }
  keyspace.onCommit((commit) => {
    numbers.push(commit.number)
    for (const step of commit.steps) for (const change of step) emitted.push((change as { sequence: number }).sequence)
    expect(durable()).toBe(emitted.at(-1))
  })
  keyspace.beforeCommit((write) => write.put('hook', String(Number(write.get('hook') ?? 0) + 1)))
  state.ready = true
  const answers: Promise<Answer>[] = []
  for (const one of actions) {
    const before = durable()
    const running = one.kind === 'read' ? keyspace.read((reader) => [undefined, sum(reader)]) : keyspace.write((write) => perform(one, write))
    answers.push(
      running.then(
        (result) => ({ action: one, outcome: outcomeOf(() => result), before, after: durable() }),
        (error: unknown) => ({ action: one, outcome: outcomeOf(() => { throw error }), before, after: durable() }),
      ),
    )
    if (random() < 0.4) await hops(2)
    if (random() < 0.1) disturb?.()
  }
  const all = await Promise.all(answers)
  state.ready = false
  const final = check(all).at(-1) as Model
  const stored = await entriesOf(store, { start: 'a', end: 'z' })
  expect(new Map(stored.filter(([name]) => name !== 'hook'))).toEqual(new Map([...final.entries].sort(([a], [b]) => (a < b ? -1 : 1))))
  for (let request = 0; request < 6; request++) expect(await keyspace.settled(`r${request}`)).toEqual(final.settlements.get(`r${request}`))
  expect(emitted).toEqual(Array.from({ length: final.sequence }, (_, index) => index + 1))
  expect(numbers).toEqual(numbers.map((_, index) => index + 1))
  await keyspace.close()
}

/** Every answer is that of a serial execution in log order; returns the states after each writer. */
function check(answers: readonly Answer[]): Model[] {
  const writers: Answer[] = []
  const others: Answer[] = []
  for (const answer of answers) {
    if (answer.outcome.startsWith('threw Injected')) continue
    const sequence = answer.outcome.startsWith('[') ? (JSON.parse(answer.outcome) as (number | null)[])[0] : null
    if (typeof sequence !== 'number') others.push(answer)
    else {
      expect(writers[sequence], 'a sequence is given once').toBeUndefined()
      writers[sequence] = answer
      expect(sequence, 'S3: durable before it is answered').toBeLessThanOrEqual(answer.after)
      expect(sequence, 'after all that was durable before').toBeGreaterThan(answer.before)
    }
  }
  const states = [new Model()]
  for (let sequence = 1; sequence < writers.length; sequence++) {
    const state = new Model(states.at(-1))
    const writer = writers[sequence]
    expect(writer, `sequence ${sequence}`).toBeDefined()
    if (writer === undefined) continue
    expect(outcomeOf(() => perform(writer.action, state))).toBe(writer.outcome)
    expect(sum(state)).toBe(TOTAL)
    states.push(state)
  }
  for (const { action: one, outcome, before, after } of others) {
    const possible = states.slice(before, after + 1).map((state) => outcomeOf(() => perform(one, new Model(state))))
    expect(possible, `${JSON.stringify(one)} between ${before} and ${after}`).toContain(outcome)
  }
  return states
}

describe('random histories', () => {
  const chaos = fc.record({
    seed: fc.integer(),
    faults: fc.constantFrom(0, 0.1, 0.4),
    commitFailures: fc.constantFrom(0, 0.1, 0.4),
    loadFailures: fc.constantFrom(0, 0.02),
  })

  const history = fc.array(action, { maxLength: 80, size: 'max' })

  it('S3, S4: answer like a serial execution in log order, and never what is not durable', async () => {
    const property = fc.asyncProperty(history, chaos, (actions, how) => play(actions, how, buildMemory))
    await fc.assert(property, { numRuns: RUNS, endOnFailure: false })
  })

  it('S3, S4: do so over the paged store, with a cache that holds nothing and flushes in between', async () => {
    const property = fc.asyncProperty(history, chaos, (actions, how) => play(actions, how, buildPaged))
    await fc.assert(property, { numRuns: RUNS, endOnFailure: false })
  })
})
