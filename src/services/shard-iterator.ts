// Shard iterators: opaque texts that name a stream, a shard of it, a position and when they were made. Nothing is kept for
// them; a checksum tells a changed one (a guard against mistakes: who may read the stream may read all of it).
// They live 15 minutes (AWS page: API_streams_GetShardIterator).
import { decodeBase64, encodeBase64 } from '../model/base64.ts'
import { ValidationException } from '../model/errors.ts'
import { ExpiredIteratorException } from '../model/stream-errors.ts'
import { textHash } from '../model/text-hash.ts'

const LIFETIME_MS = 15 * 60 * 1000
const VERSION = '1'

export interface ShardIterator {
  readonly streamArn: string
  readonly shardNumber: number
  /** The next record is the first one at or behind this sequence of the database. */
  readonly position: number
  /** Milliseconds since the epoch. */
  readonly madeAt: number
}

/** `<stream ARN>|1|<base64>`, as AWS's look. */
export function encodeShardIterator({ streamArn, shardNumber, position, madeAt }: ShardIterator): string {
  const body = `${shardNumber} ${position} ${madeAt}`
  const bytes = new TextEncoder().encode(`${body} ${textHash(`${streamArn} ${body}`)}`)
  return `${streamArn}|${VERSION}|${encodeBase64(bytes)}`
}

/** Throws ValidationException for what is none of ours, ExpiredIteratorException. */
export function decodeShardIterator(text: string, now: number): ShardIterator {
  const [streamArn = '', version, encoded = ''] = text.split('|')
  const words = version === VERSION ? textOf(encoded).split(' ') : []
  const [shardNumber, position, madeAt] = words.slice(0, 3).map(Number)
  const isOurs = words.length === 4 && words[3] === textHash(`${streamArn} ${words.slice(0, 3).join(' ')}`)
  if (!isOurs || shardNumber === undefined || position === undefined || madeAt === undefined) {
    throw new ValidationException('Invalid ShardIterator')
  }
  if (now - madeAt > LIFETIME_MS) {
    throw new ExpiredIteratorException('The provided iterator exceeds the maximum age allowed.')
  }
  return { streamArn, shardNumber, position, madeAt }
}

function textOf(encoded: string): string {
  try {
    return new TextDecoder().decode(decodeBase64(encoded))
  } catch {
    return ''
  }
}
