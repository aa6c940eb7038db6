// Walks the head: the durable state overlaid with pending groups. Reports every pending key that it passes, deletes
// included, because what the walk returned depends on them (S3).
import type { OrderedCursor } from './ordered-map.ts'
import type { PendingGroup, PendingValue } from './pending-group.ts'
import type { Cursor, Key, KeyRange, Value } from './store.ts'

/** One sorted source; a pending one has its group's level in the head. */
interface Source {
  readonly cursor: { next(): boolean; readonly key: Key }
  readonly pending: OrderedCursor<PendingValue> | undefined
  readonly level: number
  /** Newer groups with drops: what these cover does not show. */
  readonly hiders: readonly PendingGroup[]
  alive: boolean
  /** Its key was returned or hidden: move on before the next comparison. */
  spent: boolean
}

export class HeadCursor implements Cursor {
  #stored: Cursor
  #sources: Source[]
  #reverse: boolean
  #see: (level: number) => void
  #current: Source | undefined

  /** `groups`: newest first, with their levels; `see` hears the level of each pending key passed. */
  constructor(
    stored: Cursor,
    groups: readonly { readonly group: PendingGroup; readonly level: number }[],
    range: KeyRange,
    see: (level: number) => void,
  ) {
    this.#stored = stored
    this.#reverse = range.reverse === true
    this.#see = see
    const hiders: PendingGroup[] = []
    this.#sources = groups.map(({ group, level }) => {
      const pending = group.cursor(range)
      const source = { cursor: pending, pending, level, hiders: [...hiders], alive: true, spent: true }
      if (group.dropsIn(range)) hiders.push(group)
      return source
    })
    this.#sources.push({ cursor: stored, pending: undefined, level: 0, hiders, alive: true, spent: true })
  }

  get key(): Key {
    return this.#current?.cursor.key ?? ''
  }

  get value(): Value {
    const value = this.#current?.pending?.value
    return value === undefined || value === null ? this.#stored.value : textOf(value)
  }

  next(): boolean {
    for (;;) {
      const nearest = this.#nearest()
      this.#current = nearest
      if (nearest === undefined) return false
      const key = nearest.cursor.key
      for (const source of this.#sources) if (source.alive && source.cursor.key === key) source.spent = true
      if (nearest.hiders.some((group) => group.hides(key))) continue
      if (nearest.pending === undefined) return true
      this.#see(nearest.level)
      if (nearest.pending.value !== null) return true
    }
  }

  /** The source with the next key; of equals the newest, which comes first. */
  #nearest(): Source | undefined {
    let nearest: Source | undefined
    for (const source of this.#sources) {
      if (source.spent) {
        source.alive = source.alive && source.cursor.next()
        source.spent = false
      }
      if (!source.alive) continue
      if (nearest === undefined || (this.#reverse ? source.cursor.key > nearest.cursor.key : source.cursor.key < nearest.cursor.key)) {
        nearest = source
      }
    }
    return nearest
  }
}

export function textOf(value: Value | readonly string[]): Value {
  return typeof value === 'string' ? value : value.join('')
}
