// Bulk operations as the store keeps them: one row per operation in the system space, with the settings of its start, its
// counts and how far it has come; report lines in rows of their own until the report is written; one row per ClientToken.
// A slice of items, the row and its report lines are one commit, so an operation goes on exactly where it stopped.
import { ResourceNotFoundException } from '../model/errors.ts'
import { encodeKeyPart, encodeU32, prefixEnd } from '../model/key-encoding.ts'
import type { Key, KeyRange, Reader } from '../storage/store.ts'
import type { WriteStep } from '../storage/write-step.ts'
import { bulkSpace } from './storage-keys.ts'
import { tableArnOf } from './table-row.ts'

export type BulkOperationStatus = 'IN_PROGRESS' | 'COMPLETED' | 'COMPLETED_WITH_ERRORS' | 'CANCELLING' | 'CANCELLED' | 'FAILED'
export type ReportType = 'ERROR' | 'CONDITION_CHECK_FAILURE'

export interface InputS3Configuration {
  readonly S3BucketOwner?: string
  readonly S3Bucket: string
  readonly S3KeyPrefix?: string
  readonly InputFormat: string
  readonly InputCompressionType?: string
}
export interface OutputS3Configuration {
  readonly S3BucketOwner?: string
  readonly S3Bucket: string
  readonly S3KeyPrefix?: string
  readonly S3SseAlgorithm?: string
  readonly S3SseKmsKeyId?: string
  readonly OutputType: readonly ReportType[]
}

export interface BulkOperationRow {
  readonly version: 1
  readonly id: string
  readonly status: BulkOperationStatus
  readonly tableName: string
  readonly tableId: number
  readonly tableUuid: string
  readonly clientToken?: string
  readonly input: InputS3Configuration
  readonly output: OutputS3Configuration
  readonly maxWriteRequestUnits?: number
  readonly performanceTier: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  readonly endedAt?: number
  readonly totalInputBytes?: number
  /** Of objects that are done; of the present one `objectBytes` more. */
  readonly doneBytes: number
  readonly objectBytes: number
  /** Objects up to this key are done, in order of keys; undefined: none. */
  readonly doneObject?: string
  /** Lines of the next object that are done. */
  readonly doneLines: number
  readonly processedItems: number
  readonly failedItems: number
  readonly conditionFailures: number
  /** Bytes put, by index name; '' is the table. */
  readonly usage: { readonly [indexName: string]: number }
  /** Rows of report lines so far. */
  readonly reportRows: number
  readonly failure?: { readonly code: string; readonly message: string }
}

const ROWS = 'o'
const TOKENS = 't'
const REPORTS = 'r'

export function isTerminal({ status }: BulkOperationRow): boolean {
  return status !== 'IN_PROGRESS' && status !== 'CANCELLING'
}

function rowKey(id: string): Key {
  return bulkSpace + ROWS + id
}

export function readBulkOperation(reader: Reader, id: string): BulkOperationRow | undefined {
  const text = reader.get(rowKey(id))
  return text === undefined ? undefined : (JSON.parse(text) as BulkOperationRow)
}

export function writeBulkOperation(write: WriteStep, row: BulkOperationRow): BulkOperationRow {
  write.put(rowKey(row.id), JSON.stringify(row))
  return row
}

/** The newest first. */
export function readBulkOperations(reader: Reader): BulkOperationRow[] {
  const prefix = bulkSpace + ROWS
  const cursor = reader.cursor({ start: prefix, end: prefixEnd(prefix), reverse: true })
  const rows: BulkOperationRow[] = []
  while (cursor.next()) rows.push(JSON.parse(cursor.value) as BulkOperationRow)
  return rows
}

// ── Report lines

export function reportRange(id: string, type?: ReportType): KeyRange {
  const prefix = `${bulkSpace + REPORTS + id}/${type === undefined ? '' : `${type}/`}`
  return { start: prefix, end: prefixEnd(prefix) }
}
export function writeReportLines(write: WriteStep, id: string, type: ReportType, sequence: number, lines: readonly string[]): void {
  write.put(reportRange(id, type).start + encodeU32(sequence), lines.map((line) => `${line}\n`).join(''))
}

// ── Tokens

export interface KnownToken {
  readonly operationId: string
  readonly hash: string
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

export function readToken(reader: Reader, token: string): KnownToken | undefined {
  const text = reader.get(tokenKey(token))
  return text === undefined ? undefined : (JSON.parse(text) as KnownToken)
}

export function writeToken(write: WriteStep, token: string, known: KnownToken): void {
  write.put(tokenKey(token), JSON.stringify(known))
}

function tokenKey(token: string): Key {
  return bulkSpace + TOKENS + encodeKeyPart(token)
}

// ── Descriptions

const ARN_PART = '/bulk-operation/'

export function bulkOperationArn({ tableName, id }: BulkOperationRow): string {
  return tableArnOf(tableName) + ARN_PART + id
}

/** Throws ResourceNotFoundException. */
export function mustReadByArn(reader: Reader, arn: string): BulkOperationRow {
  const at = arn.lastIndexOf(ARN_PART)
  const row = at < 0 ? undefined : readBulkOperation(reader, arn.slice(at + ARN_PART.length))
  if (row === undefined || bulkOperationArn(row) !== arn) {
    throw new ResourceNotFoundException(`Requested resource not found: BulkOperation: ${arn} not found`)
  }
  return row
}

/** AWS page: BulkOperationDescription. */
export function describeBulkOperation(row: BulkOperationRow, indexKinds: ReadonlyMap<string, 'LOCAL' | 'GLOBAL' | 'VECTOR'>) {
  return {
    BulkOperationArn: bulkOperationArn(row),
    BulkOperationStatus: row.status,
    TableDetails: [{ TableName: row.tableName, TableId: row.tableUuid }],
    ...(row.clientToken === undefined ? {} : { ClientToken: row.clientToken }),
    InputS3Configuration: row.input,
    OutputS3Configuration: row.output,
    StartTime: row.startedAt / 1000,
    ...(row.endedAt === undefined ? {} : { EndTime: row.endedAt / 1000 }),
    ProcessedItemCount: row.processedItems,
    ProcessedInputBytes: row.doneBytes + row.objectBytes,
    ...(row.totalInputBytes === undefined ? {} : { TotalInputBytes: row.totalInputBytes }),
    BulkOperationUsage: [describeUsage(row, indexKinds)],
    FailedItemCount: row.failedItems,
    ...(row.failure === undefined || !isTerminal(row) ? {} : { FailureCode: row.failure.code, FailureMessage: row.failure.message }),
    ...(row.maxWriteRequestUnits === undefined ? {} : { MaxWriteRequestUnits: row.maxWriteRequestUnits }),
    PerformanceTier: row.performanceTier,
  }
}

/** AWS page: BulkOperationUsage; vector bytes are apart from the sum. */
function describeUsage({ tableName, usage }: BulkOperationRow, indexKinds: ReadonlyMap<string, string>) {
  const of = (kind: string, member: string) => {
    const found = Object.entries(usage).filter(([name]) => indexKinds.get(name) === kind)
    return Object.fromEntries(found.map(([name, bytes]) => [name, { [member]: bytes }]))
  }
  const locals = of('LOCAL', 'BulkPutBytes')
  const globals = of('GLOBAL', 'BulkPutBytes')
  const vectors = of('VECTOR', 'BulkPutVectorBytes')
  const total = Object.entries(usage).reduce((sum, [name, bytes]) => sum + (indexKinds.get(name) === 'VECTOR' ? 0 : bytes), 0)
  const some = <T extends object>(member: string, map: T): { readonly [member: string]: T } => (Object.keys(map).length === 0 ? {} : { [member]: map })
  return {
    TableName: tableName,
    BulkPutBytes: total,
    Table: { BulkPutBytes: usage[''] ?? 0 },
    ...some('LocalSecondaryIndexes', locals),
    ...some('GlobalSecondaryIndexes', globals),
    ...some('VectorIndexes', vectors),
  }
}
