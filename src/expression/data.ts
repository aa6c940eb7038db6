// Conditions, key conditions, updates and projections as plain data: what the native client sends and the worker
// compiles to the same trees that the parsers of DynamoDB's expression strings build. Values are compact
// attribute values; `path` is a document path such as `address.lines[0]` whose names may not hold `.` or `[`.
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'

/** A literal, or another attribute. */
export type OperandData = { readonly value: AttributeValue } | { readonly path: string }
export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>='

export type TestData =
  | readonly [Comparator, OperandData]
  | readonly ['between', OperandData, OperandData]
  | readonly ['in', ...OperandData[]]
  | readonly ['begins_with', OperandData]
  | readonly ['contains', OperandData]
  | readonly ['attribute_exists']
  | readonly ['attribute_not_exists']
  | readonly ['attribute_type', string]
  | readonly ['size', TestData]

/** A verbatim expression with its own placeholders. */
export interface RawData {
  readonly raw: string
  readonly names?: { readonly [placeholder: string]: string }
  readonly values?: AttributeMap
}

export type ConditionData =
  | { readonly tests: readonly (readonly [path: string, TestData])[] }
  | { readonly and: readonly ConditionData[] }
  | { readonly or: readonly ConditionData[] }
  | { readonly not: ConditionData }
  | RawData

/** Key attribute name (never a path) to its test. */
export type KeyConditionData = { readonly tests: readonly (readonly [name: string, TestData])[] }

export type SetData =
  | { readonly value: AttributeValue }
  | { readonly ifNotExists: AttributeValue }
  | { readonly plus: AttributeValue }
  | { readonly append: AttributeValue }
  | { readonly prepend: AttributeValue }

export type UpdateData =
  | {
      readonly set?: readonly (readonly [path: string, SetData])[]
      readonly add?: readonly (readonly [path: string, AttributeValue])[]
      readonly delete?: readonly (readonly [path: string, AttributeValue])[]
      readonly remove?: readonly string[]
    }
  | RawData
