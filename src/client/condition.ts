// Conditions and filters as inert plain data: attribute (or document path) to test, combined with and, or, not.
// Marked objects are operators, in the form that the engine compiles (expression/data.ts); everything else is a value to
// be equal to. An undefined value is refused: a condition that silently vanished would let the write through.
import type { ConditionData, OperandData, RawData, SetData, TestData } from '../expression/data.ts'
import type { NativeAttributeValue, TypeCode } from './attribute.ts'
import type { NumberValue } from './number-value.ts'
import type { Path, PathValue } from './path.ts'
import { encodeMap, encodeValue } from './values.ts'

/** Marks operators, so that a map value is never taken for one; the same symbol in every copy of the package. */
const operand: unique symbol = Symbol.for('holdfast.operand')

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

/** What an operator is at run time: one of these, and the mark. */
export interface OperatorData {
  readonly path?: string
  readonly test?: TestData
  readonly condition?: ConditionData
  readonly assign?: SetData
}

/** Marks `data` as an operator. Its type is a claim for the compiler only. */
export function mark<T>(data: OperatorData): T {
  return { ...data, [operand]: true } as T
}

/** The operator that `value` is; none for a plain value. */
export function operatorOf(value: unknown): OperatorData {
  return typeof value === 'object' && value !== null && operand in value ? (value as OperatorData) : {}
}

function operandData(value: unknown): OperandData {
  const { path } = operatorOf(value)
  return path === undefined ? { value: encodeValue(value) } : { path }
}
const test = <T>(name: string, ...operands: unknown[]): T => mark({ test: [name, ...operands.map(operandData)] as unknown as TestData })
const testData = (value: unknown): TestData => operatorOf(value).test ?? ['=', operandData(value)]

/** Attributes (or paths) with their tests: key conditions too. */
export function testsData(condition: object): { readonly tests: [path: string, test: TestData][] } {
  return { tests: Object.entries(condition).map(([path, value]) => [path, testData(value)]) }
}

export function conditionData(condition: object): ConditionData {
  return operatorOf(condition).condition ?? testsData(condition)
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
  return mark({ test: ['size', testData(expected)] })
}
export function attributeExists(): Existence {
  return test('attribute_exists')
}
export function attributeNotExists(): Existence {
  return test('attribute_not_exists')
}
export function attributeType(type: TypeCode): OfType {
  return mark({ test: ['attribute_type', type] })
}
/** Refers to another attribute: `{ used: lt(path('limit')) }`. */
export function path(name: string): Reference {
  return mark({ path: name })
}
export function and<T>(...conditions: Condition<NoInfer<T>>[]): Combined<T> {
  return mark({ condition: { and: conditions.map(conditionData) } })
}
export function or<T>(...conditions: Condition<NoInfer<T>>[]): Combined<T> {
  return mark({ condition: { or: conditions.map(conditionData) } })
}
export function not<T>(condition: Condition<NoInfer<T>>): Combined<T> {
  return mark({ condition: { not: conditionData(condition) } })
}

/**
 * DynamoDB's own expression language, for what the operators don't say. Interpolated values and `path`s become
 * placeholders: raw`SET ${path('due')} = ${3}`.
 */
export function raw(expression: TemplateStringsArray, ...operands: (NativeAttributeValue | Reference)[]): RawExpression {
  const names: Record<string, string> = {}
  const values: Record<string, unknown> = {}
  let count = 0
  const text = expression.map((part, index) => {
    if (index === operands.length) return part
    const { path } = operatorOf(operands[index])
    if (path === undefined) {
      values[`:${count}`] = operands[index]
      return `${part}:${count++}`
    }
    return part + path.replace(/[^.[\]]+(?![^[]*\])/g, (name) => {
      names[`#${count}`] = name
      return `#${count++}`
    })
  })
  // DynamoDB refuses empty maps.
  const some = <T extends object>(map: T): T | undefined => (Object.keys(map).length > 0 ? map : undefined)
  return mark({ condition: { raw: text.join(''), names: some(names), values: some(encodeMap(values)) } as RawData })
}
