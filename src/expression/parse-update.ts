// The grammar of UpdateExpression (Developer Guide: Expressions.UpdateExpressions): SET, REMOVE, ADD and DELETE, each once,
// in any order. One `+` or `-` per assignment; parentheses only around that and around operands.
import { MAX_EXPRESSION_OPERATORS } from '../model/limits.ts'
import type { Token } from './lexer.ts'
import { parsePath, type NameRules } from './parse-path.ts'
import type { ActionSyntax, SetSyntax, UpdateFunction, UpdateSyntax, ValuePlaceholder } from './syntax.ts'
import { TokenCursor } from './token-cursor.ts'

type Section = 'SET' | 'REMOVE' | 'ADD' | 'DELETE'
const SECTIONS: readonly Section[] = ['SET', 'REMOVE', 'ADD', 'DELETE']
const KEYWORDS: ReadonlySet<string> = new Set(SECTIONS)
const FUNCTIONS: ReadonlySet<string> = new Set(['if_not_exists', 'list_append'] satisfies UpdateFunction[])

/** Throws ValidationException, with DynamoDB's texts, for what is wrong whatever the placeholders stand for. */
export function parseUpdate(text: string): UpdateSyntax {
  return new UpdateParser(new TokenCursor('UpdateExpression', text)).parse()
}

class UpdateParser implements NameRules {
  readonly keywords = KEYWORDS
  private readonly cursor: TokenCursor
  private readonly actions: ActionSyntax[] = []
  private readonly sections = new Set<Section>()
  private depth = 0
  // The first of each of these errors; a syntax error anywhere comes before them all.
  private reservedWord: string | undefined
  private unknownFunction: string | undefined
  private repeatedSection: Section | undefined

  constructor(cursor: TokenCursor) {
    this.cursor = cursor
  }

  onReservedWord(name: string): void {
    this.reservedWord ??= name
  }

  parse(): UpdateSyntax {
    do this.section()
    while (this.cursor.next.kind !== 'end')
    this.cursor.checkOperatorCount(isOperator)
    if (this.reservedWord !== undefined) {
      throw this.cursor.invalid(`Attribute name is a reserved keyword; reserved keyword: ${this.reservedWord}`)
    }
    if (this.unknownFunction !== undefined) throw this.cursor.invalid(`Invalid function name; function: ${this.unknownFunction}`)
    if (this.repeatedSection !== undefined) {
      throw this.cursor.invalid(`The "${this.repeatedSection}" section can only be used once in an update expression;`)
    }
    return this.actions
  }

  private section(): void {
    const section = SECTIONS.find((keyword) => this.cursor.acceptKeyword(keyword))
    if (section === undefined) throw this.cursor.syntaxError()
    if (this.sections.has(section)) this.repeatedSection ??= section
    this.sections.add(section)
    do this.actions.push(this.action(section))
    while (this.cursor.accept(','))
  }

  private action(section: Section): ActionSyntax {
    const path = parsePath(this.cursor, this)
    switch (section) {
      case 'SET':
        this.cursor.expect('=')
        return { kind: 'set', path, operand: this.assigned() }
      case 'REMOVE':
        return { kind: 'remove', path }
      case 'ADD':
        return { kind: 'add', path, value: this.value() }
      case 'DELETE':
        return { kind: 'delete', path, value: this.value() }
    }
  }

  private value(): ValuePlaceholder {
    const { kind, text } = this.cursor.next
    if (kind !== 'valueAlias') throw this.cursor.syntaxError()
    this.cursor.position++
    return { kind: 'placeholder', name: text }
  }

  /** `a + b`, `(a) + b` or `(a + b)`. */
  private assigned(): SetSyntax {
    if (!this.cursor.accept('(')) return this.sum(this.operand())
    if (this.cursor.nextIs('(')) {
      const inner = this.sum(this.operand())
      this.cursor.expect(')')
      return inner
    }
    const first = this.plainOperand()
    const inner = this.sum(first)
    this.cursor.expect(')')
    // Only now is it known whether the parentheses were the operand's or the sum's.
    return inner === first ? this.sum(first) : inner
  }

  private sum(left: SetSyntax): SetSyntax {
    if (this.cursor.accept('+')) return { kind: 'call', name: '+', operands: [left, this.operand()] }
    if (this.cursor.accept('-')) return { kind: 'call', name: '-', operands: [left, this.operand()] }
    return left
  }

  private operand(): SetSyntax {
    if (!this.cursor.accept('(')) return this.plainOperand()
    const operand = this.plainOperand()
    this.cursor.expect(')')
    return operand
  }

  private plainOperand(): SetSyntax {
    const { kind, text } = this.cursor.next
    if (kind === 'valueAlias') return this.value()
    const { kind: secondKind, text: second } = this.cursor.second
    if (kind === 'name' && secondKind === 'symbol' && second === '(' && !KEYWORDS.has(text.toUpperCase())) return this.call()
    return parsePath(this.cursor, this)
  }

  private call(): SetSyntax {
    const name = this.cursor.take().text
    this.cursor.expect('(')
    // So many calls are too many: no need to recurse to the end.
    if (++this.depth > MAX_EXPRESSION_OPERATORS) this.cursor.checkOperatorCount(isOperator)
    const operands = [this.operand()]
    while (this.cursor.accept(',')) operands.push(this.operand())
    this.cursor.expect(')')
    this.depth--
    if (!FUNCTIONS.has(name)) this.unknownFunction ??= name
    return { kind: 'call', name: name as UpdateFunction, operands }
  }
}

/** An assignment's `=` is none: `SET a = :b + :c` has one (Developer Guide: Constraints). */
function isOperator(token: Token, next: Token): boolean {
  if (token.kind === 'symbol') return token.text === '+' || token.text === '-'
  return token.kind === 'name' && next.kind === 'symbol' && next.text === '('
}
