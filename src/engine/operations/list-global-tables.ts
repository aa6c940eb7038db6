// ListGlobalTables: truthfully none (the legacy version, 2017.11.29; nor is any table replicated).
// The request is checked as AWS does.
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'

export interface ListGlobalTablesInput {
  readonly ExclusiveStartGlobalTableName?: string
  readonly Limit?: number
  readonly RegionName?: string
}

/** AWS page: ListGlobalTables. Throws ValidationException. */
export const listGlobalTables: Operation<ListGlobalTablesInput, { readonly GlobalTables: readonly object[] }> = {
  name: 'ListGlobalTables',
  kind: 'read',
  async run(_, { ExclusiveStartGlobalTableName: start, Limit: limit }) {
    const constraints = new Constraints()
    if (start !== undefined) constraints.name('exclusiveStartGlobalTableName', start)
    constraints.range('limit', limit, 1, 100)
    constraints.done()
    return { GlobalTables: [] }
  },
}
