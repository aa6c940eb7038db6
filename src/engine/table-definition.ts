// Checks the definition of a new table or index as CreateTable does (AWS page: CreateTable; texts as AWS answers them)
// and turns it into catalog rows. Nothing here looks at stored data.
import { ValidationException } from '../model/errors.ts'
import {
  MAX_GLOBAL_INDEXES,
  MAX_INCLUDED_ATTRIBUTES,
  MAX_INCLUDED_ATTRIBUTES_PER_TABLE,
  MAX_INDEX_PARTITION_KEYS,
  MAX_INDEX_SORT_KEYS,
  MAX_LOCAL_INDEXES,
} from '../model/limits.ts'
import type {
  AttributeDefinition,
  GlobalSecondaryIndex,
  IndexProjection,
  IndexSchema,
  KeyAttribute,
  KeySchemaElement,
  LocalSecondaryIndex,
  Projection,
  ProvisionedThroughput,
  Throughput,
} from '../model/table.ts'
import { Constraints } from './constraints.ts'
import { checkSettingsShape, checkTableSettings } from './table-settings.ts'
import type { CreateTableInput } from './table-shapes.ts'
import { checkNewThroughputs } from './throughput-limits.ts'
import { checkVectorIndexes, checkVectorIndexShape } from './vector-definition.ts'

const INVALID = 'One or more parameter values were invalid: '
const SAME_NAME = 'Both the Hash Key and the Range Key element in the KeySchema have the same name'
const MAX_UNITS = 1_000_000_000_000

function invalid(text: string): ValidationException {
  return new ValidationException(INVALID + text)
}
const javaList = (names: Iterable<string>): string => `[${[...names].join(', ')}]`
const namesOf = (keySchema: readonly KeySchemaElement[]): string[] => keySchema.map((element) => element.AttributeName)

/** Throws the ValidationException that AWS would. */
export function checkCreateTable(input: CreateTableInput): void {
  if (input.TableName === undefined || input.TableName === null) {
    throw new ValidationException("The parameter 'TableName' is required but was not present in the request")
  }
  checkShape(input)
  checkBilling(input)
  const definitions = input.AttributeDefinitions
  checkDefinitionNames(definitions)
  if (input.VectorIndexes !== undefined) checkVectorIndexes(input.VectorIndexes, definitions, input.BillingMode ?? 'PROVISIONED')
  checkAttributeUse(input)
  checkTableKeySchema(input.KeySchema)
  const names = new Set<string>()
  if (input.LocalSecondaryIndexes !== undefined) checkLocalIndexes(input, input.LocalSecondaryIndexes, names)
  if (input.GlobalSecondaryIndexes !== undefined) checkGlobalIndexes(input, input.GlobalSecondaryIndexes, names)
  for (const index of input.VectorIndexes ?? []) takeName(index.IndexName, names)
  checkProjectedNames([...(input.LocalSecondaryIndexes ?? []), ...(input.GlobalSecondaryIndexes ?? []), ...(input.VectorIndexes ?? [])])
  checkStream(input)
  if (input.TableClass !== undefined && !['STANDARD', 'STANDARD_INFREQUENT_ACCESS'].includes(input.TableClass)) {
    throw new ValidationException(
      'Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].',
    )
  }
  checkTableSettings(input)
  checkNewThroughputs(input)
}

function checkShape(input: CreateTableInput): void {
  const constraints = new Constraints()
  constraints.name('tableName', input.TableName)
  if (constraints.list('attributeDefinitions', input.AttributeDefinitions)) {
    input.AttributeDefinitions.forEach((definition, at) => checkDefinitionShape(constraints, definition, at))
  }
  if (constraints.list('keySchema', input.KeySchema)) {
    constraints.length('keySchema', input.KeySchema, 1, 2)
    checkKeySchemaShape(constraints, 'keySchema', input.KeySchema)
  }
  constraints.oneOf('billingMode', input.BillingMode, ['PROVISIONED', 'PAY_PER_REQUEST'])
  checkThroughputShape(constraints, 'provisionedThroughput', input.ProvisionedThroughput)
  // GSIs first, whatever the request's order (paritysuite/dynamodb-conformance, validation-ordering/createTable, 2026-10-09).
  input.GlobalSecondaryIndexes?.forEach((index, at) => {
    checkGlobalIndexShape(constraints, `globalSecondaryIndexes.${at + 1}.member`, index)
  })
  input.LocalSecondaryIndexes?.forEach((index, at) => {
    checkIndexShape(constraints, `localSecondaryIndexes.${at + 1}.member`, index, 2)
  })
  input.VectorIndexes?.forEach((index, at) => {
    checkVectorIndexShape(constraints, `vectorIndexes.${at + 1}.member`, index)
  })
  constraints.oneOf('streamSpecification.streamViewType', input.StreamSpecification?.StreamViewType, [
    'NEW_IMAGE',
    'OLD_IMAGE',
    'NEW_AND_OLD_IMAGES',
    'KEYS_ONLY',
  ])
  if (input.StreamSpecification !== undefined) constraints.notNull('streamSpecification.streamEnabled', input.StreamSpecification.StreamEnabled)
  checkSettingsShape(constraints, input)
  constraints.done()
}

export function checkDefinitionShape(constraints: Constraints, definition: AttributeDefinition, at: number): void {
  const path = `attributeDefinitions.${at + 1}.member`
  if (constraints.notNull(`${path}.attributeName`, definition.AttributeName)) {
    constraints.length(`${path}.attributeName`, definition.AttributeName, 1, 255)
  }
  if (constraints.notNull(`${path}.attributeType`, definition.AttributeType)) {
    constraints.oneOf(`${path}.attributeType`, definition.AttributeType, ['B', 'N', 'S'])
  }
}

function checkKeySchemaShape(constraints: Constraints, path: string, keySchema: readonly KeySchemaElement[]): void {
  keySchema.forEach((element, at) => {
    const member = `${path}.${at + 1}.member`
    if (constraints.notNull(`${member}.attributeName`, element.AttributeName)) {
      constraints.length(`${member}.attributeName`, element.AttributeName, 1, 255)
    }
    if (constraints.notNull(`${member}.keyType`, element.KeyType)) {
      constraints.oneOf(`${member}.keyType`, element.KeyType, ['HASH', 'RANGE'])
    }
  })
}

function checkIndexShape(constraints: Constraints, path: string, index: LocalSecondaryIndex, maxKeys: number): void {
  constraints.name(`${path}.indexName`, index.IndexName)
  if (constraints.list(`${path}.keySchema`, index.KeySchema)) {
    constraints.length(`${path}.keySchema`, index.KeySchema, 1, maxKeys)
    checkKeySchemaShape(constraints, `${path}.keySchema`, index.KeySchema)
  }
  if (!constraints.notNull(`${path}.projection`, index.Projection)) return
  constraints.oneOf(`${path}.projection.projectionType`, index.Projection.ProjectionType, ['ALL', 'INCLUDE', 'KEYS_ONLY'])
  constraints.length(`${path}.projection.nonKeyAttributes`, index.Projection.NonKeyAttributes, 1, MAX_INCLUDED_ATTRIBUTES)
}

/** The shape of an index that CreateTable or UpdateTable adds. */
export function checkGlobalIndexShape(constraints: Constraints, path: string, index: GlobalSecondaryIndex): void {
  checkIndexShape(constraints, path, index, MAX_INDEX_PARTITION_KEYS + MAX_INDEX_SORT_KEYS)
  checkThroughputShape(constraints, `${path}.provisionedThroughput`, index.ProvisionedThroughput)
}

export function checkThroughputShape(constraints: Constraints, path: string, throughput: ProvisionedThroughput | undefined): void {
  if (throughput === undefined) return
  for (const name of ['ReadCapacityUnits', 'WriteCapacityUnits'] as const) {
    const member = `${path}.${name[0]?.toLowerCase() ?? ''}${name.slice(1)}`
    if (constraints.notNull(member, throughput[name])) constraints.range(member, throughput[name], 1, Number.MAX_SAFE_INTEGER)
  }
}

function checkBilling(input: CreateTableInput): void {
  const throughput = input.ProvisionedThroughput
  if (input.BillingMode === 'PAY_PER_REQUEST') {
    if (throughput !== undefined) {
      throw invalid('Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST')
    }
    return
  }
  if (throughput === undefined) {
    throw invalid('ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED')
  }
  for (const name of ['ReadCapacityUnits', 'WriteCapacityUnits'] as const) {
    if (throughput[name] > MAX_UNITS) throw new ValidationException(`Given value ${throughput[name]} for ${name} is out of bounds`)
  }
}

function checkDefinitionNames(definitions: readonly AttributeDefinition[]): void {
  const seen = new Set<string>()
  for (const { AttributeName } of definitions) {
    if (seen.has(AttributeName)) throw new ValidationException(`Attribute Name is duplicated: ${AttributeName}`)
    seen.add(AttributeName)
  }
}

/** AttributeDefinitions and key schemas must name exactly the same attributes; AWS words each way to differ. */
function checkAttributeUse(input: CreateTableInput): void {
  const indexes = [...(input.LocalSecondaryIndexes ?? []), ...(input.GlobalSecondaryIndexes ?? [])]
  const defined = new Set(input.AttributeDefinitions.map((definition) => definition.AttributeName))
  const searched = (input.VectorIndexes ?? []).flatMap((index) => (index.SearchSchema ?? []).map((element) => element.AttributeName))
  const used = new Set([...namesOf(input.KeySchema), ...indexes.flatMap((index) => namesOf(index.KeySchema)), ...searched])
  const missing = [...used].filter((name) => !defined.has(name))
  if (missing.length > 0) {
    if (indexes.length === 0 && defined.size < used.size) {
      throw new ValidationException('Invalid KeySchema: Some index key attribute have no definition')
    }
    const culprit = [input, ...indexes].find((schema) => namesOf(schema.KeySchema).some((name) => !defined.has(name)))
    throw undefinedKeys(namesOf(culprit?.KeySchema ?? []), defined)
  }
  const [first, second] = namesOf(input.KeySchema)
  // As if it counted: two keys and one definition (dynalite's test/createTable.js, paritysuite's error-messages/createTable).
  if (first === second) throw new ValidationException(defined.size === 1 ? 'Invalid KeySchema: Some index key attribute have no definition' : SAME_NAME)
  if (defined.size === used.size) return
  if (indexes.length === 0) {
    throw invalid('Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions')
  }
  throw invalid(`Some AttributeDefinitions are not used. AttributeDefinitions: ${javaList(defined)}, keys used: ${javaList(used)}`)
}

/** `keys` has a name that no attribute definition has. */
export function undefinedKeys(keys: Iterable<string>, defined: Iterable<string>): ValidationException {
  return invalid(
    `Some index key attributes are not defined in AttributeDefinitions. Keys: ${javaList(keys)}, AttributeDefinitions: ${javaList(defined)}`,
  )
}

/** One HASH, then perhaps one RANGE: tables and LSIs. */
function checkTableKeySchema(keySchema: readonly KeySchemaElement[]): void {
  const [first, second] = keySchema
  if (first?.AttributeName === second?.AttributeName) {
    throw new ValidationException(SAME_NAME)
  }
  if (first?.KeyType !== 'HASH') throw new ValidationException('Invalid KeySchema: The first KeySchemaElement is not a HASH key type')
  if (second !== undefined && second.KeyType !== 'RANGE') {
    throw new ValidationException('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type')
  }
}

/** One to four HASH, then up to four RANGE: GSIs (AWS page: GSI, multi-attribute keys). */
function checkGlobalKeySchema(keySchema: readonly KeySchemaElement[]): void {
  if (keySchema.length === 1) {
    checkTableKeySchema(keySchema)
    return
  }
  if (new Set(namesOf(keySchema)).size < keySchema.length) {
    throw new ValidationException(
      keySchema.length === 2
        ? SAME_NAME
        : 'The KeySchema contains multiple key attributes with the same name',
    )
  }
  if (keySchema[0]?.KeyType !== 'HASH') throw new ValidationException('Invalid KeySchema: The first KeySchemaElement is not a HASH key type')
  const types = keySchema.map((element) => element.KeyType)
  if (types.lastIndexOf('HASH') > types.indexOf('RANGE') && types.includes('RANGE')) {
    throw invalid('All HASH key attributes must precede RANGE key attributes in the KeySchema')
  }
  for (const [type, limit] of [['HASH', MAX_INDEX_PARTITION_KEYS], ['RANGE', MAX_INDEX_SORT_KEYS]] as const) {
    if (types.filter((other) => other === type).length > limit) {
      throw invalid(`The KeySchema exceeds the maximum allowed number of ${type} key attributes`)
    }
  }
}

function checkLocalIndexes(input: CreateTableInput, indexes: readonly LocalSecondaryIndex[], names: Set<string>): void {
  if (indexes.length === 0) throw invalid('List of LocalSecondaryIndexes is empty')
  if (input.KeySchema.length < 2) {
    throw invalid('Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex')
  }
  const tableKey = input.KeySchema[0]?.AttributeName ?? ''
  for (const index of indexes) {
    checkTableKeySchema(index.KeySchema)
    if (index.KeySchema.length !== 2) throw invalid(`Index KeySchema does not have a range key for index: ${index.IndexName}`)
    const indexKey = index.KeySchema[0]?.AttributeName ?? ''
    if (indexKey !== tableKey) {
      throw invalid(
        'Index KeySchema does not have the same leading hash key as table KeySchema for index: ' +
          `${index.IndexName}. index hash key: ${indexKey}, table hash key: ${tableKey}`,
      )
    }
    checkProjection(index)
    takeName(index.IndexName, names)
  }
  if (indexes.length > MAX_LOCAL_INDEXES) {
    throw invalid(`Number of LocalSecondaryIndexes exceeds per-table limit of ${MAX_LOCAL_INDEXES}`)
  }
}

function checkGlobalIndexes(input: CreateTableInput, indexes: readonly GlobalSecondaryIndex[], names: Set<string>): void {
  if (indexes.length === 0) throw invalid('List of GlobalSecondaryIndexes is empty')
  for (const index of indexes) {
    checkGlobalIndex(index)
    if (input.BillingMode === 'PAY_PER_REQUEST') {
      if (index.ProvisionedThroughput !== undefined) {
        throw invalid(`ProvisionedThroughput should not be specified for index: ${index.IndexName} when BillingMode is PAY_PER_REQUEST`)
      }
    } else if (index.ProvisionedThroughput === undefined) {
      throw invalid(`ProvisionedThroughput is not specified for index: ${index.IndexName}`)
    }
    takeName(index.IndexName, names)
  }
  if (indexes.length > MAX_GLOBAL_INDEXES) throw invalid(`GlobalSecondaryIndex count exceeds the per-table limit of ${MAX_GLOBAL_INDEXES}`)
}

/** Key schema and projection of one GSI; its attribute definitions are its caller's. */
export function checkGlobalIndex(index: GlobalSecondaryIndex): void {
  checkGlobalKeySchema(index.KeySchema)
  checkProjection(index)
}

function takeName(indexName: string, names: Set<string>): void {
  if (names.has(indexName)) throw invalid(`Duplicate index name: ${indexName}`)
  names.add(indexName)
}

function checkProjection({ Projection: { ProjectionType: type, NonKeyAttributes: names } }: LocalSecondaryIndex): void {
  if (type === undefined || type === null) throw invalid('Unknown ProjectionType: null')
  if (type !== 'INCLUDE') {
    if (names !== undefined) throw invalid(`ProjectionType is ${type}, but NonKeyAttributes is specified`)
    return
  }
  if (names === undefined) throw invalid('ProjectionType is INCLUDE, but NonKeyAttributes is not specified')
  const repeated = names.find((name, at) => names.indexOf(name) < at)
  if (repeated !== undefined) throw invalid(`Duplicate element in NonKeyAttributes: ${repeated}`)
}

/** At most 100 over all indexes of a table, a name in two indexes counting twice (AWS page: Constraints). */
export function checkProjectedNames(indexes: readonly { readonly Projection: { readonly NonKeyAttributes?: readonly string[] } }[]): void {
  const count = indexes.reduce((sum, index) => sum + (index.Projection.NonKeyAttributes?.length ?? 0), 0)
  if (count > MAX_INCLUDED_ATTRIBUTES_PER_TABLE) {
    throw invalid(`Number of projected non-key attributes over all indexes exceeds the per-table limit of ${MAX_INCLUDED_ATTRIBUTES_PER_TABLE}`)
  }
}

function checkStream({ StreamSpecification: stream }: CreateTableInput): void {
  if (stream === undefined) return
  if (stream.StreamEnabled && stream.StreamViewType === undefined) {
    throw invalid('Table is being created with a stream enabled, UpdateViewType is required')
  }
  if (!stream.StreamEnabled && stream.StreamViewType !== undefined) {
    throw invalid('Table is being created with a stream disabled, UpdateViewType should not be specified')
  }
}

/** Key attributes of one type, in order; names are defined (`checkAttributeUse`). */
export function keyAttributesOf(
  keySchema: readonly KeySchemaElement[],
  definitions: readonly AttributeDefinition[],
  keyType: 'HASH' | 'RANGE',
): KeyAttribute[] {
  return keySchema
    .filter((element) => element.KeyType === keyType)
    .map(({ AttributeName: name }) => {
      const definition = definitions.find((candidate) => candidate.AttributeName === name)
      if (definition === undefined) throw undefinedKeys([name], namesDefined(definitions))
      return { name, type: definition.AttributeType }
    })
}
const namesDefined = (definitions: readonly AttributeDefinition[]): string[] => definitions.map((definition) => definition.AttributeName)

export function throughputOf(throughput: ProvisionedThroughput | undefined): { readonly throughput?: Throughput } {
  if (throughput === undefined) return {}
  const { ReadCapacityUnits: readCapacityUnits, WriteCapacityUnits: writeCapacityUnits } = throughput
  return { throughput: { readCapacityUnits, writeCapacityUnits } }
}

function indexProjectionOf({ ProjectionType: type, NonKeyAttributes: names = [] }: Projection): IndexProjection {
  return type === 'INCLUDE' ? { type, names: [...names] } : { type: type ?? 'ALL' }
}

/** The schema of a checked index definition: a new table's are ACTIVE at once, an added one is CREATING and backfills. */
export function indexSchemaOf(
  index: GlobalSecondaryIndex,
  definitions: readonly AttributeDefinition[],
  { id, kind, status }: Pick<IndexSchema, 'id' | 'kind' | 'status'>,
): IndexSchema {
  return {
    id,
    name: index.IndexName,
    kind,
    partitionKeys: keyAttributesOf(index.KeySchema, definitions, 'HASH'),
    sortKeys: keyAttributesOf(index.KeySchema, definitions, 'RANGE'),
    projection: indexProjectionOf(index.Projection),
    status,
    ...(status === 'CREATING' ? { backfilling: true } : {}),
    ...throughputOf(index.ProvisionedThroughput),
  }
}
