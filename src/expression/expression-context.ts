// All expressions of one request and the names and values that they share. Parsed trees are kept by text, so that a
// request with a known text costs no parsing.
import type { AttributeMap } from '../model/attribute-value.ts'
import { ValidationException } from '../model/errors.ts'
import { Aliases, type ExpressionNames } from './aliases.ts'
import { bindCondition, bindProjection, bindUpdate } from './bind.ts'
import { LruCache } from './lru-cache.ts'
import { parseCondition } from './parse-condition.ts'
import { parseProjection } from './parse-projection.ts'
import { parseUpdate } from './parse-update.ts'
import type { Condition, ExpressionParameter, Projection, Update } from './tree.ts'

const MAX_CACHED_TEXTS = 512

// Parse errors name the parameter, so each has its own.
const conditions = new LruCache(MAX_CACHED_TEXTS, (text) => parseCondition('ConditionExpression', text))
const filters = new LruCache(MAX_CACHED_TEXTS, (text) => parseCondition('FilterExpression', text))
const keyConditions = new LruCache(MAX_CACHED_TEXTS, (text) => parseCondition('KeyConditionExpression', text))
const searchConditions = new LruCache(MAX_CACHED_TEXTS, (text) => parseCondition('SearchConditionExpression', text))
const updates = new LruCache(MAX_CACHED_TEXTS, parseUpdate)
const projections = new LruCache(MAX_CACHED_TEXTS, parseProjection)

/**
 * DynamoDB's order of validation: make the context; then ask for update, condition, key condition, filter and
 * projection, as the request has them; then `finish`. All of it throws ValidationException with DynamoDB's texts.
 */
export class ExpressionContext {
  private readonly aliases: Aliases

  constructor(names?: ExpressionNames, values?: AttributeMap) {
    this.aliases = new Aliases(names, values)
  }

  update(text: string): Update {
    return bindUpdate(this.aliases, updates.get(text))
  }

  condition(text: string): Condition {
    return bindCondition('ConditionExpression', this.aliases, conditions.get(text))
  }

  /** For `splitKeyCondition`, after `finish`. */
  keyCondition(text: string): Condition {
    return bindCondition('KeyConditionExpression', this.aliases, keyConditions.get(text))
  }

  /** For `equalitiesOf` (search-condition.ts), after `finish`. */
  searchCondition(text: string): Condition {
    return bindCondition('SearchConditionExpression', this.aliases, searchConditions.get(text))
  }

  filter(text: string): Condition {
    return bindCondition('FilterExpression', this.aliases, filters.get(text))
  }

  projection(text: string): Projection {
    return bindProjection(this.aliases, projections.get(text))
  }

  /** Refuses names and values that no expression used. */
  finish(): void {
    this.aliases.checkUsed()
  }
}

/** The members of a request that go together with its expressions. */
export type ExpressionInput = { readonly [parameter: string]: unknown }

/**
 * Which parameters go together. `expressions`: the operation's expression parameters, in the order in which its page
 * lists them; `legacy`: those from before expressions. Throws ValidationException; comes before anything else.
 */
export function checkExpressionParameters(
  input: ExpressionInput,
  expressions: readonly ExpressionParameter[],
  legacy: readonly string[] = [],
): void {
  const given = (parameter: string) => input[parameter] !== undefined && input[parameter] !== null
  const present = expressions.filter(given)
  const presentLegacy = legacy.filter(given)
  if (present.length > 0 && presentLegacy.length > 0) {
    throw new ValidationException(
      'Can not use both expression and non-expression parameters in the same request: ' +
        `Non-expression parameters: {${presentLegacy.join(', ')}} Expression parameters: {${present.join(', ')}}`,
    )
  }
  if (given('ExpressionAttributeNames') && present.length === 0) {
    throw new ValidationException('ExpressionAttributeNames can only be specified when using expressions')
  }
  const takingValues = expressions.filter((parameter) => parameter !== 'ProjectionExpression')
  if (given('ExpressionAttributeValues') && takingValues.length > 0 && !takingValues.some(given)) {
    const message = 'ExpressionAttributeValues can only be specified when using expressions'
    // Writes no longer say which expression is missing.
    if (!expressions.includes('FilterExpression') && !expressions.includes('SearchConditionExpression')) throw new ValidationException(message)
    throw new ValidationException(`${message}: ${takingValues.join(' and ')} ${takingValues.length > 1 ? 'are' : 'is'} null`)
  }
}
