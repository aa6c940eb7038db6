// A table as the catalog stores it: the schema and what else DynamoDB remembers about a table, one JSON row.
// `revision` rises with every change of the row; `id` and index ids are never used twice.
import type { TableSchema } from '../model/table.ts'
import type { OnDemandThroughput, WarmThroughput } from './table-shapes.ts'

export interface TableRow extends TableSchema {
  /** Of the row's format. */
  readonly version: 1
  readonly revision: number
  /** Milliseconds since the epoch. */
  readonly lastUpdateToPayPerRequestAt?: number
  readonly onDemandThroughput?: OnDemandThroughput
  readonly warmThroughput?: WarmThroughput
  /** The label of a stream that was disabled stays, as on AWS. */
  readonly latestStreamLabel?: string
  readonly timeToLiveAttribute?: string
  readonly pointInTimeRecovery?: boolean
  readonly tableClass?: string
}

const ARN_PREFIX = 'arn:aws:dynamodb:local:000000000000:table/'

/** The name in a table's ARN, or what was given: AWS takes either wherever it takes a TableName. */
export function tableNameOf(nameOrArn: string): string {
  return nameOrArn.startsWith(ARN_PREFIX) ? nameOrArn.slice(ARN_PREFIX.length) : nameOrArn
}

export function tableArnOf(tableName: string): string {
  return ARN_PREFIX + tableName
}

/** A stream's label: the ISO time, without its zone, at which it was enabled. */
export function streamLabelOf(timeMs: number): string {
  return new Date(timeMs).toISOString().slice(0, -1)
}
