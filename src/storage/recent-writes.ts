// Which keys were written lately, and in which commit: what optimistic transactions are validated against.
// Invariant: every key written after the commit `#floor` is known; older reads can't be judged and count as changed.
import { lowerBound } from './ordered-map.ts'
import type { Key, KeyRange } from './store.ts'

const MAX_KEYS = 64 * 1024
const MAX_BYTES = 8 * 1024 * 1024
const MAX_DROPS = 256
/** Up to here a list is searched as it is, above it is sorted first. */
const SMALL_LIST_KEYS = 32

interface WrittenGroup {
  readonly stamp: number
  readonly keys: Key[]
  readonly drops: readonly KeyRange[]
  readonly bytes: number
  sorted: boolean
}

export class RecentWrites {
  #stamps = new Map<Key, number>()
  /** In order of their stamps; those before `#oldest` are gone. */
  #groups: WrittenGroup[] = []
  #oldest = 0
  #keys = 0
  #bytes = 0
  #drops = 0
  #floor = 0

  /** `stamp` rises from call to call; the lists are kept. */
  add(stamp: number, keys: Key[], drops: readonly KeyRange[]): void {
    let bytes = 0
    for (const key of keys) {
      bytes += key.length
      this.#stamps.set(key, stamp)
    }
    this.#groups.push({ stamp, keys, drops, bytes, sorted: false })
    this.#keys += keys.length
    this.#bytes += bytes
    this.#drops += drops.length
    while (this.#keys > MAX_KEYS || this.#bytes > MAX_BYTES || this.#drops > MAX_DROPS) this.#forgetOldest()
  }

  keyUnchanged(key: Key, since: number): boolean {
    if (since < this.#floor || (this.#stamps.get(key) ?? 0) > since) return false
    return this.#drops === 0 || !this.#someSince(since, (group) => group.drops.some(({ start, end }) => key >= start && key < end))
  }

  rangeUnchanged(range: KeyRange, since: number): boolean {
    if (since < this.#floor) return false
    return !this.#someSince(since, (group) => hasKeyIn(group, range) || group.drops.some((drop) => drop.start < range.end && range.start < drop.end))
  }

  #someSince(since: number, test: (group: WrittenGroup) => boolean): boolean {
    for (let index = this.#groups.length - 1; index >= this.#oldest; index--) {
      const group = this.#groups[index]
      if (group === undefined || group.stamp <= since) break
      if (test(group)) return true
    }
    return false
  }

  #forgetOldest(): void {
    const group = this.#groups[this.#oldest++]
    if (group === undefined) return
    for (const key of group.keys) if (this.#stamps.get(key) === group.stamp) this.#stamps.delete(key)
    this.#keys -= group.keys.length
    this.#bytes -= group.bytes
    this.#drops -= group.drops.length
    this.#floor = group.stamp
    if (this.#oldest > 1024 && this.#oldest > this.#groups.length / 2) {
      this.#groups = this.#groups.slice(this.#oldest)
      this.#oldest = 0
    }
  }
}

function hasKeyIn(group: WrittenGroup, { start, end }: KeyRange): boolean {
  if (group.keys.length <= SMALL_LIST_KEYS) return group.keys.some((key) => key >= start && key < end)
  if (!group.sorted) {
    group.keys.sort()
    group.sorted = true
  }
  const key = group.keys[lowerBound(group.keys, start)]
  return key !== undefined && key < end
}
