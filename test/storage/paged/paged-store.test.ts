// The contract on the paged store over the simulated device, in sizes that flush, split and merge often.
import { openPagedStore } from '../../../src/storage/paged/paged-store.ts'
import { MemoryBlocks, MemoryDevice } from '../../../src/storage/paged/memory-blocks.ts'
import { testEnvironment } from '../environment.ts'
import { FileDisk, openFileDisk } from '../file-disk.ts'
import { describeStore } from '../store-contract.ts'

describeStore('paged store, simulated device', () => {
  const device = new MemoryDevice()
  return { open: () => openPagedStore({ blocks: new MemoryBlocks(device), environment: testEnvironment() }) }
})

describeStore('paged store with a tiny log and cache', () => {
  const device = new MemoryDevice()
  return {
    open: () => openPagedStore({ blocks: new MemoryBlocks(device), environment: testEnvironment(), logBytes: 20_000, cacheBytes: 100_000 }),
  }
})

describeStore('paged store with log and pages in files', () => {
  const disk = new FileDisk()
  return { open: () => openPagedStore({ blocks: openFileDisk(disk).blocks, environment: testEnvironment(), logBytes: 20_000, cacheBytes: 100_000 }) }
})
