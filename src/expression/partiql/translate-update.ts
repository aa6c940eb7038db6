// SET and REMOVE of statements as the updates that UpdateExpressions make, through the same checks (build-update.ts):
// `SET a = set_add(a, <<…>>)` is ADD, set_delete is DELETE (Developer Guide: ql-reference.update).
import type { AttributeValue } from '../../model/attribute-value.ts'
import { typeOf } from '../../model/attribute.ts'
import { ValidationException } from '../../model/errors.ts'
import { MAX_EXPRESSION_OPERATORS } from '../../model/limits.ts'
import { buildUpdate, type AssignedOperand, type DraftAction } from '../build-update.ts'
import type { Path, Update } from '../tree.ts'
import type { Call, ChangeSyntax, Syntax } from './statement-syntax.ts'
import { unrecognizedFunction } from './translate-condition.ts'
import { isValue, translatePath, translateValue } from './translate-value.ts'

/** Throws ValidationException with AWS's texts. */
export function translateUpdate(changes: readonly ChangeSyntax[], parameters: readonly AttributeValue[]): Update {
  const drafts: DraftAction[] = changes.map((change) => {
    const path = translatePath(change.target)
    if (change.kind === 'remove') return { kind: 'remove', path }
    const { value } = change
    if (value.kind === 'call' && (value.name === 'set_add' || value.name === 'set_delete')) return setChange(path, value, parameters)
    return { kind: 'set', path, operand: assigned(value, parameters) }
  })
  if (drafts.length > MAX_EXPRESSION_OPERATORS) {
    throw new ValidationException(`The expression contains too many operators; operator count: ${drafts.length}`)
  }
  return buildUpdate(drafts, 'Statement')
}

function setChange(path: Path, { name, operands, at }: Call, parameters: readonly AttributeValue[]): DraftAction {
  const shown = name.toUpperCase()
  const [first, second] = operands
  if (first === undefined || second === undefined || operands.length > 2) {
    throw new ValidationException(`${shown} must have exactly two arguments at ${at}`)
  }
  const isSame = (first.kind === 'identifier' || first.kind === 'path') && samePath(translatePath(first), path)
  if (!isSame) throw new ValidationException(`The first argument to ${shown} must equal the assignment value at ${at}`)
  const value = isValue(second) ? translateValue(second, parameters) : undefined
  if (value === undefined || !['SS', 'NS', 'BS'].includes(typeOf(value))) {
    throw new ValidationException(`The second argument to ${shown} must be a value with type SET at ${first.at}`)
  }
  return { kind: name === 'set_add' ? 'add' : 'delete', path, value }
}

function samePath(one: Path, two: Path): boolean {
  return one.length === two.length && one.every((element, index) => element === two[index])
}

function assigned(syntax: Syntax, parameters: readonly AttributeValue[]): AssignedOperand {
  if (isValue(syntax)) return { kind: 'value', value: translateValue(syntax, parameters) }
  switch (syntax.kind) {
    case 'identifier':
    case 'path':
      return { kind: 'path', path: translatePath(syntax) }
    case 'call':
      if (syntax.name !== 'list_append') throw unrecognizedFunction(syntax)
      return { kind: 'call', name: 'list_append', operands: syntax.operands.map((operand) => assigned(operand, parameters)) }
    case 'operation': {
      const { operator, operands } = syntax
      if ((operator !== '+' && operator !== '-') || operands.length !== 2) throw unsupportedOperator(operator)
      return { kind: 'call', name: operator, operands: operands.map((operand) => assigned(operand, parameters)) }
    }
    case 'is':
      throw unsupportedOperator('is')
    default:
      throw new ValidationException(`Unsupported token in expression: ${syntax.kind} at ${syntax.at}`)
  }
}

function unsupportedOperator(operator: string): ValidationException {
  return new ValidationException(`Unsupported operator in Update Expression. Operator: ${operator}`)
}
