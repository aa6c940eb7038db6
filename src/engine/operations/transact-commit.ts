// TransactCommit (native): what an interactive transaction wrote, with everything that it read. If anything read has
// changed since, keys and the gaps of ranges included, it is refused whole and the client runs its body again.
// The order of checks matters: reads first, since conditions that no longer hold are explained by a conflict.
import type { AttributeMap } from '../../model/attribute-value.ts'
import { TransactionConflictException } from '../../model/errors.ts'
import { AlreadySettled } from '../../storage/keyspace.ts'
import type { WriteStep } from '../../storage/write-step.ts'
import type { ConsumedCapacity, ReturnConsumedCapacity } from '../capacity.ts'
import { canonicalMap } from '../canonical-map.ts'
import { Constraints } from '../constraints.ts'
import type { EngineCore } from '../engine-core.ts'
import type { Operation } from '../operation.ts'
import { queryRange } from '../query-range.ts'
import { actionsOf, applyTransaction, checkTransactShapes, transactionCapacity, type TransactWriteItem } from '../transaction.ts'
import type { QueryInput } from './query.ts'
import type { ScanInput } from './scan.ts'
import { replay, settleToken, tokenOf, tokenReused } from './transact-write-items.ts'

/** Stamps and epoch are those of the answers to the reads, which had ReturnStamp. */
export interface TransactReads {
  /** Without meaning where nothing was read. */
  readonly epoch: number
  /** A GetItem each. */
  readonly keys: readonly { readonly TableName: string; readonly Key: AttributeMap; readonly Stamp: number }[]
  /** A page of a Query or Scan each: its input, with its ExclusiveStartKey, and its answer's LastEvaluatedKey. */
  readonly ranges: readonly { readonly Input: QueryInput | ScanInput; readonly Stamp: number; readonly LastEvaluatedKey?: AttributeMap }[]
}
export interface TransactCommitInput {
  /** May be empty: then only the reads are validated. */
  readonly TransactItems: readonly TransactWriteItem[]
  readonly Reads: TransactReads
  readonly ClientRequestToken?: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}
export interface TransactCommitOutput {
  readonly ConsumedCapacity?: readonly ConsumedCapacity[]
}

/** Throws TransactionConflictException where a read no longer holds; all else as TransactWriteItems. */
export const transactCommit: Operation<TransactCommitInput, TransactCommitOutput> = {
  name: 'TransactCommit',
  kind: 'write',
  async run(engine, input, context) {
    const constraints = new Constraints()
    checkTransactShapes(constraints, input.TransactItems, 0)
    if (constraints.map('reads', input.Reads)) {
      constraints.list('reads.keys', input.Reads.keys)
      constraints.list('reads.ranges', input.Reads.ranges)
    }
    constraints.done()
    const actions = actionsOf(input.TransactItems)
    const token = tokenOf(input)
    const transactionId = engine.environment.randomUuid()
    try {
      return await engine.write(context, (write) => {
        if (token !== undefined) settleToken(write, token)
        if (!readsHold(engine, write, input.Reads)) {
          throw new TransactionConflictException('Something that the transaction has read was changed meanwhile')
        }
        const applied = applyTransaction(engine, write, actions, transactionId)
        return { ...transactionCapacity(applied, input.ReturnConsumedCapacity, 'write') }
      })
    } catch (error) {
      if (token === undefined || !(error instanceof AlreadySettled) || error.settlement.id !== token.id) throw error
      if (error.settlement.text !== token.hash) throw tokenReused()
      return replay(engine, actions, input.ReturnConsumedCapacity)
    }
  },
}

function readsHold(engine: EngineCore, write: WriteStep, { epoch, keys, ranges }: TransactReads): boolean {
  if (keys.length === 0 && ranges.length === 0) return true
  return write.validate({
    epoch,
    keys: keys.map(({ TableName, Key, Stamp }) => ({ key: engine.catalog.mustGetTable(TableName).keyOf(canonicalMap(Key)), stamp: Stamp })),
    ranges: ranges.flatMap(({ Input, Stamp, LastEvaluatedKey }) =>
      queryRange(engine, Input, LastEvaluatedKey).map((range) => ({ range, stamp: Stamp })),
    ),
  })
}
