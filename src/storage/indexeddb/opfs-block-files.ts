// Files of log and pages in the origin private file system, in a folder per database. Only where several access handles of one
// file may be open at once (`mode: 'readwrite-unsafe'`, Chromium), since the fence of file-log.ts needs them; and in dedicated
// workers only, which alone have synchronous handles. Elsewhere there are none, and all lies in IndexedDB.
import type { Environment } from '../../model/environment.ts'
import { QuotaExceededException, StorageException } from '../../model/errors.ts'
import type { BlockFile, BlockFolder } from '../paged/block-files.ts'

/** https://fs.spec.whatwg.org/#api-filesystemsyncaccesshandle: not in TypeScript's library for pages, nor are modes in that for workers. */
interface SyncAccessHandle {
  read(into: Uint8Array, options: { readonly at: number }): number
  write(bytes: Uint8Array, options: { readonly at: number }): number
  getSize(): number
  truncate(bytes: number): void
  flush(): void
  close(): void
}
interface SyncFileHandle {
  createSyncAccessHandle(options: { readonly mode: 'readwrite-unsafe' }): Promise<SyncAccessHandle>
}

/** For any one call (S6). */
const TIMEOUT_MS = 10_000

export interface BlockFolders {
  readonly logs: BlockFolder
  readonly pages: BlockFolder
}

/** Undefined where the platform has no such files. */
export function opfsBlockFolders(database: string, environment: Environment): BlockFolders | undefined {
  const { FileSystemSyncAccessHandle: handles } = globalThis as { FileSystemSyncAccessHandle?: { readonly prototype: object } }
  if (handles === undefined || !('mode' in handles.prototype)) return undefined
  const storage: StorageManager | undefined = 'navigator' in globalThis ? navigator.storage : undefined
  if (storage === undefined || !('getDirectory' in storage)) return undefined
  let own: Promise<FileSystemDirectoryHandle> | undefined
  const ownFolder = (): Promise<FileSystemDirectoryHandle> => {
    own ??= storage.getDirectory().then((origin) => origin.getDirectoryHandle(folderName(database), { create: true }))
    return own
  }
  return { logs: folderIn(ownFolder, 'log', environment), pages: folderIn(ownFolder, 'pages', environment) }
}

function folderIn(parent: () => Promise<FileSystemDirectoryHandle>, name: string, environment: Environment): BlockFolder {
  let folder: Promise<FileSystemDirectoryHandle> | undefined
  const inTime = <T>(call: (directory: FileSystemDirectoryHandle) => Promise<T>): Promise<T> => {
    folder ??= parent().then((own) => own.getDirectoryHandle(name, { create: true }))
    return withTimeout(folder.then(call), environment)
  }
  return {
    list: () => inTime(namesIn),
    open: (file) => inTime((directory) => openFile(directory, file)),
    remove: (file) => inTime((directory) => directory.removeEntry(file)),
  }
}

/** Of a deleted database. Rejects where a file is open somewhere. */
export async function removeBlockFolders(database: string): Promise<void> {
  const storage: StorageManager | undefined = 'navigator' in globalThis ? navigator.storage : undefined
  if (storage === undefined || !('getDirectory' in storage)) return
  const origin = await storage.getDirectory()
  try {
    await origin.removeEntry(folderName(database), { recursive: true })
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'NotFoundError') throw error
  }
}

function folderName(database: string): string {
  return `${encodeURIComponent(database)}.files`
}

async function namesIn(directory: FileSystemDirectoryHandle): Promise<readonly string[]> {
  const names: string[] = []
  // Absent from TypeScript's library too.
  for await (const name of (directory as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name)
  return names
}

async function openFile(directory: FileSystemDirectoryHandle, name: string): Promise<BlockFile> {
  const file = (await directory.getFileHandle(name, { create: true })) as unknown as SyncFileHandle
  const handle = await file.createSyncAccessHandle({ mode: 'readwrite-unsafe' })
  return {
    size: () => guarded(() => handle.getSize()),
    read: (into, at) => guarded(() => handle.read(into, { at })),
    write: (bytes, at) =>
      guarded(() => {
        const written = handle.write(bytes, { at })
        if (written < bytes.length) throw new StorageException(`Only ${written} of ${bytes.length} bytes were written`, { reason: 'UNAVAILABLE' })
      }),
    truncate: (bytes) => guarded(() => handle.truncate(bytes)),
    flush: () => guarded(() => handle.flush()),
    close: () => handle.close(),
  }
}

function guarded<T>(call: () => T): T {
  try {
    return call()
  } catch (error) {
    throw explain(error)
  }
}

function explain(cause: unknown): unknown {
  if (cause instanceof StorageException) return cause
  if (cause instanceof DOMException && cause.name === 'QuotaExceededError') return new QuotaExceededException('The storage quota is used up', { cause })
  return new StorageException(`The files of log and pages can't be used: ${String(cause)}`, { reason: 'UNAVAILABLE', cause })
}

function withTimeout<T>(call: Promise<T>, environment: Environment): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = environment.setTimer(TIMEOUT_MS, () => reject(new StorageException(`Files took longer than ${TIMEOUT_MS} ms`, { reason: 'TIMEOUT' })))
    call.then(resolve, (error: unknown) => reject(explain(error))).finally(() => timer.cancel())
  })
}
