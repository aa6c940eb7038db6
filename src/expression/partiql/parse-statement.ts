// Statements: SELECT, INSERT, UPDATE, DELETE and FROM … SET (Developer Guide: ql-reference.select, .insert, .update,
// .delete). `parseStatement` is the one way from a text to its syntax, and remembers what it parsed.
import { LruCache } from '../lru-cache.ts'
import { ExpressionParser } from './parse-expression.ts'
import type {
  ChangeSyntax,
  FromClause,
  InsertSyntax,
  OrderTermSyntax,
  ReturningClause,
  SelectItem,
  SelectSyntax,
  Syntax,
} from './statement-syntax.ts'
import { malformed } from './tokenize-statement.ts'

const MAX_CACHED_STATEMENTS = 512
/** Long texts come once: bulk inserts with literals, and hostile ones. */
const MAX_CACHED_LENGTH = 2048
const statements = new LruCache<Syntax>(MAX_CACHED_STATEMENTS, (text) => new StatementParser(text).parse())

/** Throws ValidationException with AWS's texts. What is returned may be an expression, which is no statement. */
export function parseStatement(statement: string): Syntax {
  return statement.length > MAX_CACHED_LENGTH ? new StatementParser(statement).parse() : statements.get(statement)
}

/** Operators of FROM and WHERE in a SELECT bind tighter than this. */
const SELECT_PRECEDENCE = 6
const JOIN_WORDS = ['join', 'cross', 'inner', 'left', 'right', 'full', 'outer']

class StatementParser extends ExpressionParser {
  parse(): Syntax {
    const syntax = this.parseExpression()
    this.cursor.expectEnd()
    return syntax
  }

  protected override parseStatementTerm(): Syntax | undefined {
    const { cursor } = this
    const at = cursor.positionOf(cursor.next)
    if (cursor.acceptKeyword('select')) return this.parseSelect(at)
    if (cursor.isKeyword('insert') && cursor.isKeyword('into', 1)) return this.parseInsert(at)
    if (cursor.acceptKeyword('update')) {
      const from = this.parseTarget()
      const changes = this.parseChanges()
      return { kind: 'update', from, changes, where: this.parseWhere(), returning: this.parseReturning(), at }
    }
    if (cursor.acceptKeyword('delete')) {
      if (!cursor.acceptKeyword('from')) throw malformed('Expected FROM after DELETE')
      const from = this.parseTarget()
      return { kind: 'delete', from, where: this.parseWhere(), returning: this.parseReturning(), at }
    }
    if (cursor.acceptKeyword('from')) {
      const from = this.parseFrom(-1)
      const where = this.parseWhere()
      return { kind: 'update', from, where, changes: this.parseChanges(), returning: this.parseReturning(), at }
    }
    // Changes of nothing: a statement by PartiQL's grammar, which names no table.
    if (cursor.isKeyword('set') || cursor.isKeyword('remove')) {
      const nothing: Syntax = { kind: 'constant', name: 'missing', at }
      const from = { source: nothing, isAliased: false, isJoined: false }
      return { kind: 'update', from, changes: this.parseChanges(), where: undefined, returning: undefined, at }
    }
    return undefined
  }

  private parseSelect(at: string): SelectSyntax {
    const { cursor } = this
    let unsupportedClause = cursor.acceptKeyword('distinct') ? 'DISTINCT' : undefined
    if (unsupportedClause === undefined) cursor.acceptKeyword('all')
    const isValue = cursor.acceptKeyword('value')
    const items = isValue ? [{ expression: this.parseExpression(), isAliased: false }] : this.parseSelectItems()
    if (!cursor.acceptKeyword('from')) throw malformed('Expected FROM after SELECT list')
    const from = this.parseFrom(SELECT_PRECEDENCE)
    const where = this.parseWhere()
    if (cursor.acceptKeyword('group')) {
      cursor.acceptKeyword('partial')
      cursor.expectKeyword('by')
      this.parseClauseList()
      unsupportedClause ??= 'GROUP BY'
    }
    if (cursor.acceptKeyword('having')) {
      this.parseExpression(SELECT_PRECEDENCE)
      unsupportedClause ??= 'HAVING'
    }
    const orderBy = this.parseOrderBy()
    for (const clause of ['limit', 'offset']) {
      if (!cursor.acceptKeyword(clause)) continue
      this.parseExpression(SELECT_PRECEDENCE)
      unsupportedClause ??= clause.toUpperCase()
    }
    return { kind: 'select', items, isValue, from, where, orderBy, unsupportedClause, at }
  }

  private parseSelectItems(): SelectItem[] | undefined {
    const { cursor } = this
    const items: SelectItem[] = []
    let stars = 0
    do {
      if (cursor.acceptSymbol('*')) {
        stars++
        continue
      }
      const expression = this.parseExpression()
      items.push({ expression, isAliased: this.parseAsAlias() })
    } while (cursor.acceptSymbol(','))
    if (stars === 0) return items
    if (stars + items.length === 1) return undefined
    throw malformed("Other expressions may not be present in the select list when '*' is used without dot notation.")
  }

  private parseOrderBy(): OrderTermSyntax[] {
    const { cursor } = this
    const terms: OrderTermSyntax[] = []
    if (!cursor.acceptKeyword('order')) return terms
    cursor.expectKeyword('by')
    do {
      const expression = this.parseExpression(SELECT_PRECEDENCE)
      const descending = cursor.acceptKeyword('desc')
      if (!descending) cursor.acceptKeyword('asc')
      terms.push({ expression, descending })
    } while (cursor.acceptSymbol(','))
    return terms
  }

  private parseClauseList(): void {
    do {
      this.parseExpression(SELECT_PRECEDENCE)
      this.parseAsAlias()
    } while (this.cursor.acceptSymbol(','))
  }

  private parseInsert(at: string): InsertSyntax {
    const { cursor } = this
    cursor.take()
    cursor.take()
    const target = this.parseSimplePath()
    const isValue = cursor.acceptKeyword('value')
    const value = isValue || !cursor.isKeyword('values') ? this.parseExpression() : this.parseRows()
    let unsupportedClause: string | undefined
    if (isValue && cursor.acceptKeyword('at')) {
      this.parseExpression()
      unsupportedClause = 'AT'
    }
    if (cursor.isKeyword('on') && cursor.isKeyword('conflict', 1)) {
      cursor.take()
      cursor.take()
      if (cursor.acceptKeyword('where')) this.parseExpression()
      cursor.expectKeyword('do')
      cursor.expectKeyword('nothing')
      unsupportedClause ??= 'ON CONFLICT'
    }
    return { kind: 'insert', target, value, isValue, unsupportedClause, returning: this.parseReturning(), at }
  }

  /** VALUES (…), (…). */
  private parseRows(): Syntax {
    const { cursor } = this
    const at = cursor.positionOf(cursor.take())
    const elements: Syntax[] = []
    do {
      if (!cursor.isSymbol('(')) throw malformed('Expected LEFT_PAREN for row value constructor')
      elements.push(this.parseExpression())
    } while (cursor.acceptSymbol(','))
    return { kind: 'bag', elements, at }
  }

  /** SET and REMOVE as often as they come, at least once. */
  private parseChanges(): ChangeSyntax[] {
    const { cursor } = this
    const changes: ChangeSyntax[] = []
    for (;;) {
      if (cursor.acceptKeyword('remove')) changes.push({ kind: 'remove', target: this.parseSimplePath() })
      else if (cursor.acceptKeyword('set')) {
        do {
          const target = this.parseSimplePath()
          if (!cursor.acceptSymbol('=')) throw malformed("Expected '='")
          changes.push({ kind: 'set', target, value: this.parseExpression() })
        } while (cursor.acceptSymbol(','))
      } else break
    }
    if (changes.length === 0) throw malformed('Expected data manipulation')
    return changes
  }

  private parseTarget(): FromClause {
    const source = this.parseSimplePath()
    return { source, isAliased: this.parseAliases(), isJoined: false }
  }

  private parseFrom(precedence: number): FromClause {
    const source = this.parseExpression(precedence)
    let isAliased = this.parseAliases()
    let isJoined = false
    while (this.acceptJoin()) {
      isJoined = true
      this.parseExpression(precedence)
      isAliased = this.parseAliases() || isAliased
      if (this.cursor.acceptKeyword('on')) this.parseExpression(precedence)
    }
    return { source, isAliased, isJoined }
  }

  private acceptJoin(): boolean {
    const { cursor } = this
    if (cursor.acceptSymbol(',')) return true
    if (!JOIN_WORDS.some((word) => cursor.isKeyword(word))) return false
    while (!cursor.acceptKeyword('join')) {
      if (!JOIN_WORDS.some((word) => cursor.acceptKeyword(word))) throw malformed('Unexpected term')
    }
    return true
  }

  private parseWhere(): Syntax | undefined {
    return this.cursor.acceptKeyword('where') ? this.parseExpression(SELECT_PRECEDENCE) : undefined
  }

  /** RETURNING (ALL | MODIFIED) (OLD | NEW) *. */
  private parseReturning(): ReturningClause | undefined {
    const { cursor } = this
    if (!cursor.acceptKeyword('returning')) return undefined
    const isModified = cursor.acceptKeyword('modified')
    if (!isModified && !cursor.acceptKeyword('all')) throw malformed('Unexpected keyword')
    const isOld = cursor.acceptKeyword('old')
    if (!isOld && !cursor.acceptKeyword('new')) throw malformed('Unexpected keyword')
    cursor.expectSymbol('*', 'STAR')
    return { scope: isModified ? 'MODIFIED' : 'ALL', age: isOld ? 'OLD' : 'NEW' }
  }

  private parseAliases(): boolean {
    let isAliased = this.parseAsAlias()
    for (const keyword of ['at', 'by']) {
      if (!this.cursor.acceptKeyword(keyword)) continue
      this.expectAlias(keyword)
      isAliased = true
    }
    return isAliased
  }

  private parseAsAlias(): boolean {
    if (this.cursor.acceptKeyword('as')) {
      this.expectAlias('as')
      return true
    }
    if (!this.cursor.isIdentifier()) return false
    this.cursor.take()
    return true
  }

  private expectAlias(keyword: string): void {
    if (!this.cursor.isIdentifier()) throw malformed(`Expected identifier for ${keyword.toUpperCase()}-alias`)
    this.cursor.take()
  }
}
