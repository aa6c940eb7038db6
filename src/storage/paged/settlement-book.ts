// The kept answers (T1): in memory all of them, on disk in the log and, when that is trimmed, in nodes that each flush
// writes anew. Forgotten when confirmed, or when their time is up; a crash may bring a confirmed one back, harmlessly.
import type { Settlement } from '../store.ts'

export class SettlementBook {
  #byId = new Map<string, Settlement>()
  #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  add(settlements: readonly Settlement[]): void {
    for (const settlement of settlements) this.#byId.set(settlement.id, settlement)
  }

  get(id: string): Settlement | undefined {
    const settlement = this.#byId.get(id)
    return settlement !== undefined && settlement.expiresAt > this.#now() ? settlement : undefined
  }

  confirm(ids: readonly string[]): void {
    for (const id of ids) this.#byId.delete(id)
  }

  /** Those that still count; forgets the others. */
  live(): Settlement[] {
    const now = this.#now()
    for (const [id, { expiresAt }] of this.#byId) if (expiresAt <= now) this.#byId.delete(id)
    return [...this.#byId.values()]
  }
}
