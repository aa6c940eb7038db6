// Expressions ready to be evaluated: names and values are in their places, everything that can be checked without an
// item has been checked. Parsers and the plain-data compiler build the very same trees, through the same checks.
import type { AttributeValue, TypeCode } from '../model/attribute-value.ts'
import type { Comparator } from './data.ts'

/** The request parameter that an expression came in; it begins the error messages, except of PartiQL's statements. */
export type ExpressionParameter =
  | 'Statement'
  | 'ConditionExpression'
  | 'FilterExpression'
  | 'KeyConditionExpression'
  | 'UpdateExpression'
  | 'ProjectionExpression'
  | 'SearchConditionExpression'

/** A document path: the top-level attribute's name, then names in maps and indexes in lists. */
export type Path = readonly [name: string, ...elements: (string | number)[]]

export interface PathOperand {
  readonly kind: 'path'
  readonly path: Path
}
export interface ValueOperand {
  readonly kind: 'value'
  readonly value: AttributeValue
}
export interface SizeOperand {
  readonly kind: 'size'
  readonly operand: Operand
}
/** What a condition compares. */
export type Operand = PathOperand | ValueOperand | SizeOperand

export type Condition =
  | { readonly kind: 'and'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'or'; readonly conditions: readonly Condition[] }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'compare'; readonly operator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly operand: Operand; readonly lower: Operand; readonly upper: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly candidates: readonly Operand[] }
  | { readonly kind: 'attribute_exists'; readonly path: Path }
  | { readonly kind: 'attribute_not_exists'; readonly path: Path }
  | { readonly kind: 'attribute_type'; readonly operand: Operand; readonly type: TypeCode }
  | { readonly kind: 'begins_with'; readonly operand: Operand; readonly prefix: Operand }
  | { readonly kind: 'contains'; readonly operand: Operand; readonly sought: Operand }

/** What SET assigns. Paths are read from the item as it was before the update. */
export type SetOperand =
  | PathOperand
  | ValueOperand
  | { readonly kind: 'if_not_exists'; readonly path: Path; readonly otherwise: SetOperand }
  | { readonly kind: 'list_append'; readonly first: SetOperand; readonly second: SetOperand }
  | { readonly kind: 'plus' | 'minus'; readonly left: SetOperand; readonly right: SetOperand }

export type UpdateAction =
  | { readonly kind: 'set'; readonly path: Path; readonly operand: SetOperand }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'add'; readonly path: Path; readonly value: AttributeValue }
  | { readonly kind: 'delete'; readonly path: Path; readonly value: AttributeValue }

/** In the order of the text; no path is, or begins, another's. */
export interface Update {
  readonly actions: readonly UpdateAction[]
}

/** What to keep: everything, or some attributes of a map, or some elements of a list in ascending order. */
export type ProjectionNode =
  | { readonly kind: 'whole' }
  | { readonly kind: 'map'; readonly entries: readonly (readonly [name: string, node: ProjectionNode])[] }
  | { readonly kind: 'list'; readonly entries: readonly (readonly [index: number, node: ProjectionNode])[] }

/** A set of paths, none of which is, or begins, another, as a tree. */
export interface Projection {
  readonly paths: readonly Path[]
  readonly root: Extract<ProjectionNode, { kind: 'map' }>
}
