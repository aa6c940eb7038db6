// The contract of storage/store.ts as a suite that every implementation runs under its name. The oracle is a plain
// sorted array; failures print fast-check's seed. HOLDFAST_RUNS raises the number of random histories.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StorageException } from '../../src/model/errors.ts'
import type { Batch, KeyRange, Reader, Settlement, Store, Value, Write } from '../../src/storage/store.ts'
import { attempt } from '../../src/storage/store.ts'

/** One database: each `open` is another opening of the same content, and takes it over from the one before. */
export interface StoreFixture {
  open(): Promise<Store>
  /** Called after each test, with every store closed. */
  dispose?(): Promise<void>
}

export type Entry = readonly [key: string, value: Value]
const WHOLE: KeyRange = { start: '', end: '\xff\xff\xff\xff' }
const RUNS = Number(process.env['HOLDFAST_RUNS'] ?? 30)

/** All entries of a range, loading pages as needed. */
export function entriesOf(reader: Reader, range: KeyRange = WHOLE, limit = Infinity): Promise<Entry[]> {
  return attempt(() => {
    const entries: Entry[] = []
    const cursor = reader.cursor(range)
    while (entries.length < limit && cursor.next()) entries.push([cursor.key, cursor.value])
    return entries
  })
}

export function getFrom(reader: Reader, key: string): Promise<Value | undefined> {
  return attempt(() => reader.get(key))
}

/** The oracle: what a store with the same history must hold. */
export class NaiveStore {
  entries = new Map<string, Value>()

  apply({ writes, drops = [] }: Batch): void {
    for (const { start, end } of drops) {
      for (const key of this.entries.keys()) if (key >= start && key < end) this.entries.delete(key)
    }
    for (const { key, value } of writes) {
      if (value === undefined) this.entries.delete(key)
      else this.entries.set(key, typeof value === 'string' ? value : value.join(''))
    }
  }

  range({ start, end, reverse }: KeyRange = WHOLE): Entry[] {
    const entries = [...this.entries].filter(([key]) => key >= start && key < end)
    entries.sort(([a], [b]) => (a < b ? -1 : 1))
    return reverse === true ? entries.reverse() : entries
  }
}

const put = (key: string, value: Value | readonly string[]): Write => ({ key, value })
const erase = (key: string): Write => ({ key, value: undefined })
const settlement = (id: string, text = `answer ${id}`, expiresAt = 9e15): Settlement => ({ id, text, expiresAt })
const reasonOf = (error: unknown): string | undefined => (error instanceof StorageException ? error.reason : undefined)

async function rejection(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

export function describeStore(name: string, create: () => StoreFixture | Promise<StoreFixture>): void {
  async function run(body: (store: Store, fixture: StoreFixture) => Promise<void>): Promise<void> {
    const fixture = await create()
    const opened: Store[] = []
    const open = async (): Promise<Store> => {
      const store = await fixture.open()
      opened.push(store)
      return store
    }
    try {
      await body(await open(), { open })
    } finally {
      for (const store of opened) await store.close().catch(() => undefined)
      await fixture.dispose?.()
    }
  }

  describe(`${name}: the storage contract`, () => {
    describeReadsAndWrites(run)
    describeAtomicity(run)
    describeReopening(run)
    describeHistories(run)
  })
}

type Run = (body: (store: Store, fixture: StoreFixture) => Promise<void>) => Promise<void>

function describeReadsAndWrites(run: Run): void {
  it('reads what was committed, and undefined for what was not', () =>
    run(async (store) => {
      expect(await getFrom(store, 'a')).toBeUndefined()
      await store.commit({ writes: [put('a', '1'), put('b', ''), put('', 'the empty key')] })
      expect(await getFrom(store, 'a')).toBe('1')
      expect(await getFrom(store, 'b')).toBe('')
      expect(await getFrom(store, '')).toBe('the empty key')
      expect(await getFrom(store, 'aa')).toBeUndefined()
      await store.commit({ writes: [erase('a'), put('b', '2'), erase('never there')] })
      expect(await entriesOf(store)).toEqual([['', 'the empty key'], ['b', '2']])
    }))

  it('applies the writes of a batch in order: the last one of a key stands', () =>
    run(async (store) => {
      await store.commit({ writes: [put('a', '1'), put('a', '2'), erase('b'), put('b', '3'), put('c', '4'), erase('c')] })
      expect(await entriesOf(store)).toEqual([['a', '2'], ['b', '3']])
    }))

  it('keeps the order of bytes, 0 to 255', () =>
    run(async (store) => {
      const keys = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte))
      await store.commit({ writes: keys.toReversed().map((key) => put(key, key)) })
      for (const step of ['memory', 'disk']) {
        expect((await entriesOf(store)).map(([key]) => key), step).toEqual(keys)
        await store.flush()
      }
    }))

  it('walks half-open ranges in both directions, and empty ones not at all', () =>
    run(async (store) => {
      await store.commit({ writes: ['a', 'b', 'c', 'd'].map((key) => put(key, key)) })
      for (const flushed of [false, true]) {
        const keys = async (range: KeyRange): Promise<string> => (await entriesOf(store, range)).map(([key]) => key).join('')
        expect(await keys({ start: 'b', end: 'd' }), String(flushed)).toBe('bc')
        expect(await keys({ start: 'b', end: 'd', reverse: true })).toBe('cb')
        expect(await keys({ start: 'aa', end: 'cc' })).toBe('bc')
        expect(await keys({ start: 'aa', end: 'cc', reverse: true })).toBe('cb')
        expect(await keys({ start: 'b', end: 'b' })).toBe('')
        expect(await keys({ start: 'd', end: 'b' })).toBe('')
        expect(await keys({ start: 'e', end: 'f', reverse: true })).toBe('')
        await store.flush()
      }
    }))

  it('holds any text: wide characters, lone surrogates, NULs, half a megabyte', () =>
    run(async (store, { open }) => {
      const values = ['äöü', '日本語', '😀', '\ud800 lone', '\udc00', 'a\0b', 'x'.repeat(500_000), '語'.repeat(300_000)]
      await store.commit({ writes: values.map((value, index) => put(`k${index}`, value)) })
      const expected = values.map((value, index): Entry => [`k${index}`, value])
      expect(await entriesOf(store)).toEqual(expected)
      await store.flush()
      expect(await entriesOf(store)).toEqual(expected)
      await store.close()
      expect(await entriesOf(await open())).toEqual(expected)
    }))

  it('joins the parts of a value', () =>
    run(async (store) => {
      const image = '{"id":"x","text":"long enough to be worth sharing"}'
      await store.commit({ writes: [put('a', image), put('b', ['1;', image, ';', image]), put('c', []), put('d', ['', ''])] })
      expect(await entriesOf(store)).toEqual([['a', image], ['b', `1;${image};${image}`], ['c', ''], ['d', '']])
    }))

  it('drops ranges before it writes, from memory and from pages, and keeps what is outside', () =>
    run(async (store, { open }) => {
      const keys = Array.from({ length: 300 }, (_, index) => `k${String(index).padStart(3, '0')}`)
      await store.commit({ writes: keys.map((key) => put(key, key.repeat(100))) })
      await store.flush()
      await store.commit({ writes: [put('k1005', 'in memory')] })
      await store.commit({ writes: [put('k150', 'again')], drops: [{ start: 'k100', end: 'k200' }, { start: 'x', end: 'y' }] })
      const expected = keys.filter((key) => key < 'k100' || key === 'k150' || key >= 'k200')
      const found = async (reader: Reader): Promise<string[]> => (await entriesOf(reader)).map(([key]) => key)
      expect(await found(store)).toEqual(expected)
      expect(await getFrom(store, 'k120')).toBeUndefined()
      expect(await getFrom(store, 'k1005')).toBeUndefined()
      expect(await getFrom(store, 'k150')).toBe('again')
      expect((await entriesOf(store, { start: 'k', end: 'l', reverse: true })).map(([key]) => key)).toEqual(expected.toReversed())
      const later = await open()
      expect(await found(later)).toEqual(expected)
      await later.flush()
      expect(await found(later)).toEqual(expected)
      await later.compact()
      expect(await found(later)).toEqual(expected)
      expect(await getFrom(later, 'k150')).toBe('again')
    }))
}

function describeAtomicity(run: Run): void {
  it('S2: applies concurrent batches whole and in call order', () =>
    run(async (store) => {
      const batches = Array.from({ length: 50 }, (_, n) => store.commit({ writes: [put('last', `${n}`), put(`own ${n}`, `${n}`)] }))
      await Promise.all(batches)
      expect(await getFrom(store, 'last')).toBe('49')
      expect(await entriesOf(store, { start: 'own', end: 'owo' })).toHaveLength(50)
    }))

  it('applies a batch\'s drops after what was committed before it, and before what comes after, in one group too', () =>
    run(async (store, { open }) => {
      const first = store.commit({ writes: [put('a', '1'), put('b', '1')] })
      const second = store.commit({ writes: [put('b', '2')], drops: [{ start: 'a', end: 'c' }] })
      const third = store.commit({ writes: [put('bb', '3')] })
      await Promise.all([first, second, third])
      expect(await entriesOf(store)).toEqual([['b', '2'], ['bb', '3']])
      expect(await entriesOf(await open())).toEqual([['b', '2'], ['bb', '3']])
    }))

  it('S3: shows nothing of a commit before it is durable', () =>
    run(async (store) => {
      const commit = store.commit({ writes: [put('a', '1')], settlements: [settlement('s')] })
      expect(store.get('a')).toBeUndefined()
      expect(store.settlement('s')).toBeUndefined()
      await commit
      expect(await getFrom(store, 'a')).toBe('1')
      expect(store.settlement('s')?.text).toBe('answer s')
    }))

  it('accepts strict durability, and a batch without writes', () =>
    run(async (store, { open }) => {
      await Promise.all([store.commit({ writes: [put('a', '1')], durability: 'strict' }), store.commit({ writes: [] })])
      await store.commit({ writes: [], settlements: [settlement('only')] })
      const later = await open()
      expect(await entriesOf(later)).toEqual([['a', '1']])
      expect(later.settlement('only')?.text).toBe('answer only')
    }))

  it('gives snapshots that stay as they were through commits, flushes and merges', () =>
    run(async (store) => {
      const naive = new NaiveStore()
      const apply = async (batch: Batch): Promise<void> => {
        naive.apply(batch)
        await store.commit(batch)
      }
      const snapshots: [ReturnType<Store['snapshot']>, Entry[]][] = []
      for (let round = 0; round < 6; round++) {
        const writes = Array.from({ length: 200 }, (_, n) => put(`k${(n * 7 + round * 31) % 500}`, `${round}`.repeat(200)))
        await apply({ writes: [...writes, erase(`k${round}`)] })
        snapshots.push([store.snapshot(), naive.range()])
        if (round === 1 || round === 3) await store.flush()
        if (round === 4) await store.compact()
      }
      await store.compact()
      for (const [snapshot, expected] of snapshots) {
        expect(await entriesOf(snapshot)).toEqual(expected)
        expect(await entriesOf(snapshot, { ...WHOLE, reverse: true })).toEqual(expected.toReversed())
        expect(await getFrom(snapshot, 'k499')).toBe(expected.find(([key]) => key === 'k499')?.[1])
        snapshot.release()
        expect(() => snapshot.get('k1')).toThrow(StorageException)
      }
    }))

  it('sees its own earlier range when a cursor of a snapshot is kept over commits', () =>
    run(async (store) => {
      await store.commit({ writes: [put('a', '1'), put('b', '1'), put('c', '1')] })
      const snapshot = store.snapshot()
      const cursor = snapshot.cursor(WHOLE)
      expect(cursor.next()).toBe(true)
      await store.commit({ writes: [erase('b'), put('aa', '2')] })
      const rest: string[] = []
      while (cursor.next()) rest.push(cursor.key)
      expect(rest).toEqual(['b', 'c'])
      snapshot.release()
    }))
}

function describeReopening(run: Run): void {
  it('S1: holds every resolved commit after a take-over without a close, and after a close', () =>
    run(async (first, { open }) => {
      await first.commit({ writes: [put('a', '1'), put('b', '1')] })
      await first.flush()
      await first.commit({ writes: [put('b', '2'), erase('a')] })
      const second = await open()
      expect(await entriesOf(second)).toEqual([['b', '2']])
      await second.commit({ writes: [put('c', '3')] })
      await second.close()
      expect(await entriesOf(await open())).toEqual([['b', '2'], ['c', '3']])
    }))

  it('S5: raises the epoch at each opening, and the host before can write no more', () =>
    run(async (first, { open }) => {
      await first.commit({ writes: [put('a', '1')] })
      await first.verifyLease()
      const second = await open()
      expect(second.epoch).toBeGreaterThan(first.epoch)
      const failures: Error[] = []
      first.onFailure((error) => failures.push(error))
      expect(reasonOf(await rejection(first.verifyLease()))).toBe('LEASE_LOST')
      expect(reasonOf(await rejection(first.commit({ writes: [put('a', 'old host')] })))).toBe('LEASE_LOST')
      await second.commit({ writes: [put('b', '2')] })
      expect(reasonOf(await rejection(first.commit({ writes: [put('a', 'old host')] })))).toBe('LEASE_LOST')
      expect(await entriesOf(second)).toEqual([['a', '1'], ['b', '2']])
      expect(failures.map(reasonOf)).toEqual(['LEASE_LOST'])
    }))

  it('T1: keeps answers over flushes and reopenings until they are confirmed', () =>
    run(async (store, { open }) => {
      await store.commit({ writes: [put('a', '1')], settlements: [settlement('x'), settlement('y', 'two\n"lines"')] })
      await store.commit({ writes: [], settlements: [settlement('gone', 'long ago', 1)] })
      await store.flush()
      await store.commit({ writes: [], settlements: [settlement('z')] })
      store.confirm(['x', 'unknown'])
      expect(store.settlement('x')).toBeUndefined()
      await store.close()
      const later = await open()
      expect(later.settlement('y')).toEqual(settlement('y', 'two\n"lines"'))
      expect(later.settlement('z')).toEqual(settlement('z'))
      expect(later.settlement('gone')).toBeUndefined()
      await later.flush()
      expect((await open()).settlement('y')?.text).toBe('two\n"lines"')
    }))

  it('refuses to work after it is closed', () =>
    run(async (store) => {
      const pending = store.commit({ writes: [put('a', '1')] })
      await store.close()
      await pending
      expect(reasonOf(await rejection(store.commit({ writes: [put('b', '1')] })))).toBe('CLOSED')
      expect(() => store.get('a')).toThrow(StorageException)
      await store.close()
    }))
}

/** What a random history does, one step after the other. */
export type Step =
  | { readonly kind: 'commit'; readonly batch: Batch }
  | { readonly kind: 'flush' | 'compact' | 'reopen' | 'crash' | 'snapshot' | 'check' }

/** Few keys, so that overwrites, deletes and drops meet; now and then big values, so that pages split. */
export function arbitraryHistory(maxLength: number): fc.Arbitrary<Step[]> {
  const key = fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 60 })).map(([table, n]) => `\0\0\0${String.fromCharCode(table)}\0${n}`)
  const value = fc.oneof(
    { arbitrary: fc.string({ maxLength: 12, unit: 'binary' }), weight: 6 },
    { arbitrary: fc.integer({ min: 100, max: 9000 }).map((length) => 'v'.repeat(length)), weight: 4 },
    { arbitrary: fc.constantFrom('語'.repeat(5000), 'x'.repeat(60_000)), weight: 1 },
    { arbitrary: fc.array(fc.constantFrom('a', 'a part that is long enough to be shared', 'another part that is long enough too'), { maxLength: 3 }), weight: 2 },
  )
  const write = fc.oneof(
    { arbitrary: fc.record({ key, value }), weight: 4 },
    { arbitrary: fc.record({ key, value: fc.constant(undefined) }), weight: 1 },
  )
  const drop = fc.tuple(key, key).map(([start, end]) => ({ start, end }))
  const batch: fc.Arbitrary<Batch> = fc.record(
    { writes: fc.array(write, { maxLength: 25 }), drops: fc.array(drop, { minLength: 1, maxLength: 2 }) },
    { requiredKeys: ['writes'] },
  )
  const step = fc.oneof(
    { arbitrary: fc.record({ kind: fc.constant('commit' as const), batch }), weight: 12 },
    { arbitrary: fc.record({ kind: fc.constantFrom('flush' as const, 'check' as const, 'snapshot' as const) }), weight: 5 },
    { arbitrary: fc.record({ kind: fc.constantFrom('compact' as const, 'reopen' as const, 'crash' as const) }), weight: 3 },
  )
  return fc.array(step, { maxLength })
}

function describeHistories(run: Run): void {
  it('equals a naive map after any history of commits, drops, flushes, merges, snapshots and reopenings', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryHistory(25), (steps) => run((store, { open }) => play(steps, store, open))),
      { numRuns: RUNS, endOnFailure: false },
    )
  })
}

async function play(steps: readonly Step[], first: Store, open: () => Promise<Store>): Promise<void> {
  let store = first
  const naive = new NaiveStore()
  const snapshots: { snapshot: Reader & { release(): void }; expected: Entry[] }[] = []
  const checkSnapshots = async (): Promise<void> => {
    for (const { snapshot, expected } of snapshots.splice(0)) {
      expect(await entriesOf(snapshot)).toEqual(expected)
      snapshot.release()
    }
  }
  for (const step of steps) {
    if (step.kind === 'commit') {
      await store.commit(step.batch)
      naive.apply(step.batch)
    } else if (step.kind === 'snapshot') snapshots.push({ snapshot: store.snapshot(), expected: naive.range() })
    else if (step.kind === 'flush' || step.kind === 'compact') await store[step.kind]()
    else if (step.kind === 'check') await checkSame(store, naive)
    else {
      await checkSnapshots()
      if (step.kind === 'reopen') await store.close()
      store = await open()
    }
  }
  await checkSame(store, naive)
  await checkSnapshots()
}

/** Whole content, both ways, and single keys. */
export async function checkSame(reader: Reader, naive: NaiveStore): Promise<void> {
  const expected = naive.range()
  expect(await entriesOf(reader)).toEqual(expected)
  expect(await entriesOf(reader, { ...WHOLE, reverse: true })).toEqual(expected.toReversed())
  const middle = { start: '\0\0\0\x01\x001', end: '\0\0\0\x02\x003' }
  expect(await entriesOf(reader, middle)).toEqual(naive.range(middle))
  for (const [key, value] of expected.slice(0, 5)) expect(await getFrom(reader, key)).toBe(value)
  expect(await getFrom(reader, '\0\0\0\x01\0never')).toBeUndefined()
}
