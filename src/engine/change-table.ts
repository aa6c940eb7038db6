// One change of a table's settings: a write step on the catalog's row, which becomes the one in use once it is durable.
// A change that returns the very row writes nothing but the kept answer (T1).
import type { WriteStep } from '../storage/write-step.ts'
import { readTableRow, tableNotFound, writeTableRow } from './catalog.ts'
import type { EngineCore } from './engine-core.ts'
import type { RequestContext } from './request-context.ts'
import type { TableRow } from './table-row.ts'
import { tableNameOf } from './table-row.ts'

interface Changed<Output> {
  readonly row: TableRow
  readonly output: Output
}

/** `missing` makes the error for a table that is not there: AWS's operations do not agree on it. */
export async function changeTable<Output extends object>(
  engine: EngineCore,
  context: RequestContext,
  tableName: string,
  change: (row: TableRow, write: WriteStep) => Changed<Output>,
  missing: (tableName: string) => Error = tableNotFound,
): Promise<Output> {
  let written: TableRow | undefined
  const output = await engine.write(context, (write) => {
    written = undefined
    const row = readTableRow(write, tableName)
    if (row === undefined) throw missing(tableNameOf(tableName))
    const changed = change(row, write)
    if (changed.row !== row) written = writeTableRow(write, changed.row)
    return changed.output
  })
  if (written !== undefined) engine.catalog.apply(written)
  return output
}
