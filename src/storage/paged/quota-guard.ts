// Early refusal of growth (S7): samples the origin's usage and quota in the background and counts what was written
// since. A reserve stays free for one memory table and two merge slices, so that deletes, flushes and merges go on.
import type { Environment } from '../../model/environment.ts'
import { QuotaExceededException } from '../../model/errors.ts'

export interface StorageEstimate {
  /** Bytes. */
  readonly usage: number
  readonly quota: number
}

/** A sample is renewed at this age, or when this much of the free space was written since. */
const SAMPLE_AGE_MS = 30_000
const SAMPLE_SHARE = 0.05

export class QuotaGuard {
  #environment: Environment
  #estimate: (() => Promise<StorageEstimate>) | undefined
  #reserveBytes: number
  #freeBytes = Infinity
  #writtenSince = 0
  #sampledAt = -Infinity
  #isSampling = false

  /** Without an estimate nothing is refused early. */
  constructor(environment: Environment, reserveBytes: number, estimate: (() => Promise<StorageEstimate>) | undefined) {
    this.#environment = environment
    this.#reserveBytes = reserveBytes
    this.#estimate = estimate
  }

  /** Throws where `bytes` more would eat into the reserve. A written byte counts twice: in the log and later in a page. */
  admit(bytes: number): void {
    if (this.#estimate === undefined) return
    const left = this.#freeBytes - this.#writtenSince - this.#reserveBytes
    const isOld = this.#environment.monotonicNow() - this.#sampledAt > SAMPLE_AGE_MS
    if (isOld || left < bytes * 2 || this.#writtenSince > this.#freeBytes * SAMPLE_SHARE) void this.sample()
    if (left >= bytes * 2) return
    throw new QuotaExceededException('The storage quota is used up: only deletes are accepted until space is freed')
  }

  wrote(bytes: number): void {
    this.#writtenSince += bytes
  }

  /** The device itself refused: nothing is free, whatever the estimate said. */
  async refused(): Promise<void> {
    this.#freeBytes = 0
    await this.sample()
  }

  /** Never rejects: without an answer the last sample stands. */
  async sample(): Promise<void> {
    if (this.#isSampling || this.#estimate === undefined) return
    this.#isSampling = true
    const writtenBefore = this.#writtenSince
    try {
      const { usage, quota } = await this.#estimate()
      this.#freeBytes = quota - usage
      // What was written while the answer was on its way may be in it or not.
      this.#writtenSince -= writtenBefore
      this.#sampledAt = this.#environment.monotonicNow()
    } catch {
      // Some browsers refuse the question in private windows.
    } finally {
      this.#isSampling = false
    }
  }
}
