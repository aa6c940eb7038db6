// CreateBackup: checked whole, then refused: backups are not kept yet, and AWS's word for a table whose backups can't be
// made is ContinuousBackupsUnavailableException. `readBackupSource` is where making one begins.
import { ContinuousBackupsUnavailableException } from '../../model/control-errors.ts'
import { Constraints } from '../constraints.ts'
import type { EngineCore } from '../engine-core.ts'
import type { Operation } from '../operation.ts'
import { checkTableName } from '../table-name.ts'
import { shownRow } from '../table-phase.ts'
import { tableNameOf, type TableRow } from '../table-row.ts'
import { backedUpTableNotFound } from './update-continuous-backups.ts'

export interface CreateBackupInput {
  readonly TableName: string
  readonly BackupName: string
}

/** AWS page: CreateBackup. Throws ValidationException, TableNotFoundException, ContinuousBackupsUnavailableException. */
export const createBackup: Operation<CreateBackupInput, object> = {
  name: 'CreateBackup',
  kind: 'write',
  async run(engine, input) {
    checkTableName(input.TableName)
    const constraints = new Constraints()
    constraints.name('backupName', input.BackupName)
    constraints.done()
    const { name } = readBackupSource(engine, input.TableName)
    throw new ContinuousBackupsUnavailableException(`Backups are not available for the table: ${name}`)
  },
}

/** Throws TableNotFoundException, also of a table that is only being created. */
function readBackupSource(engine: EngineCore, tableName: string): TableRow {
  const row = shownRow(engine, tableName)
  if (row === undefined || row.status === 'CREATING') throw backedUpTableNotFound(tableNameOf(tableName))
  return row
}
