// Random histories of a size at which runs, merges into runs and into the base, slices and evictions all happen:
// against a naive map, with crashes at random device calls and snapshots kept throughout. Failures print the seed and
// shrink to few steps; HOLDFAST_RUNS raises the number of histories.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aesGcmCodec, type Codec, plainCodec } from '../../../src/storage/paged/codec.ts'
import { MemoryBlocks } from '../../../src/storage/paged/memory-blocks.ts'
import { openPagedStore, type PagedStore } from '../../../src/storage/paged/paged-store.ts'
import type { Batch, Snapshot, Write } from '../../../src/storage/store.ts'
import { seeded, testEnvironment } from '../environment.ts'
import { FileDisk, openFileDisk } from '../file-disk.ts'
import type { FileFault } from '../memory-block-folder.ts'
import { checkSame, type Entry, entriesOf, getFrom, NaiveStore } from '../store-contract.ts'

const RUNS = Number(process.env['HOLDFAST_RUNS'] ?? 12)

type Step =
  | { readonly kind: 'commit'; readonly seed: number; readonly count: number; readonly pattern: 'random' | 'dense' | 'growing' | 'delete' | 'drop' }
  | { readonly kind: 'flush' | 'snapshot' | 'release' | 'check' | 'settle' | 'compact' | 'reopen' | 'thrown-away' }
  | { readonly kind: 'crash'; readonly afterCalls: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    arbitrary: fc.record({
      kind: fc.constant('commit' as const),
      seed: fc.nat(1_000_000),
      count: fc.integer({ min: 1, max: 120 }),
      pattern: fc.constantFrom('random' as const, 'random' as const, 'random' as const, 'dense' as const, 'growing' as const, 'delete' as const, 'drop' as const),
    }),
    weight: 14,
  },
  { arbitrary: fc.record({ kind: fc.constantFrom('flush' as const, 'snapshot' as const, 'release' as const, 'check' as const, 'settle' as const) }), weight: 6 },
  { arbitrary: fc.record({ kind: fc.constantFrom('compact' as const, 'reopen' as const) }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('thrown-away' as const) }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('crash' as const), afterCalls: fc.integer({ min: 1, max: 40 }) }), weight: 1 },
)

const keyOf = (table: number, n: number): string => `\0\0\0${String.fromCharCode(table)}\0\0${String(n).padStart(6, '0')}`

function batchFor(step: Extract<Step, { kind: 'commit' }>, grown: { count: number }): Batch {
  const random = seeded(step.seed)
  const at = Math.floor(random() * 3000)
  if (step.pattern === 'drop') return { writes: [], drops: [{ start: keyOf(1, at), end: keyOf(1, at + step.count * 4) }] }
  const writes: Write[] = Array.from({ length: step.count }, (_, index) => {
    if (step.pattern === 'growing') return { key: keyOf(2, grown.count + index), value: `journal ${index} `.repeat(20) }
    const n = step.pattern === 'dense' ? at + index : Math.floor(random() * 3000)
    if (step.pattern === 'delete') return { key: keyOf(1, at + index), value: undefined }
    const text = random() < 0.02 ? '語' : 'x'
    return { key: keyOf(1, n), value: text.repeat(Math.floor(random() * (random() < 0.02 ? 60_000 : 1500))) + step.seed }
  })
  return { writes }
}

interface Trace {
  runsSeen: number
}

class Crashed extends Error {}

/** One history: the store, the oracle, and what a crash of the simulated process does to them. */
class History {
  #device: FileDisk
  #environment = testEnvironment()
  #naive = new NaiveStore()
  #grown = { count: 0 }
  #codec: Codec
  #trace: Trace
  #isInFiles: boolean
  #blocks: MemoryBlocks
  #pages = (_store: PagedStore): number => 0
  #store: PagedStore | undefined
  #snapshots: { snapshot: Snapshot; expected: Entry[] }[] = []
  #crashAfter = Infinity

  constructor(codec: Codec, trace: Trace, isInFiles: boolean) {
    this.#device = new FileDisk()
    this.#blocks = new MemoryBlocks(this.#device)
    this.#isInFiles = isInFiles
    this.#codec = codec
    this.#trace = trace
  }

  async play(steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      const store = await this.#open()
      this.#trace.runsSeen = Math.max(this.#trace.runsSeen, store.statistics().runs)
      try {
        await this.#alive(this.#take(step, store))
      } catch (error) {
        if (!(error instanceof Crashed)) throw error
        this.#store = undefined
        this.#snapshots = []
        if (step.kind === 'commit') await this.#settleOutcome(batchFor(step, this.#grown))
      }
    }
    this.#crashAfter = Infinity
    const store = await this.#open()
    while (this.#snapshots.length > 0) await this.#release()
    await checkSame(store, this.#naive)
    for (const [key, value] of this.#naive.range().filter((_, index) => index % 17 === 0)) expect(await getFrom(store, key)).toBe(value)
    await store.compact()
    await checkSame(store, this.#naive)
    await store.compact()
    expect(this.#pages(store)).toBe(store.pageCount)
    await store.close()
  }

  async #take(step: Step, store: PagedStore): Promise<void> {
    if (step.kind === 'commit') {
      const batch = batchFor(step, this.#grown)
      await store.commit(batch)
      this.#naive.apply(batch)
      this.#grown.count += step.count
    } else if (step.kind === 'snapshot') this.#snapshots.push({ snapshot: store.snapshot(), expected: this.#naive.range() })
    else if (step.kind === 'release') await this.#release()
    else if (step.kind === 'check') await checkSame(store, this.#naive)
    else if (step.kind === 'settle') await this.#environment.yieldTask()
    else if (step.kind === 'crash') this.#crashAfter = step.afterCalls
    else if (step.kind === 'reopen') {
      while (this.#snapshots.length > 0) await this.#release()
      await store.close()
      this.#store = undefined
    } else if (step.kind === 'thrown-away') await this.#throwAway()
    else await store[step.kind]()
  }

  /** Killed; and the browser finds its databases damaged, but not the files. */
  async #throwAway(): Promise<void> {
    if (!this.#isInFiles) return
    this.#blocks.kill()
    this.#device.throwAway({ database: 'test', noticedAt: 1, message: 'checksum mismatch' })
    throw new Crashed('thrown away')
  }

  /** A commit that was never answered: all of it is there, or nothing (S2). */
  async #settleOutcome(batch: Batch): Promise<void> {
    const whole = new NaiveStore()
    whole.entries = new Map(this.#naive.entries)
    whole.apply(batch)
    const found = await entriesOf(await this.#open())
    expect([JSON.stringify(this.#naive.range()), JSON.stringify(whole.range())]).toContain(JSON.stringify(found))
    this.#naive.entries = new Map(found)
  }

  async #open(): Promise<PagedStore> {
    if (this.#store !== undefined && (await this.#isAlive())) return this.#store
    this.#snapshots = []
    this.#crashAfter = Infinity
    const { device, blocks } = openFileDisk(this.#device, { fault: () => this.#fault() })
    this.#blocks = device
    this.#pages = (store) => (this.#isInFiles ? blocks.blockCount - store.nodeCount : this.#device.pages.size)
    this.#store = await openPagedStore({
      blocks: this.#isInFiles ? blocks : device,
      environment: this.#environment,
      codec: this.#codec,
      logBytes: 40_000,
      cacheBytes: 400_000,
      slicePages: 2,
    })
    return this.#store
  }

  /** In the middle of a write to a file, too. */
  #fault(): FileFault | undefined {
    if (--this.#crashAfter !== 0) return undefined
    return this.#isInFiles && this.#grown.count % 2 === 0 ? 'torn' : 'crash-after'
  }

  #alive<T>(promise: Promise<T>): Promise<T> {
    promise.catch(() => undefined)
    return Promise.race([promise, this.#blocks.crashed.then(() => Promise.reject(new Crashed('crashed')))])
  }

  #isAlive(): Promise<boolean> {
    return Promise.race([this.#blocks.crashed.then(() => false), this.#environment.yieldTask().then(() => true)])
  }

  async #release(): Promise<void> {
    const first = this.#snapshots.shift()
    if (first === undefined) return
    expect(await entriesOf(first.snapshot)).toEqual(first.expected)
    first.snapshot.release()
  }
}

const play = (steps: readonly Step[], codec: Codec, trace: Trace, isInFiles = false): Promise<void> => new History(codec, trace, isInFiles).play(steps)

describe('random histories with runs, merges and crashes', () => {
  for (const isInFiles of [false, true]) {
    it(`equal a naive map, log and pages ${isInFiles ? 'in files' : 'in the device'}`, { timeout: 600_000 }, async () => {
      const trace: Trace = { runsSeen: 0 }
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 120, size: 'max' }), (steps) => play(steps, plainCodec, trace, isInFiles)),
        { numRuns: RUNS, interruptAfterTimeLimit: 120_000 },
      )
      // The sizes above were chosen for this; without it the test would test little.
      expect(trace.runsSeen).toBeGreaterThanOrEqual(4)
    })
  }

  it('equal a naive map under AES-GCM', { timeout: 600_000 }, async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
    const codec = aesGcmCodec(crypto, key)
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40, size: 'max' }), (steps) => play(steps, codec, { runsSeen: 0 }, true)),
      { numRuns: Math.ceil(RUNS / 4), interruptAfterTimeLimit: 60_000 },
    )
  })
})
