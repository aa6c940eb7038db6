// A device whose log, pages and directory lie in files (file-log.ts, page-files.ts), which is several times as fast, and whose
// lease and root lie in another device: IndexedDB. The log's keys go on over both: marks of take-overs are the other device's
// rows, commits the files'. Blocks that the other device has, from openings without files, are read there. The files have
// copies of marks and root: where the browser has thrown its databases away (S1), everything comes back from them.
// Invariant: an opening that takes over has read the log of every opening before it, or does not take over.
import { StorageException } from '../../model/errors.ts'
import type { StoreDurability } from '../store.ts'
import type { BlockFolder } from './block-files.ts'
import { type Block, type Blocks, type ClaimedBlocks, type Lease, type LogRow, type NamedBlock, type Publication, type Reclaiming, UnknownLog } from './blocks.ts'
import { FileLog } from './file-log.ts'
import { PageFiles } from './page-files.ts'

export interface FileBlocksOptions {
  /** Of root and lease. */
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
  readonly isBytewise = true
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
      beThorough: () => pages.beThorough(),
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
  get blockCount(): number {
    return this.#pages.blockCount
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
        const logs = new Set([...log.earlier, ...lost])
        const lease = await this.#blocks.takeOver({ log: log.id, logs, nextLogKey: log.nextKey, lastEpoch: log.lastEpoch })
        this.#log = log
        return await this.#begin(lease, log)
      } catch (error) {
        if (this.#log === log) throw error
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
    const marks = new Set(rows.map(({ key }) => key))
    const ours = this.#log?.takeRows(from).filter((row) => 'block' in row || !marks.has(row.key)) ?? []
    return [...rows, ...ours].sort((a, b) => a.key - b.key)
  }

  readPages(ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    return this.#read(ids, (missing) => this.#blocks.readPages(missing))
  }

  readNodes(ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    return this.#read(ids, (missing) => this.#blocks.readNodes(missing))
  }

  readNow(id: number): Block | undefined {
    return this.#pages.readNow(id)
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
    const { root, nodes, trim, deadPages, deadNodes } = publication
    const durability = trim.length > 0 ? 'strict' : publication.durability
    await this.#pages.write(nodes)
    if (durability === 'strict') this.#pages.sync()
    await this.#blocks.publish({ ...publication, nodes: [], durability })
    this.#pages.drop([...deadPages, ...deadNodes])
    try {
      // The row behind a trimmed range is kept for take-overs only.
      if (trim.length > 0) await this.#log?.trim(Math.max(...trim.map(({ to }) => to)) + 1, root)
      else await this.#log?.appendRoot(root)
    } catch {
      // It is published; the next publication brings the next copy.
    }
  }

  verifyLease(): Promise<void> {
    return this.#blocks.verifyLease()
  }

  dismissLoss(): Promise<void> {
    return this.#blocks.dismissLoss()
  }

  onLost(listener: (error: Error) => void): void {
    this.#blocks.onLost(listener)
  }

  async close(): Promise<void> {
    this.#log?.close()
    this.#pages.close()
    await this.#blocks.close()
  }

  /** What the other device has lost, the files have. */
  async #begin(lease: Lease, log: FileLog): Promise<Lease> {
    log.begin(lease.epoch, lease.nextLogKey - 1)
    const root = lease.root ?? log.root
    // The logs that have copies of it may go.
    if (root !== undefined) await log.appendRoot(root)
    return { ...lease, root }
  }

  async #read(ids: readonly number[], elsewhere: (missing: readonly number[]) => Promise<readonly (Block | undefined)[]>): Promise<readonly (Block | undefined)[]> {
    const found = await this.#pages.read(ids)
    if (!found.includes(undefined)) return found
    const missing = ids.filter((_, index) => found[index] === undefined)
    const others = await elsewhere(missing)
    return found.map((block, index) => block ?? others[missing.indexOf(ids[index] as number)])
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
