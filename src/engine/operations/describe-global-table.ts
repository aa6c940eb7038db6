// DescribeGlobalTable: the legacy version of global tables (2017.11.29).
// There is none, and there will be none.
import { checkGlobalTableName, globalTableNotFound } from '../global-table-input.ts'
import type { Operation } from '../operation.ts'

/** AWS page: DescribeGlobalTable. Throws ValidationException, GlobalTableNotFoundException. */
export const describeGlobalTable: Operation<{ readonly GlobalTableName: string }, object> = {
  name: 'DescribeGlobalTable',
  kind: 'read',
  async run(_, input) {
    checkGlobalTableName(input.GlobalTableName)
    throw globalTableNotFound(input.GlobalTableName)
  },
}
