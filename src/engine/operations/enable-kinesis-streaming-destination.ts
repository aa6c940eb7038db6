// EnableKinesisStreamingDestination: the answer is ENABLING, whatever the stream; what comes of it is Describe's to tell
// (lab finding DDB-TABLE-318: the stream is never checked synchronously).
import { changeTable } from '../change-table.ts'
import {
  beginDestination,
  checkDestinationInput,
  checkEnable,
  resolveDestination,
  withDestination,
  type KinesisStreamingDestinationInput,
  type KinesisStreamingDestinationOutput,
} from '../kinesis-destinations.ts'
import type { Operation } from '../operation.ts'
import { refuseWhileDeleting } from '../table-phase.ts'
import type { TableRow } from '../table-row.ts'

/** AWS page: EnableKinesisStreamingDestination. Throws ValidationException, ResourceNotFoundException, ResourceInUseException. */
export const enableKinesisStreamingDestination: Operation<KinesisStreamingDestinationInput, KinesisStreamingDestinationOutput> = {
  name: 'EnableKinesisStreamingDestination',
  kind: 'write',
  async run(engine, input, context) {
    const configuration = input.EnableKinesisStreamingConfiguration
    checkDestinationInput(input, 'enableKinesisStreamingConfiguration', configuration)
    refuseWhileDeleting(engine, input.TableName)
    let changed: TableRow | undefined
    const output = await changeTable(engine, context, input.TableName, (row) => {
      checkEnable(engine, row)
      changed = withDestination(row, resolveDestination(input.StreamArn, configuration?.ApproximateCreationDateTimePrecision))
      return {
        row: changed,
        output: {
          TableName: row.name,
          StreamArn: input.StreamArn,
          DestinationStatus: 'ENABLING',
          ...(configuration === undefined ? {} : { EnableKinesisStreamingConfiguration: configuration }),
        },
      }
    })
    if (changed !== undefined) beginDestination(engine, changed, input.StreamArn, 'kinesis', 'ENABLING')
    return output
  },
}
