// Which names tables, indexes and key attributes may have; other attributes' names are checked with their size (size.ts)
// (Developer Guide: Constraints, NamingRules), with DynamoDB's texts.
import { ValidationException } from './errors.ts'
import { MAX_KEY_NAME_BYTES, MAX_TABLE_NAME_LENGTH, MIN_TABLE_NAME_LENGTH } from './limits.ts'
import { utf8Length } from './size.ts'

const NAME = /^[a-zA-Z0-9_.-]+$/

/** Throws ValidationException. `parameter` is the AWS name of where it stood: TableName, SourceTableName… */
export function checkTableName(name: string, parameter = 'TableName'): void {
  if (name.length < MIN_TABLE_NAME_LENGTH || name.length > MAX_TABLE_NAME_LENGTH) {
    throw new ValidationException(
      `${parameter} must be at least ${MIN_TABLE_NAME_LENGTH} characters long and at most ${MAX_TABLE_NAME_LENGTH} characters long`,
    )
  }
  checkPattern(name, parameter.charAt(0).toLowerCase() + parameter.slice(1))
}

/** Throws ValidationException. `path` is AWS's path of the member, such as `globalSecondaryIndexes.1.member.indexName`. */
export function checkIndexName(name: string, path = 'indexName'): void {
  if (name.length < MIN_TABLE_NAME_LENGTH) {
    throw constraintError(name, path, `Member must have length greater than or equal to ${MIN_TABLE_NAME_LENGTH}`)
  }
  if (name.length > MAX_TABLE_NAME_LENGTH) {
    throw constraintError(name, path, `Member must have length less than or equal to ${MAX_TABLE_NAME_LENGTH}`)
  }
  checkPattern(name, path)
}

/** Throws ValidationException for a key or projected attribute's name that is empty or too long. */
export function checkKeyName(name: string, path: string): void {
  if (name === '') throw constraintError(name, path, 'Member must have length greater than or equal to 1')
  if (utf8Length(name) > MAX_KEY_NAME_BYTES) {
    throw constraintError(name, path, `Member must have length less than or equal to ${MAX_KEY_NAME_BYTES}`)
  }
}

function checkPattern(name: string, path: string): void {
  if (!NAME.test(name)) throw constraintError(name, path, 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+')
}

/** AWS's text for one violated constraint of a request's member. */
export function constraintError(value: string, path: string, constraint: string): ValidationException {
  return new ValidationException(
    `1 validation error detected: Value '${value}' at '${path}' failed to satisfy constraint: ${constraint}`,
  )
}
