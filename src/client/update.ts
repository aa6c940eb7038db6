// Updates as inert plain data: the clauses of DynamoDB's UpdateExpression, typed by path, and their data form.
// Key attributes can't be named, nor required attributes removed.
import type { RawData, UpdateData } from '../expression/data.ts'
import { mark, operatorOf } from './condition.ts'
import type { TableShape } from './definition.ts'
import type { NumberValue } from './number-value.ts'
import type { Path, PathValue } from './path.ts'
import { encodeValue } from './values.ts'

declare const assignment: unique symbol
export interface Assignment<out V> {
  readonly [assignment]: V
}
/** Stays as it is where the attribute exists. */
export function ifNotExists<V>(value: V): Assignment<V> {
  return mark({ assign: { ifNotExists: encodeValue(value) } })
}
/** Adds to a number that exists; `add` also makes a missing one. */
export function plus<V extends number | bigint | NumberValue>(amount: V): Assignment<V> {
  return mark({ assign: { plus: encodeValue(amount) } })
}
export function listAppend<V>(...elements: V[]): Assignment<readonly V[]> {
  return mark({ assign: { append: encodeValue(elements) } })
}
export function listPrepend<V>(...elements: V[]): Assignment<readonly V[]> {
  return mark({ assign: { prepend: encodeValue(elements) } })
}

type Numeric = number | bigint | NumberValue
type PathsTo<T, V> = { [P in Path<T>]: NonNullable<PathValue<T, P>> extends V ? P : never }[Path<T>]
type OptionalNames<T> = T extends object ? { [K in keyof T & string]-?: undefined extends T[K] ? K : never }[keyof T & string] : never
type Nested<P extends string> = P extends `${string}.${string}` | `${string}[${string}` ? P : never
export interface Update<T extends TableShape> {
  readonly set?: {
    readonly [P in Exclude<Path<T['read']>, keyof T['key']>]?:
      | NonNullable<PathValue<T['read'], P>>
      | Assignment<NonNullable<PathValue<T['read'], P>>>
  }
  readonly remove?: readonly (OptionalNames<T['write']> | Nested<Path<T['read']>>)[]
  readonly add?: {
    readonly [P in Exclude<PathsTo<T['read'], Numeric | ReadonlySet<unknown>>, keyof T['key']>]?: NonNullable<PathValue<T['read'], P>>
  }
  readonly delete?: { readonly [P in PathsTo<T['read'], ReadonlySet<unknown>>]?: NonNullable<PathValue<T['read'], P>> }
}

type Clauses = { readonly [clause in 'set' | 'add' | 'delete']?: object } & { readonly remove?: readonly string[] }

/** `update`: clauses, or a raw expression. */
export function updateData(update: object): UpdateData {
  const raw = operatorOf(update).condition
  if (raw !== undefined) return raw as RawData
  const { set, add, delete: elements, remove } = update as Clauses
  return {
    set: mapEntries(set, (value) => operatorOf(value).assign ?? { value: encodeValue(value) }),
    add: mapEntries(add, encodeValue),
    delete: mapEntries(elements, encodeValue),
    remove: remove ?? [],
  }
}

function mapEntries<T>(values: object = {}, encode: (value: unknown) => T): [path: string, value: T][] {
  return Object.entries(values).map(([path, value]) => [path, encode(value)])
}
