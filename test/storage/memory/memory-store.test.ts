// The memory store: the contract, and the hooks with which other tests make it fault, wait, fail and refuse.
import { describe, expect, it } from 'vitest'
import { QuotaExceededException } from '../../../src/model/errors.ts'
import { MemoryDisk, openMemoryStore } from '../../../src/storage/memory/memory-store.ts'
import { attempt, PageFault } from '../../../src/storage/store.ts'
import { testEnvironment } from '../environment.ts'
import { describeStore, entriesOf } from '../store-contract.ts'

const environment = testEnvironment()

describeStore('memory', () => {
  const disk = new MemoryDisk()
  return { open: async () => openMemoryStore(environment, { disk }) }
})

describe('the hooks of the memory store', () => {
  it('makes reads of what is not pinned fault, and lets `attempt` through', async () => {
    const store = openMemoryStore(environment, { faultEvery: 1 })
    await store.commit({ writes: [{ key: 'a', value: '1' }] })
    expect(() => store.get('a')).toThrow(PageFault)
    expect(await attempt(() => store.get('a'))).toBe('1')
    expect(() => store.get('a')).toThrow(PageFault)
    expect(await entriesOf(store)).toEqual([['a', '1']])
  })

  it('fails the commits that the hook fails, without a trace', async () => {
    const store = openMemoryStore(environment, {
      beforeCommit: async ({ writes }) => {
        await Promise.resolve()
        if (writes.length === 0) throw new Error('refused')
      },
    })
    const failed = store.commit({ writes: [], settlements: [{ id: 's', text: '', expiresAt: 9e15 }] })
    const done = store.commit({ writes: [{ key: 'a', value: '1' }] })
    await expect(failed).rejects.toThrow('refused')
    await done
    expect(store.settlement('s')).toBeUndefined()
    expect(store.get('a')).toBe('1')
  })

  it('S7: refuses growth beyond its quota', async () => {
    const store = openMemoryStore(environment, { quotaBytes: 10 })
    store.admit(10)
    await store.commit({ writes: [{ key: 'a', value: '1234' }] })
    store.admit(5)
    expect(() => store.admit(6)).toThrow(QuotaExceededException)
  })
})
