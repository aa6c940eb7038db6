// UpdateTimeToLive: names the attribute by which items expire, or ends that. Settings only: the deletion of what has
// expired reads `timeToLiveAttribute` (lab findings DDB-TABLE-143 to -147).
import { ValidationException } from '../../model/errors.ts'
import { changeTable } from '../change-table.ts'
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import { checkTableName } from '../table-name.ts'
import { inUse, tablePhase } from '../table-phase.ts'
import { tableNameOf, type TableRow } from '../table-row.ts'

/** With `timing: 'aws'`: lab finding DDB-TABLE-143 measured 31 minutes, not the documented hour. */
const COOLDOWN_MS = 31 * 60 * 1000

export interface TimeToLiveSpecification {
  readonly AttributeName: string
  readonly Enabled: boolean
}
export interface UpdateTimeToLiveInput {
  readonly TableName: string
  readonly TimeToLiveSpecification: TimeToLiveSpecification
}
export interface UpdateTimeToLiveOutput {
  readonly TimeToLiveSpecification: TimeToLiveSpecification
}

/** AWS page: UpdateTimeToLive. Throws ValidationException, ResourceNotFoundException, ResourceInUseException. */
export const updateTimeToLive: Operation<UpdateTimeToLiveInput, UpdateTimeToLiveOutput> = {
  name: 'UpdateTimeToLive',
  kind: 'write',
  async run(engine, input, context) {
    checkTableName(input.TableName)
    const constraints = new Constraints()
    const path = 'timeToLiveSpecification'
    if (constraints.map(path, input.TimeToLiveSpecification)) {
      const { AttributeName: name, Enabled: enabled } = input.TimeToLiveSpecification
      if (constraints.notNull(`${path}.attributeName`, name)) constraints.length(`${path}.attributeName`, name, 1, 255)
      constraints.notNull(`${path}.enabled`, enabled)
    }
    constraints.done()
    const { AttributeName, Enabled } = input.TimeToLiveSpecification
    const phase = tablePhase(engine, input.TableName)
    if (phase?.status === 'CREATING') throw inUse(`Table ${tableNameOf(input.TableName)} is being created`)
    return changeTable(engine, context, input.TableName, (row, write) => {
      checkChange(row, input.TimeToLiveSpecification)
      if (engine.options.timing === 'aws' && write.committedAt < (row.timeToLiveChangedAt ?? -COOLDOWN_MS) + COOLDOWN_MS) {
        throw new ValidationException('Time to live has been modified multiple times within a fixed interval')
      }
      const { timeToLiveAttribute: _, ...rest } = row
      const changed = { ...rest, timeToLiveChangedAt: write.committedAt, ...(Enabled ? { timeToLiveAttribute: AttributeName } : {}) }
      return { row: changed, output: { TimeToLiveSpecification: { Enabled, AttributeName } } }
    })
  },
}

function checkChange({ timeToLiveAttribute: known }: TableRow, { AttributeName: name, Enabled: enabled }: TimeToLiveSpecification): void {
  if (known === undefined) {
    if (!enabled) throw new ValidationException('TimeToLive is already disabled')
    return
  }
  if (known !== name) throw new ValidationException(`TimeToLive is active on a different AttributeName: current AttributeName is ${known}`)
  if (enabled) throw new ValidationException('TimeToLive is already enabled')
}
