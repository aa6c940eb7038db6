// DescribeBackup: there are no backups yet, so none is found.
// What is no backup's ARN is told first.
import { BackupNotFoundException } from '../../model/control-errors.ts'
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import { checkServiceArn } from '../service-arn.ts'

export interface BackupInput {
  readonly BackupArn: string
}

/** AWS page: DescribeBackup. Throws ValidationException, BackupNotFoundException. */
export const describeBackup: Operation<BackupInput, object> = {
  name: 'DescribeBackup',
  kind: 'read',
  async run(_, input) {
    throw backupNotFound(input.BackupArn)
  },
}

/** The exception that every backup's ARN comes to. Throws ValidationException. */
export function backupNotFound(arn: string): Error {
  const constraints = new Constraints()
  if (constraints.notNull('backupArn', arn)) constraints.length('backupArn', arn, 37, 1024)
  constraints.done()
  checkServiceArn('backup', arn)
  return new BackupNotFoundException(`Backup not found: ${arn}`)
}
