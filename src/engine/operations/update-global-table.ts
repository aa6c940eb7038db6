// UpdateGlobalTable: the legacy version of global tables (2017.11.29).
// AWS changes none any more; the text is its own.
import { checkGlobalTableName, legacyGlobalTables } from '../global-table-input.ts'
import type { Operation } from '../operation.ts'

/** AWS page: UpdateGlobalTable. Throws ValidationException. */
export const updateGlobalTable: Operation<{ readonly GlobalTableName: string; readonly ReplicaUpdates: readonly object[] }, object> = {
  name: 'UpdateGlobalTable',
  kind: 'write',
  async run(_, input) {
    checkGlobalTableName(input.GlobalTableName, (constraints) => constraints.list('replicaUpdates', input.ReplicaUpdates))
    throw legacyGlobalTables()
  },
}
