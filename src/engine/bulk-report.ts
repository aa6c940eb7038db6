// The report of a bulk operation: the lines that its slices left in the store, as objects in the output bucket, and a manifest
// with the counts. AWS's own layout is not known (its page BulkPutItems.Output could not be read): this one follows exports,
// `<prefix>/AWSDynamoDB/<operation id>/`. Written again after a crash, it is the same: keys and contents follow from the rows.
import type { Bucket } from './bucket.ts'
import { bulkOperationArn, reportRange, type BulkOperationRow, type BulkOperationStatus, type ReportType } from './bulk-operation.ts'
import type { EngineCore } from './engine-core.ts'
import { rangeAfter } from './key-range.ts'
import type { Key } from '../storage/store.ts'

const MAX_OBJECT_CHARS = 4 * 1024 * 1024

const FOLDERS: readonly (readonly [ReportType, string])[] = [
  ['ERROR', 'errors'],
  ['CONDITION_CHECK_FAILURE', 'condition-check-failures'],
]

/** Rejects with what the bucket rejects with, or a StorageException. */
export async function writeReport(engine: EngineCore, row: BulkOperationRow, bucket: Bucket, status: BulkOperationStatus): Promise<void> {
  const prefix = (row.output.S3KeyPrefix ?? '').replace(/\/+$/, '')
  const folder = `${prefix === '' ? '' : `${prefix}/`}AWSDynamoDB/${row.id}/`
  const files: { readonly outputType: ReportType; readonly dataFileS3Key: string; readonly itemCount: number }[] = []
  for (const [type, name] of FOLDERS) {
    if (!row.output.OutputType.includes(type)) continue
    let at = 0
    for await (const text of reportTexts(engine, row.id, type)) {
      const key = `${folder}${name}/${String(at++).padStart(6, '0')}.json`
      await bucket.write(key, new TextEncoder().encode(text))
      files.push({ outputType: type, dataFileS3Key: key, itemCount: text.split('\n').length - 1 })
    }
  }
  const manifest = {
    bulkOperationArn: bulkOperationArn(row),
    bulkOperationStatus: status,
    processedItemCount: row.processedItems,
    failedItemCount: row.failedItems,
    conditionCheckFailureCount: row.conditionFailures,
    files,
  }
  await bucket.write(`${folder}manifest.json`, new TextEncoder().encode(`${JSON.stringify(manifest)}\n`))
}

/** Lines of one type, in texts of about 4 MB. */
async function* reportTexts(engine: EngineCore, id: string, type: ReportType): AsyncGenerator<string> {
  const range = reportRange(id, type)
  let last: Key | undefined
  for (;;) {
    const from = last === undefined ? range : rangeAfter(range, last)
    const part = await engine.read((reader) => {
      const cursor = reader.cursor(from)
      let text = ''
      let end: Key | undefined
      while (text.length < MAX_OBJECT_CHARS && cursor.next()) {
        text += cursor.value
        end = cursor.key
      }
      return { text, end }
    })
    if (part.end === undefined) return
    yield part.text
    last = part.end
  }
}
