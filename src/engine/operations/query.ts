// Query: one page of the items of a partition, of a table or an index, in key order. Each page sees one durable state.
// Compiling and binding are also what live queries and optimistic transactions (query-range.ts) know a query by.
import type { AttributeMap } from '../../model/attribute-value.ts'
import { ValidationException } from '../../model/errors.ts'
import type { Item } from '../../model/item.ts'
import { prefixEnd } from '../../model/key-encoding.ts'
import { compileCondition, compileKeyCondition, compileProjection } from '../../expression/compile-data.ts'
import type { KeyConditionData } from '../../expression/data.ts'
import { checkExpressionParameters, ExpressionContext, type ExpressionInput } from '../../expression/expression-context.ts'
import { resolveKeyCondition, splitKeyCondition, type KeyTest } from '../../expression/key-condition.ts'
import type { Condition, Projection } from '../../expression/tree.ts'
import type { Key, KeyRange } from '../../storage/store.ts'
import { CapacityMeter, readUnits, type ConsumedCapacity } from '../capacity.ts'
import { Constraints } from '../constraints.ts'
import type { EngineCore } from '../engine-core.ts'
import { isInRange, keyConditionRange, partitionPrefix, rangeAfter } from '../key-range.ts'
import {
  checkConditionalOperator,
  checkConditionsShape,
  checkIndexable,
  compileAttributesToGet,
  compileKeyConditions,
  compileLegacyFilter,
  type LegacyConditions,
} from '../legacy-parameters.ts'
import { throttled, tryCharge } from '../metering.ts'
import { checkConditionLiterals } from '../native-literals.ts'
import {
  canonicalRead,
  checkLimit,
  checkReadShape,
  checkReadTable,
  checkSelect,
  sourceOf,
  startKeyOf,
  viewOf,
  type ReadInput,
} from '../read-input.ts'
import { readPage, sourceKeyMap, typesOf, type EntryView, type Page, type Source } from '../read-page.ts'
import type { Operation, RequestContext } from '../operation.ts'
import { refuseInvalidValue, worded } from '../request-checks.ts'

export interface QueryInput extends ReadInput {
  readonly KeyConditionExpression?: string
  /** Legacy: instead of KeyConditionExpression. */
  readonly KeyConditions?: LegacyConditions
  /** Legacy: instead of FilterExpression. */
  readonly QueryFilter?: LegacyConditions
  /** Native: instead of KeyConditionExpression. */
  readonly KeyCondition?: KeyConditionData
}
export interface ReadOutput {
  readonly Items?: readonly Item[]
  readonly Count: number
  readonly ScannedCount: number
  readonly LastEvaluatedKey?: AttributeMap
  readonly ConsumedCapacity?: ConsumedCapacity
  /** Names the state that the page was read from: `Keyspace.stamp`. */
  readonly Stamp?: number
  readonly Epoch?: number
}

/** AWS page: Query. Throws ValidationException, ResourceNotFoundException. */
export const query: Operation<QueryInput, ReadOutput> = {
  name: 'Query',
  kind: 'read',
  async run(engine, request, context) {
    const { input, compiled } = worded('current', () => compileRequest(request, context))
    return await engine.read((reader) => {
      const source = sourceOf('Query', engine.catalog.mustGetTable(input.TableName), input)
      const { range, view } = bindQuery(compiled, input, source)
      const page = readPage(reader, {
        ...view,
        source,
        range: startedRange(input, source, range),
        limit: input.Limit ?? Infinity,
        take: input.Take ?? Infinity,
        collect: input.Select !== 'COUNT',
      })
      return answerPage(engine, input, source, page)
    })
  },
}

function compileRequest(request: QueryInput, context: RequestContext) {
  checkReadTable(request)
  const input = canonicalRead(request)
  return { input, compiled: compileQuery(input, context) }
}

/** What of a query can be worked out without its table. */
export interface CompiledQuery {
  readonly tests: readonly KeyTest[]
  /** Names of KeyConditions whose operator is no index's. */
  readonly unindexable?: ReadonlySet<string>
  readonly filter: Condition | undefined
  readonly projection: Projection | undefined
}

const EXPRESSIONS = ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression'] as const

/** Throws ValidationException. */
export function compileQuery(input: QueryInput, context: Pick<RequestContext, 'invalidValue'> = {}): CompiledQuery {
  // KeyConditions go with every expression but the one in their place.
  const legacy = ['AttributesToGet', 'QueryFilter', 'ConditionalOperator']
  if (isGiven(input.KeyConditionExpression)) legacy.push('KeyConditions')
  checkExpressionParameters(input as unknown as ExpressionInput, EXPRESSIONS, legacy)
  checkConditionalOperator(input.ConditionalOperator, input.QueryFilter)
  const constraints = new Constraints()
  checkReadShape(constraints, input)
  checkConditionsShape(constraints, 'queryFilter', input.QueryFilter)
  checkConditionsShape(constraints, 'keyConditions', input.KeyConditions)
  constraints.done()
  checkLimit(input.Limit)
  refuseInvalidValue(context)
  checkSelect('Query', input)
  const { KeyConditions: legacyKey, KeyConditionExpression: keyText } = input
  if (isGiven(legacyKey) && !isGiven(keyText)) return compileLegacyQuery(input, legacyKey as LegacyConditions)
  const expressions = contextOf(input)
  const keyCondition = compileKey(expressions, input)
  const { filter, projection } = compileView(expressions, input, input.QueryFilter)
  expressions.finish()
  return { tests: splitKeyCondition(keyCondition), filter, projection }
}

function compileLegacyQuery(input: QueryInput, conditions: LegacyConditions): CompiledQuery {
  const expressions = contextOf(input)
  const { filter, projection } = compileView(expressions, input, input.QueryFilter)
  expressions.finish()
  return { ...compileKeyConditions(conditions), filter, projection }
}

function compileKey(context: ExpressionContext, { KeyConditionExpression: text, KeyCondition: data }: QueryInput): Condition {
  if (data !== undefined) {
    checkConditionLiterals(data)
    return compileKeyCondition(data)
  }
  if (text !== undefined && text !== null) return context.keyCondition(text)
  throw new ValidationException('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.')
}

export function contextOf({ ExpressionAttributeNames: names, ExpressionAttributeValues: values }: ReadInput): ExpressionContext {
  return new ExpressionContext(names ?? undefined, values ?? undefined)
}

/** Filter and projection: as texts, as parameters from before expressions (`legacyFilter`: QueryFilter or ScanFilter), or as data. */
export function compileView(
  context: ExpressionContext,
  input: ReadInput,
  legacyFilter: LegacyConditions | undefined,
): { readonly filter: Condition | undefined; readonly projection: Projection | undefined } {
  const { FilterExpression: filterText, Filter: filterData, ProjectionExpression: projectionText, Projection: paths } = input
  let filter = isGiven(filterText) ? context.filter(filterText as string) : undefined
  let projection = isGiven(projectionText) ? context.projection(projectionText as string) : undefined
  if (isGiven(legacyFilter)) filter = compileLegacyFilter(legacyFilter as LegacyConditions, input.ConditionalOperator)
  if (isGiven(input.AttributesToGet)) projection = compileAttributesToGet(input.AttributesToGet as readonly string[])
  if (filterData !== undefined) filter = compileCondition(filterData, 'FilterExpression')
  if (paths !== undefined) projection = compileProjection(paths)
  return { filter, projection }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}

/** The whole of a query, without its start key. Throws ValidationException. */
export function bindQuery(
  { tests, unindexable, filter, projection }: CompiledQuery,
  input: QueryInput,
  source: Source,
): { readonly range: KeyRange; readonly view: EntryView } {
  if (unindexable !== undefined) checkIndexable({ tests, unindexable }, [...source.partitionKeys, ...source.sortKeys])
  const view = viewOf('Query', input, source, filter, projection)
  const range = keyConditionRange(source.space, resolveKeyCondition(tests, source))
  return { range: input.ScanIndexForward === false ? { ...range, reverse: true } : range, view }
}

/** What is left behind the ExclusiveStartKey. Throws ValidationException for one that is no key of the query. */
export function startedRange(input: QueryInput, source: Source, range: KeyRange): KeyRange {
  if (input.ExclusiveStartKey === undefined) return range
  const key = startKeyOf('Query', source, input.ExclusiveStartKey)
  if (!isInRange(range, key)) throw new ValidationException(outsideText(source, range, key))
  return rangeAfter(range, key)
}

/** AWS looks at the range predicate first, if there is one, and words another partition by what remains. */
function outsideText(source: Source, range: KeyRange, key: Key): string {
  const types = typesOf(source)
  const prefix = partitionPrefix(range.start, types)
  if (range.start === prefix && range.end === prefixEnd(prefix)) {
    return 'The provided starting key is outside query boundaries based on provided conditions'
  }
  const moved = prefix + key.slice(partitionPrefix(key, types).length)
  return isInRange(range, moved)
    ? 'The query can return at most one row and cannot be restarted'
    : 'The provided starting key does not match the range key predicate'
}

export function answerPage(engine: EngineCore, input: ReadInput, source: Source, page: Page): ReadOutput {
  const { items, count, scannedCount, last } = page
  const { table } = source
  const meter = input.ReturnConsumedCapacity === undefined && !table.metered ? undefined : meterOf(input, source, page)
  if (meter !== undefined && table.metered) {
    // Of a query, the key that counts is the partition's: any of its entries has it.
    const reasons = tryCharge(engine, table, meter.units, 'read', table.countsKeys ? page.items[0]?.attributes : undefined)
    if (reasons !== undefined) throw throttled(reasons)
  }
  const capacity = meter?.report(input.ReturnConsumedCapacity)
  return {
    ...(input.Select === 'COUNT' ? undefined : { Items: items }),
    Count: count,
    ScannedCount: scannedCount,
    ...(last === undefined ? undefined : { LastEvaluatedKey: sourceKeyMap(source, last.entry) }),
    ...(capacity === undefined ? undefined : { ConsumedCapacity: capacity }),
    ...(input.ReturnStamp === true ? { Stamp: engine.keyspace.stamp(), Epoch: engine.keyspace.epoch } : undefined),
  }
}

/** Entries are summed and rounded once; items fetched for LSI entries are rounded singly (Developer Guide: LSI). */
function meterOf(input: ReadInput, source: Source, page: Page): CapacityMeter {
  const meter = new CapacityMeter(source.table, input.TableName)
  const factor = input.ConsistentRead === true ? 1 : 0.5
  meter.add(source.index?.schema.id ?? 0, factor * readUnits(page.evaluatedBytes))
  if (page.fetchedUnits > 0) meter.add(0, factor * page.fetchedUnits)
  return meter
}

/** All of a source. */
export function scanRange({ space }: Source, { ScanIndexForward: forward }: ReadInput): KeyRange {
  const range = { start: space, end: prefixEnd(space) }
  return forward === false ? { ...range, reverse: true } : range
}
