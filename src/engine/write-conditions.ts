// Condition, update and return parameters that item writes share: PutItem, UpdateItem, DeleteItem and the actions of
// transactions. Expressions come as DynamoDB's strings or, from the native client, as plain data; never as both.
import type { AttributeMap } from '../model/attribute-value.ts'
import { ConditionalCheckFailedException, ValidationException } from '../model/errors.ts'
import type { Item } from '../model/item.ts'
import { compileCondition as compileConditionData, compileUpdate as compileUpdateData } from '../expression/compile-data.ts'
import type { ConditionData, UpdateData } from '../expression/data.ts'
import { evaluateCondition } from '../expression/evaluate-condition.ts'
import { checkExpressionParameters, ExpressionContext, type ExpressionInput } from '../expression/expression-context.ts'
import type { Condition, Update } from '../expression/tree.ts'
import { canonicalMap } from './canonical-map.ts'
import type { Constraints } from './constraints.ts'
import { checkConditionLiterals, checkUpdateLiterals } from './native-literals.ts'
import { RETURN_CONSUMED_CAPACITY, RETURN_ITEM_COLLECTION_METRICS, RETURN_VALUES_ON_FAILURE } from './constraints.ts'

export type ReturnValuesOnConditionCheckFailure = 'ALL_OLD' | 'NONE'

/** What a condition needs. */
export interface ConditionParameters {
  readonly ConditionExpression?: string
  readonly ExpressionAttributeNames?: { readonly [placeholder: string]: string }
  readonly ExpressionAttributeValues?: AttributeMap
  /** Native: instead of the expression. */
  readonly Condition?: ConditionData
  readonly ReturnValuesOnConditionCheckFailure?: ReturnValuesOnConditionCheckFailure
}
export interface UpdateParameters extends ConditionParameters {
  readonly UpdateExpression?: string
  /** Native: instead of the expression. */
  readonly Update?: UpdateData
}

const NO_ATTRIBUTES: AttributeMap = {}

/** Throws ValidationException with DynamoDB's texts. */
export function compileCondition(input: ConditionParameters): Condition | undefined {
  const { ConditionExpression: text, ExpressionAttributeNames: names, ExpressionAttributeValues: values, Condition: data } = input
  if (text === undefined && names === undefined && values === undefined) return compileData(data)
  refuseBoth(data, 'Condition')
  checkExpressionParameters(input as ExpressionInput, ['ConditionExpression'], ['Expected'])
  const context = new ExpressionContext(names, values === undefined ? undefined : canonicalMap(values))
  const condition = text === undefined ? undefined : context.condition(text)
  context.finish()
  return condition
}

/** Throws ValidationException with DynamoDB's texts. */
export function compileUpdate(input: UpdateParameters): { readonly update: Update | undefined; readonly condition: Condition | undefined } {
  const { Update: data, UpdateExpression: text, ConditionExpression: conditionText } = input
  const { ExpressionAttributeNames: names, ExpressionAttributeValues: values } = input
  if (data !== undefined || (text === undefined && conditionText === undefined && names === undefined && values === undefined)) {
    if (text !== undefined) refuseBoth(data, 'Update')
    if (data !== undefined) checkUpdateLiterals(data)
    return { update: data === undefined ? undefined : compileUpdateData(data), condition: compileCondition(input) }
  }
  refuseBoth(input.Condition, 'Condition')
  checkExpressionParameters(input as ExpressionInput, ['UpdateExpression', 'ConditionExpression'], ['AttributeUpdates', 'Expected'])
  const context = new ExpressionContext(names, values === undefined ? undefined : canonicalMap(values))
  const update = text === undefined ? undefined : context.update(text)
  const condition = conditionText === undefined ? undefined : context.condition(conditionText)
  context.finish()
  return { update, condition }
}

function compileData(data: ConditionData | undefined): Condition | undefined {
  if (data === undefined) return undefined
  checkConditionLiterals(data)
  return compileConditionData(data)
}

function refuseBoth(data: object | undefined, parameter: string): void {
  if (data !== undefined) throw new ValidationException(`${parameter} can not be used together with expression parameters`)
}

export function conditionHolds(condition: Condition | undefined, oldItem: Item | undefined): boolean {
  return condition === undefined || evaluateCondition(condition, oldItem?.attributes ?? NO_ATTRIBUTES)
}

/** Throws ConditionalCheckFailedException, with the item if the request asks for it. */
export function checkCondition(condition: Condition | undefined, oldItem: Item | undefined, input: ConditionParameters): void {
  if (conditionHolds(condition, oldItem)) return
  const wanted = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && oldItem !== undefined
  throw new ConditionalCheckFailedException(undefined, wanted ? { item: oldItem } : undefined)
}

export interface ReturnParameters {
  readonly ReturnValues?: string
  readonly ReturnConsumedCapacity?: string
  readonly ReturnItemCollectionMetrics?: string
  readonly ReturnValuesOnConditionCheckFailure?: string
}

/** Shapes of the parameters that all item writes have; the caller calls `done`. */
export function checkReturnShapes(constraints: Constraints, input: ReturnParameters): void {
  constraints.oneOf('returnValues', input.ReturnValues, ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'])
  constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
  constraints.oneOf('returnItemCollectionMetrics', input.ReturnItemCollectionMetrics, RETURN_ITEM_COLLECTION_METRICS)
  constraints.oneOf('returnValuesOnConditionCheckFailure', input.ReturnValuesOnConditionCheckFailure, RETURN_VALUES_ON_FAILURE)
}

/** PutItem and DeleteItem return the old item or nothing. Throws ValidationException. */
export function checkOldValuesOnly({ ReturnValues: wanted }: ReturnParameters): void {
  if (wanted === undefined || wanted === null || wanted === 'NONE' || wanted === 'ALL_OLD') return
  throw new ValidationException('Return values set to invalid value')
}
