// What Query and Scan inputs have in common: shapes, what Select, projection, filter and index may be together, and where
// to start. Texts as AWS answers them; where its two operations word a refusal differently, so do these.
import type { AttributeMap } from '../model/attribute-value.ts'
import { attributeOf, typeOf } from '../model/attribute.ts'
import { ValidationException } from '../model/errors.ts'
import { isKeyValue } from '../model/key-encoding.ts'
import { projectedNames } from '../model/projection.ts'
import { keyAttributes } from '../model/table.ts'
import { currentWording, valueError } from '../model/value-wording.ts'
import type { ConditionData } from '../expression/data.ts'
import { checkFilterOfQuery, checkNestedKeys, pathsOfCondition } from '../expression/schema-checks.ts'
import type { Condition, Path, Projection } from '../expression/tree.ts'
import type { Key } from '../storage/store.ts'
import { canonicalMap } from './canonical-map.ts'
import type { ReturnConsumedCapacity } from './capacity.ts'
import { Constraints, RETURN_CONSUMED_CAPACITY } from './constraints.ts'
import { encodeKeyAttributes } from './key-range.ts'
import { checkAttributesToGetShape, type ConditionalOperator } from './legacy-parameters.ts'
import { checkConditionLiterals } from './native-literals.ts'
import { memberFailure, namesValue, refuseAll, refuseEmptyTableName } from './request-checks.ts'
import { indexSource, sourceKeyNames, tableSource, type EntryView, type Source } from './read-page.ts'
import type { Table } from './table.ts'

type Select = 'ALL_ATTRIBUTES' | 'ALL_PROJECTED_ATTRIBUTES' | 'SPECIFIC_ATTRIBUTES' | 'COUNT'

export interface ReadInput {
  readonly TableName: string
  readonly IndexName?: string
  readonly FilterExpression?: string
  readonly ProjectionExpression?: string
  /** Legacy: instead of ProjectionExpression. */
  readonly AttributesToGet?: readonly string[]
  /** Legacy: beside QueryFilter or ScanFilter. */
  readonly ConditionalOperator?: ConditionalOperator
  readonly ExpressionAttributeNames?: { readonly [placeholder: string]: string }
  readonly ExpressionAttributeValues?: AttributeMap
  readonly Select?: Select
  /** Items evaluated. */
  readonly Limit?: number
  readonly ExclusiveStartKey?: AttributeMap
  readonly ConsistentRead?: boolean
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity
  /** Native: instead of FilterExpression. */
  readonly Filter?: ConditionData
  /** Native: instead of ProjectionExpression. */
  readonly Projection?: readonly string[]
  /** Native: items found. */
  readonly Take?: number
  /** Native: walk backwards; AWS has it for Query only. */
  readonly ScanIndexForward?: boolean
  /** Native: answer with `Stamp` and `Epoch`, for the read set of TransactCommit. */
  readonly ReturnStamp?: boolean
}

export type ReadOperation = 'Query' | 'Scan'

const SELECTS = ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES']
const STARTING_KEY = 'The provided starting key is invalid'
const KEY_MISMATCH = `${STARTING_KEY}: The provided key element does not match the schema`

/** The input with its attribute values in canonical form. Throws ValidationException. */
export function canonicalRead<Input extends ReadInput>(input: Input): Input {
  const { ExpressionAttributeValues: values, ExclusiveStartKey: startKey, Filter: filter } = input
  if (filter !== undefined) checkConditionLiterals(filter)
  if (values === undefined && startKey === undefined) return input
  return {
    ...input,
    ...(values === undefined ? undefined : { ExpressionAttributeValues: canonicalValues(values) }),
    ...(startKey === undefined ? undefined : { ExclusiveStartKey: canonicalMap(startKey) }),
  }
}

/** Older wordings say which value it was. */
function canonicalValues(values: AttributeMap): AttributeMap {
  try {
    return canonicalMap(values)
  } catch (error) {
    // The edge has named its values already.
    if (!(error instanceof ValidationException) || namesValue(error.message)) throw error
    const key = Object.keys(values).find((name) => isRefused(() => canonicalMap({ [name]: values[name] ?? null })))
    if (key === undefined) throw error
    throw valueError(`ExpressionAttributeValues contains invalid value: ${error.message} for key ${key}`, currentWording(error))
  }
}

function isRefused(check: () => unknown): boolean {
  try {
    check()
    return false
  } catch {
    return true
  }
}

/** The table's name goes before everything else. Throws ValidationException. */
export function checkReadTable({ TableName: tableName }: ReadInput): void {
  refuseEmptyTableName(tableName)
  const constraints = new Constraints()
  constraints.tableName(tableName)
  constraints.done()
}

export function checkReadShape(constraints: Constraints, input: ReadInput): void {
  constraints.oneOf('select', input.Select, SELECTS)
  if (input.IndexName !== undefined && input.IndexName !== null) constraints.name('indexName', input.IndexName)
  constraints.oneOf('returnConsumedCapacity', input.ReturnConsumedCapacity, RETURN_CONSUMED_CAPACITY)
  checkAttributesToGetShape(constraints, input.AttributesToGet)
  constraints.range('take', input.Take, 1, Number.MAX_SAFE_INTEGER)
}

/** AWS names it without its value, and reports it alone. Throws ValidationException. */
export function checkLimit(limit: number | undefined): void {
  if (limit === undefined || limit === null || limit >= 1) return
  refuseAll([memberFailure('Limit', 'Member must have value greater than or equal to 1')])
}

/**
 * What Select and projection may be together, whatever the table. Throws ValidationException; a Query says so in the
 * validator's envelope, a Scan without (extenddb, tests/test_wording_parity_validation.py).
 */
export function checkSelect(operation: ReadOperation, { Select: select, ...input }: ReadInput): void {
  const parameter = isGiven(input.AttributesToGet) ? 'AttributesToGet' : 'ProjectionExpression'
  const hasProjection = isGiven(input.ProjectionExpression) || input.Projection !== undefined || isGiven(input.AttributesToGet)
  if (!isGiven(select)) return
  const refuse = (message: string): void => {
    if (operation === 'Query') refuseAll([message])
    throw new ValidationException(message)
  }
  if (select === 'SPECIFIC_ATTRIBUTES') {
    if (!hasProjection) refuse('Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES')
    return
  }
  if (hasProjection) refuse(`Cannot specify the ${parameter} when choosing to get ${select === 'COUNT' ? 'only the Count' : select}`)
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && !isGiven(input.IndexName)) {
    refuse('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName')
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** The table or the index. Throws ValidationException for an index that is not there or can't be read. */
export function sourceOf(operation: ReadOperation, table: Table, { IndexName: indexName, ConsistentRead: consistent }: ReadInput): Source {
  if (indexName === undefined || indexName === null) return tableSource(table)
  const index = table.indexes.find(({ schema }) => schema.name === indexName)
  if (index === undefined) throw new ValidationException(`The table does not have the specified index: ${indexName}`)
  const isVector = index.schema.kind === 'VECTOR'
  // Query looks at ConsistentRead first, Scan at the kind of index, and only Query ends its sentence (measured 2026-08-20).
  if (isVector && operation === 'Scan') throw new ValidationException('Scan operation not supported on this index type')
  if (consistent === true && index.schema.kind !== 'LOCAL') {
    throw new ValidationException('Consistent reads are not supported on global secondary indexes')
  }
  if (isVector) throw new ValidationException('Query operation not supported on this index type.')
  if (index.schema.status === 'CREATING') {
    throw new ValidationException(`Cannot read from backfilling global secondary index: ${indexName}`)
  }
  return indexSource(table, index)
}

/**
 * How entries of the source are shown. Throws ValidationException where the index does not have what is asked of it:
 * GSIs never, LSIs fetch what projections ask for from the table (AWS page: LSI.Projections).
 */
export function viewOf(
  operation: ReadOperation,
  { Select: select, IndexName: indexName, FilterExpression: filterText, Filter: filterData }: ReadInput,
  source: Source,
  filter: Condition | undefined,
  projection: Projection | undefined,
): EntryView {
  const { index, table } = source
  const filterPaths = filter === undefined ? [] : pathsOfCondition(filter)
  if (filter !== undefined) checkNestedKeys(filterPaths, table.keys)
  if (projection !== undefined) checkNestedKeys(projection.paths, table.keys)
  if (operation === 'Query' && filter !== undefined) {
    const parameter = isGiven(filterText) || filterData !== undefined ? 'Filter Expression' : 'QueryFilter'
    checkFilterOfQuery(filter, [...source.partitionKeys, ...source.sortKeys], parameter)
  }
  if (index === undefined || index.schema.projection.type === 'ALL') return { filter, projection, wholeItems: false }
  const isGlobal = index.schema.kind === 'GLOBAL'
  const names = new Set(projectedNames(index.schema, table.schema))
  const absent = (paths: readonly Path[]): string[] => [...new Set(paths.map(([name]) => name))].filter((name) => !names.has(name))
  if (isGlobal && select === 'ALL_ATTRIBUTES') {
    throw invalid(
      `Select type ALL_ATTRIBUTES is not supported for global secondary index ${indexName ?? ''} because its projection type is not ALL`,
    )
  }
  const unprojected = projection === undefined ? [] : absent(projection.paths)
  if (isGlobal && unprojected.length > 0) {
    throw invalid(`Global secondary index ${indexName ?? ''} does not project [${unprojected.join(', ')}]`)
  }
  const wholeItems = !isGlobal && (select === 'ALL_ATTRIBUTES' || unprojected.length > 0)
  // A Scan's filter finds nothing in them; a Query says so.
  const unfiltered = wholeItems ? [] : absent(filterPaths)
  if (operation === 'Query' && unfiltered.length > 0) {
    throw invalid(`Secondary index ${indexName ?? ''} does not project one or more filter attributes: [${unfiltered.join(', ')}]`)
  }
  return { filter, projection, wholeItems }
}

function invalid(text: string): ValidationException {
  return new ValidationException(`One or more parameter values were invalid: ${text}`)
}

/**
 * The storage key of the entry that an ExclusiveStartKey names, whether it exists or not. It must have exactly the
 * attributes that a LastEvaluatedKey has. Throws ValidationException.
 */
export function startKeyOf(operation: ReadOperation, source: Source, startKey: AttributeMap): Key {
  const { index, table, partitionKeys, sortKeys, space } = source
  const names = sourceKeyNames(source)
  const hasNames = Object.keys(startKey).length === names.length && names.every((name) => attributeOf(startKey, name) !== undefined)
  if (!hasNames) throw new ValidationException(operation === 'Query' || index !== undefined ? STARTING_KEY : KEY_MISMATCH)
  const tableKeys = keyAttributes(table.schema)
  for (const { name, type } of [...partitionKeys, ...sortKeys, ...tableKeys]) {
    const value = attributeOf(startKey, name)
    if (value === undefined || !isKeyValue(value) || typeOf(value) !== type) throw new ValidationException(KEY_MISMATCH)
  }
  const namesOf = (attributes: readonly { readonly name: string }[]): string[] => attributes.map(({ name }) => name)
  const own = encodeKeyAttributes(namesOf([...partitionKeys, ...sortKeys]), startKey)
  return space + own + (index === undefined ? '' : encodeKeyAttributes(namesOf(tableKeys), startKey))
}
