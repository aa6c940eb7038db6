// What a group of write steps has changed and not made durable yet: one layer of the head.
// Invariant: `writes` holds the last write per key, made after all `drops`; `ordered`, once some cursor asked for it,
// holds the same keys in order.
import { OrderedMap } from './ordered-map.ts'
import type { OrderedCursor } from './ordered-map.ts'
import type { Batch, Key, KeyRange, Settlement, Value, Write } from './store.ts'
import type { Emitted, WriteStep } from './write-step.ts'

/** A value, in parts or whole, or null: deleted. */
export type PendingValue = Value | readonly string[] | null

/** Below this many keys a range is answered by looking at all of them. */
const SMALL_GROUP_KEYS = 64

/**
 * Which steps share a group. After a group failed for quota its shrinking steps run again together and its growing
 * ones each alone, so that no growing step takes a delete down with it (S7).
 */
export type StepMode = 'fresh' | 'together' | 'alone'

/** A step that has no answer yet. One object per write: keep it flat. */
export class PendingStep {
  readonly run: (write: WriteStep) => unknown
  readonly strict: boolean
  mode: StepMode = 'fresh'
  resolve: (value: unknown) => void = ignore
  reject: (error: unknown) => void = ignore
  /** What the last run returned or threw. */
  outcome: unknown = undefined
  failed = false
  /** The last run added to its group; if that fails, the step fails with it instead of running again. */
  wrote = false
  grew = false
  pins: { release(): void }[] | undefined = undefined

  constructor(run: (write: WriteStep) => unknown, strict: boolean) {
    this.run = run
    this.strict = strict
  }

  /** Hands out the outcome. */
  settle(): void {
    if (this.failed) this.reject(this.outcome)
    else this.resolve(this.outcome)
  }

  releasePins(): void {
    if (this.pins === undefined) return
    for (const pin of this.pins) pin.release()
    this.pins = undefined
  }
}

function ignore(): void {}

export class PendingGroup {
  readonly writes = new Map<Key, PendingValue>()
  /** Ranges of which nothing below this group shows. */
  readonly drops: KeyRange[] = []
  readonly settlements = new Map<string, Settlement>()
  readonly emitted: (readonly Emitted[])[] = []
  /** Those whose answers leave with this group, writers and readers, in order. */
  readonly steps: PendingStep[] = []
  mode: StepMode = 'fresh'
  bytes = 0
  strict = false
  /** A step took a sequence or the time: the counters' row goes with the batch. */
  usedCounters = false
  committedAt = 0
  #ordered: OrderedMap<PendingValue> | undefined

  set(key: Key, value: PendingValue): void {
    this.writes.set(key, value)
    this.#ordered?.set(key, value)
  }

  /** Undoes a `set`: back to `value`, or to nothing where it is undefined. */
  restore(key: Key, value: PendingValue | undefined): void {
    if (value !== undefined) this.set(key, value)
    else {
      this.writes.delete(key)
      this.#ordered?.delete(key)
    }
  }

  cursor(range: KeyRange): OrderedCursor<PendingValue> {
    return this.#order().cursor(range)
  }

  hasKeyIn(range: KeyRange): boolean {
    if (this.#ordered === undefined && this.writes.size <= SMALL_GROUP_KEYS) {
      for (const key of this.writes.keys()) if (key >= range.start && key < range.end) return true
      return false
    }
    return this.#order().cursor(range).next()
  }

  /** A drop of this group covers the key. */
  hides(key: Key): boolean {
    for (const { start, end } of this.drops) if (key >= start && key < end) return true
    return false
  }

  changes(key: Key): boolean {
    return this.writes.has(key) || this.hides(key)
  }

  changesIn(range: KeyRange): boolean {
    return this.dropsIn(range) || this.hasKeyIn(range)
  }

  dropsIn({ start, end }: KeyRange): boolean {
    return this.drops.some((drop) => drop.start < end && start < drop.end)
  }

  hasContent(): boolean {
    return this.writes.size > 0 || this.drops.length > 0 || this.settlements.size > 0 || this.emitted.length > 0 || this.usedCounters
  }

  toBatch(more: readonly Write[]): Batch {
    const writes: Write[] = []
    for (const [key, value] of this.writes) writes.push({ key, value: value === null ? undefined : value })
    for (const write of more) writes.push(write)
    return {
      writes,
      ...(this.drops.length > 0 && { drops: this.drops }),
      ...(this.settlements.size > 0 && { settlements: [...this.settlements.values()] }),
      durability: this.strict ? 'strict' : 'relaxed',
    }
  }

  #order(): OrderedMap<PendingValue> {
    if (this.#ordered === undefined) {
      this.#ordered = new OrderedMap()
      for (const key of [...this.writes.keys()].sort()) this.#ordered.set(key, this.writes.get(key) ?? null)
    }
    return this.#ordered
  }
}
