// UpdateTable: one concern per call, as AWS has it (lab findings: "UpdateTable is one logical change per call"). Settings
// change with the commit of the catalog row; an added index fills, and a dropped one is swept, in the background.
import { ResourceInUseException, ValidationException } from '../../model/errors.ts'
import type { IndexSchema } from '../../model/table.ts'
import type { WriteStep } from '../../storage/write-step.ts'
import { startBackfill, writeBackfill } from '../backfill.ts'
import { mustReadTableRow, writeTableRow } from '../catalog.ts'
import { backfillKey } from '../storage-keys.ts'
import { startSweep, writeDrop } from '../sweep-dropped.ts'
import { TableCounters } from '../table-counters.ts'
import { indexSchemaOf } from '../table-definition.ts'
import { describeTableRow } from '../table-description.ts'
import { checkTableName } from '../table-name.ts'
import { streamLabelOf, type TableRow } from '../table-row.ts'
import type { TableDescription } from '../table-shapes.ts'
import { checkBillingChange, withBilling } from '../update-billing.ts'
import { checkNewIndex, checkUpdateTable, mustGetGlobalIndex, mustGetVectorIndex, type UpdateTableInput } from '../update-table-input.ts'
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
  readonly addedIndexId: number | undefined
  readonly droppedIndexId: number | undefined
}

/** AWS page: UpdateTable. Throws ValidationException, ResourceNotFoundException, ResourceInUseException, LimitExceededException. */
export const updateTable: Operation<UpdateTableInput, UpdateTableOutput> = {
  name: 'UpdateTable',
  kind: 'write',
  async run(engine, input, context) {
    checkTableName(input.TableName)
    checkUpdateTable(input)
    let outcome: Outcome | undefined
    const output = await engine.write(context, (write) => {
      outcome = writeUpdate(write, input)
      return outcome.output
    })
    if (outcome !== undefined) {
      const { row, addedIndexId, droppedIndexId } = outcome
      engine.catalog.apply(row)
      if (addedIndexId !== undefined) startBackfill(engine, row, addedIndexId)
      if (droppedIndexId !== undefined) startSweep(engine, row.id, droppedIndexId)
    }
    return output
  },
}

function writeUpdate(write: WriteStep, input: UpdateTableInput): Outcome {
  const before = mustReadTableRow(write, input.TableName)
  if (before.status !== 'ACTIVE') {
    throw new ResourceInUseException(`Attempt to change a resource which is still in use: Table is being updated: ${before.name}`)
  }
  checkBillingChange(before, input)
  let row = withSettings(withStream(write, withBilling(before, input, write.committedAt), input), input)
  let addedIndexId: number | undefined
  let dropped: IndexSchema | undefined
  for (const { Create, Delete } of input.GlobalSecondaryIndexUpdates ?? []) {
    if (Create !== undefined) {
      checkNewIndex(row, input, Create)
      addedIndexId = row.nextIndexId
      const index = indexSchemaOf(Create, input.AttributeDefinitions ?? [], { id: addedIndexId, kind: 'GLOBAL', status: 'CREATING' })
      row = { ...row, indexes: [...row.indexes, index], nextIndexId: addedIndexId + 1 }
      writeBackfill(write, row.id, addedIndexId)
    }
    if (Delete !== undefined) {
      const found = mustGetGlobalIndex(row, Delete.IndexName, 'delete')
      dropped = found
      row = withoutIndex(write, row, found)
    }
  }
  for (const { Create, Delete } of input.VectorIndexUpdates ?? []) {
    if (Create !== undefined) {
      const definitions = input.AttributeDefinitions ?? []
      checkAddedVectorIndex(row, definitions, Create)
      addedIndexId = row.nextIndexId
      const index = vectorSchemaOf(Create, definitions, { id: addedIndexId, status: 'CREATING' })
      row = { ...row, indexes: [...row.indexes, index], nextIndexId: addedIndexId + 1 }
      writeBackfill(write, row.id, addedIndexId)
    }
    if (Delete !== undefined) {
      const found = mustGetVectorIndex(row, Delete.IndexName)
      dropped = found
      row = withoutIndex(write, row, found)
    }
  }
  row = writeTableRow(write, row)
  // AWS shows a dropped index as DELETING until it is gone; here it is gone with the commit.
  const shown = dropped === undefined ? row : { ...row, indexes: [...row.indexes, { ...dropped, status: 'DELETING' as const }] }
  const output = { TableDescription: describeTableRow(shown, TableCounters.read(write, row.id)) }
  return { row, output, addedIndexId, droppedIndexId: dropped?.id }
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

function withSettings(row: TableRow, input: UpdateTableInput): TableRow {
  const { DeletionProtectionEnabled: isProtected, TableClass: tableClass } = input
  let next = row
  if (isProtected !== undefined) {
    const { deletionProtection: _, ...rest } = next
    next = isProtected ? { ...rest, deletionProtection: true } : rest
  }
  return tableClass === undefined ? next : { ...next, tableClass }
}
