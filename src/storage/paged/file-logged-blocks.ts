// A device whose log lies in files (file-log.ts), which commits several times as fast, and whose pages, directory and lease
// lie in another device. The log's keys go on over both: marks of take-overs are the other device's rows, commits the files'.
// Invariant: an opening that takes over has read the log of every opening before it, or does not take over.
import { StorageException } from '../../model/errors.ts'
import type { StoreDurability } from '../store.ts'
import { type Block, type Blocks, type ClaimedBlocks, type Lease, type LogRow, type NamedBlock, type Publication, UnknownLog } from './blocks.ts'
import { FileLog } from './file-log.ts'
import type { LogFolder } from './log-files.ts'

export interface FileLoggedBlocksOptions {
  /** Of pages, directory and lease. */
  readonly blocks: ClaimedBlocks
  /** This database's own. */
  readonly folder: LogFolder
  readonly randomUuid: () => string
  /** Repairing: goes on without a log whose files are gone, and tells. */
  readonly onLost?: ((log: string) => void) | undefined
}

/** Take-overs tried while others take over too. */
const ATTEMPTS = 5

export class FileLoggedBlocks implements Blocks {
  #options: FileLoggedBlocksOptions
  #blocks: ClaimedBlocks
  #log: FileLog | undefined

  constructor(options: FileLoggedBlocksOptions) {
    this.#options = options
    this.#blocks = options.blocks
  }

  async takeOver(): Promise<Lease> {
    const { folder, randomUuid } = this.#options
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

  readPages(ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    return this.#blocks.readPages(ids)
  }

  readNodes(ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    return this.#blocks.readNodes(ids)
  }

  append(key: number, rows: readonly Block[], durability: StoreDurability): Promise<void> {
    if (this.#log === undefined) return this.#blocks.append(key, rows, durability)
    return this.#log.append(key, rows, durability === 'strict')
  }

  writePages(pages: readonly NamedBlock[]): Promise<void> {
    return this.#blocks.writePages(pages)
  }

  /** What takes the place of log rows must survive whatever those would have: a power loss may not come in between. */
  async publish(publication: Publication): Promise<void> {
    const { trim } = publication
    if (trim.length === 0) return this.#blocks.publish(publication)
    await this.#blocks.publish({ ...publication, durability: 'strict' })
    // The row behind a trimmed range is kept for take-overs only.
    this.#log?.trim(Math.max(...trim.map(({ to }) => to)) + 1)
  }

  verifyLease(): Promise<void> {
    return this.#blocks.verifyLease()
  }

  onLost(listener: (error: Error) => void): void {
    this.#blocks.onLost(listener)
  }

  async close(): Promise<void> {
    this.#log?.close()
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
