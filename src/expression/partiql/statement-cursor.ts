// The parser's place in a statement. `enter` and `leave` bound how deep a statement nests: a hostile text of brackets must
// not exhaust the stack.
import type { Position } from './statement-syntax.ts'
import { malformed, MAX_DEPTH, tokenizeStatement, type StatementToken } from './tokenize-statement.ts'

export class StatementCursor {
  private readonly tokens: readonly StatementToken[]
  /** Where each line begins. */
  private readonly lines: readonly number[]
  private position = 0
  private depth = 0
  private parameters = 0

  /** Throws ValidationException where the text has what no token begins with. */
  constructor(statement: string) {
    this.tokens = tokenizeStatement(statement)
    this.lines = [0, ...Array.from(statement.matchAll(/\n/g), ({ index }) => index + 1)]
  }

  get next(): StatementToken {
    return this.ahead(0)
  }

  ahead(count: number): StatementToken {
    const token = this.tokens[Math.min(this.position + count, this.tokens.length - 1)]
    if (token === undefined) throw new RangeError('A token list always ends in an end token')
    return token
  }

  /** Tokens that are left, the end included. */
  get left(): number {
    return this.tokens.length - this.position
  }

  take(): StatementToken {
    const token = this.next
    this.position++
    return token
  }

  isSymbol(symbol: string, ahead = 0): boolean {
    const { kind, text } = this.ahead(ahead)
    return kind === 'symbol' && text === symbol
  }

  isKeyword(keyword: string, ahead = 0): boolean {
    const { kind, text } = this.ahead(ahead)
    return kind === 'keyword' && text === keyword
  }

  isIdentifier(ahead = 0): boolean {
    const { kind } = this.ahead(ahead)
    return kind === 'name' || kind === 'quoted'
  }

  acceptSymbol(symbol: string): boolean {
    const accepted = this.isSymbol(symbol)
    if (accepted) this.position++
    return accepted
  }

  acceptKeyword(keyword: string): boolean {
    const accepted = this.isKeyword(keyword)
    if (accepted) this.position++
    return accepted
  }

  /** `name` is the token type in PartiQL's grammar, which the error shows. */
  expectSymbol(symbol: string, name: string): void {
    if (!this.acceptSymbol(symbol)) throw malformed(`Expected ${name}`)
  }

  expectKeyword(keyword: string): void {
    if (!this.acceptKeyword(keyword)) throw malformed(`Expected ${keyword.toUpperCase()}`)
  }

  nextParameter(): number {
    return this.parameters++
  }

  enter(): void {
    this.depth++
    if (this.depth > MAX_DEPTH) throw malformed('')
  }

  leave(): void {
    this.depth--
  }

  expectEnd(): void {
    const isSemicolon = this.acceptSymbol(';')
    if (this.next.kind === 'end') return
    throw malformed(isSemicolon ? 'Unexpected token after semicolon. (Only one query is allowed.)' : 'Unexpected token after expression')
  }

  positionOf({ start, end }: StatementToken): Position {
    let line = 0
    let last = this.lines.length - 1
    while (line < last) {
      const middle = (line + last + 1) >> 1
      if ((this.lines[middle] ?? 0) <= start) line = middle
      else last = middle - 1
    }
    return `${line + 1}:${start - (this.lines[line] ?? 0) + 1}:${end - start}`
  }
}
