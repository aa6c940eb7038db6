// The part of UpdateTable about throughput: billing mode, provisioned, on-demand and warm throughput of a table and of its
// GSIs (lab findings: table-throughput-billing). What changes is told at once where AWS does, else after UPDATING.
import { ValidationException } from '../model/errors.ts'
import type { IndexSchema, ProvisionedThroughput, Throughput } from '../model/table.ts'
import { isVectorIndex } from '../model/vector-entry.ts'
import { throughputOf } from './table-definition.ts'
import { warmThroughputOf } from './table-description.ts'
import { inUse } from './table-phase.ts'
import { throughputSettings, withThroughputSettings, type TableRow, type ThroughputSettings } from './table-row.ts'
import type { OnDemandThroughput, WarmThroughput } from './table-shapes.ts'
import { noteChange, checkDecreaseBudget } from './throughput-changes.ts'
import { checkOnDemand, checkProvisionedQuota } from './throughput-limits.ts'
import { onDemandOnly } from './vector-definition.ts'
import { invalid, mustGetGlobalIndex, type IndexThroughputUpdate, type UpdateTableInput } from './update-table-input.ts'

const NO_UNITS = 'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified'
const NO_THROUGHPUT: Throughput = { readCapacityUnits: 0, writeCapacityUnits: 0 }

function indexUpdates(input: UpdateTableInput): IndexThroughputUpdate[] {
  return (input.GlobalSecondaryIndexUpdates ?? []).flatMap(({ Update }) => (Update === undefined ? [] : [Update]))
}

/** Throws ValidationException, ResourceNotFoundException, ResourceInUseException, LimitExceededException. */
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
  checkOnDemand(billingMode, input.OnDemandThroughput, 'table', true)
  checkWarm(warmThroughputOf(row, row.throughput, row.warmThroughput), input.WarmThroughput, 'table')
  checkProvisionedQuota(throughput)
}

function checkIndexChange(row: TableRow, billingMode: TableRow['billingMode'], update: IndexThroughputUpdate): void {
  const index = mustGetGlobalIndex(row, update.IndexName, 'update')
  if (index.status === 'CREATING') {
    throw inUse(`Index is being created. Table: ${row.name} Index: ${index.name}`)
  }
  const { ProvisionedThroughput: throughput, OnDemandThroughput: onDemand, WarmThroughput: warm } = update
  if (throughput === undefined && isEmpty(onDemand) && isEmpty(warm)) {
    if (warm !== undefined) throw invalid(`WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond specified for index: ${index.name}`)
    throw invalid(
      billingMode === 'PAY_PER_REQUEST'
        ? `The only Updates for index: ${index.name} when TableThroughputMode is PAY_PER_REQUEST can be to OnDemandThroughput, WarmThroughput`
        : `Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: ${index.name}`,
    )
  }
  checkOnDemand(billingMode, onDemand, `index : ${index.name}`, true)
  checkWarm(warmThroughputOf(row, index.throughput, throughputSettings(row, index.id).warmThroughput), warm, `index ${index.name}`)
  if (throughput === undefined) return
  if (billingMode === 'PAY_PER_REQUEST') {
    throw invalid(`${NO_UNITS} for index: ${index.name} when BillingMode is PAY_PER_REQUEST`)
  }
  if (isSame(index.throughput, throughput)) {
    throw new ValidationException(unchangedText(`the index ${index.name}`, `index ${index.name}`, throughput))
  }
  checkProvisionedQuota(throughput, index.name)
}

function isEmpty(structure: object | undefined): boolean {
  return structure === undefined || Object.keys(structure).length === 0
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

function checkWarm(floors: Required<WarmThroughput>, asked: WarmThroughput | undefined, place: string): void {
  for (const name of ['ReadUnitsPerSecond', 'WriteUnitsPerSecond'] as const) {
    const units = asked?.[name]
    if (units !== undefined && units < floors[name]) {
      throw invalid(`Requested ${name} for WarmThroughput for ${place} is lower than current WarmThroughput, decreasing WarmThroughput is not supported`)
    }
  }
}

/** With `timing: 'aws'`. Throws LimitExceededException. */
export function checkBudgets(row: TableRow, input: UpdateTableInput, nowMs: number): void {
  const places = [
    { id: 0, before: row.throughput, asked: input.ProvisionedThroughput },
    ...indexUpdates(input).map((update) => {
      const index = mustGetGlobalIndex(row, update.IndexName, 'update')
      return { id: index.id, before: index.throughput, asked: update.ProvisionedThroughput }
    }),
  ]
  for (const { id, before, asked } of places) {
    const after = throughputOf(asked).throughput
    if (before === undefined || after === undefined) continue
    checkDecreaseBudget(throughputSettings(row, id).throughputChanges, before, after, nowMs)
  }
}

/** The row with what `checkBillingChange` let through; `nowMs` since the epoch. */
export function withBilling(row: TableRow, input: UpdateTableInput, nowMs: number): TableRow {
  const switched = input.BillingMode !== undefined && input.BillingMode !== row.billingMode
  let next = switched ? withBillingMode(row, input.BillingMode, nowMs) : row
  next = withThroughput(row, next, 0, throughputOf(input.ProvisionedThroughput).throughput, nowMs)
  next = withSettings(next, 0, input)
  for (const update of indexUpdates(input)) {
    const { id } = mustGetGlobalIndex(next, update.IndexName, 'update')
    next = withThroughput(row, next, id, throughputOf(update.ProvisionedThroughput).throughput, nowMs)
    next = withSettings(next, id, update)
  }
  return withWarmFloors(row, next)
}

function throughputAt(row: TableRow, indexId: number): Throughput | undefined {
  return indexId === 0 ? row.throughput : row.indexes.find(({ id }) => id === indexId)?.throughput
}

/** Provisioned units of the table or an index; `before` has what the units were. */
export function withThroughput(before: TableRow, next: TableRow, indexId: number, throughput: Throughput | undefined, nowMs: number): TableRow {
  if (throughput === undefined) return next
  const settings = throughputSettings(next, indexId)
  const changes = noteChange(settings.throughputChanges, throughputAt(before, indexId) ?? NO_THROUGHPUT, throughput, nowMs)
  const noted = changes === undefined ? next : withThroughputSettings(next, indexId, { ...settings, throughputChanges: changes })
  if (indexId === 0) return { ...noted, throughput }
  return { ...noted, indexes: noted.indexes.map((index): IndexSchema => (index.id === indexId ? { ...index, throughput } : index)) }
}

/** On-demand limits merge member by member, -1 lifts one; warm throughput merges too. */
function withSettings(
  row: TableRow,
  indexId: number,
  { OnDemandThroughput: onDemand, WarmThroughput: warm }: { readonly OnDemandThroughput?: OnDemandThroughput; readonly WarmThroughput?: WarmThroughput },
): TableRow {
  if (onDemand === undefined && warm === undefined) return row
  let settings: ThroughputSettings = throughputSettings(row, indexId)
  if (warm !== undefined) settings = { ...settings, warmThroughput: { ...settings.warmThroughput, ...warm } }
  if (onDemand === undefined) return withThroughputSettings(row, indexId, settings)
  const { onDemandThroughput: known, ...rest } = settings
  const limits = Object.entries({ ...known, ...onDemand }).filter(([, units]) => units !== -1)
  const merged = limits.length === 0 ? rest : { ...rest, onDemandThroughput: Object.fromEntries(limits) }
  if (indexId !== 0) return withThroughputSettings(row, indexId, merged)
  const { onDemandThroughput: _, ...others } = row
  return { ...others, ...merged }
}

/** A switch drops what the other mode set, of the table and of its indexes. */
function withBillingMode(row: TableRow, billingMode: TableRow['billingMode'], nowMs: number): TableRow {
  const { throughput: _, onDemandThroughput: __, ...rest } = row
  const indexes = row.indexes.map(({ throughput: ___, ...index }) => index)
  const indexSettings = Object.fromEntries(
    Object.entries(row.indexSettings ?? {}).map(([id, { onDemandThroughput: ____, ...settings }]) => [id, settings]),
  )
  return { ...rest, billingMode, indexes, ...(row.indexSettings === undefined ? {} : { indexSettings }), ...(billingMode === 'PAY_PER_REQUEST' ? { lastUpdateToPayPerRequestAt: nowMs } : {}) }
}

/** Warm throughput never falls: it stays at the highest that was ever provisioned (lab finding DDB-TABLE-061). */
function withWarmFloors(before: TableRow, after: TableRow): TableRow {
  let next = after
  for (const id of [0, ...after.indexes.filter(({ kind }) => kind === 'GLOBAL').map((index) => index.id)]) {
    const settings = throughputSettings(next, id)
    const old = warmThroughputOf(before, throughputAt(before, id), throughputSettings(before, id).warmThroughput)
    const own = warmThroughputOf(after, throughputAt(after, id), undefined)
    const asked = settings.warmThroughput
    const floor = {
      ReadUnitsPerSecond: Math.max(old.ReadUnitsPerSecond, own.ReadUnitsPerSecond, asked?.ReadUnitsPerSecond ?? 0),
      WriteUnitsPerSecond: Math.max(old.WriteUnitsPerSecond, own.WriteUnitsPerSecond, asked?.WriteUnitsPerSecond ?? 0),
    }
    const isDefault = floor.ReadUnitsPerSecond === own.ReadUnitsPerSecond && floor.WriteUnitsPerSecond === own.WriteUnitsPerSecond
    if (isDefault && asked === undefined) continue
    next = withThroughputSettings(next, id, { ...settings, warmThroughput: floor })
  }
  return next
}
