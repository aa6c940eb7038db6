// Sequence numbers of stream records: 13 digits of the commit's time and 16 of the database's sequence, which both only
// rise. With the time in front, the ends of a shard are known without a look at its records.
// Invariant: records of a table compare by their numbers, as texts and as integers, as they were committed.

const TIME_DIGITS = 13
const SEQUENCE_DIGITS = 16
export const MAX_SEQUENCE = Number.MAX_SAFE_INTEGER

export function sequenceNumberOf(committedAt: number, sequence: number): string {
  return String(committedAt).padStart(TIME_DIGITS, '0') + String(sequence).padStart(SEQUENCE_DIGITS, '0')
}

/** The database's sequence, at most MAX_SEQUENCE; undefined where it is no number that we give. */
export function parseSequenceNumber(text: string): number | undefined {
  if (text.length !== TIME_DIGITS + SEQUENCE_DIGITS || !/^\d+$/.test(text)) return undefined
  return Math.min(Number(text.slice(TIME_DIGITS)), MAX_SEQUENCE)
}
