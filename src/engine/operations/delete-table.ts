// DeleteTable: the table is gone with the commit of its catalog row; its items are swept in the background, and a new
// table of the same name starts empty. DELETING passes afterwards (table-phase.ts); deleting again meanwhile is no error.
import { ValidationException } from '../../model/errors.ts'
import { mustReadTableRow } from '../catalog.ts'
import type { Operation } from '../operation.ts'
import { closeStream } from '../stream-row.ts'
import { startSweep, writeDrop } from '../sweep-dropped.ts'
import { tableRowKey } from '../storage-keys.ts'
import { TableCounters } from '../table-counters.ts'
import { describeTableRow } from '../table-description.ts'
import { beginDeleting, inUse, mustShowRow, tablePhase } from '../table-phase.ts'
import { checkTableName } from '../table-name.ts'
import type { TableRow } from '../table-row.ts'
import type { TableDescription } from '../table-shapes.ts'
import { withBuilding } from '../vector-building.ts'

export interface DeleteTableInput {
  readonly TableName: string
}
export interface DeleteTableOutput {
  readonly TableDescription: TableDescription
}

/** AWS page: DeleteTable. Throws ValidationException, ResourceNotFoundException, ResourceInUseException. */
export const deleteTable: Operation<DeleteTableInput, DeleteTableOutput> = {
  name: 'DeleteTable',
  kind: 'write',
  async run(engine, input, context) {
    checkTableName(input.TableName)
    const before = tablePhase(engine, input.TableName)
    if (before?.status === 'DELETING') {
      return engine.read((reader) => {
        const row = mustShowRow(engine, input.TableName)
        return { TableDescription: describeTableRow(row, TableCounters.read(reader, row.id), engine.environment.now()) }
      })
    }
    let dropped: TableRow | undefined
    const output = await engine.write(context, (write) => {
      const row = mustReadTableRow(write, input.TableName)
      if (row.deletionProtection === true) {
        throw new ValidationException(
          'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
        )
      }
      if (before?.status === 'CREATING') throw inUse(before.blocks)
      if (before?.status === 'UPDATING') throw inUse(`Table: ${row.name} is in the process of being updated.`)
      if (withBuilding(engine, row).indexes.some(({ status }) => status === 'CREATING')) {
        throw inUse('Cannot delete table while indexes are being created, updated, or deleted.')
      }
      write.delete(tableRowKey(row.name))
      closeStream(write, row)
      writeDrop(write, row.id, 0)
      dropped = row
      return { TableDescription: describeTableRow({ ...row, status: 'DELETING' }, TableCounters.read(write, row.id), write.committedAt) }
    })
    if (dropped !== undefined) {
      engine.catalog.forget(dropped)
      engine.traffic.forget(dropped.id)
      beginDeleting(engine, dropped)
      startSweep(engine, dropped.id, 0)
    }
    return output
  },
}
