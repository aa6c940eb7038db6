// Statements as written, before their parameters: one parse per text serves all requests. Everything that the grammar
// accepts is here, also what DynamoDB then refuses with a text of its own (aliases, LIMIT, joins), so that what is wrong
// is reported in its order: the grammar first, whatever stands where.

/** Where a token stands, as error texts show it: `line:column:length`, counted from 1. */
export type Position = string

export interface Identifier {
  readonly kind: 'identifier'
  readonly name: string
  readonly at: Position
}
export type PathElementSyntax =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: Syntax }
  | { readonly kind: 'wildcard' }
export interface PathExpression {
  readonly kind: 'path'
  readonly root: Syntax
  readonly elements: readonly PathElementSyntax[]
  readonly at: Position
}
export interface NumberLiteral {
  readonly kind: 'number'
  /** With its sign, else as written. */
  readonly text: string
  readonly at: Position
}
export interface StringLiteral {
  readonly kind: 'string'
  readonly value: string
  readonly at: Position
}
export interface ConstantLiteral {
  readonly kind: 'constant'
  readonly name: 'true' | 'false' | 'null' | 'missing'
  readonly at: Position
}
export interface Parameter {
  readonly kind: 'parameter'
  /** From 0, in the order of the text. */
  readonly index: number
  readonly at: Position
}
/** `list` is `[…]`, or `(…)` of more than one; `bag` is `<<…>>`. */
export interface Sequence {
  readonly kind: 'list' | 'bag'
  readonly elements: readonly Syntax[]
  readonly at: Position
}
export interface Struct {
  readonly kind: 'struct'
  readonly fields: readonly (readonly [key: Syntax, value: Syntax])[]
  readonly at: Position
}
export type Operator =
  | 'and' | 'or' | 'not'
  | '=' | '<>' | '<' | '<=' | '>' | '>='
  | 'between' | 'in' | 'like'
  | '+' | '-' | '*' | '/' | '%' | '||'
/** AND and OR have two operands or more, NOT and signs one, BETWEEN three. */
export interface Operation {
  readonly kind: 'operation'
  readonly operator: Operator
  readonly operands: readonly Syntax[]
  readonly at: Position
}
export interface IsType {
  readonly kind: 'is'
  readonly operand: Syntax
  /** Canonical, in lower case: `null`, `boolean`, `double precision`. */
  readonly type: string
  readonly at: Position
}
export interface Call {
  readonly kind: 'call'
  /** In lower case. */
  readonly name: string
  readonly operands: readonly Syntax[]
  readonly at: Position
}

export interface FromClause {
  readonly source: Syntax
  readonly isAliased: boolean
  readonly isJoined: boolean
}
export interface SelectItem {
  readonly expression: Syntax
  readonly isAliased: boolean
}
export interface OrderTermSyntax {
  readonly expression: Syntax
  readonly descending: boolean
}
export interface SelectSyntax {
  readonly kind: 'select'
  /** Undefined: `*`. */
  readonly items: readonly SelectItem[] | undefined
  /** SELECT VALUE. */
  readonly isValue: boolean
  readonly from: FromClause
  readonly where: Syntax | undefined
  readonly orderBy: readonly OrderTermSyntax[]
  /** Clauses that DynamoDB knows only to refuse them: `LIMIT`, `GROUP BY`… */
  readonly unsupportedClause: string | undefined
  readonly at: Position
}

export interface ReturningClause {
  readonly scope: 'ALL' | 'MODIFIED'
  readonly age: 'OLD' | 'NEW'
}
export interface InsertSyntax {
  readonly kind: 'insert'
  readonly target: Syntax
  readonly value: Syntax
  /** False: INSERT INTO t VALUES (…), or a subquery. */
  readonly isValue: boolean
  readonly unsupportedClause: string | undefined
  readonly returning: ReturningClause | undefined
  readonly at: Position
}
export type ChangeSyntax =
  | { readonly kind: 'set'; readonly target: Syntax; readonly value: Syntax }
  | { readonly kind: 'remove'; readonly target: Syntax }
/** UPDATE t SET …, or FROM t WHERE … SET …. */
export interface UpdateStatementSyntax {
  readonly kind: 'update'
  readonly from: FromClause
  readonly changes: readonly ChangeSyntax[]
  readonly where: Syntax | undefined
  readonly returning: ReturningClause | undefined
  readonly at: Position
}
export interface DeleteSyntax {
  readonly kind: 'delete'
  readonly from: FromClause
  readonly where: Syntax | undefined
  readonly returning: ReturningClause | undefined
  readonly at: Position
}

export type Syntax =
  | Identifier
  | PathExpression
  | NumberLiteral
  | StringLiteral
  | ConstantLiteral
  | Parameter
  | Sequence
  | Struct
  | Operation
  | IsType
  | Call
  | SelectSyntax
  | InsertSyntax
  | UpdateStatementSyntax
  | DeleteSyntax
