// Queries and scans as inert values: nothing runs until one is read, and equal descriptions are the same live query.
// One object reads either way: items, pages, counts, loops, live.
import type { AttributeMap } from '../model/attribute-value.ts'
import { conditionData, testsData, type Condition } from './condition.ts'
import type { IndexDefinition, LocalIndexDefinition } from './definition.ts'
import type { Live } from './live.ts'
import { type LiveItems, LiveQuery } from './live-query.ts'
import type { ReadHooks, ReadOptions, ReadOutput, RequestOptions } from './request-options.ts'
import type { TableContext } from './table-context.ts'
import { encodeMap } from './values.ts'

export interface QueryOptions<T> extends ReadOptions {
  readonly filter?: Condition<T>
  readonly scanIndexForward?: boolean
  /** At most so many items returned. DynamoDB's `limit` (items evaluated) is an option of `page`. */
  readonly take?: number
}
export interface ScanOptions<T> extends QueryOptions<T> {
  readonly segment?: number
  readonly totalSegments?: number
}
export interface Page<T, K> {
  readonly items: readonly T[]
  readonly count: number
  readonly scannedCount: number
  readonly lastEvaluatedKey?: K
}
export interface PageOptions<K> extends RequestOptions {
  readonly limit?: number
  readonly exclusiveStartKey?: K
}
/** A plain value that describes a query: nothing runs until it is read. Equal descriptions are the same live query. */
export interface Query<T, K> extends AsyncIterable<T> {
  all(options?: RequestOptions): Promise<T[]>
  first(options?: RequestOptions): Promise<T | undefined>
  count(options?: RequestOptions): Promise<number>
  /** One request. */
  page(options?: PageOptions<K>): Promise<Page<T, K>>
  pages(options?: PageOptions<K>): AsyncIterable<Page<T, K>>
  live(): Live<LiveItems<T, K>>
}
export interface Queries<T, K, C> {
  query(key: C, options?: QueryOptions<T>): Query<T, K>
  query<const P extends keyof T>(key: C, options: QueryOptions<T> & { readonly projection: readonly P[] }): Query<Pick<T, P>, K>
  scan(options?: ScanOptions<T>): Query<T, K>
}

type Options = ScanOptions<never> & { readonly projection?: readonly string[] }
type Index = IndexDefinition<string, string> | LocalIndexDefinition<string, string>
interface PageOutput extends ReadOutput {
  /** Not with Select COUNT. */
  readonly Items?: AttributeMap[]
  readonly Count: number
  readonly ScannedCount: number
}
/** Items evaluated per request of a loop: the first ones come soon. */
const LOOP_LIMIT = 1000

export class ItemQuery implements Query<object, object> {
  readonly tableName: string
  readonly indexName: string | undefined
  /** Undefined for a scan. */
  readonly key: object | undefined
  readonly options: Options
  readonly #context: TableContext

  constructor(context: TableContext, indexName: string | undefined, key: object | undefined, options: Options = {}) {
    this.tableName = context.definition.tableName
    this.indexName = indexName
    this.key = key
    this.options = options
    this.#context = context
  }

  async all(options?: ReadHooks): Promise<object[]> {
    const pages: object[][] = []
    await this.#walk({}, options, (page) => pages.push(this.#decode(page)))
    return pages.length === 1 ? (pages[0] as object[]) : pages.flat()
  }

  async first(options?: RequestOptions): Promise<object | undefined> {
    let found: object | undefined
    await this.#walk({ Take: 1 }, options, (page) => ([found] = this.#decode(page)))
    return found
  }

  async count(options?: RequestOptions): Promise<number> {
    let count = 0
    await this.#walk({ Select: 'COUNT' }, options, (page) => (count += page.Count))
    return count
  }

  async page(options: PageOptions<object> = {}): Promise<Page<object, object>> {
    return this.#page(options, this.options.take)
  }

  async #page(options: PageOptions<object>, Take: number | undefined): Promise<Page<object, object>> {
    const { limit, exclusiveStartKey: start } = options
    const output = await this.#read({ Take, Limit: limit, ExclusiveStartKey: start && encodeMap(start) }, options)
    const { Count: count, ScannedCount: scannedCount, LastEvaluatedKey: last } = output
    return { items: this.#decode(output), count, scannedCount, ...(last && { lastEvaluatedKey: this.#context.decodePart(last) }) }
  }

  async *pages(options: PageOptions<object> = {}): AsyncGenerator<Page<object, object>, void, undefined> {
    let { take } = this.options
    let next: PageOptions<object> | undefined = options
    while (next !== undefined && take !== 0) {
      const page: Page<object, object> = await this.#page(next, take)
      take &&= take - page.count
      next = page.lastEvaluatedKey && { ...options, exclusiveStartKey: page.lastEvaluatedKey }
      yield page
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<object, void, undefined> {
    for await (const { items } of this.pages({ limit: LOOP_LIMIT })) yield* items
  }

  live(): LiveQuery {
    const { take, scanIndexForward, projection } = this.options
    const context = this.#context
    const query = { ...this.#input(), Take: take }
    return context.shared(
      JSON.stringify([query, projection]),
      () =>
        new LiveQuery(context, {
          query,
          isReversed: scanIndexForward === false,
          projection,
          indexNames: this.#indexNames(),
          keyNames: this.#keyNames(),
        }),
    )
  }

  /** Page after page, until `take` items or all. */
  async #walk(
    parameters: { readonly Take?: number; readonly [name: string]: unknown },
    options: ReadHooks | undefined,
    visit: (page: PageOutput) => unknown,
  ): Promise<void> {
    let Take = parameters.Take ?? this.options.take
    let ExclusiveStartKey: AttributeMap | undefined
    do {
      const output = await this.#read({ ...parameters, Take, ExclusiveStartKey }, options)
      visit(output)
      Take &&= Take - output.Count
      ExclusiveStartKey = output.LastEvaluatedKey
    } while (ExclusiveStartKey !== undefined && Take !== 0)
  }

  async #read(page: object, options?: ReadHooks): Promise<PageOutput> {
    const { consistentRead, segment, totalSegments, projection } = this.options
    const input = {
      ...this.#input(),
      // A `read` view may need what is not asked for.
      Projection: this.#context.definition.read === undefined ? projection : undefined,
      ConsistentRead: consistentRead,
      Segment: segment,
      TotalSegments: totalSegments,
      ReturnStamp: options?.onRead && true,
      ...page,
    }
    const operation = this.key === undefined ? 'Scan' : 'Query'
    const output = await this.#context.request<PageOutput>(operation, input, options === undefined ? this.options : { ...this.options, ...options })
    options?.onRead?.(input, output)
    return output
  }

  /** What a request and a live query share. */
  #input() {
    const { filter, scanIndexForward } = this.options
    return {
      TableName: this.tableName,
      IndexName: this.indexName,
      KeyCondition: this.key && testsData(this.key),
      Filter: filter && conditionData(filter),
      ScanIndexForward: scanIndexForward,
    }
  }

  #decode({ Items = [] }: PageOutput): object[] {
    const names = this.options.projection ?? this.#indexNames()
    return Items.map((item) => this.#context.decodeItem(item, names))
  }

  get #index(): Index | undefined {
    const { globalSecondaryIndexes, localSecondaryIndexes } = this.#context.definition
    return { ...localSecondaryIndexes, ...globalSecondaryIndexes }[this.indexName ?? '']
  }

  /** Of the table, then of the index. */
  #keyNames(): string[] {
    const index: Partial<IndexDefinition<string, string>> = this.#index ?? {}
    return [...new Set([this.#context.keyNames, index.partitionKey ?? [], index.sortKey ?? []].flat(2))]
  }

  /** What the index holds, where that is not the whole item. */
  #indexNames(): string[] | undefined {
    const projection = this.#index?.projection ?? 'ALL'
    if (projection === 'ALL') return undefined
    return [...this.#keyNames(), ...(projection === 'KEYS_ONLY' ? [] : projection)]
  }
}

/** Makes a table's queries, or an index's. */
export class ItemQueries {
  /** The package's own. */
  readonly context: TableContext
  readonly #indexName: string | undefined

  constructor(context: TableContext, indexName?: string) {
    this.context = context
    this.#indexName = indexName
  }

  query(key: object, options?: Options): ItemQuery {
    return new ItemQuery(this.context, this.#indexName, key, options)
  }

  scan(options?: Options): ItemQuery {
    return new ItemQuery(this.context, this.#indexName, undefined, options)
  }
}
