// Kinesis streaming destinations of a table: their states and AWS's refusals (lab findings DDB-TABLE-299 to -304, -318).
// There are no Kinesis streams here yet, so every destination ends as ENABLE_FAILED, just as AWS ends one whose stream
// does not exist: `resolveDestination` is the place where streams come in.
import { ValidationException } from '../model/errors.ts'
import { Constraints } from './constraints.ts'
import type { EngineCore } from './engine-core.ts'
import { checkTableName } from './table-name.ts'
import type { KinesisDestination, TableRow } from './table-row.ts'
import type { TransitionKind } from './transitions.ts'

const NOT_VALID = 'Table is not in a valid state to enable Kinesis Streaming Destination: '
const PRECISIONS = ['MILLISECOND', 'MICROSECOND'] as const

export type Precision = (typeof PRECISIONS)[number]
export interface PrecisionConfiguration {
  readonly ApproximateCreationDateTimePrecision?: Precision
}
export interface KinesisStreamingDestinationInput {
  readonly TableName: string
  readonly StreamArn: string
  readonly EnableKinesisStreamingConfiguration?: PrecisionConfiguration
}
/** `DestinationStatus` passes through ENABLING, DISABLING, UPDATING. */
export interface KinesisStreamingDestinationOutput {
  readonly TableName: string
  readonly StreamArn: string
  readonly DestinationStatus: string
  readonly EnableKinesisStreamingConfiguration?: PrecisionConfiguration
}

/** Throws ValidationException. */
export function checkDestinationInput(
  input: { readonly TableName: string; readonly StreamArn: string },
  member: string,
  configuration: PrecisionConfiguration | undefined,
): void {
  checkTableName(input.TableName)
  const constraints = new Constraints()
  if (constraints.notNull('streamArn', input.StreamArn)) constraints.length('streamArn', input.StreamArn, 37, 1024)
  constraints.oneOf(`${member}.approximateCreationDateTimePrecision`, configuration?.ApproximateCreationDateTimePrecision, PRECISIONS)
  constraints.done()
}

const keyOf = (tableId: number, streamArn: string): string => `kinesis/${tableId}/${streamArn}`

export function beginDestination(engine: EngineCore, row: TableRow, streamArn: string, kind: TransitionKind, status: string): void {
  engine.transitions.begin(keyOf(row.id, streamArn), kind, { status })
}

/** What is shown: the state that is being passed through, or the final one. */
export function shownStatus(engine: EngineCore, row: TableRow, { streamArn, status }: KinesisDestination): string {
  const passing = engine.transitions.get(keyOf(row.id, streamArn)) as { readonly status: string } | undefined
  return passing?.status ?? status
}

/** Throws ValidationException: one destination at a time. */
export function checkEnable(engine: EngineCore, row: TableRow): void {
  const live = (row.kinesisDestinations ?? []).some((known) => !['DISABLED', 'ENABLE_FAILED'].includes(shownStatus(engine, row, known)))
  if (!live) return
  throw new ValidationException(`${NOT_VALID}EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.`)
}

/** The destination, which is ACTIVE. Throws ValidationException. */
export function mustGetActive(engine: EngineCore, row: TableRow, streamArn: string, failure: 'DISABLE' | 'UPDATE'): KinesisDestination {
  const known = row.kinesisDestinations?.find((destination) => destination.streamArn === streamArn)
  if (known !== undefined && shownStatus(engine, row, known) === 'ACTIVE') return known
  throw new ValidationException(
    NOT_VALID +
      (failure === 'DISABLE'
        ? 'KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.'
        : `Kinesis streaming is not in ACTIVE state. Updates are only allowed in ACTIVE state. TableName: ${row.name}, kdsArn: ${streamArn}`),
  )
}

/** What enabling comes to. A stream of this Region that is not there is told as AWS tells it: as one without permission. */
export function resolveDestination(streamArn: string, precision: Precision | undefined): KinesisDestination {
  const [, , , region = ''] = streamArn.split(':')
  const description =
    region === 'local'
      ? 'User does not have a permission to use kinesis stream'
      : 'The kinesis Arn used to enable kinesis replication belongs to a stream which is not in the current region'
  return { streamArn, status: 'ENABLE_FAILED', description, ...(precision === undefined ? {} : { precision }) }
}

/** One entry per stream: enabling again changes its entry. */
export function withDestination(row: TableRow, destination: KinesisDestination): TableRow {
  const others = (row.kinesisDestinations ?? []).filter(({ streamArn }) => streamArn !== destination.streamArn)
  return { ...row, kinesisDestinations: [...others, destination] }
}
