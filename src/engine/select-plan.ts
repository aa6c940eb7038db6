// A SELECT on its table: which ranges to read in which order, what to keep of what is read, and what the items of the
// answer hold. Refuses what AWS refuses once it knows the table, in its order. The reading itself is read-page.ts's.
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { ValidationException } from '../model/errors.ts'
import { Item } from '../model/item.ts'
import { prefixEnd } from '../model/key-encoding.ts'
import { projectedNames } from '../model/projection.ts'
import { setAttribute, valueAt, type MutableAttributes } from '../expression/document-path.ts'
import { mapPaths } from '../expression/condition-paths.ts'
import { translateColumns, type Column, type SelectStatement } from '../expression/partiql/translate-statement.ts'
import { checkNestedKeys, pathsOfCondition } from '../expression/schema-checks.ts'
import type { Condition, Path } from '../expression/tree.ts'
import type { Key, KeyRange, Reader } from '../storage/store.ts'
import { CapacityMeter, readUnits, type ConsumedCapacity, type ReturnConsumedCapacity } from './capacity.ts'
import { KeyBranches, type Branch } from './key-branches.ts'
import { isInRange, rangeAfter } from './key-range.ts'
import { startKeyOf } from './read-input.ts'
import { indexSource, readPage, sourceKeyMap, tableSource, type Source } from './read-page.ts'
import type { Table } from './table.ts'

const MULTI_ATTRIBUTE =
  'PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.'

export interface SelectPlan {
  readonly source: Source
  readonly columns: readonly Column[] | undefined
  /** LSI entries stand for their whole items. */
  readonly wholeItems: boolean
  readonly filter: Condition | undefined
  /** In the order of the walk. */
  readonly ranges: readonly KeyRange[]
  /** One item by its whole key: GetItem, which has no pages. */
  readonly isPoint: boolean
}
export interface SelectPage {
  readonly items: readonly Item[]
  readonly lastKey: AttributeMap | undefined
  readonly consumed: ConsumedCapacity | undefined
}

/** Throws ValidationException with AWS's texts. */
export function planSelect(statement: SelectStatement, table: Table, isConsistent: boolean): SelectPlan {
  const source = sourceOf(table, statement.indexName)
  const columns = translateColumns(statement)
  if (isConsistent && source.index?.schema.kind === 'GLOBAL') {
    throw new ValidationException('Strongly consistent read is not supported on Global Secondary Indexes')
  }
  const { where } = statement
  const wholeItems = readsWholeItems(source, columns?.map(({ path }) => path) ?? [])
  const branches = branchesOf(source, where)
  branches.checkTypes()
  branches.checkOverlap()
  branches.checkReads()
  const partitionKey = source.partitionKeys[0]?.name ?? ''
  if (statement.orderBy.length > 0) checkOrder(statement, source, partitionKey)
  refuseUnprojectedFilters(source, branches)
  checkNestedKeys([...(where === undefined ? [] : pathsOfCondition(where)), ...(columns ?? []).map(({ path }) => path)], table.keys)
  const isFiltered = where !== undefined && (!branches.isKeyed || branches.branches.some(({ filters }) => filters.length > 0))
  const { sortKeys, index, space } = source
  const ranges = branches.isKeyed
    ? orderedRanges(branches.branches, statement, source, partitionKey)
    : [{ start: space, end: prefixEnd(space) }]
  const [only] = ranges
  const isPoint =
    index === undefined && !isFiltered && branches.isKeyed && ranges.length === 1 && only !== undefined &&
    (sortKeys.length === 0 || pinsSortKey(where, sortKeys[0]?.name ?? ''))
  return { source, columns, wholeItems, filter: isFiltered ? seenBy(source, where) : undefined, ranges, isPoint }
}

/** The alternatives of a WHERE clause, for a source with one attribute per key role. */
export function branchesOf({ space, partitionKeys, sortKeys }: Source, where: Condition | undefined): KeyBranches {
  const [partitionKey] = partitionKeys
  if (partitionKey === undefined) throw new RangeError('A source without a partition key')
  return new KeyBranches(where, { space, partitionKey, sortKey: sortKeys[0] })
}

/** One page. Throws PageFault, and ValidationException for a start key that is none of the plan's. */
export function readSelect(
  reader: Reader,
  plan: SelectPlan,
  options: {
    readonly limit: number
    readonly startKey: AttributeMap | undefined
    readonly isConsistent: boolean
    readonly detail: ReturnConsumedCapacity | undefined
  },
): SelectPage {
  const { source, filter, wholeItems, columns } = plan
  const meter = new CapacityMeter(source.table)
  const factor = options.isConsistent ? 1 : 0.5
  const items: Item[] = []
  let lastKey: AttributeMap | undefined
  let bytes = 0
  let left = options.limit
  for (const range of rangesFrom(plan, options.startKey)) {
    const page = readPage(reader, { source, range, limit: left, take: Infinity, collect: true, filter, wholeItems }, bytes)
    for (const item of page.items) items.push(columns === undefined ? item : columnsOf(columns, item))
    meter.add(source.index?.schema.id ?? 0, factor * readUnits(page.evaluatedBytes))
    if (page.fetchedUnits > 0) meter.add(0, factor * page.fetchedUnits)
    bytes += page.evaluatedBytes
    left -= page.scannedCount
    if (page.last === undefined) continue
    lastKey = plan.isPoint ? undefined : sourceKeyMap(source, page.last.entry)
    break
  }
  return { items, lastKey, consumed: meter.report(options.detail) }
}

function sourceOf(table: Table, indexName: string | undefined): Source {
  if (indexName === undefined) return tableSource(table)
  const index = table.indexes.find(({ schema }) => schema.name === indexName)
  if (index === undefined) throw new ValidationException('The table does not have the specified index')
  const { partitionKeys, sortKeys, status, kind } = index.schema
  // Only SearchVectors reads these (paritysuite's vectorSearch/partiql).
  if (kind === 'VECTOR') throw new ValidationException('Scan operation not supported on this index type')
  if (partitionKeys.length > 1 || sortKeys.length > 1) throw new ValidationException(MULTI_ATTRIBUTE)
  if (status === 'CREATING') {
    throw new ValidationException(`Cannot read from backfilling global secondary index: ${indexName}`)
  }
  return indexSource(table, index)
}

/** Throws ValidationException where a GSI does not have what is asked of it; LSIs fetch it from the table. */
function readsWholeItems({ index, table }: Source, paths: readonly Path[]): boolean {
  if (index === undefined || index.schema.projection.type === 'ALL') return false
  const projected = projectedNames(index.schema, table.schema)
  const absent = [...new Set(paths.map(([name]) => name))].filter((name) => !projected.includes(name))
  if (absent.length === 0) return false
  if (index.schema.kind !== 'GLOBAL') return true
  throw new ValidationException(
    `One or more parameter values were invalid: Global secondary index ${index.schema.name} does not project [${absent.join(', ')}]`,
  )
}

/** Read by key, an index must have what every alternative filters by. */
function refuseUnprojectedFilters({ index, table }: Source, { branches, isKeyed }: KeyBranches): void {
  if (!isKeyed || index === undefined || index.schema.projection.type === 'ALL') return
  const projected = projectedNames(index.schema, table.schema)
  const sorted = [...branches].sort((a, b) => compareKeys(a.partition ?? '', b.partition ?? ''))
  let absent: readonly string[] = []
  for (const { filters } of sorted) {
    const names = filters.flatMap((filter) => pathsOfCondition(filter).map(([name]) => name))
    absent = [...new Set(names)].filter((name) => !projected.includes(name))
    if (absent.length === 0) return
  }
  const names = [...absent].sort((a, b) => hashBucket(a) - hashBucket(b)).join(', ')
  throw new ValidationException(
    `One or more parameter values were invalid: Secondary index ${index.schema.name} does not project one or more filter attributes: [${names}]`,
  )
}

/** AWS names them in the order of a Java HashSet of 16 buckets. */
function hashBucket(name: string): number {
  let hash = 0
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, 31) + name.charCodeAt(i)) | 0
  return (hash ^ (hash >>> 16)) & 15
}

/** In an index's view an attribute that it does not project is missing. No attribute has an empty name. */
function seenBy({ index, table }: Source, filter: Condition): Condition {
  if (index === undefined || index.schema.projection.type === 'ALL') return filter
  const projected = new Set(projectedNames(index.schema, table.schema))
  return mapPaths(filter, (path) => (projected.has(path[0]) ? path : ['']))
}

function checkOrder({ where, orderBy }: SelectStatement, source: Source, partitionKey: string): void {
  if (where === undefined) throw new ValidationException('Must have WHERE clause in the statement when using ORDER BY clause.')
  const names = [...source.partitionKeys, ...source.sortKeys].map(({ name }) => name)
  for (const { attribute } of orderBy) {
    if (names.includes(attribute)) continue
    throw new ValidationException(`Attribute ${attribute} in ORDER BY clause must be part of the primary key`)
  }
  const conjuncts = where.kind === 'and' ? flattened(where) : [where]
  const count = conjuncts.reduce((sum, each) => sum + partitionTests(each, partitionKey), 0)
  if (count === 0) {
    throw new ValidationException('Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause.')
  }
  if (count > 1 && !orderBy.some(({ attribute }) => attribute === partitionKey)) {
    throw new ValidationException(
      'Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause.',
    )
  }
}

/** The parts of nested ANDs. */
export function flattened(condition: Condition): readonly Condition[] {
  return condition.kind === 'and' ? condition.conditions.flatMap(flattened) : [condition]
}

/** How many partitions the condition names. */
function partitionTests(condition: Condition, name: string): number {
  if (condition.kind === 'or') {
    const counts = condition.conditions.map((each) => (each.kind === 'compare' ? partitionTests(each, name) : 0))
    return counts.includes(0) ? 0 : counts.length
  }
  const value = equalityOn(condition, name)
  if (value !== undefined) return 1
  if (condition.kind !== 'in' || !isAttribute(condition.operand, name)) return 0
  return condition.candidates.length
}

/** The value that the condition says the attribute has. */
export function equalityOn(condition: Condition, name: string): AttributeValue | undefined {
  if (condition.kind !== 'compare' || condition.operator !== '=' || !isAttribute(condition.left, name)) return undefined
  return condition.right.kind === 'value' ? condition.right.value : undefined
}

function isAttribute(operand: { readonly kind: string; readonly path?: Path }, name: string): boolean {
  return operand.kind === 'path' && operand.path?.length === 1 && operand.path[0] === name
}

function pinsSortKey(where: Condition | undefined, name: string): boolean {
  return where !== undefined && flattened(where).some((each) => equalityOn(each, name) !== undefined)
}

/**
 * Partition by partition, ascending; with ORDER BY as it says, where a sort key that it does not name runs backwards, as
 * AWS has it. Alternatives that overlap are read as one.
 */
function orderedRanges(branches: readonly Branch[], { orderBy }: SelectStatement, source: Source, partitionKey: string): KeyRange[] {
  const partitionTerm = orderBy.find(({ attribute }) => attribute === partitionKey)
  const sortTerm = orderBy.find(({ attribute }) => attribute === source.sortKeys[0]?.name)
  const reverse = orderBy.length > 0 && (sortTerm?.descending ?? true)
  const partitions = new Map<Key, KeyRange[]>()
  for (const { partition = '', range } of branches) {
    if (range.start >= range.end) continue
    const ranges = partitions.get(partition)
    if (ranges === undefined) partitions.set(partition, [range])
    else ranges.push(range)
  }
  const sign = partitionTerm?.descending === true ? -1 : 1
  const ordered = [...partitions].sort(([a], [b]) => sign * compareKeys(a, b))
  return ordered.flatMap(([, ranges]) => {
    const merged = mergedRanges(ranges)
    return reverse ? merged.reverse().map((range) => ({ ...range, reverse: true })) : merged
  })
}

function mergedRanges(ranges: readonly KeyRange[]): KeyRange[] {
  const merged: KeyRange[] = []
  for (const range of [...ranges].sort((a, b) => compareKeys(a.start, b.start))) {
    const last = merged.at(-1)
    if (last === undefined || range.start >= last.end) merged.push(range)
    else if (range.end > last.end) merged[merged.length - 1] = { ...last, end: range.end }
  }
  return merged
}

function rangesFrom({ source, ranges }: SelectPlan, startKey: AttributeMap | undefined): readonly KeyRange[] {
  if (startKey === undefined) return ranges
  const key = startKeyOf('Query', source, startKey)
  const at = ranges.findIndex((range) => isInRange(range, key))
  const range = ranges[at]
  if (range === undefined) throw new ValidationException('The provided starting key is outside query boundaries based on provided conditions')
  return [rangeAfter(range, key), ...ranges.slice(at + 1)]
}

export function columnsOf(columns: readonly Column[], item: Item): Item {
  const attributes: MutableAttributes = {}
  for (const { name, path } of columns) {
    const value = valueAt(item.attributes, path)
    if (value !== undefined) setAttribute(attributes, name, value)
  }
  return Item.of(attributes)
}

function compareKeys(a: Key, b: Key): number {
  return a === b ? 0 : a < b ? -1 : 1
}
