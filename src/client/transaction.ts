// Interactive transactions: a body that reads, decides and then writes. Its reads remember the state they saw; the commit is
// one request that is refused where any of it has changed since, and then the body runs again.
import { TransactionConflictException, ValidationException } from '../model/errors.ts'
import { conditionData, type Condition, type RawExpression } from './condition.ts'
import type { TableShape } from './definition.ts'
import type { ItemQuery, Query } from './query.ts'
import type { Durability, ReadHooks, RequestOptions } from './request-options.ts'
import type { Session } from './session.ts'
import type { ItemTable, Table } from './table.ts'
import type { TableContext } from './table-context.ts'
import { updateData, type Update } from './update.ts'

interface ConditionOption<T> {
  readonly condition?: Condition<T>
}
/** Reads come before writes; writes happen together when the body has ended. */
export interface Transaction {
  get<T extends TableShape>(table: Table<T>, key: T['key']): Promise<T['read'] | undefined>
  all<T, K>(query: Query<T, K>): Promise<T[]>
  put<T extends TableShape>(table: Table<T>, item: T['write'], options?: ConditionOption<T['read']>): void
  update<T extends TableShape>(table: Table<T>, key: T['key'], update: Update<T> | RawExpression, options?: ConditionOption<T['read']>): void
  delete<T extends TableShape>(table: Table<T>, key: T['key'], options?: ConditionOption<T['read']>): void
  conditionCheck<T extends TableShape>(table: Table<T>, key: T['key'], condition: Condition<T['read']>): void
}
export interface TransactOptions extends RequestOptions {
  readonly clientRequestToken?: string
  readonly durability?: Durability
}

const MOST_ATTEMPTS = 16
const FIRST_DELAY_MS = 2
const LONGEST_DELAY_MS = 250

/** Runs `body` until what it read stands at the commit. Rejects with what the body throws, or with the commit's exception. */
export async function transact<R>(session: Session, body: (tx: Transaction) => R | Promise<R>, options: TransactOptions = {}): Promise<R> {
  for (let attempt = 1; ; attempt++) {
    const attempted = new Attempt(options)
    const result = await body(attempted as unknown as Transaction)
    try {
      await attempted.commit(session)
      return result
    } catch (error) {
      if (!(error instanceof TransactionConflictException) || attempt === MOST_ATTEMPTS) throw error
    }
    // Jitter: who lost to each other must not meet again.
    await session.delay(Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** attempt) * session.platform.random())
    options.signal?.throwIfAborted()
  }
}

/** One run of a body: `Transaction` at run time. */
class Attempt {
  readonly #options: TransactOptions
  readonly #tables = new Set<TableContext>()
  /** Epoch of the first: where hosts changed meanwhile nothing can be validated, and the body runs again. */
  readonly #reads = { epoch: 0, keys: [] as object[], ranges: [] as object[] }
  readonly #actions: object[] = []

  constructor(options: TransactOptions) {
    this.#options = options
  }

  async get(table: ItemTable, key: object): Promise<object | undefined> {
    return table.get(key, this.#reading(({ TableName, Key }, { Stamp }) => this.#reads.keys.push({ TableName, Key, Stamp })))
  }

  async all(query: ItemQuery): Promise<object[]> {
    return query.all(
      this.#reading((Input, { Stamp, LastEvaluatedKey }) => this.#reads.ranges.push({ Input, Stamp, LastEvaluatedKey })),
    )
  }

  put({ context }: ItemTable, item: object, options?: ConditionOption<never>): void {
    this.#act('Put', context, { Item: context.encodeItem(item) }, options?.condition)
  }

  update({ context }: ItemTable, key: object, update: object, options?: ConditionOption<never>): void {
    this.#act('Update', context, { Key: context.encodeKey(key), Update: updateData(update) }, options?.condition)
  }

  delete({ context }: ItemTable, key: object, options?: ConditionOption<never>): void {
    this.#act('Delete', context, { Key: context.encodeKey(key) }, options?.condition)
  }

  conditionCheck({ context }: ItemTable, key: object, condition: object): void {
    this.#act('ConditionCheck', context, { Key: context.encodeKey(key) }, condition)
  }

  async commit(session: Session): Promise<void> {
    // What a body forgot to await must not get lost without a word: writing throws from here on.
    Object.freeze(this.#actions)
    for (const table of this.#tables) await table.declare(this.#options.signal)
    const reads = this.#reads
    if (this.#actions.length + reads.keys.length + reads.ranges.length === 0) return
    const input = { TransactItems: this.#actions, Reads: reads, ClientRequestToken: this.#options.clientRequestToken }
    await session.request('TransactCommit', input, this.#options)
  }

  #act(kind: string, context: TableContext, input: object, condition: object | undefined): void {
    this.#tables.add(context)
    this.#actions.push({
      [kind]: { TableName: context.definition.tableName, ...input, Condition: condition && conditionData(condition) },
    })
  }

  /** Options of a read that is remembered. */
  #reading(remember: NonNullable<ReadHooks['onRead']>): ReadHooks {
    if (this.#actions.length > 0) throw new ValidationException('Reads of a transaction come before its writes')
    return {
      ...this.#options,
      onRead: (input, output) => {
        this.#reads.epoch ||= output.Epoch ?? 0
        remember(input, output)
      },
    }
  }
}
