// The browser's store: the paged store over IndexedDB, its log and pages in files where the browser has what that takes, with the
// origin's quota and ballast against it (S7). The one way in for hosts.
// Invariant: it opens, or says in time why not (S6).
import { openPagedStore, type PagedStore, type PagedStoreOptions } from '../paged/paged-store.ts'
import type { StorageEstimate } from '../paged/quota-guard.ts'
import { IndexedDbBlocks, type IndexedDbBlocksOptions } from './indexeddb-blocks.ts'
import type { Blocks } from '../paged/blocks.ts'
import { FileBlocks } from '../paged/file-blocks.ts'
import { opfsBallast } from './opfs-ballast.ts'
import { type BlockFolders, opfsBlockFolders } from './opfs-block-files.ts'

export interface IndexedDbStoreOptions extends IndexedDbBlocksOptions, Omit<PagedStoreOptions, 'blocks'> {
  /** Where log and pages lie; by default in the origin private file system, where that can be. */
  readonly folders?: BlockFolders
}

/** Takes the database over, making it if need be. Rejects with a StorageException; never hangs (S6). */
export function openIndexedDbStore(options: IndexedDbStoreOptions): Promise<PagedStore> {
  const { estimate = originEstimate(), ballast = opfsBallast(options.name) } = options
  return openPagedStore({
    ...options,
    ...(estimate !== undefined && { estimate }),
    ...(ballast !== undefined && { ballast }),
    blocks: browserBlocks(options),
  })
}

/** The device of this browser: IndexedDB, with log and pages in files where that can be. */
export function browserBlocks(options: Pick<IndexedDbStoreOptions, 'name' | 'environment' | 'timeoutMs' | 'blockedTimeoutMs' | 'folders' | 'repair'>): Blocks {
  const { name, environment, repair, folders = opfsBlockFolders(name, environment) } = options
  const blocks = new IndexedDbBlocks({ ...options, isBesideFiles: folders !== undefined })
  if (folders === undefined) return blocks
  return new FileBlocks({
    blocks,
    ...folders,
    randomUuid: () => environment.randomUuid(),
    onLost: repair && ((log) => repair({ record: `log:${log}` })),
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
