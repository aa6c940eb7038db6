// Runs one history on the engine and on the model and compares them answer by answer.
// The engine may be given native data forms or expression strings; pages may fault; restarts keep the disk.
import { expect } from 'vitest'
import type { AttributeMap, AttributeValue } from '../../src/model/attribute-value.ts'
import { StorageException } from '../../src/model/errors.ts'
import type { ConditionData } from '../../src/expression/data.ts'
import { decodeJournalEntry } from '../../src/engine/journal.ts'
import { indexRange, journalRange } from '../../src/engine/storage-keys.ts'
import type { MemoryStoreOptions } from '../../src/storage/memory/memory-store.ts'
import { attempt, type KeyRange } from '../../src/storage/store.ts'
import { openEngine, type EngineFixture } from './engine-fixture.ts'
import { Rendering } from './expression-text.ts'
import { itemOf, keyConditionOf, keyOf, updateOf, type AbstractRead, type Command, type TransactCommand } from './histories.ts'
import {
  entryOf,
  ModelDatabase,
  type BatchRequest,
  type ModelIndex,
  type ModelSchema,
  type ReadInput,
  type ReadOutput,
  type TransactItem,
} from './model-database.ts'
import { ModelError } from './model-expressions.ts'
import { equalMaps, sizeOf } from './model-values.ts'

export interface RunOptions {
  readonly form: 'native' | 'text'
  readonly faultEvery?: number
  readonly stream?: boolean
  /** Every nth commit fails; what it held must leave no trace (S4). Histories then change no indexes. */
  readonly failEvery?: number
}
const INJECTED = 'an injected failure'
type Answer = Record<string, unknown>

export class HistoryRun {
  readonly statistics = { items: 0, entries: 0, pages: 0, failures: 0 }
  readonly #options: RunOptions
  readonly #model = new ModelDatabase()
  readonly #name: string
  #fixture: EngineFixture
  #indexCount = 0
  /** Items after each command that changed them, for J2. */
  readonly #states: AttributeMap[][] = []

  private constructor(schema: ModelSchema, options: RunOptions, fixture: EngineFixture) {
    this.#options = options
    this.#fixture = fixture
    this.#name = schema.name
    this.#indexCount = schema.indexes.length
    this.#model.createTable(schema)
  }

  static async start(schema: ModelSchema, options: RunOptions): Promise<HistoryRun> {
    const fixture = await openEngine(storeOptions(options))
    const run = new HistoryRun(schema, options, fixture)
    await fixture.run('CreateTable', createInput(schema, options.stream === true))
    run.#remember()
    return run
  }

  get #schema(): ModelSchema {
    return this.#model.table(this.#name).schema
  }

  async close(): Promise<void> {
    await this.#fixture.engine.close()
  }

  async apply(command: Command): Promise<void> {
    const schema = this.#schema
    const TableName = this.#name
    switch (command.kind) {
      case 'put': {
        const input = { TableName, Item: itemOf(schema, command.item), ...(command.returnOld ? { ReturnValues: 'ALL_OLD' as const } : {}) }
        await this.#both('PutItem', this.#conditional(input, command.condition), () => this.#model.putItem(modelInput(input, command.condition)))
        break
      }
      case 'update': {
        const update = updateOf(schema, command.update)
        const input = { TableName, Key: keyOf(schema, command.key), ReturnValues: command.returns }
        const request = this.#conditional(input, command.condition, (rendering) =>
          rendering === undefined ? { Update: update } : { UpdateExpression: rendering.update(update) },
        )
        await this.#both('UpdateItem', request, () => this.#model.updateItem({ ...modelInput(input, command.condition), Update: update }))
        break
      }
      case 'delete': {
        const input = { TableName, Key: keyOf(schema, command.key), ...(command.returnOld ? { ReturnValues: 'ALL_OLD' as const } : {}) }
        await this.#both('DeleteItem', this.#conditional(input, command.condition), () => this.#model.deleteItem(modelInput(input, command.condition)))
        break
      }
      case 'get': {
        const input = { TableName, Key: keyOf(schema, command.key) }
        await this.#both('GetItem', input, () => this.#model.getItem(input))
        break
      }
      case 'batchWrite':
        await this.#batchWrite(command)
        break
      case 'bulkWrite': {
        const input = { TableName, Put: command.puts.map((item) => itemOf(schema, item)), Delete: command.deletes.map((key) => keyOf(schema, key)) }
        await this.#both('BulkWrite', input, () => {
          this.#model.bulkWrite(input)
          return {}
        })
        break
      }
      case 'transactGet': {
        const keys = command.keys.map((key) => keyOf(schema, key))
        const input = { TransactItems: keys.map((Key) => ({ Get: { TableName, Key } })) }
        await this.#both('TransactGetItems', input, () => this.#model.transactGetItems(TableName, keys))
        break
      }
      case 'concurrent':
        // A step whose page is missing runs later than those behind it, and a commit that fails takes some of them along:
        // then there is no order to compare.
        if (this.#options.faultEvery !== undefined || this.#options.failEvery !== undefined) for (const each of command.commands) await this.apply(each)
        else await Promise.all(command.commands.map((each) => this.apply(each)))
        break
      case 'batchGet':
        await this.#batchGet(command.keys.map((key) => keyOf(schema, key)))
        break
      case 'transact':
        await this.#transact(command.actions)
        break
      case 'read':
        await this.#readToEnd(command.read)
        break
      case 'segments':
        await this.#readSegments(command.index, command.total)
        break
      case 'createIndex':
        await this.#createIndex(command.index)
        break
      case 'deleteIndex':
        await this.#deleteIndex(command.index)
        break
      case 'restart':
        this.#fixture = await this.#fixture.reopen(storeOptions(this.#options))
        break
    }
    this.#remember()
  }

  /** Waits for background work, then compares what is stored with what should be. */
  async finish(): Promise<void> {
    await this.#fixture.engine.idle()
    await this.#compareStored()
    if (this.#options.stream === true) await this.#undoJournal()
  }

  // ── Requests

  /** The condition as data or as text, with whatever else `more` renders. */
  #conditional(input: object, condition: ConditionData | undefined, more: (rendering: Rendering | undefined) => object = () => ({})): object {
    if (this.#options.form === 'native') return { ...input, ...more(undefined), ...(condition === undefined ? {} : { Condition: condition }) }
    const rendering = new Rendering()
    const expressions = { ...more(rendering), ...(condition === undefined ? {} : { ConditionExpression: rendering.condition(condition) }) }
    return { ...input, ...expressions, ...rendering.placeholders }
  }

  async #both(operation: string, request: object, model: () => object): Promise<void> {
    const takeBack = this.#model.mark()
    const expected = answerOf(model)
    const actual = await this.#execute(operation, request)
    if (actual['error'] instanceof Error && actual['error'].message === INJECTED) {
      this.statistics.failures++
      takeBack()
      return
    }
    if ('error' in expected) this.statistics.failures++
    compareAnswers(actual, expected)
  }

  async #execute(operation: string, request: object): Promise<Answer> {
    try {
      return await this.#fixture.run(operation, request)
    } catch (error) {
      return { error: error instanceof Error ? error : new Error(String(error)) }
    }
  }

  async #batchWrite({ puts, deletes }: Extract<Command, { kind: 'batchWrite' }>): Promise<void> {
    const schema = this.#schema
    const requests: BatchRequest[] = [
      ...puts.map((item) => ({ PutRequest: { Item: itemOf(schema, item) } })),
      ...deletes.map((key) => ({ DeleteRequest: { Key: keyOf(schema, key) } })),
    ]
    const RequestItems = { [this.#name]: requests }
    await this.#both('BatchWriteItem', { RequestItems }, () => {
      this.#model.batchWriteItem(RequestItems)
      return { UnprocessedItems: {} }
    })
  }

  async #batchGet(keys: readonly AttributeMap[]): Promise<void> {
    const expected = answerOf(() => ({ items: this.#model.batchGetItem(this.#name, keys) }))
    const actual = await this.#execute('BatchGetItem', { RequestItems: { [this.#name]: { Keys: keys } } })
    if ('error' in actual) return compareAnswers(actual, expected)
    const { [this.#name]: items = [] } = actual['Responses'] as { [table: string]: AttributeMap[] }
    compareAnswers({ items: sorted(items) }, { items: sorted(expected['items'] as AttributeMap[]) })
  }

  async #transact(commands: readonly TransactCommand[]): Promise<void> {
    const schema = this.#schema
    const TableName = this.#name
    const requests: object[] = []
    const actions: TransactItem[] = []
    for (const { kind, item, update: abstractUpdate, condition } of commands) {
      const key = { TableName, Key: keyOf(schema, item) }
      if (kind === 'Put') {
        const put = { TableName, Item: itemOf(schema, item) }
        requests.push({ Put: this.#conditional(put, condition) })
        actions.push({ Put: modelInput(put, condition) })
      } else if (kind === 'Update') {
        const update = updateOf(schema, abstractUpdate)
        requests.push({
          Update: this.#conditional(key, condition, (rendering) =>
            rendering === undefined ? { Update: update } : { UpdateExpression: rendering.update(update) },
          ),
        })
        actions.push({ Update: { ...modelInput(key, condition), Update: update } })
      } else {
        // A check without a condition is refused, so it gets one.
        const needed = condition ?? { tests: [['x', ['attribute_exists']]] as const }
        requests.push({ [kind]: this.#conditional(key, kind === 'Delete' ? condition : needed) })
        if (kind === 'Delete') actions.push({ Delete: modelInput(key, condition) })
        else actions.push({ ConditionCheck: modelInput(key, needed) })
      }
    }
    await this.#both('TransactWriteItems', { TransactItems: requests }, () => {
      this.#model.transactWriteItems(actions)
      return {}
    })
  }

  // ── Reads

  #indexAt(at: number): ModelIndex | undefined {
    const { indexes } = this.#schema
    return indexes[(at % (indexes.length + 1)) - 1]
  }

  async #readToEnd(read: AbstractRead): Promise<void> {
    const schema = this.#schema
    const index = this.#indexAt(read.index)
    if (index !== undefined) await this.#fixture.engine.idle()
    const isPlain = read.select === 'items' || read.select === 'count'
    const condition = keyConditionOf(schema, index, read)
    const canTakeAll = index === undefined || index.local || index.projection === 'ALL'
    const isFilterable = index === undefined || index.projection === 'ALL'
    const model: ReadInput = {
      TableName: this.#name,
      ...(index === undefined ? {} : { IndexName: index.name }),
      ...(condition === undefined ? {} : { KeyCondition: condition }),
      ...(read.filter === undefined || !isFilterable ? {} : { Filter: read.filter }),
      ...(read.select === 'names' && isFilterable ? { Projection: ['x', 'pk', 'absent'] } : {}),
      ...(read.select === 'count' ? { Select: 'COUNT' as const } : {}),
      ...(!isPlain && read.select === 'all' && canTakeAll ? { Select: 'ALL_ATTRIBUTES' as const } : {}),
      ...(read.limit === undefined ? {} : { Limit: read.limit }),
      ...(read.take === undefined ? {} : { Take: read.take }),
      ...(read.reverse ? { ScanIndexForward: false } : {}),
    }
    let startKey: AttributeMap | undefined
    for (let pages = 0; pages < 200; pages++) {
      const input = startKey === undefined ? model : { ...model, ExclusiveStartKey: startKey }
      const expected = answerOf(() => this.#model.read(input))
      const actual = await this.#execute(condition === undefined ? 'Scan' : 'Query', this.#readRequest(input))
      if ('error' in expected) this.statistics.failures++
      compareAnswers(actual, expected)
      this.statistics.pages++
      startKey = (expected as unknown as ReadOutput).LastEvaluatedKey
      if (startKey === undefined) return
    }
    throw new Error('a query without end')
  }

  #readRequest(input: ReadInput): object {
    if (this.#options.form === 'native') return input
    const { KeyCondition, Filter, Projection, ...rest } = input
    const rendering = new Rendering()
    const expressions = {
      ...(KeyCondition === undefined ? {} : { KeyConditionExpression: rendering.condition(KeyCondition) }),
      ...(Filter === undefined ? {} : { FilterExpression: rendering.condition(Filter) }),
      ...(Projection === undefined ? {} : { ProjectionExpression: rendering.projection(Projection) }),
    }
    return { ...rest, ...expressions, ...rendering.placeholders }
  }

  /** Every item is in exactly one segment, and each segment pages to its end. */
  async #readSegments(at: number, total: number): Promise<void> {
    const index = this.#indexAt(at)
    if (index !== undefined) await this.#fixture.engine.idle()
    const source = { TableName: this.#name, ...(index === undefined ? {} : { IndexName: index.name }) }
    const found: AttributeMap[] = []
    for (let Segment = 0; Segment < total; Segment++) {
      let ExclusiveStartKey: unknown
      do {
        const start = ExclusiveStartKey === undefined ? {} : { ExclusiveStartKey }
        const page = await this.#fixture.run('Scan', { ...source, Segment, TotalSegments: total, Limit: 2, ...start })
        found.push(...(page['Items'] as AttributeMap[]))
        ExclusiveStartKey = page['LastEvaluatedKey']
      } while (ExclusiveStartKey !== undefined)
    }
    const expected = this.#model.read(source).Items ?? []
    compareAnswers({ items: sorted(found) }, { items: sorted(expected) })
  }

  // ── Changes of the table

  async #createIndex(definition: Omit<ModelIndex, 'name'>): Promise<void> {
    if (this.#options.failEvery !== undefined) return
    await this.#fixture.engine.idle()
    if (this.#schema.indexes.filter((index) => !index.local).length >= 5) return
    const index = { ...definition, name: `by${this.#indexCount++}` }
    const schema = this.#schema
    await this.#fixture.run('UpdateTable', {
      TableName: this.#name,
      AttributeDefinitions: [...index.partition, ...index.sort].map((name) => ({ AttributeName: name, AttributeType: schema.types[name] })),
      GlobalSecondaryIndexUpdates: [{ Create: indexInput(index) }],
    })
    // What follows writes while the index is being filled.
    this.#model.createIndex(this.#name, index)
  }

  async #deleteIndex(at: number): Promise<void> {
    if (this.#options.failEvery !== undefined) return
    const globals = this.#schema.indexes.filter((index) => !index.local)
    const index = globals[at % Math.max(1, globals.length)]
    if (index === undefined) return
    await this.#fixture.run('UpdateTable', { TableName: this.#name, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: index.name } }] })
    this.#model.deleteIndex(this.#name, index.name)
  }

  // ── What is stored

  async #stored(range: KeyRange): Promise<string[]> {
    const { store } = this.#fixture
    return attempt(() => {
      const values: string[] = []
      const cursor = store.cursor(range)
      while (cursor.next()) values.push(cursor.value)
      return values
    })
  }

  async #compareStored(): Promise<void> {
    const { schema, items } = this.#model.table(this.#name)
    const { Table: table } = (await this.#fixture.run('DescribeTable', { TableName: this.#name })) as { Table: Description }
    expect([table.ItemCount, table.TableSizeBytes]).toEqual([items.length, sumOfSizes(items)])
    this.statistics.items += items.length
    const described = [...(table.LocalSecondaryIndexes ?? []), ...(table.GlobalSecondaryIndexes ?? [])]
    expect(described.map((index) => index.IndexName).sort()).toEqual(schema.indexes.map((index) => index.name).sort())
    for (const index of schema.indexes) {
      const entries = items.map((item) => entryOf(schema, index, item)).filter((entry) => entry !== undefined)
      this.statistics.entries += entries.length
      const { schema: row } = this.#fixture.engine.catalog.mustGetTable(this.#name)
      const id = row.indexes.find(({ name }) => name === index.name)?.id ?? -1
      const stored = (await this.#stored(indexRange(row.id, id))).map(recordAttributes)
      compareAnswers({ items: sorted(stored) }, { items: sorted(entries) })
      const description = described.find(({ IndexName }) => IndexName === index.name)
      expect([description?.ItemCount, description?.IndexSizeBytes]).toEqual([entries.length, sumOfSizes(entries)])
      if (!index.local) expect(description).toMatchObject({ IndexStatus: 'ACTIVE' })
    }
    const { id, indexes } = this.#fixture.engine.catalog.mustGetTable(this.#name).schema
    const live = new Set(indexes.map((index) => index.id))
    for (let dropped = 1; dropped < 20; dropped++) if (!live.has(dropped)) expect(await this.#stored(indexRange(id, dropped))).toEqual([])
  }

  #remember(): void {
    const { items } = this.#model.table(this.#name)
    const last = this.#states.at(-1)
    const same = last !== undefined && last.length === items.length && items.every((item) => last.some((other) => equalMaps(other, item)))
    if (!same) this.#states.push([...items])
  }

  /** J2: taking the journal's rows back, newest first, passes through every state that the model was in. */
  async #undoJournal(): Promise<void> {
    const { schema, items } = this.#model.table(this.#name)
    const { id } = this.#fixture.engine.catalog.mustGetTable(this.#name)
    const rows = (await this.#stored(journalRange(id))).map(decodeJournalEntry)
    const names = schema.sort === undefined ? [schema.partition] : [schema.partition, schema.sort]
    const keyText = (item: AttributeMap): string => JSON.stringify(names.map((name) => item[name]))
    const state = new Map(items.map((item) => [keyText(item), item]))
    const left = this.#states.slice()
    const passState = (): void => {
      const target = left.at(-1)
      if (target !== undefined && isSameState(target, [...state.values()])) left.pop()
    }
    passState()
    for (const { oldItem, newItem } of rows.reverse()) {
      expect(oldItem === undefined && newItem === undefined).toBe(false)
      if (oldItem !== undefined && newItem !== undefined) expect(equalMaps(oldItem.attributes, newItem.attributes)).toBe(false)
      const key = keyText((oldItem ?? newItem)?.attributes ?? {})
      const current = state.get(key)
      // The row is the newest change of its item: it left what is there now (J1: none is missing).
      compareAnswers({ item: current ?? null }, { item: newItem?.attributes ?? null })
      if (oldItem === undefined) state.delete(key)
      else state.set(key, oldItem.attributes)
      passState()
    }
    expect(left).toEqual([])
    expect(state.size).toBe(0)
  }
}

interface IndexDescription {
  readonly IndexName: string
  readonly ItemCount: number
  readonly IndexSizeBytes: number
}
interface Description {
  readonly ItemCount: number
  readonly TableSizeBytes: number
  readonly LocalSecondaryIndexes?: readonly IndexDescription[]
  readonly GlobalSecondaryIndexes?: readonly IndexDescription[]
}

function storeOptions({ faultEvery, failEvery }: RunOptions): MemoryStoreOptions {
  // Not the first one: it makes the table.
  let commits = 0
  const beforeCommit = (): void => {
    if (failEvery !== undefined && ++commits % failEvery === 0) throw new StorageException(INJECTED, { reason: 'TIMEOUT' })
  }
  return { ...(faultEvery === undefined ? {} : { faultEvery }), ...(failEvery === undefined ? {} : { beforeCommit }) }
}

function createInput(schema: ModelSchema, hasStream: boolean): object {
  const used = new Set([schema.partition, ...(schema.sort === undefined ? [] : [schema.sort]), ...schema.indexes.flatMap((index) => [...index.partition, ...index.sort])])
  const locals = schema.indexes.filter((index) => index.local)
  const globals = schema.indexes.filter((index) => !index.local)
  return {
    TableName: schema.name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...used].map((name) => ({ AttributeName: name, AttributeType: schema.types[name] })),
    KeySchema: keySchema([schema.partition], schema.sort === undefined ? [] : [schema.sort]),
    ...(locals.length === 0 ? {} : { LocalSecondaryIndexes: locals.map(indexInput) }),
    ...(globals.length === 0 ? {} : { GlobalSecondaryIndexes: globals.map(indexInput) }),
    ...(hasStream ? { StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' } } : {}),
  }
}
function keySchema(partition: readonly string[], sort: readonly string[]): object[] {
  return [
    ...partition.map((AttributeName) => ({ AttributeName, KeyType: 'HASH' })),
    ...sort.map((AttributeName) => ({ AttributeName, KeyType: 'RANGE' })),
  ]
}
function indexInput({ name, partition, sort, projection }: ModelIndex): object {
  const Projection = typeof projection === 'string' ? { ProjectionType: projection } : { ProjectionType: 'INCLUDE', NonKeyAttributes: projection }
  return { IndexName: name, KeySchema: keySchema(partition, sort), Projection }
}

function modelInput<Input extends object>(input: Input, condition: ConditionData | undefined): Input & { Condition?: ConditionData } {
  return condition === undefined ? input : { ...input, Condition: condition }
}

function answerOf(model: () => object): Answer {
  try {
    return { ...model() }
  } catch (error) {
    if (error instanceof ModelError) return { error }
    throw error
  }
}

/** Errors by class, and by text where the model vouches for it; everything else by value, sets and numbers canonical. */
function compareAnswers(actual: Answer, expected: Answer): void {
  const { error } = expected
  if (error instanceof ModelError) {
    expect(error.name.split(' or ')).toContain(actual['error'] instanceof Error ? actual['error'].name : actual)
    if (error.text !== undefined) expect((actual['error'] as Error).message).toContain(error.text)
    return
  }
  if (actual['error'] instanceof Error) throw actual['error']
  expect(actual).toEqual(JSON.parse(JSON.stringify(expected)))
}

function recordAttributes(record: string): AttributeMap {
  return JSON.parse(record.slice(record.indexOf('{'))) as AttributeMap
}
function sumOfSizes(items: readonly AttributeMap[]): number {
  return items.reduce((sum, item) => sum + sizeOf(item), 0)
}
function canonicalText(value: AttributeMap): string {
  const byName = ([a]: [string, AttributeValue], [b]: [string, AttributeValue]): number => (a < b ? -1 : 1)
  return JSON.stringify(Object.entries(value).sort(byName))
}
function sorted(items: readonly AttributeMap[]): AttributeMap[] {
  return [...items].sort((a, b) => (canonicalText(a) < canonicalText(b) ? -1 : 1))
}
function isSameState(a: readonly AttributeMap[], b: readonly AttributeMap[]): boolean {
  return a.length === b.length && a.every((item) => b.some((other) => equalMaps(item, other)))
}
