// Group commit: batches that come while a transaction is on its way share the next one. One append is in flight at a
// time, so the key of the next is known, and an old host's append meets the row of the host that took over (S5).
// Invariant: a batch is applied to memory, in call order, only when its record is durable (S3).
import { QuotaExceededException } from '../../model/errors.ts'
import type { Batch, StoreDurability } from '../store.ts'
import type { Block, Blocks } from './blocks.ts'
import type { Codec } from './codec.ts'
import { encodeRecord, type LogRecord, rowsOf } from './log-record.ts'

/** Text in one record; what comes beyond waits for the next one. */
const GROUP_CHARS = 4 * 1024 * 1024

export interface CommitterOptions {
  readonly blocks: Blocks
  readonly codec: Codec
  readonly nextLogKey: number
  /** Awaited before each group: the brake when maintenance is behind. Rejects if it can't catch up. */
  readonly room: () => Promise<void> | undefined
  /** The record is durable: put it into memory. */
  readonly apply: (record: LogRecord, nextLogKey: number, durability: StoreDurability) => void
  /** The device is full. Awaited before the refusal is told or the group tried in parts: room may be made meanwhile. */
  readonly onRefusal: () => Promise<unknown>
  /** The store can't go on. */
  readonly onFailure: (error: Error) => void
}

interface Waiting {
  readonly batch: Batch
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

export class Committer {
  #options: CommitterOptions
  #queue: Waiting[] = []
  #nextLogKey: number
  #isRunning = false
  #last: Promise<void> = Promise.resolve()

  constructor(options: CommitterOptions) {
    this.#options = options
    this.#nextLogKey = options.nextLogKey
  }

  /** Whether a commit is on its way. */
  get isBusy(): boolean {
    return this.#isRunning
  }

  commit(batch: Batch): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#queue.push({ batch, resolve, reject })
      if (this.#isRunning) return
      this.#isRunning = true
      this.#last = this.#run()
    })
  }

  /** Resolves when all that was called is answered. */
  async drain(): Promise<void> {
    while (this.#isRunning) await this.#last
  }

  async #run(): Promise<void> {
    // Whatever is called in the same turn shares the first transaction.
    await Promise.resolve()
    while (this.#queue.length > 0) {
      const group = this.#takeGroup()
      try {
        await this.#options.room()
        await this.#write(group)
      } catch (error) {
        if (error instanceof QuotaExceededException) await this.#writeSingly(group, error)
        else this.#fail(group, error)
      }
    }
    // In the same turn as the look at the queue: a commit that comes now starts another run.
    this.#isRunning = false
  }

  #takeGroup(): Waiting[] {
    if (this.#queue.length === 1) return this.#queue.splice(0)
    let chars = 0
    let count = 0
    for (const { batch } of this.#queue) {
      if (count > 0 && chars > GROUP_CHARS) break
      for (const { key, value } of batch.writes) chars += key.length + (typeof value === 'string' ? value.length : lengthOf(value))
      count++
    }
    return this.#queue.splice(0, count)
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    const { blocks, codec, apply } = this.#options
    const record = encodeRecord(group.map(({ batch }) => batch))
    const rows: Block[] = []
    for (const row of rowsOf(record)) rows.push(await codec.encode(`log:${this.#nextLogKey + rows.length}`, row))
    const durability = group.some(({ batch }) => batch.durability === 'strict') ? 'strict' : 'relaxed'
    await blocks.append(this.#nextLogKey, rows, durability)
    this.#nextLogKey += rows.length
    apply(record, this.#nextLogKey, durability)
    for (const { resolve } of group) resolve()
  }

  /** The quota refused the group: a deletion in it may fit, where another's growth does not (S7). */
  async #writeSingly(group: readonly Waiting[], refusal: QuotaExceededException): Promise<void> {
    await this.#options.onRefusal()
    if (group.length === 1) {
      for (const { reject } of group) reject(refusal)
      return
    }
    for (const one of group) {
      try {
        await this.#write([one])
      } catch (error) {
        if (error instanceof QuotaExceededException) one.reject(error)
        else this.#fail([one], error)
      }
    }
  }

  #fail(group: readonly Waiting[], error: unknown): void {
    this.#options.onFailure(error instanceof Error ? error : new Error(String(error)))
    for (const { reject } of group) reject(error)
  }
}

function lengthOf(parts: readonly string[] | undefined): number {
  return (parts ?? []).reduce((sum, part) => sum + part.length, 0)
}
