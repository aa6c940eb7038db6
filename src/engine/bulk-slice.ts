// One slice of a bulk put: its items through the one write path, its report lines and the operation's row, in one step.
// Pure: it may run several times. An item that can't be written is counted and reported, and never stops the others;
// one whose condition does not hold is reported and not counted as failed (AWS page: BulkOperationDescription).
import { HoldfastException } from '../model/errors.ts'
import type { Item } from '../model/item.ts'
import { projectItem } from '../model/projection.ts'
import { toWireMap } from '../model/wire.ts'
import type { Key } from '../storage/store.ts'
import type { WriteStep } from '../storage/write-step.ts'
import { readBulkOperation, writeBulkOperation, writeReportLines, type BulkOperationRow, type ReportType } from './bulk-operation.ts'
import type { InputRecord } from './bulk-input.ts'
import { writeUnits } from './capacity.ts'
import type { PutAction } from './item-action.ts'
import { readItem, readItems } from './read-item.ts'
import type { Table } from './table.ts'
import { conditionHolds } from './write-conditions.ts'
import { ItemWriter } from './write-item.ts'

export interface Slice {
  readonly object: string
  readonly records: readonly InputRecord[]
  /** Read of the object so far; for the last slice of it, its size. */
  readonly objectBytes: number
  /** Set where the slice ends the object. */
  readonly isLast: boolean
  /** Why the object ends here, where it does so early: the line is counted as an item that failed. */
  readonly objectError: { readonly index: number; readonly message: string } | undefined
}

export interface SliceOutcome {
  readonly status: 'written' | 'cancelled' | 'gone'
  /** Write units consumed. */
  readonly units: number
}

/** `tableOf`: the table that has the operation's id now. */
export function applySlice(write: WriteStep, id: string, slice: Slice, tableOf: (row: BulkOperationRow) => Table | undefined): SliceOutcome {
  const row = readBulkOperation(write, id)
  if (row === undefined) return { status: 'gone', units: 0 }
  if (row.status === 'CANCELLING') return { status: 'cancelled', units: 0 }
  const table = tableOf(row)
  if (table === undefined) return { status: 'gone', units: 0 }
  const writer = new SliceWriter(write, table, row, slice.object)
  writer.putAll(slice.records)
  if (slice.objectError !== undefined) writer.fail(slice.objectError.index, slice.objectError.message)
  writer.finish()
  const count = slice.records.length + (slice.objectError === undefined ? 0 : 1)
  writeBulkOperation(write, {
    ...row,
    processedItems: row.processedItems + count,
    failedItems: row.failedItems + writer.failed,
    conditionFailures: row.conditionFailures + writer.conditionFailures,
    usage: writer.usage,
    reportRows: row.reportRows + 1,
    ...(slice.isLast
      ? { doneObject: slice.object, doneLines: 0, doneBytes: row.doneBytes + slice.objectBytes, objectBytes: 0 }
      : { doneLines: row.doneLines + count, objectBytes: slice.objectBytes }),
  })
  return { status: 'written', units: writer.units }
}

class SliceWriter {
  readonly #write: WriteStep
  readonly #table: Table
  readonly #row: BulkOperationRow
  readonly #object: string
  readonly #writer: ItemWriter
  readonly #lines: { readonly [type in ReportType]: string[] } = { ERROR: [], CONDITION_CHECK_FAILURE: [] }
  readonly usage: { [indexName: string]: number }
  units = 0
  failed = 0
  conditionFailures = 0

  constructor(write: WriteStep, table: Table, row: BulkOperationRow, object: string) {
    this.#write = write
    this.#table = table
    this.#row = row
    this.#object = object
    this.#writer = new ItemWriter(write)
    this.usage = { ...row.usage }
  }

  putAll(records: readonly InputRecord[]): void {
    const keys = records.map((record) => this.#keyOf(record))
    // One fault for all pages that are missing.
    readItems(this.#write, keys.filter((key) => key !== undefined))
    records.forEach(({ action, index, error }, at) => {
      const key = keys[at]
      if (action !== undefined && key !== undefined) this.#put(action, key, index)
      else if (error !== undefined) this.fail(index, error)
    })
  }

  /** Undefined where the item failed, here or before. */
  #keyOf({ action, index }: InputRecord): Key | undefined {
    if (action === undefined) return undefined
    return this.#attempt(index, action, () => action.keyIn(this.#table))
  }

  #put(action: PutAction, key: Key, index: number): void {
    const oldItem = readItem(this.#write, key)
    const holds = this.#attempt(index, action, () => conditionHolds(action.condition, oldItem))
    if (holds === undefined) return
    if (!holds) {
      this.conditionFailures++
      this.#report('CONDITION_CHECK_FAILURE', index, {
        attemptedItem: toWireMap(action.item.attributes),
        ...(oldItem === undefined ? {} : { existingItem: toWireMap(oldItem.attributes) }),
      })
      return
    }
    const newItem = this.#attempt(index, action, () => action.replace(this.#table))
    if (newItem === undefined) return
    this.#meter(oldItem, newItem)
    this.#writer.replace(this.#table, key, oldItem, newItem)
  }

  /** Undefined where it throws one of DynamoDB's exceptions, which is then the item's failure. Page faults pass. */
  #attempt<T>(index: number, action: PutAction, run: () => T): T | undefined {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof HoldfastException)) throw error
      this.fail(index, error.message, action.item)
      return undefined
    }
  }

  fail(index: number, message: string, item?: Item): void {
    this.failed++
    this.#report('ERROR', index, { errorMessages: [message], ...(item === undefined ? {} : { attemptedItem: toWireMap(item.attributes) }) })
  }

  /** As import's log has it (AWS page: S3DataImport.Log): where the item is, then what is wrong. */
  #report(type: ReportType, itemIndex: number, content: object): void {
    if (!this.#row.output.OutputType.includes(type)) return
    const itemS3Pointer = { bucket: this.#row.input.S3Bucket, key: this.#object, itemIndex }
    this.#lines[type].push(JSON.stringify({ itemS3Pointer, ...content }))
  }

  #meter(oldItem: Item | undefined, newItem: Item): void {
    this.units += writeUnits(Math.max(oldItem?.size ?? 0, newItem.size))
    this.#use('', newItem.size)
    for (const index of this.#table.indexes) {
      if (this.#table.entryKey(index, newItem.attributes) === undefined) continue
      this.#use(index.schema.name, projectItem(index.schema, this.#table.schema, newItem).size)
    }
  }

  #use(indexName: string, bytes: number): void {
    this.usage[indexName] = (this.usage[indexName] ?? 0) + bytes
  }

  finish(): void {
    this.#writer.finish()
    for (const type of ['ERROR', 'CONDITION_CHECK_FAILURE'] as const) {
      if (this.#lines[type].length > 0) writeReportLines(this.#write, this.#row.id, type, this.#row.reportRows, this.#lines[type])
    }
  }
}
