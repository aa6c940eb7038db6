// The part of UpdateTable about throughput: billing mode, provisioned, on-demand and warm throughput of a table and of its
// GSIs. The values are stored and described; what they would limit on AWS is not limited here.
import { ResourceInUseException, ValidationException } from '../model/errors.ts'
import type { IndexSchema, ProvisionedThroughput, Throughput } from '../model/table.ts'
import { isVectorIndex } from '../model/vector-entry.ts'
import { throughputOf } from './table-definition.ts'
import type { TableRow } from './table-row.ts'
import { onDemandOnly } from './vector-definition.ts'
import { invalid, mustGetGlobalIndex, type IndexThroughputUpdate, type UpdateTableInput } from './update-table-input.ts'

const NO_UNITS = 'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified'

function indexUpdates(input: UpdateTableInput): IndexThroughputUpdate[] {
  return (input.GlobalSecondaryIndexUpdates ?? []).flatMap(({ Update }) => (Update === undefined ? [] : [Update]))
}

/** Throws ValidationException, ResourceNotFoundException, ResourceInUseException. */
export function checkBillingChange(row: TableRow, input: UpdateTableInput): void {
  const billingMode = input.BillingMode ?? row.billingMode
  const throughput = input.ProvisionedThroughput
  if (billingMode === 'PAY_PER_REQUEST' && throughput !== undefined) throw invalid(`${NO_UNITS} when BillingMode is PAY_PER_REQUEST`)
  if (billingMode === 'PROVISIONED' && row.indexes.some(isVectorIndex)) throw onDemandOnly()
  if (input.BillingMode === 'PROVISIONED' && throughput === undefined) {
    throw invalid('ProvisionedThroughput must be specified when BillingMode is PROVISIONED')
  }
  if (throughput !== undefined && row.billingMode === 'PROVISIONED' && isSame(row.throughput, throughput)) {
    throw new ValidationException(unchangedText('the table', 'the table', throughput))
  }
  const updates = indexUpdates(input)
  for (const update of updates) checkIndexChange(row, billingMode, update)
  if (billingMode === 'PROVISIONED' && row.billingMode === 'PAY_PER_REQUEST') {
    const lacking = row.indexes.find(
      ({ kind, name }) => kind === 'GLOBAL' && !updates.some((update) => update.IndexName === name && update.ProvisionedThroughput !== undefined),
    )
    if (lacking !== undefined) throw invalid(`ProvisionedThroughput must be specified for index: ${lacking.name}`)
  }
  checkOnDemand(billingMode, input.OnDemandThroughput, 'table')
  checkWarm(row.warmThroughput, input.WarmThroughput)
}

function checkIndexChange(row: TableRow, billingMode: TableRow['billingMode'], update: IndexThroughputUpdate): void {
  const index = mustGetGlobalIndex(row, update.IndexName, 'update')
  if (index.status === 'CREATING') {
    throw new ResourceInUseException(
      `Attempt to change a resource which is still in use: Index is being created. Table: ${row.name} Index: ${index.name}`,
    )
  }
  const throughput = update.ProvisionedThroughput
  checkOnDemand(billingMode, update.OnDemandThroughput, `index : ${index.name}`)
  if (throughput === undefined) return
  if (billingMode === 'PAY_PER_REQUEST') {
    throw invalid(`${NO_UNITS} for index: ${index.name} when BillingMode is PAY_PER_REQUEST`)
  }
  if (isSame(index.throughput, throughput)) {
    throw new ValidationException(unchangedText(`the index ${index.name}`, `index ${index.name}`, throughput))
  }
}

function isSame(known: Throughput | undefined, asked: ProvisionedThroughput): boolean {
  return known?.readCapacityUnits === asked.ReadCapacityUnits && known.writeCapacityUnits === asked.WriteCapacityUnits
}

function unchangedText(subject: string, place: string, { ReadCapacityUnits: reads, WriteCapacityUnits: writes }: ProvisionedThroughput): string {
  return (
    `The provisioned throughput for ${subject} will not change. The requested value equals the current value. ` +
    `Current ReadCapacityUnits provisioned for ${place}: ${reads}. Requested ReadCapacityUnits: ${reads}. ` +
    `Current WriteCapacityUnits provisioned for ${place}: ${writes}. Requested WriteCapacityUnits: ${writes}. ` +
    'Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.'
  )
}

/** At least 1, or -1, which lifts the limit. */
function checkOnDemand(billingMode: TableRow['billingMode'], onDemand: UpdateTableInput['OnDemandThroughput'], place: string): void {
  for (const name of ['MaxReadRequestUnits', 'MaxWriteRequestUnits'] as const) {
    const units = onDemand?.[name]
    if (units === undefined) continue
    if (billingMode === 'PROVISIONED') {
      throw invalid(`${name} for OnDemandThroughput cannot be specified when the table BillingMode is PROVISIONED`)
    }
    if (units === 0 || units < -1) throw invalid(`Requested ${name} for OnDemandThroughput for ${place} is outside of valid range`)
  }
}

function checkWarm(known: TableRow['warmThroughput'], asked: UpdateTableInput['WarmThroughput']): void {
  const floors = { ReadUnitsPerSecond: known?.ReadUnitsPerSecond ?? 12_000, WriteUnitsPerSecond: known?.WriteUnitsPerSecond ?? 4000 }
  for (const name of ['ReadUnitsPerSecond', 'WriteUnitsPerSecond'] as const) {
    const units = asked?.[name]
    if (units !== undefined && units < floors[name]) {
      throw invalid(`Requested ${name} for WarmThroughput for table is lower than current WarmThroughput, decreasing WarmThroughput is not supported`)
    }
  }
}

/** The row with what `checkBillingChange` let through; `nowMs` since the epoch. */
export function withBilling(row: TableRow, input: UpdateTableInput, nowMs: number): TableRow {
  const switched = input.BillingMode !== undefined && input.BillingMode !== row.billingMode
  let next = switched ? withBillingMode(row, input.BillingMode, nowMs) : row
  next = { ...next, ...throughputOf(input.ProvisionedThroughput) }
  if (input.WarmThroughput !== undefined) next = { ...next, warmThroughput: { ...next.warmThroughput, ...input.WarmThroughput } }
  if (input.OnDemandThroughput !== undefined) {
    const { onDemandThroughput: known, ...rest } = next
    const limits = Object.entries({ ...known, ...input.OnDemandThroughput }).filter(([, units]) => units !== -1)
    next = limits.length === 0 ? rest : { ...rest, onDemandThroughput: Object.fromEntries(limits) }
  }
  const updates = indexUpdates(input)
  if (updates.length === 0) return next
  const indexes = next.indexes.map((index): IndexSchema => {
    const update = updates.find(({ IndexName }) => IndexName === index.name)
    return update === undefined ? index : { ...index, ...throughputOf(update.ProvisionedThroughput) }
  })
  return { ...next, indexes }
}

/** A switch drops what the other mode set, of the table and of its indexes. */
function withBillingMode(row: TableRow, billingMode: TableRow['billingMode'], nowMs: number): TableRow {
  const { throughput: _, onDemandThroughput: __, ...rest } = row
  const indexes = row.indexes.map(({ throughput: ___, ...index }) => index)
  return { ...rest, billingMode, indexes, ...(billingMode === 'PAY_PER_REQUEST' ? { lastUpdateToPayPerRequestAt: nowMs } : {}) }
}
