// UpdateKinesisStreamingDestination: changes the precision of the records' times.
// Of an ACTIVE destination only, and only to another precision (lab finding DDB-TABLE-300).
import { ValidationException } from '../../model/errors.ts'
import { changeTable } from '../change-table.ts'
import {
  beginDestination,
  checkDestinationInput,
  mustGetActive,
  withDestination,
  type PrecisionConfiguration,
} from '../kinesis-destinations.ts'
import type { Operation } from '../operation.ts'
import type { TableRow } from '../table-row.ts'

export interface UpdateKinesisStreamingDestinationInput {
  readonly TableName: string
  readonly StreamArn: string
  readonly UpdateKinesisStreamingConfiguration?: PrecisionConfiguration
}
export interface UpdateKinesisStreamingDestinationOutput {
  readonly TableName: string
  readonly StreamArn: string
  readonly DestinationStatus: string
  readonly UpdateKinesisStreamingConfiguration: PrecisionConfiguration
}

/** AWS page: UpdateKinesisStreamingDestination. Throws ValidationException, ResourceNotFoundException. */
export const updateKinesisStreamingDestination: Operation<UpdateKinesisStreamingDestinationInput, UpdateKinesisStreamingDestinationOutput> = {
  name: 'UpdateKinesisStreamingDestination',
  kind: 'write',
  async run(engine, input, context) {
    const configuration = input.UpdateKinesisStreamingConfiguration
    checkDestinationInput(input, 'updateKinesisStreamingConfiguration', configuration)
    const precision = configuration?.ApproximateCreationDateTimePrecision
    if (precision === undefined) {
      throw new ValidationException(
        'Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration cannot be null or contain only null values',
      )
    }
    let changed: TableRow | undefined
    const output = await changeTable(engine, context, input.TableName, (row) => {
      const known = mustGetActive(engine, row, input.StreamArn, 'UPDATE')
      if ((known.precision ?? 'MILLISECOND') === precision) {
        throw new ValidationException(
          `Invalid Request: Precision is already set to the desired value of ${precision} for tableId: ${row.uuid}, kdsArn: ${known.streamArn}`,
        )
      }
      changed = withDestination(row, { ...known, precision })
      return {
        row: changed,
        output: {
          TableName: row.name,
          StreamArn: known.streamArn,
          DestinationStatus: 'UPDATING',
          UpdateKinesisStreamingConfiguration: { ApproximateCreationDateTimePrecision: precision },
        },
      }
    })
    if (changed !== undefined) beginDestination(engine, changed, input.StreamArn, 'kinesisPrecision', 'UPDATING')
    return output
  },
}
