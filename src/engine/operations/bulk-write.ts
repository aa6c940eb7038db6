// BulkWrite (native): any number of puts and deletes in one step and one commit, without conditions; the client sends a
// few hundred at a time. The hot path of loading data: one pass to check and make keys, one to read, one to write.
import type { AttributeMap } from '../../model/attribute-value.ts'
import { ValidationException } from '../../model/errors.ts'
import { Item } from '../../model/item.ts'
import { MAX_ITEM_BYTES } from '../../model/limits.ts'
import type { Key } from '../../storage/store.ts'
import type { WriteStep } from '../../storage/write-step.ts'
import { canonicalMap } from '../canonical-map.ts'
import { CapacityMeter, type ConsumedCapacity, type ReturnConsumedCapacity } from '../capacity.ts'
import { Constraints, RETURN_CONSUMED_CAPACITY } from '../constraints.ts'
import { throttled, tryCharge } from '../metering.ts'
import type { Operation } from '../operation.ts'
import { readItem, readItems } from '../read-item.ts'
import type { Table } from '../table.ts'
import { ItemWriter } from '../write-item.ts'

export interface BulkWriteInput {
  readonly TableName: string
  /** Whole items. Of several with one key the last one stays. */
  readonly Put?: readonly AttributeMap[]
  /** Keys; after all puts. */
  readonly Delete?: readonly AttributeMap[]
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
}
export interface BulkWriteOutput {
  readonly ConsumedCapacity?: ConsumedCapacity
}

const TOO_LARGE = 'Item size has exceeded the maximum allowed size'

/** Atomic. Throws ValidationException, ResourceNotFoundException. */
export const bulkWrite: Operation<BulkWriteInput, BulkWriteOutput> = {
  name: 'BulkWrite',
  kind: 'write',
  async run(engine, input, context) {
    const constraints = new Constraints()
    constraints.tableName(input.TableName)
    if (input.Put !== undefined) constraints.list('put', input.Put)
    if (input.Delete !== undefined) constraints.list('delete', input.Delete)
    constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
    constraints.done()
    // The step waits for its commit: it holds the items' texts, not the request.
    const { TableName, ReturnConsumedCapacity: detail } = input
    const items = (input.Put ?? []).map(newItem)
    const deletedKeys = (input.Delete ?? []).map((key) => canonicalMap(key))
    return engine.write(context, (write) => {
      const table = engine.catalog.mustGetTable(TableName)
      const keys = items.map((item) => keyOfNew(table, item))
      for (const key of deletedKeys) keys.push(table.keyOf(key))
      const meter = writeAll(write, table, keys, items, detail)
      if (meter !== undefined && table.metered) {
        const reasons = tryCharge(engine, table, meter.units, 'write', undefined)
        if (reasons !== undefined) throw throttled(reasons)
      }
      const ConsumedCapacity = meter?.report(detail)
      return ConsumedCapacity === undefined ? {} : { ConsumedCapacity }
    })
  },
}

function newItem(attributes: AttributeMap): Item {
  const item = Item.of(canonicalMap(attributes))
  if (item.size > MAX_ITEM_BYTES) throw new ValidationException(TOO_LARGE)
  return item
}

function keyOfNew(table: Table, item: Item): Key {
  const key = table.keyOfItem(item.attributes)
  table.checkIndexKeys(item.attributes)
  if (table.hasLocalIndexes) table.checkItemSize(item, TOO_LARGE)
  return key
}

/** `keys` beyond `items` are deleted. */
function writeAll(
  write: WriteStep,
  table: Table,
  keys: readonly Key[],
  items: readonly Item[],
  detail: ReturnConsumedCapacity | undefined,
): CapacityMeter | undefined {
  const oldItems = readItems(write, keys)
  const repeats = new Set(keys).size < keys.length ? new Set<Key>() : undefined
  const meter = (detail === undefined || detail === 'NONE') && !table.metered ? undefined : new CapacityMeter(table)
  const writer = new ItemWriter(write)
  for (let at = 0; at < keys.length; at++) {
    const key = keys[at] as Key
    // What an earlier one of this request wrote is at the head: no page is missing.
    const oldItem = repeats?.has(key) === true ? readItem(write, key) : oldItems[at]
    repeats?.add(key)
    writer.replace(table, key, oldItem, items[at])
    meter?.addWrite(oldItem, items[at])
  }
  writer.finish()
  return meter
}
