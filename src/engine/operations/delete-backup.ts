// DeleteBackup: there are no backups yet, so none is found.
// What is no backup's ARN is told first.
import type { Operation } from '../operation.ts'
import { backupNotFound, type BackupInput } from './describe-backup.ts'

/** AWS page: DeleteBackup. Throws ValidationException, BackupNotFoundException. */
export const deleteBackup: Operation<BackupInput, object> = {
  name: 'DeleteBackup',
  kind: 'write',
  async run(_, input) {
    throw backupNotFound(input.BackupArn)
  },
}
