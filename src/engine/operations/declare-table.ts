// DeclareTable (native): the table is there as defined, made or completed as needed. A page declares its tables at every
// start, so the usual case, nothing to do, writes nothing.
import type { WriteStep } from '../../storage/write-step.ts'
import { finishPhase } from '../table-phase.ts'
import { startBackfill, writeBackfill } from '../backfill.ts'
import { readTableRow, writeTableRow } from '../catalog.ts'
import type { Operation } from '../operation.ts'
import { TableCounters } from '../table-counters.ts'
import { checkedDeclaration, declaredExtras, mergeDeclaration, type DeclareTableInput } from '../table-declaration.ts'
import { describeTableRow } from '../table-description.ts'
import type { TableRow } from '../table-row.ts'
import { settingsOf } from '../table-settings.ts'
import type { TableDescription } from '../table-shapes.ts'
import { writeNewTable } from './create-table.ts'

export interface DeclareTableOutput {
  readonly TableDescription: TableDescription
}

/** Throws ValidationException, LimitExceededException. */
export const declareTable: Operation<DeclareTableInput, DeclareTableOutput> = {
  name: 'DeclareTable',
  kind: 'write',
  async run(engine, input, context) {
    const declaration = checkedDeclaration(input)
    const known = engine.catalog.getTable(declaration.TableName)?.schema
    if (known !== undefined && mergeDeclaration(known, declaration, 0) === known) {
      return engine.read((reader) => ({ TableDescription: describeTableRow(known, TableCounters.read(reader, known.id)) }))
    }
    const uuid = engine.environment.randomUuid()
    let outcome: Outcome | undefined
    const output = await engine.write(context, (write) => {
      outcome = writeDeclaration(write, declaration, uuid, settingsOf(declaration, engine.options, write.committedAt))
      return { TableDescription: describeTableRow(outcome.row, TableCounters.read(write, outcome.row.id)) }
    })
    if (outcome !== undefined) {
      const { row, addedIndexIds } = outcome
      engine.catalog.apply(row)
      // Usable and described as it is at once, also under the name of a table that is on its way out.
      finishPhase(engine, row.name)
      for (const id of addedIndexIds) startBackfill(engine, row, id)
    }
    return output
  },
}

/** What the commit starts. */
interface Outcome {
  readonly row: TableRow
  readonly addedIndexIds: readonly number[]
}

function writeDeclaration(write: WriteStep, declaration: DeclareTableInput, uuid: string, settings: Partial<TableRow>): Outcome {
  const before = readTableRow(write, declaration.TableName)
  if (before === undefined) {
    return { row: writeNewTable(write, declaration, uuid, { ...settings, ...declaredExtras(declaration, write.committedAt) }), addedIndexIds: [] }
  }
  const merged = mergeDeclaration(before, declaration, write.committedAt)
  if (merged === before) return { row: before, addedIndexIds: [] }
  const addedIndexIds: number[] = []
  for (let id = before.nextIndexId; id < merged.nextIndexId; id++) {
    writeBackfill(write, before.id, id)
    addedIndexIds.push(id)
  }
  return { row: writeTableRow(write, merged), addedIndexIds }
}
