// A database as the page uses it: tables, transactions, any operation, status and life cycle, over one session.
// Opening returns at once; a table is declared by the first request that needs it.
import { DOCUMENT, ERASE } from '../host/native-protocol.ts'
import type { DatabaseState } from '../host/protocol.ts'
import type { AttributeValue } from '../model/attribute-value.ts'
import type { HoldfastException } from '../model/errors.ts'
import type { DefinitionData, TableDefinition, TableShape } from './definition.ts'
import type { Live } from './live.ts'
import type { Operations } from './operations.ts'
import { isPage, pagePlatform } from './platform.ts'
import { Session, type SessionPlatform } from './session.ts'
import { type DatabaseStorage, StorageSource } from './storage-status.ts'
import { ItemTable, type Table } from './table.ts'
import { TableContext } from './table-context.ts'
import { decodeValue, encodeValue } from './values.ts'
import { transact, type TransactOptions, type Transaction } from './transaction.ts'

export interface DatabaseStatus {
  readonly state: DatabaseState
  /** Why it can't be used; while OPEN: a StorageException with reason LOST, the notice that all was lost before. */
  readonly error?: HoldfastException
}
export interface DatabaseOptions {
  /** Of writes that don't say otherwise. */
  readonly durability?: 'relaxed' | 'strict'
  /** Where a bundler needs help: `() => new Worker(new URL('holdfast/worker', import.meta.url), { type: 'module' })`. */
  readonly worker?: () => Worker
}
export interface Database extends AsyncDisposable {
  readonly status: Live<DatabaseStatus>
  readonly storage: DatabaseStorage
  /** The same object for the same definition. */
  table<T extends TableShape>(definition: TableDefinition<T>): Table<T>
  /** Runs the body again if what it read has changed by the time it commits. */
  transact<R>(body: (tx: Transaction) => R | Promise<R>, options?: TransactOptions): Promise<R>
  /** Any operation of DynamoDB in the document client's shapes. */
  send<O extends keyof Operations>(
    operation: O,
    input: Operations[O]['input'],
    options?: { readonly signal?: AbortSignal },
  ): Promise<Operations[O]['output']>
  /** Ends this tab's use; live queries complete. */
  close(): Promise<void>
  /** Removes everything from the device, for all tabs, and closes. */
  erase(): Promise<void>
}

class SessionDatabase implements Database {
  readonly storage: DatabaseStorage
  readonly #session: Session
  readonly #tables = new WeakMap<object, ItemTable>()

  constructor(session: Session) {
    this.#session = session
    this.storage = new StorageSource(session)
  }

  get status(): Live<DatabaseStatus> {
    return this.#session.status as unknown as Live<DatabaseStatus>
  }

  table<T extends TableShape>(definition: TableDefinition<T>): Table<T> {
    let table = this.#tables.get(definition)
    if (table === undefined) {
      table = new ItemTable(new TableContext(this.#session, definition as unknown as DefinitionData))
      this.#tables.set(definition, table)
    }
    return table as unknown as Table<T>
  }

  transact<R>(body: (tx: Transaction) => R | Promise<R>, options?: TransactOptions): Promise<R> {
    return transact(this.#session, body, options)
  }

  async send(operation: string, input: object, options?: { readonly signal?: AbortSignal }): Promise<object> {
    const output = await this.#session.request(operation + DOCUMENT, encodeValue(input) as object, options)
    return decodeValue(output as AttributeValue, undefined, operation) as object
  }

  close(): Promise<void> {
    return this.#session.close()
  }

  async erase(): Promise<void> {
    await this.#session.request(ERASE, {})
    await this.close()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

/** A database on another platform than the page: tests, simulations. */
export function databaseOn(platform: SessionPlatform): Database {
  return new SessionDatabase(new Session(platform))
}

/**
 * Opens a database of this origin, shared by all its tabs. Returns at once. In a page the engine starts to load; on a server
 * nothing happens, and what needs the engine rejects.
 */
export function openDatabase(name: string, options: DatabaseOptions = {}): Database {
  const session = new Session(pagePlatform(name, options), options.durability)
  if (isPage()) session.start()
  return new SessionDatabase(session)
}
