// Puts names and values into parsed expressions. What is undefined is reported as DynamoDB does: test by test in
// conditions, names before values in updates, and before anything that is wrong about types.
import type { Aliases } from './aliases.ts'
import { buildTest } from './build-condition.ts'
import { buildUpdate, type AssignedOperand, type DraftAction } from './build-update.ts'
import { buildProjection } from './project.ts'
import type {
  ActionSyntax,
  ConditionSyntax,
  OperandSyntax,
  ProjectionSyntax,
  SetSyntax,
  TestSyntax,
  UpdateSyntax,
} from './syntax.ts'
import { invalidExpression } from './token-cursor.ts'
import type { Condition, ExpressionParameter, Operand, Projection, Update } from './tree.ts'

/** Throws ValidationException with DynamoDB's texts. */
export function bindCondition(parameter: ExpressionParameter, aliases: Aliases, syntax: ConditionSyntax): Condition {
  switch (syntax.kind) {
    case 'test':
      return bindTest(parameter, aliases, syntax)
    case 'not':
      return { kind: 'not', condition: bindCondition(parameter, aliases, syntax.condition) }
    default:
      return {
        kind: syntax.kind,
        conditions: syntax.conditions.map((condition) => bindCondition(parameter, aliases, condition)),
      }
  }
}

/** Throws ValidationException with DynamoDB's texts. */
export function bindUpdate(aliases: Aliases, syntax: UpdateSyntax): Update {
  const drafts = syntax.map((action) => bindAction(aliases, action))
  aliases.checkNamesThenValues('UpdateExpression')
  return buildUpdate(drafts)
}

/** Throws ValidationException with DynamoDB's texts. */
export function bindProjection(aliases: Aliases, syntax: ProjectionSyntax): Projection {
  const paths = syntax.map((path) => aliases.bindPath(path).path)
  aliases.checkDefined('ProjectionExpression')
  return buildProjection(paths)
}

function bindTest(parameter: ExpressionParameter, aliases: Aliases, test: TestSyntax): Condition {
  const operands = test.operands.map((operand) => bindOperand(aliases, operand))
  aliases.checkDefined(parameter)
  if (test.operandCountError !== undefined) throw invalidExpression(parameter, test.operandCountError)
  return buildTest(parameter, test.operator, operands)
}

function bindOperand(aliases: Aliases, syntax: OperandSyntax): Operand {
  switch (syntax.kind) {
    case 'placeholder':
      return { kind: 'value', value: aliases.value(syntax.name) }
    case 'size': {
      const [first] = syntax.operands.map((operand) => bindOperand(aliases, operand))
      // The grammar knows no empty operand list.
      return { kind: 'size', operand: first ?? { kind: 'value', value: null } }
    }
    default:
      return aliases.bindPath(syntax)
  }
}

function bindAction(aliases: Aliases, action: ActionSyntax): DraftAction {
  const { path } = aliases.bindPath(action.path)
  switch (action.kind) {
    case 'set':
      return { kind: 'set', path, operand: bindAssigned(aliases, action.operand) }
    case 'remove':
      return { kind: 'remove', path }
    default:
      return { kind: action.kind, path, value: aliases.value(action.value.name) }
  }
}

function bindAssigned(aliases: Aliases, syntax: SetSyntax): AssignedOperand {
  switch (syntax.kind) {
    case 'placeholder':
      return { kind: 'value', value: aliases.value(syntax.name) }
    case 'call':
      return { ...syntax, operands: syntax.operands.map((operand) => bindAssigned(aliases, operand)) }
    default:
      return aliases.bindPath(syntax)
  }
}
