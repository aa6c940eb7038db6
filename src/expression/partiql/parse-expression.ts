// Expressions of statements: operators by precedence, paths, literals, calls. The grammar is PartiQL's (partiql-lang,
// SqlParser), much wider than what DynamoDB runs, because its errors show: what follows no rule is told by the rule that
// broke. Statements are terms of expressions too (`EXISTS(SELECT …)`), which the subclass parses.
import { FUNCTION_KEYWORDS, TYPE_NAMES } from './keywords.ts'
import type { Operator, PathElementSyntax, Syntax } from './statement-syntax.ts'
import { StatementCursor } from './statement-cursor.ts'
import { malformed, type StatementToken } from './tokenize-statement.ts'

interface Infix {
  readonly operator: Operator | 'is'
  readonly precedence: number
  /** `NOT IN`, `IS NOT`: the second word. */
  readonly isNegated: boolean
  /** Tokens. */
  readonly length: number
}

const PRECEDENCE: { readonly [operator: string]: number } = {
  or: 10,
  and: 20,
  '=': 40,
  '<>': 40,
  is: 40,
  in: 40,
  '<': 50,
  '<=': 50,
  '>': 50,
  '>=': 50,
  between: 50,
  like: 50,
  '+': 60,
  '-': 60,
  '||': 60,
  '*': 70,
  '/': 70,
  '%': 70,
}
const NOT_PRECEDENCE = 30
const NEGATABLE = new Set(['in', 'between', 'like'])
/** More arithmetic in a row than any update may have: the tree stays shallow. AND and OR make no deeper trees. */
const MAX_CHAIN = 400

export abstract class ExpressionParser {
  protected readonly cursor: StatementCursor

  /** Throws ValidationException where the text has what no token begins with. */
  constructor(statement: string) {
    this.cursor = new StatementCursor(statement)
  }

  /** At a keyword that may begin a statement: the statement, or undefined if it does not. */
  protected abstract parseStatementTerm(): Syntax | undefined

  /** As long as operators bind tighter than `precedence`. */
  protected parseExpression(precedence = -1): Syntax {
    this.cursor.enter()
    let left = this.parseUnary()
    for (let chain = 0; ; ) {
      const infix = this.infixAhead()
      if (infix === undefined || infix.precedence <= precedence) break
      if (infix.operator !== 'and' && infix.operator !== 'or') chain++
      if (chain > MAX_CHAIN) throw malformed('')
      left = this.parseInfix(left, infix)
    }
    this.cursor.leave()
    return left
  }

  private infixAhead(): Infix | undefined {
    const { kind, text } = this.cursor.next
    if (kind !== 'symbol' && kind !== 'keyword') return undefined
    if (text === 'not') {
      const second = this.cursor.ahead(1)
      if (second.kind !== 'keyword' || !NEGATABLE.has(second.text)) return undefined
      return { operator: second.text as Operator, precedence: PRECEDENCE[second.text] ?? 0, isNegated: true, length: 2 }
    }
    const precedence = Object.hasOwn(PRECEDENCE, text) ? PRECEDENCE[text] : undefined
    if (precedence === undefined) return undefined
    const isNegated = text === 'is' && this.cursor.isKeyword('not', 1)
    return { operator: text as Infix['operator'], precedence, isNegated, length: isNegated ? 2 : 1 }
  }

  private parseInfix(left: Syntax, { operator, precedence, isNegated, length }: Infix): Syntax {
    const at = this.cursor.positionOf(this.cursor.next)
    const isComplete = this.cursor.left - length >= 2
    for (let i = 0; i < length; i++) this.cursor.take()
    const negated = (syntax: Syntax): Syntax => (isNegated ? { kind: 'operation', operator: 'not', operands: [syntax], at } : syntax)
    if (operator === 'is') return negated({ kind: 'is', operand: left, type: this.parseType(), at })
    if (operator === 'in' && this.cursor.isSymbol('(') && !this.cursor.isKeyword('select', 1)) {
      const listAt = this.cursor.positionOf(this.cursor.take())
      const elements = this.parseList()
      this.cursor.expectSymbol(')', 'RIGHT_PAREN')
      return negated({ kind: 'operation', operator, operands: [left, { kind: 'list', elements, at: listAt }], at })
    }
    if (!isComplete) throw malformed('Missing right-hand side expression of infix operator')
    const right = this.parseExpression(precedence)
    if (operator === 'between') {
      this.cursor.expectKeyword('and')
      if (this.cursor.next.kind === 'end') throw malformed('Expected expression after AND')
      return negated({ kind: 'operation', operator, operands: [left, right, this.parseExpression(precedence)], at })
    }
    if (operator === 'like' && this.cursor.acceptKeyword('escape')) this.parseExpression(precedence)
    return negated({ kind: 'operation', operator, operands: joined(operator, left, right), at })
  }

  private parseType(): string {
    const first = this.cursor.next
    const pair = `${first.text} ${this.cursor.ahead(1).text}`
    const isPair = first.kind === 'keyword' && this.cursor.ahead(1).kind === 'keyword' && TYPE_NAMES.has(pair)
    const type = first.kind === 'keyword' ? TYPE_NAMES.get(isPair ? pair : first.text) : undefined
    if (type === undefined) throw malformed('Expected type name')
    this.cursor.take()
    if (isPair) this.cursor.take()
    if (this.cursor.acceptSymbol('(')) {
      this.parseList()
      this.cursor.expectSymbol(')', 'RIGHT_PAREN')
    }
    return type
  }

  private parseUnary(): Syntax {
    const { cursor } = this
    const token = cursor.next
    const isSign = cursor.isSymbol('+') || cursor.isSymbol('-')
    if (!isSign && !cursor.isKeyword('not')) return this.parsePathTerm()
    cursor.enter()
    cursor.take()
    const at = cursor.positionOf(token)
    const operator = token.text as Operator
    const operand = isSign ? this.parseUnary() : this.parseExpression(NOT_PRECEDENCE)
    cursor.leave()
    // A sign in front of a number is a part of the number.
    if (isSign && operand.kind === 'number') return operator === '+' ? operand : { ...operand, text: negatedText(operand.text) }
    return { kind: 'operation', operator, operands: [operand], at }
  }

  private parsePathTerm(): Syntax {
    const at = this.cursor.positionOf(this.cursor.next)
    const root = this.parseTerm()
    return this.parsePathElements(root, at, false)
  }

  /** Where only a path may stand: targets of statements and assignments. */
  protected parseSimplePath(): Syntax {
    if (!this.cursor.isIdentifier()) throw malformed('Expected identifier for simple path')
    const token = this.cursor.take()
    const at = this.cursor.positionOf(token)
    return this.parsePathElements({ kind: 'identifier', name: token.text, at }, at, true)
  }

  private parsePathElements(root: Syntax, at: string, isSimple: boolean): Syntax {
    const elements: PathElementSyntax[] = []
    for (;;) {
      if (this.cursor.acceptSymbol('.')) elements.push(this.parseDotElement(isSimple))
      else if (this.cursor.acceptSymbol('[')) elements.push(this.parseBracketElement(isSimple))
      else break
    }
    return elements.length === 0 ? root : { kind: 'path', root, elements, at }
  }

  private parseDotElement(isSimple: boolean): PathElementSyntax {
    if (this.cursor.isIdentifier()) return { kind: 'name', name: this.cursor.take().text }
    if (!this.cursor.acceptSymbol('*')) throw malformed('Invalid path dot component')
    if (isSimple) throw malformed('Invalid path dot component for simple path')
    return { kind: 'wildcard' }
  }

  private parseBracketElement(isSimple: boolean): PathElementSyntax {
    const isWildcard = this.cursor.isSymbol('*')
    const index = isWildcard ? undefined : this.parseExpression()
    if (isWildcard) this.cursor.take()
    this.cursor.expectSymbol(']', 'RIGHT_BRACKET')
    const isLiteral = index?.kind === 'number' || index?.kind === 'string'
    if (isSimple && !isLiteral) throw malformed('Invalid path component for simple path')
    return index === undefined ? { kind: 'wildcard' } : { kind: 'index', index }
  }

  private parseTerm(): Syntax {
    const { cursor } = this
    const token = cursor.next
    switch (token.kind) {
      case 'keyword':
        return this.parseKeywordTerm(token)
      case 'name':
      case 'quoted':
        if (cursor.isSymbol('(', 1)) return this.parseCall()
        cursor.take()
        return { kind: 'identifier', name: token.text, at: cursor.positionOf(token) }
      case 'string':
        cursor.take()
        return { kind: 'string', value: token.text, at: cursor.positionOf(token) }
      case 'number':
        cursor.take()
        return { kind: 'number', text: token.text, at: cursor.positionOf(token) }
      case 'symbol':
        return this.parseSymbolTerm(token)
      case 'end':
        throw malformed('Unexpected term')
    }
  }

  private parseKeywordTerm(token: StatementToken): Syntax {
    const { cursor } = this
    const statement = this.parseStatementTerm()
    if (statement !== undefined) return statement
    if (FUNCTION_KEYWORDS.has(token.text) && cursor.isSymbol('(', 1)) return this.parseCall()
    switch (token.text) {
      case 'true':
      case 'false':
      case 'null':
      case 'missing':
        cursor.take()
        return { kind: 'constant', name: token.text, at: cursor.positionOf(token) }
      case 'and':
      case 'or':
      case 'in':
      case 'is':
      case 'between':
      case 'like':
        throw malformed('Unexpected operator')
      default:
        throw malformed('Unexpected keyword')
    }
  }

  private parseSymbolTerm(token: StatementToken): Syntax {
    const { cursor } = this
    const at = cursor.positionOf(token)
    switch (token.text) {
      case '?':
        cursor.take()
        return { kind: 'parameter', index: cursor.nextParameter(), at }
      case '(':
        return this.parseGroup(at)
      case '[':
        cursor.take()
        return { kind: 'list', elements: this.parseUntil(']', 'RIGHT_BRACKET'), at }
      case '<<':
        cursor.take()
        return { kind: 'bag', elements: this.parseUntil('>>', 'RIGHT_DOUBLE_ANGLE_BRACKET'), at }
      case '{':
        return this.parseStruct(at)
      case ')':
      case ']':
      case '}':
      case '>>':
      case ':':
      case ',':
      case '.':
      case ';':
      case '*':
        throw malformed('Unexpected term')
      default:
        throw malformed('Unexpected operator')
    }
  }

  /** One expression in parentheses is that expression, several are a list. */
  private parseGroup(at: string): Syntax {
    this.cursor.take()
    const elements = this.parseList()
    this.cursor.expectSymbol(')', 'RIGHT_PAREN')
    const [first] = elements
    return first !== undefined && elements.length === 1 ? first : { kind: 'list', elements, at }
  }

  private parseStruct(at: string): Syntax {
    this.cursor.take()
    const fields: [Syntax, Syntax][] = []
    if (this.cursor.acceptSymbol('}')) return { kind: 'struct', fields, at }
    do {
      const key = this.parseExpression()
      this.cursor.expectSymbol(':', 'COLON')
      fields.push([key, this.parseExpression()])
    } while (this.cursor.acceptSymbol(','))
    this.cursor.expectSymbol('}', 'RIGHT_CURLY')
    return { kind: 'struct', fields, at }
  }

  private parseCall(): Syntax {
    const { cursor } = this
    const token = cursor.take()
    const name = token.text.toLowerCase()
    const at = cursor.positionOf(token)
    cursor.take()
    if (cursor.acceptSymbol('*')) {
      if (name !== 'count') throw malformed(`${name}(*) is not allowed`)
      cursor.expectSymbol(')', 'RIGHT_PAREN')
      return { kind: 'call', name, operands: [], at }
    }
    return { kind: 'call', name, operands: this.parseUntil(')', 'RIGHT_PAREN'), at }
  }

  /** Behind the opening symbol: none or more, and the closing symbol. */
  private parseUntil(symbol: string, name: string): Syntax[] {
    if (this.cursor.acceptSymbol(symbol)) return []
    const elements = this.parseList()
    this.cursor.expectSymbol(symbol, name)
    return elements
  }

  private parseList(): Syntax[] {
    const elements = [this.parseExpression()]
    while (this.cursor.acceptSymbol(',')) elements.push(this.parseExpression())
    return elements
  }
}

/** Long chains of AND or OR are one operation, so that trees stay shallow. */
function joined(operator: Operator, left: Syntax, right: Syntax): readonly Syntax[] {
  if ((operator !== 'and' && operator !== 'or') || left.kind !== 'operation' || left.operator !== operator) return [left, right]
  return [...left.operands, right]
}

function negatedText(text: string): string {
  return text.startsWith('-') ? text.slice(1) : `-${text}`
}
