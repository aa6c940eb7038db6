// A directory of the hub's machine as a bucket: object keys are paths below it. Objects appear whole (written beside, then
// renamed), and no key leads out of the directory, whatever it says.
import { createReadStream } from 'node:fs'
import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises'
import { dirname, join, resolve, sep } from 'node:path'
import type { Bucket, BucketObject } from '../engine/bucket.ts'

const UNFINISHED = '.holdfast-unfinished'

export class DirectoryBucket implements Bucket {
  readonly #root: string

  /** `directory` need not exist until something is written. */
  constructor(directory: string) {
    this.#root = resolve(directory)
  }

  async *list(prefix: string): AsyncGenerator<BucketObject> {
    for (const path of await this.#files()) {
      const key = path.slice(this.#root.length + 1).split(sep).join('/')
      if (!key.startsWith(prefix) || key.endsWith(UNFINISHED)) continue
      yield { key, size: (await stat(path)).size }
    }
  }

  async *read(key: string): AsyncGenerator<Uint8Array> {
    for await (const chunk of createReadStream(this.#pathOf(key))) yield chunk as Uint8Array
  }

  async write(key: string, bytes: Uint8Array): Promise<void> {
    const path = this.#pathOf(key)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path + UNFINISHED, bytes)
    await rename(path + UNFINISHED, path)
  }

  async #files(): Promise<string[]> {
    try {
      const entries = await readdir(this.#root, { recursive: true, withFileTypes: true })
      return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
      throw error
    }
  }

  #pathOf(key: string): string {
    const path = resolve(this.#root, key)
    if (path.startsWith(this.#root + sep)) return path
    throw new Error(`The key leads out of the bucket: ${key}`)
  }
}
