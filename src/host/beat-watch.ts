// Watches for beats of the present host. Counts turns without a beat, not time: a watcher that was itself frozen or
// throttled thaws with one missed turn at most, and asks before it calls anybody frozen.
// Invariant: from the last beat heard to `frozen` pass LEASE_MS at least (four turns, each asked for a beat).
import type { Environment, Timer } from '../model/environment.ts'
import { BEAT_MS } from './control-channel.ts'
import { LEASE_MS } from './lease.ts'

/** So that not all watchers rob the same host at the same moment. */
const JITTER_MS = 40

export class BeatWatch {
  readonly #environment: Environment
  readonly #ask: () => void
  readonly #frozen: () => void
  #timer: Timer | undefined
  #heard = true
  #missed = 0

  constructor(environment: Environment, ask: () => void, frozen: () => void) {
    this.#environment = environment
    this.#ask = ask
    this.#frozen = frozen
  }

  start(): void {
    this.stop()
    this.#heard = true
    this.#missed = 0
    this.#arm()
  }

  stop(): void {
    this.#timer?.cancel()
    this.#timer = undefined
  }

  heard(): void {
    this.#heard = true
  }

  #arm(): void {
    this.#timer = this.#environment.setTimer(BEAT_MS + this.#environment.random() * JITTER_MS, () => this.#turn())
  }

  #turn(): void {
    this.#arm()
    this.#missed = this.#heard ? 0 : this.#missed + 1
    this.#heard = false
    if (this.#missed === 0) return
    if (this.#missed < LEASE_MS / BEAT_MS) {
      this.#ask()
      return
    }
    this.#missed = 0
    this.#frozen()
  }
}
