// A device whose log and pages lie in files (file-log.ts, page-files.ts), which is several times as fast, and whose directory
// and lease lie in another device: IndexedDB. The log's keys go on over both: marks of take-overs are the other device's rows,
// commits the files'. Pages that the other device has, from openings without files, are read there.
// Invariant: an opening that takes over has read the log of every opening before it, or does not take over.
import { StorageException } from '../../model/errors.ts'
import type { StoreDurability } from '../store.ts'
import type { BlockFolder } from './block-files.ts'
import { type Block, type Blocks, type ClaimedBlocks, type Lease, type LogRow, type NamedBlock, type Publication, type Reclaiming, UnknownLog } from './blocks.ts'
import { FileLog } from './file-log.ts'
import { PageFiles } from './page-files.ts'

export interface FileBlocksOptions {
  /** Of directory and lease. */
  readonly blocks: ClaimedBlocks
  /** This database's own. */
  readonly logs: BlockFolder
  readonly pages: BlockFolder
  readonly randomUuid: () => string
  /** A new file of pages begins beyond it. */
  readonly pageFileBytes?: number | undefined
  /** Repairing: goes on without a log whose files are gone, and tells. */
  readonly onLost?: ((log: string) => void) | undefined
}

/** Take-overs tried while others take over too. */
const ATTEMPTS = 5

export class FileBlocks implements Blocks {
  #options: FileBlocksOptions
  #blocks: ClaimedBlocks
  #log: FileLog | undefined
  #pages: PageFiles
  readonly reclaiming: Reclaiming

  constructor(options: FileBlocksOptions) {
    this.#options = options
    this.#blocks = options.blocks
    const pages = new PageFiles(options.pages, options.randomUuid, options.pageFileBytes)
    this.#pages = pages
    this.reclaiming = {
      get wantsSweep() {
        return pages.wantsSweep
      },
      get hasGarbage() {
        return pages.hasGarbage
      },
      // Both remove files, which an old host must not do.
      sweep: async (wanted, below) => {
        await this.#blocks.verifyLease()
        await pages.sweep(wanted, below)
      },
      collect: async () => {
        await this.#blocks.verifyLease()
        await pages.collect()
      },
    }
  }

  /** In files and alive, as far as that is known; for tests and tools. */
  get pageCount(): number {
    return this.#pages.pageCount
  }

  async takeOver(): Promise<Lease> {
    const { logs: folder, randomUuid } = this.#options
    const lost = new Set<string>()
    let unknown: string | undefined
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const connecting = this.#blocks.connect()
      // Met again at the take-over.
      connecting.catch(() => undefined)
      const log = await FileLog.open(folder, randomUuid())
      try {
        const logs = new Map([...log.earlier, ...[...lost].map((id) => [id, -1] as const)])
        const lease = await this.#blocks.takeOver({ log: log.id, logs })
        log.forget(lease.voidLogs ?? [])
        this.#log = log
        return lease
      } catch (error) {
        await log.discard()
        if (!(error instanceof UnknownLog)) throw error
        // Unknown for the second time, though all files were read in between: they are gone.
        if (unknown === error.log) this.#lose(error.log, lost)
        unknown = error.log
      }
    }
    throw new StorageException('Other hosts took over this database again and again', { reason: 'LEASE_LOST' })
  }

  async readLog(from: number): Promise<readonly LogRow[]> {
    const rows = await this.#blocks.readLog(from)
    return [...rows, ...(this.#log?.takeRows(from) ?? [])].sort((a, b) => a.key - b.key)
  }

  async readPages(ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    const found = await this.#pages.read(ids)
    if (!found.includes(undefined)) return found
    const missing = ids.filter((_, index) => found[index] === undefined)
    const others = await this.#blocks.readPages(missing)
    return found.map((block, index) => block ?? others[missing.indexOf(ids[index] as number)])
  }

  readNodes(ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    return this.#blocks.readNodes(ids)
  }

  append(key: number, rows: readonly Block[], durability: StoreDurability): Promise<void> {
    if (this.#log === undefined) return this.#blocks.append(key, rows, durability)
    return this.#log.append(key, rows, durability === 'strict')
  }

  /** An old host may go on writing pages, into files of its own: it can't publish them. */
  writePages(pages: readonly NamedBlock[]): Promise<void> {
    return this.#pages.write(pages)
  }

  /** What takes the place of log rows must survive whatever those would have: a power loss may not come in between. */
  async publish(publication: Publication): Promise<void> {
    const { trim, deadPages, durability } = publication
    if (trim.length > 0 || durability === 'strict') this.#pages.sync()
    await this.#blocks.publish(trim.length > 0 ? { ...publication, durability: 'strict' } : publication)
    this.#pages.drop(deadPages)
    // The row behind a trimmed range is kept for take-overs only.
    if (trim.length > 0) this.#log?.trim(Math.max(...trim.map(({ to }) => to)) + 1)
  }

  verifyLease(): Promise<void> {
    return this.#blocks.verifyLease()
  }

  onLost(listener: (error: Error) => void): void {
    this.#blocks.onLost(listener)
  }

  async close(): Promise<void> {
    this.#log?.close()
    this.#pages.close()
    await this.#blocks.close()
  }

  #lose(log: string, lost: Set<string>): void {
    const { onLost } = this.#options
    if (onLost === undefined) {
      throw new StorageException(`Damaged: log:${log}, its files are gone. Opening with \`repair\` keeps everything else`, {
        reason: 'DAMAGED',
        detail: `log:${log}`,
      })
    }
    lost.add(log)
    onLost(log)
  }
}
