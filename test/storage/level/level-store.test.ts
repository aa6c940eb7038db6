// The hub's store: the storage contract over a LevelDB directory, closing and opening it for good, and a kill.
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LevelBlocks } from '../../../src/storage/level/level-blocks.ts'
import { LevelDevice } from '../../../src/storage/level/level-device.ts'
import { openLevelStore } from '../../../src/storage/level/level-store.ts'
import { openPagedStore } from '../../../src/storage/paged/paged-store.ts'
import { testEnvironment } from '../environment.ts'
import { describeStore, entriesOf } from '../store-contract.ts'

const environment = testEnvironment()

describeStore('LevelDB', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'holdfast-level-'))
  // LevelDB's lock allows one opening at a time; a take-over within the process shares the device.
  const device = await LevelDevice.open(directory)
  return {
    open: () => openPagedStore({ blocks: new LevelBlocks(device), environment }),
    dispose: async () => {
      await device.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
})

describe('openLevelStore', () => {
  it('keeps everything over closes, lets nobody else in meanwhile, and survives a kill', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'holdfast-level-'))
    try {
      const [at, copy] = [join(directory, 'db'), join(directory, 'copy')]
      const first = await openLevelStore(at, { environment })
      await first.commit({ writes: [{ key: 'a', value: '1' }] })
      await expect(openLevelStore(at, { environment })).rejects.toMatchObject({ reason: 'BLOCKED' })
      await first.close()
      const second = await openLevelStore(at, { environment })
      expect(second.epoch).toBeGreaterThan(first.epoch)
      const writes = Array.from({ length: 3000 }, (_, index) => ({ key: `k${index}`, value: `${index}`.repeat(20) }))
      await second.commit({ writes })
      await second.flush()
      await second.commit({ writes: [{ key: 'a', value: '2' }], durability: 'strict' })
      await cp(at, copy, { recursive: true })
      await second.close()
      for (const place of [at, copy]) {
        const store = await openLevelStore(place, { environment })
        const entries = await entriesOf(store)
        expect(entries).toHaveLength(3001)
        expect(entries[0]).toEqual(['a', '2'])
        await store.close()
      }
      expect(await readdir(directory)).toEqual(['copy', 'db'])
    } finally {
      await rm(directory, { recursive: true, force: true })
    }
  })
})
