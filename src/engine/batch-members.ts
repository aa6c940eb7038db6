// What BatchGetItem and BatchWriteItem check of their members before they look for tables, in AWS's order and texts
// (dynalite, validations/batch*.js; paritysuite/dynamodb-conformance, tests/tier3/error-messages/batch*.test.ts and
// validation-ordering/batchOperations.test.ts, October 2026).
import type { AttributeMap } from '../model/attribute-value.ts'
import { ValidationException } from '../model/errors.ts'
import { MAX_BATCH_GET_KEYS, MAX_BATCH_WRITE_REQUESTS } from '../model/limits.ts'
import { toWireMap } from '../model/wire.ts'
import type { ReturnConsumedCapacity } from './capacity.ts'
import { Constraints, NAME_PATTERN, RETURN_CONSUMED_CAPACITY, RETURN_ITEM_COLLECTION_METRICS } from './constraints.ts'
import type { ReturnItemCollectionMetrics } from './item-collection-metrics.ts'
import { javaRequestItems, type PrintedWrite } from './java-text.ts'
import { checkAttributesToGetShape } from './legacy-parameters.ts'
import type { ProjectionParameters } from './read-projection.ts'
import { memberFailure, refuseAll } from './request-checks.ts'
import { tableNameOf } from './table-row.ts'

const KEYS_CONSTRAINT =
  'Map keys must satisfy constraint: [Member must have length less than or equal to 255, ' +
  'Member must have length greater than or equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]'
const AT_LEAST_ONE = 'Member must have length greater than or equal to 1'

interface BatchGetMembers {
  readonly RequestItems: { readonly [tableName: string]: ProjectionParameters & { readonly Keys: readonly AttributeMap[] } }
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}

/** Throws ValidationException, SerializationException. */
export function checkBatchGetMembers({ RequestItems: items, ReturnConsumedCapacity: capacity }: BatchGetMembers): void {
  const constraints = new Constraints()
  if (constraints.map('requestItems', items)) {
    const parts = Object.entries(items)
    if (parts.length === 0) refuseAll([memberFailure('RequestItems', AT_LEAST_ONE)])
    if (!parts.every(([name]) => isTableName(name))) constraints.fail('requestItems', printedGets(items), KEYS_CONSTRAINT)
    for (const [name, part] of parts) {
      const path = `requestItems.${name}.member`
      if (!constraints.map(path, part) || !constraints.list(`${path}.keys`, part.Keys)) continue
      checkAttributesToGetShape(constraints, part.AttributesToGet, `${path}.attributesToGet`)
    }
  }
  constraints.oneOf('returnConsumedCapacity', capacity, RETURN_CONSUMED_CAPACITY)
  constraints.done()
  let count = 0
  for (const [name, { Keys: keys }] of Object.entries(items)) {
    const member = `RequestItems.${name}.member.Keys`
    if (keys.length === 0) refuseAll([memberFailure(member, AT_LEAST_ONE)])
    if (keys.length > MAX_BATCH_GET_KEYS) refuseAll([memberFailure(member, `Member must have length less than or equal to ${MAX_BATCH_GET_KEYS}`)])
    count += keys.length
  }
  if (count > MAX_BATCH_GET_KEYS) throw new ValidationException('Too many items requested for the BatchGetItem call')
}

interface BatchWriteMembers {
  readonly RequestItems: { readonly [tableName: string]: readonly PrintedWrite[] }
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
}

/** Throws ValidationException, SerializationException. */
export function checkBatchWriteMembers(input: BatchWriteMembers): void {
  const constraints = new Constraints()
  constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
  constraints.oneOf('returnItemCollectionMetrics', input.ReturnItemCollectionMetrics, RETURN_ITEM_COLLECTION_METRICS)
  const { RequestItems: items } = input
  if (constraints.map('requestItems', items)) {
    for (const [name, list] of Object.entries(items)) {
      if (constraints.list('requestItems.member', list)) checkRequests(constraints, `requestItems.${name}.member`, list)
    }
  }
  constraints.done()
  const parts = Object.entries(items)
  if (parts.length === 0) refuseAll([memberFailure('RequestItems', AT_LEAST_ONE)])
  // Both give way to the enumerations.
  if (!parts.every(([name]) => isTableName(name))) constraints.fail('requestItems', javaRequestItems(items), KEYS_CONSTRAINT)
  if (parts.some(([, list]) => list.length === 0 || list.length > MAX_BATCH_WRITE_REQUESTS)) {
    const bounds = `[Member must have length less than or equal to ${MAX_BATCH_WRITE_REQUESTS}, ${AT_LEAST_ONE}]`
    constraints.fail('requestItems', javaRequestItems(items), `Map value must satisfy constraint: ${bounds}`)
  }
  constraints.done()
  const count = parts.reduce((sum, [, list]) => sum + list.length, 0)
  if (count > MAX_BATCH_WRITE_REQUESTS) throw new ValidationException('Too many items requested for the BatchWriteItem call')
}

function checkRequests(constraints: Constraints, path: string, list: readonly PrintedWrite[]): void {
  list.forEach((request, at) => {
    const member = `${path}.${at + 1}.member`
    if (!constraints.map(member, request)) return
    const { PutRequest: put, DeleteRequest: remove } = request
    if (put !== undefined && put !== null && constraints.map(`${member}.putRequest`, put)) constraints.notNull(`${member}.putRequest.item`, put.Item)
    if (remove !== undefined && remove !== null && constraints.map(`${member}.deleteRequest`, remove)) {
      constraints.notNull(`${member}.deleteRequest.key`, remove.Key)
    }
  })
}

function isTableName(nameOrArn: string): boolean {
  const name = tableNameOf(nameOrArn)
  return name.length >= 3 && name.length <= 255 && NAME_PATTERN.test(name)
}

/** The map as the JSON that it came as. */
function printedGets(items: BatchGetMembers['RequestItems']): object {
  const printed = Object.entries(items).map(([name, part]) => {
    const keys = Array.isArray(part?.Keys) ? part.Keys.map((key) => toWireMap(key)) : part?.Keys
    return [name, { ...part, Keys: keys }]
  })
  return Object.fromEntries(printed) as object
}
