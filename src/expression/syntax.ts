// Expressions as written: placeholders are still names. Independent of a request's names and values, so one parse per
// text serves all requests. What is wrong whatever the placeholders stand for was refused while parsing.
import type { Comparator } from './data.ts'
import type { Path, PathOperand } from './tree.ts'

/** A path with at least one `#placeholder` among its elements (no plain name begins with `#`). */
export interface AliasedPath {
  readonly kind: 'aliasedPath'
  readonly elements: Path
}
export type PathSyntax = PathOperand | AliasedPath

export interface ValuePlaceholder {
  readonly kind: 'placeholder'
  readonly name: string
}

/** Operands of conditions; `size` should have one operand (see `TestSyntax.operandCountError`). */
export type OperandSyntax = PathSyntax | ValuePlaceholder | { readonly kind: 'size'; readonly operands: readonly OperandSyntax[] }

export type ConditionFunction =
  | 'attribute_exists'
  | 'attribute_not_exists'
  | 'attribute_type'
  | 'begins_with'
  | 'contains'
export type TestOperator = Comparator | 'BETWEEN' | 'IN' | ConditionFunction

export interface TestSyntax {
  readonly kind: 'test'
  readonly operator: TestOperator
  readonly operands: readonly OperandSyntax[]
  /** A function here, or in an operand, has a wrong number of operands: DynamoDB says so after undefined placeholders. */
  readonly operandCountError: string | undefined
}

export type ConditionSyntax =
  | { readonly kind: 'and' | 'or'; readonly conditions: readonly ConditionSyntax[] }
  | { readonly kind: 'not'; readonly condition: ConditionSyntax }
  | TestSyntax

export type UpdateFunction = 'if_not_exists' | 'list_append' | '+' | '-'
export type SetSyntax =
  | PathSyntax
  | ValuePlaceholder
  | { readonly kind: 'call'; readonly name: UpdateFunction; readonly operands: readonly SetSyntax[] }

export type ActionSyntax =
  | { readonly kind: 'set'; readonly path: PathSyntax; readonly operand: SetSyntax }
  | { readonly kind: 'remove'; readonly path: PathSyntax }
  | { readonly kind: 'add' | 'delete'; readonly path: PathSyntax; readonly value: ValuePlaceholder }

export type UpdateSyntax = readonly ActionSyntax[]
export type ProjectionSyntax = readonly PathSyntax[]
