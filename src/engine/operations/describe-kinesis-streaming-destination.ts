// DescribeKinesisStreamingDestination: a table's destinations with the states that they are in now.
// Disabled and failed ones stay listed.
import { shownStatus } from '../kinesis-destinations.ts'
import type { Operation } from '../operation.ts'
import { checkTableName } from '../table-name.ts'
import { mustShowRow } from '../table-phase.ts'

export interface DescribeKinesisStreamingDestinationInput {
  readonly TableName: string
}
export interface KinesisDataStreamDestination {
  readonly StreamArn: string
  readonly DestinationStatus: string
  readonly DestinationStatusDescription?: string
  readonly ApproximateCreationDateTimePrecision?: string
}
export interface DescribeKinesisStreamingDestinationOutput {
  readonly TableName: string
  readonly KinesisDataStreamDestinations: readonly KinesisDataStreamDestination[]
}

/** AWS page: DescribeKinesisStreamingDestination. Throws ValidationException, ResourceNotFoundException. */
export const describeKinesisStreamingDestination: Operation<
  DescribeKinesisStreamingDestinationInput,
  DescribeKinesisStreamingDestinationOutput
> = {
  name: 'DescribeKinesisStreamingDestination',
  kind: 'read',
  async run(engine, { TableName }) {
    checkTableName(TableName)
    const row = mustShowRow(engine, TableName)
    const destinations = (row.kinesisDestinations ?? []).map((known) => {
      const DestinationStatus = shownStatus(engine, row, known)
      return {
        StreamArn: known.streamArn,
        DestinationStatus,
        // Not before it has failed.
        ...(known.description === undefined || DestinationStatus !== known.status ? {} : { DestinationStatusDescription: known.description }),
        ...(known.precision === undefined ? {} : { ApproximateCreationDateTimePrecision: known.precision }),
      }
    })
    return { TableName: row.name, KinesisDataStreamDestinations: destinations }
  },
}
