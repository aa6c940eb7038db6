// How long a vector index that UpdateTable added is told to be under way, over what the store says: first its resources
// are allocated (the table is UPDATING, Backfilling false), then it fills (the table ACTIVE, Backfilling true, a Delete
// cancels it). Entries are there as soon as the real backfill is done; until both are over it is not searched (paritysuite/
// dynamodb-conformance, vectorSearch/updateLifecycle, eu-west-2, 2026-08-23; AWS page: VectorSearchWorkingWith).
import type { IndexSchema } from '../model/table.ts'
import type { EngineCore } from './engine-core.ts'
import type { TableRow } from './table-row.ts'

const keyOf = (row: TableRow, { id }: Pick<IndexSchema, 'id'>): string => `vector/${row.id}/${id}`

export function beginBuilding(engine: EngineCore, row: TableRow, index: IndexSchema): void {
  engine.transitions.begin(keyOf(row, index), 'buildVectorIndex', index)
}

export function finishBuilding(engine: EngineCore, row: TableRow, index: IndexSchema): void {
  engine.transitions.finish(keyOf(row, index))
}

export function isBuilding(engine: EngineCore, row: TableRow, index: IndexSchema): boolean {
  return index.kind === 'VECTOR' && engine.transitions.get(keyOf(row, index)) !== undefined
}

/** The row with every such index CREATING; the same row where there is none. */
export function withBuilding(engine: EngineCore, row: TableRow): TableRow {
  if (!row.indexes.some((index) => isBuilding(engine, row, index))) return row
  const building = (index: IndexSchema): IndexSchema =>
    isBuilding(engine, row, index) ? { ...index, status: 'CREATING', backfilling: true } : index
  return { ...row, indexes: row.indexes.map(building) }
}
