// The page that the crash test kills: writes of several kinds at once, each acknowledgement told to the world outside the
// browser, and the checks that a later browser process runs on what it finds.
import { N, openDatabase, S, table, TransactionCanceledException } from 'holdfast'
import { writeJunk } from '../browser/fixtures/junk-record.ts'

declare global {
  /** Playwright binding: resolves when the runner has it in memory. */
  function told(kind: string, id: string, value: number): Promise<void>
}

const Things = table('Things', {
  partitionKey: 'pk',
  sortKey: 'sk',
  attributes: { pk: S(), sk: S(), group: S().optional(), n: N(), pad: S().optional() },
  globalSecondaryIndexes: { byGroup: { partitionKey: 'group', sortKey: 'n' }, keysOnly: { partitionKey: 'group', sortKey: 'pk', projection: 'KEYS_ONLY' } },
  streamViewType: 'NEW_AND_OLD_IMAGES',
})

const parameters = new URLSearchParams(location.search)
const makeWorker = (): Worker =>
  new Worker(new URL('crash-worker.ts', import.meta.url), { type: 'module', name: parameters.get('kill') ?? '' })
const db = openDatabase('crash', { worker: makeWorker })
const things = db.table(Things)
const ACCOUNTS = 8
const COUNTERS = 6

/** Found after a crash: everything that the runner compares with what it was told. */
export interface Found {
  readonly openedMs: number
  readonly counters: { readonly [id: string]: number }
  readonly puts: readonly string[]
  readonly accountSum: number
  readonly indexDifferences: readonly string[]
}


async function count(id: string): Promise<void> {
  for (let i = 1; ; i++) {
    const now = await things.update({ pk: 'counter', sk: id }, { add: { n: 1 }, set: { group: `g${i % 5}` } }, { returnValues: 'ALL_NEW' })
    await told('counter', id, now.n)
  }
}
async function insert(writer: string, run: string): Promise<void> {
  const pad = 'x'.repeat(300)
  for (let i = 0; ; i++) {
    const batch = Array.from({ length: 8 }, (_, k) => ({ pk: `put-${run}-${writer}`, sk: `${i}-${k}`, group: `g${(i + k) % 7}`, n: i, pad }))
    await Promise.all(batch.map((item) => things.put(item)))
    for (const { pk, sk } of batch) await told('put', `${pk}/${sk}`, 1)
    if (i % 5 === 4) {
      const [gone] = batch
      if (gone === undefined) continue
      await told('deleting', `${gone.pk}/${gone.sk}`, 1)
      await things.delete({ pk: gone.pk, sk: gone.sk })
      await told('deleted', `${gone.pk}/${gone.sk}`, 1)
    }
  }
}
async function transfer(seed: number): Promise<void> {
  for (let i = seed; ; i += 7) {
    const from = { pk: 'account', sk: String(i % ACCOUNTS) }
    const to = { pk: 'account', sk: String((i * 3 + 1) % ACCOUNTS) }
    if (from.sk === to.sk) continue
    try {
      await db.transact((tx) => {
        tx.update(things, from, { add: { n: -1 } })
        tx.update(things, to, { add: { n: 1 } })
      })
      await told('transfer', '', 1)
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error
    }
  }
}

const crash = {
  /** Writes until killed. `run` tells this process's inserts from those before. */
  load(run: string): void {
    const fail = (error: unknown): void => void told('error', String(error), 0)
    for (let i = 0; i < COUNTERS; i++) count(String(i)).catch(fail)
    for (let i = 0; i < 3; i++) insert(String(i), run).catch(fail)
    for (let i = 0; i < 2; i++) transfer(i).catch(fail)
  },

  async find(): Promise<Found> {
    const counters: { [id: string]: number } = {}
    const puts: string[] = []
    const expected = new Map<string, string>()
    let accountSum = 0
    for (let i = 0; i < COUNTERS; i++) counters[i] = (await things.get({ pk: 'counter', sk: String(i) }))?.n ?? 0
    // Since the page began: the database opened meanwhile.
    const openedMs = performance.now()
    for await (const item of things.scan()) {
      if (item.pk === 'account') accountSum += item.n
      if (item.pk.startsWith('put-')) puts.push(`${item.pk}/${item.sk}`)
      if (item.group !== undefined) expected.set(`${item.group} ${item.pk}/${item.sk}`, String(item.n))
    }
    const indexDifferences: string[] = []
    const indexed = new Map<string, string>()
    let keysOnly = 0
    for await (const item of things.index('byGroup').scan()) indexed.set(`${item.group} ${item.pk}/${item.sk}`, String(item.n))
    for await (const item of things.index('keysOnly').scan()) {
      keysOnly++
      if (!expected.has(`${item.group} ${item.pk}/${item.sk}`)) indexDifferences.push(`keysOnly has ${item.pk}/${item.sk}`)
    }
    for (const [key, n] of expected) if (indexed.get(key) !== n) indexDifferences.push(`${key}: item ${n}, entry ${indexed.get(key)}`)
    for (const key of indexed.keys()) if (!expected.has(key)) indexDifferences.push(`${key}: no item`)
    if (keysOnly !== expected.size) indexDifferences.push(`keysOnly has ${keysOnly} entries for ${expected.size} items`)
    return { openedMs, counters, puts, accountSum, indexDifferences }
  },

  /** Writes `junk…` to another database of the origin, as the last record of the browser's log. */
  junk: () => writeJunk('junk'.repeat(1000)),

  close: () => db.close(),
}
export type Crash = typeof crash
Object.assign(globalThis, { crash })
