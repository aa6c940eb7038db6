// Attribute types of a table definition: S(), N(), … Each is plain data that carries its value type for the compiler.
// At run time only numbers' modes, defaults and nested shapes matter: types describe, the engine checks.
import type { NumberValue } from './number-value.ts'

/** What attributes hold in the page. Sets are never empty; functions, dates and class instances aren't values. */
export type NativeAttributeValue =
  | string
  | number
  | bigint
  | NumberValue
  | boolean
  | null
  | Uint8Array
  | ReadonlySet<string>
  | ReadonlySet<number>
  | ReadonlySet<bigint>
  | ReadonlySet<NumberValue>
  | ReadonlySet<Uint8Array>
  | readonly NativeAttributeValue[]
  | { readonly [name: string]: NativeAttributeValue }
/** An item without a definition. */
export type StoredItem = { readonly [name: string]: NativeAttributeValue }

export type TypeCode = 'S' | 'N' | 'B' | 'BOOL' | 'NULL' | 'L' | 'M' | 'SS' | 'NS' | 'BS' | 'ANY'
export type Presence = 'required' | 'optional' | 'defaulted'
export type NumberMode = 'number' | 'bigint' | 'exact'
export type NumberOf<M extends NumberMode> = { number: number; bigint: bigint; exact: NumberValue }[M]

declare const valueOf: unique symbol
export interface Attribute<out T, C extends TypeCode, P extends Presence = 'required'> {
  readonly type: C
  readonly presence: P
  readonly [valueOf]?: T
  optional(): Attribute<T, C, 'optional'>
  /** `put` stores it where the attribute is missing, reads fill it in. */
  default(value: T): Attribute<T, C, 'defaulted'>
  nullable(): Attribute<T | null, C, P>
}
export type Attributes = { readonly [name: string]: Attribute<unknown, TypeCode, Presence> }

/** What the codec reads of an attribute; `Attribute` is its public face. */
export interface AttributeData {
  readonly type: TypeCode
  readonly presence: Presence
  /** N and NS: what numbers are read as. */
  readonly mode?: NumberMode
  /** S and SS: the only values. */
  readonly values?: readonly string[]
  /** L. */
  readonly element?: AttributeData
  /** M. */
  readonly attributes?: AttributeTable
  readonly defaultValue?: unknown
}
export type AttributeTable = { readonly [name: string]: AttributeData }

class AttributeDefinition implements AttributeData {
  declare readonly type: TypeCode
  declare readonly presence: Presence

  constructor(...data: Partial<AttributeData>[]) {
    Object.assign(this, ...data)
  }
  optional(): AttributeDefinition {
    return new AttributeDefinition(this, { presence: 'optional' })
  }
  default(defaultValue: unknown): AttributeDefinition {
    return new AttributeDefinition(this, { presence: 'defaulted', defaultValue })
  }
  nullable(): AttributeDefinition {
    return this
  }
}

function define<T, C extends TypeCode>(type: C, data?: Omit<AttributeData, 'type' | 'presence'>): Attribute<T, C> {
  return new AttributeDefinition({ type, presence: 'required', ...data }) as unknown as Attribute<T, C>
}

/** Text; with arguments, only these values (compile time). */
export function S<const V extends string = string>(...values: V[]): Attribute<V, 'S'> {
  return define('S', { values })
}
/** A number: as a double (default), `bigint`, or `exact` (NumberValue). */
export function N<M extends NumberMode = 'number'>(mode?: M): Attribute<NumberOf<M>, 'N'> {
  return define('N', { mode: mode ?? 'number' })
}
export function B(): Attribute<Uint8Array, 'B'> {
  return define('B')
}
export function BOOL(): Attribute<boolean, 'BOOL'> {
  return define('BOOL')
}
export function NULL(): Attribute<null, 'NULL'> {
  return define('NULL')
}
export function SS<const V extends string = string>(...values: V[]): Attribute<ReadonlySet<V>, 'SS'> {
  return define('SS', { values })
}
export function NS<M extends NumberMode = 'number'>(mode?: M): Attribute<ReadonlySet<NumberOf<M>>, 'NS'> {
  return define('NS', { mode: mode ?? 'number' })
}
export function BS(): Attribute<ReadonlySet<Uint8Array>, 'BS'> {
  return define('BS')
}
export function L<T>(element: Attribute<T, TypeCode, Presence>): Attribute<readonly T[], 'L'> {
  return define('L', { element })
}
export function M<A extends Attributes>(attributes: A): Attribute<ReadShape<A>, 'M'> {
  return define('M', { attributes })
}
/** Any value; numbers that a double can't hold are read as NumberValue. */
export function ANY(): Attribute<NativeAttributeValue, 'ANY'> {
  return define('ANY')
}
/** Collaborative text of a MERGE table: DynamoDB sees an S. */
export function TEXT(): Attribute<string, 'S', 'optional'> {
  return S().optional()
}

export type Simplify<T> = { [K in keyof T]: T[K] } & {}
type ValueOf<X> = X extends Attribute<infer T, TypeCode, Presence> ? T : never
type Named<A, P extends Presence> = { [K in keyof A]: A[K] extends Attribute<unknown, TypeCode, P> ? K : never }[keyof A]
/** What reads return. */
export type ReadShape<A> = Simplify<
  { -readonly [K in Named<A, 'required' | 'defaulted'>]: ValueOf<A[K]> } & { -readonly [K in Named<A, 'optional'>]?: ValueOf<A[K]> | undefined }
>
/** What `put` takes. */
export type WriteShape<A> = Simplify<
  { -readonly [K in Named<A, 'required'>]: ValueOf<A[K]> } & { -readonly [K in Named<A, 'optional' | 'defaulted'>]?: ValueOf<A[K]> | undefined }
>
type KeyValue = string | number | bigint | NumberValue | Uint8Array
export type KeyName<A, P extends Presence = Presence> = {
  [K in keyof A]: A[K] extends Attribute<KeyValue, 'S' | 'N' | 'B', P> ? K : never
}[keyof A] &
  string
export type NumberName<A> = { [K in keyof A]: A[K] extends Attribute<unknown, 'N', Presence> ? K : never }[keyof A] & string
