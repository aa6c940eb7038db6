// Condition, update and return parameters that item writes share: PutItem, UpdateItem, DeleteItem and the actions of
// transactions. Expressions come as DynamoDB's strings, as its parameters from before expressions or, from the native
// client, as plain data; never as two of these.
import type { AttributeMap } from '../model/attribute-value.ts'
import { ConditionalCheckFailedException, ValidationException } from '../model/errors.ts'
import type { Item } from '../model/item.ts'
import { compileCondition as compileConditionData, compileUpdate as compileUpdateData } from '../expression/compile-data.ts'
import type { ConditionData, UpdateData } from '../expression/data.ts'
import { evaluateCondition } from '../expression/evaluate-condition.ts'
import { ExpressionContext } from '../expression/expression-context.ts'
import type { Condition, Update } from '../expression/tree.ts'
import { canonicalMap } from './canonical-map.ts'
import {
  compileAttributeUpdates,
  compileExpected,
  type AttributeUpdates,
  type ConditionalOperator,
  type ExpectedAttributes,
} from './legacy-parameters.ts'
import { checkConditionLiterals, checkUpdateLiterals } from './native-literals.ts'

export type ReturnValuesOnConditionCheckFailure = 'ALL_OLD' | 'NONE'

/** What a condition needs. */
export interface ConditionParameters {
  readonly ConditionExpression?: string
  /** Legacy: instead of the expression; not in transactions. */
  readonly Expected?: ExpectedAttributes
  readonly ConditionalOperator?: ConditionalOperator
  readonly ExpressionAttributeNames?: { readonly [placeholder: string]: string }
  readonly ExpressionAttributeValues?: AttributeMap
  /** Native: instead of the expression. */
  readonly Condition?: ConditionData
  readonly ReturnValuesOnConditionCheckFailure?: ReturnValuesOnConditionCheckFailure
}
export interface UpdateParameters extends ConditionParameters {
  readonly UpdateExpression?: string
  /** Legacy: instead of the expression; not in transactions. */
  readonly AttributeUpdates?: AttributeUpdates
  /** Native: instead of the expression. */
  readonly Update?: UpdateData
}

const NO_ATTRIBUTES: AttributeMap = {}

/**
 * Throws ValidationException with DynamoDB's texts. Names and values without an expression are of no consequence here:
 * PutItem and its kin have refused them (`checkWriteMembers`), transactions take them.
 */
export function compileCondition(input: ConditionParameters): Condition | undefined {
  const { ConditionExpression: text, Expected: expected, Condition: data } = input
  if (isAbsent(text)) return isAbsent(expected) ? compileData(data) : compileExpected(expected, input.ConditionalOperator)
  refuseBoth(data, 'Condition')
  const context = contextOf(input)
  const condition = context.condition(text)
  context.finish()
  return condition
}

/** Throws as `compileCondition`. */
export function compileUpdate(input: UpdateParameters): { readonly update: Update | undefined; readonly condition: Condition | undefined } {
  const { Update: data, UpdateExpression: text, ConditionExpression: conditionText, AttributeUpdates: legacy } = input
  if (data !== undefined || (isAbsent(text) && isAbsent(conditionText))) {
    if (!isAbsent(text)) refuseBoth(data, 'Update')
    if (data !== undefined) checkUpdateLiterals(data)
    const update = data === undefined ? undefined : compileUpdateData(data)
    return { update: isAbsent(legacy) ? update : compileAttributeUpdates(legacy), condition: compileCondition(input) }
  }
  refuseBoth(input.Condition, 'Condition')
  const context = contextOf(input)
  const update = isAbsent(text) ? undefined : context.update(text)
  const condition = isAbsent(conditionText) ? undefined : context.condition(conditionText)
  context.finish()
  return { update, condition }
}

function contextOf({ ExpressionAttributeNames: names, ExpressionAttributeValues: values }: ConditionParameters): ExpressionContext {
  return new ExpressionContext(names ?? undefined, isAbsent(values) ? undefined : canonicalMap(values))
}

function isAbsent(value: unknown): value is undefined {
  return value === undefined || value === null
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
