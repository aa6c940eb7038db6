// A table's verbs: DynamoDB's item operations on native values. Each is one request; batches are in batch.ts.
// Items come back bare, errors carry native items.
import type { AttributeMap } from '../model/attribute-value.ts'
import { batchGet, batchWrite, type BatchWriteOptions, type BatchWriteRequests } from './batch.ts'
import { conditionData, type RawExpression } from './condition.ts'
import type { DefinitionData, HasShape, TableDefinition, TableShape } from './definition.ts'
import type { IndexItem, IndexKey, KeyCondition, PartitionKeyOf, SortKeyOf } from './key-condition.ts'
import { ItemQueries, type Queries } from './query.ts'
import type { ReadHooks, ReadOptions, ReadOutput, WriteOptions } from './request-options.ts'
import type { StreamOf, TriggerOf } from './stream.ts'
import { updateData, type Update } from './update.ts'

type UpdateReturn<T, R> = R extends 'ALL_NEW'
  ? T
  : R extends 'ALL_OLD'
    ? T | undefined
    : R extends 'UPDATED_NEW' | 'UPDATED_OLD'
      ? Partial<T>
      : void

export interface Table<T extends TableShape>
  extends HasShape<T>,
    Queries<T['read'], T['key'], KeyCondition<T['read'], T['partitionKey'], T['sortKey']>> {
  readonly definition: TableDefinition<T>
  get(key: T['key'], options?: ReadOptions): Promise<T['read'] | undefined>
  put<R extends 'NONE' | 'ALL_OLD' = 'NONE'>(
    item: T['write'],
    options?: WriteOptions<T['read']> & { readonly returnValues?: R },
  ): Promise<R extends 'ALL_OLD' ? T['read'] | undefined : void>
  /** Creates a missing item unless the condition asks for it: `{ id: attributeExists() }`. */
  update<R extends 'NONE' | 'ALL_OLD' | 'ALL_NEW' | 'UPDATED_OLD' | 'UPDATED_NEW' = 'NONE'>(
    key: T['key'],
    update: Update<T> | RawExpression,
    options?: WriteOptions<T['read']> & { readonly returnValues?: R },
  ): Promise<UpdateReturn<T['read'], R>>
  delete<R extends 'NONE' | 'ALL_OLD' = 'NONE'>(
    key: T['key'],
    options?: WriteOptions<T['read']> & { readonly returnValues?: R },
  ): Promise<R extends 'ALL_OLD' ? T['read'] | undefined : void>
  /** Any number of keys; items in their order, missing ones left out. */
  batchGet(keys: Iterable<T['key']>, options?: ReadOptions): Promise<T['read'][]>
  /** Any number of items, not atomic; resolves when all are durable. */
  batchWrite(
    requests: { readonly put?: Iterable<T['write']>; readonly delete?: Iterable<T['key']> },
    options?: BatchWriteOptions,
  ): Promise<void>
  index<const I extends keyof T['indexes'] & string>(
    name: I,
  ): Queries<
    IndexItem<T, T['indexes'][I]>,
    IndexKey<T, T['indexes'][I]>,
    KeyCondition<T['read'], PartitionKeyOf<T['indexes'][I]>, SortKeyOf<T['indexes'][I]>>
  >
  readonly stream: StreamOf<T>
  readonly trigger: TriggerOf<T>
}

type AnyWriteOptions = WriteOptions<never> & { readonly returnValues?: string }
interface ItemOutput extends ReadOutput {
  readonly Item?: AttributeMap
  readonly Attributes?: AttributeMap
}

/** `Table` at run time. Its types are claims that the compiler checks at the callers: `Database.table` makes them. */
export class ItemTable extends ItemQueries {
  get definition(): DefinitionData {
    return this.context.definition
  }

  async get(key: object, options?: ReadHooks): Promise<object | undefined> {
    const { context } = this
    const input = {
      TableName: context.definition.tableName,
      Key: context.encodeKey(key),
      ConsistentRead: options?.consistentRead,
      ReturnStamp: options?.onRead && true,
    }
    const output = await context.request<ItemOutput>('GetItem', input, options)
    options?.onRead?.(input, output)
    return output.Item && context.decodeItem(output.Item)
  }

  async put(item: object, options?: AnyWriteOptions): Promise<object | undefined> {
    return this.#write('PutItem', { Item: this.context.encodeItem(item) }, options)
  }

  async update(key: object, update: object, options?: AnyWriteOptions): Promise<object | undefined> {
    return this.#write('UpdateItem', { Key: this.context.encodeKey(key), Update: updateData(update) }, options)
  }

  async delete(key: object, options?: AnyWriteOptions): Promise<object | undefined> {
    return this.#write('DeleteItem', { Key: this.context.encodeKey(key) }, options)
  }

  batchGet(keys: Iterable<object>, options?: ReadOptions): Promise<object[]> {
    return batchGet(this.context, keys, options)
  }

  batchWrite(requests: BatchWriteRequests, options?: BatchWriteOptions): Promise<void> {
    return batchWrite(this.context, requests, options)
  }

  index(name: string): ItemQueries {
    return new ItemQueries(this.context, name)
  }

  async #write(operation: string, input: object, options: AnyWriteOptions = {}): Promise<object | undefined> {
    const { context } = this
    const { condition, returnValues, returnValuesOnConditionCheckFailure } = options
    const parameters = {
      TableName: this.definition.tableName,
      ...input,
      Condition: condition && conditionData(condition),
      ReturnValues: returnValues,
      ReturnValuesOnConditionCheckFailure: returnValuesOnConditionCheckFailure,
    }
    const { Attributes } = await context.request<ItemOutput>(operation, parameters, options)
    return Attributes && (returnValues?.startsWith('ALL') ? context.decodeItem(Attributes) : context.decodePart(Attributes))
  }
}
