// The scale benchmark's page: loads items, updates at random while reading, and tells times and sizes.
import { N, openDatabase, S, table } from 'holdfast'
import { type BenchItem, makeItem } from '../workload.ts'

const Items = table('Items', {
  partitionKey: 'pk',
  sortKey: 'sk',
  attributes: { pk: S(), sk: S(), group: S(), n: N(), data: S() },
  globalSecondaryIndexes: { byGroup: { partitionKey: 'group' } },
  streamViewType: 'NEW_AND_OLD_IMAGES',
})
const db = openDatabase('scale', { worker: () => new Worker(new URL('scale-worker.ts', import.meta.url), { type: 'module' }) })
const items = db.table(Items)
const CHUNK = 20_000

const statistics = () => db.send('DescribeStorage', {})
const quantile = (sorted: readonly number[], share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
function summary(times: number[]): { readonly p50: number; readonly p99: number; readonly max: number } {
  times.sort((a, b) => a - b)
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), max: times.at(-1) ?? 0 }
}
async function timed(run: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await run()
  return performance.now() - began
}

/** Groups of 50 whatever the size. */
function itemAt(index: number, count: number): BenchItem {
  return { ...makeItem(index), group: `g${(index * 7919) % Math.ceil(count / 50)}` }
}

const scale = {
  /** Milliseconds from the page's start to the first answer. */
  async open(): Promise<number> {
    await items.get({ pk: 'p0000', sk: 's000000' })
    return performance.now()
  },

  async load(count: number) {
    let ms = 0
    for (let from = 0; from < count; from += CHUNK) {
      const chunk = Array.from({ length: Math.min(CHUNK, count - from) }, (_, i) => itemAt(from + i, count))
      ms += await timed(() => items.batchWrite({ put: chunk }))
    }
    return { ms, itemsPerSecond: Math.round((count / ms) * 1000), ...(await statistics()) }
  },

  /** Random updates, `lanes` at a time, and all the while one get after the other. */
  async update(count: number, updates: number, lanes: number) {
    const before = await statistics()
    const commits: number[] = []
    const gets: number[] = []
    let left = updates
    const state = { isDone: false }
    const pick = (): BenchItem => itemAt(Math.floor(Math.random() * count), count)
    const lane = async (): Promise<void> => {
      while (left-- > 0) {
        const { pk, sk } = pick()
        commits.push(await timed(() => items.update({ pk, sk }, { add: { n: 1 } })))
      }
    }
    const reader = async (): Promise<void> => {
      while (!state.isDone) {
        const { pk, sk } = pick()
        gets.push(await timed(() => items.get({ pk, sk })))
        await new Promise((resolve) => setTimeout(resolve, 1))
      }
    }
    const reading = reader()
    const ms = await timed(() => Promise.all(Array.from({ length: lanes }, lane)))
    state.isDone = true
    await reading
    const after = await statistics()
    // An update of one attribute rewrites item and index entry and adds a journal entry with both images: what changed is counted once, 200 bytes.
    const writtenPerChangedByte = (after.bytesWritten - before.bytesWritten) / (updates * 200)
    return { updatesPerSecond: Math.round((updates / ms) * 1000), commitMs: summary(commits), getMs: summary(gets), gets: gets.length, writtenPerChangedByte, ...after }
  },

  /** Microseconds of an operation at this size. */
  async probe(count: number) {
    const rounds = 300
    const us = async (run: () => Promise<unknown>): Promise<number> => {
      const began = performance.now()
      for (let i = 0; i < rounds; i++) await run()
      return Math.round(((performance.now() - began) * 1000) / rounds)
    }
    const pick = (): BenchItem => itemAt(Math.floor(Math.random() * count), count)
    return {
      get: await us(() => { const { pk, sk } = pick(); return items.get({ pk, sk }) }),
      range: await us(() => items.query({ pk: pick().pk }).all()),
      index: await us(() => items.index('byGroup').query({ group: pick().group }).all()),
      put: await us(() => items.put({ ...pick(), n: Math.floor(Math.random() * 1e6) })),
    }
  },

  /** Bytes of this page's worker, where the browser can tell (cross-origin isolated). */
  async memory(): Promise<number | undefined> {
    const measure = (performance as unknown as { measureUserAgentSpecificMemory?: () => Promise<{ bytes: number }> }).measureUserAgentSpecificMemory
    return measure === undefined ? undefined : (await measure.call(performance)).bytes
  },
  close: () => db.close(),
}
Object.assign(globalThis, { scale })
