// Conditions and filters as inert plain data: attribute (or document path) to test, combined with and, or, not.
// Marked objects are operators; everything else is a value to be equal to. `condition-data.ts` compiles them.
import type { NativeAttributeValue, TypeCode } from './attribute.ts'
import type { NumberValue } from './number-value.ts'
import type { Path, PathValue } from './path.ts'

/** Marks operators, so that a map value is never taken for one; the same symbol in every copy of the package. */
export const operand: unique symbol = Symbol.for('holdfast.operand')

export interface Operator<out V> {
  readonly [operand]: { readonly compare: V }
}
export interface Contains<out V> {
  readonly [operand]: { readonly contains: V }
}
export interface BeginsWith {
  readonly [operand]: { readonly prefix: string | Uint8Array }
}
export interface Existence {
  readonly [operand]: { readonly exists: boolean }
}
export interface OfType {
  readonly [operand]: { readonly type: TypeCode }
}
export interface Size {
  readonly [operand]: { readonly size: number }
}
export interface Reference {
  readonly [operand]: { readonly path: string }
}
export interface Combined<in out T> {
  readonly [operand]: { readonly combine: (item: T) => T }
}
/** A verbatim DynamoDB expression; values and names were interpolated, so neither can break out. */
export interface RawExpression {
  readonly [operand]: { readonly raw: string }
}

type Ordered = string | number | bigint | NumberValue | Uint8Array
type Test<V> =
  | V
  | Operator<V>
  | Existence
  | OfType
  | (V extends string | Uint8Array ? BeginsWith | Size : never)
  | (V extends string
      ? Contains<string>
      : V extends ReadonlySet<infer E>
        ? Contains<E> | Size
        : V extends readonly (infer E)[]
          ? Contains<E> | Size
          : never)
type AttributeConditions<T> = { readonly [P in Path<T>]?: Test<NonNullable<PathValue<T, P>>> }
export type Condition<T> = AttributeConditions<T> | Combined<T> | RawExpression

/** What an operator is at run time: one of these fields, and the mark. */
export interface OperatorData {
  /** DynamoDB's comparator or function, then its operands (`size`: a test or a number). */
  readonly test?: readonly [name: string, ...operands: unknown[]]
  readonly path?: string
  readonly and?: readonly unknown[]
  readonly or?: readonly unknown[]
  readonly not?: unknown
  readonly raw?: string
  readonly names?: Readonly<Record<string, string>>
  readonly values?: Readonly<Record<string, unknown>>
  /** An update's assignment: SetData's key and the value. */
  readonly assign?: readonly [kind: string, value: unknown]
}

/** Marks `data` as an operator. Its type is a claim for the compiler only. */
export function mark<T>(data: OperatorData): T {
  return { ...data, [operand]: true } as T
}
const test = <T>(...data: [string, ...unknown[]]): T => mark<T>({ test: data })

/** The operator that `value` is, or undefined for a plain value. */
export function getOperator(value: unknown): OperatorData | undefined {
  return typeof value === 'object' && value !== null && operand in value ? (value as OperatorData) : undefined
}

export function eq(attribute: Reference): Operator<never>
export function eq<V>(value: V): Operator<V>
export function eq(value: unknown): Operator<never> {
  return test('=', value)
}
export function ne(attribute: Reference): Operator<never>
export function ne<V>(value: V): Operator<V>
export function ne(value: unknown): Operator<never> {
  return test('<>', value)
}
export function lt(attribute: Reference): Operator<never>
export function lt<V extends Ordered>(value: V): Operator<V>
export function lt(value: unknown): Operator<never> {
  return test('<', value)
}
export function le(attribute: Reference): Operator<never>
export function le<V extends Ordered>(value: V): Operator<V>
export function le(value: unknown): Operator<never> {
  return test('<=', value)
}
export function gt(attribute: Reference): Operator<never>
export function gt<V extends Ordered>(value: V): Operator<V>
export function gt(value: unknown): Operator<never> {
  return test('>', value)
}
export function ge(attribute: Reference): Operator<never>
export function ge<V extends Ordered>(value: V): Operator<V>
export function ge(value: unknown): Operator<never> {
  return test('>=', value)
}
/** Both ends included. */
export function between<V extends Ordered>(low: V, high: V): Operator<V> {
  return test('between', low, high)
}
/** Equal to one of up to 100 values. */
export function isIn<V>(...values: V[]): Operator<V> {
  return test('in', ...values)
}
export function beginsWith(prefix: string | Uint8Array): BeginsWith {
  return test('begins_with', prefix)
}
/** Text in a text, an element in a set or list. */
export function contains<V>(value: V): Contains<V> {
  return test('contains', value)
}
/** Length of text or bytes, number of elements. */
export function size(expected: number | Operator<number>): Size {
  return test('size', expected)
}
export function attributeExists(): Existence {
  return test('attribute_exists')
}
export function attributeNotExists(): Existence {
  return test('attribute_not_exists')
}
export function attributeType(type: TypeCode): OfType {
  return test('attribute_type', type)
}
/** Refers to another attribute: `{ used: lt(path('limit')) }`. */
export function path(name: string): Reference {
  return mark({ path: name })
}
export function and<T>(...conditions: Condition<NoInfer<T>>[]): Combined<T> {
  return mark({ and: conditions })
}
export function or<T>(...conditions: Condition<NoInfer<T>>[]): Combined<T> {
  return mark({ or: conditions })
}
export function not<T>(condition: Condition<NoInfer<T>>): Combined<T> {
  return mark({ not: condition })
}

/**
 * DynamoDB's own expression language, for what the operators don't say. Interpolated values and `path`s become
 * placeholders: raw`SET ${path('due')} = ${3}`.
 */
export function raw(expression: TemplateStringsArray, ...operands: (NativeAttributeValue | Reference)[]): RawExpression {
  const parameters: { names?: Record<string, string>; values?: Record<string, unknown> } = {}
  let count = 0
  const text = expression.map((part, index) => {
    if (index === operands.length) return part
    const reference = getOperator(operands[index])?.path
    if (reference === undefined) {
      const placeholder = `:${count++}`
      ;(parameters.values ??= {})[placeholder] = operands[index]
      return part + placeholder
    }
    return (
      part +
      reference.replace(/[^.[\]]+(?![^[]*\])/g, (name) => {
        const placeholder = `#${count++}`
        ;(parameters.names ??= {})[placeholder] = name
        return placeholder
      })
    )
  })
  return mark({ raw: text.join(''), ...parameters })
}
