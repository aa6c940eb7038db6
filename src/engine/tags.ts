// Tags of a table: what AWS takes as one and the texts of its refusals (lab findings DDB-TABLE-105 to -108, -372).
// All or nothing: one bad tag refuses the whole request.
import { ValidationException } from '../model/errors.ts'
import type { Tag } from './table-shapes.ts'

const MAX_TAGS = 50
const KEY_PATTERN = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,128}$/u
const VALUE_PATTERN = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u
const TOO_MANY = 'Number of Tags exceed the current limit for the provided ResourceArn'

export type Tags = Readonly<Record<string, string>>

function checkKey(key: unknown): void {
  if (typeof key !== 'string' || !KEY_PATTERN.test(key)) {
    throw new ValidationException(`The Tag Key provided is invalid, Key: ${typeof key === 'string' ? key : 'null'}`)
  }
  if (key.toLowerCase().startsWith('aws:')) throw new ValidationException(`Tag Key cannot be prefixed with aws:, Key: ${key}`)
}

/** Throws ValidationException. */
export function checkTags(tags: readonly Tag[]): void {
  if (tags.length === 0) throw new ValidationException('Atleast one Tag needs to be provided as Input.')
  if (tags.length > MAX_TAGS) throw new ValidationException(TOO_MANY)
  const seen = new Set<string>()
  for (const { Key, Value } of tags) {
    checkKey(Key)
    if (typeof Value !== 'string' || !VALUE_PATTERN.test(Value)) {
      throw new ValidationException(`The Tag Value provided is invalid, Value: ${typeof Value === 'string' ? Value : 'null'}`)
    }
    if (seen.has(Key)) throw new ValidationException(`Duplicate Tag Keys provided as input: Duplicate Tag Key found ${Key}`)
    seen.add(Key)
  }
}

/** Throws ValidationException. */
export function checkTagKeys(keys: readonly string[]): void {
  if (keys.length === 0) throw new ValidationException('Atleast one Tag Key needs to be provided as Input.')
  if (keys.length > MAX_TAGS) throw new ValidationException(TOO_MANY)
  keys.forEach(checkKey)
}

/** The limit holds for what is there afterwards. Throws ValidationException. */
export function withTags(known: Tags | undefined, tags: readonly Tag[]): Tags {
  const next = new Map(Object.entries(known ?? {}))
  for (const { Key, Value } of tags) next.set(Key, Value)
  if (next.size > MAX_TAGS) throw new ValidationException(TOO_MANY)
  return Object.fromEntries(next)
}

export function withoutTags(known: Tags | undefined, keys: readonly string[]): Tags {
  return Object.fromEntries(Object.entries(known ?? {}).filter(([key]) => !keys.includes(key)))
}
