// UpdateGlobalTableSettings: the legacy version of global tables (2017.11.29).
// There is none, and there will be none.
import { checkGlobalTableName, globalTableNotFound } from '../global-table-input.ts'
import type { Operation } from '../operation.ts'

/** AWS page: UpdateGlobalTableSettings. Throws ValidationException, GlobalTableNotFoundException. */
export const updateGlobalTableSettings: Operation<{
  readonly GlobalTableName: string
  readonly GlobalTableBillingMode?: string
  readonly GlobalTableProvisionedWriteCapacityUnits?: number
}, object> = {
  name: 'UpdateGlobalTableSettings',
  kind: 'write',
  async run(_, input) {
    checkGlobalTableName(input.GlobalTableName, (constraints) => {
      constraints.oneOf('globalTableBillingMode', input.GlobalTableBillingMode, ['PROVISIONED', 'PAY_PER_REQUEST'])
      constraints.range('globalTableProvisionedWriteCapacityUnits', input.GlobalTableProvisionedWriteCapacityUnits, 1, Number.MAX_SAFE_INTEGER)
    })
    throw globalTableNotFound(input.GlobalTableName)
  },
}
