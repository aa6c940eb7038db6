// DescribeTableReplicaAutoScaling: the scaling policies of a table and its GSIs, told as of the one replica that there is.
// AWS answers for global tables only; here every table can scale (FACTS: honest local equivalents).
import type { Operation } from '../operation.ts'
import { describeScaling, scaledTableNotFound } from '../scaling-settings.ts'
import { checkTableName } from '../table-name.ts'
import { shownRow } from '../table-phase.ts'
import { tableNameOf } from '../table-row.ts'

export interface TableAutoScalingOutput {
  readonly TableAutoScalingDescription: object
}

/** AWS page: DescribeTableReplicaAutoScaling. Throws ValidationException, ResourceNotFoundException. */
export const describeTableReplicaAutoScaling: Operation<{ readonly TableName: string }, TableAutoScalingOutput> = {
  name: 'DescribeTableReplicaAutoScaling',
  kind: 'read',
  async run(engine, { TableName }) {
    checkTableName(TableName)
    const row = shownRow(engine, TableName)
    if (row === undefined) throw scaledTableNotFound(tableNameOf(TableName))
    return { TableAutoScalingDescription: describeScaling(row) }
  },
}
