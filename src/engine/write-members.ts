// What PutItem, UpdateItem and DeleteItem check of their members, in AWS's order and its texts of 2026: a missing Item or
// Key is reported together with everything else in the older form; else the table's name alone, then the enumerations.
// (Findings: paritysuite/dynamodb-conformance, captures/2026-06-09-validation-rewording.json and
// tests/tier3/validation-ordering/{putItem,updateItem,deleteItem}.test.ts.)
import { checkExpressionParameters, type ExpressionInput } from '../expression/expression-context.ts'
import { ValidationException } from '../model/errors.ts'
import type { ExpressionParameter } from '../expression/tree.ts'
import { Constraints, RETURN_CONSUMED_CAPACITY, RETURN_ITEM_COLLECTION_METRICS } from './constraints.ts'
import type { ReturnConsumedCapacity } from './capacity.ts'
import { checkConditionalOperator, checkExpectedShape, checkUpdatesShape } from './legacy-parameters.ts'
import { refuseAll, refuseEmptyTableName, refuseInvalidValue } from './request-checks.ts'
import type { RequestContext } from './request-context.ts'
import type { ReturnValuesOnConditionCheckFailure, UpdateParameters } from './write-conditions.ts'

export interface ReturnParameters {
  readonly ReturnValues?: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: 'SIZE' | 'NONE'
  readonly ReturnValuesOnConditionCheckFailure?: ReturnValuesOnConditionCheckFailure
}

interface WriteMembers extends ReturnParameters, UpdateParameters {
  readonly TableName: string
  readonly Item?: unknown
  readonly Key?: unknown
}

/** AWS's own list, misspelling included. */
const RETURN_VALUES_FAILURE = 'Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, ALL_NEW, UPDATE_NEW, NONE]'
const RETURN_VALUES = ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW']

/** Throws ValidationException. */
export function checkWriteMembers(operation: 'PutItem' | 'UpdateItem' | 'DeleteItem', input: WriteMembers, context: RequestContext): void {
  const subject = operation === 'PutItem' ? 'item' : 'key'
  if (isAbsent(input.TableName) || isAbsent(subject === 'item' ? input.Item : input.Key)) refuseMissing(input, subject)
  refuseEmptyTableName(input.TableName)
  const constraints = new Constraints()
  constraints.tableName(input.TableName)
  constraints.done()
  if (context.isDeep === true) refuseDeep(operation, input)
  refuseAll(returnFailures(operation, input))
  if (isBare(input)) {
    refuseInvalidValue(context)
    return
  }
  checkExpectedShape(constraints, input.Expected)
  if (operation === 'UpdateItem') checkUpdatesShape(constraints, input.AttributeUpdates)
  constraints.done()
  const expressions: ExpressionParameter[] = operation === 'UpdateItem' ? ['UpdateExpression', 'ConditionExpression'] : ['ConditionExpression']
  const legacy = operation === 'UpdateItem' ? ['AttributeUpdates', 'Expected', 'ConditionalOperator'] : ['Expected', 'ConditionalOperator']
  checkExpressionParameters(input as unknown as ExpressionInput, expressions, legacy)
  refuseInvalidValue(context)
  checkConditionalOperator(input.ConditionalOperator, input.Expected)
}

/** Nothing in it of expressions or of what was there before them: most puts. */
function isBare(input: WriteMembers): boolean {
  const { ConditionExpression, UpdateExpression, ExpressionAttributeNames, ExpressionAttributeValues } = input
  const { Expected, ConditionalOperator, AttributeUpdates } = input
  return [ConditionExpression, UpdateExpression, ExpressionAttributeNames, ExpressionAttributeValues, Expected, ConditionalOperator, AttributeUpdates].every(isAbsent)
}

/** In the older form, all members together. */
function refuseMissing(input: WriteMembers, subject: 'item' | 'key'): void {
  const constraints = new Constraints()
  constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
  if (input.TableName === '') constraints.fail('tableName', '', 'Member must have length greater than or equal to 1')
  else constraints.tableName(input.TableName)
  if (subject === 'item') constraints.notNull('item', input.Item)
  constraints.oneOf('returnItemCollectionMetrics', input.ReturnItemCollectionMetrics, RETURN_ITEM_COLLECTION_METRICS)
  constraints.oneOf('returnValues', input.ReturnValues, RETURN_VALUES)
  constraints.oneOf('conditionalOperator', input.ConditionalOperator, ['OR', 'AND'])
  if (subject === 'key') constraints.notNull('key', input.Key)
  constraints.done()
}

/**
 * The enumerations as the older layer says them, before the depth itself (paritysuite/dynamodb-conformance,
 * tests/tier3/validation-ordering/deepRequests.test.ts, October 2026).
 */
function refuseDeep(operation: string, input: WriteMembers): void {
  const constraints = new Constraints()
  constraints.oneOf('returnValues', input.ReturnValues, RETURN_VALUES)
  constraints.oneOf('conditionalOperator', input.ConditionalOperator, ['OR', 'AND'])
  constraints.done()
  const [failure] = returnFailures(operation, input)
  if (failure !== undefined) throw new ValidationException(failure)
}

function returnFailures(operation: string, input: WriteMembers): string[] {
  const { ReturnValues: values, ReturnConsumedCapacity: capacity, ReturnItemCollectionMetrics: metrics } = input
  const failures: string[] = []
  if (!isAbsent(capacity) && !RETURN_CONSUMED_CAPACITY.includes(capacity)) {
    const allowed = RETURN_CONSUMED_CAPACITY.join(', ')
    failures.push(`Value '${capacity as string}' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [${allowed}]`)
  }
  if (!isAbsent(values) && !RETURN_VALUES.includes(values)) {
    // UpdateItem goes no further.
    if (operation === 'UpdateItem') return [RETURN_VALUES_FAILURE]
    failures.push(RETURN_VALUES_FAILURE)
  } else if (operation !== 'UpdateItem' && !isAbsent(values) && values !== 'NONE' && values !== 'ALL_OLD') {
    failures.push('ReturnValues can only be ALL_OLD or NONE')
  }
  if (!isAbsent(metrics) && !RETURN_ITEM_COLLECTION_METRICS.includes(metrics)) failures.push('ReturnItemCollectionMetrics can only be SIZE or NONE')
  const onFailure: string | undefined = input.ReturnValuesOnConditionCheckFailure
  if (!isAbsent(onFailure) && onFailure !== 'ALL_OLD' && onFailure !== 'NONE') failures.push('ReturnValuesOnConditionCheckFailure value is invalid')
  return failures
}

function isAbsent(value: unknown): value is undefined {
  return value === undefined || value === null
}
