// The oracle: DynamoDB's semantics over plain arrays, in the engine's input shapes (native data forms). It knows nothing
// of storage keys, encodings, pages or journals: where it and the engine disagree, one of them is wrong.
import type { AttributeMap, AttributeValue } from '../../src/model/attribute-value.ts'
import type { ConditionData, KeyConditionData, UpdateData } from '../../src/expression/data.ts'
import { holds, ModelError, project, touchedPart, updated } from './model-expressions.ts'
import { bytesOf, compare, equalMaps, sizeOf, typeOf } from './model-values.ts'

export type KeyType = 'S' | 'N' | 'B'
export interface ModelIndex {
  readonly name: string
  readonly local: boolean
  readonly partition: readonly string[]
  readonly sort: readonly string[]
  readonly projection: 'ALL' | 'KEYS_ONLY' | readonly string[]
}
export interface ModelSchema {
  readonly name: string
  readonly partition: string
  readonly sort: string | undefined
  readonly types: { readonly [attribute: string]: KeyType }
  readonly indexes: readonly ModelIndex[]
}
export interface ModelTable {
  schema: ModelSchema
  items: AttributeMap[]
}

export interface PutInput {
  readonly TableName: string
  readonly Item: AttributeMap
  readonly Condition?: ConditionData
  readonly ReturnValues?: 'NONE' | 'ALL_OLD'
}
export interface KeyInput {
  readonly TableName: string
  readonly Key: AttributeMap
  readonly Condition?: ConditionData
  readonly ReturnValues?: 'NONE' | 'ALL_OLD' | 'ALL_NEW' | 'UPDATED_OLD' | 'UPDATED_NEW'
}
export interface UpdateInput extends KeyInput {
  readonly Update: UpdateData
}
export type TransactItem =
  | { readonly Put: PutInput }
  | { readonly Update: UpdateInput }
  | { readonly Delete: KeyInput }
  | { readonly ConditionCheck: KeyInput }
export type BatchRequest = { readonly PutRequest: { readonly Item: AttributeMap } } | { readonly DeleteRequest: { readonly Key: AttributeMap } }
export interface ReadInput {
  readonly TableName: string
  readonly IndexName?: string
  readonly KeyCondition?: KeyConditionData
  readonly Filter?: ConditionData
  readonly Projection?: readonly string[]
  readonly ScanIndexForward?: boolean
  readonly Select?: 'ALL_ATTRIBUTES' | 'ALL_PROJECTED_ATTRIBUTES' | 'COUNT' | 'SPECIFIC_ATTRIBUTES'
  readonly Limit?: number
  readonly Take?: number
  readonly ExclusiveStartKey?: AttributeMap
}
export interface ReadOutput {
  readonly Items?: readonly AttributeMap[]
  readonly Count: number
  readonly ScannedCount: number
  readonly LastEvaluatedKey?: AttributeMap
}

/** The state of one item before and after an action. */
interface Decision {
  readonly table: ModelTable
  readonly key: AttributeMap
  readonly old: AttributeMap | undefined
  readonly item: AttributeMap | undefined
}

const PAGE_BYTES = 1024 * 1024
const invalid = (text?: string): ModelError => new ModelError('ValidationException', text)
const conditionFailed = (): ModelError => new ModelError('ConditionalCheckFailedException', 'The conditional request failed')

function isKeyValue(value: AttributeValue | undefined, type: KeyType | undefined, limit: number): boolean {
  if (value === undefined || typeOf(value) !== type) return false
  if (type === 'N') return true
  const length = typeof value === 'string' ? Buffer.byteLength(value) : (bytesOf(value)?.length ?? 0)
  return length > 0 && length <= limit
}

/** Top-level attributes. */
function namesOf(update: UpdateData): string[] {
  if ('raw' in update) return []
  const pairs = [...(update.set ?? []), ...(update.add ?? []), ...(update.delete ?? [])]
  return [...pairs.map(([path]) => path), ...(update.remove ?? [])].map((path) => path.split('.')[0] ?? '')
}
function onlyRemoves(update: UpdateData): boolean {
  return !('raw' in update) && (update.set ?? []).length === 0 && (update.add ?? []).length === 0
}

const tableKeyNames = (schema: ModelSchema): string[] => (schema.sort === undefined ? [schema.partition] : [schema.partition, schema.sort])
const indexKeyNames = (index: ModelIndex): string[] => [...index.partition, ...index.sort]
const attribute = (item: AttributeMap, name: string): AttributeValue | undefined => (Object.hasOwn(item, name) ? item[name] : undefined)

/** What the index holds of an item, or undefined where it holds nothing. */
export function entryOf(schema: ModelSchema, index: ModelIndex, item: AttributeMap): AttributeMap | undefined {
  const limitOf = (name: string): number => (index.partition.includes(name) ? 2048 : 1024)
  if (!indexKeyNames(index).every((name) => isKeyValue(attribute(item, name), schema.types[name], limitOf(name)))) return undefined
  if (index.projection === 'ALL') return item
  const included = index.projection === 'KEYS_ONLY' ? [] : index.projection
  return project(item, [...tableKeyNames(schema), ...indexKeyNames(index), ...included])
}

export class ModelDatabase {
  readonly tables = new Map<string, ModelTable>()

  createTable(schema: ModelSchema): void {
    this.tables.set(schema.name, { schema, items: [] })
  }
  createIndex(tableName: string, index: ModelIndex): void {
    const table = this.table(tableName)
    table.schema = { ...table.schema, indexes: [...table.schema.indexes, index] }
  }
  deleteIndex(tableName: string, indexName: string): void {
    const table = this.table(tableName)
    table.schema = { ...table.schema, indexes: table.schema.indexes.filter((index) => index.name !== indexName) }
  }
  /** Returns what takes everything back that comes after. */
  mark(): () => void {
    const before = [...this.tables].map(([name, { schema, items }]): [string, ModelTable] => [name, { schema, items: [...items] }])
    return () => {
      this.tables.clear()
      for (const [name, table] of before) this.tables.set(name, table)
    }
  }
  table(name: string): ModelTable {
    const table = this.tables.get(name)
    if (table === undefined) throw new ModelError('ResourceNotFoundException', 'Requested resource not found')
    return table
  }

  // ── One item

  /** The position of the item with this key, or -1. */
  #find(table: ModelTable, key: AttributeMap): number {
    const names = tableKeyNames(table.schema)
    return table.items.findIndex((item) => equalMaps(project(item, names), key))
  }
  #checkKey(table: ModelTable, key: AttributeMap): void {
    const { schema } = table
    const names = tableKeyNames(schema)
    const fits = names.every((name) => isKeyValue(attribute(key, name), schema.types[name], name === schema.partition ? 2048 : 1024))
    if (!fits || Object.keys(key).length !== names.length) throw invalid()
  }
  /** `touched`: the attributes that an update names; what it leaves alone may be older than the index. */
  #checkItem(table: ModelTable, item: AttributeMap, touched?: readonly string[]): void {
    const { schema } = table
    this.#checkKey(table, project(item, tableKeyNames(schema)))
    for (const index of schema.indexes) {
      if (touched !== undefined && !indexKeyNames(index).some((name) => touched.includes(name))) continue
      for (const name of indexKeyNames(index)) {
        const limit = index.partition.includes(name) ? 2048 : 1024
        if (attribute(item, name) !== undefined && !isKeyValue(attribute(item, name), schema.types[name], limit)) throw invalid()
      }
    }
    if (sizeOf(item) > 400 * 1024) throw invalid()
  }
  /** Known from the request alone, so refused before the item is looked at. */
  #checkAssignedTypes({ schema }: ModelTable, update: UpdateData): void {
    const names = schema.indexes.flatMap(indexKeyNames)
    const assigned = 'raw' in update ? [] : (update.set ?? [])
    for (const [name, data] of assigned) {
      if (names.includes(name) && 'value' in data && typeOf(data.value) !== schema.types[name]) throw invalid()
    }
  }
  #store(table: ModelTable, key: AttributeMap, item: AttributeMap | undefined): void {
    const position = this.#find(table, key)
    if (position >= 0) table.items.splice(position, 1)
    if (item !== undefined) table.items.push(item)
  }
  /** The state of an item before and after an action, without storing it. */
  #decide(action: TransactItem): Decision {
    if ('Put' in action) {
      const table = this.table(action.Put.TableName)
      this.#checkItem(table, action.Put.Item)
      const key = project(action.Put.Item, tableKeyNames(table.schema))
      return { table, key, old: this.#checked(table, key, action.Put.Condition), item: action.Put.Item }
    }
    const input = 'Update' in action ? action.Update : 'Delete' in action ? action.Delete : action.ConditionCheck
    const table = this.table(input.TableName)
    this.#checkKey(table, input.Key)
    if ('Update' in action) this.#checkAssignedTypes(table, action.Update.Update)
    const old = this.#checked(table, input.Key, input.Condition)
    if ('Delete' in action) return { table, key: input.Key, old, item: undefined }
    if ('ConditionCheck' in action) return { table, key: input.Key, old, item: old }
    const item = updated(old ?? input.Key, action.Update.Update)
    // An update that only takes away makes no item.
    if (old === undefined && onlyRemoves(action.Update.Update)) return { table, key: input.Key, old, item: undefined }
    if (old === undefined || !equalMaps(old, item)) this.#checkItem(table, item, namesOf(action.Update.Update))
    return { table, key: input.Key, old, item }
  }
  #checked(table: ModelTable, key: AttributeMap, condition: ConditionData | undefined): AttributeMap | undefined {
    const old = table.items[this.#find(table, key)]
    if (condition !== undefined && !holds(condition, old ?? {})) throw conditionFailed()
    return old
  }
  #write(action: TransactItem, returnValues: string | undefined): { Attributes?: AttributeMap } {
    const { table, key, old, item } = this.#decide(action)
    this.#store(table, key, item)
    if (returnValues === 'ALL_NEW' && item !== undefined) return { Attributes: item }
    return returnValues === 'ALL_OLD' && old !== undefined ? { Attributes: old } : {}
  }
  putItem(input: PutInput): { Attributes?: AttributeMap } {
    return this.#write({ Put: input }, input.ReturnValues)
  }
  updateItem(input: UpdateInput): { Attributes?: AttributeMap } {
    const { ReturnValues: returnValues } = input
    if (returnValues !== 'UPDATED_OLD' && returnValues !== 'UPDATED_NEW') return this.#write({ Update: input }, returnValues)
    const { table, key, old, item } = this.#decide({ Update: input })
    this.#store(table, key, item)
    const attributes = touchedPart(input.Update, (returnValues === 'UPDATED_OLD' ? old : item) ?? {})
    return Object.keys(attributes).length === 0 ? {} : { Attributes: attributes }
  }
  deleteItem(input: KeyInput): { Attributes?: AttributeMap } {
    return this.#write({ Delete: input }, input.ReturnValues)
  }
  getItem({ TableName, Key, Projection }: { TableName: string; Key: AttributeMap; Projection?: readonly string[] }): { Item?: AttributeMap } {
    const table = this.table(TableName)
    this.#checkKey(table, Key)
    const item = table.items[this.#find(table, Key)]
    return item === undefined ? {} : { Item: Projection === undefined ? item : project(item, Projection) }
  }

  // ── Several items

  batchWriteItem(requests: { readonly [table: string]: readonly BatchRequest[] }): void {
    const actions: TransactItem[] = []
    for (const [TableName, list] of Object.entries(requests)) {
      const keys: AttributeMap[] = []
      for (const request of list) {
        const { schema } = this.table(TableName)
        const key = 'PutRequest' in request ? project(request.PutRequest.Item, tableKeyNames(schema)) : request.DeleteRequest.Key
        if (keys.some((other) => equalMaps(other, key))) throw invalid()
        keys.push(key)
        actions.push('PutRequest' in request ? { Put: { TableName, Item: request.PutRequest.Item } } : { Delete: { TableName, Key: key } })
      }
    }
    for (const action of actions) this.#decide(action)
    for (const action of actions) this.#write(action, undefined)
  }
  /** Puts, then deletes, all or none. */
  bulkWrite({ TableName, Put, Delete }: { TableName: string; Put: readonly AttributeMap[]; Delete: readonly AttributeMap[] }): void {
    const actions: TransactItem[] = [
      ...Put.map((Item) => ({ Put: { TableName, Item } })),
      ...Delete.map((Key) => ({ Delete: { TableName, Key } })),
    ]
    for (const action of actions) this.#decide(action)
    for (const action of actions) this.#write(action, undefined)
  }
  transactGetItems(TableName: string, keys: readonly AttributeMap[]): { Responses: { Item?: AttributeMap }[] } {
    if (keys.some((key, i) => keys.slice(0, i).some((other) => equalMaps(other, key)))) {
      throw invalid('Transaction request cannot include multiple operations on one item')
    }
    return { Responses: keys.map((Key) => this.getItem({ TableName, Key })) }
  }
  batchGetItem(TableName: string, keys: readonly AttributeMap[]): AttributeMap[] {
    if (keys.some((key, i) => keys.slice(0, i).some((other) => equalMaps(other, key)))) {
      throw invalid('Provided list of item keys contains duplicates')
    }
    return keys.map((Key) => this.getItem({ TableName, Key }).Item).filter((item) => item !== undefined)
  }
  /** Throws a TransactionCanceledException whose text lists the codes. */
  transactWriteItems(actions: readonly TransactItem[]): void {
    const codes: string[] = []
    const decisions: Decision[] = []
    for (const action of actions) {
      try {
        decisions.push(this.#decide(action))
        codes.push('None')
      } catch (error) {
        if (!(error instanceof ModelError)) throw error
        codes.push(error.name === 'ConditionalCheckFailedException' ? 'ConditionalCheckFailed' : 'ValidationError')
      }
    }
    // AWS documents no order between the two refusals.
    if (this.#hasRepeatedItem(actions)) {
      if (codes.includes('ValidationError')) throw new ModelError('ValidationException or TransactionCanceledException')
      throw invalid('Transaction request cannot include multiple operations on one item')
    }
    // Nor whether conditions are still tried where another action is invalid.
    if (codes.includes('ValidationError')) throw new ModelError('TransactionCanceledException')
    if (codes.some((code) => code !== 'None')) throw new ModelError('TransactionCanceledException', `[${codes.join(', ')}]`)
    for (const { table, key, item } of decisions) this.#store(table, key, item)
  }
  #hasRepeatedItem(actions: readonly TransactItem[]): boolean {
    const places = actions.map((action) => this.#place(action))
    return places.some(({ table, key }, at) => places.slice(0, at).some((other) => other.table === table && equalMaps(other.key, key)))
  }
  #place(action: TransactItem): { table: ModelTable; key: AttributeMap } {
    if ('Put' in action) {
      const table = this.table(action.Put.TableName)
      return { table, key: project(action.Put.Item, tableKeyNames(table.schema)) }
    }
    const input = 'Update' in action ? action.Update : 'Delete' in action ? action.Delete : action.ConditionCheck
    return { table: this.table(input.TableName), key: input.Key }
  }

  // ── Pages

  /** Query with a KeyCondition, Scan without. */
  read(input: ReadInput): ReadOutput {
    const table = this.table(input.TableName)
    const { schema } = table
    const index = schema.indexes.find(({ name }) => name === input.IndexName)
    if (input.IndexName !== undefined && index === undefined) throw invalid(`The table does not have the specified index: ${input.IndexName}`)
    const order = index === undefined ? tableKeyNames(schema) : [...indexKeyNames(index), ...tableKeyNames(schema)]
    const compareRows = (a: AttributeMap, b: AttributeMap): number => {
      for (const name of order) {
        const difference = compare(a[name] ?? null, b[name] ?? null) ?? 0
        if (difference !== 0) return input.ScanIndexForward === false ? -difference : difference
      }
      return 0
    }
    const { KeyCondition, ExclusiveStartKey } = input
    const rows = table.items
      .map((item) => ({ item, row: index === undefined ? item : entryOf(schema, index, item) }))
      .filter((pair): pair is { item: AttributeMap; row: AttributeMap } => pair.row !== undefined)
      .filter(({ row }) => KeyCondition === undefined || holds(KeyCondition, row))
      .sort((a, b) => compareRows(a.row, b.row))
      .filter(({ row }) => ExclusiveStartKey === undefined || compareRows(row, ExclusiveStartKey) > 0)
    return page(rows, input, index, [...new Set(order)])
  }
}

function page(rows: readonly { item: AttributeMap; row: AttributeMap }[], input: ReadInput, index: ModelIndex | undefined, keyNames: readonly string[]): ReadOutput {
  const wholeItem = index?.local === true && (input.Select === 'ALL_ATTRIBUTES' || input.Projection !== undefined)
  const items: AttributeMap[] = []
  let [scanned, matched, bytes] = [0, 0, 0]
  let last: AttributeMap | undefined
  for (const { item, row } of rows) {
    scanned++
    bytes += sizeOf(row)
    const seen = wholeItem ? item : row
    if (input.Filter === undefined || holds(input.Filter, seen)) {
      matched++
      items.push(input.Projection === undefined ? seen : project(seen, input.Projection))
    }
    if (scanned === input.Limit || matched === input.Take || bytes > PAGE_BYTES) {
      last = project(row, keyNames)
      break
    }
  }
  return {
    ...(input.Select === 'COUNT' ? {} : { Items: items }),
    Count: matched,
    ScannedCount: scanned,
    ...(last === undefined ? {} : { LastEvaluatedKey: last }),
  }
}
