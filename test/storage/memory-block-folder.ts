// A simulated folder of log files: an image that outlives its openings, handles that see each other's writes at once, and
// faults at any call, a write that a kill tears off half-way among them.
import { QuotaExceededException, StorageException } from '../../src/model/errors.ts'
import type { BlockFile, BlockFolder } from '../../src/storage/paged/block-files.ts'
import type { Fault, MemoryBlocks } from '../../src/storage/paged/memory-blocks.ts'

/** What is on the simulated disk. */
export class MemoryFiles {
  readonly files = new Map<string, Uint8Array>()
  /** Handles by file, of all openings. */
  readonly open = new Map<string, number>()
  /** A write that would pass it leaves half of itself. */
  quotaBytes = Infinity
  /** Calls of all openings. */
  calls: string[] = []

  get storedBytes(): number {
    return [...this.files.values()].reduce((sum, { length }) => sum + length, 0)
  }
}

/** `torn`: as crash-after, but only part of the bytes are there. */
export type FileFault = Fault | 'torn'

export interface MemoryBlockFolderOptions {
  /** Dies with it. */
  readonly blocks?: MemoryBlocks
  readonly fault?: (name: string) => FileFault | undefined
  readonly delay?: () => Promise<void>
}

/** Thrown where the simulated process has died: it unwinds whatever runs, and nobody hears of it. */
class Dead extends Error {}

export class MemoryBlockFolder implements BlockFolder {
  readonly #disk: MemoryFiles
  readonly #options: MemoryBlockFolderOptions
  #isDead = false

  constructor(disk: MemoryFiles, options: MemoryBlockFolderOptions = {}) {
    this.#disk = disk
    this.#options = options
  }

  kill(): void {
    this.#isDead = true
    this.#options.blocks?.kill()
  }

  list(): Promise<readonly string[]> {
    return this.#later('list', () => [...this.#disk.files.keys()])
  }

  remove(name: string): Promise<void> {
    return this.#later('remove', () => {
      if ((this.#disk.open.get(name) ?? 0) > 0) throw new StorageException(`${name} is open`, { reason: 'UNAVAILABLE' })
      this.#disk.files.delete(name)
    })
  }

  open(name: string): Promise<BlockFile> {
    return this.#later('open', () => {
      if (!this.#disk.files.has(name)) this.#disk.files.set(name, new Uint8Array())
      this.#disk.open.set(name, (this.#disk.open.get(name) ?? 0) + 1)
      return this.#fileOf(name)
    })
  }

  #fileOf(name: string): BlockFile {
    const bytes = (): Uint8Array => this.#disk.files.get(name) ?? new Uint8Array()
    const resize = (size: number): void => {
      const resized = new Uint8Array(size)
      resized.set(bytes().subarray(0, size))
      this.#disk.files.set(name, resized)
    }
    return {
      size: () => this.#now('size', () => bytes().length),
      read: (into, at) =>
        this.#now('read', () => {
          const part = bytes().subarray(at, at + into.length)
          into.set(part)
          return part.length
        }),
      write: (source, at) =>
        this.#now('write', (share) => {
          const part = source.subarray(0, Math.floor(source.length * share))
          const isTooMuch = this.#disk.storedBytes + Math.max(0, at + part.length - bytes().length) > this.#disk.quotaBytes
          if (isTooMuch) {
            resize(at + (part.length >> 1))
            throw new QuotaExceededException('The disk is full')
          }
          if (bytes().length < at + part.length) resize(at + part.length)
          bytes().set(part, at)
        }),
      truncate: (size) => this.#now('truncate', () => resize(size)),
      flush: () => this.#now('flush', () => undefined),
      close: () => void this.#disk.open.set(name, (this.#disk.open.get(name) ?? 1) - 1),
    }
  }

  async #later<T>(name: string, act: () => T): Promise<T> {
    await (this.#options.delay ?? (() => Promise.resolve()))()
    if (this.#isDead || this.#options.blocks?.isDead === true) return new Promise(() => undefined)
    try {
      return this.#now(name, act)
    } catch (error) {
      if (error instanceof Dead) return new Promise(() => undefined)
      throw error
    }
  }

  #now<T>(name: string, act: (share: number) => T): T {
    if (this.#isDead || this.#options.blocks?.isDead === true) throw new Dead()
    this.#disk.calls.push(name)
    const fault = this.#options.fault?.(name)
    if (fault === 'fail') throw new StorageException('Injected failure', { reason: 'UNAVAILABLE' })
    if (fault === 'quota') throw new QuotaExceededException('Injected: the quota is used up')
    if (fault === 'crash-before') {
      this.kill()
      throw new Dead()
    }
    const result = act(fault === 'torn' ? 0.6 : 1)
    if (fault !== undefined) {
      this.kill()
      throw new Dead()
    }
    return result
  }
}
