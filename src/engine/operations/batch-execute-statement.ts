// BatchExecuteStatement: up to 25 statements, all reads or all writes, each for itself: what one of them does wrong is told
// in its place of the answer. Reads see one durable state; writes are made in one step, one after the other.
import type { AttributeMap } from '../../model/attribute-value.ts'
import { HoldfastException, ValidationException } from '../../model/errors.ts'
import type { Item } from '../../model/item.ts'
import { MAX_BATCH_STATEMENTS } from '../../model/limits.ts'
import { statementKind, type SelectStatement, type Statement, type WriteStatement } from '../../expression/partiql/translate-statement.ts'
import type { Reader } from '../../storage/store.ts'
import { CapacityMeter, writeUnits, type ConsumedCapacity, type ReturnConsumedCapacity } from '../capacity.ts'
import { Constraints, RETURN_CONSUMED_CAPACITY } from '../constraints.ts'
import type { EngineCore } from '../engine-core.ts'
import type { ItemAction } from '../item-action.ts'
import type { Operation, RequestContext } from '../operation.ts'
import { lookInto } from '../request-checks.ts'
import { readItem } from '../read-item.ts'
import { columnsOf, planSelect } from '../select-plan.ts'
import { actionOf, keyedSelect, returnedItem, runStatementAction } from '../statement-actions.ts'
import { checkStatementShape, parametersOf, statementOf, type StatementInput } from '../statement-input.ts'
import type { Table } from '../table.ts'

export interface BatchStatement extends StatementInput {
  readonly ConsistentRead?: boolean
}
export interface BatchExecuteStatementInput {
  readonly Statements: readonly BatchStatement[]
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}
export interface BatchStatementError {
  readonly Code: string
  readonly Message: string
  /** With ReturnValuesOnConditionCheckFailure. */
  readonly Item?: object
}
export interface BatchStatementResponse {
  readonly TableName?: string
  readonly Item?: Item
  readonly Error?: BatchStatementError
}
export interface BatchExecuteStatementOutput {
  /** In the order of the request. */
  readonly Responses: readonly BatchStatementResponse[]
  readonly ConsumedCapacity?: readonly ConsumedCapacity[]
}

/** A statement that can be run, or why not. */
type Member<S extends Statement> = { readonly input: BatchStatement; readonly statement: S } | { readonly error: HoldfastException }
/** A member on its table: the storage key of its one item, to find two of the same. */
type Bound<Work> = { readonly table: Table; readonly key: string; readonly work: Work } | BatchStatementResponse

const ERROR_CODES: { readonly [name: string]: string } = {
  ConditionalCheckFailedException: 'ConditionalCheckFailed',
  ItemCollectionSizeLimitExceededException: 'ItemCollectionSizeLimitExceeded',
  RequestLimitExceeded: 'RequestLimitExceeded',
  ValidationException: 'ValidationError',
  SerializationException: 'ValidationError',
  ProvisionedThroughputExceededException: 'ProvisionedThroughputExceeded',
  TransactionConflictException: 'TransactionConflict',
  ThrottlingException: 'ThrottlingError',
  ResourceNotFoundException: 'ResourceNotFound',
  AccessDeniedException: 'AccessDenied',
  DuplicateItemException: 'DuplicateItem',
}
/** The index id under which a failed write counts: in the table's total, on no line of its own. */
const FAILED = -1

/** AWS page: BatchExecuteStatement. Throws ValidationException for what concerns the batch as a whole. */
export const batchExecuteStatement: Operation<BatchExecuteStatementInput, BatchExecuteStatementOutput> = {
  name: 'BatchExecuteStatement',
  kind: 'write',
  async run(engine, input, context) {
    checkShape(input)
    checkOneKind(input.Statements)
    const members = input.Statements.map((statement) => memberOf(statement, context))
    const isRead = members.some((member) => 'statement' in member && member.statement.kind === 'select')
    if (isRead) return engine.read((reader) => runReads(engine, reader, members as readonly Member<SelectStatement>[], input))
    return runWrites(engine, members as readonly Member<WriteStatement>[], input, context)
  },
}

function checkShape(input: BatchExecuteStatementInput): void {
  const constraints = new Constraints()
  if (constraints.list('statements', input.Statements)) {
    constraints.length('statements', input.Statements, 1, MAX_BATCH_STATEMENTS)
    input.Statements.forEach((statement, at) => {
      const path = `statements.${at + 1}.member`
      if (constraints.map(path, statement)) checkStatementShape(constraints, `${path}.`, statement)
    })
  }
  constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
  constraints.done()
}

/** What can't be parsed takes no part in it. */
function checkOneKind(statements: readonly BatchStatement[]): void {
  const kinds = new Set(
    statements.map(({ Statement: text }) => {
      try {
        return statementKind(text)
      } catch {
        return undefined
      }
    }),
  )
  if (kinds.has('read') && kinds.has('write')) {
    throw new ValidationException('Read and write requests together in the same batch is not supported.')
  }
}

/** A parameter that is no value fails its own statement. */
function memberOf(input: BatchStatement, context: RequestContext): Member<SelectStatement | WriteStatement> {
  try {
    if (context.invalidValue !== undefined) lookInto(input.Parameters)
    const statement = statementOf(input, parametersOf(input))
    if (statement.kind !== 'exists') return { input, statement }
    throw new ValidationException('EXISTS can only be used in ExecuteTransaction write requests.')
  } catch (error) {
    return { error: mustBeOurs(error) }
  }
}

/** Anything but an answer to the caller goes on: page faults above all. */
function mustBeOurs(error: unknown): HoldfastException {
  if (error instanceof HoldfastException && Object.hasOwn(ERROR_CODES, error.name)) return error
  throw error
}

function errorResponse(error: HoldfastException, tableName: string | undefined): BatchStatementResponse {
  const { item } = error as { readonly item?: object }
  return {
    ...(tableName === undefined ? undefined : { TableName: tableName }),
    Error: {
      Code: ERROR_CODES[error.name] ?? 'InternalServerError',
      Message: error.message,
      ...(item === undefined ? undefined : { Item: item }),
    },
  }
}

/** On its table, as far as can be told without its item. TableName is told once the statement has come to its table. */
function bind<S extends Statement, Work>(
  engine: EngineCore,
  member: Member<S>,
  workOf: (statement: S, table: Table, input: BatchStatement) => { readonly key: string; readonly work: Work },
): Bound<Work> {
  if ('error' in member) return errorResponse(member.error, undefined)
  const { statement, input } = member
  try {
    const table = engine.catalog.mustGetTable(statement.tableName)
    return { table, ...workOf(statement, table, input) }
  } catch (error) {
    const ours = mustBeOurs(error)
    return errorResponse(ours, ours.name === 'ResourceNotFoundException' ? statement.tableName : undefined)
  }
}

function refuseDuplicates(bound: readonly Bound<unknown>[]): void {
  const keys = bound.flatMap((each) => ('work' in each ? [each.key] : []))
  if (new Set(keys).size < keys.length) throw new ValidationException('Provided list of item keys contains duplicates')
}

function runReads(
  engine: EngineCore,
  reader: Reader,
  members: readonly Member<SelectStatement>[],
  { ReturnConsumedCapacity: detail }: BatchExecuteStatementInput,
): BatchExecuteStatementOutput {
  const bound = members.map((member) =>
    bind(engine, member, (statement, table, input) => {
      const plan = planSelect(statement, table, input.ConsistentRead === true)
      const key = keyedSelect(statement, table)
      if (key === undefined) {
        throw new ValidationException('Select statements within BatchExecuteStatement must specify the primary key in the where clause.')
      }
      return { key: table.keyOf(key), work: { columns: plan.columns, factor: input.ConsistentRead === true ? 1 : 0.5 } }
    }),
  )
  refuseDuplicates(bound)
  const meters = new Meters()
  const responses = bound.map((each): BatchStatementResponse => {
    if (!('work' in each)) return each
    const { table, key, work } = each
    const item = readItem(reader, key)
    meters.of(table).addRead(item?.size ?? 0, work.factor)
    const seen = item === undefined || work.columns === undefined ? item : columnsOf(work.columns, item)
    return { TableName: table.name, ...(seen === undefined ? undefined : { Item: seen }) }
  })
  return { Responses: responses, ...meters.report(detail) }
}

function runWrites(
  engine: EngineCore,
  members: readonly Member<WriteStatement>[],
  { ReturnConsumedCapacity: detail }: BatchExecuteStatementInput,
  context: RequestContext,
): Promise<BatchExecuteStatementOutput> {
  return engine.write(context, (write) => {
    const bound = members.map((member) =>
      bind(engine, member, (statement, table, input) => {
        const action = actionOf(statement, table, input)
        return { key: action.keyIn(table), work: { action, statement } }
      }),
    )
    refuseDuplicates(bound)
    const meters = new Meters()
    const responses = bound.map((each): BatchStatementResponse => {
      if (!('work' in each)) return each
      const { table, key, work } = each
      try {
        // Throws before it writes, or not at all.
        const result = runStatementAction(engine, write, work.action)
        meters.of(table).addWrite(result.oldItem, result.newItem)
        const item = returnedItem(work.statement, result)
        return { TableName: table.name, ...(item === undefined ? undefined : { Item: item }) }
      } catch (error) {
        const ours = mustBeOurs(error)
        meters.of(table).add(FAILED, failedUnits(readItem(write, key), work.action))
        return errorResponse(ours, table.name)
      }
    })
    return { Responses: responses, ...meters.report(detail) }
  })
}

/** A failed write costs what is there, or what was to be. */
function failedUnits(oldItem: Item | undefined, action: ItemAction): number {
  const { Item: item } = action.input as { readonly Item?: AttributeMap }
  const attempted = item === undefined ? 0 : (action as { readonly item?: Item }).item?.size ?? 0
  return writeUnits(Math.max(oldItem?.size ?? 0, attempted))
}

/** Per table, in the order in which the tables come. */
class Meters {
  readonly #meters = new Map<Table, CapacityMeter>()

  of(table: Table): CapacityMeter {
    let meter = this.#meters.get(table)
    if (meter === undefined) this.#meters.set(table, (meter = new CapacityMeter(table)))
    return meter
  }

  report(detail: ReturnConsumedCapacity | undefined): { readonly ConsumedCapacity?: readonly ConsumedCapacity[] } | undefined {
    if (detail === undefined || detail === 'NONE') return undefined
    return { ConsumedCapacity: [...this.#meters.values()].flatMap((meter) => meter.report(detail) ?? []) }
  }
}
