// Options that requests share, and the capacity meter.
// Aborting a signal ends the wait, not a commit that is on its way.
import type { AttributeMap } from '../model/attribute-value.ts'
import type { Condition } from './condition.ts'

/** Sums what the requests that it was given to consumed, by DynamoDB's rules. */
export interface CapacityMeter {
  readonly readUnits: number
  readonly writeUnits: number
}
/** An operation's ConsumedCapacity; transactions tell reads and writes apart. */
export interface ConsumedCapacity {
  readonly CapacityUnits?: number
  readonly ReadCapacityUnits?: number
  readonly WriteCapacityUnits?: number
}

export function capacityMeter(): CapacityMeter {
  return { readUnits: 0, writeUnits: 0 }
}

/** Adds an answer's consumption: one entry, or one per table. */
export function addCapacity(meter: CapacityMeter, consumed: ConsumedCapacity | readonly ConsumedCapacity[] | undefined, isRead: boolean): void {
  const sums: { readUnits: number; writeUnits: number } = meter
  for (const { CapacityUnits = 0, ReadCapacityUnits = isRead ? CapacityUnits : 0, WriteCapacityUnits } of [consumed ?? []].flat()) {
    sums.readUnits += ReadCapacityUnits
    sums.writeUnits += WriteCapacityUnits ?? CapacityUnits - ReadCapacityUnits
  }
}

export interface RequestOptions {
  readonly signal?: AbortSignal
  readonly meter?: CapacityMeter
}
export interface ReadOptions extends RequestOptions {
  readonly consistentRead?: boolean
}
/** What a read of the package's own tells a transaction. */
export interface ReadOutput {
  readonly LastEvaluatedKey?: AttributeMap
  /** With ReturnStamp. */
  readonly Stamp?: number
  readonly Epoch?: number
}
export interface ReadHooks extends ReadOptions {
  /** Hears each request and its answer. */
  readonly onRead?: (input: { readonly TableName: string; readonly Key?: AttributeMap }, output: ReadOutput) => void
}
/** `strict` survives power loss. */
export type Durability = 'relaxed' | 'strict'
export interface WriteOptions<T> extends RequestOptions {
  readonly condition?: Condition<T>
  /** The exception then carries the item. */
  readonly returnValuesOnConditionCheckFailure?: 'ALL_OLD'
  readonly durability?: Durability
}
