// Which keys were written lately, and in which commit: what optimistic transactions are validated against.
// Invariant: every key written after the commit `#floor` is known; older reads can't be judged and count as changed.
import { lowerBound } from './ordered-map.ts'
import type { Key, KeyRange } from './store.ts'

const MAX_KEYS = 64 * 1024
const MAX_BYTES = 8 * 1024 * 1024
const MAX_DROPS = 256
/** Up to here a group's keys are searched as they are, above it they are sorted first. */
const SMALL_GROUP_KEYS = 32

/** What one commit wrote. The group's own map is kept: remembering costs nothing per key. */
export interface WrittenGroup {
  readonly writes: { readonly size: number; has(key: Key): boolean; keys(): Iterable<Key> }
  readonly drops: readonly KeyRange[]
  /** Of keys and values. */
  readonly bytes: number
}
interface RememberedGroup extends WrittenGroup {
  readonly stamp: number
  sortedKeys: readonly Key[] | undefined
}

export class RecentWrites {
  /** In order of their stamps; those before `#oldest` are gone. */
  #groups: (RememberedGroup | undefined)[] = []
  #oldest = 0
  #keys = 0
  #bytes = 0
  #drops = 0
  #floor = 0

  /** `stamp` rises from call to call; the group must not change any more. */
  add(stamp: number, { writes, drops, bytes }: WrittenGroup): void {
    this.#groups.push({ stamp, writes, drops, bytes, sortedKeys: undefined })
    this.#keys += writes.size
    this.#bytes += bytes
    this.#drops += drops.length
    while (this.#keys > MAX_KEYS || this.#bytes > MAX_BYTES || this.#drops > MAX_DROPS) this.#forgetOldest()
  }

  keyUnchanged(key: Key, since: number): boolean {
    return this.#unchanged(since, (group) => group.writes.has(key) || group.drops.some(({ start, end }) => key >= start && key < end))
  }

  rangeUnchanged(range: KeyRange, since: number): boolean {
    return this.#unchanged(since, (group) => hasKeyIn(group, range) || group.drops.some((drop) => drop.start < range.end && range.start < drop.end))
  }

  #unchanged(since: number, touches: (group: RememberedGroup) => boolean): boolean {
    if (since < this.#floor) return false
    for (let index = this.#groups.length - 1; index >= this.#oldest; index--) {
      const group = this.#groups[index]
      if (group === undefined || group.stamp <= since) break
      if (touches(group)) return false
    }
    return true
  }

  #forgetOldest(): void {
    const group = this.#groups[this.#oldest]
    if (group === undefined) return
    this.#groups[this.#oldest++] = undefined
    this.#keys -= group.writes.size
    this.#bytes -= group.bytes
    this.#drops -= group.drops.length
    this.#floor = group.stamp
    if (this.#oldest > 1024 && this.#oldest > this.#groups.length / 2) {
      this.#groups = this.#groups.slice(this.#oldest)
      this.#oldest = 0
    }
  }
}

function hasKeyIn(group: RememberedGroup, { start, end }: KeyRange): boolean {
  if (group.writes.size <= SMALL_GROUP_KEYS) {
    for (const key of group.writes.keys()) if (key >= start && key < end) return true
    return false
  }
  const sorted = (group.sortedKeys ??= [...group.writes.keys()].sort())
  const key = sorted[lowerBound(sorted, start)]
  return key !== undefined && key < end
}
