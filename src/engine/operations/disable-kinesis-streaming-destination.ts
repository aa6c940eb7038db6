// DisableKinesisStreamingDestination: only what is ACTIVE can be disabled; its entry stays, as DISABLED.
// A stream that was never enabled is refused with the same words (lab finding DDB-TABLE-302).
import { ValidationException } from '../../model/errors.ts'
import { changeTable } from '../change-table.ts'
import {
  beginDestination,
  checkDestinationInput,
  mustGetActive,
  withDestination,
  type KinesisStreamingDestinationInput,
  type KinesisStreamingDestinationOutput,
} from '../kinesis-destinations.ts'
import type { Operation } from '../operation.ts'
import type { TableRow } from '../table-row.ts'

/** AWS page: DisableKinesisStreamingDestination. Throws ValidationException, ResourceNotFoundException. */
export const disableKinesisStreamingDestination: Operation<KinesisStreamingDestinationInput, KinesisStreamingDestinationOutput> = {
  name: 'DisableKinesisStreamingDestination',
  kind: 'write',
  async run(engine, input, context) {
    checkDestinationInput(input, 'enableKinesisStreamingConfiguration', input.EnableKinesisStreamingConfiguration)
    if (input.EnableKinesisStreamingConfiguration !== undefined) {
      throw new ValidationException('Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters')
    }
    let changed: TableRow | undefined
    const output = await changeTable(engine, context, input.TableName, (row) => {
      const { streamArn } = mustGetActive(engine, row, input.StreamArn, 'DISABLE')
      changed = withDestination(row, { streamArn, status: 'DISABLED' })
      return { row: changed, output: { TableName: row.name, StreamArn: streamArn, DestinationStatus: 'DISABLING' } }
    })
    if (changed !== undefined) beginDestination(engine, changed, input.StreamArn, 'kinesis', 'DISABLING')
    return output
  },
}
