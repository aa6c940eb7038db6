// A table as the catalog stores it: the schema and what else DynamoDB remembers about a table, one JSON row.
// `revision` rises with every change of the row; `id` and index ids are never used twice.
import type { TableSchema } from '../model/table.ts'
import type { OnDemandThroughput, WarmThroughput } from './table-shapes.ts'

/** When provisioned throughput changed, milliseconds since the epoch, and how often it fell on a UTC day. */
export interface ThroughputChanges {
  readonly lastIncreaseAt?: number
  readonly lastDecreaseAt?: number
  /** On the day of `lastDecreaseAt`. */
  readonly decreases?: number
}

export type InsightsMode = 'ACCESSED_AND_THROTTLED_KEYS' | 'THROTTLED_KEYS'
/** Contributor insights of a table or index, once they were ever switched. */
export interface InsightsSettings {
  readonly enabled: boolean
  readonly mode: InsightsMode
  /** Milliseconds since the epoch. */
  readonly changedAt: number
}

/** Target tracking of one dimension of a table's or index's provisioned throughput. */
export interface AutoScaling {
  readonly minimum: number
  readonly maximum: number
  readonly policyName: string
  /** Percent of the provisioned units. */
  readonly target: number
  readonly disableScaleIn?: boolean
  /** Seconds. */
  readonly scaleInCooldown?: number
  readonly scaleOutCooldown?: number
}

/** What a table and each of its GSIs have alike. */
export interface ThroughputSettings {
  readonly onDemandThroughput?: OnDemandThroughput
  readonly warmThroughput?: WarmThroughput
  readonly throughputChanges?: ThroughputChanges
  readonly insights?: InsightsSettings
  readonly readScaling?: AutoScaling
  readonly writeScaling?: AutoScaling
}

/** A resource policy in its canonical form. After a deletion the revision stays, without a document. */
export interface PolicyRow {
  readonly document?: string
  /** What was sent, canonical but for what only reading fills in: decides whether a Put changes anything. */
  readonly sent?: string
  /** Milliseconds since the epoch of the change: the RevisionId. */
  readonly revision: number
}

export interface KinesisDestination {
  readonly streamArn: string
  readonly status: 'ACTIVE' | 'DISABLED' | 'ENABLE_FAILED'
  readonly description?: string
  readonly precision?: 'MILLISECOND' | 'MICROSECOND'
}

export interface TableRow extends TableSchema, ThroughputSettings {
  /** Of the row's format. */
  readonly version: 1
  readonly revision: number
  /** Milliseconds since the epoch. */
  readonly lastUpdateToPayPerRequestAt?: number
  /** By index id, which is never used twice. */
  readonly indexSettings?: { readonly [indexId: string]: ThroughputSettings }
  /** Names in the order of AttributeDefinitions as sent, where it is not that of the keys. */
  readonly attributeOrder?: readonly string[]
  /** The label of a stream that was disabled stays, as on AWS. */
  readonly latestStreamLabel?: string
  readonly timeToLiveAttribute?: string
  readonly timeToLiveChangedAt?: number
  readonly pointInTimeRecovery?: boolean
  /** Of the last switching on: nothing older can be restored. */
  readonly pointInTimeRecoveryAt?: number
  readonly recoveryPeriodInDays?: number
  readonly tableClass?: string
  /** Of the last changes of the class, the oldest first: AWS counts two in 30 days. */
  readonly tableClassChanges?: readonly number[]
  readonly deletionProtectionChangedAt?: number
  /** ARN of the key that encrypts the table. */
  readonly encryptionKeyArn?: string
  readonly tags?: { readonly [key: string]: string }
  readonly resourcePolicy?: PolicyRow
  /** By stream label. */
  readonly streamPolicies?: { readonly [label: string]: PolicyRow }
  readonly kinesisDestinations?: readonly KinesisDestination[]
}

/** The settings of the table (index id 0) or of an index. */
export function throughputSettings(row: TableRow, indexId: number): ThroughputSettings {
  return indexId === 0 ? row : (row.indexSettings?.[indexId] ?? {})
}

export function withThroughputSettings(row: TableRow, indexId: number, settings: ThroughputSettings): TableRow {
  if (indexId === 0) return { ...row, ...settings }
  return { ...row, indexSettings: { ...row.indexSettings, [indexId]: settings } }
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
