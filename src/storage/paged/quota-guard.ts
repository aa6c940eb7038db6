// Early refusal of growth (S7): samples the origin's usage and quota in the background and counts what was written
// since. A reserve stays free for one memory table and two merge slices, so that deletes, flushes and merges go on; where
// there is ballast (ballast.ts) that is the reserve.
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
  readonly reserveBytes: number
  /** There is no room for the reserve, whatever the estimate says: no growth at all. */
  isExhausted = false
  /** Of the reserve, in ballast: it counts as used. */
  heldBytes = 0
  /** Growth was refused though an estimate might have allowed it. */
  onExhausted: () => void = () => undefined
  #environment: Environment
  #estimate: (() => Promise<StorageEstimate>) | undefined
  #freeBytes = Infinity
  #writtenSince = 0
  #sampledAt = -Infinity
  #isSampling = false

  /** Without an estimate nothing is refused early. */
  constructor(environment: Environment, reserveBytes: number, estimate: (() => Promise<StorageEstimate>) | undefined) {
    this.#environment = environment
    this.reserveBytes = reserveBytes
    this.#estimate = estimate
  }

  /** Nothing can grow: space should be freed. */
  get isShort(): boolean {
    return this.isExhausted || this.#left() <= 0
  }

  get freeBytes(): number {
    return this.#freeBytes
  }

  /** Throws where `bytes` more would eat into the reserve. A written byte counts twice: in the log and later in a page. */
  admit(bytes: number): void {
    if (this.isExhausted) {
      this.onExhausted()
      throw usedUp()
    }
    if (this.#estimate === undefined) return
    const left = this.#left()
    const isOld = this.#environment.monotonicNow() - this.#sampledAt > SAMPLE_AGE_MS
    if (isOld || left < bytes * 2 || this.#writtenSince > this.#freeBytes * SAMPLE_SHARE) void this.sample()
    if (left >= bytes * 2) return
    throw usedUp()
  }

  wrote(bytes: number): void {
    this.#writtenSince += bytes
  }

  /** The reserve is in ballast now. */
  hold(): void {
    this.#freeBytes -= this.reserveBytes - this.heldBytes
    this.heldBytes = this.reserveBytes
    void this.sample()
  }

  /** The device itself refused: nothing is free, until an estimate says so again. */
  async refused(): Promise<void> {
    if (this.#sampledAt !== -Infinity) this.#freeBytes = 0
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

  #left(): number {
    return this.#freeBytes - this.#writtenSince - (this.reserveBytes - this.heldBytes)
  }
}

function usedUp(): QuotaExceededException {
  return new QuotaExceededException('The storage quota is used up: only deletes are accepted until space is freed')
}
