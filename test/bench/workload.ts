// The benchmark's data and workloads, the same for every engine: what is asked, how it is checked, how long it took.
// An engine acknowledges after its commit and keeps one secondary index (`group`).

export interface BenchItem {
  pk: string
  sk: string
  group: string
  n: number
  data: string
}

export interface BenchEngine {
  open(): Promise<void>
  bulk(items: readonly BenchItem[]): Promise<void>
  put(item: BenchItem): Promise<void>
  get(pk: string, sk: string): Promise<BenchItem | undefined>
  /** All items of a partition, in order. */
  range(pk: string): Promise<BenchItem[]>
  /** All items of a group, over the secondary index. */
  byGroup(group: string): Promise<BenchItem[]>
  /** n = n + 1 if n < limit, atomically; true if done. */
  increment(pk: string, sk: string, limit: number): Promise<boolean>
  /** Tells of every new item of a partition, whoever wrote it, in this tab or another. */
  watch(pk: string, seen: (sk: string) => void): Promise<void>
  /** Ends cleanly, so that what is stored can be measured. */
  close(): Promise<void>
}

export const PARTITIONS = 100
export const ITEMS_PER_PARTITION = 100
const GROUP_SIZE = 50
const ITEM_COUNT = PARTITIONS * ITEMS_PER_PARTITION
const pad = (n: number, width: number): string => String(n).padStart(width, '0')

/** A deterministic stream in [0, 1): mulberry32. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** About 200 bytes as DynamoDB counts. */
export function makeItem(index: number, prefix = 'p'): BenchItem {
  const random = randomFrom(index + 1)
  let data = ''
  while (data.length < 150) data += random().toString(36).slice(2)
  return {
    pk: `${prefix}${pad(Math.floor(index / ITEMS_PER_PARTITION), 4)}`,
    sk: `s${pad(index % ITEMS_PER_PARTITION, 6)}`,
    group: `g${pad((index * 7919) % (ITEM_COUNT / GROUP_SIZE), 4)}`,
    n: index,
    data: data.slice(0, 150),
  }
}

/** Microseconds for one operation, by workload. */
export type Measures = { [workload: string]: number }

async function timed(measures: Measures, name: string, operations: number, run: () => Promise<void>): Promise<void> {
  const began = performance.now()
  await run()
  measures[name] = ((performance.now() - began) * 1000) / operations
}
function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`benchmark: wrong result: ${what}`)
}

/** Runs all workloads that need one tab, on an empty database. */
export async function runWorkloads(engine: BenchEngine): Promise<Measures> {
  const measures: Measures = {}
  const items = Array.from({ length: ITEM_COUNT }, (_, index) => makeItem(index))
  await engine.open()
  await engine.put(makeItem(0, 'warm'))
  await engine.get('warm0000', 's000000')

  await timed(measures, 'bulk', ITEM_COUNT, () => engine.bulk(items))
  const random = randomFrom(42)
  const keys = Array.from({ length: 1000 }, () => Math.floor(random() * ITEM_COUNT))
  await timed(measures, 'get', 1000, async () => {
    for (const index of keys) {
      const wanted = items[index]
      if (wanted === undefined) continue
      const found = await engine.get(wanted.pk, wanted.sk)
      check(found?.data === wanted.data && found.n === wanted.n, `get ${wanted.pk} ${wanted.sk}`)
    }
  })
  await timed(measures, 'range', 200, async () => {
    for (let i = 0; i < 200; i++) {
      const partition = Math.floor(random() * PARTITIONS)
      const found = await engine.range(`p${pad(partition, 4)}`)
      check(found.length === ITEMS_PER_PARTITION && found[99]?.sk === 's000099' && found[0]?.n === partition * 100, 'range')
    }
  })
  await timed(measures, 'index', 200, async () => {
    for (let i = 0; i < 200; i++) {
      const group = `g${pad(Math.floor(random() * (ITEM_COUNT / GROUP_SIZE)), 4)}`
      const found = await engine.byGroup(group)
      check(found.length === GROUP_SIZE && found.every((item) => item.group === group && item.data.length === 150), 'index')
    }
  })
  await timed(measures, 'awaited', 1000, async () => {
    for (let i = 0; i < 1000; i++) await engine.put(makeItem(i, 'a'))
  })
  await timed(measures, 'concurrent', 1000, async () => {
    await Promise.all(Array.from({ length: 1000 }, (_, i) => engine.put(makeItem(i, 'c'))))
  })
  check((await engine.range('c0009')).length === 100, 'concurrent')
  await timed(measures, 'conditional', 1000, async () => {
    for (const index of keys) {
      const item = items[index]
      if (item !== undefined) check(await engine.increment(item.pk, item.sk, 1_000_000), 'conditional')
    }
  })
  const again = items[keys[0] ?? 0]
  if (again !== undefined) {
    check(!(await engine.increment(again.pk, again.sk, 0)), 'a condition that fails')
    check(((await engine.get(again.pk, again.sk))?.n ?? 0) > again.n, 'conditional wrote')
  }
  await notify(engine, measures)
  return measures
}

/** From the call of a write to the notification in the same tab. */
async function notify(engine: BenchEngine, measures: Measures): Promise<void> {
  let seen: ((sk: string) => void) | undefined
  await engine.watch('notify0000', (sk) => seen?.(sk))
  await timed(measures, 'notify', 100, async () => {
    for (let i = 0; i < 100; i++) {
      const item = makeItem(i, 'notify')
      const arrived = new Promise<void>((resolve) => {
        seen = (sk) => {
          if (sk === item.sk) resolve()
        }
      })
      await engine.put(item)
      await arrived
    }
  })
}

/** Cold: from `open` to the first query's answer, on a database that another browser process filled. */
export async function runOpen(engine: BenchEngine): Promise<number> {
  const began = performance.now()
  await engine.open()
  const found = await engine.range('p0042')
  const tookUs = (performance.now() - began) * 1000
  check(found.length === ITEMS_PER_PARTITION, 'the first query after a cold start')
  return tookUs
}
