// ItemCount and size of a table and of each of its indexes: one small row per table, rewritten by every step that
// changes the table, so that it is exactly as durable, undone and run again as the items are (S4). Never estimated.
import type { Reader } from '../storage/store.ts'
import type { WriteStep } from '../storage/write-step.ts'
import { countersKey } from './storage-keys.ts'

export interface Counter {
  readonly itemCount: number
  readonly sizeBytes: number
}

const NOTHING: Counter = { itemCount: 0, sizeBytes: 0 }

/** What one step adds: flat numbers per index id (0 is the table), `[count, bytes, …]`. */
export type CounterDeltas = number[]

/** Adds an entry that came, went or was replaced; sizes in bytes, undefined where there is none. */
export function countEntry(deltas: CounterDeltas, indexId: number, oldBytes: number | undefined, newBytes: number | undefined): void {
  const at = 2 * indexId
  while (deltas.length < at + 2) deltas.push(0)
  deltas[at] = (deltas[at] ?? 0) + (newBytes === undefined ? 0 : 1) - (oldBytes === undefined ? 0 : 1)
  deltas[at + 1] = (deltas[at + 1] ?? 0) + (newBytes ?? 0) - (oldBytes ?? 0)
}

export class TableCounters {
  /** `[count, bytes]` of the table, then of index 1, 2, … */
  readonly #numbers: readonly number[]

  private constructor(numbers: readonly number[]) {
    this.#numbers = numbers
  }

  static read(reader: Reader, tableId: number): TableCounters {
    const text = reader.get(countersKey(tableId))
    return new TableCounters(text === undefined ? [] : parseNumbers(text))
  }

  get table(): Counter {
    return this.ofIndex(0)
  }

  ofIndex(indexId: number): Counter {
    const itemCount = this.#numbers[2 * indexId]
    const sizeBytes = this.#numbers[2 * indexId + 1]
    return itemCount === undefined || sizeBytes === undefined ? NOTHING : { itemCount, sizeBytes }
  }
}

/** Writes the row anew with `deltas` added; call it once per step and table. */
export function addToCounters(write: WriteStep, tableId: number, deltas: CounterDeltas): void {
  if (deltas.every((delta) => delta === 0)) return
  const key = countersKey(tableId)
  const text = write.get(key)
  const sums = text === undefined ? [] : parseNumbers(text)
  for (let at = 0; at < deltas.length; at++) sums[at] = (sums[at] ?? 0) + (deltas[at] ?? 0)
  write.put(key, sums.join(' '))
}

/** Forgets a dropped index: its id never comes again, so a zero is as good as nothing. */
export function clearIndexCounter(write: WriteStep, tableId: number, indexId: number): void {
  const counter = TableCounters.read(write, tableId).ofIndex(indexId)
  const deltas: CounterDeltas = []
  countEntry(deltas, indexId, undefined, undefined)
  deltas[2 * indexId] = -counter.itemCount
  deltas[2 * indexId + 1] = -counter.sizeBytes
  addToCounters(write, tableId, deltas)
}

function parseNumbers(text: string): number[] {
  return text.split(' ').map(Number)
}
