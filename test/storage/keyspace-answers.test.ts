// When steps run, how they gather in groups, and when their answers leave (S3).
import { describe, expect, it } from 'vitest'
import type { WriteStep } from '../../src/storage/write-step.ts'
import { openControlled, settle, watch } from './controlled-store.ts'

const put = (key: string, value: string) => (write: WriteStep) => write.put(key, value)
const get = (key: string) => (write: WriteStep) => write.get(key)

describe('groups', () => {
  it('takes all steps of one turn into one batch, also those that await a little first', async () => {
    const { keyspace, commits } = await openControlled()
    const late = async (): Promise<void> => {
      await Promise.resolve()
      await Promise.resolve()
      await keyspace.write(put('late', '1'))
    }
    const writes = [keyspace.write(put('a', '1')), keyspace.write(put('b', '1')), late()]
    await settle()
    expect(commits.map(({ batch }) => batch.writes.map(({ key }) => key))).toEqual([['a', 'b', 'late']])
    await commits[0]?.succeed()
    await Promise.all(writes)
    expect(commits).toHaveLength(0)
  })

  it('runs a step at once on the head and gathers the next group while one is in flight', async () => {
    const { keyspace, commits } = await openControlled()
    const ran: string[] = []
    void keyspace.write((write) => {
      ran.push('first')
      write.put('n', '1')
    })
    expect(ran).toEqual(['first'])
    await settle()
    for (let round = 0; round < 10; round++) {
      void keyspace.write((write) => write.put('n', String(Number(write.get('n')) + 1)))
      await settle()
    }
    expect(commits).toHaveLength(1)
    await commits[0]?.succeed()
    expect(commits.map(({ batch }) => batch.writes)).toEqual([[{ key: 'n', value: '11' }]])
  })

  it('asks for strict durability if any writer of the group does', async () => {
    const { keyspace, commits } = await openControlled()
    void keyspace.write(put('a', '1'))
    await settle()
    void keyspace.write(put('b', '1'))
    void keyspace.write(put('c', '1'), { durability: 'strict' })
    expect(commits[0]?.batch.durability).toBe('relaxed')
    await commits[0]?.succeed()
    expect(commits[0]?.batch.durability).toBe('strict')
  })

  it('cuts groups at about 4 MB and keeps what comes later off the head until there is room', async () => {
    const { keyspace, commits } = await openControlled()
    const megabyte = 'x'.repeat(1024 * 1024)
    const order: number[] = []
    const writes = Array.from({ length: 10 }, (_, index) =>
      keyspace.write((write) => {
        order.push(index)
        write.put(`k${index}`, megabyte)
      }),
    )
    expect(order).toEqual([0, 1, 2, 3])
    await settle()
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    const sizes: number[] = []
    while (commits[0] !== undefined) {
      sizes.push(commits[0].batch.writes.length)
      await commits[0].succeed()
    }
    await Promise.all(writes)
    expect(sizes).toEqual([4, 4, 2])
    expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('writes the last value of a key once, parts as parts, deletes as undefined', async () => {
    const { keyspace, commits } = await openControlled({ entries: { gone: '1' } })
    void keyspace.write(put('a', '1'))
    void keyspace.write((write) => {
      write.put('a', ['2', '3'])
      write.delete('gone')
    })
    await settle()
    expect(commits[0]?.batch.writes).toEqual([
      { key: 'a', value: ['2', '3'] },
      { key: 'gone', value: undefined },
    ])
  })
})

describe('S3: answers leave when what they saw is durable', () => {
  it('holds back a write until its commit, and a reader of the head until the group that it saw', async () => {
    const { keyspace, commits } = await openControlled()
    const write = watch(keyspace.write(put('a', '1')))
    await settle()
    const sawFlight = watch(keyspace.write(get('a')))
    const next = watch(keyspace.write(put('b', '1')))
    const sawOpen = watch(keyspace.write(get('b')))
    const sawNothing = watch(keyspace.write(get('c')))
    await settle()
    expect([write.state, sawFlight.state, next.state, sawOpen.state]).toEqual(['pending', 'pending', 'pending', 'pending'])
    expect(sawNothing.state).toBe('resolved')
    await commits[0]?.succeed()
    expect([write.state, sawFlight.state, next.state, sawOpen.state]).toEqual(['resolved', 'resolved', 'pending', 'pending'])
    expect(sawFlight.value).toBe('1')
    await commits[0]?.succeed()
    expect([next.state, sawOpen.state]).toEqual(['resolved', 'resolved'])
  })

  it('holds back errors alike, and undoes what the step wrote', async () => {
    const { keyspace, commits } = await openControlled({ entries: { a: '0' } })
    void keyspace.write(put('a', '1'))
    await settle()
    const failed = watch(
      keyspace.write((write) => {
        write.put('b', 'half')
        write.delete('a')
        write.emit({})
        write.settle({ id: 's', text: '', expiresAt: 9e15 })
        throw new Error(`a is ${write.get('a')}`)
      }),
    )
    const failedOnFlight = watch(
      keyspace.write((write) => {
        throw new Error(`a is ${write.get('a')}`)
      }),
    )
    const blind = watch(
      keyspace.write(() => {
        throw new Error('saw nothing')
      }),
    )
    await settle()
    expect([failedOnFlight.state, blind.state]).toEqual(['pending', 'rejected'])
    await commits[0]?.succeed()
    await settle()
    expect(failed.error).toEqual(new Error('a is undefined'))
    expect(failedOnFlight.error).toEqual(new Error('a is 1'))
    expect(commits).toHaveLength(0)
    expect(keyspace.settled('s')).toBeUndefined()
    expect(await keyspace.read((reader) => [reader.get('a'), reader.get('b')])).toEqual(['1', undefined])
  })

  it('restores what earlier steps of the group wrote when a later one throws', async () => {
    const { keyspace, commits } = await openControlled({ entries: { c: 'stored' } })
    void keyspace.write((write) => {
      write.put('a', '1')
      write.delete('c')
    })
    const failed = keyspace.write((write) => {
      write.put('a', '2')
      write.put('a', '3')
      write.put('c', '4')
      write.delete('a')
      throw new Error('no')
    })
    failed.catch(() => undefined)
    await settle()
    expect(commits[0]?.batch.writes).toEqual([
      { key: 'a', value: '1' },
      { key: 'c', value: undefined },
    ])
  })

  it('counts a pending delete, and a pending key that a cursor passes, as seen; one beyond the walk not', async () => {
    const { keyspace, commits } = await openControlled({ entries: { a: '1', b: '1', c: '1', e: '1' } })
    void keyspace.write((write) => {
      write.delete('b')
      write.put('d', 'new')
    })
    await settle()
    const walk = (limit: number) => (write: WriteStep) => {
      const keys: string[] = []
      const cursor = write.cursor({ start: 'a', end: 'z' })
      while (keys.length < limit && cursor.next()) keys.push(`${cursor.key}${cursor.value}`)
      return keys
    }
    const deleted = watch(keyspace.write(get('b')))
    const first = watch(keyspace.write(walk(1)))
    const two = watch(keyspace.write(walk(2)))
    const outside = watch(keyspace.write((write) => write.cursor({ start: 'e', end: 'z' }).next()))
    await settle()
    expect([deleted.state, first.state, two.state, outside.state]).toEqual(['pending', 'resolved', 'pending', 'resolved'])
    const all = keyspace.write(walk(9))
    await commits[0]?.succeed()
    expect(first.value).toEqual(['a1'])
    expect(two.value).toEqual(['a1', 'c1'])
    expect(await all).toEqual(['a1', 'c1', 'dnew', 'e1'])
  })

  it('shows reads only what is durable, all of a batch or nothing', async () => {
    const { keyspace, commits } = await openControlled({ entries: { a: '0', b: '0' } })
    const read = (): Promise<(string | undefined)[]> => keyspace.read((reader) => [reader.get('a'), reader.get('b')])
    const write = watch(
      keyspace.write((step) => {
        step.put('a', '1')
        step.put('b', '1')
      }),
    )
    expect(await read()).toEqual(['0', '0'])
    await settle()
    expect(await read()).toEqual(['0', '0'])
    await commits[0]?.succeed()
    expect(write.state).toBe('resolved')
    expect(await read()).toEqual(['1', '1'])
  })

  it('merges both pending groups over the durable state in both directions', async () => {
    const { keyspace, commits } = await openControlled({ entries: { a: '0', b: '0', c: '0', d: '0', e: '0' } })
    void keyspace.write((write) => {
      write.put('b', '1')
      write.delete('c')
      write.put('d', '1')
      write.put('f', '1')
    })
    await settle()
    const walks = keyspace.write((write) => {
      write.put('aa', '2')
      write.put('c', ['2', '2'])
      write.delete('d')
      write.delete('f')
      return [false, true].map((reverse) => {
        const seen: string[] = []
        const cursor = write.cursor({ start: 'a', end: 'g', reverse })
        while (cursor.next()) seen.push(`${cursor.key}=${cursor.value}`)
        expect(cursor.next()).toBe(false)
        return seen.join(' ')
      })
    })
    await commits[0]?.succeed()
    await commits[0]?.succeed()
    expect(await walks).toEqual(['a=0 aa=2 b=1 c=22 e=0', 'e=0 c=22 b=1 aa=2 a=0'])
  })
})

describe('page faults', () => {
  it('runs a step again when its page is loaded, while other steps go ahead', async () => {
    const { keyspace, commits, loads, missing } = await openControlled({ entries: { a: '1' } })
    missing.add('a')
    let runs = 0
    const faulting = watch(
      keyspace.write((write) => {
        runs++
        write.put('before', 'the fault')
        write.put('sum', `${write.get('a')}${write.get('other')}`)
      }),
    )
    void keyspace.write(put('other', '2'))
    await settle()
    expect(runs).toBe(1)
    expect(commits.map(({ batch }) => batch.writes)).toEqual([[{ key: 'other', value: '2' }]])
    await loads[0]?.succeed()
    expect(runs).toBe(2)
    await commits[0]?.succeed()
    await commits[0]?.succeed()
    expect(faulting.state).toBe('resolved')
    expect(await keyspace.read((reader) => reader.get('sum'))).toBe('12')
  })

  it('keeps pages pinned over reruns, so that a step that faults many times gets through', async () => {
    const keys = Array.from({ length: 50 }, (_, index) => `k${index}`)
    const { keyspace, commits, loads, missing } = await openControlled({ entries: Object.fromEntries(keys.map((key) => [key, '1'])) })
    for (const key of keys) missing.add(key)
    const sum = watch(
      keyspace.write((write) => {
        const total = keys.reduce((before, key) => before + Number(write.get(key)), 0)
        write.put('sum', String(total))
        return total
      }),
    )
    for (let loaded = 0; loaded < keys.length; loaded++) await loads[0]?.succeed()
    await commits[0]?.succeed()
    expect(sum.value).toBe(50)
    // Released afterwards: the next read faults again.
    void keyspace.write(get('k0'))
    expect(loads).toHaveLength(1)
  })

  it('rejects the step whose page cannot be loaded', async () => {
    const { keyspace, loads, missing } = await openControlled({ entries: { a: '1' } })
    missing.add('a')
    const write = watch(keyspace.write(get('a')))
    const read = watch(keyspace.read((reader) => reader.get('a')))
    await loads[0]?.fail(new Error('damaged'))
    await loads[0]?.fail(new Error('damaged too'))
    expect([write.error, read.error]).toEqual([new Error('damaged'), new Error('damaged too')])
  })

  it('loads pages for reads', async () => {
    const { keyspace, loads, missing } = await openControlled({ entries: { a: '1', b: '2' } })
    missing.add('a').add('b')
    const read = watch(keyspace.read((reader) => `${reader.get('a')}${reader.get('b')}`))
    await loads[0]?.succeed()
    await loads[0]?.succeed()
    expect(read.value).toBe('12')
  })
})

describe('close', () => {
  it('finishes what is pending or loading, refuses what comes later', async () => {
    const { keyspace, commits, loads, missing, store } = await openControlled({ entries: { a: '1' } })
    missing.add('a')
    const writes = [keyspace.write(put('b', '1')), keyspace.write((write) => write.put('c', `${write.get('a')}`))].map(watch)
    await settle()
    const closed = watch(keyspace.close())
    await expect(keyspace.write(put('late', '1'))).rejects.toMatchObject({ reason: 'CLOSED' })
    await expect(keyspace.read((reader) => reader.get('a'))).rejects.toMatchObject({ reason: 'CLOSED' })
    await commits[0]?.succeed()
    expect([writes[0]?.state, closed.state]).toEqual(['resolved', 'pending'])
    await loads[0]?.succeed()
    await commits[0]?.succeed()
    expect([writes[1]?.state, closed.state]).toEqual(['resolved', 'resolved'])
    expect(() => store.get('a')).toThrow('closed')
  })
})
