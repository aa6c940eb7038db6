// What the device threw away before it was made anew: told at every opening until it is dismissed, by the lease's holder only.
import { describe, expect, it } from 'vitest'
import { MemoryBlocks, MemoryDevice } from '../../../src/storage/paged/memory-blocks.ts'
import { openPagedStore, type PagedStore } from '../../../src/storage/paged/paged-store.ts'
import { testEnvironment } from '../environment.ts'

const lost = { database: 'app', noticedAt: 5, message: 'corrupt' }
const open = (device: MemoryDevice): Promise<PagedStore> => openPagedStore({ blocks: new MemoryBlocks(device), environment: testEnvironment() })

describe('a device that lost everything', () => {
  it('says so at every opening, until that is dismissed', async () => {
    const device = new MemoryDevice()
    device.lost = lost
    for (let i = 0; i < 2; i++) {
      const store = await open(device)
      expect(store.lost).toEqual(lost)
      await store.commit({ writes: [{ key: 'a', value: 'a' }] })
      await store.compact()
      await store.close()
    }
    const store = await open(device)
    await store.dismissLoss()
    expect(store.lost).toBeUndefined()
    await store.close()
    expect((await open(device)).lost).toBeUndefined()
  })

  it('S5: an old host can’t dismiss it', async () => {
    const device = new MemoryDevice()
    device.lost = lost
    const [old, next] = [await open(device), await open(device)]
    const failures: Error[] = []
    old.onFailure((error) => failures.push(error))
    await expect(old.dismissLoss()).rejects.toMatchObject({ reason: 'LEASE_LOST' })
    expect(failures).toHaveLength(1)
    expect(next.lost).toEqual(lost)
    expect(device.lost).toEqual(lost)
  })
})
