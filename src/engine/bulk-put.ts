// The run of a bulk put: a background task of small slices over the objects of a bucket, in order of their keys. What it did
// is in the store with what it wrote, so a run that a crash or a close ended goes on at the next opening: it lists again,
// skips the objects and lines that are done, and writes nothing twice (conditions would see it).
import { QuotaExceededException, StorageException } from '../model/errors.ts'
import type { Bucket, BucketObject } from './bucket.ts'
import { BucketFailure, messageOf, ObjectFailure, parseRecord, readLines, type InputRecord, type Progress } from './bulk-input.ts'
import {
  isTerminal,
  readBulkOperation,
  reportRange,
  writeBulkOperation,
  type BulkOperationRow,
  type BulkOperationStatus,
} from './bulk-operation.ts'
import { writeReport } from './bulk-report.ts'
import { applySlice, type Slice } from './bulk-slice.ts'
import type { EngineCore } from './engine-core.ts'

const ITEMS_PER_SLICE = 100
const CHARS_PER_SLICE = 1024 * 1024
const RETRY_DELAY_MS = 1000
/** AWS page: ServiceQuotas, bulk put items. */
const MAX_OBJECTS = 50_000

/** How a run ended; undefined: the engine closes, and another run goes on. */
type Ending = { readonly status: 'COMPLETED' | 'CANCELLED' } | { readonly status: 'FAILED'; readonly code: string; readonly message: string } | undefined

const NO_SUCH_BUCKET: Ending = { status: 'FAILED', code: 'S3NoSuchBucket', message: 'The specified bucket does not exist' }

/** Goes on with those that earlier engines left. */
export function resumeBulkPuts(engine: EngineCore, rows: readonly BulkOperationRow[]): void {
  for (const row of rows) if (!isTerminal(row)) startBulkPut(engine, row.id)
}

export function startBulkPut(engine: EngineCore, id: string): void {
  engine.startTask(async () => {
    const row = await engine.read((reader) => readBulkOperation(reader, id))
    if (row === undefined || isTerminal(row)) return
    const ending = await runObjects(engine, row)
    if (ending !== undefined) await finish(engine, id, ending)
  })
}

async function runObjects(engine: EngineCore, row: BulkOperationRow): Promise<Ending> {
  const input = engine.buckets.get(row.input.S3Bucket)
  if (input === undefined || !engine.buckets.has(row.output.S3Bucket)) return NO_SUCH_BUCKET
  try {
    const objects = await listObjects(input, row.input.S3KeyPrefix ?? '')
    if (objects.length > MAX_OBJECTS) {
      return { status: 'FAILED', code: 'S3ObjectLimitExceeded', message: `The number of input objects exceeds the limit of ${MAX_OBJECTS}` }
    }
    await setTotal(engine, row.id, objects)
    for (const object of objects) {
      if (row.doneObject !== undefined && object.key <= row.doneObject) continue
      // Lines are of the first object that is not done.
      const isNext = object === objects.find(({ key }) => row.doneObject === undefined || key > row.doneObject)
      const stopped = await runObject(engine, row, input, object, isNext ? row.doneLines : 0)
      if (stopped !== 'done') return stopped
    }
    return { status: 'COMPLETED' }
  } catch (error) {
    if (error instanceof BucketFailure) return { status: 'FAILED', code: 'S3InternalError', message: error.message }
    throw error
  }
}

async function listObjects(bucket: Bucket, prefix: string): Promise<readonly BucketObject[]> {
  const objects: BucketObject[] = []
  try {
    for await (const object of bucket.list(prefix)) objects.push(object)
  } catch (error) {
    throw new BucketFailure(messageOf(error))
  }
  return objects.sort((a, b) => (a.key < b.key ? -1 : 1))
}

async function setTotal(engine: EngineCore, id: string, objects: readonly BucketObject[]): Promise<void> {
  const totalInputBytes = objects.reduce((sum, { size }) => sum + size, 0)
  await engine.keyspace.write((write) => {
    const row = readBulkOperation(write, id)
    if (row !== undefined && row.totalInputBytes !== totalInputBytes) writeBulkOperation(write, { ...row, totalInputBytes })
  })
}

/** `skip`: lines that are done. Throws BucketFailure. */
async function runObject(engine: EngineCore, row: BulkOperationRow, bucket: Bucket, object: BucketObject, skip: number): Promise<Ending | 'done'> {
  const progress: Progress = { bytes: 0 }
  const lines = readLines(bucket, object.key, row.input.InputCompressionType === 'GZIP', progress)
  let records: InputRecord[] = []
  let chars = 0
  let index = 0
  let objectError: Slice['objectError']
  const slice = (isLast: boolean): Slice => ({
    object: object.key,
    records,
    objectBytes: isLast ? object.size : Math.min(object.size, progress.bytes),
    isLast,
    objectError,
  })
  try {
    for await (const line of lines) {
      if (index++ < skip) continue
      records.push(parseRecord(row.tableName, line, index - 1))
      chars += line.length
      if (records.length < ITEMS_PER_SLICE && chars < CHARS_PER_SLICE) continue
      const ending = await writeSlice(engine, row, slice(false))
      if (ending !== 'written') return ending
      records = []
      chars = 0
    }
  } catch (error) {
    if (!(error instanceof ObjectFailure)) throw error
    objectError = { index: Math.max(0, index - 1), message: error.message }
  }
  const ending = await writeSlice(engine, row, slice(true))
  return ending === 'written' ? 'done' : ending
}

/** Waits as MaxWriteRequestUnits wants it. */
async function writeSlice(engine: EngineCore, row: BulkOperationRow, slice: Slice): Promise<Ending | 'written'> {
  for (;;) {
    if (engine.closing) return undefined
    try {
      const outcome = await engine.keyspace.write((write) => applySlice(write, row.id, slice, ({ tableName, tableId }) => tableOf(engine, tableName, tableId)))
      if (outcome.status === 'cancelled') return { status: 'CANCELLED' }
      if (outcome.status === 'gone') {
        return { status: 'FAILED', code: 'ResourceNotFoundException', message: `Requested resource not found: Table: ${row.tableName} not found` }
      }
      if (row.maxWriteRequestUnits === undefined) await engine.environment.yieldTask()
      else await wait(engine, (1000 * outcome.units) / row.maxWriteRequestUnits)
      return 'written'
    } catch (error) {
      if (!mayPass(error)) throw error
      await wait(engine, RETRY_DELAY_MS)
    }
  }
}

/** A table that was deleted and made again is another one. */
function tableOf(engine: EngineCore, tableName: string, tableId: number) {
  const table = engine.catalog.getTable(tableName)
  return table?.id === tableId ? table : undefined
}

function wait(engine: EngineCore, delayMs: number): Promise<void> {
  return new Promise((resolve) => engine.environment.setTimer(delayMs, resolve))
}

/** A full disk may have room again, a slow one may answer. */
function mayPass(error: unknown): boolean {
  if (error instanceof StorageException) return error.retryable && error.reason !== 'LEASE_LOST'
  return error instanceof QuotaExceededException
}

/** Writes the report, then the end. Rejects with StorageException: then the next opening finishes. */
async function finish(engine: EngineCore, id: string, ending: NonNullable<Ending>): Promise<void> {
  const row = await engine.read((reader) => readBulkOperation(reader, id))
  if (row === undefined) return
  let last: NonNullable<Ending> = ending
  const bucket = engine.buckets.get(row.output.S3Bucket)
  if (bucket !== undefined) {
    try {
      await writeReport(engine, row, bucket, statusOf(row, ending))
    } catch (error) {
      if (error instanceof StorageException) throw error
      if (last.status !== 'FAILED') last = { status: 'FAILED', code: 'S3InternalError', message: messageOf(error) }
    }
  }
  await engine.keyspace.write((write) => {
    const head = readBulkOperation(write, id)
    if (head === undefined || isTerminal(head)) return
    // A cancellation that was accepted is kept, even where nothing was left to cancel.
    if (head.status === 'CANCELLING' && last.status === 'COMPLETED') last = { status: 'CANCELLED' }
    const failure = failureOf(last)
    write.drop(reportRange(id))
    writeBulkOperation(write, { ...head, status: statusOf(head, last), endedAt: write.committedAt, ...(failure === undefined ? {} : { failure }) })
  })
}

function statusOf(row: BulkOperationRow, { status }: NonNullable<Ending>): BulkOperationStatus {
  return status === 'COMPLETED' && row.failedItems > 0 ? 'COMPLETED_WITH_ERRORS' : status
}

function failureOf(ending: NonNullable<Ending>): { readonly code: string; readonly message: string } | undefined {
  if (ending.status === 'FAILED') return { code: ending.code, message: ending.message }
  return ending.status === 'CANCELLED' ? { code: 'CancelledByUser', message: 'The bulk operation was cancelled by a request' } : undefined
}
