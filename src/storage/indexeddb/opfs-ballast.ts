// Ballast in the origin private file system, which shares its quota with IndexedDB: one file per database, truncated to its
// size, of which nothing is ever read, and for moments a second one that looks for room. A file that an earlier opening left counts as held.
import { QuotaExceededException } from '../../model/errors.ts'
import type { Ballast } from '../paged/ballast.ts'

/** Undefined where the platform has no such files: Node, insecure contexts, older browsers. */
export function opfsBallast(database: string): Ballast | undefined {
  const storage: StorageManager | undefined = 'navigator' in globalThis ? navigator.storage : undefined
  if (storage === undefined || !('getDirectory' in storage)) return undefined
  if (!('FileSystemFileHandle' in globalThis) || !('createWritable' in FileSystemFileHandle.prototype)) return undefined
  const name = `${encodeURIComponent(database)}.ballast`
  const remove = async (file: string): Promise<boolean> => {
    const directory = await storage.getDirectory()
    try {
      await directory.removeEntry(file)
      return true
    } catch (error) {
      if (isNamed(error, 'NotFoundError')) return false
      throw error
    }
  }
  /** False, and no file, where the quota is too small. */
  const make = async (file: string, bytes: number): Promise<boolean> => {
    const directory = await storage.getDirectory()
    const handle = await directory.getFileHandle(file, { create: true })
    if ((await handle.getFile()).size === bytes) return true
    const writable = await handle.createWritable()
    try {
      await writable.truncate(bytes)
      await writable.close()
      return true
    } catch (error) {
      await writable.abort().catch(() => undefined)
      await remove(file)
      if (isNamed(error, 'QuotaExceededError')) return false
      throw error
    }
  }
  return {
    release: () => remove(name),
    async hasRoom(bytes) {
      const probe = `${name}.probe`
      await remove(probe)
      const made = await make(probe, bytes)
      if (made) await remove(probe)
      return made
    },
    async hold(bytes) {
      if (!(await make(name, bytes))) throw new QuotaExceededException('No room for ballast')
    },
  }
}

function isNamed(error: unknown, name: string): boolean {
  return (error instanceof Error || error instanceof DOMException) && error.name === name
}
