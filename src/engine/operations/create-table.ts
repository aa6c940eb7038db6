// CreateTable: checks the definition, takes an id that was never used, writes the catalog row. The table is ACTIVE in
// the same commit: nothing has to be built for a table without items.
import { ResourceInUseException, ValidationException } from '../../model/errors.ts'
import type { IndexSchema } from '../../model/table.ts'
import type { WriteStep } from '../../storage/write-step.ts'
import { readTableRow, takeTableId, writeTableRow } from '../catalog.ts'
import type { Operation } from '../operation.ts'
import { TableCounters } from '../table-counters.ts'
import { checkCreateTable, indexSchemaOf, keyAttributesOf, throughputOf } from '../table-definition.ts'
import { describeTableRow } from '../table-description.ts'
import { streamLabelOf, type TableRow } from '../table-row.ts'
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
      row = writeNewTable(write, input, uuid)
      return { TableDescription: describeTableRow(row, TableCounters.read(write, row.id)) }
    })
    if (row !== undefined) engine.catalog.apply(row)
    return output
  },
}

/** The part of CreateTable within a write step; `input` is checked. Throws ResourceInUseException. */
export function writeNewTable(
  write: WriteStep,
  input: CreateTableInput,
  uuid: string,
  extras: Partial<Pick<TableRow, 'timeToLiveAttribute' | 'pointInTimeRecovery'>> = {},
): TableRow {
  if (readTableRow(write, input.TableName) !== undefined) {
    throw new ResourceInUseException(`Table already exists: ${input.TableName}`)
  }
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
    ...(input.OnDemandThroughput === undefined ? {} : { onDemandThroughput: input.OnDemandThroughput }),
    ...(input.WarmThroughput === undefined ? {} : { warmThroughput: input.WarmThroughput }),
    ...(stream?.StreamViewType === undefined ? {} : { stream: { viewType: stream.StreamViewType, label: streamLabelOf(write.committedAt) } }),
    ...(input.DeletionProtectionEnabled === true ? { deletionProtection: true } : {}),
    ...(input.TableClass === undefined ? {} : { tableClass: input.TableClass }),
    ...extras,
  })
}

function newIndexes(input: CreateTableInput): IndexSchema[] {
  const { AttributeDefinitions: definitions, LocalSecondaryIndexes: locals = [], GlobalSecondaryIndexes: globals = [], VectorIndexes: vectors = [] } = input
  return [
    ...locals.map((index, at) => indexSchemaOf(index, definitions, { id: at + 1, kind: 'LOCAL', status: 'ACTIVE' })),
    ...globals.map((index, at) => indexSchemaOf(index, definitions, { id: locals.length + at + 1, kind: 'GLOBAL', status: 'ACTIVE' })),
    ...vectors.map((index, at) => vectorSchemaOf(index, definitions, { id: locals.length + globals.length + at + 1, status: 'ACTIVE' })),
  ]
}
