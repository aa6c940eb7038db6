// The tables of the database: rows in the system space, loaded at opening and kept in memory as of the last durable
// change. Write steps that change a row read it from the head; whoever committed it then calls `apply` or `forget`.
// A write that ran between a row's commit and its `apply` used the older definition: whatever must see all items
// (a backfill, the sweep of a dropped table) therefore starts after `apply`, and finds that write's items at the head.
import { ResourceNotFoundException } from '../model/errors.ts'
import type { Reader } from '../storage/store.ts'
import type { WriteStep } from '../storage/write-step.ts'
import { recordStreamChange } from './stream-row.ts'
import { lastTableIdKey, tableRowKey, tableRowRange } from './storage-keys.ts'
import { Table } from './table.ts'
import { tableNameOf, type TableRow } from './table-row.ts'

export class Catalog {
  readonly #tables = new Map<string, Table>()
  readonly #listeners = new Set<(tableName: string, table: Table | undefined) => void>()

  /** Pure: may run several times for missing pages. */
  static load(reader: Reader): Catalog {
    const catalog = new Catalog()
    const cursor = reader.cursor(tableRowRange)
    while (cursor.next()) catalog.apply(JSON.parse(cursor.value) as TableRow)
    return catalog
  }

  /** By name or ARN. */
  getTable(tableName: string): Table | undefined {
    return this.#tables.get(tableName) ?? this.#tables.get(tableNameOf(tableName))
  }

  /** For operations on items. Throws ResourceNotFoundException. */
  mustGetTable(tableName: string): Table {
    const table = this.getTable(tableName)
    if (table === undefined) throw new ResourceNotFoundException('Requested resource not found')
    return table
  }

  /** For operations on tables, whose message names the table. Throws ResourceNotFoundException. */
  mustGetNamedTable(tableName: string): Table {
    const table = this.getTable(tableName)
    if (table === undefined) throw tableNotFound(tableName)
    return table
  }

  /** In the order of ListTables. */
  tables(): Table[] {
    return [...this.#tables.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** Makes a durable row the one that operations use. Older revisions, in late answers, change nothing. */
  apply(row: TableRow): Table {
    const known = this.#tables.get(row.name)
    if (known !== undefined && (known.id > row.id || (known.id === row.id && known.schema.revision >= row.revision))) return known
    const table = new Table(row)
    this.#tables.set(row.name, table)
    for (const listener of this.#listeners) listener(row.name, table)
    return table
  }

  /** The row's deletion is durable. */
  forget(row: TableRow): void {
    if (this.#tables.get(row.name)?.id !== row.id) return
    this.#tables.delete(row.name)
    for (const listener of this.#listeners) listener(row.name, undefined)
  }

  /** Called with each table that changed, or undefined where it is gone. Returns what ends it. */
  onChange(listener: (tableName: string, table: Table | undefined) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

export function tableNotFound(tableName: string): ResourceNotFoundException {
  return new ResourceNotFoundException(`Requested resource not found: Table: ${tableNameOf(tableName)} not found`)
}

/** The row as the head has it, changes that are not durable yet included. */
export function readTableRow(reader: Reader, tableName: string): TableRow | undefined {
  const text = reader.get(tableRowKey(tableNameOf(tableName)))
  return text === undefined ? undefined : (JSON.parse(text) as TableRow)
}

/** Throws ResourceNotFoundException. */
export function mustReadTableRow(reader: Reader, tableName: string): TableRow {
  const row = readTableRow(reader, tableName)
  if (row === undefined) throw tableNotFound(tableName)
  return row
}

/** Writes a row, new or changed, and the row of a stream that it opens or closes. Returns it as written: with its next revision. */
export function writeTableRow(write: WriteStep, row: TableRow): TableRow {
  const written = { ...recordStreamChange(write, readTableRow(write, row.name), row), revision: row.revision + 1 }
  write.put(tableRowKey(row.name), JSON.stringify(written))
  return written
}

/** A table id that was never used. */
export function takeTableId(write: WriteStep): number {
  const id = Number(write.get(lastTableIdKey) ?? '0') + 1
  write.put(lastTableIdKey, String(id))
  return id
}
