// The phases of a table that only pass: CREATING, UPDATING, DELETING, over the catalog's row, which is ACTIVE already.
// Items of a table can be used in every phase but DELETING: nobody loses a write by not waiting (AWS would answer
// ResourceNotFoundException in CREATING).
import { ResourceInUseException } from '../model/errors.ts'
import { tableNotFound } from './catalog.ts'
import type { EngineCore } from './engine-core.ts'
import { tableNameOf, type TableRow } from './table-row.ts'
import type { TransitionKind } from './transitions.ts'
import { withBuilding } from './vector-building.ts'

const IN_USE = 'Attempt to change a resource which is still in use: '

export interface TablePhase {
  readonly tableId: number
  readonly status: 'CREATING' | 'UPDATING' | 'DELETING'
  /** Why an UpdateTable that would meet the running one is refused. */
  readonly blocks: string
  /** The row as it is described meanwhile. */
  show(row: TableRow): TableRow
}

const keyOf = (tableName: string): string => `table/${tableName}`

export function beginTablePhase(engine: EngineCore, tableName: string, kind: TransitionKind, phase: TablePhase): void {
  engine.transitions.begin(keyOf(tableName), kind, phase)
}

export function beginCreating(engine: EngineCore, row: TableRow): void {
  beginTablePhase(engine, row.name, 'createTable', {
    tableId: row.id,
    status: 'CREATING',
    blocks: `Table is being created: ${row.name}`,
    show: showCreating,
  })
}

/** As CreateTable answers: what AWS works out later is missing. */
export function showCreating(row: TableRow): TableRow {
  const { lastUpdateToPayPerRequestAt: _, ...rest } = row
  const indexes = row.indexes.map((index) => (index.kind !== 'LOCAL' ? { ...index, status: 'CREATING' as const } : index))
  return { ...rest, status: 'CREATING', indexes }
}

export function beginDeleting(engine: EngineCore, row: TableRow): void {
  const deleted = { ...row, status: 'DELETING' as const }
  beginTablePhase(engine, row.name, 'deleteTable', {
    tableId: row.id,
    status: 'DELETING',
    blocks: `Table is being deleted: ${row.name}`,
    show: () => deleted,
  })
}

/** Undefined for a table that is ACTIVE, or that was made anew since. */
export function tablePhase(engine: EngineCore, tableName: string): TablePhase | undefined {
  const name = tableNameOf(tableName)
  const phase = engine.transitions.get(keyOf(name)) as TablePhase | undefined
  const known = engine.catalog.getTable(name)
  if (phase === undefined) return undefined
  return (known === undefined ? phase.status === 'DELETING' : known.id === phase.tableId) ? phase : undefined
}

/** The row as Describe operations tell it; undefined where there is no such table, not even one on its way out. */
export function shownRow(engine: EngineCore, tableName: string): TableRow | undefined {
  const known = engine.catalog.getTable(tableName)?.schema
  const row = known === undefined ? undefined : withBuilding(engine, known)
  const phase = tablePhase(engine, tableName)
  if (phase === undefined) return row
  return row === undefined ? phase.show(UNUSED_ROW) : phase.show(row)
}
/** A deleted table's phase shows the row that it was given. */
const UNUSED_ROW = {} as TableRow

/** Throws ResourceNotFoundException. */
export function mustShowRow(engine: EngineCore, tableName: string): TableRow {
  const row = shownRow(engine, tableName)
  if (row === undefined) throw tableNotFound(tableName)
  return row
}

/** Names of tables that are described though the catalog has forgotten them. */
export function deletingTableNames(engine: EngineCore): string[] {
  const names: string[] = []
  for (const key of engine.transitions.keys()) {
    if (!key.startsWith('table/')) continue
    const name = key.slice('table/'.length)
    if (engine.catalog.getTable(name) === undefined && tablePhase(engine, name) !== undefined) names.push(name)
  }
  return names
}

/** A name is free again as soon as someone needs it: for the native DeclareTable. */
export function finishPhase(engine: EngineCore, tableName: string): void {
  engine.transitions.finish(keyOf(tableName))
}

/** Throws ResourceInUseException for a table on its way out: settings of what is going change no more. */
export function refuseWhileDeleting(engine: EngineCore, tableName: string): void {
  const phase = tablePhase(engine, tableName)
  if (phase?.status === 'DELETING') throw inUse(phase.blocks)
}

export function inUse(detail: string): ResourceInUseException {
  return new ResourceInUseException(IN_USE + detail)
}
