// ExecuteStatement: one PartiQL statement. A SELECT is one page of a table or index, read by key ranges where its WHERE names
// partitions, else scanned; INSERT, UPDATE and DELETE are the item writes of the other operations.
import type { AttributeMap, AttributeValue } from '../../model/attribute-value.ts'
import { ValidationException } from '../../model/errors.ts'
import type { Item } from '../../model/item.ts'
import { MAX_NEXT_TOKEN_LENGTH } from '../../model/limits.ts'
import type { SelectStatement, WriteStatement } from '../../expression/partiql/translate-statement.ts'
import { reportWrite, type ConsumedCapacity, type ReturnConsumedCapacity } from '../capacity.ts'
import { Constraints, RETURN_CONSUMED_CAPACITY } from '../constraints.ts'
import type { EngineCore } from '../engine-core.ts'
import { decodeNextToken, encodeNextToken, tokenBinding } from '../next-token.ts'
import type { Operation, RequestContext } from '../operation.ts'
import { planSelect, readSelect } from '../select-plan.ts'
import { actionOf, returnedItem, runStatementAction } from '../statement-actions.ts'
import { checkStatementShape, parametersOf, statementOf, type StatementInput } from '../statement-input.ts'

export interface ExecuteStatementInput extends StatementInput {
  readonly ConsistentRead?: boolean
  readonly NextToken?: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  /** Items evaluated. */
  readonly Limit?: number
}
export interface ExecuteStatementOutput {
  /** Of a write what RETURNING asks for: none or one. */
  readonly Items: readonly Item[]
  readonly NextToken?: string
  readonly LastEvaluatedKey?: AttributeMap
  readonly ConsumedCapacity?: ConsumedCapacity
}

/**
 * AWS page: ExecuteStatement. Throws ValidationException, ResourceNotFoundException, ConditionalCheckFailedException,
 * DuplicateItemException. A write by its kind, since a statement may be one; a SELECT settles nothing.
 */
export const executeStatement: Operation<ExecuteStatementInput, ExecuteStatementOutput> = {
  name: 'ExecuteStatement',
  kind: 'write',
  async run(engine, input, context) {
    checkShape(input)
    if (context.invalidValue !== undefined) throw context.invalidValue
    const parameters = parametersOf(input)
    const statement = statementOf(input, parameters)
    if (statement.kind === 'exists') {
      throw new ValidationException('EXISTS can only be used in ExecuteTransaction write requests.')
    }
    if (statement.kind === 'select') return runSelect(engine, input, statement, parameters)
    return runWrite(engine, input, statement, context)
  },
}

function checkShape(input: ExecuteStatementInput): void {
  const constraints = new Constraints()
  checkStatementShape(constraints, '', input)
  constraints.length('nextToken', input.NextToken, 1, MAX_NEXT_TOKEN_LENGTH)
  constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
  constraints.range('limit', input.Limit, 1, Number.MAX_SAFE_INTEGER)
  constraints.done()
}

function runSelect(
  engine: EngineCore,
  input: ExecuteStatementInput,
  statement: SelectStatement,
  parameters: readonly AttributeValue[],
): Promise<ExecuteStatementOutput> {
  const isConsistent = input.ConsistentRead === true
  const binding = tokenBinding(input.Statement, parameters)
  return engine.read((reader) => {
    const plan = planSelect(statement, engine.catalog.mustGetTable(statement.tableName), isConsistent)
    const { items, lastKey, consumed } = readSelect(reader, plan, {
      limit: input.Limit ?? Infinity,
      startKey: input.NextToken === undefined ? undefined : decodeNextToken(input.NextToken, binding),
      isConsistent,
      detail: input.ReturnConsumedCapacity,
    })
    return {
      Items: items,
      ...(lastKey === undefined ? undefined : { NextToken: encodeNextToken(lastKey, binding), LastEvaluatedKey: lastKey }),
      ...(consumed === undefined ? undefined : { ConsumedCapacity: consumed }),
    }
  })
}

function runWrite(
  engine: EngineCore,
  input: ExecuteStatementInput,
  statement: WriteStatement,
  context: RequestContext,
): Promise<ExecuteStatementOutput> {
  return engine.write(context, (write) => {
    const action = actionOf(statement, engine.catalog.mustGetTable(statement.tableName), input)
    const result = runStatementAction(engine, write, action)
    const item = returnedItem(statement, result)
    return { Items: item === undefined ? [] : [item], ...reportWrite(result, { TableName: statement.tableName, ReturnConsumedCapacity: input.ReturnConsumedCapacity }) }
  })
}
