// Sequences, committedAt, hooks before and listeners after a commit.
import { describe, expect, it } from 'vitest'
import type { Commit, WriteStep } from '../../src/storage/write-step.ts'
import { openControlled, settle, watch } from './controlled-store.ts'

const take = (write: WriteStep): number => {
  const sequence = write.nextSequence()
  write.put(`row ${sequence}`, '')
  return sequence
}

describe('sequences', () => {
  it('are consecutive in log order, given back by steps that throw and by failed groups', async () => {
    const { keyspace, commits } = await openControlled()
    const first = watch(keyspace.write(take))
    const thrown = keyspace.write((write) => {
      take(write)
      take(write)
      throw new Error('no')
    })
    thrown.catch(() => undefined)
    const second = watch(keyspace.write(take))
    await settle()
    await commits[0]?.succeed()
    expect([first.value, second.value]).toEqual([1, 2])
    const failed = watch(keyspace.write(take))
    await settle()
    const above = watch(keyspace.write(take))
    await commits[0]?.fail(new Error('disk'))
    await commits[0]?.succeed()
    expect([failed.state, above.value]).toEqual(['rejected', 3])
  })

  it('go on after a restart, and so does committedAt where the clock was set back', async () => {
    const before = await openControlled()
    before.holding = false
    before.environment.time = 5_000
    const stamped = (write: WriteStep): [number, number] => [take(write), write.committedAt]
    expect(await before.keyspace.write(stamped)).toEqual([1, 5_000])
    before.environment.time = 4_000
    expect(await before.keyspace.write(stamped)).toEqual([2, 5_000])
    before.environment.time = 6_000
    expect(await before.keyspace.write((write) => (write.put('a', ''), write.committedAt))).toBe(6_000)
    await before.keyspace.close()
    const after = await openControlled({ disk: before.disk })
    after.holding = false
    after.environment.time = 1_000
    expect(await after.keyspace.write(stamped)).toEqual([3, 6_000])
    expect(after.keyspace.epoch).toBeGreaterThan(before.keyspace.epoch)
  })

  it('cost one system row per group that used them, none otherwise', async () => {
    const { keyspace, commits } = await openControlled()
    void keyspace.write(take)
    void keyspace.write(take)
    await settle()
    expect(commits[0]?.batch.writes.map(({ key }) => key)).toEqual(['row 1', 'row 2', '\0\0\0\0\xff'])
    await commits[0]?.succeed()
    void keyspace.write((write) => write.put('a', ''))
    await settle()
    expect(commits[0]?.batch.writes.map(({ key }) => key)).toEqual(['a'])
  })

  it('are refused with DAMAGED if the row cannot be read', async () => {
    const opening = openControlled({ entries: { '\0\0\0\0\xff': '[7,"x"]' } })
    await expect(opening).rejects.toMatchObject({ name: 'StorageException', reason: 'DAMAGED' })
  })

  it('keeps committedAt the same within a step', async () => {
    const { keyspace, environment } = await openControlled()
    void keyspace.write((write) => {
      const first = write.committedAt
      environment.time += 1000
      expect(write.committedAt).toBe(first)
    })
  })
})

describe('beforeCommit', () => {
  it('runs once per group that has writes, in order, on the head, its rows in the same batch', async () => {
    const { keyspace, commits } = await openControlled({ entries: { n: '7' } })
    let runs = 0
    keyspace.beforeCommit((write) => {
      runs++
      write.put('count', `${Number(write.get('count') ?? 0) + 1} ${write.get('n')}`)
      write.emit({ hook: write.nextSequence() })
    })
    keyspace.beforeCommit((write) => write.put('second', `after ${write.get('count')}`))
    expect(await keyspace.write((write) => write.get('n'))).toBe('7')
    await settle()
    expect(runs).toBe(0)
    void keyspace.write((write) => write.put('n', '8'))
    void keyspace.write((write) => write.put('m', '8'))
    await settle()
    expect(runs).toBe(1)
    expect(commits[0]?.batch.writes.slice(0, 4)).toEqual([
      { key: 'n', value: '8' },
      { key: 'm', value: '8' },
      { key: 'count', value: '1 8' },
      { key: 'second', value: 'after 1 8' },
    ])
  })

  it('waits for pages that a hook lacks, while steps still join the group', async () => {
    const { keyspace, commits, loads, missing } = await openControlled({ entries: { count: '41' } })
    missing.add('count')
    keyspace.beforeCommit((write) => write.put('count', String(Number(write.get('count')) + 1)))
    const first = watch(keyspace.write((write) => write.put('a', '1')))
    await settle()
    expect([commits.length, loads.length]).toEqual([0, 1])
    const second = watch(keyspace.write((write) => write.put('b', '1')))
    await loads[0]?.succeed()
    expect(commits[0]?.batch.writes.map(({ key, value }) => `${key} ${String(value)}`)).toEqual(['a 1', 'b 1', 'count 42'])
    await commits[0]?.succeed()
    expect([first.state, second.state]).toEqual(['resolved', 'resolved'])
    const third = watch(keyspace.write((write) => write.put('c', '1')))
    await settle()
    await loads[0]?.fail(new Error('damaged'))
    expect(third.error).toEqual(new Error('damaged'))
  })
})

describe('onCommit', () => {
  it('tells what each step emitted, once durable and readable, before the answers leave', async () => {
    const { keyspace, commits, environment } = await openControlled({ entries: { a: '0' } })
    const events: string[] = []
    const told: Commit[] = []
    keyspace.onCommit((commit) => {
      told.push(commit)
      void keyspace.read((reader) => events.push(`told, a is ${reader.get('a')}`))
    })
    const step = (name: string) => (write: WriteStep) => {
      write.put('a', name)
      write.emit({ name, part: 1 })
      write.emit({ name, part: 2 })
      return write.committedAt
    }
    void keyspace.write(step('x')).then(() => events.push('answer'))
    void keyspace.write((write) => write.put('silent', ''))
    environment.time += 5
    void keyspace.write(step('y'))
    await settle()
    expect(events).toEqual([])
    await commits[0]?.succeed()
    expect(events).toEqual(['told, a is y', 'answer'])
    expect(told).toEqual([
      {
        epoch: keyspace.epoch,
        number: 1,
        committedAt: environment.time,
        steps: [
          [{ name: 'x', part: 1 }, { name: 'x', part: 2 }],
          [{ name: 'y', part: 1 }, { name: 'y', part: 2 }],
        ],
      },
    ])
  })

  it('T3: numbers rise by one with every commit that is told', async () => {
    const controlled = await openControlled()
    controlled.holding = false
    const { keyspace } = controlled
    const numbers: number[] = []
    const stop = keyspace.onCommit(({ number }) => numbers.push(number))
    for (let round = 0; round < 6; round++) {
      await keyspace.write((write) => {
        write.put('a', String(round))
        if (round % 2 === 0) write.emit({})
      })
    }
    stop()
    await keyspace.write((write) => (write.put('a', ''), write.emit({})))
    expect(numbers).toEqual([1, 2, 3])
  })

  it('lets a listener write, and a step call write: the inner one runs afterwards', async () => {
    const controlled = await openControlled()
    controlled.holding = false
    const { keyspace } = controlled
    const order: string[] = []
    const inner: Promise<unknown>[] = []
    await keyspace.write((write) => {
      inner.push(keyspace.write(() => order.push('inner')))
      order.push('outer')
      write.put('a', '1')
      write.emit({})
    })
    await Promise.all(inner)
    expect(order).toEqual(['outer', 'inner'])
    const stop = keyspace.onCommit(() => {
      stop()
      inner.push(keyspace.write((write) => write.put('by listener', '1')))
    })
    await keyspace.write((write) => (write.put('a', '2'), write.emit({})))
    await Promise.all(inner)
    expect(await keyspace.read((reader) => reader.get('by listener'))).toBe('1')
  })

  it('refuses a step object that is used after its step', async () => {
    const { keyspace } = await openControlled()
    let leaked: WriteStep | undefined
    await keyspace.write((write) => void (leaked = write))
    expect(() => leaked?.put('a', '1')).toThrow('after it had returned')
    expect(() => leaked?.get('a')).toThrow('after it had returned')
  })
})
