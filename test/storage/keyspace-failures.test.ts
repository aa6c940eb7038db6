// What happens when a group's commit fails (S4), when the quota is used up (S7), and when the store is lost (S5).
import { describe, expect, it } from 'vitest'
import { QuotaExceededException, StorageException } from '../../src/model/errors.ts'
import type { WriteStep } from '../../src/storage/write-step.ts'
import { openControlled, settle, watch } from './controlled-store.ts'
import type { Controlled } from './controlled-store.ts'

const put = (key: string, value: string) => (write: WriteStep) => write.put(key, value)
const erase = (key: string) => (write: WriteStep) => write.delete(key)
const increment = (write: WriteStep): number => {
  const n = Number(write.get('n') ?? 0) + 1
  write.put('n', String(n))
  return n
}
const keysOf = ({ commits }: Controlled): string[][] => commits.map(({ batch }) => batch.writes.map(({ key }) => key))
const quota = new QuotaExceededException('full')

describe('S4: a failed commit', () => {
  it('leaves no trace; its writers fail with it, what stood on it runs again on the durable state', async () => {
    const controlled = await openControlled({ entries: { n: '10' } })
    const { keyspace, commits } = controlled
    const first = watch(keyspace.write(increment))
    await settle()
    const second = watch(keyspace.write(increment))
    const third = watch(keyspace.write(increment))
    const sawFlight = watch(keyspace.write((write) => write.get('n')))
    const refusedOnFlight = keyspace.write((write) => {
      if (write.get('n') === '13') throw new Error('13')
      return 'not 13'
    })
    await commits[0]?.fail(new Error('disk'))
    expect(first.error).toEqual(new Error('disk'))
    expect([second.state, third.state]).toEqual(['pending', 'pending'])
    expect(await keyspace.read((reader) => reader.get('n'))).toBe('10')
    expect(commits[0]?.batch.writes).toEqual([{ key: 'n', value: '12' }])
    await commits[0]?.succeed()
    expect([second.value, third.value, sawFlight.value]).toEqual([11, 12, '12'])
    expect(await refusedOnFlight).toBe('not 13')
    expect(await keyspace.read((reader) => reader.get('n'))).toBe('12')
  })

  it('runs readers of the failed group again, and answers them with what is durable', async () => {
    const { keyspace, commits } = await openControlled({ entries: { n: '10' } })
    keyspace.write(increment).catch(() => undefined)
    const sawOpen = watch(keyspace.write((write) => write.get('n')))
    await settle()
    const sawFlight = watch(keyspace.write((write) => write.get('n')))
    const failedOnIt = watch(
      keyspace.write((write) => {
        if (write.get('n') === '11') throw new Error('condition')
        return 'passes now'
      }),
    )
    await commits[0]?.fail(new Error('disk'))
    expect([sawOpen.value, sawFlight.value, failedOnIt.value]).toEqual(['10', '10', 'passes now'])
    expect(commits).toHaveLength(0)
  })

  it('drops what failed groups emitted and settled', async () => {
    const { keyspace, commits } = await openControlled()
    const told: unknown[] = []
    keyspace.onCommit((commit) => told.push(commit.number, commit.steps))
    const answer = { id: 's', text: 'answer', expiresAt: 9e15 }
    const step = (name: string) => (write: WriteStep) => {
      write.put('a', name)
      write.emit({ name })
    }
    const failed = watch(
      keyspace.write((write) => {
        step('first')(write)
        write.settle(answer)
      }),
    )
    await settle()
    const above = watch(keyspace.write(step('second')))
    const resend = watch(keyspace.settled('s') ?? Promise.reject(new Error('unknown')))
    await commits[0]?.fail(new Error('disk'))
    expect(failed.state).toBe('rejected')
    expect(resend).toEqual({ state: 'resolved', value: undefined })
    expect(told).toEqual([])
    await commits[0]?.succeed()
    expect(above.state).toBe('resolved')
    expect(told).toEqual([1, [[{ name: 'second' }]]])
    expect(keyspace.settled('s')).toBeUndefined()
  })

  it('survives many failures in a row, in order', async () => {
    const { keyspace, commits } = await openControlled()
    const writes = []
    for (let round = 0; round < 6; round++) {
      writes.push(watch(keyspace.write(increment)))
      await settle()
      // Every other group fails while the next step already stands on it.
      writes.push(watch(keyspace.write(increment)))
      if (round % 2 === 0) await commits[0]?.fail(new Error('disk'))
      else await commits[0]?.succeed()
      await settle()
    }
    while (commits[0] !== undefined) await commits[0].succeed()
    const values = writes.map(({ state, value }) => (state === 'rejected' ? 'x' : value)).join('')
    expect(values).toMatch(/^x[1-9x]+$/)
    const good = writes.flatMap(({ value }) => (value === undefined ? [] : [value]))
    expect(good).toEqual(good.map((_, index) => index + 1))
    expect(await keyspace.read((reader) => reader.get('n'))).toBe(String(good.length))
  })

  it('also if a hook before the commit throws', async () => {
    const { keyspace, commits } = await openControlled()
    let broken = true
    keyspace.beforeCommit((write) => {
      write.put('hook', '1')
      if (broken) throw new Error('hook')
    })
    const write = watch(keyspace.write(put('a', '1')))
    const reader = watch(keyspace.write((step) => step.get('a')))
    await settle()
    expect([write.error, reader.state, reader.value]).toEqual([new Error('hook'), 'resolved', undefined])
    broken = false
    const next = watch(keyspace.write(put('b', '1')))
    await settle()
    expect(keysOf({ commits } as Controlled)).toEqual([['b', 'hook']])
    await commits[0]?.succeed()
    expect(next.state).toBe('resolved')
  })
})

describe('S7: quota', () => {
  it('refuses growth before the head is touched, never deletes, journal rows or system rows', async () => {
    const controlled = await openControlled({ entries: { a: 'x'.repeat(90) }, quotaBytes: 100 })
    const { keyspace, commits } = controlled
    const refused = watch(keyspace.write(put('\0\0\0\x01\0\0item', 'twenty bytes or more')))
    const small = watch(keyspace.write(put('\0\0\0\x01\0\0k', '')))
    const remove = watch(
      keyspace.write((write) => {
        write.delete('a')
        write.put('\0\0\0\x01\xff\xff12345678', 'a journal row of more than ten bytes')
        write.put('\0\0\0\0cstatistics', 'x'.repeat(100))
      }),
    )
    await settle()
    expect(refused.error).toBeInstanceOf(QuotaExceededException)
    expect(keysOf(controlled)).toEqual([['\0\0\0\x01\0\0k', 'a', '\0\0\0\x01\xff\xff12345678', '\0\0\0\0cstatistics']])
    await commits[0]?.succeed()
    expect([small.state, remove.state]).toEqual(['resolved', 'resolved'])
  })

  it('counts pending bytes, so that many small steps cannot pass together', async () => {
    const { keyspace } = await openControlled({ quotaBytes: 100 })
    const writes = Array.from({ length: 20 }, (_, index) => watch(keyspace.write(put(`k${index}`, 'ten bytes.'))))
    await settle()
    expect(writes.filter(({ state }) => state === 'rejected').length).toBe(12)
  })

  it('lets deletes pass when a group fails for quota, and growing steps try once alone', async () => {
    const controlled = await openControlled({ entries: { a: '1', b: '1', c: '1' } })
    const { keyspace, commits } = controlled
    const order: string[] = []
    const [d1, g1, d2, g2, d3] = [erase('a'), put('g1', 'x'), erase('b'), put('g2', 'x'), erase('c')].map((step) => watch(keyspace.write(step)))
    await settle()
    const above = watch(keyspace.write(put('above', '1')))
    await commits[0]?.fail(quota)
    expect([d1?.state, g1?.state, above.state]).toEqual(['pending', 'pending', 'pending'])
    while (commits[0] !== undefined) {
      const keys = keysOf(controlled)[0]?.join() ?? ''
      order.push(keys)
      if (keys === 'g1') await commits[0].fail(quota)
      else await commits[0].succeed()
    }
    // Once one growing step failed alone, the others of its group are refused with it.
    expect(order).toEqual(['a', 'g1', 'b,c', 'above'])
    expect([d1, g1, d2, g2, d3, above].map((write) => write?.state)).toEqual(['resolved', 'rejected', 'resolved', 'rejected', 'resolved', 'resolved'])
    expect([g1?.error, g2?.error]).toEqual([quota, quota])
  })

  it('lets growing steps that fit alone pass one by one', async () => {
    const controlled = await openControlled()
    const { keyspace, commits } = controlled
    const writes = ['a', 'b'].map((key) => watch(keyspace.write(put(key, 'x'))))
    await settle()
    await commits[0]?.fail(quota)
    const order: string[][] = []
    while (commits[0] !== undefined) {
      order.push(...keysOf(controlled))
      await commits[0].succeed()
    }
    expect(order).toEqual([['a'], ['b']])
    expect(writes.map(({ state }) => state)).toEqual(['resolved', 'resolved'])
  })

  it('lets a delete that the store refuses run again once, when the store may have made room', async () => {
    const { keyspace, commits } = await openControlled({ entries: { a: '1' } })
    const removal = watch(keyspace.write(erase('a')))
    await settle()
    await commits[0]?.fail(quota)
    expect(removal.state).toBe('pending')
    await commits[0]?.succeed()
    expect(removal.state).toBe('resolved')
  })

  it('rejects a group of deletes that the store refuses twice, and a step that was alone anyway', async () => {
    const { keyspace, commits } = await openControlled({ entries: { a: '1', b: '1' } })
    const deletes = [watch(keyspace.write(erase('a'))), watch(keyspace.write(erase('b')))]
    await settle()
    await commits[0]?.fail(quota)
    expect(deletes.map(({ state }) => state)).toEqual(['pending', 'pending'])
    await commits[0]?.fail(quota)
    const alone = watch(keyspace.write(put('c', '1')))
    await settle()
    await commits[0]?.fail(quota)
    expect([...deletes, alone].map(({ error }) => error)).toEqual([quota, quota, quota])
    expect(commits).toHaveLength(0)
  })
})

describe('S5: a lost store', () => {
  const lost = new StorageException('Another host took over', { reason: 'LEASE_LOST' })

  it('rejects everything pending, loading and later with LEASE_LOST when a commit finds the lease lost', async () => {
    const { keyspace, commits, loads, missing } = await openControlled({ entries: { m: '1' } })
    missing.add('m')
    const pending: Promise<unknown>[] = [keyspace.write(put('a', '1'))]
    await settle()
    pending.push(keyspace.write(put('b', '1')), keyspace.write((write) => write.get('a')))
    pending.push(keyspace.write((write) => write.get('m')))
    const watched = pending.map(watch)
    await commits[0]?.fail(lost)
    await loads[0]?.succeed()
    expect(watched.map(({ error }) => error)).toEqual([lost, lost, lost, lost])
    await expect(keyspace.write(put('c', '1'))).rejects.toBe(lost)
    await expect(keyspace.read((reader) => reader.get('a'))).rejects.toBe(lost)
    await expect(keyspace.settled('s')).rejects.toBe(lost)
    await keyspace.close()
  })

  it('does so too when the store reports it by itself, as at a take-over', async () => {
    const { keyspace, commits, disk, store } = await openControlled()
    const flight = watch(keyspace.write(put('a', '1')))
    await settle()
    const above = watch(keyspace.write(put('b', '1')))
    await openControlled({ disk })
    await expect(store.verifyLease()).rejects.toMatchObject({ reason: 'LEASE_LOST' })
    await settle()
    expect(above.error).toMatchObject({ reason: 'LEASE_LOST' })
    await commits[0]?.succeed()
    expect(flight.error).toMatchObject({ reason: 'LEASE_LOST' })
    expect(disk.entries.get('a')).toBeUndefined()
  })

  it('goes on after a failure that passes', async () => {
    const { keyspace, commits } = await openControlled()
    const first = watch(keyspace.write(put('a', '1')))
    await settle()
    const unavailable = new StorageException('gone for a moment', { reason: 'UNAVAILABLE' })
    await commits[0]?.fail(unavailable)
    const second = watch(keyspace.write(put('b', '1')))
    await settle()
    await commits[0]?.succeed()
    expect([first.error, second.state]).toEqual([unavailable, 'resolved'])
  })
})
