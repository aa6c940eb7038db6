// What the three operations on statements have in common: shapes of their members, and a statement out of its text and
// parameters. Parameters that are no values are refused before the statement is read, as AWS does.
import type { AttributeValue } from '../model/attribute-value.ts'
import { SerializationException } from '../model/errors.ts'
import { MAX_STATEMENT_LENGTH } from '../model/limits.ts'
import { translateStatement, type Statement } from '../expression/partiql/translate-statement.ts'
import { canonicalValue } from './canonical-map.ts'
import { RETURN_VALUES_ON_FAILURE, type Constraints } from './constraints.ts'
import { checkHasWhere } from './statement-actions.ts'
import type { ReturnValuesOnConditionCheckFailure } from './write-conditions.ts'

/** A member of a batch or transaction, and what ExecuteStatement has of its own. */
export interface StatementInput {
  readonly Statement: string
  /** In the order of the question marks. */
  readonly Parameters?: readonly AttributeValue[]
  readonly ReturnValuesOnConditionCheckFailure?: ReturnValuesOnConditionCheckFailure
}

/**
 * `path` is in front of the members' names: empty, or `statements.1.member.`; the caller calls `done`. Throws
 * SerializationException for members of other types.
 */
export function checkStatementShape(constraints: Constraints, path: string, input: StatementInput): void {
  if (constraints.notNull(`${path}statement`, input.Statement)) {
    if (typeof input.Statement !== 'string') throw new SerializationException('Unexpected field type')
    constraints.length(`${path}statement`, input.Statement, 1, MAX_STATEMENT_LENGTH)
  }
  if (input.Parameters !== undefined && input.Parameters !== null && constraints.list(`${path}parameters`, input.Parameters)) {
    constraints.length(`${path}parameters`, input.Parameters, 1, Infinity)
  }
  constraints.oneOf(
    `${path}returnValuesOnConditionCheckFailure`,
    input.ReturnValuesOnConditionCheckFailure,
    RETURN_VALUES_ON_FAILURE,
  )
}

/** Canonical. Throws ValidationException or SerializationException. */
export function parametersOf({ Parameters: parameters }: StatementInput): readonly AttributeValue[] {
  return parameters === undefined || parameters === null ? [] : parameters.map((value) => canonicalValue(value))
}

/** Throws ValidationException with AWS's texts. */
export function statementOf(input: StatementInput, parameters: readonly AttributeValue[]): Statement {
  const statement = translateStatement(input.Statement, parameters)
  checkHasWhere(statement)
  return statement
}
