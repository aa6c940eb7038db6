// Makes the tests of a condition once their operands are known, and refuses what DynamoDB refuses then: operands that
// are the same, of the wrong type, or out of order. The one way to a test, for parsed texts and plain data alike.
import type { AttributeValue, TypeCode } from '../model/attribute-value.ts'
import { compareValues, typeOf } from '../model/attribute.ts'
import { numberText, type CompactNumber } from '../model/number.ts'
import { pathText } from './parse-path.ts'
import type { TestOperator } from './syntax.ts'
import { invalidExpression } from './token-cursor.ts'
import type { Condition, ExpressionParameter, Operand, Path } from './tree.ts'

const TYPE_CODES: ReadonlySet<string> = new Set(['B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'N', 'NS', 'S', 'M'] satisfies TypeCode[])

/**
 * A test of `operands`, as many as the operator or function takes. Throws ValidationException with DynamoDB's texts.
 */
export function buildTest(parameter: ExpressionParameter, operator: TestOperator, operands: readonly Operand[]): Condition {
  const [first, second, third] = operands
  if (first === undefined) throw operandCountError(parameter, operator, 0)
  if (operator === 'attribute_exists' || operator === 'attribute_not_exists') {
    return { kind: operator, path: pathOf(parameter, operator, first) }
  }
  if (operator === 'IN') {
    for (const operand of operands) checkSize(parameter, operand)
    return { kind: 'in', operand: first, candidates: operands.slice(1) }
  }
  if (second === undefined) throw operandCountError(parameter, operator, 1)
  if (operator === 'BETWEEN') {
    if (third === undefined) throw operandCountError(parameter, operator, 2)
    return buildBetween(parameter, first, second, third)
  }
  checkDistinct(parameter, operator, first, second)
  checkSize(parameter, first)
  checkSize(parameter, second)
  switch (operator) {
    case 'begins_with':
      for (const operand of operands) checkType(parameter, operator, operand, 'S', 'B')
      return { kind: 'begins_with', operand: first, prefix: second }
    case 'contains':
      return { kind: 'contains', operand: first, sought: second }
    case 'attribute_type':
      return { kind: 'attribute_type', operand: first, type: typeNamedBy(parameter, second) }
    case '<':
    case '<=':
    case '>':
    case '>=':
      for (const operand of operands) checkType(parameter, operator, operand, 'S', 'N', 'B')
  }
  return { kind: 'compare', operator, left: first, right: second }
}

export function operandCountError(parameter: ExpressionParameter, operator: string, count: number): Error {
  return invalidExpression(
    parameter,
    `Incorrect number of operands for operator or function; operator or function: ${operator}, number of operands: ${count}`,
  )
}

function buildBetween(parameter: ExpressionParameter, operand: Operand, lower: Operand, upper: Operand): Condition {
  for (const each of [operand, lower, upper]) checkSize(parameter, each)
  for (const each of [operand, lower, upper]) checkType(parameter, 'BETWEEN', each, 'S', 'N', 'B')
  if (lower.kind === 'value' && upper.kind === 'value') {
    const order = compareValues(lower.value, upper.value)
    if (order === undefined) throw boundsError('same data type for lower and upper bounds')
    if (order > 0) throw boundsError('upper bound to be greater than or equal to lower bound')
  }
  return { kind: 'between', operand, lower, upper }

  function boundsError(requirement: string): Error {
    return invalidExpression(
      parameter,
      `The BETWEEN operator requires ${requirement}; ` +
        `lower bound operand: AttributeValue: ${operandText(lower)}, upper bound operand: AttributeValue: ${operandText(upper)}`,
    )
  }
}

/** As DynamoDB prints a scalar: `{S:a}`. */
function operandText(operand: Operand): string {
  if (operand.kind !== 'value') return ''
  return `{${typeOf(operand.value)}:${scalarText(operand.value)}}`
}

function scalarText(value: AttributeValue): string {
  if (typeof value === 'object' && value !== null && 'B' in value) return value.B
  return typeof value === 'string' ? value : numberText(value as CompactNumber)
}

/** The type that an operand has whatever the item: undefined for a path. */
function staticType(operand: Operand): TypeCode | undefined {
  if (operand.kind === 'path') return undefined
  return operand.kind === 'size' ? 'N' : typeOf(operand.value)
}

function checkType(parameter: ExpressionParameter, operator: string, operand: Operand, ...allowed: readonly TypeCode[]): void {
  const type = staticType(operand)
  if (type === undefined || allowed.includes(type)) return
  throw typeError(parameter, operator, type)
}

function typeError(parameter: ExpressionParameter, operator: string, type: string): Error {
  return invalidExpression(
    parameter,
    `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${type}`,
  )
}

/** The operands of `size`, which stands inside other operands. */
function checkSize(parameter: ExpressionParameter, operand: Operand): void {
  if (operand.kind !== 'size') return
  checkSize(parameter, operand.operand)
  const type = staticType(operand.operand)
  if (type === 'N' || type === 'BOOL' || type === 'NULL') throw typeError(parameter, 'size', type)
}

function checkDistinct(parameter: ExpressionParameter, operator: string, first: Operand, second: Operand): void {
  if (first.kind !== 'path' || second.kind !== 'path') return
  if (first.path.length !== second.path.length || first.path.some((element, index) => element !== second.path[index])) return
  throw invalidExpression(
    parameter,
    'The first operand must be distinct from the remaining operands for this operator or function; ' +
      `operator: ${operator}, first operand: ${pathText(first.path)}`,
  )
}

function pathOf(parameter: ExpressionParameter, operator: string, operand: Operand): Path {
  if (operand.kind === 'path') return operand.path
  throw invalidExpression(parameter, `Operator or function requires a document path; operator or function: ${operator}`)
}

function typeNamedBy(parameter: ExpressionParameter, operand: Operand): TypeCode {
  const type = staticType(operand)
  if (operand.kind !== 'value' || typeof operand.value !== 'string') {
    throw typeError(parameter, 'attribute_type', type ?? '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}')
  }
  if (!TYPE_CODES.has(operand.value)) {
    throw invalidExpression(
      parameter,
      `Invalid attribute type name found; type: ${operand.value}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
    )
  }
  return operand.value as TypeCode
}
