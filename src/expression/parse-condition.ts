// The grammar of ConditionExpression, FilterExpression and KeyConditionExpression (Developer Guide:
// Expressions.OperatorsAndFunctions): OR, AND, NOT, then tests. Recursion is bounded: parentheses that nest deeper than
// there may be operators and functions are redundant.
import { MAX_EXPRESSION_OPERATORS, MAX_IN_OPERANDS } from '../model/limits.ts'
import type { Comparator } from './data.ts'
import type { Token } from './lexer.ts'
import { continuePath, elementsOf, parsePath, type NameRules } from './parse-path.ts'
import type { ConditionSyntax, OperandSyntax, PathSyntax, TestOperator, TestSyntax, ValuePlaceholder } from './syntax.ts'
import { TokenCursor } from './token-cursor.ts'
import type { ExpressionParameter } from './tree.ts'

const KEYWORDS: ReadonlySet<string> = new Set(['AND', 'OR', 'NOT', 'BETWEEN', 'IN'])
const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>='] satisfies Comparator[])
const OPERAND_COUNTS: { readonly [name: string]: number } = {
  attribute_exists: 1,
  attribute_not_exists: 1,
  attribute_type: 2,
  begins_with: 2,
  contains: 2,
  size: 1,
}
/** Every level of parentheses needs an operator of its own, or one more pair around an operand. */
const MAX_DEPTH = MAX_EXPRESSION_OPERATORS + 2

/** `f(a, b)`: a test or an operand, as its place decides. */
interface Call {
  readonly kind: 'call'
  readonly name: string
  readonly operands: readonly OperandSyntax[]
}
type OperandNode = PathSyntax | ValuePlaceholder | Call
type Node = ConditionSyntax | OperandNode

/** Throws ValidationException, with DynamoDB's texts, for what is wrong whatever the placeholders stand for. */
export function parseCondition(parameter: ExpressionParameter, text: string): ConditionSyntax {
  return new ConditionParser(new TokenCursor(parameter, text)).parse()
}

class ConditionParser implements NameRules {
  readonly keywords = KEYWORDS
  private readonly cursor: TokenCursor
  private depth = 0
  /** Token indexes of the parentheses that were closed last. */
  private groupStart = -1
  private groupEnd = -1
  // The first of each of these errors; a syntax error anywhere comes before them all.
  private redundantParentheses = false
  private unknownFunction: string | undefined
  private misusedFunction: string | undefined
  private reservedWord: string | undefined
  private inOperandCount = 0
  private operandCountError: string | undefined

  constructor(cursor: TokenCursor) {
    this.cursor = cursor
  }

  onReservedWord(name: string): void {
    this.reservedWord ??= name
  }

  parse(): ConditionSyntax {
    const condition = this.conditionOf(this.or(false))
    this.cursor.expectEnd()
    this.cursor.checkOperatorCount(isOperator)
    if (this.redundantParentheses) throw this.redundancy()
    if (this.unknownFunction !== undefined) throw this.cursor.invalid(`Invalid function name; function: ${this.unknownFunction}`)
    if (this.misusedFunction !== undefined) {
      throw this.cursor.invalid(
        `The function is not allowed to be used this way in an expression; function: ${this.misusedFunction}`,
      )
    }
    if (this.reservedWord !== undefined) {
      throw this.cursor.invalid(`Attribute name is a reserved keyword; reserved keyword: ${this.reservedWord}`)
    }
    if (this.inOperandCount > MAX_IN_OPERANDS) {
      throw this.cursor.invalid(`The IN operator is provided with too many operands; number of operands: ${this.inOperandCount}`)
    }
    return condition
  }

  /** `operandAllowed`: between parentheses, where `(a)` may turn out to be the left side of a test. */
  private or(operandAllowed: boolean): Node {
    const first = this.and(operandAllowed)
    if (!this.cursor.acceptKeyword('OR')) return first
    const conditions = [this.conditionOf(first)]
    do conditions.push(this.conditionOf(this.and(false)))
    while (this.cursor.acceptKeyword('OR'))
    return { kind: 'or', conditions }
  }

  private and(operandAllowed: boolean): Node {
    const first = this.not(operandAllowed)
    if (!this.cursor.acceptKeyword('AND')) return first
    const conditions = [this.conditionOf(first)]
    do conditions.push(this.conditionOf(this.not(false)))
    while (this.cursor.acceptKeyword('AND'))
    return { kind: 'and', conditions }
  }

  private not(operandAllowed: boolean): Node {
    let negations = 0
    while (this.cursor.acceptKeyword('NOT')) negations++
    const node = this.test(operandAllowed && negations === 0)
    if (negations === 0) return node
    const condition = this.conditionOf(node)
    const negated: ConditionSyntax = { kind: 'not', condition }
    // Two negations are none, but in a key condition NOT is refused however often it stands.
    return negations % 2 === 1 ? negated : { kind: 'not', condition: negated }
  }

  private test(operandAllowed: boolean): Node {
    const left = this.group()
    if (isCondition(left)) return left
    const { kind, text } = this.cursor.next
    if (kind === 'symbol' && COMPARATORS.has(text)) {
      this.cursor.position++
      return this.testOf(text as Comparator, this.operandsOf(left, this.operand()))
    }
    if (this.cursor.acceptKeyword('BETWEEN')) {
      const lower = this.operand()
      if (!this.cursor.acceptKeyword('AND')) throw this.cursor.syntaxError()
      return this.testOf('BETWEEN', this.operandsOf(left, lower, this.operand()))
    }
    if (this.cursor.acceptKeyword('IN')) {
      this.cursor.expect('(')
      const candidates = this.operandList()
      this.inOperandCount = Math.max(this.inOperandCount, candidates.length)
      return this.testOf('IN', this.operandsOf(left, ...candidates))
    }
    if (left.kind === 'call') return left
    if (operandAllowed && this.cursor.nextIs(')')) return left
    throw this.cursor.syntaxError()
  }

  /** A condition or an operand between parentheses, or an operand without. */
  private group(): Node {
    const open = this.cursor.position
    if (!this.cursor.accept('(')) return this.plainOperand()
    this.enter()
    const inner = this.or(true)
    this.leave(open)
    return this.withPathElements(inner)
  }

  /** An operand that can't be a condition. */
  private operand(): OperandNode {
    const open = this.cursor.position
    if (!this.cursor.accept('(')) return this.plainOperand()
    this.enter()
    const inner = this.operand()
    this.leave(open)
    return this.withPathElements(inner)
  }

  private plainOperand(): OperandNode {
    const { kind, text } = this.cursor.next
    if (kind === 'valueAlias') {
      this.cursor.position++
      return { kind: 'placeholder', name: text }
    }
    const { kind: secondKind, text: second } = this.cursor.second
    if (kind === 'name' && secondKind === 'symbol' && second === '(' && !KEYWORDS.has(text.toUpperCase())) return this.call()
    return parsePath(this.cursor, this)
  }

  private call(): Call {
    const name = this.cursor.take().text
    this.cursor.expect('(')
    this.enter()
    const operands = this.operandList()
    this.depth--
    if (!Object.hasOwn(OPERAND_COUNTS, name)) this.unknownFunction ??= name
    else if (OPERAND_COUNTS[name] !== operands.length) {
      this.operandCountError ??=
        'Incorrect number of operands for operator or function; ' +
        `operator or function: ${name}, number of operands: ${operands.length}`
    }
    return { kind: 'call', name, operands: this.operandsOf(...operands) }
  }

  /** After the opening parenthesis. */
  private operandList(): readonly OperandNode[] {
    const operands = [this.operand()]
    while (this.cursor.accept(',')) operands.push(this.operand())
    this.cursor.expect(')')
    return operands
  }

  /** `(a).b` is `a.b`. */
  private withPathElements<N extends Node>(node: N): N | PathSyntax {
    if (node.kind !== 'path' && node.kind !== 'aliasedPath') return node
    if (!this.cursor.nextIs('.') && !this.cursor.nextIs('[')) return node
    return continuePath(this.cursor, this, elementsOf(node))
  }

  private enter(): void {
    if (++this.depth <= MAX_DEPTH) return
    this.cursor.checkOperatorCount(isOperator)
    throw this.redundancy()
  }

  private leave(open: number): void {
    const close = this.cursor.position
    this.cursor.expect(')')
    this.depth--
    if (this.groupStart === open + 1 && this.groupEnd === close - 1) this.redundantParentheses = true
    this.groupStart = open
    this.groupEnd = close
  }

  private redundancy(): Error {
    return this.cursor.invalid('The expression has redundant parentheses;')
  }

  private testOf(operator: TestOperator, operands: readonly OperandSyntax[]): TestSyntax {
    const test: TestSyntax = { kind: 'test', operator, operands, operandCountError: this.operandCountError }
    this.operandCountError = undefined
    return test
  }

  private conditionOf(node: Node): ConditionSyntax {
    if (isCondition(node)) return node
    // `test` lets no bare operand come here.
    if (node.kind !== 'call') throw this.cursor.syntaxError()
    if (node.name === 'size') this.misusedFunction ??= node.name
    return this.testOf(node.name as TestOperator, node.operands)
  }

  /** Only once all of them were read: misused functions inside come before the operands themselves. */
  private operandsOf(...nodes: readonly OperandNode[]): readonly OperandSyntax[] {
    return nodes.map((node) => {
      if (node.kind !== 'call') return node
      if (node.name !== 'size') this.misusedFunction ??= node.name
      return { kind: 'size', operands: node.operands }
    })
  }
}

function isCondition(node: Node): node is ConditionSyntax {
  return node.kind === 'test' || node.kind === 'and' || node.kind === 'or' || node.kind === 'not'
}

/** Counts a BETWEEN and its AND as one. */
function isOperator(token: Token, next: Token): boolean {
  if (token.kind === 'symbol') return COMPARATORS.has(token.text)
  if (token.kind !== 'name') return false
  const keyword = token.text.toUpperCase()
  return KEYWORDS.has(keyword) ? keyword !== 'BETWEEN' : next.kind === 'symbol' && next.text === '('
}
