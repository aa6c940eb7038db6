// An end to every wait (S6), at the price of one timer for all of them: setting and clearing one per transaction would
// cost a commit a tenth of its time. What is watched expires after one to two periods.
import type { Environment, Timer } from '../../model/environment.ts'

export class Watchdog {
  #environment: Environment
  #periodMs: number
  #timer: Timer | undefined
  /** Begun since the last tick, and before it. */
  #young = new Set<() => void>()
  #old = new Set<() => void>()

  constructor(environment: Environment, periodMs: number) {
    this.#environment = environment
    this.#periodMs = periodMs
  }

  begin(onExpired: () => void): { end(): void } {
    this.#young.add(onExpired)
    this.#timer ??= this.#environment.setTimer(this.#periodMs, () => this.#tick())
    return {
      end: () => {
        if (!this.#young.delete(onExpired)) this.#old.delete(onExpired)
      },
    }
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  #tick(): void {
    const expired = this.#old
    this.#old = this.#young
    this.#young = new Set()
    this.#timer = this.#old.size === 0 ? undefined : this.#environment.setTimer(this.#periodMs, () => this.#tick())
    for (const onExpired of expired) onExpired()
  }
}
