// The reserve in kind (S7): a file that only takes up room, given back when the device refuses. For browsers whose estimate
// tells no real quota (Chromium: usage and 10 GiB), where QuotaGuard foresees nothing.
// Invariant: growth is refused from the device's refusal on until the ballast is there again with some room beside it, or
// the estimate proves true.
import type { Environment, Timer } from '../../model/environment.ts'
import { QuotaExceededException } from '../../model/errors.ts'
import type { QuotaGuard } from './quota-guard.ts'

export interface Ballast {
  /** Takes up so many bytes of the quota, at once. Rejects with QuotaExceededException where they are not free. */
  hold(bytes: number): Promise<void>
  /** Whether so many more bytes are free now. */
  hasRoom(bytes: number): Promise<boolean>
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
/** Of the reserve: so much more must be free for growth to go on, so that it does not stop at the next byte. */
const MARGIN_SHARE = 1 / 8
/**
 * Chromium lets IndexedDB write against a quota that it has looked up up to 30 s ago (kBucketSpaceCacheTimeLimit), so when
 * the ballast is new, writes may pass it unseen. For so long room is looked for after each such share of the reserve.
 */
const WATCH_MS = 30_000
const WATCH_SHARE = 1 / 32
/** Nobody waits longer for a file. */
const PATIENCE_MS = 5_000

export class BallastKeeper {
  #options: BallastKeeperOptions
  /** `missing`: it is not there, or nothing is free beside it. */
  #state: 'new' | 'missing' | 'held' | 'stopped' = 'new'
  #written = 0
  #heldAt = -Infinity
  #triedAt = -Infinity
  #timer: Timer | undefined
  #trying: Promise<void> | undefined
  #releasing: Promise<boolean> | undefined
  #looking: Promise<void> | undefined

  constructor(options: BallastKeeperOptions) {
    this.#options = options
    this.#tryAfter(FIRST_MS)
  }

  /** Of everything written: an opening that writes much does not wait for its first idle moment. */
  wrote(bytes: number): void {
    this.#written += bytes
    if (this.#state === 'new' && this.#written >= FIRST_BYTES) this.#try()
    if (this.#state !== 'held' || this.#written < this.#options.quota.reserveBytes * WATCH_SHARE) return
    this.#written = 0
    const { environment } = this.#options
    if (environment.monotonicNow() - this.#heldAt > WATCH_MS) return
    this.#looking ??= this.#look().finally(() => {
      this.#looking = undefined
    })
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
    const pending = [this.#trying, this.#releasing, this.#looking].filter((step) => step !== undefined)
    if (pending.length > 0) await this.#patiently(Promise.all<unknown>(pending))
  }

  async #release(): Promise<boolean> {
    const { ballast, quota, onRoom } = this.#options
    const release = async (): Promise<boolean> => {
      await Promise.all([this.#trying, this.#looking])
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
      if (isForetold) {
        await ballast.release()
        quota.heldBytes = 0
        quota.isExhausted = false
        this.#miss(RARELY_MS)
      } else if (!wasExhausted || (await ballast.hasRoom(reserveBytes - quota.heldBytes + this.#margin))) {
        await ballast.hold(reserveBytes)
        this.#held()
      }
    } catch (error) {
      // Whatever else went wrong, a browser without files is as it was without ballast.
      quota.isExhausted = error instanceof QuotaExceededException
      if (!quota.isExhausted) this.#miss(RARELY_MS)
    }
    if (wasExhausted && !quota.isExhausted) onRoom()
  }

  #held(): void {
    const { quota } = this.#options
    quota.hold()
    quota.isExhausted = false
    if (this.#state === 'stopped') return
    this.#state = 'held'
    this.#heldAt = this.#options.environment.monotonicNow()
    this.#timer?.cancel()
  }

  /** With no room beside the ballast growth stops here, and the reserve stays whole. */
  async #look(): Promise<void> {
    const hasRoom = await this.#options.ballast.hasRoom(this.#margin).catch(() => true)
    if (hasRoom || this.#state !== 'held') return
    this.#options.quota.isExhausted = true
    this.#miss(AGAIN_MS)
  }

  get #margin(): number {
    return Math.ceil(this.#options.quota.reserveBytes * MARGIN_SHARE)
  }

  #miss(againMs: number): void {
    if (this.#state === 'stopped') return
    this.#state = 'missing'
    this.#tryAfter(againMs)
  }
}
