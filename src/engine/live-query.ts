// Live queries: a snapshot of a query's entries, then, per commit, one list of what it changed, matched against the
// changes themselves. No gap and no overlap: the snapshot is delivered in the very step that read it, so the next commit
// that is told of is the first one it lacks. Equal queries share one evaluation; a commit costs only those it may touch.
import { ResourceNotFoundException, ValidationException } from '../model/errors.ts'
import type { Item } from '../model/item.ts'
import type { Key } from '../storage/store.ts'
import type { Commit, Emitted } from '../storage/write-step.ts'
import type { Change } from './change.ts'
import type { EngineCore } from './engine-core.ts'
import { partitionPrefix } from './key-range.ts'
import { matchMove, moveOf, touchedPartitions, type LiveView } from './live-matching.ts'
import { LiveResult, type LiveListener } from './live-result.ts'
import { bindQuery, compileQuery, scanRange, type QueryInput } from './operations/query.ts'
import { compileScan } from './operations/scan.ts'
import { canonicalRead, sourceOf, viewOf, type ReadInput } from './read-input.ts'
import { typesOf, type Source } from './read-page.ts'
import type { Table } from './table.ts'

export type { LiveListener } from './live-result.ts'

/**
 * A Query (with a key condition) or a Scan (without) in the shape of those operations; Limit, ExclusiveStartKey and
 * segments have no meaning here. With Take the snapshot and its changes are those of the first so many.
 */
export type LiveQueryInput = Omit<QueryInput, 'Limit' | 'ExclusiveStartKey' | 'Select' | 'ReturnConsumedCapacity' | 'ReturnStamp'>

interface LiveQuery {
  readonly text: string
  readonly input: LiveQueryInput
  readonly tableName: string
  readonly tableId: number
  /** Undefined while its index is being filled. */
  bound: LiveView | undefined
  readonly result: LiveResult
}

/** The queries on one table or index, by the partition that they are about. */
interface SourceQueries {
  readonly source: Source
  readonly wholeItems: boolean
  readonly byPartition: Map<Key, Set<LiveQuery>>
  readonly scans: Set<LiveQuery>
}

export class LiveQueries {
  readonly #engine: EngineCore
  readonly #byText = new Map<string, LiveQuery>()
  /** By table id; there are a handful of sources per table. */
  readonly #byTable = new Map<number, SourceQueries[]>()

  constructor(engine: EngineCore) {
    this.#engine = engine
    engine.keyspace.onCommit((commit) => this.#commit(commit))
    engine.catalog.onChange((tableName, table) => this.#tableChanged(tableName, table))
  }

  /** How many evaluations there are. */
  get size(): number {
    return this.#byText.size
  }

  /**
   * Never throws: what is wrong with the query, and a table or index that goes away, comes to `failed`, which ends the
   * subscription. Returns what ends it.
   */
  subscribe(input: LiveQueryInput, listener: LiveListener): () => void {
    const text = JSON.stringify(input)
    const known = this.#byText.get(text)
    if (known !== undefined) return this.#follow(known, listener)
    try {
      return this.#follow(this.#start(text, canonicalRead(input)), listener)
    } catch (error) {
      let isEnded = false
      queueMicrotask(() => {
        if (!isEnded) listener.failed(error)
      })
      return () => {
        isEnded = true
      }
    }
  }

  #follow(query: LiveQuery, listener: LiveListener): () => void {
    const leave = query.result.add(listener)
    return () => {
      leave()
      if (query.result.isUnused) this.#remove(query)
    }
  }

  /** Throws ValidationException, ResourceNotFoundException. */
  #start(text: string, input: LiveQueryInput): LiveQuery {
    const table = this.#engine.catalog.mustGetTable(input.TableName)
    const query: LiveQuery = {
      text,
      input,
      tableName: table.name,
      tableId: table.id,
      bound: undefined,
      result: new LiveResult(this.#engine, input.Take ?? Infinity, (error) => this.#failed(query, error)),
    }
    if (!isBeingFilled(table, input)) this.#bind(query, table)
    this.#byText.set(text, query)
    return query
  }

  #bind(query: LiveQuery, table: Table): void {
    const bound = bindLive(table, query.input)
    query.bound = bound
    const queries = this.#sourceQueries(bound)
    const partition = partitionOf(query)
    if (partition === undefined) queries.scans.add(query)
    else {
      const others = queries.byPartition.get(partition)
      if (others === undefined) queries.byPartition.set(partition, new Set([query]))
      else others.add(query)
    }
    query.result.start(bound)
  }

  #sourceQueries({ source, wholeItems }: LiveView): SourceQueries {
    const { table, space } = source
    let all = this.#byTable.get(table.id)
    if (all === undefined) this.#byTable.set(table.id, (all = []))
    let queries = all.find((each) => each.source.space === space && each.wholeItems === wholeItems)
    if (queries === undefined) all.push((queries = { source, wholeItems, byPartition: new Map(), scans: new Set() }))
    return queries
  }

  #remove(query: LiveQuery): void {
    if (this.#byText.get(query.text) !== query) return
    this.#byText.delete(query.text)
    if (query.bound === undefined) return
    const queries = this.#sourceQueries(query.bound)
    const partition = partitionOf(query)
    if (partition === undefined) queries.scans.delete(query)
    else {
      const others = queries.byPartition.get(partition)
      others?.delete(query)
      if (others?.size === 0) queries.byPartition.delete(partition)
    }
    if (queries.scans.size > 0 || queries.byPartition.size > 0) return
    const left = (this.#byTable.get(query.tableId) ?? []).filter((each) => each !== queries)
    if (left.length === 0) this.#byTable.delete(query.tableId)
    else this.#byTable.set(query.tableId, left)
  }

  #failed(query: LiveQuery, error: unknown): void {
    this.#remove(query)
    query.result.fail(error)
  }

  #commit({ steps }: Commit): void {
    if (this.#byTable.size === 0) return
    const changes = new Map<LiveQuery, Map<Key, Item | null>>()
    for (const step of steps) for (const emitted of step) if (isChange(emitted)) this.#match(emitted, changes)
    for (const [query, changed] of changes) if (changed.size > 0) query.result.apply(changed)
  }

  #match(change: Change, changes: Map<LiveQuery, Map<Key, Item | null>>): void {
    for (const { source, wholeItems, byPartition, scans } of this.#byTable.get(change.tableId) ?? []) {
      const partitions = touchedPartitions(source, change, wholeItems)
      if (partitions.length === 0) continue
      const candidates = new Set(scans)
      for (const partition of partitions) for (const query of byPartition.get(partition) ?? []) candidates.add(query)
      if (candidates.size === 0) continue
      const move = moveOf(source, change, wholeItems)
      for (const query of candidates) {
        if (query.bound === undefined) continue
        let changed = changes.get(query)
        if (changed === undefined) changes.set(query, (changed = new Map()))
        matchMove(query.bound, move, changed)
      }
    }
  }

  #tableChanged(tableName: string, table: Table | undefined): void {
    for (const query of this.#byText.values()) {
      if (query.tableName !== tableName) continue
      const error = table?.id === query.tableId ? lostIndex(table, query.input) : new ResourceNotFoundException('Requested resource not found')
      if (error !== undefined) this.#failed(query, error)
      else if (query.bound === undefined && table !== undefined && !isBeingFilled(table, query.input)) this.#tryBind(query, table)
    }
  }

  #tryBind(query: LiveQuery, table: Table): void {
    try {
      this.#bind(query, table)
    } catch (error) {
      this.#failed(query, error)
    }
  }
}

function isChange(emitted: Emitted): emitted is Change {
  return 'indexWrites' in emitted
}

function isQuery(input: LiveQueryInput): boolean {
  return input.KeyCondition !== undefined || input.KeyConditionExpression !== undefined
}

/** Throws ValidationException. */
function bindLive(table: Table, input: LiveQueryInput): LiveView {
  const source = sourceOf(isQuery(input) ? 'Query' : 'Scan', table, input)
  if (isQuery(input)) {
    const { range, view } = bindQuery(compileQuery(input), input, source)
    return { ...view, source, range }
  }
  const { view } = compileScan(input satisfies ReadInput)
  return { ...viewOf('Scan', input, source, view.filter, view.projection), source, range: scanRange(source, input) }
}

/** Undefined for scans. */
function partitionOf({ input, bound }: LiveQuery): Key | undefined {
  return bound === undefined || !isQuery(input) ? undefined : partitionPrefix(bound.range.start, typesOf(bound.source))
}

/** A live query of an index that is not complete yet begins when it is, where Query is refused. */
function isBeingFilled(table: Table, { IndexName: indexName }: LiveQueryInput): boolean {
  return table.indexes.some(({ schema }) => schema.name === indexName && schema.kind !== 'VECTOR' && schema.status === 'CREATING')
}

function lostIndex(table: Table, { IndexName: indexName }: LiveQueryInput): ValidationException | undefined {
  if (indexName === undefined || table.indexes.some(({ schema }) => schema.name === indexName)) return undefined
  return new ValidationException(`The table does not have the specified index: ${indexName}`)
}
