// Ballast in the origin private file system, which shares its quota with IndexedDB: one file per database, truncated to its
// size, of which nothing is ever read. A file that an earlier opening left counts as held.
import { QuotaExceededException } from '../../model/errors.ts'
import type { Ballast } from '../paged/ballast.ts'

/** Undefined where the platform has no such files: Node, insecure contexts, older browsers. */
export function opfsBallast(database: string): Ballast | undefined {
  const storage: StorageManager | undefined = 'navigator' in globalThis ? navigator.storage : undefined
  if (storage === undefined || !('getDirectory' in storage)) return undefined
  if (!('FileSystemFileHandle' in globalThis) || !('createWritable' in FileSystemFileHandle.prototype)) return undefined
  const name = `${encodeURIComponent(database)}.ballast`
  const release = async (): Promise<boolean> => {
    const directory = await storage.getDirectory()
    try {
      await directory.removeEntry(name)
      return true
    } catch (error) {
      if (isNamed(error, 'NotFoundError')) return false
      throw error
    }
  }
  return {
    release,
    async hold(bytes) {
      const directory = await storage.getDirectory()
      const handle = await directory.getFileHandle(name, { create: true })
      if ((await handle.getFile()).size === bytes) return
      try {
        const file = await handle.createWritable()
        await file.truncate(bytes)
        await file.close()
      } catch (error) {
        await release()
        if (isNamed(error, 'QuotaExceededError')) throw new QuotaExceededException('No room for ballast', { cause: error })
        throw error
      }
    },
  }
}

function isNamed(error: unknown, name: string): boolean {
  return (error instanceof Error || error instanceof DOMException) && error.name === name
}
