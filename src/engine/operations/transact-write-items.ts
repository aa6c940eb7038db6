// TransactWriteItems: up to 100 actions on as many items of any tables, all or nothing, once per ClientRequestToken.
// The token's record is settled in the transaction's own step, so it is exactly as durable as what it stands for (T1).
import { IdempotentParameterMismatchException } from '../../model/errors.ts'
import { REQUEST_TOKEN_LIFETIME_MS } from '../../model/limits.ts'
import { AlreadySettled } from '../../storage/keyspace.ts'
import type { WriteStep } from '../../storage/write-step.ts'
import type { ConsumedCapacity, ReturnConsumedCapacity } from '../capacity.ts'
import { Constraints, RETURN_CONSUMED_CAPACITY, RETURN_ITEM_COLLECTION_METRICS } from '../constraints.ts'
import type { EngineCore } from '../engine-core.ts'
import type { ItemAction } from '../item-action.ts'
import type { Operation } from '../operation.ts'
import { textHash } from '../../model/text-hash.ts'
import { reportCollections, type ItemCollectionMetrics, type ReturnItemCollectionMetrics } from '../item-collection-metrics.ts'
import { readItems } from '../read-item.ts'
import { lookInto, worded } from '../request-checks.ts'
import {
  actionsOf,
  applyTransaction,
  checkTransactShapes,
  collectionWrites,
  transactionCapacity,
  type TransactWriteItem,
} from '../transaction.ts'

export interface TransactWriteItemsInput {
  readonly TransactItems: readonly TransactWriteItem[]
  readonly ClientRequestToken?: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  readonly ReturnItemCollectionMetrics?: ReturnItemCollectionMetrics
}
export interface TransactWriteItemsOutput {
  readonly ConsumedCapacity?: readonly ConsumedCapacity[]
  readonly ItemCollectionMetrics?: { readonly [tableName: string]: readonly ItemCollectionMetrics[] }
}

/**
 * AWS page: TransactWriteItems. Throws ValidationException, ResourceNotFoundException, TransactionCanceledException,
 * IdempotentParameterMismatchException.
 */
export const transactWriteItems: Operation<TransactWriteItemsInput, TransactWriteItemsOutput> = {
  name: 'TransactWriteItems',
  kind: 'write',
  async run(engine, input, context) {
    const actions = worded('older', () => {
      checkShape(input)
      if (context.invalidValue === undefined) return actionsOf(input.TransactItems)
      refuseInTurn(input.TransactItems)
      throw context.invalidValue
    })
    const token = tokenOf(input)
    const transactionId = engine.environment.randomUuid()
    try {
      return await engine.write(context, (write) => {
        if (token !== undefined) settleToken(write, token)
        const applied = applyTransaction(engine, write, actions, transactionId)
        return {
          ...transactionCapacity(applied, input.ReturnConsumedCapacity, 'write'),
          ...reportCollections(write, collectionWrites(actions, applied), input.ReturnItemCollectionMetrics),
        }
      })
    } catch (error) {
      if (token === undefined || !(error instanceof AlreadySettled) || error.settlement.id !== token.id) throw error
      if (error.settlement.text !== token.hash) throw tokenReused()
      return replay(engine, actions, input.ReturnConsumedCapacity)
    }
  },
}

/**
 * Action by action: what is wrong with an earlier one goes before a value that is none in a later one; in an item, an empty
 * name goes before such a value, and the value before a name inside of others (paritysuite/dynamodb-conformance,
 * tests/tier3/validation-ordering/deepRequests.test.ts, October 2026). Throws ValidationException.
 */
function refuseInTurn(items: readonly TransactWriteItem[]): void {
  for (const item of items) {
    const written = item.Put?.Item
    if (written !== undefined && !Object.hasOwn(written, '')) lookInto(Object.values(written))
    actionsOf([item])
  }
}

function checkShape(input: TransactWriteItemsInput): void {
  const { ClientRequestToken: token } = input
  const constraints = new Constraints()
  constraints.length('clientRequestToken', token ?? undefined, 1, MAX_TOKEN_LENGTH)
  constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
  constraints.oneOf('returnItemCollectionMetrics', input.ReturnItemCollectionMetrics, RETURN_ITEM_COLLECTION_METRICS)
  checkTransactShapes(constraints, input.TransactItems, 1)
  constraints.done()
}

const MAX_TOKEN_LENGTH = 36

/** A request's token as the store keeps it. */
export interface Token {
  readonly id: string
  readonly hash: string
}

export function tokenOf(input: { readonly ClientRequestToken?: string; readonly TransactItems: object }): Token | undefined {
  const { ClientRequestToken: token, TransactItems: items } = input
  return token === undefined || token === null ? undefined : { id: `token/${token}`, hash: textHash(JSON.stringify(items)) }
}

/** First in the step: where the token is known, nothing else may be looked at. Throws AlreadySettled. */
export function settleToken(write: WriteStep, { id, hash }: Token): void {
  write.settle({ id, text: hash, expiresAt: write.committedAt + REQUEST_TOKEN_LIFETIME_MS })
}

export function tokenReused(): IdempotentParameterMismatchException {
  return new IdempotentParameterMismatchException(
    'DynamoDB rejected the request because you retried a request with a different payload but with an idempotent token that was already used.',
  )
}

/** A replay answers as the first time, but tells the capacity of reads. */
export async function replay(
  engine: EngineCore,
  actions: readonly ItemAction[],
  detail: ReturnConsumedCapacity | undefined,
): Promise<TransactWriteItemsOutput> {
  if (detail === undefined || detail === 'NONE') return {}
  return engine.read((reader) => {
    const located = actions.map((action) => {
      const tableName = action.input.TableName
      const table = engine.catalog.mustGetTable(tableName)
      return { tableName, table, key: action.keyIn(table) }
    })
    const items = readItems(reader, located.map(({ key }) => key))
    const found = located.map(({ tableName, table }, at) => ({ tableName, table, oldItem: undefined, newItem: items[at] }))
    return { ...transactionCapacity(found, detail, 'read') }
  })
}
