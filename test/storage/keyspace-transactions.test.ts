// What requests and transactions need of the keyspace: kept answers (T1), validation of read sets, dropped ranges.
import { describe, expect, it } from 'vitest'
import { AlreadySettled } from '../../src/storage/keyspace.ts'
import { RecentWrites } from '../../src/storage/recent-writes.ts'
import type { KeyRange, Settlement } from '../../src/storage/store.ts'
import type { ReadSet, WriteStep } from '../../src/storage/write-step.ts'
import { openControlled, settle, watch } from './controlled-store.ts'
import type { Controlled } from './controlled-store.ts'

const answer = (id: string, text = 'answer'): Settlement => ({ id, text, expiresAt: 9e15 })
const put = (key: string, value: string) => (write: WriteStep) => write.put(key, value)

describe('T1: kept answers', () => {
  it('are found while pending, and then wait until they are durable', async () => {
    const { keyspace, commits } = await openControlled()
    expect(keyspace.settled('s')).toBeUndefined()
    void keyspace.write((write) => (write.put('a', '1'), write.settle(answer('s'))))
    const open = watch(keyspace.settled('s') ?? Promise.reject(new Error('unknown')))
    await settle()
    const flight = watch(keyspace.settled('s') ?? Promise.reject(new Error('unknown')))
    await settle()
    expect([open.state, flight.state]).toEqual(['pending', 'pending'])
    expect(commits[0]?.batch.settlements).toEqual([answer('s')])
    await commits[0]?.succeed()
    expect([open.value, flight.value]).toEqual([answer('s'), answer('s')])
    expect(await keyspace.settled('s')).toEqual(answer('s'))
    keyspace.confirm(['s'])
    expect(keyspace.settled('s')).toBeUndefined()
  })

  it('make a second attempt fail with AlreadySettled, whether the first is loading, pending, or durable', async () => {
    const controlled = await openControlled({ entries: { n: '0' } })
    const { keyspace, commits, loads, missing } = controlled
    const attempt = (write: WriteStep): void => {
      write.put('n', String(Number(write.get('n')) + 1))
      write.settle(answer('s'))
    }
    missing.add('n')
    const first = watch(keyspace.write(attempt))
    const second = watch(keyspace.write(attempt))
    await loads[0]?.succeed()
    await loads[0]?.succeed()
    expect([first.state, second.state]).toEqual(['pending', 'pending'])
    await commits[0]?.succeed()
    missing.clear()
    const third = watch(keyspace.write(attempt))
    await settle()
    expect(first.state).toBe('resolved')
    for (const { error } of [second, third]) {
      expect(error).toBeInstanceOf(AlreadySettled)
      expect((error as AlreadySettled).settlement).toEqual(answer('s'))
    }
    expect(await keyspace.read((reader) => reader.get('n'))).toBe('1')
  })

  it('let the second attempt apply where the first failed after it', async () => {
    const { keyspace, commits } = await openControlled()
    const attempt = (name: string) => (write: WriteStep) => (write.put('by', name), write.settle(answer('s')))
    const first = watch(keyspace.write(attempt('first')))
    await settle()
    const second = watch(keyspace.write(attempt('second')))
    await commits[0]?.fail(new Error('disk'))
    await commits[0]?.succeed()
    expect([first.state, second.state]).toEqual(['rejected', 'resolved'])
    expect(await keyspace.read((reader) => reader.get('by'))).toBe('second')
  })
})

function readSet({ keyspace }: Controlled, keys: readonly string[], ranges: readonly KeyRange[] = []): ReadSet {
  const stamp = keyspace.stamp()
  return { epoch: keyspace.epoch, keys: keys.map((key) => ({ key, stamp })), ranges: ranges.map((range) => ({ range, stamp })) }
}

describe('validate', () => {
  const isValid = (reads: ReadSet) => (write: WriteStep) => write.validate(reads)

  it('is true until a key or a key in a range is written, deletes and new keys included', async () => {
    const controlled = await openControlled({ entries: { a: '1', b: '1', m: '1' } })
    controlled.holding = false
    const { keyspace } = controlled
    const reads = { keys: readSet(controlled, ['a', 'absent']), range: readSet(controlled, [], [{ start: 'k', end: 'n' }]) }
    const both = (): Promise<boolean[]> => Promise.all([keyspace.write(isValid(reads.keys)), keyspace.write(isValid(reads.range))])
    await keyspace.write(put('b', '2'))
    await keyspace.write(put('n', '2'))
    expect(await both()).toEqual([true, true])
    await keyspace.write((write) => write.delete('m'))
    expect(await both()).toEqual([true, false])
    await keyspace.write(put('absent', '2'))
    expect(await both()).toEqual([false, false])
    expect(await keyspace.write(isValid(readSet(controlled, ['absent'], [{ start: 'a', end: 'z' }])))).toBe(true)
  })

  it('S3: takes pending writes for changes, answers when they are durable, and again if they fail', async () => {
    const controlled = await openControlled({ entries: { a: '1' } })
    const { keyspace, commits } = controlled
    const keys = readSet(controlled, ['a'])
    const range = readSet(controlled, [], [{ start: 'a', end: 'b' }])
    const writing = watch(keyspace.write(put('a', '2')))
    const openKey = watch(keyspace.write(isValid(keys)))
    const openRange = watch(keyspace.write(isValid(range)))
    await settle()
    const flightKey = watch(keyspace.write(isValid(keys)))
    const flightRange = watch(keyspace.write(isValid(range)))
    const other = await keyspace.write(isValid(readSet(controlled, ['b'], [{ start: 'b', end: 'c' }])))
    expect([other, openKey.state, openRange.state, flightKey.state, flightRange.state]).toEqual([true, 'pending', 'pending', 'pending', 'pending'])
    await commits[0]?.fail(new Error('disk'))
    expect(writing.state).toBe('rejected')
    expect([openKey, openRange, flightKey, flightRange].map(({ value }) => value)).toEqual([true, true, true, true])
    void keyspace.write(put('a', '3'))
    const again = watch(keyspace.write(isValid(keys)))
    await settle()
    await commits[0]?.succeed()
    expect(again.value).toBe(false)
  })

  it('is false for another epoch, and for reads older than what is remembered', async () => {
    const controlled = await openControlled({ entries: { a: '1' } })
    controlled.holding = false
    const { keyspace } = controlled
    const reads = readSet(controlled, ['a'])
    expect(await keyspace.write(isValid({ ...reads, epoch: reads.epoch - 1 }))).toBe(false)
    for (let round = 0; round < 3; round++) {
      await keyspace.write((write) => {
        for (let index = 0; index < 30_000; index++) write.put(`k${index}`, '')
      })
      expect(await keyspace.write(isValid(reads))).toBe(round < 2)
    }
    expect(await keyspace.write(isValid(readSet(controlled, ['a'], [{ start: '', end: 'z' }])))).toBe(true)
  })

  it('lets only one of two transactions through that read the same and write', async () => {
    const controlled = await openControlled({ entries: { a: '1' } })
    controlled.holding = false
    const { keyspace } = controlled
    const reads = readSet(controlled, ['a'])
    const commit = (write: WriteStep): boolean => {
      const valid = write.validate(reads)
      if (valid) write.put('a', String(Number(write.get('a')) + 1))
      return valid
    }
    expect(await Promise.all([keyspace.write(commit), keyspace.write(commit)])).toEqual([true, false])
    expect(await keyspace.read((reader) => reader.get('a'))).toBe('2')
  })
})

describe('RecentWrites', () => {
  it('agrees with a full history for everything that it still knows', () => {
    const recent = new RecentWrites()
    const history: { stamp: number; key: string }[] = []
    for (let stamp = 1; stamp <= 400; stamp++) {
      const keys = Array.from({ length: (stamp * 37) % 61 }, (_, index) => String((index * 7919 + stamp * 104729) % 5000).padStart(4, '0'))
      recent.add(stamp, { writes: new Set(keys), drops: [], bytes: keys.length * 4 })
      for (const key of keys) history.push({ stamp, key })
    }
    let changed = 0
    for (let probe = 0; probe < 300; probe++) {
      const since = 300 + ((probe * 31) % 100)
      const start = String((probe * 613) % 5000).padStart(4, '0')
      const end = String(Number(start) + (probe % 40)).padStart(4, '0')
      const expected = history.some(({ stamp, key }) => stamp > since && key >= start && key < end)
      if (expected) changed++
      expect(recent.rangeUnchanged({ start, end }, since)).toBe(!expected)
      expect(recent.keyUnchanged(start, since)).toBe(!history.some(({ stamp, key }) => stamp > since && key === start))
    }
    expect(changed).toBeGreaterThan(20)
  })

  it('is bounded in bytes and drops, too', () => {
    const recent = new RecentWrites()
    for (let stamp = 1; stamp <= 10; stamp++) recent.add(stamp, { writes: new Set([`${stamp}`]), drops: [], bytes: 2 * 1024 * 1024 })
    expect(recent.keyUnchanged('a', 5)).toBe(false)
    expect(recent.keyUnchanged('a', 9)).toBe(true)
    for (let stamp = 11; stamp <= 1000; stamp++) recent.add(stamp, { writes: new Set(), drops: [{ start: 'a', end: 'b' }], bytes: 2 })
    expect(recent.keyUnchanged('x', 11)).toBe(false)
    expect(recent.keyUnchanged('x', 990)).toBe(true)
    expect(recent.keyUnchanged('aa', 990)).toBe(false)
    expect(recent.keyUnchanged('aa', 1000)).toBe(true)
  })
})

describe('drop', () => {
  const entries = { a1: 's', a2: 's', a3: 's', b1: 's' }
  const walk = (reverse: boolean) => (write: WriteStep) => {
    const seen: string[] = []
    const cursor = write.cursor({ start: 'a', end: 'c', reverse })
    while (cursor.next()) seen.push(`${cursor.key}${cursor.value}`)
    return seen.join(' ')
  }

  it('hides at once what the range held, keeps what is put later, and is one entry in the batch', async () => {
    const { keyspace, commits } = await openControlled({ entries })
    void keyspace.write((write) => (write.put('a2', 'p'), write.put('b2', 'p')))
    await settle()
    const dropped = watch(
      keyspace.write((write) => {
        write.put('a5', 'lost')
        write.drop({ start: 'a', end: 'b' })
        write.put('a3', 'new')
        expect([write.get('a1'), write.get('a2'), write.get('a3'), write.get('a5'), write.get('b1')]).toEqual([undefined, undefined, 'new', undefined, 's'])
        return [walk(false)(write), walk(true)(write)]
      }),
    )
    const seen = watch(keyspace.write((write) => write.get('a1') ?? 'gone'))
    await settle()
    expect(seen.state).toBe('pending')
    await commits[0]?.succeed()
    expect(commits[0]?.batch).toEqual({ writes: [{ key: 'a3', value: 'new' }], drops: [{ start: 'a', end: 'b' }], durability: 'relaxed' })
    const above = watch(keyspace.write(walk(false)))
    await settle()
    expect(above.state).toBe('pending')
    await commits[0]?.succeed()
    expect(dropped.value).toEqual(['a3new b1s b2p', 'b2p b1s a3new'])
    expect([seen.value, above.value]).toEqual(['gone', 'a3new b1s b2p'])
    expect(await keyspace.write(walk(false))).toBe('a3new b1s b2p')
  })

  it('is undone with its step, and counts as a change of every key and range that it meets', async () => {
    const controlled = await openControlled({ entries })
    const { keyspace, commits } = controlled
    const reads = [readSet(controlled, ['a1']), readSet(controlled, [], [{ start: 'a2', end: 'a3' }]), readSet(controlled, ['b1'], [{ start: 'b', end: 'c' }])]
    const validate = (write: WriteStep): boolean[] => reads.map((set) => write.validate(set))
    void keyspace.write(put('a5', 'p'))
    const failed = keyspace.write((write) => {
      write.drop({ start: 'a', end: 'c' })
      throw new Error('no')
    })
    failed.catch(() => undefined)
    const after = watch(keyspace.write(walk(false)))
    await settle()
    await commits[0]?.succeed()
    expect(after.value).toBe('a1s a2s a3s a5p b1s')
    expect(await keyspace.write(validate)).toEqual([true, true, true])
    void keyspace.write((write) => write.drop({ start: 'a', end: 'b' }))
    const pending = watch(keyspace.write(validate))
    await settle()
    await commits[0]?.succeed()
    expect(pending.value).toEqual([false, false, true])
    expect(await keyspace.write(validate)).toEqual([false, false, true])
  })
})
