// The contract on the paged store over the simulated device, in sizes that flush, split and merge often.
import { openPagedStore } from '../../../src/storage/paged/paged-store.ts'
import { FileLoggedBlocks } from '../../../src/storage/paged/file-logged-blocks.ts'
import { MemoryBlocks, MemoryDevice } from '../../../src/storage/paged/memory-blocks.ts'
import type { Store } from '../../../src/storage/store.ts'
import { testEnvironment } from '../environment.ts'
import { MemoryFiles, MemoryLogFolder } from '../memory-log-folder.ts'
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

describeStore('paged store with its log in files', () => {
  const device = new MemoryDevice()
  const files = new MemoryFiles()
  const open = (): Promise<Store> => {
    const blocks = new FileLoggedBlocks({ blocks: new MemoryBlocks(device), folder: new MemoryLogFolder(files), randomUuid: () => crypto.randomUUID() })
    return openPagedStore({ blocks, environment: testEnvironment(), logBytes: 20_000 })
  }
  return { open }
})
