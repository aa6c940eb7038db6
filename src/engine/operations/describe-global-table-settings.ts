// DescribeGlobalTableSettings: the legacy version of global tables (2017.11.29).
// There is none, and there will be none.
import { checkGlobalTableName, globalTableNotFound } from '../global-table-input.ts'
import type { Operation } from '../operation.ts'

/** AWS page: DescribeGlobalTableSettings. Throws ValidationException, GlobalTableNotFoundException. */
export const describeGlobalTableSettings: Operation<{ readonly GlobalTableName: string }, object> = {
  name: 'DescribeGlobalTableSettings',
  kind: 'read',
  async run(_, input) {
    checkGlobalTableName(input.GlobalTableName)
    throw globalTableNotFound(input.GlobalTableName)
  },
}
