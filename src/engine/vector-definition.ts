// Checks the definition of a vector index, as CreateTable and UpdateTable do, and turns it into a catalog schema (AWS page:
// VectorSearchWorkingWith; texts as captured by paritysuite/dynamodb-conformance and ExtendDB in August 2026).
// Nothing here looks at stored data.
import { LimitExceededException, ResourceInUseException, ValidationException } from '../model/errors.ts'
import { MAX_INCLUDED_ATTRIBUTES, MAX_INLINE_FILTERS, MAX_VECTOR_DIMENSIONS, MAX_VECTOR_INDEXES } from '../model/limits.ts'
import {
  getIndex,
  keyAttributes,
  type AttributeDefinition,
  type BillingMode,
  type IndexSchema,
  type KeyAttribute,
  type KeyType,
  type VectorIndex,
} from '../model/table.ts'
import { isVectorIndex } from '../model/vector-entry.ts'
import type { Constraints } from './constraints.ts'
import type { TableRow } from './table-row.ts'

function invalid(text: string): ValidationException {
  return new ValidationException(`One or more parameter values were invalid: ${text}`)
}

const DISTANCE_FUNCTIONS = ['DOT_PRODUCT', 'COSINE', 'EUCLIDEAN']

/** `path` is AWS's: `vectorIndexes.1.member`. */
export function checkVectorIndexShape(constraints: Constraints, path: string, index: VectorIndex): void {
  constraints.name(`${path}.indexName`, index.IndexName)
  if (constraints.notNull(`${path}.vectorAttribute`, index.VectorAttribute)) {
    const attribute = index.VectorAttribute.AttributeName
    if (constraints.notNull(`${path}.vectorAttribute.attributeName`, attribute)) {
      constraints.length(`${path}.vectorAttribute.attributeName`, attribute, 1, 255)
    }
  }
  index.SearchSchema?.forEach((element, at) => {
    const member = `${path}.searchSchema.${at + 1}.member`
    if (constraints.notNull(`${member}.attributeName`, element.AttributeName)) {
      constraints.length(`${member}.attributeName`, element.AttributeName, 1, 255)
    }
    if (constraints.notNull(`${member}.searchSchemaElementType`, element.SearchSchemaElementType)) {
      constraints.oneOf(`${member}.searchSchemaElementType`, element.SearchSchemaElementType, ['HASH', 'INLINE_FILTER'])
    }
  })
  if (constraints.notNull(`${path}.projection`, index.Projection)) {
    constraints.oneOf(`${path}.projection.projectionType`, index.Projection.ProjectionType, ['ALL', 'INCLUDE', 'KEYS_ONLY'])
    constraints.length(`${path}.projection.nonKeyAttributes`, index.Projection.NonKeyAttributes, 1, MAX_INCLUDED_ATTRIBUTES)
  }
  if (constraints.notNull(`${path}.dimensions`, index.Dimensions)) {
    constraints.range(`${path}.dimensions`, index.Dimensions, 1, Number.MAX_SAFE_INTEGER)
  }
  if (constraints.notNull(`${path}.distanceFunction`, index.DistanceFunction)) {
    constraints.oneOf(`${path}.distanceFunction`, index.DistanceFunction, DISTANCE_FUNCTIONS)
  }
}

export function onDemandOnly(): ValidationException {
  return invalid('Vector indexes are only supported for PAY_PER_REQUEST tables')
}

/** Of a new table, whose attribute definitions are `definitions`. Throws ValidationException. */
export function checkVectorIndexes(indexes: readonly VectorIndex[], definitions: readonly AttributeDefinition[], billingMode: BillingMode): void {
  if (indexes.length === 0) throw invalid('List of VectorIndexes is empty')
  if (billingMode !== 'PAY_PER_REQUEST') throw onDemandOnly()
  if (indexes.length > MAX_VECTOR_INDEXES) throw invalid(`VectorIndex count exceeds the per-table limit of ${MAX_VECTOR_INDEXES}`)
  const dimensions = new Map<string, number>()
  for (const index of indexes) {
    checkVectorIndex(index, definitions)
    checkDimensions(dimensions, index)
  }
}

/** Indexes of one attribute agree about its dimensions. */
function checkDimensions(known: Map<string, number>, { VectorAttribute: { AttributeName: name }, Dimensions: dimensions }: VectorIndex): void {
  if ((known.get(name) ?? dimensions) !== dimensions) {
    throw invalid(`Conflicting attribute definition for '${name}'. All VectorIndexes on the same vector attribute must use the same dimensions.`)
  }
  known.set(name, dimensions)
}

export function vectorIsDefined(name: string): ValidationException {
  return invalid(`Conflicting attribute definition for '${name}'. An attribute cannot be defined in AttributeDefinitions when used as a VectorAttribute.`)
}

/** One definition against the request's attribute definitions. */
function checkVectorIndex(index: VectorIndex, definitions: readonly AttributeDefinition[]): void {
  if (index.Dimensions > MAX_VECTOR_DIMENSIONS) throw invalid(`Number of dimensions must be between 1 and ${MAX_VECTOR_DIMENSIONS} inclusive.`)
  const defined = new Set(definitions.map(({ AttributeName }) => AttributeName))
  const schema = index.SearchSchema ?? []
  if (schema.some(({ AttributeName }) => !defined.has(AttributeName))) {
    throw invalid('One element in SearchSchema is not defined in attribute definitions')
  }
  const vectorName = index.VectorAttribute.AttributeName
  if (defined.has(vectorName)) throw vectorIsDefined(vectorName)
  const names = schema.map(({ AttributeName }) => AttributeName)
  const repeated = names.find((name, at) => names.indexOf(name) < at)
  // AWS's words for the following three are not known.
  if (repeated !== undefined) throw invalid(`Duplicate element in SearchSchema: ${repeated}`)
  if (schema.filter(({ SearchSchemaElementType: type }) => type === 'HASH').length > 1) {
    throw invalid('The SearchSchema exceeds the maximum allowed number of HASH elements')
  }
  const filters = schema.filter(({ SearchSchemaElementType: type }) => type === 'INLINE_FILTER').length
  if (filters > MAX_INLINE_FILTERS) throw invalid(`The SearchSchema exceeds the maximum allowed number of INLINE_FILTER elements, ${MAX_INLINE_FILTERS}`)
  checkVectorProjection(index, filters)
}

/** The vector attribute and each filter count as projected names (SDK: VectorIndex.Projection). */
function checkVectorProjection({ Projection: { ProjectionType: type, NonKeyAttributes: names } }: VectorIndex, filters: number): void {
  if (type === undefined || type === null) throw invalid('Unknown ProjectionType: null')
  if (type !== 'INCLUDE') {
    if (names !== undefined) throw invalid(`ProjectionType is ${type}, but NonKeyAttributes is specified`)
    return
  }
  if (names === undefined) throw invalid('ProjectionType is INCLUDE, but NonKeyAttributes is not specified')
  const repeated = names.find((name, at) => names.indexOf(name) < at)
  if (repeated !== undefined) throw invalid(`Duplicate element in NonKeyAttributes: ${repeated}`)
  if (names.length + filters + 1 > MAX_INCLUDED_ATTRIBUTES) {
    throw invalid(`Number of projected non-key attributes exceeds the per-index limit of ${MAX_INCLUDED_ATTRIBUTES}`)
  }
}

const ONE_ONLINE_INDEX = 'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table'

/**
 * A definition that UpdateTable adds, against the table as it is. The request itself defines every attribute of the search
 * schema, known ones too. Throws ValidationException, ResourceInUseException, LimitExceededException.
 */
export function checkAddedVectorIndex(row: TableRow, definitions: readonly AttributeDefinition[], index: VectorIndex): void {
  if (row.billingMode !== 'PAY_PER_REQUEST') throw onDemandOnly()
  const known = getIndex(row, index.IndexName)
  if (known?.status === 'CREATING') {
    // Two spaces, as measured.
    throw new ResourceInUseException(
      `Attempt to change a resource which is still in use: Index is being created.  Table: ${row.name} Index: ${index.IndexName}`,
    )
  }
  if (known !== undefined) throw new ValidationException('Attempting to create an index which already exists')
  if (row.indexes.some((other) => other.status === 'CREATING')) throw new LimitExceededException(ONE_ONLINE_INDEX)
  const vectors = row.indexes.filter(isVectorIndex)
  if (vectors.length >= MAX_VECTOR_INDEXES) {
    throw new LimitExceededException(`Subscriber limit exceeded: Number of vector secondary indexes exceeds per-table limit of ${MAX_VECTOR_INDEXES}`)
  }
  checkVectorIndex(index, definitions)
  checkDimensions(new Map(vectors.map(({ vector }) => [vector.attribute, vector.dimensions])), index)
  checkRedefinitions(row, definitions, index)
}

/** Neither the vector nor an attribute of the search schema may be a key of another type. */
function checkRedefinitions(row: TableRow, definitions: readonly AttributeDefinition[], index: VectorIndex): void {
  const schemas: readonly (readonly KeyAttribute[])[] = [
    keyAttributes(row),
    ...row.indexes.map(({ partitionKeys, sortKeys, vector }) => [...partitionKeys, ...sortKeys, ...(vector?.filters ?? [])]),
  ]
  const vectorName = index.VectorAttribute.AttributeName
  const types = new Map<string, KeyType>(definitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]))
  for (const name of [vectorName, ...(index.SearchSchema ?? []).map(({ AttributeName }) => AttributeName)]) {
    const schema = schemas.find((keys) => keys.some((key) => key.name === name && key.type !== types.get(name)))
    if (schema === undefined) continue
    const existing = schema.map((key, at) => `SchemaElement: key{${key.name}:${key.type}:${at === 0 ? 'HASH' : 'RANGE'}}`)
    const added = name === vectorName ? `VectorAttribute: key{${name}:L:${index.Dimensions}}` : `SearchSchemaElement: key{${name}:${types.get(name) ?? ''}}`
    throw invalid(
      'Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. ' +
        `Existing schema: Schema:[${existing.join(', ')}] New schema: VectorIndexSchema:[${added}]`,
    )
  }
}

/** The schema of a checked definition: a new table's are ACTIVE at once, an added one is CREATING and backfills. */
export function vectorSchemaOf(
  index: VectorIndex,
  definitions: readonly AttributeDefinition[],
  { id, status }: Pick<IndexSchema, 'id' | 'status'>,
): IndexSchema {
  const { SearchSchema: schema = [], Projection: projection } = index
  const typed = (role: string): KeyAttribute[] =>
    schema
      .filter(({ SearchSchemaElementType }) => SearchSchemaElementType === role)
      .map(({ AttributeName: name }) => ({ name, type: definitions.find(({ AttributeName }) => AttributeName === name)?.AttributeType ?? 'S' }))
  return {
    id,
    name: index.IndexName,
    kind: 'VECTOR',
    partitionKeys: typed('HASH'),
    sortKeys: [],
    projection:
      projection.ProjectionType === 'INCLUDE'
        ? { type: 'INCLUDE', names: [...(projection.NonKeyAttributes ?? [])] }
        : { type: projection.ProjectionType ?? 'ALL' },
    status,
    ...(status === 'CREATING' ? { backfilling: true } : {}),
    vector: {
      attribute: index.VectorAttribute.AttributeName,
      dimensions: index.Dimensions,
      distance: index.DistanceFunction,
      filters: typed('INLINE_FILTER'),
      ...(schema.length === 0 ? {} : { searchSchema: schema }),
    },
  }
}
