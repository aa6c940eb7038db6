// CreateTable: checks the definition, takes an id that was never used, writes the catalog row. Nothing has to be built for
// a table without items: the row says ACTIVE, and CREATING passes over it (table-phase.ts).
import { ResourceInUseException, ValidationException } from '../../model/errors.ts'
import type { IndexSchema } from '../../model/table.ts'
import type { WriteStep } from '../../storage/write-step.ts'
import { readTableRow, takeTableId, writeTableRow } from '../catalog.ts'
import type { Operation } from '../operation.ts'
import { TableCounters } from '../table-counters.ts'
import { checkCreateTable, indexSchemaOf, keyAttributesOf, throughputOf } from '../table-definition.ts'
import { describeTableRow } from '../table-description.ts'
import { beginCreating, showCreating, tablePhase } from '../table-phase.ts'
import { streamLabelOf, type TableRow, type ThroughputSettings } from '../table-row.ts'
import { newThroughputSettings, settingsOf } from '../table-settings.ts'
import type { CreateTableInput, TableDescription } from '../table-shapes.ts'
import { vectorSchemaOf } from '../vector-definition.ts'

export interface CreateTableOutput {
  readonly TableDescription: TableDescription
}

/** AWS page: CreateTable. Throws ValidationException, ResourceInUseException. */
export const createTable: Operation<CreateTableInput, CreateTableOutput> = {
  name: 'CreateTable',
  kind: 'write',
  async run(engine, input, context) {
    checkCreateTable(input)
    // Outside of the step, which may run several times.
    const uuid = engine.environment.randomUuid()
    let row: TableRow | undefined
    const output = await engine.write(context, (write) => {
      if (tablePhase(engine, input.TableName) !== undefined) throw tableExists(input.TableName)
      row = writeNewTable(write, input, uuid, settingsOf(input, engine.options, write.committedAt))
      return { TableDescription: describeTableRow(showCreating(row), TableCounters.read(write, row.id)) }
    })
    if (row !== undefined) {
      engine.catalog.apply(row)
      beginCreating(engine, row)
    }
    return output
  },
}

/** The part of CreateTable within a write step; `input` is checked. Throws ResourceInUseException. */
export function writeNewTable(
  write: WriteStep,
  input: CreateTableInput,
  uuid: string,
  extras: Partial<TableRow> = {},
): TableRow {
  if (readTableRow(write, input.TableName) !== undefined) throw tableExists(input.TableName)
  const { AttributeDefinitions: definitions, StreamSpecification: stream } = input
  const billingMode = input.BillingMode ?? 'PROVISIONED'
  const indexes = newIndexes(input)
  const [partitionKey] = keyAttributesOf(input.KeySchema, definitions, 'HASH')
  const [sortKey] = keyAttributesOf(input.KeySchema, definitions, 'RANGE')
  if (partitionKey === undefined) throw new ValidationException('Invalid KeySchema: The first KeySchemaElement is not a HASH key type')
  return writeTableRow(write, {
    version: 1,
    id: takeTableId(write),
    revision: 0,
    uuid,
    name: input.TableName,
    status: 'ACTIVE',
    createdAt: write.committedAt,
    partitionKey,
    ...(sortKey === undefined ? {} : { sortKey }),
    indexes,
    nextIndexId: indexes.length + 1,
    billingMode,
    ...(billingMode === 'PAY_PER_REQUEST' ? { lastUpdateToPayPerRequestAt: write.committedAt } : {}),
    ...throughputOf(input.ProvisionedThroughput),
    ...newThroughputSettings(input),
    ...newIndexSettings(input, indexes),
    attributeOrder: definitions.map(({ AttributeName }) => AttributeName),
    ...(stream?.StreamViewType === undefined ? {} : { stream: { viewType: stream.StreamViewType, label: streamLabelOf(write.committedAt) } }),
    ...(input.DeletionProtectionEnabled === true ? { deletionProtection: true } : {}),
    ...(input.TableClass === undefined ? {} : { tableClass: input.TableClass }),
    ...extras,
  })
}

function tableExists(tableName: string): ResourceInUseException {
  return new ResourceInUseException(`Table already exists: ${tableName}`)
}

function newIndexSettings({ GlobalSecondaryIndexes: globals = [] }: CreateTableInput, indexes: readonly IndexSchema[]): Pick<TableRow, 'indexSettings'> {
  const settings: Record<string, ThroughputSettings> = {}
  for (const index of globals) {
    const given = newThroughputSettings(index)
    const id = indexes.find(({ name }) => name === index.IndexName)?.id
    if (id !== undefined && Object.keys(given).length > 0) settings[id] = given
  }
  return Object.keys(settings).length === 0 ? {} : { indexSettings: settings }
}

function newIndexes(input: CreateTableInput): IndexSchema[] {
  const { AttributeDefinitions: definitions, LocalSecondaryIndexes: locals = [], GlobalSecondaryIndexes: globals = [], VectorIndexes: vectors = [] } = input
  return [
    ...locals.map((index, at) => indexSchemaOf(index, definitions, { id: at + 1, kind: 'LOCAL', status: 'ACTIVE' })),
    ...globals.map((index, at) => indexSchemaOf(index, definitions, { id: locals.length + at + 1, kind: 'GLOBAL', status: 'ACTIVE' })),
    ...vectors.map((index, at) => vectorSchemaOf(index, definitions, { id: locals.length + globals.length + at + 1, status: 'ACTIVE' })),
  ]
}
