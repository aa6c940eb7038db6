// What DeclareTable makes of a table that exists: a pure plan from the catalog's row and a definition to the next row.
// Invariant: definitions only add. Nothing is dropped or changed; what can't be had by adding is refused with the way out.
import { LimitExceededException, ValidationException } from '../model/errors.ts'
import { MAX_GLOBAL_INDEXES } from '../model/limits.ts'
import { getIndex, keyAttributes, type GlobalSecondaryIndex, type IndexSchema, type KeyAttribute, type VectorIndex } from '../model/table.ts'
import { Constraints } from './constraints.ts'
import { attributeDefinitionsOf } from './table-description.ts'
import { checkCreateTable, checkProjectedNames, indexSchemaOf, keyAttributesOf } from './table-definition.ts'
import { streamLabelOf, type TableRow } from './table-row.ts'
import type { CreateTableInput } from './table-shapes.ts'
import { checkAddedVectorIndex, vectorSchemaOf } from './vector-definition.ts'

/** CreateTable's definition, and what AWS sets by further calls; BillingMode is PAY_PER_REQUEST where it is not given. */
export interface DeclareTableInput extends CreateTableInput {
  readonly TimeToLiveSpecification?: { readonly AttributeName: string; readonly Enabled: boolean }
  readonly PointInTimeRecoverySpecification?: { readonly PointInTimeRecoveryEnabled: boolean }
}

/** With its defaults, checked as CreateTable checks. Throws ValidationException. */
export function checkedDeclaration(input: DeclareTableInput): DeclareTableInput {
  const declaration = input.BillingMode === undefined && input.ProvisionedThroughput === undefined
    ? { ...input, BillingMode: 'PAY_PER_REQUEST' as const }
    : input
  checkCreateTable(declaration)
  const constraints = new Constraints()
  const timeToLive = declaration.TimeToLiveSpecification
  if (timeToLive !== undefined && constraints.notNull('timeToLiveSpecification.attributeName', timeToLive.AttributeName)) {
    constraints.length('timeToLiveSpecification.attributeName', timeToLive.AttributeName, 1, 255)
  }
  constraints.done()
  return declaration
}

/** What a new table has beside CreateTable's definition. */
export function declaredExtras(
  input: DeclareTableInput,
  now: number,
): Pick<TableRow, 'timeToLiveAttribute' | 'pointInTimeRecovery' | 'pointInTimeRecoveryAt'> {
  const timeToLive = input.TimeToLiveSpecification
  return {
    ...(timeToLive?.Enabled === true ? { timeToLiveAttribute: timeToLive.AttributeName } : {}),
    ...(input.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled === true ? { pointInTimeRecovery: true, pointInTimeRecoveryAt: now } : {}),
  }
}

/** The row with what it lacks; the very row where it lacks nothing. Throws ValidationException, LimitExceededException. */
export function mergeDeclaration(row: TableRow, input: DeclareTableInput, now: number): TableRow {
  checkKeySchema(row, input)
  checkTypes(row, input)
  for (const index of input.LocalSecondaryIndexes ?? []) mustHaveIndex(row, input, index)
  const added = (input.GlobalSecondaryIndexes ?? []).filter((index) => !hasIndex(row, input, index, 'GLOBAL'))
  const addedVectors = (input.VectorIndexes ?? []).filter((index) => !hasVectorIndex(row, input, index))
  const merged = withIndexes(withStream(withExtras(row, input, now), input, now), input, added)
  return withVectorIndexes(merged, input, addedVectors)
}

function checkKeySchema(row: TableRow, input: DeclareTableInput): void {
  const declared = [
    ...keyAttributesOf(input.KeySchema, input.AttributeDefinitions, 'HASH'),
    ...keyAttributesOf(input.KeySchema, input.AttributeDefinitions, 'RANGE'),
  ]
  if (sameAttributes(keyAttributes(row), declared)) return
  throw new ValidationException(
    `Table ${row.name} exists with the key ${describeKey(keyAttributes(row))}, not ${describeKey(declared)}. ` +
      'The key of a table never changes: rename the table in its definition',
  )
}

/** An attribute that some key has may not be another type in another key. */
function checkTypes(row: TableRow, input: DeclareTableInput): void {
  const known = new Map(attributeDefinitionsOf(row).map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]))
  for (const { AttributeName: name, AttributeType: type } of input.AttributeDefinitions) {
    if ((known.get(name) ?? type) === type) continue
    throw new ValidationException(
      `Attribute ${name} of table ${row.name} is a key of type ${known.get(name) ?? ''} and cannot be declared as ${type}: ` +
        'use another attribute',
    )
  }
}

function mustHaveIndex(row: TableRow, input: DeclareTableInput, index: GlobalSecondaryIndex): void {
  if (hasIndex(row, input, index, 'LOCAL')) return
  throw new ValidationException(
    `Table ${row.name} exists without the local secondary index ${index.IndexName}, which only a new table can get: ` +
      'use a global secondary index, or rename the table in its definition',
  )
}

function hasIndex(row: TableRow, input: DeclareTableInput, index: GlobalSecondaryIndex, kind: IndexSchema['kind']): boolean {
  const known = getIndex(row, index.IndexName)
  if (known === undefined) return false
  const declared = indexSchemaOf(index, input.AttributeDefinitions, { id: known.id, kind, status: 'ACTIVE' })
  const same =
    known.kind === kind &&
    sameAttributes(known.partitionKeys, declared.partitionKeys) &&
    sameAttributes(known.sortKeys, declared.sortKeys) &&
    describeProjection(known) === describeProjection(declared)
  if (same) return true
  throw new ValidationException(
    `Index ${index.IndexName} of table ${row.name} exists with another key or projection. ` +
      'Indexes never change: rename the index in its definition',
  )
}

function hasVectorIndex(row: TableRow, input: DeclareTableInput, index: VectorIndex): boolean {
  const known = getIndex(row, index.IndexName)
  if (known === undefined) return false
  if (sameVectorIndex(known, vectorSchemaOf(index, input.AttributeDefinitions, { id: known.id, status: known.status }))) return true
  throw new ValidationException(
    `Index ${index.IndexName} of table ${row.name} exists with another definition. Indexes never change: rename the index in its definition`,
  )
}

function sameVectorIndex(a: IndexSchema, b: IndexSchema): boolean {
  const textOf = ({ vector, partitionKeys, projection }: IndexSchema): string =>
    JSON.stringify([vector?.attribute, vector?.dimensions, vector?.distance, vector?.filters, partitionKeys, projection])
  return textOf(a) === textOf(b)
}

function withVectorIndexes(row: TableRow, input: DeclareTableInput, added: readonly VectorIndex[]): TableRow {
  let next = row
  for (const index of added) {
    // Several may be made at once here, where UpdateTable makes one at a time.
    checkAddedVectorIndex({ ...next, indexes: next.indexes.map((known) => ({ ...known, status: 'ACTIVE' as const })) }, input.AttributeDefinitions, index)
    const schema = vectorSchemaOf(index, input.AttributeDefinitions, { id: next.nextIndexId, status: 'CREATING' })
    next = { ...next, indexes: [...next.indexes, schema], nextIndexId: next.nextIndexId + 1 }
  }
  return next
}

function withIndexes(row: TableRow, input: DeclareTableInput, added: readonly GlobalSecondaryIndex[]): TableRow {
  if (added.length === 0) return row
  if (row.indexes.filter(({ kind }) => kind === 'GLOBAL').length + added.length > MAX_GLOBAL_INDEXES) {
    throw new LimitExceededException(
      `Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of ${MAX_GLOBAL_INDEXES}`,
    )
  }
  const existing = row.indexes.flatMap(({ projection }) => (projection.type === 'INCLUDE' ? [{ Projection: { NonKeyAttributes: projection.names } }] : []))
  checkProjectedNames([...existing, ...added])
  const indexes = added.map((index, at) =>
    indexSchemaOf(index, input.AttributeDefinitions, { id: row.nextIndexId + at, kind: 'GLOBAL', status: 'CREATING' }),
  )
  return { ...row, indexes: [...row.indexes, ...indexes], nextIndexId: row.nextIndexId + added.length }
}

function withStream(row: TableRow, { StreamSpecification: stream }: DeclareTableInput, now: number): TableRow {
  const viewType = stream?.StreamEnabled === true ? stream.StreamViewType : undefined
  if (viewType === undefined || row.stream?.viewType === viewType) return row
  if (row.stream === undefined) return { ...row, stream: { viewType, label: streamLabelOf(now) } }
  throw new ValidationException(
    `Table already has an enabled stream: TableName: ${row.name}. Its view type is ${row.stream.viewType}, not ${viewType}`,
  )
}

function withExtras(row: TableRow, input: DeclareTableInput, now: number): TableRow {
  const { timeToLiveAttribute = row.timeToLiveAttribute, pointInTimeRecovery = row.pointInTimeRecovery } = declaredExtras(input, now)
  if (row.timeToLiveAttribute !== undefined && row.timeToLiveAttribute !== timeToLiveAttribute) {
    throw new ValidationException(`TimeToLive is active on a different AttributeName: current AttributeName is ${row.timeToLiveAttribute}`)
  }
  if (row.timeToLiveAttribute === timeToLiveAttribute && row.pointInTimeRecovery === pointInTimeRecovery) return row
  return {
    ...row,
    ...(timeToLiveAttribute === undefined ? {} : { timeToLiveAttribute }),
    ...(pointInTimeRecovery === undefined ? {} : { pointInTimeRecovery, pointInTimeRecoveryAt: row.pointInTimeRecoveryAt ?? now }),
  }
}

function sameAttributes(a: readonly KeyAttribute[], b: readonly KeyAttribute[]): boolean {
  return describeKey(a) === describeKey(b)
}

function describeKey(attributes: readonly KeyAttribute[]): string {
  return attributes.map(({ name, type }) => `${name} (${type})`).join(', ')
}

function describeProjection({ projection }: IndexSchema): string {
  return projection.type === 'INCLUDE' ? JSON.stringify([...projection.names].sort()) : projection.type
}
