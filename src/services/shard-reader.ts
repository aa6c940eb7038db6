// One shard's part of the journal: from which sequence to which, and where its oldest readable record lies.
// Positions are sequences of the database: the next record is the first one at or behind a position.
import type { StreamRow } from '../engine/stream-row.ts'
import { ValidationException } from '../model/errors.ts'
import { TrimmedDataAccessException } from '../model/stream-errors.ts'
import type { Reader } from '../storage/store.ts'
import { JournalReader, type JournalRow } from './journal-reader.ts'
import { parseSequenceNumber } from './sequence-number.ts'
import { durableCounters, RETENTION_MS, type Shard } from './stream-shards.ts'

export class ShardReader {
  readonly #journal: JournalReader
  readonly #row: StreamRow
  readonly #shard: Shard
  /** Committed earlier: trimmed. */
  readonly #horizon: number
  readonly #from: number
  /** Behind the last record there is now. */
  readonly #next: number
  /** Behind the last record there will ever be. */
  readonly #end: number

  /** Throws PageFault, as all of it. */
  constructor(reader: Reader, row: StreamRow, shard: Shard, now: number) {
    this.#journal = new JournalReader(reader, row.tableId)
    this.#row = row
    this.#shard = shard
    this.#horizon = now - RETENTION_MS
    const limit = (row.lastSequence ?? durableCounters(reader).sequence) + 1
    this.#from = shard.number === 0 ? row.firstSequence : this.#journal.sequenceAt(shard.startsAt, row.firstSequence, limit)
    this.#next = shard.isLast ? limit : this.#journal.sequenceAt(shard.endsAt ?? 0, this.#from, limit)
    this.#end = shard.endsAt === undefined ? Infinity : this.#next
  }

  get oldest(): number {
    return this.#journal.sequenceAt(this.#horizon, this.#from, this.#next)
  }

  get latest(): number {
    return this.#next
  }

  /** Throws ValidationException for a number that is not of this shard, TrimmedDataAccessException for a record that is gone. */
  positionOf(sequenceNumber: string, isAfter: boolean): number {
    const { startingSequenceNumber, endingSequenceNumber } = this.#shard
    const sequence = parseSequenceNumber(sequenceNumber)
    const isInside =
      sequenceNumber >= startingSequenceNumber && (endingSequenceNumber === undefined || sequenceNumber <= endingSequenceNumber)
    if (sequence === undefined || !isInside) throw new ValidationException('Invalid SequenceNumber for the shard')
    const position = Math.min(Math.max(isAfter ? sequence + 1 : sequence, this.#from), this.#end)
    this.#checkTrimmed(position)
    return position
  }

  /** Records from a position on. Throws TrimmedDataAccessException. */
  *records(position: number): Generator<JournalRow> {
    this.#checkTrimmed(position)
    yield* this.#journal.rows(Math.max(position, this.#from), this.#end)
  }

  /** True where no record will ever follow a position. */
  isEnd(position: number): boolean {
    if (this.#end === Infinity) return false
    for (const _ of this.#journal.rows(Math.max(position, this.#from), this.#end)) return false
    return true
  }

  /** Only records that were there count: a position behind the last one is never trimmed. */
  #checkTrimmed(position: number): void {
    if (position >= this.#end) return
    const isGone = position <= (this.#row.trimmedThrough ?? -1)
    for (const { entry } of this.#journal.rows(Math.max(position, this.#from), this.#end)) {
      if (entry.committedAt < this.#horizon) throw trimmed()
      break
    }
    if (isGone) throw trimmed()
  }
}

/** AWS's words (github.com/ironSource/node-dynamodb-stream, issue 13). */
function trimmed(): TrimmedDataAccessException {
  return new TrimmedDataAccessException('The data you are trying to access has been trimmed')
}
