// CreateGlobalTable: the legacy version of global tables (2017.11.29).
// AWS makes none any more; the text is its own.
import { checkGlobalTableName, legacyGlobalTables } from '../global-table-input.ts'
import type { Operation } from '../operation.ts'

/** AWS page: CreateGlobalTable. Throws ValidationException. */
export const createGlobalTable: Operation<{ readonly GlobalTableName: string; readonly ReplicationGroup: readonly object[] }, object> = {
  name: 'CreateGlobalTable',
  kind: 'write',
  async run(_, input) {
    checkGlobalTableName(input.GlobalTableName, (constraints) => constraints.list('replicationGroup', input.ReplicationGroup))
    throw legacyGlobalTables()
  },
}
