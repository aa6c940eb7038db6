// The reserve in kind (S7): a file that only takes up room, given back when the device refuses. For browsers whose estimate
// tells no real quota (Chromium: usage and 10 GiB), where QuotaGuard foresees nothing.
// Invariant: growth is refused from the device's refusal on until the ballast is there again, or the estimate is true.
import type { Environment, Timer } from '../../model/environment.ts'
import { QuotaExceededException } from '../../model/errors.ts'
import type { QuotaGuard } from './quota-guard.ts'

export interface Ballast {
  /** Takes up so many bytes of the quota, at once. Rejects with QuotaExceededException where they are not free. */
  hold(bytes: number): Promise<void>
  /** Frees them at once. Whether there were any, of this opening or an earlier one. */
  release(): Promise<boolean>
}

export interface BallastKeeperOptions {
  readonly environment: Environment
  readonly ballast: Ballast
  readonly quota: QuotaGuard
  readonly isIdle: () => boolean
  /** Room was given back, or is there again: what backed off may be tried. */
  readonly onRoom: () => void
}

/** An opening is left alone for so long, or until it has written so much. */
const FIRST_MS = 5_000
const FIRST_BYTES = 1024 * 1024
/** Where it could not be held: tried so often while growth is refused, at once after space was freed, but then after a pause. */
const AGAIN_MS = 10_000
const MIN_PAUSE_MS = 1_000
/** Where it is not needed, or not possible. */
const RARELY_MS = 60_000
/** Of the reserve: so much more must be free before growth goes on, so that it does not stop at the next byte. */
const MARGIN_SHARE = 1 / 16
/** Nobody waits longer for a file. */
const PATIENCE_MS = 5_000

export class BallastKeeper {
  #options: BallastKeeperOptions
  #state: 'new' | 'missing' | 'held' | 'stopped' = 'new'
  #written = 0
  #triedAt = -Infinity
  #timer: Timer | undefined
  #trying: Promise<void> | undefined
  #releasing: Promise<boolean> | undefined

  constructor(options: BallastKeeperOptions) {
    this.#options = options
    this.#tryAfter(FIRST_MS)
  }

  /** Of everything written: an opening that writes much does not wait for its first idle moment. */
  wrote(bytes: number): void {
    if (this.#state !== 'new') return
    this.#written += bytes
    if (this.#written >= FIRST_BYTES) this.#try()
  }

  /** Space was freed, or is wanted: where the ballast is missing it is tried again, if that is not just done. */
  again(): void {
    if (this.#state !== 'missing' || !this.#options.quota.isExhausted || this.#trying !== undefined || this.#releasing !== undefined) return
    const pauseMs = this.#triedAt + MIN_PAUSE_MS - this.#options.environment.monotonicNow()
    if (pauseMs <= 0) this.#try()
    else this.#tryAfter(pauseMs)
  }

  /** The device refused: growth is refused too from now on. Resolves, always, with whether room was given back. */
  giveBack(): Promise<boolean> {
    if (this.#state === 'stopped') return Promise.resolve(false)
    this.#options.quota.isExhausted = true
    this.#state = 'missing'
    this.#releasing ??= this.#release().finally(() => {
      this.#releasing = undefined
    })
    return this.#releasing
  }

  /** The file stays, for the next opening. Resolves when nothing more is done to it, or it takes too long. */
  async stop(): Promise<void> {
    this.#state = 'stopped'
    this.#timer?.cancel()
    if (this.#trying ?? this.#releasing) await this.#patiently(Promise.all([this.#trying, this.#releasing]))
  }

  async #release(): Promise<boolean> {
    const { ballast, quota, onRoom } = this.#options
    const release = async (): Promise<boolean> => {
      await this.#trying
      return ballast.release()
    }
    const released = (await this.#patiently(release().catch(() => false))) === true
    quota.isExhausted = true
    quota.heldBytes = 0
    await quota.refused()
    this.#miss(AGAIN_MS)
    if (released) onRoom()
    return released
  }

  /** Resolves with undefined where it takes too long. */
  async #patiently<T>(step: Promise<T>): Promise<T | undefined> {
    let timer: Timer | undefined
    const tooLate = new Promise<undefined>((resolve) => {
      timer = this.#options.environment.setTimer(PATIENCE_MS, () => resolve(undefined))
    })
    try {
      return await Promise.race([step, tooLate])
    } finally {
      timer?.cancel()
    }
  }

  #tryAfter(delayMs: number): void {
    this.#timer?.cancel()
    this.#timer = this.#options.environment.setTimer(delayMs, () => {
      if (this.#state === 'new' && !this.#options.isIdle()) this.#tryAfter(FIRST_MS)
      else this.#try()
    })
  }

  #try(): void {
    if (this.#state === 'stopped' || this.#state === 'held' || this.#releasing !== undefined) return
    this.#timer?.cancel()
    this.#trying ??= this.#hold().finally(() => {
      this.#trying = undefined
      this.#triedAt = this.#options.environment.monotonicNow()
    })
  }

  async #hold(): Promise<void> {
    const { ballast, quota, onRoom } = this.#options
    const { isExhausted: wasExhausted, reserveBytes } = quota
    this.#miss(AGAIN_MS)
    await quota.sample()
    try {
      // An estimate that tells of a shortage can be believed: then the reserve is kept by refusing early.
      const isForetold = quota.freeBytes < 2 * reserveBytes
      if (wasExhausted && !isForetold) await ballast.hold(Math.ceil(reserveBytes * (1 + MARGIN_SHARE)))
      if (wasExhausted || isForetold) await ballast.release()
      if (!isForetold) await ballast.hold(reserveBytes)
      quota.isExhausted = false
      if (isForetold) this.#miss(RARELY_MS)
      else this.#held()
    } catch (error) {
      // Whatever else went wrong, a browser without files is as it was without ballast.
      quota.isExhausted = error instanceof QuotaExceededException
      if (!quota.isExhausted) this.#miss(RARELY_MS)
    }
    if (wasExhausted && !quota.isExhausted) onRoom()
  }

  #held(): void {
    this.#options.quota.hold()
    if (this.#state === 'stopped') return
    this.#state = 'held'
    this.#timer?.cancel()
  }

  #miss(againMs: number): void {
    if (this.#state === 'stopped') return
    this.#state = 'missing'
    this.#tryAfter(againMs)
  }
}
