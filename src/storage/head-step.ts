// The WriteStep that every step is given: reads the head (open group over the group in flight over the durable
// state), writes to the open group, and keeps what undoes it. Steps are synchronous, so one object serves them all.
// Invariant: after `undo` the open group and the counters are as they were at `begin`; `seen` is the highest group
// that anything read came from, and the step's answer may not leave before that group is durable (S3).
import type { Counters } from './counters.ts'
import { HeadCursor, textOf } from './head-cursor.ts'
import type { PendingGroup, PendingValue } from './pending-group.ts'
import type { RecentWrites } from './recent-writes.ts'
import type { Cursor, Key, KeyRange, Settlement, Store, Value } from './store.ts'
import type { Emitted, ReadSet, WriteStep } from './write-step.ts'

/** Levels of the head, in `seen`. */
export const DURABLE = 0
export const IN_FLIGHT = 1
export const OPEN = 2

/**
 * Thrown by `settle` where the request is settled already, durably or by a pending step: its writes are undone, and
 * who asked answers with the kept settlement. So a request that came twice is applied once, whatever came between (T1).
 */
export class AlreadySettled extends Error {
  readonly settlement: Settlement

  constructor(settlement: Settlement) {
    super(`Request ${settlement.id} is settled`)
    this.settlement = settlement
  }
}

export class HeadStep implements WriteStep {
  seen = DURABLE
  wrote = false
  /** Bytes put into items and indexes: what S7 may refuse. */
  growth = 0
  #store: Store
  #recent: RecentWrites
  #counters: Counters
  #now: () => number
  #open: PendingGroup
  #flight: PendingGroup | undefined
  #active = false
  #undoKeys: Key[] = []
  #undoValues: (PendingValue | undefined)[] = []
  #settled: string[] = []
  #emitted: Emitted[] | undefined
  #committedAt = 0
  #sequenceBefore = 0
  #bytesBefore = 0
  #dropsBefore = 0
  #usedCountersBefore = false

  constructor(store: Store, recent: RecentWrites, counters: Counters, now: () => number, open: PendingGroup) {
    this.#store = store
    this.#recent = recent
    this.#counters = counters
    this.#now = now
    this.#open = open
  }

  begin(open: PendingGroup, flight: PendingGroup | undefined): void {
    this.seen = DURABLE
    this.wrote = false
    this.growth = 0
    this.#open = open
    this.#flight = flight
    this.#active = true
    this.#undoKeys.length = 0
    this.#undoValues.length = 0
    this.#settled.length = 0
    this.#emitted = undefined
    this.#committedAt = 0
    this.#sequenceBefore = this.#counters.sequence
    this.#bytesBefore = open.bytes
    this.#dropsBefore = open.drops.length
    this.#usedCountersBefore = open.usedCounters
  }

  /** The step returned. Throws QuotaExceededException where its growth is refused (S7); then `undo`. */
  finish(): void {
    if (this.growth > 0) this.#store.admit((this.#flight?.bytes ?? 0) + this.#open.bytes)
    this.#active = false
    if (this.#emitted !== undefined) this.#open.emitted.push(this.#emitted)
    if (this.#committedAt > 0) this.#open.committedAt = this.#committedAt
  }

  /** The step threw. */
  undo(): void {
    for (let index = this.#undoKeys.length - 1; index >= 0; index--) {
      this.#open.restore(this.#undoKeys[index] as Key, this.#undoValues[index])
    }
    for (const id of this.#settled) this.#open.settlements.delete(id)
    this.#counters.sequence = this.#sequenceBefore
    this.#open.bytes = this.#bytesBefore
    this.#open.drops.length = this.#dropsBefore
    this.#open.usedCounters = this.#usedCountersBefore
    this.wrote = false
    this.#active = false
  }

  get(key: Key): Value | undefined {
    this.#assertActive()
    let pending = pendingIn(this.#open, key)
    if (pending !== undefined) this.seen = OPEN
    else {
      if (this.#flight !== undefined) pending = pendingIn(this.#flight, key)
      if (pending === undefined) return this.#store.get(key)
      this.#see(IN_FLIGHT)
    }
    return pending === null ? undefined : textOf(pending)
  }

  cursor(range: KeyRange): Cursor {
    this.#assertActive()
    const groups: { group: PendingGroup; level: number }[] = []
    if (this.#open.changesIn(range)) groups.push({ group: this.#open, level: OPEN })
    if (this.#flight?.changesIn(range) === true) groups.push({ group: this.#flight, level: IN_FLIGHT })
    for (const { group, level } of groups) if (group.dropsIn(range)) this.#see(level)
    const stored = this.#store.cursor(range)
    return groups.length === 0 ? stored : new HeadCursor(stored, groups, range, (level) => this.#see(level))
  }

  put(key: Key, value: Value | readonly string[]): void {
    let bytes = key.length
    if (typeof value === 'string') bytes += value.length
    else for (const part of value) bytes += part.length
    if (isGrowth(key)) this.growth += bytes
    this.#set(key, value, bytes)
  }

  delete(key: Key): void {
    this.#set(key, null, key.length)
  }

  drop(range: KeyRange): void {
    this.#assertActive()
    const { start, end } = range
    if (start >= end) return
    const open = this.#open
    this.wrote = true
    const cursor = open.cursor({ start, end })
    while (cursor.next()) {
      this.#undoKeys.push(cursor.key)
      this.#undoValues.push(cursor.value)
      open.restore(cursor.key, undefined)
    }
    open.drops.push({ start, end })
    open.bytes += start.length + end.length
  }

  nextSequence(): number {
    this.#assertActive()
    this.wrote = true
    this.#open.usedCounters = true
    return ++this.#counters.sequence
  }

  get committedAt(): number {
    if (this.#committedAt === 0) {
      this.#assertActive()
      this.#committedAt = Math.max(this.#now(), this.#counters.clock)
      this.#counters.clock = this.#committedAt
      this.#open.usedCounters = true
    }
    return this.#committedAt
  }

  emit(change: Emitted): void {
    this.#assertActive()
    this.wrote = true
    if (this.#emitted === undefined) this.#emitted = [change]
    else this.#emitted.push(change)
  }

  settle(settlement: Settlement): void {
    this.#assertActive()
    const kept = this.settlement(settlement.id)
    if (kept !== undefined) throw new AlreadySettled(kept)
    this.wrote = true
    this.#settled.push(settlement.id)
    this.#open.settlements.set(settlement.id, settlement)
    this.#open.bytes += settlement.text.length
  }

  /** On the head: what a request that comes again must wait for. */
  settlement(id: string): Settlement | undefined {
    const open = this.#open.settlements.get(id)
    if (open !== undefined) {
      this.seen = OPEN
      return open
    }
    const flight = this.#flight?.settlements.get(id)
    if (flight === undefined) return this.#store.settlement(id)
    this.#see(IN_FLIGHT)
    return flight
  }

  validate(reads: ReadSet): boolean {
    this.#assertActive()
    if (reads.epoch !== this.#store.epoch) return false
    for (const { key, stamp } of reads.keys) {
      if (!this.#recent.keyUnchanged(key, stamp)) return false
      if (this.#open.changes(key)) return this.#changedIn(OPEN)
      if (this.#flight?.changes(key) === true) return this.#changedIn(IN_FLIGHT)
    }
    for (const { range, stamp } of reads.ranges) {
      if (!this.#recent.rangeUnchanged(range, stamp)) return false
      if (this.#open.changesIn(range)) return this.#changedIn(OPEN)
      if (this.#flight?.changesIn(range) === true) return this.#changedIn(IN_FLIGHT)
    }
    return true
  }

  #set(key: Key, value: PendingValue, bytes: number): void {
    this.#assertActive()
    const open = this.#open
    this.wrote = true
    this.#undoKeys.push(key)
    this.#undoValues.push(open.writes.get(key))
    open.set(key, value)
    open.bytes += bytes
  }

  #changedIn(level: number): false {
    this.#see(level)
    return false
  }

  #see(level: number): void {
    if (level > this.seen) this.seen = level
  }

  #assertActive(): void {
    if (!this.#active) throw new Error('A write step was used after it had returned')
  }
}

/** What a group says of a key: null where it deleted it, undefined where it says nothing. */
function pendingIn(group: PendingGroup, key: Key): PendingValue | undefined {
  const pending = group.writes.get(key)
  return pending === undefined && group.drops.length > 0 && group.hides(key) ? null : pending
}

/** Not the system space (u32 0) and not a journal (u16 0xFFFF after the table id): a delete writes those too. */
function isGrowth(key: Key): boolean {
  return !key.startsWith('\0\0\0\0') && !(key.charCodeAt(4) === 0xff && key.charCodeAt(5) === 0xff)
}
