// UpdateContinuousBackups: point-in-time recovery on or off, and how many days of it are kept. Settings and window only:
// from the switching on, every change is in the table's journal (lab findings DDB-TABLE-083 to -085).
import { TableNotFoundException, ValidationException } from '../../model/errors.ts'
import { changeTable } from '../change-table.ts'
import { Constraints } from '../constraints.ts'
import { describeContinuousBackupsOf, type ContinuousBackupsDescription } from '../continuous-backups.ts'
import type { Operation } from '../operation.ts'
import { checkTableName } from '../table-name.ts'
import type { TableRow } from '../table-row.ts'

export interface UpdateContinuousBackupsInput {
  readonly TableName: string
  readonly PointInTimeRecoverySpecification: { readonly PointInTimeRecoveryEnabled: boolean; readonly RecoveryPeriodInDays?: number }
}
export interface ContinuousBackupsOutput {
  readonly ContinuousBackupsDescription: ContinuousBackupsDescription
}

/** AWS page: UpdateContinuousBackups. Throws ValidationException, TableNotFoundException. */
export const updateContinuousBackups: Operation<UpdateContinuousBackupsInput, ContinuousBackupsOutput> = {
  name: 'UpdateContinuousBackups',
  kind: 'write',
  async run(engine, input, context) {
    checkTableName(input.TableName)
    const constraints = new Constraints()
    const path = 'pointInTimeRecoverySpecification'
    if (constraints.map(path, input.PointInTimeRecoverySpecification)) {
      const { PointInTimeRecoveryEnabled: isEnabled, RecoveryPeriodInDays: days } = input.PointInTimeRecoverySpecification
      constraints.notNull(`${path}.pointInTimeRecoveryEnabled`, isEnabled)
      constraints.range(`${path}.recoveryPeriodInDays`, days, 1, 35)
    }
    constraints.done()
    const { PointInTimeRecoveryEnabled: enabled, RecoveryPeriodInDays: days } = input.PointInTimeRecoverySpecification
    if (!enabled && days !== undefined) {
      throw new ValidationException('Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.')
    }
    return changeTable(
      engine,
      context,
      input.TableName,
      (row, write) => {
        const changed = enabled ? withRecovery(row, days, write.committedAt) : withoutRecovery(row)
        return { row: changed, output: { ContinuousBackupsDescription: describeContinuousBackupsOf(changed, write.committedAt) } }
      },
      backedUpTableNotFound,
    )
  },
}

/** The family of backups, recovery and export has an exception of its own for missing tables. */
export function backedUpTableNotFound(tableName: string): TableNotFoundException {
  return new TableNotFoundException(`Table not found: ${tableName}`)
}

/** A period that is not given stays, of a table that has one. */
function withRecovery(row: TableRow, days: number | undefined, now: number): TableRow {
  const period = days === undefined ? {} : { recoveryPeriodInDays: days }
  if (row.pointInTimeRecovery === true) return days === undefined || days === row.recoveryPeriodInDays ? row : { ...row, ...period }
  return { ...row, pointInTimeRecovery: true, pointInTimeRecoveryAt: now, ...period }
}

function withoutRecovery(row: TableRow): TableRow {
  if (row.pointInTimeRecovery !== true) return row
  const { pointInTimeRecovery: _, pointInTimeRecoveryAt: __, recoveryPeriodInDays: ___, ...rest } = row
  return rest
}
