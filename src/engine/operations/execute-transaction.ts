// ExecuteTransaction: up to 100 statements, all or nothing: reads of single items from one durable state, or writes and
// EXISTS checks through the one transaction path (transaction.ts), once per ClientRequestToken.
import type { AttributeMap } from '../../model/attribute-value.ts'
import { attributeOf, typeOf } from '../../model/attribute.ts'
import { ValidationException, type CancellationReason } from '../../model/errors.ts'
import type { Item } from '../../model/item.ts'
import { MAX_TRANSACTION_ITEMS } from '../../model/limits.ts'
import { keyAttributes } from '../../model/table.ts'
import { textHash } from '../../model/text-hash.ts'
import { statementKind, translateColumns, type Column, type SelectStatement, type Statement } from '../../expression/partiql/translate-statement.ts'
import { AlreadySettled } from '../../storage/keyspace.ts'
import type { Reader } from '../../storage/store.ts'
import type { ConsumedCapacity, ReturnConsumedCapacity } from '../capacity.ts'
import { Constraints, RETURN_CONSUMED_CAPACITY } from '../constraints.ts'
import type { EngineCore } from '../engine-core.ts'
import type { ItemAction } from '../item-action.ts'
import type { Operation, RequestContext } from '../operation.ts'
import { readItems } from '../read-item.ts'
import { tableSource } from '../read-page.ts'
import { branchesOf, columnsOf } from '../select-plan.ts'
import { actionOf, existsAction, keyedSelect, keyedWhere } from '../statement-actions.ts'
import { checkStatementShape, parametersOf, statementOf, type StatementInput } from '../statement-input.ts'
import type { Table } from '../table.ts'
import { applyTransaction, cancelUnlessAllHold, checkTransactionSize, SAME_ITEM, transactionCapacity } from '../transaction.ts'
import { replay, settleToken, tokenReused, type Token } from './transact-write-items.ts'

export interface ExecuteTransactionInput {
  readonly TransactStatements: readonly StatementInput[]
  readonly ClientRequestToken?: string
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}
export interface ExecuteTransactionOutput {
  /** Of reads one per statement, empty for an item that does not exist; of writes none. */
  readonly Responses: readonly { readonly Item?: Item }[]
  readonly ConsumedCapacity?: readonly ConsumedCapacity[]
}

interface Member {
  readonly input: StatementInput
  readonly statement: Statement
}
const NONE: CancellationReason = { code: 'None' }
const NO_TABLE: CancellationReason = { code: 'ResourceNotFound', message: 'Requested resource not found' }
const WRONG_KEY: CancellationReason = { code: 'ValidationError', message: 'The provided key element does not match the schema' }

/**
 * AWS page: ExecuteTransaction. Throws ValidationException, TransactionCanceledException,
 * IdempotentParameterMismatchException.
 */
export const executeTransaction: Operation<ExecuteTransactionInput, ExecuteTransactionOutput> = {
  name: 'ExecuteTransaction',
  kind: 'write',
  async run(engine, input, context) {
    checkShape(input)
    if (context.invalidValue !== undefined) throw context.invalidValue
    const parameters = input.TransactStatements.map(parametersOf)
    const kinds = new Set(input.TransactStatements.map(({ Statement: text }, at) => inMember(at, () => statementKind(text))))
    if (kinds.has('read') && (kinds.has('write') || kinds.has('exists'))) {
      throw new ValidationException('ExecuteTransaction API does not support both read and write operations in the same request.')
    }
    const members = input.TransactStatements.map((statement, at): Member => ({
      input: statement,
      statement: inMember(at, () => statementOf(statement, parameters[at] ?? [])),
    }))
    if (kinds.has('read')) return engine.read((reader) => runReads(engine, reader, members, input))
    return runWrites(engine, members, input, context)
  },
}

function checkShape(input: ExecuteTransactionInput): void {
  const constraints = new Constraints()
  constraints.length('clientRequestToken', input.ClientRequestToken, 1, 36)
  constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
  if (constraints.list('transactStatements', input.TransactStatements)) {
    constraints.length('transactStatements', input.TransactStatements, 1, MAX_TRANSACTION_ITEMS)
    input.TransactStatements.forEach((statement, at) => {
      const path = `transactStatements.${at + 1}.member`
      if (constraints.map(path, statement)) checkStatementShape(constraints, `${path}.`, statement)
    })
  }
  constraints.done()
}

/** What is wrong with one statement, whatever its item, fails the request and says which statement it is. */
function inMember<T>(at: number, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ValidationException)) throw error
    throw new ValidationException(`Validation failed in TransactStatements[${at}]: ${error.message}`)
  }
}

/** Each member on its table; what only cancels the transaction is told when all members have been looked at. */
function bindAll<Work>(
  engine: EngineCore,
  members: readonly Member[],
  workOf: (member: Member, table: Table) => Work | CancellationReason,
): Work[] {
  const works: Work[] = []
  const reasons = members.map((member, at) => {
    const table = engine.catalog.getTable(member.statement.tableName)
    if (table === undefined) return NO_TABLE
    const work = inMember(at, () => workOf(member, table))
    if (isReason(work)) return work
    works.push(work)
    return NONE
  })
  cancelUnlessAllHold(reasons)
  return works
}

function isReason(work: unknown): work is CancellationReason {
  return typeof work === 'object' && work !== null && 'code' in work
}

// ── Reads

interface ReadWork {
  readonly table: Table
  readonly key: string
  readonly columns: readonly Column[] | undefined
}

function readWork({ statement }: Member, table: Table): ReadWork | CancellationReason {
  const select = statement as SelectStatement
  if (select.indexName !== undefined) throw new ValidationException('Reads on indices are not supported within transactions.')
  const columns = translateColumns(select)
  const branches = branchesOf(tableSource(table), select.where)
  branches.checkOverlap()
  branches.checkReads()
  const key = keyedSelect(select, table)
  if (key === undefined) {
    throw new ValidationException('Select statements within ExecuteTransaction must specify the primary key in the where clause.')
  }
  return hasKeyTypes(key, table) ? { table, key: table.keyOf(key), columns } : WRONG_KEY
}

function hasKeyTypes(key: AttributeMap, table: Table): boolean {
  return keyAttributes(table.schema).every(({ name, type }) => typeOf(attributeOf(key, name) ?? null) === type)
}

function runReads(
  engine: EngineCore,
  reader: Reader,
  members: readonly Member[],
  { ReturnConsumedCapacity: detail }: ExecuteTransactionInput,
): ExecuteTransactionOutput {
  const works = bindAll(engine, members, readWork)
  const keys = works.map(({ key }) => key)
  if (new Set(keys).size < keys.length) throw new ValidationException(SAME_ITEM)
  const items = readItems(reader, keys)
  checkTransactionSize(items)
  const read = works.map(({ table }, at) => ({ tableName: table.name, table, oldItem: undefined, newItem: items[at] }))
  const responses = works.map(({ columns }, at) => {
    const item = items[at]
    if (item === undefined) return {}
    return { Item: columns === undefined ? item : columnsOf(columns, item) }
  })
  return { Responses: responses, ...transactionCapacity(read, detail, 'read') }
}

// ── Writes

function writeWork({ input, statement }: Member, table: Table): ItemAction | CancellationReason {
  switch (statement.kind) {
    case 'select':
      throw new RangeError('Reads and writes are told apart before')
    case 'exists': {
      const action = existsAction(statement.select, table, input)
      return hasKeyTypes(keyedWhere(statement.select.where, table)?.key ?? {}, table) ? action : WRONG_KEY
    }
    case 'insert': {
      for (const { name } of keyAttributes(table.schema)) {
        if (attributeOf(statement.item, name) !== undefined) continue
        return { code: 'ValidationError', message: `One or more parameter values were invalid: Missing the key ${name} in the item` }
      }
      return hasKeyTypes(statement.item, table) ? actionOf(statement, table, input) : WRONG_KEY
    }
    default: {
      if (statement.returning !== undefined) throw new ValidationException('RETURNING clause is not supported in ExecuteTransaction.')
      const keyed = keyedWhere(statement.where, table)
      const isWhole = keyed !== undefined && keyed.conflicting === undefined && hasKeyTypes(keyed.key, table)
      return isWhole ? actionOf(statement, table, input) : WRONG_KEY
    }
  }
}

async function runWrites(
  engine: EngineCore,
  members: readonly Member[],
  input: ExecuteTransactionInput,
  context: RequestContext,
): Promise<ExecuteTransactionOutput> {
  const { ReturnConsumedCapacity: detail, ClientRequestToken: id } = input
  const token: Token | undefined =
    id === undefined ? undefined : { id: `token/${id}`, hash: textHash(JSON.stringify(input.TransactStatements)) }
  const transactionId = engine.environment.randomUuid()
  try {
    return await engine.write(context, (write) => {
      if (token !== undefined) settleToken(write, token)
      const applied = applyTransaction(engine, write, bindAll(engine, members, writeWork), transactionId)
      return { Responses: [], ...transactionCapacity(applied, detail, 'write') }
    })
  } catch (error) {
    if (token === undefined || !(error instanceof AlreadySettled) || error.settlement.id !== token.id) throw error
    if (error.settlement.text !== token.hash) throw tokenReused()
    return { Responses: [], ...(await replay(engine, bindAll(engine, members, writeWork), detail)) }
  }
}
