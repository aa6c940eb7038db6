// ListTables: names in order, at most 100 a page.
// LastEvaluatedTableName is there exactly if a further page has names.
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import { deletingTableNames } from '../table-phase.ts'

export interface ListTablesInput {
  readonly ExclusiveStartTableName?: string
  readonly Limit?: number
}
export interface ListTablesOutput {
  readonly TableNames: readonly string[]
  readonly LastEvaluatedTableName?: string
}

/** AWS page: ListTables. Throws ValidationException. */
export const listTables: Operation<ListTablesInput, ListTablesOutput> = {
  name: 'ListTables',
  kind: 'read',
  async run(engine, { ExclusiveStartTableName: start, Limit: limit = 100 }) {
    const constraints = new Constraints()
    if (start !== undefined) constraints.name('exclusiveStartTableName', start)
    constraints.range('limit', limit, 1, 100)
    constraints.done()
    const names = [...engine.catalog.tables().map((table) => table.name), ...deletingTableNames(engine)].sort()
    const rest = start === undefined ? names : names.filter((name) => name > start)
    const page = rest.slice(0, limit)
    const last = page.at(-1)
    return rest.length > limit && last !== undefined ? { TableNames: page, LastEvaluatedTableName: last } : { TableNames: page }
  },
}
