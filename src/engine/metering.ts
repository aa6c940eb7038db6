// Charges reads and writes of metered tables to their traffic, and makes DynamoDB's exceptions of what it refuses
// (AWS pages: programming-errors, throttling-diagnosing-workflow). Writes are charged at the end of their step: a step
// that waits for a page has not come there, so it is charged once.
import type { AttributeMap } from '../model/attribute-value.ts'
import {
  ProvisionedThroughputExceededException,
  ThrottlingException,
  type CancellationReason,
  type ThrottlingReason,
} from '../model/errors.ts'
import type { Item } from '../model/item.ts'
import { CapacityMeter, writeUnits } from './capacity.ts'
import type { EngineCore } from './engine-core.ts'
import type { Table } from './table.ts'
import { throughputSettings } from './table-row.ts'
import type { Dimension, Units } from './traffic.ts'

type Reasons = readonly ThrottlingReason[]

const TABLE_EXCEEDED =
  'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.'
const INDEX_EXCEEDED =
  'The level of configured provisioned throughput for one or more global secondary indexes of the table was exceeded. ' +
  'Consider increasing your provisioning level for the under-provisioned global secondary indexes with the UpdateTable API.'
const MAXIMUM_EXCEEDED = 'Throughput exceeds the maximum OnDemandThroughput configured on table or index.'

function messageOf(reasons: Reasons): string {
  if (reasons.some(({ reason }) => reason.endsWith('MaxOnDemandThroughputExceeded'))) return MAXIMUM_EXCEEDED
  return reasons.some(({ reason }) => reason.startsWith('Table')) ? TABLE_EXCEEDED : INDEX_EXCEEDED
}

function isOnDemand(reasons: Reasons): boolean {
  return reasons.some(({ reason }) => reason.endsWith('MaxOnDemandThroughputExceeded'))
}

export function throttled(throttlingReasons: Reasons): ProvisionedThroughputExceededException | ThrottlingException {
  const Exception = isOnDemand(throttlingReasons) ? ThrottlingException : ProvisionedThroughputExceededException
  return new Exception(messageOf(throttlingReasons), { throttlingReasons })
}

/** Why an action of a transaction is cancelled. */
export function throttledAction(reasons: Reasons): CancellationReason {
  return { code: isOnDemand(reasons) ? 'ThrottlingError' : 'ProvisionedThroughputExceeded', message: messageOf(reasons) }
}

/** Charges a write that took place, or says why it may not. `factor` is 2 in transactions. */
export function tryChargeWrite(engine: EngineCore, table: Table, oldItem: Item | undefined, newItem: Item | undefined, factor = 1): Reasons | undefined {
  const meter = new CapacityMeter(table)
  meter.addWrite(oldItem, newItem, factor)
  return tryCharge(engine, table, meter.units, 'write', table.countsKeys ? (newItem ?? oldItem)?.attributes : undefined)
}

/** The same, throwing ProvisionedThroughputExceededException or ThrottlingException. */
export function chargeWrite(engine: EngineCore, table: Table, oldItem: Item | undefined, newItem: Item | undefined): void {
  const reasons = tryChargeWrite(engine, table, oldItem, newItem)
  if (reasons !== undefined) throw throttled(reasons)
}

/** A condition that failed costs as much as the larger of both items would, and nothing of the indexes. */
export function chargeFailedCondition(engine: EngineCore, table: Table, oldItem: Item | undefined, newSizeBytes: number): void {
  const units = new Map([[0, writeUnits(Math.max(oldItem?.size ?? 0, newSizeBytes))]])
  const reasons = tryCharge(engine, table, units, 'write', table.countsKeys ? oldItem?.attributes : undefined)
  if (reasons !== undefined) throw throttled(reasons)
}

/** `attributes` have the key that was asked for. */
export function tryChargeRead(engine: EngineCore, table: Table, sizeBytes: number, factor: number, attributes: AttributeMap): Reasons | undefined {
  const meter = new CapacityMeter(table)
  meter.addRead(sizeBytes, factor)
  return tryCharge(engine, table, meter.units, 'read', attributes)
}

/** Charges all at once, or says why it may not. `attributes`: of the item, where there is one, for the counting of keys. */
export function tryCharge(
  engine: EngineCore,
  table: Table,
  units: Units,
  dimension: Dimension,
  attributes: AttributeMap | undefined,
): Reasons | undefined {
  const reasons = engine.traffic.charge(table, units, dimension)
  if (attributes !== undefined && table.countsKeys) noteKeys(engine, table, units, dimension, attributes, reasons !== undefined)
  return reasons
}

function noteKeys(engine: EngineCore, table: Table, units: Units, dimension: Dimension, attributes: AttributeMap, isThrottled: boolean): void {
  const { schema } = table
  for (const indexId of units.keys()) {
    const { insights } = throughputSettings(schema, indexId)
    if (insights?.enabled !== true || (!isThrottled && insights.mode === 'THROTTLED_KEYS')) continue
    const index = schema.indexes.find(({ id }) => id === indexId)
    const partitionKeys = index?.partitionKeys ?? [schema.partitionKey]
    const sortKeys = index?.sortKeys ?? (schema.sortKey === undefined ? [] : [schema.sortKey])
    const PK = keyText(attributes, partitionKeys)
    const SK = sortKeys.length === 0 ? undefined : keyText(attributes, [...partitionKeys, ...sortKeys])
    engine.traffic.noteKey(table.id, indexId, dimension, { PK, SK }, isThrottled)
  }
}

/** Undefined where a projection left a part of the key out. */
function keyText(attributes: AttributeMap, keys: readonly { readonly name: string }[]): string | undefined {
  const values = keys.map(({ name }) => attributes[name])
  if (values.includes(undefined)) return undefined
  return values.length === 1 && typeof values[0] === 'string' ? values[0] : JSON.stringify(values)
}
