// StartBulkPutItems: puts the items of a bucket's objects into a table that exists, in the background (bulk-put.ts). A
// ClientToken starts one operation only: for 8 hours it is answered with that one.
import { ResourceInUseException, ValidationException } from '../../model/errors.ts'
import { textHash } from '../../model/text-hash.ts'
import type { WriteStep } from '../../storage/write-step.ts'
import {
  describeBulkOperation,
  readBulkOperation,
  readToken,
  writeBulkOperation,
  writeToken,
  type BulkOperationRow,
  type InputS3Configuration,
  type OutputS3Configuration,
} from '../bulk-operation.ts'
import { startBulkPut } from '../bulk-put.ts'
import { mustReadTableRow } from '../catalog.ts'
import { Constraints } from '../constraints.ts'
import type { EngineCore } from '../engine-core.ts'
import type { Operation } from '../operation.ts'
import type { TableRow } from '../table-row.ts'
import { tokenReused } from './transact-write-items.ts'

export interface StartBulkPutItemsInput {
  readonly ClientToken?: string
  readonly TableName: string
  readonly InputS3Configuration: InputS3Configuration
  readonly OutputS3Configuration: OutputS3Configuration
  readonly MaxWriteRequestUnits?: number
  readonly PerformanceTier?: string
}
export interface BulkOperationOutput {
  readonly BulkOperationDescription: object
}

const TOKEN_LIFETIME_MS = 8 * 60 * 60 * 1000
const BUCKET_PATTERN = /^[a-z0-9A-Z]+[.\-\w]*[a-z0-9A-Z]+$/

/**
 * AWS page: StartBulkPutItems. Throws ValidationException, ResourceNotFoundException, ResourceInUseException,
 * IdempotentParameterMismatchException. Buckets that are not registered fail the operation, not its start.
 */
export const startBulkPutItems: Operation<StartBulkPutItemsInput, BulkOperationOutput> = {
  name: 'StartBulkPutItems',
  kind: 'write',
  async run(engine, input, context) {
    checkShape(input)
    const uuid = engine.environment.randomUuid()
    let started: BulkOperationRow | undefined
    const output = await engine.write(context, (write) => {
      const known = knownOperation(write, input)
      started = known === undefined ? writeStart(write, input, uuid) : undefined
      return { BulkOperationDescription: describeOperation(engine, known ?? started) }
    })
    if (started !== undefined) startBulkPut(engine, started.id)
    return output
  },
}

function checkShape(input: StartBulkPutItemsInput): void {
  const constraints = new Constraints()
  constraints.tableName(input.TableName)
  const { InputS3Configuration: source, OutputS3Configuration: target } = input
  if (constraints.map('inputS3Configuration', source)) {
    checkBucket(constraints, 'inputS3Configuration.s3Bucket', source.S3Bucket)
    constraints.length('inputS3Configuration.s3KeyPrefix', source.S3KeyPrefix, 0, 1024)
    if (constraints.notNull('inputS3Configuration.inputFormat', source.InputFormat)) {
      constraints.oneOf('inputS3Configuration.inputFormat', source.InputFormat, ['DYNAMODB_JSON', 'ION'])
    }
    constraints.oneOf('inputS3Configuration.inputCompressionType', source.InputCompressionType, ['GZIP', 'ZSTD', 'NONE'])
  }
  if (constraints.map('outputS3Configuration', target)) {
    checkBucket(constraints, 'outputS3Configuration.s3Bucket', target.S3Bucket)
    constraints.length('outputS3Configuration.s3KeyPrefix', target.S3KeyPrefix, 0, 1024)
    constraints.oneOf('outputS3Configuration.s3SseAlgorithm', target.S3SseAlgorithm, ['AES256', 'KMS'])
    if (constraints.list('outputS3Configuration.outputType', target.OutputType)) {
      constraints.length('outputS3Configuration.outputType', target.OutputType, 1, 2)
      target.OutputType.forEach((type, at) => constraints.oneOf(`outputS3Configuration.outputType.${at + 1}.member`, type, ['ERROR', 'CONDITION_CHECK_FAILURE']))
    }
  }
  constraints.range('maxWriteRequestUnits', input.MaxWriteRequestUnits, 1024, Number.MAX_SAFE_INTEGER)
  constraints.oneOf('performanceTier', input.PerformanceTier, ['STANDARD', 'ACCELERATED'])
  if (input.ClientToken !== undefined && !/^[^$]+$/.test(input.ClientToken)) {
    constraints.fail('clientToken', input.ClientToken, 'Member must satisfy regular expression pattern: ^[^\\$]+$')
  }
  constraints.done()
  // No decoder for these is at hand: a clear refusal beats an operation that fails later.
  if (source.InputFormat === 'ION') throw new ValidationException('InputFormat ION is not supported by StartBulkPutItems of this database: use DYNAMODB_JSON')
  if (source.InputCompressionType === 'ZSTD') {
    throw new ValidationException('InputCompressionType ZSTD is not supported by StartBulkPutItems of this database: use GZIP or NONE')
  }
}

function checkBucket(constraints: Constraints, path: string, name: unknown): void {
  if (!constraints.notNull(path, name)) return
  if (typeof name === 'string' && name.length > 255) constraints.length(path, name, 0, 255)
  if (typeof name !== 'string' || !BUCKET_PATTERN.test(name)) {
    constraints.fail(path, name, 'Member must satisfy regular expression pattern: ^[a-z0-9A-Z]+[\\.\\-\\w]*[a-z0-9A-Z]+$')
  }
}

function hashOf(input: StartBulkPutItemsInput): string {
  const { TableName, InputS3Configuration, OutputS3Configuration, MaxWriteRequestUnits, PerformanceTier } = input
  return textHash(JSON.stringify([TableName, InputS3Configuration, OutputS3Configuration, MaxWriteRequestUnits, PerformanceTier]))
}

/** The operation that this token started. Throws IdempotentParameterMismatchException. */
function knownOperation(write: WriteStep, input: StartBulkPutItemsInput): BulkOperationRow | undefined {
  if (input.ClientToken === undefined) return undefined
  const token = readToken(write, input.ClientToken)
  if (token === undefined || token.expiresAt <= write.committedAt) return undefined
  if (token.hash !== hashOf(input)) throw tokenReused()
  return readBulkOperation(write, token.operationId)
}

function writeStart(write: WriteStep, input: StartBulkPutItemsInput, uuid: string): BulkOperationRow {
  const table = mustReadTableRow(write, input.TableName)
  checkTable(table)
  const startedAt = write.committedAt
  // As exports name theirs: in order of time.
  const id = `${String(startedAt).padStart(14, '0')}-${uuid.replaceAll('-', '').slice(-8)}`
  const { ClientToken: token, MaxWriteRequestUnits: units } = input
  if (token !== undefined) writeToken(write, token, { operationId: id, hash: hashOf(input), expiresAt: startedAt + TOKEN_LIFETIME_MS })
  return writeBulkOperation(write, {
    version: 1,
    id,
    status: 'IN_PROGRESS',
    tableName: table.name,
    tableId: table.id,
    tableUuid: table.uuid,
    ...(token === undefined ? {} : { clientToken: token }),
    input: { ...input.InputS3Configuration, InputCompressionType: input.InputS3Configuration.InputCompressionType ?? 'NONE' },
    output: input.OutputS3Configuration,
    ...(units === undefined ? {} : { maxWriteRequestUnits: units }),
    performanceTier: input.PerformanceTier ?? 'STANDARD',
    startedAt,
    doneBytes: 0,
    objectBytes: 0,
    doneLines: 0,
    processedItems: 0,
    failedItems: 0,
    conditionFailures: 0,
    usage: {},
    reportRows: 0,
  })
}

/** ACTIVE, and no index being made (AWS page: BulkPutItems.Considerations). */
function checkTable(table: TableRow): void {
  if (table.status === 'ACTIVE' && !table.indexes.some(({ status }) => status === 'CREATING')) return
  throw new ResourceInUseException(`Attempt to change a resource which is still in use: Table is being updated: ${table.name}`)
}

/** With the indexes that its table has now. */
export function describeOperation(engine: EngineCore, row: BulkOperationRow | undefined): object {
  if (row === undefined) return {}
  const indexes = engine.catalog.getTable(row.tableName)?.schema.indexes ?? []
  return describeBulkOperation(row, new Map(indexes.map(({ name, kind }) => [name, kind])))
}
