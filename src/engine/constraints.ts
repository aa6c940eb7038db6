// Checks of a request's shape, with the texts of AWS's generic validator: `N validation errors detected: Value …`.
// They come before everything else. Nothing is allocated for a request that is well.
import { SerializationException, ValidationException } from '../model/errors.ts'
import { tableNameOf } from './table-row.ts'

export const NAME_PATTERN = /^[a-zA-Z0-9_.-]+$/

export const RETURN_CONSUMED_CAPACITY = ['INDEXES', 'TOTAL', 'NONE'] as const
export const RETURN_ITEM_COLLECTION_METRICS = ['SIZE', 'NONE'] as const
export const RETURN_VALUES_ON_FAILURE = ['ALL_OLD', 'NONE'] as const

/** Gathers what is wrong; `done` throws it all at once. `path` is AWS's: `tableName`, `keySchema.1.member.keyType`. */
export class Constraints {
  #failures: string[] | undefined

  fail(path: string, value: unknown, constraint: string): void {
    this.#failures ??= []
    if (this.#failures.length >= 10) return
    this.#failures.push(`Value ${describeValue(value)} at '${path}' failed to satisfy constraint: ${constraint}`)
  }

  notNull(path: string, value: unknown): boolean {
    if (value !== undefined && value !== null) return true
    this.fail(path, null, 'Member must not be null')
    return false
  }

  /** False where the list is absent. Throws SerializationException for what is no list: its members could not be named. */
  list(path: string, value: unknown): boolean {
    if (!this.notNull(path, value)) return false
    if (Array.isArray(value)) return true
    throw new SerializationException(typeof value === 'object' ? 'Start of structure or map found where not expected' : 'Unexpected field type')
  }

  /** The same for a map or structure. */
  map(path: string, value: unknown): boolean {
    if (!this.notNull(path, value)) return false
    if (typeof value === 'object' && !Array.isArray(value)) return true
    throw new SerializationException(Array.isArray(value) ? 'Start of list found where not expected' : 'Unexpected field type')
  }

  oneOf(path: string, value: unknown, allowed: readonly string[]): void {
    if (value === undefined || value === null || allowed.includes(value as string)) return
    this.fail(path, value, `Member must satisfy enum value set: [${allowed.join(', ')}]`)
  }

  /** Table and index names: 3 to 255 of `A-Za-z0-9_.-`. */
  name(path: string, value: unknown): void {
    if (!this.notNull(path, value)) return
    if (typeof value !== 'string' || !NAME_PATTERN.test(value)) {
      this.fail(path, value, 'Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+')
    }
    if (typeof value === 'string') this.length(path, value, 3, 255)
  }

  /** A TableName, or the ARN of a table. */
  tableName(value: unknown, path = 'tableName'): void {
    this.name(path, typeof value === 'string' ? tableNameOf(value) : value)
  }

  length(path: string, value: { readonly length: number } | undefined, minimum: number, maximum: number): void {
    if (value === undefined) return
    if (value.length < minimum) this.fail(path, value, `Member must have length greater than or equal to ${minimum}`)
    if (value.length > maximum) this.fail(path, value, `Member must have length less than or equal to ${maximum}`)
  }

  range(path: string, value: number | undefined, minimum: number, maximum: number): void {
    if (value === undefined || value === null) return
    if (!(value >= minimum)) this.fail(path, value, `Member must have value greater than or equal to ${minimum}`)
    if (value > maximum) this.fail(path, value, `Member must have value less than or equal to ${maximum}`)
  }

  done(): void {
    const failures = this.#failures
    if (failures === undefined) return
    const count = `${failures.length} validation error${failures.length === 1 ? '' : 's'}`
    throw new ValidationException(`${count} detected: ${failures.join('; ')}`)
  }
}

function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  return `'${Array.isArray(value) ? `[${value.map(textOf).join(', ')}]` : textOf(value)}'`
}

function textOf(value: unknown): string {
  if (isKeySchemaElement(value)) return `KeySchemaElement(attributeName=${value.AttributeName}, keyType=${value.KeyType})`
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** The one structure that AWS still prints as its Java class does (paritysuite's error-messages/createTable). */
function isKeySchemaElement(value: unknown): value is { readonly AttributeName: string; readonly KeyType: string } {
  return typeof value === 'object' && value !== null && 'AttributeName' in value && 'KeyType' in value
}
