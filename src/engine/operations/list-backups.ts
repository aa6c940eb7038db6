// ListBackups: truthfully none, of any table, one that does not exist included (lab finding DDB-BACKUP-014).
// The request is checked as AWS does.
import { ValidationException } from '../../model/errors.ts'
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'

export interface ListBackupsInput {
  readonly TableName?: string
  readonly Limit?: number
  /** Epoch seconds. */
  readonly TimeRangeLowerBound?: number
  readonly TimeRangeUpperBound?: number
  readonly ExclusiveStartBackupArn?: string
  readonly BackupType?: string
}

/** AWS page: ListBackups. Throws ValidationException. */
export const listBackups: Operation<ListBackupsInput, { readonly BackupSummaries: readonly object[] }> = {
  name: 'ListBackups',
  kind: 'read',
  async run(_, input) {
    const constraints = new Constraints()
    if (input.TableName !== undefined) constraints.tableName(input.TableName)
    constraints.range('limit', input.Limit, 1, 100)
    constraints.length('exclusiveStartBackupArn', input.ExclusiveStartBackupArn, 37, 1024)
    constraints.oneOf('backupType', input.BackupType, ['USER', 'SYSTEM', 'AWS_BACKUP', 'ALL'])
    constraints.done()
    const { TimeRangeLowerBound: from = -Infinity, TimeRangeUpperBound: to = Infinity } = input
    if (from > to) {
      throw new ValidationException('One or more parameter values were invalid: Time range lower bound must be less than or equal to upper bound')
    }
    return { BackupSummaries: [] }
  },
}
