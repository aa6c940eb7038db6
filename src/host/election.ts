// Who hosts: the holder of the database's Web Lock. Standing is one queued request; the browser grants it as soon as the
// holder closes, dies or withdraws. A frozen holder is robbed (`steal` always wins) and hears of it when it thaws.
// Invariant: `elected` and `lost` alternate; after `withdraw` neither is called for that candidacy.
import type { Locks } from './endpoint.ts'

export interface ElectionEvents {
  elected(): void
  /** The lock was stolen. */
  lost(): void
  /** Locks can't be had at all, as in an insecure context. */
  failed(error: unknown): void
}

interface Candidacy {
  readonly abort: AbortController
  release: (() => void) | undefined
}

export class Election {
  readonly #locks: Locks
  readonly #name: string
  readonly #events: ElectionEvents
  #candidacy: Candidacy | undefined

  constructor(locks: Locks, name: string, events: ElectionEvents) {
    this.#locks = locks
    this.#name = name
    this.#events = events
  }

  stand(): void {
    if (this.#candidacy === undefined) this.#request(false)
  }

  /** Takes the lock from whoever holds it. */
  steal(): void {
    this.withdraw()
    this.#request(true)
  }

  /** Gives the lock, or the place in the queue, back at once. */
  withdraw(): void {
    const candidacy = this.#candidacy
    this.#candidacy = undefined
    candidacy?.abort.abort()
    candidacy?.release?.()
  }

  #request(steal: boolean): void {
    const candidacy: Candidacy = { abort: new AbortController(), release: undefined }
    this.#candidacy = candidacy
    const held = (): Promise<void> => {
      if (this.#candidacy !== candidacy) return Promise.resolve()
      return new Promise((resolve) => {
        candidacy.release = resolve
        this.#events.elected()
      })
    }
    // The platform refuses `steal` together with `signal`.
    const options = steal ? { steal } : { signal: candidacy.abort.signal }
    this.#locks.request(this.#name, options, held).catch((error: unknown) => {
      if (this.#candidacy !== candidacy) return
      this.#candidacy = undefined
      // Granted and stolen before we heard of the grant: back into the queue.
      if (candidacy.release !== undefined) this.#events.lost()
      else if (error instanceof Error && error.name === 'AbortError') this.stand()
      else this.#events.failed(error)
    })
  }
}
