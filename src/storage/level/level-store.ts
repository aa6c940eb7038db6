// The hub's store: the paged store in a LevelDB directory. One process at a time; the free space of the volume is the
// quota (S7).
import { statfs } from 'node:fs/promises'
import { openPagedStore } from '../paged/paged-store.ts'
import type { PagedStore, PagedStoreOptions } from '../paged/paged-store.ts'
import { LevelBlocks } from './level-blocks.ts'
import { LevelDevice } from './level-device.ts'

export type LevelStoreOptions = Omit<PagedStoreOptions, 'blocks'>

/**
 * Opens the directory, creating it if need be. Rejects with StorageException: BLOCKED where it is open already, DAMAGED,
 * VERSION_CHANGED, UNAVAILABLE. Closing the store releases the directory.
 */
export async function openLevelStore(directory: string, options: LevelStoreOptions): Promise<PagedStore> {
  const device = await LevelDevice.open(directory)
  return openPagedStore({ estimate: () => estimate(directory), ...options, blocks: new LevelBlocks(device, true) })
}

async function estimate(directory: string): Promise<{ readonly usage: number; readonly quota: number }> {
  const { blocks, bavail, bsize } = await statfs(directory)
  return { usage: (blocks - bavail) * bsize, quota: blocks * bsize }
}
