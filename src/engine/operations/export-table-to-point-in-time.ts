// ExportTableToPointInTime: checked whole in AWS's order (lab findings DDB-EXPORT-001 to -005); then the bucket is not
// found, because no destination can be registered yet.
import { InvalidExportTimeException, PointInTimeRecoveryUnavailableException } from '../../model/control-errors.ts'
import { AccessDeniedException, TableNotFoundException, ValidationException } from '../../model/errors.ts'
import { Constraints } from '../constraints.ts'
import { recoveryWindow, type RecoveryWindow } from '../continuous-backups.ts'
import type { Operation } from '../operation.ts'
import { shownRow } from '../table-phase.ts'
import { tableNameOf, type TableRow } from '../table-row.ts'

const MIN_WINDOW_S = 15 * 60
const MAX_WINDOW_S = 24 * 60 * 60
const BUCKET_PATTERN = /^[a-z0-9A-Z]+[.\-\w]*[a-z0-9A-Z]+$/

interface IncrementalExportSpecification {
  /** Epoch seconds. */
  readonly ExportFromTime?: number
  readonly ExportToTime?: number
  readonly ExportViewType?: string
}
export interface ExportTableToPointInTimeInput {
  readonly TableArn: string
  /** Epoch seconds. */
  readonly ExportTime?: number
  readonly ClientToken?: string
  readonly S3Bucket: string
  readonly S3BucketOwner?: string
  readonly S3Prefix?: string
  readonly S3SseAlgorithm?: string
  readonly S3SseKmsKeyId?: string
  readonly ExportFormat?: string
  readonly ExportType?: string
  readonly IncrementalExportSpecification?: IncrementalExportSpecification
}

/**
 * AWS page: ExportTableToPointInTime. Throws ValidationException, TableNotFoundException, InvalidExportTimeException,
 * PointInTimeRecoveryUnavailableException.
 */
export const exportTableToPointInTime: Operation<ExportTableToPointInTimeInput, object> = {
  name: 'ExportTableToPointInTime',
  kind: 'write',
  async run(engine, input) {
    checkShape(input)
    checkCouplings(input)
    const row = shownRow(engine, sourceOf(input.TableArn))
    if (row === undefined) throw new TableNotFoundException(`Table not found: ${input.TableArn}`)
    const now = engine.environment.now()
    const window = recoveryWindow(row, now)
    if (input.ExportType === 'INCREMENTAL_EXPORT') checkIncrement(input.IncrementalExportSpecification ?? {}, window, row, now)
    if (window === undefined) throw new PointInTimeRecoveryUnavailableException(`Point in time recovery is not enabled for table '${row.name}'`)
    const at = input.ExportTime === undefined ? undefined : input.ExportTime * 1000
    if (at !== undefined && (at < window.earliest || at > now)) throw new InvalidExportTimeException('Export Time is invalid')
    throw noSuchBucket(input.S3Bucket)
  },
}

/** Nothing is registered under any name. */
export function noSuchBucket(bucket: string): ValidationException {
  return new ValidationException(`Invalid Request: The specified bucket does not exist: ${bucket}`)
}

function checkShape(input: ExportTableToPointInTimeInput): void {
  const constraints = new Constraints()
  constraints.notNull('tableArn', input.TableArn)
  checkBucket(constraints, 's3Bucket', input.S3Bucket)
  if (input.S3BucketOwner !== undefined && !/^[0-9]{12}$/.test(input.S3BucketOwner)) {
    constraints.fail('s3BucketOwner', input.S3BucketOwner, 'Member must satisfy regular expression pattern: [0-9]{12}')
  }
  constraints.length('s3Prefix', input.S3Prefix, 0, 1024)
  constraints.oneOf('s3SseAlgorithm', input.S3SseAlgorithm, ['AES256', 'KMS'])
  constraints.oneOf('exportFormat', input.ExportFormat, ['ION', 'DYNAMODB_JSON'])
  constraints.oneOf('exportType', input.ExportType, ['FULL_EXPORT', 'INCREMENTAL_EXPORT'])
  constraints.oneOf('incrementalExportSpecification.exportViewType', input.IncrementalExportSpecification?.ExportViewType, [
    'NEW_AND_OLD_IMAGES',
    'NEW_IMAGE',
  ])
  constraints.done()
}

export function checkBucket(constraints: Constraints, path: string, bucket: string): void {
  if (!constraints.notNull(path, bucket)) return
  if (!BUCKET_PATTERN.test(bucket)) {
    constraints.fail(path, bucket, 'Member must satisfy regular expression pattern: ^[a-z0-9A-Z]+[\\.\\-\\w]*[a-z0-9A-Z]+$')
  }
  constraints.length(path, bucket, 0, 255)
}

function checkCouplings(input: ExportTableToPointInTimeInput): void {
  const { ExportType: type, IncrementalExportSpecification: increment } = input
  const invalid = (text: string): ValidationException => new ValidationException(`Invalid Request: ${text}`)
  if (input.S3SseKmsKeyId !== undefined && input.S3SseAlgorithm !== 'KMS') throw invalid('KMS Key Id is not supported for this encryption type')
  if (increment !== undefined && type === undefined) {
    throw invalid('Export Type expected to be Incremental Export when incremental export specification is provided')
  }
  if (increment !== undefined && type === 'FULL_EXPORT') {
    throw invalid('When Export Type is Full Export , Incremental Export Specification should not be provided')
  }
  if (type === 'INCREMENTAL_EXPORT') {
    if (increment === undefined) throw invalid('Incremental Export Specification expected when export type is set as Incremental Export')
    if (increment.ExportFromTime === undefined) throw invalid('ExportFromTime must be provided in IncrementalExportSpecification')
  }
}

function sourceOf(arn: string): string {
  const [scheme, , , , account, ...resource] = arn.split(':')
  if (scheme !== 'arn') throw new ValidationException('One or more parameter values were invalid: tableArn is not a valid ARN')
  if (resource.join(':').split('/').length !== 2) throw new ValidationException('Invalid Request: Table ARN is invalid.')
  if (account !== '000000000000') throw new AccessDeniedException('Access is denied')
  return tableNameOf(arn)
}

function checkIncrement({ ExportFromTime: from = 0, ExportToTime }: IncrementalExportSpecification, window: RecoveryWindow | undefined, row: TableRow, now: number): void {
  const to = ExportToTime ?? now / 1000
  const time = (seconds: number): string => `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`
  if (from * 1000 < Math.max(row.createdAt, window?.earliest ?? Infinity)) {
    throw new InvalidExportTimeException(`Incremental export period from time cannot be less than the table creation time : ${time(from)}`)
  }
  if (to * 1000 > now) {
    throw new InvalidExportTimeException(`Incremental export period to time cannot be greater than the current time : ${time(to)}`)
  }
  if (to - from < MIN_WINDOW_S) {
    throw new InvalidExportTimeException('Difference between export period from time and export period to time is less than 15 minutes')
  }
  if (to - from > MAX_WINDOW_S) {
    throw new InvalidExportTimeException('Difference between export period from time and export period to time is greater than 24 hours')
  }
}
