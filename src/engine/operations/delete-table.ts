// DeleteTable: the table is gone with the commit of its catalog row; its items are swept in the background, and a new
// table of the same name starts empty at once.
import { ResourceInUseException, ValidationException } from '../../model/errors.ts'
import { mustReadTableRow } from '../catalog.ts'
import type { Operation } from '../operation.ts'
import { closeStream } from '../stream-row.ts'
import { startSweep, writeDrop } from '../sweep-dropped.ts'
import { tableRowKey } from '../storage-keys.ts'
import { TableCounters } from '../table-counters.ts'
import { describeTableRow } from '../table-description.ts'
import { checkTableName } from '../table-name.ts'
import type { TableRow } from '../table-row.ts'
import type { TableDescription } from '../table-shapes.ts'

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
    let dropped: TableRow | undefined
    const output = await engine.write(context, (write) => {
      const row = mustReadTableRow(write, input.TableName)
      if (row.deletionProtection === true) {
        throw new ValidationException(
          'Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.',
        )
      }
      if (row.status !== 'ACTIVE') {
        throw new ResourceInUseException(`Attempt to change a resource which is still in use: Table is being updated: ${row.name}`)
      }
      if (row.indexes.some(({ kind, status }) => kind === 'VECTOR' && status === 'CREATING')) {
        throw new ResourceInUseException(
          'Attempt to change a resource which is still in use: Cannot delete table while indexes are being created, updated, or deleted.',
        )
      }
      write.delete(tableRowKey(row.name))
      closeStream(write, row)
      writeDrop(write, row.id, 0)
      dropped = row
      return { TableDescription: describeTableRow({ ...row, status: 'DELETING' }, TableCounters.read(write, row.id)) }
    })
    if (dropped !== undefined) {
      engine.catalog.forget(dropped)
      startSweep(engine, dropped.id, 0)
    }
    return output
  },
}
