// The parsers' place in an expression, and the errors that begin with the parameter's name. Refuses empty and oversized
// texts before anything else, which bounds every parser's work.
import { ValidationException } from '../model/errors.ts'
import { MAX_EXPRESSION_BYTES, MAX_EXPRESSION_OPERATORS } from '../model/limits.ts'
import { utf8Length } from '../model/size.ts'
import { tokenize, type Token } from './lexer.ts'
import type { ExpressionParameter } from './tree.ts'

/** DynamoDB's error for an expression: `Invalid UpdateExpression: <message>`; of a PartiQL statement the bare message. */
export function invalidExpression(parameter: ExpressionParameter, message: string): ValidationException {
  return new ValidationException(parameter === 'Statement' ? message : `Invalid ${parameter}: ${message}`)
}

export class TokenCursor {
  readonly parameter: ExpressionParameter
  private readonly text: string
  private readonly tokens: readonly Token[]
  /** Index of the next token. */
  position = 0

  /** Throws ValidationException for an empty text and for one of more than 4 KB (Developer Guide: Constraints). */
  constructor(parameter: ExpressionParameter, text: string) {
    this.parameter = parameter
    this.text = text
    if (text.length * 3 > MAX_EXPRESSION_BYTES) {
      const size = utf8Length(text)
      if (size > MAX_EXPRESSION_BYTES) {
        const message = 'Expression size has exceeded the maximum allowed size;'
        // Of updates AWS doesn't tell the size (paritysuite, validation-ordering/deepRequests.test.ts).
        throw this.invalid(parameter === 'UpdateExpression' ? message : `${message} expression size: ${size}`)
      }
    }
    this.tokens = tokenize(text)
    if (this.tokens.length === 1) throw this.invalid('The expression can not be empty;')
  }

  get next(): Token {
    return this.at(this.position)
  }

  /** The token after the next one. */
  get second(): Token {
    return this.at(this.position + 1)
  }

  take(): Token {
    const token = this.next
    this.position++
    return token
  }

  nextIs(symbol: string): boolean {
    const { kind, text } = this.next
    return kind === 'symbol' && text === symbol
  }

  /** Goes past the symbol if it is next. */
  accept(symbol: string): boolean {
    const accepted = this.nextIs(symbol)
    if (accepted) this.position++
    return accepted
  }

  expect(symbol: string): void {
    if (!this.accept(symbol)) throw this.syntaxError()
  }

  /** Goes past the keyword, which is in upper case here, if it is next. */
  acceptKeyword(keyword: string): boolean {
    const { kind, text } = this.next
    const accepted = kind === 'name' && text.length === keyword.length && text.toUpperCase() === keyword
    if (accepted) this.position++
    return accepted
  }

  expectEnd(): void {
    if (this.next.kind !== 'end') throw this.syntaxError()
  }

  invalid(message: string): ValidationException {
    return invalidExpression(this.parameter, message)
  }

  /** The next token is out of place. DynamoDB shows it with the tokens before and after it. */
  syntaxError(): ValidationException {
    const bad = this.next
    const before = this.position > 0 ? this.at(this.position - 1) : bad
    const after = bad.kind === 'end' ? before : this.at(this.position + 1)
    const end = after.kind === 'end' ? bad.end : after.end
    return this.invalid(`Syntax error; token: "${bad.text}", near: "${this.text.slice(before.start, end)}"`)
  }

  /** Throws ValidationException where `isOperator` counts more than 300 operators and functions. */
  checkOperatorCount(isOperator: (token: Token, next: Token) => boolean): void {
    if (this.tokens.length <= MAX_EXPRESSION_OPERATORS) return
    let count = 0
    for (let i = 0; i + 1 < this.tokens.length; i++) if (isOperator(this.at(i), this.at(i + 1))) count++
    if (count > MAX_EXPRESSION_OPERATORS) {
      throw this.invalid(`The expression contains too many operators; operator count: ${count}`)
    }
  }

  private at(index: number): Token {
    const token = this.tokens[Math.min(index, this.tokens.length - 1)]
    if (token === undefined) throw new RangeError('A token list always ends in an end token')
    return token
  }
}
