// The browser's store: the paged store over IndexedDB, with the origin's quota and ballast against it (S7). The one way in for hosts.
// Invariant: it opens, or says in time why not (S6).
import { openPagedStore, type PagedStore, type PagedStoreOptions } from '../paged/paged-store.ts'
import type { StorageEstimate } from '../paged/quota-guard.ts'
import { IndexedDbBlocks, type IndexedDbBlocksOptions } from './indexeddb-blocks.ts'
import { opfsBallast } from './opfs-ballast.ts'

export type IndexedDbStoreOptions = IndexedDbBlocksOptions & Omit<PagedStoreOptions, 'blocks'>

/** Takes the database over, making it if need be. Rejects with a StorageException; never hangs (S6). */
export function openIndexedDbStore(options: IndexedDbStoreOptions): Promise<PagedStore> {
  const { estimate = originEstimate(), ballast = opfsBallast(options.name) } = options
  return openPagedStore({
    ...options,
    ...(estimate !== undefined && { estimate }),
    ...(ballast !== undefined && { ballast }),
    blocks: new IndexedDbBlocks(options),
  })
}

/** Undefined where the platform has no answer. */
function originEstimate(): (() => Promise<StorageEstimate>) | undefined {
  const storage: StorageManager | undefined = 'navigator' in globalThis ? navigator.storage : undefined
  if (storage === undefined || !('estimate' in storage)) return undefined
  return async () => {
    const { usage, quota } = await storage.estimate()
    if (usage === undefined || quota === undefined) throw new Error('No estimate')
    return { usage, quota }
  }
}
