// What the benchmark's page offers to the runner (run.mjs), by engine name.
import { dexieEngine } from './engines/dexie.ts'
import { holdfastEngine } from './engines/holdfast.ts'
import { memoryWorkerEngine } from './engines/memory-worker.ts'
import { rawIdbEngine } from './engines/raw-idb.ts'
import { sqliteEngine } from './engines/sqlite.ts'
import { type BenchEngine, makeItem, runOpen, runWorkloads } from './workload.ts'

const ENGINES: { readonly [name: string]: () => BenchEngine } = {
  'raw-idb': rawIdbEngine,
  dexie: dexieEngine,
  sqlite: sqliteEngine,
  'memory-worker': memoryWorkerEngine,
  'holdfast-plain': () => holdfastEngine('plain'),
  'holdfast-all': () => holdfastEngine('all'),
}
const mustMake = (name: string): BenchEngine => {
  const make = ENGINES[name]
  if (make === undefined) throw new Error(`no engine ${name}`)
  return make()
}
let current: BenchEngine | undefined

const bench = {
  engines: Object.keys(ENGINES),
  make: mustMake,
  makeItem,
  async workloads(name: string) {
    current = mustMake(name)
    return await runWorkloads(current)
  },
  async close() {
    await current?.close()
  },
  async open(name: string) {
    current = mustMake(name)
    return await runOpen(current)
  },
  /** In a second tab: tells when each item arrives, on the machine-wide clock. */
  async watch(name: string) {
    current = mustMake(name)
    await current.open()
    const arrivals: { [sk: string]: number } = {}
    Object.assign(globalThis, { arrivals })
    await current.watch('other0000', (sk) => {
      arrivals[sk] = performance.timeOrigin + performance.now()
    })
  },
  arrivals: () => (globalThis as unknown as { arrivals: { [sk: string]: number } }).arrivals,
  /** In the first tab: writes, one at a time with a pause, and tells when each write was called. */
  async writeForOther() {
    const calls: { [sk: string]: number } = {}
    for (let i = 0; i < 50; i++) {
      const item = makeItem(i, 'other')
      calls[item.sk] = performance.timeOrigin + performance.now()
      await current?.put(item)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return calls
  },
}
export type Bench = typeof bench
Object.assign(globalThis, { bench })
