// A table's journal by sequence and by time: both rise together, so a time is found by bisection.
// Rows that were trimmed are not there; nobody here knows of streams.
import { decodeJournalEntry, type JournalEntry } from '../engine/journal.ts'
import { journalKey, journalRange, parseJournalSequence } from '../engine/storage-keys.ts'
import type { Key, Reader } from '../storage/store.ts'

export interface JournalRow {
  readonly sequence: number
  readonly entry: JournalEntry
}

export class JournalReader {
  readonly #reader: Reader
  readonly #tableId: number
  readonly #end: Key

  constructor(reader: Reader, tableId: number) {
    this.#reader = reader
    this.#tableId = tableId
    this.#end = journalRange(tableId).end
  }

  /** Rows from a sequence on, before another. Throws PageFault. */
  *rows(from: number, before: number): Generator<JournalRow> {
    const end = before > Number.MAX_SAFE_INTEGER ? this.#end : journalKey(this.#tableId, before)
    const start = journalKey(this.#tableId, from)
    if (start >= end) return
    const cursor = this.#reader.cursor({ start, end })
    while (cursor.next()) yield { sequence: parseJournalSequence(cursor.key), entry: decodeJournalEntry(cursor.value) }
  }

  firstFrom(sequence: number): JournalRow | undefined {
    for (const row of this.rows(sequence, Infinity)) return row
    return undefined
  }

  /** The last row in front of a sequence. */
  lastBefore(sequence: number): number | undefined {
    const cursor = this.#reader.cursor({ start: journalKey(this.#tableId, 0), end: journalKey(this.#tableId, sequence), reverse: true })
    return cursor.next() ? parseJournalSequence(cursor.key) : undefined
  }

  /**
   * The sequence of the first row between `from` and `end` that was committed at a time or later; `end` where there is none.
   * Throws PageFault.
   */
  sequenceAt(time: number, from: number, end: number): number {
    let [low, high] = [from, end]
    let found = end
    while (low < high) {
      // The first row is looked at first: most often nothing in front of the time is left.
      const middle = low === from ? low : low + Math.floor((high - low) / 2)
      const row = this.firstFrom(middle)
      if (row === undefined || row.sequence >= high) high = middle
      else if (row.entry.committedAt >= time) {
        found = row.sequence
        high = middle
      } else low = row.sequence + 1
    }
    return found
  }
}
