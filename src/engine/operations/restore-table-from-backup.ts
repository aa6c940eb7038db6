// RestoreTableFromBackup: checked whole; then no backup is found, because there are none yet.
// A target that exists is told before that, as on AWS.
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import { checkRestoreOverrides, checkTargetIsFree, type RestoreOverrides } from '../restore-input.ts'
import { backupNotFound } from './describe-backup.ts'

export interface RestoreTableFromBackupInput extends RestoreOverrides {
  readonly BackupArn: string
}

/** AWS page: RestoreTableFromBackup. Throws ValidationException, TableAlreadyExistsException, BackupNotFoundException. */
export const restoreTableFromBackup: Operation<RestoreTableFromBackupInput, object> = {
  name: 'RestoreTableFromBackup',
  kind: 'write',
  async run(engine, input) {
    checkRestoreOverrides(new Constraints(), input)
    const missing = backupNotFound(input.BackupArn)
    checkTargetIsFree(engine, input.TargetTableName)
    throw missing
  },
}
