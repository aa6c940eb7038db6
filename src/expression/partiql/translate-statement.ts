// From a statement's text and parameters to what the engine runs: table, condition, update or item, in the trees that all
// operations share. Everything that is wrong whatever the tables look like is refused here, with AWS's texts; only the
// columns of a SELECT are looked at after its table (`translateColumns`), as AWS does.
import type { AttributeMap, AttributeValue } from '../../model/attribute-value.ts'
import { ValidationException } from '../../model/errors.ts'
import type { Condition, Path, Update } from '../tree.ts'
import { parseStatement } from './parse-statement.ts'
import type {
  DeleteSyntax,
  FromClause,
  InsertSyntax,
  OrderTermSyntax,
  ReturningClause,
  SelectItem,
  SelectSyntax,
  Syntax,
  UpdateStatementSyntax,
} from './statement-syntax.ts'
import { translateCondition } from './translate-condition.ts'
import { translateUpdate } from './translate-update.ts'
import { translateItem, translatePath, unexpectedComponent } from './translate-value.ts'

export type { ReturningClause } from './statement-syntax.ts'

export interface OrderTerm {
  /** As written; only names of key attributes will do. */
  readonly attribute: string
  readonly descending: boolean
}
/** A value of the answer's items, under the last name of its path. */
export interface Column {
  readonly name: string
  readonly path: Path
}
export interface SelectStatement {
  readonly kind: 'select'
  readonly tableName: string
  readonly indexName: string | undefined
  /** Undefined: `*`. */
  readonly items: readonly SelectItem[] | undefined
  readonly where: Condition | undefined
  readonly orderBy: readonly OrderTerm[]
}
/** `EXISTS(SELECT …)`: a condition on an item that a transaction does not write. */
export interface ExistsStatement {
  readonly kind: 'exists'
  readonly tableName: string
  readonly select: SelectStatement
}
export interface InsertStatement {
  readonly kind: 'insert'
  readonly tableName: string
  readonly item: AttributeMap
}
export interface UpdateStatement {
  readonly kind: 'update'
  readonly tableName: string
  readonly update: Update
  readonly where: Condition | undefined
  readonly returning: ReturningClause | undefined
}
export interface DeleteStatement {
  readonly kind: 'delete'
  readonly tableName: string
  readonly where: Condition | undefined
  readonly returning: ReturningClause | undefined
}
export type WriteStatement = InsertStatement | UpdateStatement | DeleteStatement
export type Statement = SelectStatement | ExistsStatement | WriteStatement

const TABLE_NAME = /^(?:[A-Za-z0-9_.-]{3,255}|arn:[A-Za-z0-9_.:/-]+)$/
const OPERATION_NAMES: { readonly [kind: string]: string } = {
  is: 'IsType',
  identifier: 'Id',
  path: 'Path',
  call: 'Call',
  number: 'Lit',
  string: 'Lit',
  constant: 'Lit',
  parameter: 'Parameter',
  list: 'List',
  bag: 'Bag',
  struct: 'Struct',
}

/** Whether a text reads or writes; undefined for an expression, which does neither. Throws ValidationException where it is none. */
export function statementKind(text: string): 'read' | 'write' | 'exists' | undefined {
  const syntax = parseStatement(text)
  switch (syntax.kind) {
    case 'select':
      return 'read'
    case 'insert':
    case 'update':
    case 'delete':
      return 'write'
    case 'call':
      return syntax.name === 'exists' ? 'exists' : undefined
    default:
      return undefined
  }
}

/** `parameters` are canonical. Throws ValidationException with AWS's texts. */
export function translateStatement(text: string, parameters: readonly AttributeValue[]): Statement {
  const syntax = parseStatement(text)
  switch (syntax.kind) {
    case 'select':
      return translateSelect(syntax, parameters)
    case 'insert':
      return translateInsert(syntax, parameters)
    case 'update':
      return translateChanges(syntax, parameters)
    case 'delete':
      return translateDelete(syntax, parameters)
    case 'call': {
      const [select] = syntax.operands
      if (syntax.name === 'exists' && select?.kind === 'select' && syntax.operands.length === 1) {
        const translated = translateSelect(select, parameters)
        return { kind: 'exists', tableName: translated.tableName, select: translated }
      }
      throw unsupportedOperation(syntax)
    }
    default:
      throw unsupportedOperation(syntax)
  }
}

function translateSelect(syntax: SelectSyntax, parameters: readonly AttributeValue[]): SelectStatement {
  const { from, where, unsupportedClause } = syntax
  if (syntax.isValue) throw new ValidationException("Select projection doesn't support value or pivot keywords")
  if (unsupportedClause !== undefined) throw unsupported(unsupportedClause)
  const [tableName, indexName] = sourceOf(from)
  return {
    kind: 'select',
    tableName,
    indexName,
    items: syntax.items,
    where: where === undefined ? undefined : translateCondition(where, parameters),
    orderBy: syntax.orderBy.map(translateOrderTerm),
  }
}

function translateOrderTerm({ expression, descending }: OrderTermSyntax): OrderTerm {
  const path = translatePath(expression)
  return { attribute: path.join('.'), descending }
}

function translateInsert(syntax: InsertSyntax, parameters: readonly AttributeValue[]): InsertStatement {
  const names = namesOf(syntax.target)
  if (names.length > 1) throw new ValidationException('FROM clause may only contain a single table name')
  if (!syntax.isValue) throw new ValidationException('Unsupported operation: Insert')
  if (syntax.unsupportedClause !== undefined) throw unsupported(syntax.unsupportedClause)
  if (syntax.returning !== undefined) throw new ValidationException('RETURNING is not supported in INSERT')
  const [tableName] = checkedNames(names)
  const { value } = syntax
  if (value.kind !== 'struct') {
    const name = value.kind === 'parameter' ? 'Parameter' : value.kind.toUpperCase()
    throw new ValidationException(`Unsupported data type: ${name} under key root at ${value.at}`)
  }
  return { kind: 'insert', tableName, item: translateItem(value, parameters) }
}

function translateChanges(syntax: UpdateStatementSyntax, parameters: readonly AttributeValue[]): UpdateStatement {
  const [tableName, indexName] = sourceOf(syntax.from)
  refuseIndex(indexName)
  const where = syntax.where === undefined ? undefined : translateCondition(syntax.where, parameters)
  const update = translateUpdate(syntax.changes, parameters)
  return { kind: 'update', tableName, update, where, returning: syntax.returning }
}

function translateDelete(syntax: DeleteSyntax, parameters: readonly AttributeValue[]): DeleteStatement {
  const { returning } = syntax
  const [tableName, indexName] = sourceOf(syntax.from)
  refuseIndex(indexName)
  if (returning !== undefined && (returning.scope !== 'ALL' || returning.age !== 'OLD')) {
    throw new ValidationException(
      `Invalid returning clause: RETURNING ${returning.scope} ${returning.age} *. Only RETURNING ALL OLD * is allowed in DELETE statements.`,
    )
  }
  const where = syntax.where === undefined ? undefined : translateCondition(syntax.where, parameters)
  return { kind: 'delete', tableName, where, returning }
}

/** What the items of an answer hold; undefined: everything. Throws ValidationException with AWS's texts. */
export function translateColumns({ items }: SelectStatement): readonly Column[] | undefined {
  if (items === undefined) return undefined
  const names = new Set<string>()
  return items.map(({ expression, isAliased }) => {
    if (isAliased) throw new ValidationException('Aliasing is not supported')
    if (expression.kind !== 'identifier' && expression.kind !== 'path') throw unexpectedComponent(expression.at)
    const path = translatePath(expression)
    const name = lastName(path)
    if (names.has(name)) throw new ValidationException(`Duplicate identifiers in select clause: ${name}`)
    names.add(name)
    return { name, path }
  })
}

/** From the last name on: `m.k[0]` comes back as `k[0]`. */
function lastName(path: Path): string {
  const at = path.findLastIndex((element) => typeof element === 'string')
  return path.slice(at).map((element) => (typeof element === 'string' ? element : `[${element}]`)).join('')
}

function sourceOf({ source, isAliased, isJoined }: FromClause): readonly [table: string, index: string | undefined] {
  if (isAliased) throw new ValidationException('Aliasing is not supported')
  if (isJoined) throw new ValidationException('Unexpected from source')
  return checkedNames(namesOf(source))
}

function namesOf(source: Syntax): readonly string[] {
  if (source.kind === 'identifier') return [source.name]
  if (source.kind !== 'path' || source.root.kind !== 'identifier') throw new ValidationException('Unexpected from source')
  const names = source.elements.map((element) => {
    if (element.kind === 'name') return element.name
    throw new ValidationException(
      element.kind === 'index'
        ? 'Invalid list expression in source.'
        : 'Invalid path dot component in this operation, expecting either an IDENTIFIER or STAR.',
    )
  })
  return [source.root.name, ...names]
}

function checkedNames(names: readonly string[]): readonly [table: string, index: string | undefined] {
  if (names.length > 2) throw new ValidationException('A path may contain at most 2 components in the FROM clause')
  if (names.includes('')) throw new ValidationException('Path component cannot be an empty string')
  const [table = '', index] = names
  if (TABLE_NAME.test(table)) return [table, index]
  throw new ValidationException(
    "Table name should be within the length [3, 255] and only contain 'a-z', 'A-Z', '0-9', '-', '_', '.'.",
  )
}

function refuseIndex(indexName: string | undefined): void {
  if (indexName !== undefined) throw new ValidationException('This operation is not supported on an index')
}

function unsupported(clause: string): ValidationException {
  return new ValidationException(`Unsupported clause: ${clause}`)
}

/** An expression is no statement. */
function unsupportedOperation(syntax: Syntax): ValidationException {
  const name = syntax.kind === 'operation' ? syntax.operator : (OPERATION_NAMES[syntax.kind] ?? syntax.kind)
  return new ValidationException(`Unsupported operation: ${name}`)
}
