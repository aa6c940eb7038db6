// Moves the provisioned units of tables and GSIs that have a scaling policy, once a minute, from what was consumed
// (scaling-policy.ts). It runs only while some table has a policy; a change is an ordinary change of the table's row.
import type { Throughput } from '../model/table.ts'
import { changeTable } from './change-table.ts'
import type { EngineCore } from './engine-core.ts'
import { bounded, MINUTES_TO_SCALE_IN, scaledUnits } from './scaling-policy.ts'
import { throughputSettings, type AutoScaling, type TableRow } from './table-row.ts'
import { nextDecreaseAt } from './throughput-changes.ts'
import type { Dimension } from './traffic.ts'
import { withThroughput } from './update-billing.ts'

const MINUTE_MS = 60_000

export function startAutoScaling(engine: EngineCore): void {
  let cancel: (() => void) | undefined
  const schedule = (): void => {
    if (cancel !== undefined || engine.closing || !engine.catalog.tables().some(({ schema }) => isScaled(schema))) return
    const timer = engine.environment.setTimer(MINUTE_MS, () => {
      cancel = undefined
      engine.startTask(() => scaleTables(engine).finally(schedule))
    })
    cancel = () => timer.cancel()
  }
  engine.catalog.onChange(schedule)
  engine.onClose(() => cancel?.())
  schedule()
}

function isScaled(row: TableRow): boolean {
  if (row.billingMode !== 'PROVISIONED') return false
  return placesOf(row).some(({ indexId }) => {
    const { readScaling, writeScaling } = throughputSettings(row, indexId)
    return readScaling !== undefined || writeScaling !== undefined
  })
}

/** One look at every table, and what comes of it. */
export async function scaleTables(engine: EngineCore): Promise<void> {
  for (const { schema } of engine.catalog.tables()) {
    if (isScaled(schema) && scaledRow(engine, schema) !== schema) await applyScaling(engine, schema.name, (row) => scaledRow(engine, row))
  }
}

/** Units outside of new bounds come within them at once (lab finding DDB-TABLE-314). */
export async function applyBounds(engine: EngineCore, tableName: string): Promise<void> {
  await applyScaling(engine, tableName, (row) => withUnits(engine, row, (policy, units) => bounded(policy, units)))
}

async function applyScaling(engine: EngineCore, tableName: string, scale: (row: TableRow) => TableRow): Promise<void> {
  await changeTable(engine, {}, tableName, (row) => ({ row: row.billingMode === 'PROVISIONED' ? scale(row) : row, output: {} }))
}

/** The very row where nothing changes. */
export function scaledRow(engine: EngineCore, row: TableRow): TableRow {
  return withUnits(engine, row, (policy, provisioned, indexId, dimension) => {
    const { throughputChanges: changes } = throughputSettings(row, indexId)
    const now = engine.environment.now()
    // No more minutes count than the table is old.
    const age = Math.floor((now - row.createdAt) / MINUTE_MS)
    const perSecond = engine.traffic.perSecond(row.id, indexId, dimension, Math.min(MINUTES_TO_SCALE_IN, age))
    const units = scaledUnits(policy, {
      provisioned,
      perSecond,
      lastScaleOutAt: changes?.lastIncreaseAt,
      lastScaleInAt: changes?.lastDecreaseAt,
      now,
    })
    const isBarred = units !== undefined && units < provisioned && engine.options.timing === 'aws' && nextDecreaseAt(changes, now) > 0
    return isBarred ? undefined : units
  })
}

type Scale = (policy: AutoScaling, units: number, indexId: number, dimension: Dimension) => number | undefined

function withUnits(engine: EngineCore, row: TableRow, scale: Scale): TableRow {
  let next = row
  for (const { indexId, throughput } of placesOf(row)) {
    const { readScaling, writeScaling } = throughputSettings(row, indexId)
    const { readCapacityUnits: reads, writeCapacityUnits: writes } = throughput
    const after = {
      readCapacityUnits: (readScaling && scale(readScaling, reads, indexId, 'read')) ?? reads,
      writeCapacityUnits: (writeScaling && scale(writeScaling, writes, indexId, 'write')) ?? writes,
    }
    if (after.readCapacityUnits === reads && after.writeCapacityUnits === writes) continue
    next = withThroughput(row, next, indexId, after, engine.environment.now())
  }
  return next
}

function placesOf(row: TableRow): { readonly indexId: number; readonly throughput: Throughput }[] {
  const places = [{ indexId: 0, throughput: row.throughput }, ...row.indexes.map(({ id, throughput }) => ({ indexId: id, throughput }))]
  return places.flatMap(({ indexId, throughput }) => (throughput === undefined ? [] : [{ indexId, throughput }]))
}
