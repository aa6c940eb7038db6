// Random schemas and random operation histories for the oracle tests. A command is drawn without knowing the schema (small
// numbers that index into pools of values) and made concrete when it runs, so that shrinking is free to drop and lower.
import fc from 'fast-check'
import type { AttributeMap, AttributeValue } from '../../src/model/attribute-value.ts'
import type { ConditionData, KeyConditionData, SetData, TestData, UpdateData } from '../../src/expression/data.ts'
import type { KeyType, ModelIndex, ModelSchema } from './model-database.ts'

// ── Values

const POOLS: { readonly [type in KeyType]: readonly AttributeValue[] } = {
  S: ['a', 'b', 'ab', 'abc', 'B', 'é', 'z\u0000', 'z\u0001', 'z', '𝄞', '\uffee'],
  N: [0, 1, -1, 2, 1.5, 10, 100, -0.001, -100, { N: '12345678901234567890.5' }, { N: '-12345678901234567890.5' }],
  B: [{ B: 'AA==' }, { B: 'AAA=' }, { B: 'AQ==' }, { B: 'AQI=' }, { B: '/w==' }, { B: '//8=' }, { B: 'gA==' }],
}
/** What no key attribute can be. */
const NOT_KEYS: readonly AttributeValue[] = ['', true, null, { M: {} }, { SS: ['a'] }, { B: '' }]
const EXTRAS: readonly AttributeValue[] = [1, 2, -3, 'one', 'two', true, null, { SS: ['p', 'q'] }, { NS: [1, 2] }, [1, 'x'], { M: { y: 1 } }]

function pick<T>(list: readonly T[], at: number): T {
  const found = list[at % list.length]
  if (found === undefined) throw new Error('an empty pool')
  return found
}

/** Mostly the same few, so that queries find items. */
const poolNumber = fc.oneof({ weight: 3, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(10) })
/** 99 and up: a value that is refused. */
const keyNumber = fc.oneof({ weight: 30, arbitrary: poolNumber }, { weight: 1, arbitrary: fc.constant(99) })
function keyValue(type: KeyType, at: number): AttributeValue {
  return at >= 99 ? pick(NOT_KEYS, at) : pick(POOLS[type], at)
}

// ── Schemas

const INDEX_ATTRIBUTES = ['a', 'b', 'c', 'd'] as const
const keyType = fc.constantFrom<KeyType>('S', 'N', 'B')
const projection = fc.constantFrom<ModelIndex['projection']>('ALL', 'ALL', 'KEYS_ONLY', ['x'], ['x', 'm', 'a'])

const globalIndex = fc
  .record({
    names: fc.shuffledSubarray([...INDEX_ATTRIBUTES, 'pk'], { minLength: 1, maxLength: 4 }),
    partitions: fc.integer({ min: 1, max: 2 }),
    projection,
  })
  .map(({ names, partitions, projection: kind }) => ({
    local: false,
    partition: names.slice(0, partitions),
    sort: names.slice(partitions),
    projection: kind,
  }))
const localIndex = fc
  .record({ sort: fc.constantFrom(...INDEX_ATTRIBUTES), projection })
  .map(({ sort, projection: kind }) => ({ local: true, partition: ['pk'], sort: [sort], projection: kind }))

export const anySchema: fc.Arbitrary<ModelSchema> = fc
  .record({
    types: fc.record({ pk: keyType, sk: keyType, a: keyType, b: keyType, c: keyType, d: keyType }),
    hasSort: fc.boolean(),
    locals: fc.array(localIndex, { maxLength: 2 }),
    globals: fc.array(globalIndex, { maxLength: 2 }),
  })
  .map(({ types, hasSort, locals, globals }) => ({
    name: 'Things',
    partition: 'pk',
    sort: hasSort ? 'sk' : undefined,
    types,
    indexes: [...(hasSort ? locals : []), ...globals].map((index, at) => ({ ...index, name: `by${at}` })),
  }))

// ── Items

export interface AbstractItem {
  readonly pk: number
  readonly sk: number
  readonly indexed: { readonly [name: string]: number | undefined }
  readonly x: number | undefined
  readonly s: number | undefined
  readonly m: boolean
}
const anyItem: fc.Arbitrary<AbstractItem> = fc.record({
  pk: fc.oneof({ weight: 4, arbitrary: fc.nat(2) }, { weight: 1, arbitrary: fc.nat(10) }),
  sk: fc.oneof({ weight: 4, arbitrary: fc.nat(4) }, { weight: 1, arbitrary: fc.nat(10) }),
  indexed: fc.record(Object.fromEntries(INDEX_ATTRIBUTES.map((name) => [name, fc.option(keyNumber, { nil: undefined, freq: 3 })]))),
  x: fc.option(fc.nat(EXTRAS.length - 1), { nil: undefined }),
  s: fc.option(fc.nat(7), { nil: undefined }),
  m: fc.boolean(),
})

export function keyOf(schema: ModelSchema, { pk, sk }: { readonly pk: number; readonly sk: number }): AttributeMap {
  const partition = keyValue(schema.types[schema.partition] ?? 'S', pk)
  return schema.sort === undefined ? { pk: partition } : { pk: partition, sk: keyValue(schema.types['sk'] ?? 'S', sk) }
}
export function itemOf(schema: ModelSchema, item: AbstractItem): AttributeMap {
  const indexed: [string, AttributeValue][] = []
  for (const [name, at] of Object.entries(item.indexed)) {
    if (at !== undefined) indexed.push([name, keyValue(schema.types[name] ?? 'S', at)])
  }
  return {
    ...keyOf(schema, item),
    ...Object.fromEntries(indexed),
    ...(item.x === undefined ? {} : { x: pick(EXTRAS, item.x) }),
    ...(item.s === undefined ? {} : { s: item.s }),
    ...(item.m ? { m: { M: { y: item.s ?? 0 } } } : {}),
  }
}

// ── Conditions and updates (never on key attributes of any index, so that every read may filter by them)

const test: fc.Arbitrary<TestData> = fc.oneof(
  fc.tuple(fc.constantFrom('=' as const, '<>' as const, '<' as const, '>=' as const), fc.nat(EXTRAS.length - 1).map((at) => ({ value: pick(EXTRAS, at) }))),
  fc.constant(['attribute_exists'] as const),
  fc.constant(['attribute_not_exists'] as const),
  fc.constantFrom('S', 'N', 'M', 'SS').map((type) => ['attribute_type', type] as const),
  fc.constantFrom('o', 'on', 'p').map((value) => ['contains', { value }] as const),
  fc.nat(3).map((value) => ['size', ['>', { value }]] as const),
  fc.tuple(fc.nat(5), fc.nat(5)).map(([a, b]) => ['between', { value: Math.min(a, b) }, { value: Math.max(a, b) }] as const),
  fc.array(fc.nat(5), { minLength: 1, maxLength: 3 }).map((list) => ['in', ...list.map((value) => ({ value }))] as const),
  fc.constant(['<', { path: 's' }] as const),
).filter((data) => !isRefusedOperand(data))

/** `<` and the like take numbers, strings and bytes only: DynamoDB refuses others while parsing. */
function isRefusedOperand(data: TestData): boolean {
  if (data[0] !== '<' && data[0] !== '>=') return false
  return 'value' in data[1] && typeof data[1].value !== 'number' && typeof data[1].value !== 'string'
}

const tests = fc
  .tuple(fc.constantFrom('x', 's', 'm.y', 'missing'), test)
  .map(([path, data]): ConditionData => ({ tests: [[path, path === 's' && data[0] === '<' && 'path' in data[1] ? ['<', { path: 'x' }] : data]] }))
const anyCondition: fc.Arbitrary<ConditionData> = fc.oneof(
  { weight: 4, arbitrary: tests },
  { weight: 1, arbitrary: fc.array(tests, { minLength: 2, maxLength: 3 }).map((and) => ({ and })) },
  { weight: 1, arbitrary: fc.array(tests, { minLength: 2, maxLength: 3 }).map((or) => ({ or })) },
  { weight: 1, arbitrary: tests.map((not) => ({ not })) },
)

export interface AbstractUpdate {
  readonly indexed: { readonly name: string; readonly value: number | undefined }
  readonly x: 'set' | 'remove' | 'ifNotExists' | 'plus' | 'append' | 'addNumber' | 'addSet' | 'deleteSet' | 'none'
  readonly inner: 'set' | 'remove' | 'none'
}
const anyUpdate: fc.Arbitrary<AbstractUpdate> = fc.record({
  indexed: fc.record({ name: fc.constantFrom(...INDEX_ATTRIBUTES), value: fc.option(keyNumber, { nil: undefined, freq: 3 }) }),
  x: fc.constantFrom('set', 'remove', 'ifNotExists', 'plus', 'append', 'addNumber', 'addSet', 'deleteSet', 'none'),
  inner: fc.constantFrom('set', 'remove', 'none', 'none'),
})
export function updateOf(schema: ModelSchema, { indexed, x, inner }: AbstractUpdate): UpdateData {
  const set: [string, SetData][] = []
  const remove: string[] = []
  if (indexed.value === undefined) remove.push(indexed.name)
  else set.push([indexed.name, { value: keyValue(schema.types[indexed.name] ?? 'S', indexed.value) }])
  if (x === 'set') set.push(['x', { value: 7 }])
  if (x === 'ifNotExists') set.push(['x', { ifNotExists: 3 }])
  if (x === 'plus') set.push(['x', { plus: 0.5 }])
  if (x === 'append') set.push(['x', { append: ['tail'] }])
  if (x === 'remove') remove.push('x')
  if (inner === 'set') set.push(['m.y', { value: 'inner' }])
  if (inner === 'remove') remove.push('m.y')
  return {
    ...(set.length === 0 ? {} : { set }),
    ...(remove.length === 0 ? {} : { remove }),
    ...(x === 'addNumber' ? { add: [['x', 2]] as const } : {}),
    ...(x === 'addSet' ? { add: [['x', { SS: ['q', 'r'] }]] as const } : {}),
    ...(x === 'deleteSet' ? { delete: [['x', { SS: ['p'] }]] as const } : {}),
  }
}

// ── Reads

export interface AbstractRead {
  /** 0: the table. */
  readonly index: number
  /** Undefined: a Scan. */
  readonly partition: readonly number[] | undefined
  readonly sort: { readonly values: readonly number[]; readonly last: '=' | '<' | '<=' | '>' | '>=' | 'between' | 'begins_with' | 'none' }
  readonly reverse: boolean
  readonly limit: number | undefined
  readonly take: number | undefined
  readonly filter: ConditionData | undefined
  readonly select: 'items' | 'count' | 'names' | 'all'
}
const anyRead: fc.Arbitrary<AbstractRead> = fc.record({
  index: fc.nat(4),
  partition: fc.option(fc.array(poolNumber, { minLength: 4, maxLength: 4 }), { nil: undefined, freq: 4 }),
  sort: fc.record({
    values: fc.array(poolNumber, { minLength: 1, maxLength: 4 }),
    last: fc.constantFrom('=', '<', '<=', '>', '>=', 'between', 'begins_with', 'none', 'none'),
  }),
  reverse: fc.boolean(),
  limit: fc.option(fc.integer({ min: 1, max: 6 }), { nil: undefined }),
  take: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined, freq: 2 }),
  filter: fc.option(anyCondition, { nil: undefined }),
  select: fc.constantFrom('items', 'items', 'count', 'names', 'all'),
})

/** Equality on the partition and on all but the last given sort attribute, left to right. */
export function keyConditionOf(schema: ModelSchema, index: ModelIndex | undefined, read: AbstractRead): KeyConditionData | undefined {
  if (read.partition === undefined) return undefined
  const { partition = [schema.partition], sort = schema.sort === undefined ? [] : [schema.sort] } = index ?? {}
  const typeOf = (name: string): KeyType => schema.types[name] ?? 'S'
  const condition: [string, TestData][] = partition.map((name, at) => [name, ['=', { value: keyValue(typeOf(name), read.partition?.[at] ?? 0) }]])
  const given = sort.slice(0, read.sort.last === 'none' ? 0 : read.sort.values.length)
  given.forEach((name, at) => {
    const value = keyValue(typeOf(name), read.sort.values[at] ?? 0)
    condition.push([name, at < given.length - 1 ? ['=', { value }] : lastTest(typeOf(name), read.sort.last, value)])
  })
  return { tests: condition }
}
function lastTest(type: KeyType, kind: AbstractRead['sort']['last'], value: AttributeValue): TestData {
  if (kind === 'none') return ['=', { value }]
  if (kind === 'between') return ['between', { value }, { value: type === 'S' ? '\u{10ffff}' : type === 'N' ? 1e20 : { B: '////' } }]
  if (kind !== 'begins_with') return [kind, { value }]
  return type === 'N' ? ['>=', { value }] : ['begins_with', { value }]
}

// ── Commands

export type Command =
  | { readonly kind: 'put'; readonly item: AbstractItem; readonly condition: ConditionData | undefined; readonly returnOld: boolean }
  | { readonly kind: 'update'; readonly key: AbstractItem; readonly update: AbstractUpdate; readonly condition: ConditionData | undefined; readonly returns: ReturnValues }
  | { readonly kind: 'delete'; readonly key: AbstractItem; readonly condition: ConditionData | undefined; readonly returnOld: boolean }
  | { readonly kind: 'get'; readonly key: AbstractItem }
  | { readonly kind: 'batchWrite'; readonly puts: readonly AbstractItem[]; readonly deletes: readonly AbstractItem[] }
  | { readonly kind: 'bulkWrite'; readonly puts: readonly AbstractItem[]; readonly deletes: readonly AbstractItem[] }
  | { readonly kind: 'transactGet'; readonly keys: readonly AbstractItem[] }
  /** Issued together, so that they share commits; they take effect in this order. */
  | { readonly kind: 'concurrent'; readonly commands: readonly Command[] }
  | { readonly kind: 'batchGet'; readonly keys: readonly AbstractItem[] }
  | { readonly kind: 'transact'; readonly actions: readonly TransactCommand[] }
  | { readonly kind: 'read'; readonly read: AbstractRead }
  | { readonly kind: 'segments'; readonly index: number; readonly total: number }
  | { readonly kind: 'createIndex'; readonly index: Omit<ModelIndex, 'name'> }
  | { readonly kind: 'deleteIndex'; readonly index: number }
  | { readonly kind: 'restart' }
type ReturnValues = 'NONE' | 'ALL_OLD' | 'ALL_NEW' | 'UPDATED_OLD' | 'UPDATED_NEW'
export interface TransactCommand {
  readonly kind: 'Put' | 'Update' | 'Delete' | 'ConditionCheck'
  readonly item: AbstractItem
  readonly update: AbstractUpdate
  readonly condition: ConditionData | undefined
}

const condition = fc.option(anyCondition, { nil: undefined, freq: 2 })
const writes: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('put' as const), item: anyItem, condition, returnOld: fc.boolean() }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('update' as const),
      key: anyItem,
      update: anyUpdate,
      condition,
      returns: fc.constantFrom<ReturnValues>('NONE', 'ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key: anyItem, condition, returnOld: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('batchWrite' as const),
      puts: fc.array(anyItem, { minLength: 1, maxLength: 5 }),
      deletes: fc.array(anyItem, { maxLength: 2 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('bulkWrite' as const),
      puts: fc.array(anyItem, { maxLength: 6 }),
      deletes: fc.array(anyItem, { maxLength: 3 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('transact' as const),
      actions: fc.array(
        fc.record({
          kind: fc.constantFrom('Put', 'Update', 'Delete', 'ConditionCheck'),
          item: anyItem,
          update: anyUpdate,
          condition,
        }) as fc.Arbitrary<TransactCommand>,
        { minLength: 1, maxLength: 4 },
      ),
    }),
  },
)
const reads: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: anyRead.map((read) => ({ kind: 'read' as const, read })) },
  { weight: 2, arbitrary: anyItem.map((key) => ({ kind: 'get' as const, key })) },
  { weight: 1, arbitrary: fc.array(anyItem, { minLength: 1, maxLength: 4 }).map((keys) => ({ kind: 'batchGet' as const, keys })) },
  { weight: 1, arbitrary: fc.array(anyItem, { minLength: 1, maxLength: 4 }).map((keys) => ({ kind: 'transactGet' as const, keys })) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('segments' as const), index: fc.nat(4), total: fc.integer({ min: 1, max: 5 }) }) },
)
const concurrent: fc.Arbitrary<Command> = fc
  .array(writes, { minLength: 2, maxLength: 6 })
  .map((commands) => ({ kind: 'concurrent' as const, commands }))
const changes: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: globalIndex.map((index) => ({ kind: 'createIndex' as const, index })) },
  { weight: 1, arbitrary: fc.nat(4).map((index) => ({ kind: 'deleteIndex' as const, index })) },
  { weight: 2, arbitrary: fc.constant({ kind: 'restart' as const }) },
)

export const anyHistory: fc.Arbitrary<Command[]> = fc.array(
  fc.oneof({ weight: 12, arbitrary: writes }, { weight: 2, arbitrary: concurrent }, { weight: 8, arbitrary: reads }, { weight: 1, arbitrary: changes }),
  { minLength: 1, maxLength: 60, size: 'max' },
)
