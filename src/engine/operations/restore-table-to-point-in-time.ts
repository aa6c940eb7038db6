// RestoreTableToPointInTime: checked whole, source and time included; then refused, because restoring is not built yet:
// recovery is unavailable, in AWS's own word for it.
import { InvalidRestoreTimeException, PointInTimeRecoveryUnavailableException } from '../../model/control-errors.ts'
import { TableNotFoundException, ValidationException } from '../../model/errors.ts'
import { Constraints } from '../constraints.ts'
import { recoveryWindow } from '../continuous-backups.ts'
import type { Operation } from '../operation.ts'
import { checkRestoreOverrides, checkTargetIsFree, type RestoreOverrides } from '../restore-input.ts'
import { shownRow } from '../table-phase.ts'
import { tableNameOf } from '../table-row.ts'

export interface RestoreTableToPointInTimeInput extends RestoreOverrides {
  readonly SourceTableArn?: string
  readonly SourceTableName?: string
  readonly UseLatestRestorableTime?: boolean
  /** Epoch seconds. */
  readonly RestoreDateTime?: number
}

/**
 * AWS page: RestoreTableToPointInTime. Throws ValidationException, TableAlreadyExistsException, TableNotFoundException,
 * PointInTimeRecoveryUnavailableException, InvalidRestoreTimeException.
 */
export const restoreTableToPointInTime: Operation<RestoreTableToPointInTimeInput, object> = {
  name: 'RestoreTableToPointInTime',
  kind: 'write',
  async run(engine, input) {
    const constraints = new Constraints()
    if (input.SourceTableName !== undefined) constraints.name('sourceTableName', input.SourceTableName)
    checkRestoreOverrides(constraints, input)
    const source = sourceOf(input)
    checkTime(input)
    checkTargetIsFree(engine, input.TargetTableName)
    const row = shownRow(engine, source)
    if (row === undefined) throw new TableNotFoundException(`Table not found: ${tableNameOf(source)}`)
    const now = engine.environment.now()
    const window = recoveryWindow(row, now)
    if (window === undefined) throw new PointInTimeRecoveryUnavailableException(`Point in time recovery is not enabled for table '${row.name}'`)
    const at = (input.RestoreDateTime ?? window.latest / 1000) * 1000
    if (at < window.earliest || at > window.latest) {
      throw new InvalidRestoreTimeException(
        `Invalid restore time: the restorable window is ${new Date(window.earliest).toISOString()} to ${new Date(window.latest).toISOString()}`,
      )
    }
    throw new PointInTimeRecoveryUnavailableException(`Point in time recovery is unavailable for table '${row.name}'`)
  },
}

function sourceOf({ SourceTableArn: arn, SourceTableName: name }: RestoreTableToPointInTimeInput): string {
  if ((arn === undefined) === (name === undefined)) {
    throw new ValidationException('Invalid Request: Must provide exactly one of: sourceTableArn, sourceTableName')
  }
  const source = arn ?? name ?? ''
  if (arn !== undefined && tableNameOf(arn) === arn) throw new ValidationException('Invalid Request: sourceTableArn is not a valid ARN')
  return source
}

function checkTime({ RestoreDateTime: at, UseLatestRestorableTime: latest }: RestoreTableToPointInTimeInput): void {
  if (at !== undefined && latest === true) {
    throw new ValidationException('Invalid Request: Both RestoreDateTime and UseLatestRestorableTime cannot be set')
  }
  if (at === undefined && latest !== true) {
    throw new ValidationException('Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both')
  }
}
