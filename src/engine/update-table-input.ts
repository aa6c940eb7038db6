// UpdateTable's input and what can be refused by looking at it alone, then the definition of an added index against the
// table as it is. Texts as AWS answers them (AWS page: UpdateTable; the lab's findings on what may go together).
import { LimitExceededException, ResourceNotFoundException, ValidationException } from '../model/errors.ts'
import { MAX_GLOBAL_INDEXES } from '../model/limits.ts'
import {
  getIndex,
  keyAttributes,
  type AttributeDefinition,
  type BillingMode,
  type GlobalSecondaryIndex,
  type IndexSchema,
  type KeyAttribute,
  type ProvisionedThroughput,
  type StreamSpecification,
  type VectorIndex,
} from '../model/table.ts'
import { Constraints } from './constraints.ts'
import { checkDefinitionShape, checkGlobalIndex, checkGlobalIndexShape, checkThroughputShape, undefinedKeys } from './table-definition.ts'
import type { TableRow } from './table-row.ts'
import { checkEncryption } from './encryption.ts'
import { checkReplicaUpdates } from './replica-updates.ts'
import { checkReplicationMode, checkSettingsShape } from './table-settings.ts'
import type { GlobalIndexInput, OnDemandThroughput, SSESpecification, WarmThroughput } from './table-shapes.ts'
import { checkOnDemand, checkProvisionedQuota } from './throughput-limits.ts'
import { checkVectorIndexShape, vectorIsDefined } from './vector-definition.ts'

export interface IndexThroughputUpdate {
  readonly IndexName: string
  readonly ProvisionedThroughput?: ProvisionedThroughput
  readonly OnDemandThroughput?: OnDemandThroughput
  readonly WarmThroughput?: WarmThroughput
}
/** Exactly one of the two. */
interface VectorIndexUpdate {
  readonly Create?: VectorIndex
  readonly Delete?: { readonly IndexName: string }
}
/** Exactly one of the three. */
interface GlobalSecondaryIndexUpdate {
  readonly Create?: GlobalIndexInput
  readonly Update?: IndexThroughputUpdate
  readonly Delete?: { readonly IndexName: string }
}
export interface UpdateTableInput {
  readonly TableName: string
  readonly AttributeDefinitions?: readonly AttributeDefinition[]
  readonly BillingMode?: BillingMode
  readonly ProvisionedThroughput?: ProvisionedThroughput
  readonly GlobalSecondaryIndexUpdates?: readonly GlobalSecondaryIndexUpdate[]
  readonly VectorIndexUpdates?: readonly VectorIndexUpdate[]
  readonly StreamSpecification?: StreamSpecification
  readonly OnDemandThroughput?: OnDemandThroughput
  readonly WarmThroughput?: WarmThroughput
  readonly DeletionProtectionEnabled?: boolean
  readonly TableClass?: string
  readonly SSESpecification?: SSESpecification
  readonly ReplicaUpdates?: readonly object[]
  readonly MultiRegionConsistency?: string
  readonly GlobalTableWitnessUpdates?: readonly object[]
  readonly GlobalTableSettingsReplicationMode?: string
}

const INVALID = 'One or more parameter values were invalid: '
export const ONE_ONLINE_INDEX = 'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table'

export function invalid(text: string): ValidationException {
  return new ValidationException(INVALID + text)
}

const MEMBERS = [
  'ProvisionedThroughput',
  'BillingMode',
  'UpdateStreamEnabled',
  'GlobalSecondaryIndexUpdates',
  'SSESpecification',
  'ReplicaUpdates',
  'MultiAccountReplicaReady',
  'ReplicaTransitRoleArn',
  'MultiRegionConsistency',
  'DeletionProtectionEnabled',
  'OnDemandThroughput',
  'WarmThroughput',
]

/** AWS drops empty structures where something else is asked for, too (lab finding DDB-TABLE-456). */
export function withoutEmptyMembers(input: UpdateTableInput): UpdateTableInput {
  const { OnDemandThroughput: onDemand, WarmThroughput: warm, ...rest } = input
  return {
    ...rest,
    ...(onDemand === undefined || Object.keys(onDemand).length === 0 ? {} : { OnDemandThroughput: onDemand }),
    ...(warm === undefined || Object.keys(warm).length === 0 ? {} : { WarmThroughput: warm }),
  }
}

/** Throws ValidationException, LimitExceededException. */
export function checkUpdateTable(input: UpdateTableInput): void {
  checkShape(input)
  const concerns = concernsOf(input)
  checkReplicaUpdates(input, concerns.size)
  checkReplicationMode(input.GlobalTableSettingsReplicationMode)
  if (concerns.size === 0) {
    // The text leaves out what the request has.
    const missing = MEMBERS.filter((name) => !(name in input)).join(', ')
    throw new ValidationException(`At least one of ${missing} or TableClass is required`)
  }
  checkIndexUpdates(input.GlobalSecondaryIndexUpdates ?? [], input.VectorIndexUpdates ?? [])
  checkConcerns(concerns)
  checkStream(input.StreamSpecification)
  if (input.SSESpecification !== undefined) checkEncryption(input.SSESpecification)
  if (input.TableClass !== undefined && !['STANDARD', 'STANDARD_INFREQUENT_ACCESS'].includes(input.TableClass)) {
    throw new ValidationException(
      'Invalid table-class parameter provided. Please try again with a valid table-class value: [STANDARD, STANDARD_INFREQUENT_ACCESS].',
    )
  }
}

function checkShape(input: UpdateTableInput): void {
  const constraints = new Constraints()
  input.AttributeDefinitions?.forEach((definition, at) => checkDefinitionShape(constraints, definition, at))
  constraints.oneOf('billingMode', input.BillingMode, ['PROVISIONED', 'PAY_PER_REQUEST'])
  checkThroughputShape(constraints, 'provisionedThroughput', input.ProvisionedThroughput)
  input.GlobalSecondaryIndexUpdates?.forEach(({ Create, Update, Delete }, at) => {
    const member = `globalSecondaryIndexUpdates.${at + 1}.member`
    if (Create !== undefined) checkGlobalIndexShape(constraints, `${member}.create`, Create)
    if (Update !== undefined) {
      constraints.name(`${member}.update.indexName`, Update.IndexName)
      checkThroughputShape(constraints, `${member}.update.provisionedThroughput`, Update.ProvisionedThroughput)
    }
    if (Delete !== undefined) constraints.name(`${member}.delete.indexName`, Delete.IndexName)
  })
  input.VectorIndexUpdates?.forEach(({ Create, Delete }, at) => {
    const member = `vectorIndexUpdates.${at + 1}.member`
    if (Create !== undefined) checkVectorIndexShape(constraints, `${member}.create`, Create)
    if (Delete !== undefined) constraints.name(`${member}.delete.indexName`, Delete.IndexName)
  })
  constraints.oneOf('streamSpecification.streamViewType', input.StreamSpecification?.StreamViewType, [
    'NEW_IMAGE',
    'OLD_IMAGE',
    'NEW_AND_OLD_IMAGES',
    'KEYS_ONLY',
  ])
  if (input.StreamSpecification !== undefined) constraints.notNull('streamSpecification.streamEnabled', input.StreamSpecification.StreamEnabled)
  checkSettingsShape(constraints, input)
  constraints.oneOf('multiRegionConsistency', input.MultiRegionConsistency, ['EVENTUAL', 'STRONG'])
  constraints.length('replicaUpdates', input.ReplicaUpdates, 1, Number.MAX_SAFE_INTEGER)
  constraints.done()
}

type Concern = 'encryption' | 'protection' | 'class' | 'warm' | 'onDemand' | 'billing' | 'throughput' | 'stream' | 'indexes' | 'indexThroughput'

function concernsOf(input: UpdateTableInput): Set<Concern> {
  const updates = input.GlobalSecondaryIndexUpdates ?? []
  const found: readonly (readonly [Concern, boolean])[] = [
    ['encryption', input.SSESpecification !== undefined],
    ['protection', input.DeletionProtectionEnabled !== undefined],
    ['class', input.TableClass !== undefined],
    ['warm', input.WarmThroughput !== undefined],
    ['onDemand', input.OnDemandThroughput !== undefined],
    ['billing', input.BillingMode !== undefined],
    ['throughput', input.ProvisionedThroughput !== undefined],
    ['stream', input.StreamSpecification !== undefined],
    [
      'indexes',
      updates.some(({ Create, Delete }) => Create !== undefined || Delete !== undefined) || (input.VectorIndexUpdates ?? []).length > 0,
    ],
    ['indexThroughput', updates.some(({ Update, Create, Delete }) => Update !== undefined || (Create === undefined && Delete === undefined))],
  ]
  return new Set(found.filter(([, isPresent]) => isPresent).map(([concern]) => concern))
}

function checkConcerns(concerns: ReadonlySet<Concern>): void {
  const has = (concern: Concern): boolean => concerns.has(concern)
  if (concerns.size > 1) {
    if (has('encryption')) throw invalid('Server-Side Encryption modification must be the only operation in the request')
    if (has('class')) throw invalid('TableClass modification must be the only operation in the request')
    if (has('protection')) throw invalid('DeletionProtection modification must be the only operation in the request')
    if (has('warm')) throw invalid('WarmThroughput must be the only operation in the request')
  }
  if (has('onDemand') && [...concerns].some((concern) => concern !== 'onDemand' && concern !== 'billing')) {
    throw invalid('OnDemandThroughput can only be combined with BillingMode in an UpdateTable request')
  }
  if (has('throughput') && has('stream')) throw invalid('You cannot modify stream status while updating table IOPS')
  if (has('indexes') && has('throughput')) throw invalid('You cannot create or delete index while updating table IOPS')
  if (has('indexes') && has('stream')) throw invalid('You cannot create or delete index while changing stream status')
}

function checkIndexUpdates(updates: readonly GlobalSecondaryIndexUpdate[], vectorUpdates: readonly VectorIndexUpdate[]): void {
  const names = new Set<string>()
  for (const { Create, Update, Delete } of updates) {
    const actions = [Create, Update, Delete].filter((action) => action !== undefined)
    const [action] = actions
    if (action === undefined) {
      throw invalid(
        'One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null',
      )
    }
    if (actions.length > 1) throw invalid('Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate object')
    if (names.has(action.IndexName)) {
      throw invalid(`Only one global secondary index update per index is allowed simultaneously. Index: ${action.IndexName}`)
    }
    names.add(action.IndexName)
  }
  for (const { Create, Delete } of vectorUpdates) {
    if (Create === undefined && Delete === undefined) {
      throw invalid('One of VectorIndexUpdate.Create, VectorIndexUpdate.Delete must not be null')
    }
    if (Create !== undefined && Delete !== undefined) throw invalid('Only one vector index action is allowed per VectorIndexUpdate object')
  }
  const online = updates.filter(({ Create, Delete }) => Create !== undefined || Delete !== undefined).length + vectorUpdates.length
  if (online > 1) {
    throw new LimitExceededException(ONE_ONLINE_INDEX)
  }
}

function checkStream(stream: StreamSpecification | undefined): void {
  if (stream === undefined) return
  if (stream.StreamEnabled && stream.StreamViewType === undefined) {
    throw invalid('If stream is being enabled then UpdateViewType is required')
  }
  if (!stream.StreamEnabled && stream.StreamViewType !== undefined) {
    throw invalid('If stream is being disabled, then UpdateViewType must not be specified')
  }
}

/** Throws ValidationException for another kind of index, ResourceNotFoundException for none. */
export function mustGetVectorIndex(row: TableRow, indexName: string): IndexSchema {
  const index = getIndex(row, indexName)
  if (index === undefined) {
    throw new ResourceNotFoundException(`Requested resource not found: Index ${indexName} for table ${row.name}`)
  }
  if (index.kind !== 'VECTOR') throw new ValidationException(`Cannot delete an index that is not a VectorIndex: ${indexName}`)
  return index
}

/** Throws ValidationException for another kind of index, ResourceNotFoundException for none. */
export function mustGetGlobalIndex(row: TableRow, indexName: string, verb: 'delete' | 'update'): IndexSchema {
  const index = getIndex(row, indexName)
  if (index === undefined) {
    throw new ResourceNotFoundException(`Requested resource not found: Index ${indexName} for table ${row.name}`)
  }
  if (index.kind !== 'GLOBAL') throw new ValidationException(`Cannot ${verb} an index that is not a GlobalSecondaryIndex: ${indexName}`)
  return index
}

/** An index that is being created can be dropped, any other one not meanwhile. Throws LimitExceededException. */
export function checkDroppedIndex(row: TableRow, dropped: IndexSchema): void {
  if (row.indexes.some((other) => other.id !== dropped.id && other.status === 'CREATING')) throw new LimitExceededException(ONE_ONLINE_INDEX)
}

/** Against the table as it is. Throws ValidationException, LimitExceededException. */
export function checkNewIndex(row: TableRow, input: UpdateTableInput, index: GlobalIndexInput): void {
  if (getIndex(row, index.IndexName) !== undefined) throw new ValidationException('Attempting to create an index which already exists')
  if (row.indexes.some((other) => other.status === 'CREATING')) throw new LimitExceededException(ONE_ONLINE_INDEX)
  if (row.indexes.filter((other) => other.kind === 'GLOBAL').length >= MAX_GLOBAL_INDEXES) {
    throw new LimitExceededException(
      `Subscriber limit exceeded: Number of global secondary indexes exceeds per-table limit of ${MAX_GLOBAL_INDEXES}`,
    )
  }
  checkGlobalIndex(index)
  checkDefinitions(row, input, index)
  const { ProvisionedThroughput: throughput } = index
  const billingMode = input.BillingMode ?? row.billingMode
  if (billingMode === 'PAY_PER_REQUEST' && throughput !== undefined) {
    throw invalid(
      `Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: ${index.IndexName} when BillingMode is PAY_PER_REQUEST`,
    )
  }
  if (billingMode === 'PROVISIONED' && throughput === undefined) {
    throw invalid(`ProvisionedThroughput must be specified for index: ${index.IndexName}`)
  }
  checkOnDemand(billingMode, index.OnDemandThroughput, `index : ${index.IndexName}`, true)
  checkProvisionedQuota(throughput, index.IndexName)
}

/** The request defines each key attribute of the index anew, and of the type that it has already where it is a key. */
function checkDefinitions(row: TableRow, input: UpdateTableInput, index: GlobalSecondaryIndex): void {
  const definitions = input.AttributeDefinitions
  if (definitions === undefined) throw invalid(`AttributeDefinitions is not specified for index: ${index.IndexName}`)
  const types = new Map(definitions.map(({ AttributeName, AttributeType }) => [AttributeName, AttributeType]))
  const names = index.KeySchema.map(({ AttributeName }) => AttributeName)
  if (names.some((name) => !types.has(name))) throw undefinedKeys(names, types.keys())
  const schemas: readonly (readonly KeyAttribute[])[] = [
    keyAttributes(row),
    ...row.indexes.map(({ partitionKeys, sortKeys, vector }) => [...partitionKeys, ...sortKeys, ...(vector?.filters ?? [])]),
  ]
  const vectorName = row.indexes.find(({ vector }) => vector !== undefined && names.includes(vector.attribute))?.vector?.attribute
  if (vectorName !== undefined) throw vectorIsDefined(vectorName)
  for (const name of names) {
    const known = schemas.find((schema) => schema.some((attribute) => attribute.name === name && attribute.type !== types.get(name)))
    if (known === undefined) continue
    const added = index.KeySchema.map(({ AttributeName, KeyType }) => schemaElement(AttributeName, types.get(AttributeName) ?? '', KeyType))
    const existing = known.map((attribute, at) => schemaElement(attribute.name, attribute.type, at === 0 ? 'HASH' : 'RANGE'))
    throw invalid(
      'Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. ' +
        `Existing schema: Schema:[${existing.join(', ')}] New schema: Schema:[${added.join(', ')}]`,
    )
  }
}

function schemaElement(name: string, type: string, keyType: string): string {
  return `SchemaElement: key{${name}:${type}:${keyType}}`
}
