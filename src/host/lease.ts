// A host's own doubt: was it silent so long that another may have taken its place? Others steal after LEASE_MS without
// a sign of life; so a host that ran without a gap of half of that is still the host, and one that did not reads the
// epoch from the disk before any answer or push leaves. Once lost, it is lost for good (S5).
import type { Environment } from '../model/environment.ts'

/** Without a sign of life for so long, a host counts as frozen and its lock is stolen. */
export const LEASE_MS = 1000

export class Lease {
  readonly #environment: Environment
  readonly #verify: () => Promise<void>
  readonly #onLost: (error: unknown) => void
  #activeAt: number
  #lost = false
  #verifying: Promise<boolean> | undefined

  /** `onLost` is called once, where a check finds the lease lost. */
  constructor(environment: Environment, verify: () => Promise<void>, onLost: (error: unknown) => void) {
    this.#environment = environment
    this.#verify = verify
    this.#onLost = onLost
    this.#activeAt = environment.monotonicNow()
  }

  get lost(): boolean {
    return this.#lost
  }

  lose(): void {
    this.#lost = true
  }

  /** True where nothing has to be read: the host was active within half its lease. Counts as activity. */
  holds(): boolean {
    if (this.#lost || this.#verifying !== undefined) return false
    const now = this.#environment.monotonicNow()
    if (now - this.#activeAt > LEASE_MS / 2) return false
    this.#activeAt = now
    return true
  }

  /** False: lost, say nothing. Runs when `holds` was false; concurrent callers share one read. */
  async confirm(): Promise<boolean> {
    if (this.#lost) return false
    this.#verifying ??= this.#readEpoch()
    return this.#verifying
  }

  async #readEpoch(): Promise<boolean> {
    try {
      // A read that itself took half a lease proves nothing about now.
      for (;;) {
        const began = this.#environment.monotonicNow()
        await this.#verify()
        const now = this.#environment.monotonicNow()
        if (now - began > LEASE_MS / 2 && !this.#lost) continue
        this.#activeAt = now
        return !this.#lost
      }
    } catch (error) {
      if (!this.#lost) {
        this.#lost = true
        this.#onLost(error)
      }
      return false
    } finally {
      this.#verifying = undefined
    }
  }
}
