// UpdateTable: one concern per call, as AWS has it (lab findings: "UpdateTable is one logical change per call"). Settings
// change with the commit of the catalog row; an added index fills, and a dropped one is swept, in the background.
import { LimitExceededException, ThrottlingException, ValidationException } from '../../model/errors.ts'
import type { IndexSchema } from '../../model/table.ts'
import type { WriteStep } from '../../storage/write-step.ts'
import { startBackfill, writeBackfill } from '../backfill.ts'
import { mustReadTableRow, writeTableRow } from '../catalog.ts'
import { withEncryption } from '../encryption.ts'
import type { EngineCore } from '../engine-core.ts'
import { backfillKey } from '../storage-keys.ts'
import { startSweep, writeDrop } from '../sweep-dropped.ts'
import { TableCounters } from '../table-counters.ts'
import { indexSchemaOf } from '../table-definition.ts'
import { describeTableRow, warmThroughputOf } from '../table-description.ts'
import { beginTablePhase } from '../table-phase.ts'
import { checkTableName } from '../table-name.ts'
import { streamLabelOf, withThroughputSettings, type TableRow } from '../table-row.ts'
import { newThroughputSettings } from '../table-settings.ts'
import type { GlobalIndexInput, TableDescription } from '../table-shapes.ts'
import { checkBillingChange, checkBudgets, withBilling } from '../update-billing.ts'
import { checkTablePhase, updatePhaseOf, type UpdatePhase } from '../update-phase.ts'
import {
  checkDroppedIndex,
  checkNewIndex,
  checkUpdateTable,
  mustGetGlobalIndex,
  mustGetVectorIndex,
  withoutEmptyMembers,
  type UpdateTableInput,
} from '../update-table-input.ts'
import { beginBuilding, finishBuilding, withBuilding } from '../vector-building.ts'
import { checkAddedVectorIndex, vectorSchemaOf } from '../vector-definition.ts'
import type { Operation } from '../operation.ts'

export type { UpdateTableInput } from '../update-table-input.ts'
export interface UpdateTableOutput {
  readonly TableDescription: TableDescription
}

/** What the commit starts. */
interface Outcome {
  readonly row: TableRow
  readonly output: UpdateTableOutput
  readonly phase: UpdatePhase | undefined
  readonly addedIndexId: number | undefined
  readonly dropped: IndexSchema | undefined
}

/** AWS page: UpdateTable. Throws ValidationException, ResourceNotFoundException, ResourceInUseException, LimitExceededException. */
export const updateTable: Operation<UpdateTableInput, UpdateTableOutput> = {
  name: 'UpdateTable',
  kind: 'write',
  async run(engine, request, context) {
    checkTableName(request.TableName)
    const input = withoutEmptyMembers(request)
    checkUpdateTable(input)
    let outcome: Outcome | undefined
    const output = await engine.write(context, (write) => {
      outcome = writeUpdate(engine, write, input)
      return outcome.output
    })
    if (outcome !== undefined) {
      const { row, phase, addedIndexId, dropped } = outcome
      engine.catalog.apply(row)
      if (phase?.passes === true) beginTablePhase(engine, row.name, phase.kind, phase)
      const added = row.indexes.find(({ id }) => id === addedIndexId)
      if (added?.kind === 'VECTOR') beginBuilding(engine, row, added)
      if (dropped !== undefined) finishBuilding(engine, row, dropped)
      if (addedIndexId !== undefined) startBackfill(engine, row, addedIndexId)
      if (dropped !== undefined) startSweep(engine, row.id, dropped.id)
    }
    return output
  },
}

function writeUpdate(engine: EngineCore, write: WriteStep, input: UpdateTableInput): Outcome {
  const now = write.committedAt
  checkTablePhase(engine, input)
  const before = mustReadTableRow(write, input.TableName)
  checkBillingChange(before, input)
  if (engine.options.timing === 'aws') {
    checkBudgets(before, input, now)
    checkCooldowns(before, input, now)
  }
  let row = withSettings(withStream(write, withBilling(before, input, now), input), input, now)
  row = withEncryption(row, input.SSESpecification, engine.options)
  let addedIndexId: number | undefined
  let dropped: IndexSchema | undefined
  for (const { Create, Delete } of input.GlobalSecondaryIndexUpdates ?? []) {
    if (Create !== undefined) {
      checkNewIndex(withBuilding(engine, row), input, Create)
      addedIndexId = row.nextIndexId
      row = withIndex(row, input, Create)
      writeBackfill(write, row.id, addedIndexId)
    }
    if (Delete !== undefined) {
      const found = mustGetGlobalIndex(row, Delete.IndexName, 'delete')
      checkDroppedIndex(withBuilding(engine, row), found)
      dropped = found
      row = withoutIndex(write, row, found)
    }
  }
  for (const { Create, Delete } of input.VectorIndexUpdates ?? []) {
    if (Create !== undefined) {
      const definitions = input.AttributeDefinitions ?? []
      checkAddedVectorIndex(withBuilding(engine, row), definitions, Create)
      addedIndexId = row.nextIndexId
      const index = vectorSchemaOf(Create, definitions, { id: addedIndexId, status: 'CREATING' })
      row = { ...row, indexes: [...row.indexes, index], nextIndexId: addedIndexId + 1 }
      writeBackfill(write, row.id, addedIndexId)
    }
    if (Delete !== undefined) {
      const found = mustGetVectorIndex(row, Delete.IndexName)
      checkDroppedIndex(withBuilding(engine, row), found)
      dropped = found
      row = withoutIndex(write, row, found)
    }
  }
  row = writeTableRow(write, row)
  const phase = updatePhaseOf(before, row, input)
  // What AWS shows while it changes, which is what it answers with.
  const shown = phase === undefined ? row : phase.show(row)
  const TableDescription = describeTableRow(shown, TableCounters.read(write, row.id), now)
  return { row, output: { TableDescription: { ...TableDescription, ...raisingWarm(before, input) } }, phase, addedIndexId, dropped }
}

/** Warm throughput is told with its old values while it is raised (lab finding DDB-TABLE-179). */
function raisingWarm(before: TableRow, { WarmThroughput: asked }: UpdateTableInput): Pick<TableDescription, 'WarmThroughput'> {
  if (asked === undefined) return {}
  return { WarmThroughput: { ...warmThroughputOf(before, before.throughput, before.warmThroughput), Status: 'UPDATING' } }
}

function withIndex(row: TableRow, input: UpdateTableInput, create: GlobalIndexInput): TableRow {
  const id = row.nextIndexId
  const index = indexSchemaOf(create, input.AttributeDefinitions ?? [], { id, kind: 'GLOBAL', status: 'CREATING' })
  const settings = newThroughputSettings(create)
  const next = { ...row, indexes: [...row.indexes, index], nextIndexId: id + 1 }
  return Object.keys(settings).length === 0 ? next : withThroughputSettings(next, id, settings)
}

function withoutIndex(write: WriteStep, row: TableRow, dropped: IndexSchema): TableRow {
  writeDrop(write, row.id, dropped.id)
  write.delete(backfillKey(row.id, dropped.id))
  return { ...row, indexes: row.indexes.filter((index) => index !== dropped) }
}

function withStream(write: WriteStep, row: TableRow, { StreamSpecification: stream }: UpdateTableInput): TableRow {
  if (stream === undefined) return row
  if (!stream.StreamEnabled) {
    if (row.stream === undefined) throw new ValidationException(`Table has no stream to disable: TableName: ${row.name}`)
    const { stream: last, ...rest } = row
    return { ...rest, latestStreamLabel: last?.label ?? '' }
  }
  if (row.stream !== undefined) throw new ValidationException(`Table already has an enabled stream: TableName: ${row.name}`)
  const { StreamViewType: viewType = 'NEW_AND_OLD_IMAGES' } = stream
  const { latestStreamLabel, ...rest } = row
  const label = streamLabelOf(write.committedAt)
  // Each stream has an ARN of its own, also where two begin in one millisecond.
  return { ...rest, stream: { viewType, label: label === latestStreamLabel ? streamLabelOf(write.committedAt + 1) : label } }
}

function withSettings(row: TableRow, input: UpdateTableInput, now: number): TableRow {
  const { DeletionProtectionEnabled: isProtected, TableClass: tableClass } = input
  let next = row
  if (isProtected !== undefined) {
    const { deletionProtection: _, ...rest } = next
    next = { ...rest, deletionProtectionChangedAt: now, ...(isProtected ? { deletionProtection: true } : {}) }
  }
  if (tableClass === undefined || tableClass === (row.tableClass ?? 'STANDARD')) return next
  return { ...next, tableClass, tableClassChanges: [...(row.tableClassChanges ?? []), now].slice(-CLASS_CHANGES) }
}

const CLASS_CHANGES = 2
const CLASS_WINDOW_MS = 30 * 24 * 60 * 60 * 1000
const PROTECTION_COOLDOWN_MS = 15_000

/** With `timing: 'aws'` (lab findings DDB-TABLE-003, -283). Throws ThrottlingException, LimitExceededException. */
function checkCooldowns(row: TableRow, { DeletionProtectionEnabled: isProtected, TableClass: tableClass }: UpdateTableInput, now: number): void {
  const free = (row.deletionProtectionChangedAt ?? 0) + PROTECTION_COOLDOWN_MS
  if (isProtected !== undefined && now < free) {
    throw new ThrottlingException(
      `Deletion protection setting for table ${row.name} modified within the previous ${PROTECTION_COOLDOWN_MS} milliseconds. ` +
        `Please try again after ${new Date(free).toISOString().slice(0, -1)}`,
    )
  }
  const recent = (row.tableClassChanges ?? []).filter((at) => at > now - CLASS_WINDOW_MS)
  if (tableClass !== undefined && tableClass !== (row.tableClass ?? 'STANDARD') && recent.length >= CLASS_CHANGES) {
    throw new LimitExceededException(`Updates to TableClass are limited to ${CLASS_CHANGES} times in 30 day(s).`)
  }
}
