// A query that stays: the host sends a snapshot, then what each commit changed; here it becomes one immutable value per
// commit. Unchanged items keep their identity, also across a failover's new snapshot, which is compared with what is shown.
import type { LinkStatus } from '../host/link.ts'
import type { AttributeMap } from '../model/attribute-value.ts'
import type { HoldfastException } from '../model/errors.ts'
import { pick } from './item-codec.ts'
import { Source } from './live.ts'
import type { TableContext } from './table-context.ts'
import { encodeMap } from './values.ts'

export interface Change<T, K> {
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE'
  readonly keys: K
  readonly newImage?: T
  readonly oldImage?: T
}
export interface LiveItems<T, K> {
  /** PENDING: not here yet. FAILED: `error` ended it, or the database can't be opened at present. */
  readonly status: 'PENDING' | 'ACTIVE' | 'FAILED'
  readonly items: readonly T[]
  /** False until the hub's items of this query arrived once; true for tables that stay on this device. */
  readonly replicated: boolean
  /** Those of `items` that the hub has not acknowledged. */
  readonly unsent: ReadonlySet<T>
  /** What differs from the value before this one; at first, all items. */
  readonly changes: readonly Change<T, K>[]
  readonly error?: HoldfastException
}

/** What a live query follows. */
export interface LiveDescription {
  /** In the shape of the engine's live queries. */
  readonly query: object
  readonly isReversed: boolean
  /** The names that the index holds, where it does not hold whole items. */
  readonly indexNames: readonly string[] | undefined
  /** The names that the reader asked for. */
  readonly projection: readonly string[] | undefined
  /** Of the table and of the index. */
  readonly keyNames: readonly string[]
}

interface Entry {
  readonly token: string
  readonly keys: object
  readonly item: object
}
type Items = LiveItems<object, object>
type Push = readonly (readonly [token: string, item: object | null])[]

const NOTHING_UNSENT: ReadonlySet<object> = new Set()
const PENDING: Items = { status: 'PENDING', items: [], replicated: false, unsent: NOTHING_UNSENT, changes: [] }

export class LiveQuery extends Source<Items> {
  readonly #context: TableContext
  readonly #description: LiveDescription
  /** By token, ascending. */
  #entries: readonly Entry[] = []
  #isRunning = false
  /** Once the table is declared: to the query and to the session's state. */
  #subscriptions: (() => void)[] = []

  constructor(context: TableContext, description: LiveDescription) {
    super(PENDING)
    this.#context = context
    this.#description = description
  }

  protected override isKnown({ status }: Items): boolean {
    return status === 'ACTIVE'
  }

  protected override start(): void {
    if (this.#isRunning) return
    this.#isRunning = true
    this.set(PENDING)
    void this.#follow()
  }

  /** A microtask later: who subscribes anew at once (React's strict mode) keeps what is there. */
  protected override stop(): void {
    queueMicrotask(() => {
      if (this.isObserved || !this.#isRunning) return
      this.#leave()
      this.set(PENDING)
    })
  }

  #leave(): void {
    this.#isRunning = false
    for (const unsubscribe of this.#subscriptions) unsubscribe()
    this.#entries = []
  }

  async #follow(): Promise<void> {
    const { session } = this.#context
    const subscriptions: (() => void)[] = (this.#subscriptions = [])
    try {
      await this.#context.declare()
      // Left meanwhile, and perhaps begun anew.
      if (!this.#isRunning || this.#subscriptions !== subscriptions) return
      const hosted = session.link().subscribe(this.#description.query, {
        snapshot: (entries) => this.#apply(entries, []),
        change: (entries) => this.#apply(entries, [...this.#entries]),
        failed: (error) => this.#fail(error),
      })
      subscriptions.push(hosted)
      // While OPEN an error is the notice of a loss.
      const next = ({ state, error }: LinkStatus): unknown => state !== 'OPEN' && error && this.#fail(error, state !== 'FAILED')
      subscriptions.push(session.status.subscribe({ next, complete: () => this.end() }))
    } catch (error) {
      this.#fail(error)
    }
  }

  /** A database that FAILED may open yet: then a snapshot makes the query ACTIVE again. */
  #fail(error: unknown, isFinal = true): void {
    if (!this.#isRunning) return
    const failure = error as HoldfastException
    if (isFinal) this.#leave()
    this.set({ ...this.current, status: 'FAILED', changes: [], error: failure })
    if (isFinal) this.end(failure)
  }

  /** Puts a push into `entries`: none before a snapshot. */
  #apply(push: Push, entries: Entry[]): void {
    const { isReversed } = this.#description
    try {
      // Ascending, so that a snapshot only appends.
      for (const [token, stored] of isReversed ? [...push].reverse() : push) {
        const at = position(entries, token)
        const old = this.#entries[position(this.#entries, token)]
        const now = stored === null ? [] : [this.#entry(token, stored as AttributeMap, old)]
        entries.splice(at, entries[at]?.token === token ? 1 : 0, ...now)
      }
    } catch (error) {
      this.#fail(error)
      return
    }
    const changes = difference(this.#entries, entries)
    this.#entries = entries
    if (changes.length === 0 && this.current.status === 'ACTIVE') return
    const items = entries.map(({ item }) => item)
    if (isReversed) items.reverse()
    this.set({ status: 'ACTIVE', items, replicated: true, unsent: NOTHING_UNSENT, changes })
  }

  /** `old` itself, if it is of this token and nothing that is shown changed. */
  #entry(token: string, stored: AttributeMap, old: Entry | undefined): Entry {
    const { indexNames, projection, keyNames } = this.#description
    const whole = this.#context.decodeItem(stored, indexNames)
    const item = projection === undefined ? whole : pick(whole, projection)
    return old?.token === token && textOf(old.item) === textOf(item) ? old : { token, keys: pick(whole, keyNames), item }
  }
}

/** Equal for equal items: stored attributes keep their order, and everything has one compact form. */
function textOf(item: object): string {
  return JSON.stringify(encodeMap(item))
}

/** Index of the first entry at or after `token`. */
function position(entries: readonly Entry[], token: string): number {
  let low = 0
  let high = entries.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((entries[middle] as Entry).token < token) low = middle + 1
    else high = middle
  }
  return low
}

/** From one ascending list to the other; entries that stayed are the same objects. */
function difference(before: readonly Entry[], after: readonly Entry[]): Change<object, object>[] {
  const changes: Change<object, object>[] = []
  for (let i = 0, j = 0; i < before.length || j < after.length; ) {
    const old = before[i]
    const now = after[j]
    if (now === undefined || (old !== undefined && old.token < now.token)) {
      if (old !== undefined) changes.push({ eventName: 'REMOVE', keys: old.keys, oldImage: old.item })
      i++
    } else if (old === undefined || now.token < old.token) {
      changes.push({ eventName: 'INSERT', keys: now.keys, newImage: now.item })
      j++
    } else {
      if (old !== now) changes.push({ eventName: 'MODIFY', keys: now.keys, newImage: now.item, oldImage: old.item })
      i++
      j++
    }
  }
  return changes
}
