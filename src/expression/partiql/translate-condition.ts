// WHERE clauses as the conditions that expressions have too, through the same checks (build-condition.ts). What PartiQL has
// beside them is put in terms of them: IS, != and conditions compared with booleans. Evaluated alike, therefore.
import type { AttributeValue, TypeCode } from '../../model/attribute-value.ts'
import { ValidationException } from '../../model/errors.ts'
import { MAX_EXPRESSION_OPERATORS, MAX_IN_OPERANDS } from '../../model/limits.ts'
import { typeOf } from '../../model/attribute.ts'
import { buildTest, operandCountError } from '../build-condition.ts'
import type { Comparator } from '../data.ts'
import type { Condition, Operand } from '../tree.ts'
import type { Call, IsType, Operation, Syntax } from './statement-syntax.ts'
import { isValue, translatePath, translateValue } from './translate-value.ts'

const MIRRORED: { readonly [operator in Comparator]: Comparator } = { '=': '=', '<>': '<>', '<': '>', '<=': '>=', '>': '<', '>=': '<=' }
/** In the order in which AWS lists them. */
const TYPE_CODES = ['N', 'BS', 'L', 'B', 'NULL', 'M', 'S', 'SS', 'NS', 'BOOL']
const PREDICATES: ReadonlySet<string> = new Set(['attribute_exists', 'attribute_not_exists', 'attribute_type', 'begins_with', 'contains'])
const BOOLEAN_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'not', '=', '<>', '<', '<=', '>', '>=', 'between', 'in'])
const TYPES_OF_IS: { readonly [name: string]: TypeCode } = {
  null: 'NULL',
  boolean: 'BOOL',
  blob: 'B',
  string: 'S',
  numeric: 'N',
  struct: 'M',
  tuple: 'M',
  list: 'L',
}

/** Throws ValidationException with AWS's texts. */
export function translateCondition(where: Syntax, parameters: readonly AttributeValue[]): Condition {
  return new ConditionTranslator(parameters).translate(where)
}

export function unrecognizedFunction({ name, at }: Call): ValidationException {
  return new ValidationException(`Unrecognized function: ${name} at ${at}`)
}

class ConditionTranslator {
  private readonly parameters: readonly AttributeValue[]
  private operators = 0

  constructor(parameters: readonly AttributeValue[]) {
    this.parameters = parameters
  }

  translate(syntax: Syntax): Condition {
    switch (syntax.kind) {
      case 'operation':
        return this.operation(syntax)
      case 'is':
        return this.isType(syntax)
      case 'call':
        return this.predicate(syntax)
      case 'identifier':
        throw new ValidationException(`Unsupported token in expression: ${syntax.name} at ${syntax.at}`)
      default:
        throw new ValidationException(`Unsupported token in expression: ${syntax.kind} at ${syntax.at}`)
    }
  }

  private operation(syntax: Operation): Condition {
    const { operator, operands } = syntax
    const [first, second, third] = operands
    if (first === undefined) throw unsupportedOperator(operator)
    switch (operator) {
      case 'and':
      case 'or':
        this.count(operands.length - 1)
        return { kind: operator, conditions: operands.map((operand) => this.translate(operand)) }
      case 'not':
        this.count(1)
        return { kind: 'not', condition: this.translate(first) }
      case 'between': {
        this.count(1)
        if (isBoolean(first)) throw booleanOperand('BETWEEN')
        return buildTest('Statement', 'BETWEEN', [first, second, third].flatMap((operand) => (operand === undefined ? [] : [this.operand(operand)])))
      }
      case 'in':
        return this.membership(first, second)
      case '=':
      case '<>':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return this.comparison(operator, first, second ?? first)
      default:
        throw unsupportedOperator(operator)
    }
  }

  /** A side may be a condition itself, which is true or false and nothing else. */
  private comparison(operator: Comparator, left: Syntax, right: Syntax): Condition {
    this.count(1)
    if (!isBoolean(left) && !isBoolean(right)) return this.compare(operator, left, right)
    if (operator !== '=' && operator !== '<>') throw booleanOperand(operator)
    const equal = isBoolean(left) ? this.equality(this.translate(left), right) : this.equality(this.translate(right), left)
    return operator === '=' ? equal : { kind: 'not', condition: equal }
  }

  private compare(operator: Comparator, left: Syntax, right: Syntax): Condition {
    const first = this.operand(left)
    const second = this.operand(right)
    // Paths first: so key conditions are found whichever way they are written.
    const isMirrored = first.kind === 'value' && second.kind === 'path'
    return isMirrored ? buildTest('Statement', MIRRORED[operator], [second, first]) : buildTest('Statement', operator, [first, second])
  }

  private equality(condition: Condition, other: Syntax): Condition {
    if (isBoolean(other)) return bothOrNeither(condition, this.translate(other))
    const operand = this.operand(other)
    if (operand.kind === 'value') {
      if (operand.value === true) return condition
      const opposite: Condition = { kind: 'not', condition }
      return operand.value === false ? opposite : { kind: 'and', conditions: [condition, opposite] }
    }
    const is = (value: boolean): Condition => buildTest('Statement', '=', [operand, { kind: 'value', value }])
    return {
      kind: 'or',
      conditions: [
        { kind: 'and', conditions: [condition, is(true)] },
        { kind: 'and', conditions: [{ kind: 'not', condition }, is(false)] },
      ],
    }
  }

  private membership(sought: Syntax, list: Syntax | undefined): Condition {
    this.count(1)
    if (list?.kind !== 'list' && list?.kind !== 'bag') throw unsupportedOperator('in')
    const { elements } = list
    if (elements.length === 0) throw operandCountError('Statement', 'IN', 1)
    if (elements.length > MAX_IN_OPERANDS) {
      throw new ValidationException(`The IN operator is provided with too many operands; number of operands: ${elements.length}`)
    }
    if (!isBoolean(sought)) {
      return buildTest('Statement', 'IN', [this.operand(sought), ...elements.map((element) => this.operand(element))])
    }
    const condition = this.translate(sought)
    return { kind: 'or', conditions: elements.map((element) => this.equality(condition, element)) }
  }

  private isType({ operand, type }: IsType): Condition {
    this.count(1)
    if (isBoolean(operand)) throw booleanOperand('IS')
    const subject = this.operand(operand)
    if (type === 'missing') return buildTest('Statement', 'attribute_not_exists', [subject])
    const code = Object.hasOwn(TYPES_OF_IS, type) ? TYPES_OF_IS[type] : undefined
    if (code !== undefined) return { kind: 'attribute_type', operand: subject, type: code }
    throw new ValidationException(
      `Unsupported data type for IS operator: ${type.toUpperCase()}. ` +
        'Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, NUMERIC, STRUCT, TUPLE, LIST]',
    )
  }

  private predicate(call: Call): Condition {
    this.count(1)
    const { name } = call
    if (!PREDICATES.has(name)) throw unrecognizedFunction(call)
    const expected = name.endsWith('_exists') ? 1 : 2
    const operands = call.operands.map((operand) => {
      if (isBoolean(operand)) throw booleanOperand(name)
      return this.operand(operand)
    })
    if (operands.length !== expected) throw operandCountError('Statement', name, operands.length)
    if (name === 'attribute_type') checkTypeName(operands[1])
    return buildTest('Statement', name as Parameters<typeof buildTest>[1], operands)
  }

  private operand(syntax: Syntax): Operand {
    if (isValue(syntax)) return { kind: 'value', value: translateValue(syntax, this.parameters) }
    switch (syntax.kind) {
      case 'identifier':
      case 'path':
        return { kind: 'path', path: translatePath(syntax) }
      case 'operation':
        throw unsupportedOperator(syntax.operator)
      case 'call': {
        if (syntax.name !== 'size') throw unrecognizedFunction(syntax)
        this.count(1)
        const [operand] = syntax.operands
        if (operand === undefined || syntax.operands.length > 1) throw operandCountError('Statement', 'size', syntax.operands.length)
        return { kind: 'size', operand: this.operand(operand) }
      }
      default:
        throw new ValidationException(`Unsupported token in expression: ${syntax.kind} at ${syntax.at}`)
    }
  }

  private count(operators: number): void {
    this.operators += operators
    if (this.operators <= MAX_EXPRESSION_OPERATORS) return
    throw new ValidationException(`The expression contains too many operators; operator count: ${this.operators}`)
  }
}

function isBoolean(syntax: Syntax): boolean {
  switch (syntax.kind) {
    case 'is':
      return true
    case 'operation':
      return BOOLEAN_OPERATORS.has(syntax.operator)
    case 'call':
      return PREDICATES.has(syntax.name)
    default:
      return false
  }
}

function bothOrNeither(left: Condition, right: Condition): Condition {
  const not = (condition: Condition): Condition => ({ kind: 'not', condition })
  return {
    kind: 'or',
    conditions: [
      { kind: 'and', conditions: [left, right] },
      { kind: 'and', conditions: [not(left), not(right)] },
    ],
  }
}

function checkTypeName(operand: Operand | undefined): void {
  if (operand?.kind !== 'value') return
  const { value } = operand
  if (typeof value !== 'string') {
    throw new ValidationException(
      `Incorrect operand type for operator or function; operator or function: attribute_type, operand type: ${typeOf(value)}`,
    )
  }
  if (TYPE_CODES.includes(value)) return
  throw new ValidationException(`Invalid attribute type name found; type: ${value}, valid types: {${TYPE_CODES.join(',')}}`)
}

function unsupportedOperator(operator: string): ValidationException {
  return new ValidationException(`Unsupported operator in Condition Expression. Operator: ${operator}`)
}

function booleanOperand(operator: string): ValidationException {
  return new ValidationException(
    `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: BOOL`,
  )
}
