// DescribeContinuousBackups: whether point-in-time recovery is on, and the window that it reaches now.
// ContinuousBackupsStatus is ENABLED always, as on AWS (lab finding DDB-TABLE-083).
import { describeContinuousBackupsOf } from '../continuous-backups.ts'
import type { Operation } from '../operation.ts'
import { checkTableName } from '../table-name.ts'
import { shownRow } from '../table-phase.ts'
import { tableNameOf } from '../table-row.ts'
import { backedUpTableNotFound, type ContinuousBackupsOutput } from './update-continuous-backups.ts'

export interface DescribeContinuousBackupsInput {
  readonly TableName: string
}

/** AWS page: DescribeContinuousBackups. Throws ValidationException, TableNotFoundException. */
export const describeContinuousBackups: Operation<DescribeContinuousBackupsInput, ContinuousBackupsOutput> = {
  name: 'DescribeContinuousBackups',
  kind: 'read',
  async run(engine, { TableName }) {
    checkTableName(TableName)
    const row = shownRow(engine, TableName)
    if (row === undefined) throw backedUpTableNotFound(tableNameOf(TableName))
    return { ContinuousBackupsDescription: describeContinuousBackupsOf(row, engine.environment.now()) }
  },
}
