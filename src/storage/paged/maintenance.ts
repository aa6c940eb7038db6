// The background work of a store and its pace: flushes, merge slices, sweeps, one at a time. After each transaction it
// rests about as long as that took, so that commits and reads get their share, unless writers are waiting for it.
// Quota and lost devices make it back off and leave all readable (S7); damage stops merges, never reads.
import type { Environment, Timer } from '../../model/environment.ts'
import { QuotaExceededException, StorageException } from '../../model/errors.ts'

export interface Work {
  /** The log has passed its bound. */
  isFlushDue(idle: boolean): boolean
  flush(): Promise<void>
  isMergeDue(idle: boolean): boolean
  /** Runs are as many as there may be. */
  isMergeUrgent(): boolean
  mergeSlice(): Promise<void>
  isSweepDue(): boolean
  sweep(): Promise<void>
  /** The device has room to win back. */
  isReclaimDue(idle: boolean): boolean
  reclaim(): Promise<void>
  /** Nothing committed since a while. */
  isIdle(): boolean
  /** The store can't go on. */
  onFailure(error: Error): void
}

const IDLE_MS = 2_000
const MAX_REST_MS = 50
/** Timers are not finer. */
const LEAST_REST_MS = 4
const FIRST_BACK_OFF_MS = 1_000
const MAX_BACK_OFF_MS = 60_000

export class Maintenance {
  /** Why merges stopped for good in this opening. */
  damage: StorageException | undefined = undefined
  #environment: Environment
  #work: Work
  #last: Promise<void> = Promise.resolve()
  #loop: Promise<void> | undefined
  #stopped = false
  #backOffMs = 0
  #timer: Timer | undefined
  #idleTimer: Timer | undefined
  #waiting: (() => void)[] = []
  #urgent = 0
  #restedAt = -Infinity

  constructor(environment: Environment, work: Work) {
    this.#environment = environment
    this.#work = work
  }

  /** The quota or the device refuses: until it is tried again, writers are not held up. */
  get isBackingOff(): boolean {
    return this.#timer !== undefined
  }

  /** After each commit: starts what is due. Cheap. */
  poke(): void {
    if (this.#stopped) return
    this.#idleTimer ??= this.#environment.setTimer(IDLE_MS, () => {
      this.#idleTimer = undefined
      this.#start()
      if (!this.#work.isIdle()) this.poke()
    })
    if (this.#work.isFlushDue(false) || this.#work.isMergeDue(false)) this.#start()
  }

  /** Runs `step` when no other piece of work is on its way; somebody is waiting for it. */
  async urgent(step: () => Promise<void>): Promise<void> {
    this.#urgent++
    try {
      await this.#exclusive(step)
    } finally {
      this.#urgent--
    }
  }

  /** Resolves when the next piece of work is done, or refused. */
  progress(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve)
      this.#start()
    })
  }

  /** There is room again: what was put off is tried now. */
  goOn(): void {
    this.#backOffMs = 0
    if (this.#timer === undefined) return
    this.#timer.cancel()
    this.#timer = undefined
    this.#start()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#timer?.cancel()
    this.#idleTimer?.cancel()
    this.#wake()
    await this.#loop
    await this.#last
  }

  #exclusive(step: () => Promise<void>): Promise<void> {
    const result = this.#last.then(step)
    this.#last = result.catch(() => undefined)
    return result
  }

  #start(): void {
    if (this.#stopped || this.#timer !== undefined) return this.#wake()
    this.#loop ??= this.#run().finally(() => {
      this.#loop = undefined
      this.#wake()
    })
  }

  async #run(): Promise<void> {
    let isFirst = true
    while (!this.#stopped) {
      const piece = this.#nextPiece()
      if (piece === undefined) return
      // Time without work was rest.
      if (isFirst) this.#restedAt = this.#environment.monotonicNow()
      isFirst = false
      try {
        await this.#exclusive(piece)
        this.#backOffMs = 0
      } catch (error) {
        this.#refused(error)
        return
      } finally {
        this.#wake()
      }
      await this.#environment.yieldTask()
    }
  }

  #nextPiece(): (() => Promise<void>) | undefined {
    const work = this.#work
    const idle = work.isIdle()
    const canMerge = this.damage === undefined
    if (work.isFlushDue(idle) && !work.isMergeUrgent()) return () => work.flush()
    if (canMerge && (work.isMergeDue(idle) || (work.isFlushDue(idle) && work.isMergeUrgent()))) return () => work.mergeSlice()
    if (idle && work.isSweepDue()) return () => work.sweep()
    if (canMerge && work.isReclaimDue(idle)) return () => this.#reclaim()
    return undefined
  }

  async #reclaim(): Promise<void> {
    const startedAt = this.#environment.monotonicNow()
    await this.#work.reclaim()
    await this.#rest(this.#environment.monotonicNow() - startedAt)
  }

  /**
   * After a transaction is begun: in a hurry the next is made meanwhile, else it is awaited, and then a rest is taken, as long
   * as the work since the last one: where writing is synchronous, making pages takes most of the time, of the same thread.
   */
  async giveWay(writing: Promise<void>): Promise<void> {
    const isHurried = this.#isHurried()
    if (!isHurried) await writing
    const now = this.#environment.monotonicNow()
    const workedMs = now - Math.max(this.#restedAt, now - MAX_REST_MS)
    // Others get their turn at once, and their share when it is worth a timer.
    if (isHurried || workedMs < LEAST_REST_MS) await this.#environment.yieldTask()
    else await this.#rest(workedMs)
    if (isHurried || workedMs >= LEAST_REST_MS) this.#restedAt = this.#environment.monotonicNow()
  }

  #rest(workedMs: number): Promise<void> {
    if (this.#isHurried()) return this.#environment.yieldTask()
    return new Promise((resolve) => {
      this.#environment.setTimer(Math.min(workedMs, MAX_REST_MS), resolve)
    })
  }

  #isHurried(): boolean {
    return this.#stopped || this.#urgent > 0 || this.#waiting.length > 0 || this.#work.isIdle() || this.#work.isMergeUrgent()
  }

  #refused(error: unknown): void {
    if (error instanceof StorageException && error.reason === 'DAMAGED') {
      this.damage = error
      return
    }
    if (!(error instanceof QuotaExceededException)) {
      this.#work.onFailure(error instanceof Error ? error : new Error(String(error)))
      return
    }
    this.#backOffMs = Math.min(this.#backOffMs * 2 || FIRST_BACK_OFF_MS, MAX_BACK_OFF_MS)
    this.#timer = this.#environment.setTimer(this.#backOffMs, () => {
      this.#timer = undefined
      this.#start()
    })
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve()
  }
}
