// Vector indexes and SearchVectors (AWS pages: VectorSearchWorkingWith, VectorSearchTroubleshooting, VectorSearchMonitoring).
// Texts and numbers are what AWS answered to paritysuite/dynamodb-conformance (captured 2026-08-11 to 2026-10-09).
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { openEngine, type EngineFixture } from '../engine-fixture.ts'

const TableName = 'Docs'
const INVALID = 'One or more parameter values were invalid: '
const vix = (over: object = {}) => ({
  IndexName: 'vix',
  VectorAttribute: { AttributeName: 'embedding' },
  Dimensions: 3,
  DistanceFunction: 'COSINE',
  Projection: { ProjectionType: 'ALL' },
  ...over,
})
const SCHEMA = [
  { AttributeName: 'tenant', SearchSchemaElementType: 'HASH' },
  { AttributeName: 'category', SearchSchemaElementType: 'INLINE_FILTER' },
]
const defining = (...names: string[]) => names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' }))
const table = (over: object = {}) => ({
  TableName,
  AttributeDefinitions: defining('pk'),
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
  ...over,
})
const withSchema = (over: object = {}) => table({ AttributeDefinitions: defining('pk', 'tenant', 'category'), VectorIndexes: [vix(), vix({ IndexName: 'schema', SearchSchema: SCHEMA })], ...over })

let fixture: EngineFixture
type Results = { SearchResults: { Item: Record<string, unknown>; Score: number }[]; ConsumedCapacity?: { VectorSearchRequestBytes: number } }
const search = (over: object = {}) =>
  fixture.run('SearchVectors', { TableName, IndexName: 'vix', SearchVector: [1, 0, 0], TopK: 10, ...over }) as unknown as Promise<Results>
const idsOf = ({ SearchResults }: Results) => SearchResults.map(({ Item }) => Item['pk'])
const put = (Item: object, over: object = {}) => fixture.run('PutItem', { TableName, Item, ...over })
async function described(): Promise<Record<string, unknown>> {
  return ((await fixture.run('DescribeTable', { TableName })) as { Table: Record<string, unknown> }).Table
}
const VECTORS: Record<string, number[]> = { a: [1, 0, 0], b: [0, 1, 0], c: [-1, 0, 0], d: [0.6, 0.8, 0] }
async function putAll(): Promise<void> {
  for (const [pk, embedding] of Object.entries(VECTORS)) await put({ pk, label: `item-${pk}`, embedding })
}

beforeEach(async () => {
  fixture = await openEngine()
})

describe('CreateTable with vector indexes', () => {
  it('describes them, ACTIVE at once and never Backfilling', async () => {
    await fixture.run('CreateTable', withSchema())
    const shown = await described()
    expect(shown['VectorIndexes']).toEqual([
      { ...vix(), IndexStatus: 'ACTIVE', IndexSizeBytes: 0, ItemCount: 0, IndexArn: expect.stringContaining('table/Docs/index/vix') as string },
      { ...vix({ IndexName: 'schema', SearchSchema: SCHEMA }), IndexStatus: 'ACTIVE', IndexSizeBytes: 0, ItemCount: 0, IndexArn: expect.any(String) as string },
    ])
    expect(shown['AttributeDefinitions']).toEqual(defining('pk', 'tenant', 'category'))
    expect(shown).not.toHaveProperty('GlobalSecondaryIndexes')
  })

  it.each<[string, object, string]>([
    [
      'on a provisioned table',
      { BillingMode: 'PROVISIONED', ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 }, VectorIndexes: [vix()] },
      `${INVALID}Vector indexes are only supported for PAY_PER_REQUEST tables`,
    ],
    [
      'with a search schema that is not defined',
      { VectorIndexes: [vix({ SearchSchema: [SCHEMA[0]] })] },
      `${INVALID}One element in SearchSchema is not defined in attribute definitions`,
    ],
    ['of too many dimensions', { VectorIndexes: [vix({ Dimensions: 4097 })] }, `${INVALID}Number of dimensions must be between 1 and 4096 inclusive.`],
    [
      'more than five',
      { VectorIndexes: [0, 1, 2, 3, 4, 5].map((at) => vix({ IndexName: `vix${at}` })) },
      `${INVALID}VectorIndex count exceeds the per-table limit of 5`,
    ],
    [
      'of one attribute and two sizes',
      { VectorIndexes: [vix(), vix({ IndexName: 'vix2', Dimensions: 4 })] },
      `${INVALID}Conflicting attribute definition for 'embedding'. All VectorIndexes on the same vector attribute must use the same dimensions.`,
    ],
    [
      'of a key',
      { VectorIndexes: [vix({ VectorAttribute: { AttributeName: 'pk' } })] },
      `${INVALID}Conflicting attribute definition for 'pk'. An attribute cannot be defined in AttributeDefinitions when used as a VectorAttribute.`,
    ],
    ['of one name', { VectorIndexes: [vix(), vix()] }, `${INVALID}Duplicate index name: vix`],
    [
      'without dimensions',
      { VectorIndexes: [vix({ Dimensions: undefined })] },
      "1 validation error detected: Value null at 'vectorIndexes.1.member.dimensions' failed to satisfy constraint: Member must not be null",
    ],
    [
      'of no dimension',
      { VectorIndexes: [vix({ Dimensions: 0 })] },
      "1 validation error detected: Value '0' at 'vectorIndexes.1.member.dimensions' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'of an unknown distance',
      { VectorIndexes: [vix({ DistanceFunction: 'MANHATTAN' })] },
      "1 validation error detected: Value 'MANHATTAN' at 'vectorIndexes.1.member.distanceFunction' failed to satisfy constraint: Member must satisfy enum value set: [DOT_PRODUCT, COSINE, EUCLIDEAN]",
    ],
    [
      'that includes nothing',
      { VectorIndexes: [vix({ Projection: { ProjectionType: 'INCLUDE' } })] },
      `${INVALID}ProjectionType is INCLUDE, but NonKeyAttributes is not specified`,
    ],
  ])('refuses one %s', async (_, over, message) => {
    await expect(fixture.run('CreateTable', table(over))).rejects.toMatchObject({ name: 'ValidationException', message })
  })
})

describe('SearchVectors', () => {
  beforeEach(async () => {
    const kinds = { cosine: 'COSINE', euclidean: 'EUCLIDEAN', dot: 'DOT_PRODUCT' }
    await fixture.run('CreateTable', table({ VectorIndexes: Object.entries(kinds).map(([IndexName, DistanceFunction]) => vix({ IndexName, DistanceFunction })) }))
    await putAll()
  })

  it('ranks by the index distance function: COSINE and EUCLIDEAN the smallest first, DOT_PRODUCT the largest', async () => {
    const cosine = await search({ IndexName: 'cosine' })
    expect(idsOf(cosine)).toEqual(['a', 'd', 'b', 'c'])
    const scores = (results: Results) => results.SearchResults.map(({ Score }) => Score)
    expect(scores(cosine)).toEqual([0, expect.closeTo(0.4, 6), 1, 2])
    expect(scores(await search({ IndexName: 'euclidean' }))).toEqual([0, Math.fround(Math.sqrt(0.8)), Math.fround(Math.SQRT2), 2])
    const dot = await search({ IndexName: 'dot' })
    expect(idsOf(dot)).toEqual(['a', 'd', 'b', 'c'])
    expect(scores(dot)).toEqual([1, Math.fround(0.6), 0, -1])
    expect(idsOf(await search({ IndexName: 'dot', TopK: 2 }))).toEqual(['a', 'd'])
  })

  it('leaves the vector out of results unless it is projected, and shows it as 32-bit floats', async () => {
    expect((await search({ IndexName: 'cosine', TopK: 1 })).SearchResults[0]?.Item).toEqual({ pk: 'a', label: 'item-a' })
    await put({ pk: 'f32', embedding: [0.1, 16777217, 1.0000000596046448] })
    const { SearchResults } = await search({ IndexName: 'cosine', SearchVector: [0.1, 16777217, 1], TopK: 1, ProjectionExpression: 'pk, embedding' })
    expect(SearchResults[0]?.Item).toEqual({ pk: 'f32', embedding: [0.1, 16777216, 1] })
    const stored = await fixture.run('GetItem', { TableName, Key: { pk: 'f32' } })
    expect(stored).toMatchObject({ Item: { embedding: [0.1, 16777217, 1.0000000596046448] } })
  })

  it('scores a vector of no length 1 under COSINE, and never beyond the range of a 32-bit float', async () => {
    await put({ pk: 'zero', embedding: [0, 0, 0] })
    expect((await search({ IndexName: 'cosine', SearchVector: [0, 0, 1], TopK: 10 })).SearchResults.find(({ Item }) => Item['pk'] === 'zero')?.Score).toBe(1)
    await put({ pk: 'huge', embedding: [3e38, 3e38, 0] })
    const { SearchResults } = await search({ IndexName: 'euclidean', SearchVector: [-3e38, -3e38, 0], TopK: 10 })
    expect(SearchResults.find(({ Item }) => Item['pk'] === 'huge')?.Score).toBe(3.4028234663852886e38)
  })

  it('meters at least 1 KB, the same under TOTAL and INDEXES, with no other member', async () => {
    const total = await search({ IndexName: 'cosine', ReturnConsumedCapacity: 'TOTAL' })
    expect(total.ConsumedCapacity).toEqual({ VectorSearchRequestBytes: 1024 })
    expect((await search({ IndexName: 'cosine', ReturnConsumedCapacity: 'INDEXES' })).ConsumedCapacity).toEqual(total.ConsumedCapacity)
    expect(await search({ IndexName: 'cosine', ReturnConsumedCapacity: 'NONE' })).not.toHaveProperty('ConsumedCapacity')
  })

  it('follows writes and restarts', async () => {
    expect(idsOf(await search({ IndexName: 'cosine', TopK: 1 }))).toEqual(['a'])
    await fixture.run('DeleteItem', { TableName, Key: { pk: 'a' } })
    expect(idsOf(await search({ IndexName: 'cosine' }))).toEqual(['d', 'b', 'c'])
    await fixture.run('UpdateItem', { TableName, Key: { pk: 'd' }, UpdateExpression: 'REMOVE embedding' })
    await fixture.run('UpdateItem', {
      TableName,
      Key: { pk: 'c' },
      UpdateExpression: 'SET embedding[0] = :one',
      ExpressionAttributeValues: { ':one': 1 },
    })
    expect(idsOf(await search({ IndexName: 'cosine' }))).toEqual(['c', 'b'])
    fixture = await fixture.reopen()
    expect(idsOf(await search({ IndexName: 'cosine' }))).toEqual(['c', 'b'])
    expect(await described()).toMatchObject({ VectorIndexes: [{ ItemCount: 2 }, { ItemCount: 2 }, { ItemCount: 2 }] })
  })

  it('is the only way into a vector index, also for PartiQL (paritysuite, vectorSearch/partiql)', async () => {
    await fixture.run('CreateTable', table({ TableName: 'Partiql', VectorIndexes: [vix()] }))
    await expect(fixture.run('ExecuteStatement', { Statement: 'SELECT * FROM "Partiql"."vix"' })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Scan operation not supported on this index type',
    })
    const query = { TableName, IndexName: 'cosine', KeyConditionExpression: 'pk = :v', ExpressionAttributeValues: { ':v': 'a' } }
    await expect(fixture.run('Query', query)).rejects.toThrow(/^Query operation not supported on this index type\.$/)
    await expect(fixture.run('Query', { ...query, ConsistentRead: true })).rejects.toThrow('Consistent reads are not supported on global secondary indexes')
    await expect(fixture.run('Scan', { TableName, IndexName: 'cosine', ConsistentRead: true })).rejects.toThrow(/^Scan operation not supported on this index type$/)
    await expect(search({ IndexName: 'none' })).rejects.toThrow('The table does not have the specified index: none')
    await expect(search({ TableName: 'Nowhere' })).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: 'Requested resource not found' })
  })
})

describe('a search schema', () => {
  beforeEach(() => fixture.run('CreateTable', withSchema()))
  const ofTenant = (tenant: string, more = {}, text = '') => ({
    IndexName: 'schema',
    SearchConditionExpression: `tenant = :t${text}`,
    ExpressionAttributeValues: { ':t': tenant, ...more },
  })

  it('keeps searches to one HASH value and filters inline; items without HASH are in no partition', async () => {
    await put({ pk: 'p1', tenant: 't1', category: 'c1', embedding: [1, 0, 0] })
    await put({ pk: 'p2', tenant: 't1', category: 'c2', embedding: [0, 1, 0] })
    await put({ pk: 'p3', tenant: 't2', category: 'c1', embedding: [1, 0, 0] })
    await put({ pk: 'p4', tenant: 't1', embedding: [1, 1, 0] })
    await put({ pk: 'p5', category: 'c1', embedding: [1, 0, 0] })
    expect(idsOf(await search(ofTenant('t1')))).toEqual(['p1', 'p4', 'p2'])
    expect(idsOf(await search(ofTenant('t2')))).toEqual(['p3'])
    expect(idsOf(await search(ofTenant('t1', { ':c': 'c1' }, ' AND :c = category')))).toEqual(['p1'])
    expect(idsOf(await search())).toContain('p5')
    await fixture.run('UpdateItem', { TableName, Key: { pk: 'p1' }, UpdateExpression: 'SET tenant = :t', ExpressionAttributeValues: { ':t': 't2' } })
    expect(idsOf(await search(ofTenant('t1')))).toEqual(['p4', 'p2'])
    expect(idsOf(await search(ofTenant('t2')))).toEqual(['p1', 'p3'])
    await fixture.run('UpdateItem', { TableName, Key: { pk: 'p1' }, UpdateExpression: 'REMOVE tenant' })
    expect(idsOf(await search(ofTenant('t2')))).toEqual(['p3'])
  })

  it.each<[string, object, string]>([
    ['TopK beyond 100', { TopK: 101 }, "Provided TopK value '101' is out of valid range. The value must be between 1 and 100 inclusive"],
    ['TopK of 0', { TopK: 0 }, "1 validation error detected: Value '0' at 'topK' failed to satisfy constraint: Member must have value greater than or equal to 1"],
    ['another number of dimensions', { SearchVector: [1, 0] }, 'Input search vector dimension 2 does not match vector index dimension 3'],
    [
      'a list in the vector',
      { SearchVector: [[1, 0, 0]] },
      'Search vector contains invalid values. All values in the search vector must be a 32-bit floating-point number attribute',
    ],
    [
      'a number beyond 32 bits',
      { SearchVector: [{ N: '1000000000000000000000000000000000000000' }, 0, 0] },
      'Search vector contains invalid values. All values in the search vector must be a 32-bit floating-point number attribute',
    ],
    ['no HASH', { IndexName: 'schema' }, 'SearchConditionExpression must be provided when SearchSchema has a HASH key'],
    [
      'an inequality',
      { IndexName: 'schema', SearchConditionExpression: 'tenant < :t', ExpressionAttributeValues: { ':t': 'x' } },
      'Invalid SearchConditionExpression: Invalid comparator used in SearchConditionExpression',
    ],
    [
      'an inequality of a filter',
      ofTenant('t1', { ':c': 'c' }, ' AND category < :c'),
      'Invalid SearchConditionExpression: Invalid comparator used in SearchConditionExpression',
    ],
    [
      'an attribute that is not in the schema',
      { SearchConditionExpression: 'tenant = :t', ExpressionAttributeValues: { ':t': 'x' } },
      'SearchConditionExpression must not contain any attributes that is not in SearchSchema. Invalid attribute: tenant',
    ],
    [
      'two conditions on one attribute',
      ofTenant('t1', {}, ' AND tenant = :t'),
      'Invalid SearchConditionExpression: SearchConditionExpression must only contain one condition per attribute',
    ],
    [
      'a HASH of another type',
      { IndexName: 'schema', SearchConditionExpression: 'tenant = :t', ExpressionAttributeValues: { ':t': 1 } },
      "Type of 'tenant' attribute in SearchConditionExpression (N) does not match type in search schema (S)",
    ],
    [
      'values without a condition',
      { ExpressionAttributeValues: { ':t': 'x' } },
      'ExpressionAttributeValues can only be specified when using expressions: SearchConditionExpression is null',
    ],
    [
      'an unknown detail of capacity',
      { ReturnConsumedCapacity: 'BOGUS' },
      "Value 'BOGUS' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]",
    ],
  ])('refuses %s', async (_, over, message) => {
    await expect(search(over)).rejects.toMatchObject({ name: 'ValidationException', message })
  })

  it('names what is missing as its deserialiser does', async () => {
    await expect(search({ TableName: undefined, IndexName: 'ab' })).rejects.toThrow(/^missing field `TableName` at line 1 column \d+$/)
    await expect(search({ TopK: null })).rejects.toMatchObject({ name: 'SerializationException', message: expect.stringMatching(/^invalid type: null, expected i32 at line 1 column \d+$/) as string })
  })

  it.each<[string, object, string]>([
    [
      'a vector of another length',
      { tenant: 't1', embedding: [1, 0] },
      'One or more parameter values were invalid. Invalid size for parameter embedding, Expected: 3, Actual: 2 IndexName: schema',
    ],
    [
      'an element that is no number',
      { embedding: [1, 'x', 0] },
      'One or more parameter values were invalid. Invalid type for parameter embedding[1], Expected: 32-bit floating point number, Actual: S. IndexName: schema',
    ],
    [
      'a vector that is no list',
      { embedding: 'x' },
      'One or more parameter values were invalid. Invalid type for parameter embedding, Expected: 32-bit floating point number list IndexName: schema',
    ],
    [
      'an element beyond 32 bits',
      { embedding: [{ N: '13000000000000000000000000000000000000000' }, 0, 0] },
      'One or more parameter values were invalid. Invalid value for parameter embedding[0], Value: 1.3E+40 is outside valid range [-3.4028235E38, 3.4028235E38]. IndexName: schema',
    ],
    [
      'an empty HASH',
      { tenant: '', embedding: [1, 0, 0] },
      'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: schema, IndexKey: tenant',
    ],
    ['a filter of another type', { category: 1 }, "One or more parameter values were invalid. Attribute 'category' type mismatch. Expected: S, Actual: N. IndexName: schema"],
  ])('refuses to write %s', async (_, attributes, message) => {
    await expect(put({ pk: 'x', ...attributes })).rejects.toMatchObject({ name: 'ValidationException', message })
    expect(await fixture.run('GetItem', { TableName, Key: { pk: 'x' } })).toEqual({})
  })

  it('refuses an update that makes the vector impossible, and leaves others alone', async () => {
    await put({ pk: 'a', embedding: [1, 0, 0] })
    const update = (UpdateExpression: string, value: unknown) =>
      fixture.run('UpdateItem', { TableName, Key: { pk: 'a' }, UpdateExpression, ExpressionAttributeValues: { ':v': value } })
    await expect(update('SET embedding = :v', [1])).rejects.toThrow('Invalid size for parameter embedding, Expected: 3, Actual: 1')
    await expect(update('SET tenant = :v', '')).rejects.toThrow('The update expression attempted to update a secondary index key to a value that is not supported.')
    await update('SET label = :v', 'x')
    expect(idsOf(await search())).toEqual(['a'])
  })
})

describe('projections', () => {
  it('hold keys and search schema at least; what is not projected stays absent', async () => {
    const KEYS = { ProjectionType: 'KEYS_ONLY' }
    const include = (...NonKeyAttributes: string[]) => ({ Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes } })
    await fixture.run(
      'CreateTable',
      withSchema({
        VectorIndexes: [
          vix({ IndexName: 'keys', Projection: KEYS }),
          vix({ IndexName: 'schema', Projection: KEYS, SearchSchema: [SCHEMA[1]] }),
          vix({ IndexName: 'vector', ...include('embedding', 'label') }),
        ],
        AttributeDefinitions: defining('pk', 'category'),
      }),
    )
    await put({ pk: 'a', category: 'c', label: 'l', more: 1, embedding: [1, 0, 0] })
    const first = async (over: object) => (await search(over)).SearchResults[0]?.Item
    expect(await first({ IndexName: 'keys' })).toEqual({ pk: 'a' })
    expect(await first({ IndexName: 'keys', ProjectionExpression: 'pk, embedding, label' })).toEqual({ pk: 'a' })
    expect(await first({ IndexName: 'schema' })).toEqual({ pk: 'a', category: 'c' })
    expect(await first({ IndexName: 'vector' })).toEqual({ pk: 'a', label: 'l' })
    expect(await first({ IndexName: 'vector', ProjectionExpression: 'embedding' })).toEqual({ embedding: [1, 0, 0] })
  })

  it('work for attributes whose names are numbers', async () => {
    await fixture.run('CreateTable', table({ VectorIndexes: [vix({ VectorAttribute: { AttributeName: '7' } })] }))
    await put({ pk: 'a', '1': 'x', '7': [0.25, -1, 3] })
    expect((await search({ ProjectionExpression: 'pk, #v, #o', ExpressionAttributeNames: { '#v': '7', '#o': '1' } })).SearchResults[0]?.Item).toEqual({
      pk: 'a',
      '1': 'x',
      '7': [0.25, -1, 3],
    })
  })
})

describe('ConsumedCapacity of writes beside vector indexes', () => {
  const consumed = async (Item: object) =>
    ((await put(Item, { ReturnConsumedCapacity: 'INDEXES' })) as { ConsumedCapacity: { CapacityUnits: number; VectorIndexes?: object } }).ConsumedCapacity
  const blob = 'x'.repeat(1500)

  beforeEach(() => fixture.run('CreateTable', table({ VectorIndexes: [vix(), vix({ IndexName: 'keys', Projection: { ProjectionType: 'KEYS_ONLY' } })] })))

  it('has bytes per index, 1 KB at least, where the entry changes', async () => {
    expect(await consumed({ pk: 'p1', embedding: [1, 0, 0] })).toMatchObject({
      CapacityUnits: 1,
      Table: { CapacityUnits: 1 },
      VectorIndexes: { vix: { VectorWriteRequestBytes: 1024 }, keys: { VectorWriteRequestBytes: 1024 } },
    })
    expect(await consumed({ pk: 'p1', embedding: [1, 0, 0] })).not.toHaveProperty('VectorIndexes')
    // Name and 4 bytes per dimension for the vector, the item's own size for the rest.
    const bytes = 'embedding'.length + 12 + 'pk'.length + 2 + 'blob'.length + 1500
    expect((await consumed({ pk: 'p1', embedding: [1, 0, 0], blob })).VectorIndexes).toEqual({ vix: { VectorWriteRequestBytes: bytes } })
    expect(await consumed({ pk: 'p2', label: 'plain' })).not.toHaveProperty('VectorIndexes')
  })

  it('has none of it in TOTAL, and bills the item 4 bytes per dimension', async () => {
    const wide = { N: '12345678901234567890123456789012345678' }
    const item = (size: number) => ({ pk: 'a', embedding: [wide, wide, wide], pad: 'x'.repeat(size - 'pkaembeddingpad'.length - 12) })
    const total = async (Item: object) => ((await put(Item, { ReturnConsumedCapacity: 'TOTAL' })) as { ConsumedCapacity: object }).ConsumedCapacity
    expect(await total(item(1024))).toEqual({ TableName, CapacityUnits: 1 })
    expect(await total(item(1025))).toEqual({ TableName, CapacityUnits: 2 })
  })
})

describe('UpdateTable with vector indexes', () => {
  const update = (input: object) => fixture.run('UpdateTable', { TableName, ...input }) as Promise<{ TableDescription: Record<string, unknown> }>
  const create = (over: object = {}) => ({ VectorIndexUpdates: [{ Create: vix(over) }] })

  beforeEach(async () => {
    await fixture.run('CreateTable', table())
    await putAll()
  })

  it('adds one, which is CREATING and can not be searched until it is filled, and leaves out what can not be in it', async () => {
    await put({ pk: 'short', embedding: [1] })
    await put({ pk: 'text', embedding: 'x' })
    // Several slices of 200.
    const RequestItems = (from: number) => ({ [TableName]: Array.from({ length: 25 }, (_, at) => ({ PutRequest: { Item: { pk: `plain ${from + at}` } } })) })
    for (let from = 0; from < 1500; from += 25) await fixture.run('BatchWriteItem', { RequestItems: RequestItems(from) })
    const { TableDescription } = await update(create())
    expect(TableDescription).toMatchObject({ TableStatus: 'UPDATING', VectorIndexes: [{ IndexStatus: 'CREATING', Backfilling: false }] })
    await expect(search()).rejects.toThrow('Cannot search backfilling vector index: vix')
    await expect(fixture.run('DeleteTable', { TableName })).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: 'Attempt to change a resource which is still in use: Cannot delete table while indexes are being created, updated, or deleted.',
    })
    await expect(update(create())).rejects.toMatchObject({ name: 'ResourceInUseException' })
    await expect(update(create({ IndexName: 'other' }))).rejects.toMatchObject({ name: 'LimitExceededException' })
    await fixture.engine.idle()
    expect((await described())['VectorIndexes']).toMatchObject([{ IndexStatus: 'ACTIVE', ItemCount: 4 }])
    expect(((await described())['VectorIndexes'] as object[])[0]).not.toHaveProperty('Backfilling')
    expect(idsOf(await search())).toEqual(['a', 'd', 'b', 'c'])
    await expect(update(create())).rejects.toThrow('Attempting to create an index which already exists')
  })

  it('is allocated, then fills, and can be cancelled only then (paritysuite, vectorSearch/updateLifecycle, 2026-08-23)', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    fixture = await openEngine({ timing: 'served' })
    await fixture.run('CreateTable', table())
    vi.advanceTimersByTime(100)
    await putAll()
    const IN_USE = 'Attempt to change a resource which is still in use: '
    const drop = { VectorIndexUpdates: [{ Delete: { IndexName: 'vix' } }] }
    await update(create())
    await fixture.engine.idle()
    expect(await described()).toMatchObject({ TableStatus: 'UPDATING', VectorIndexes: [{ IndexStatus: 'CREATING', Backfilling: false }] })
    await expect(search()).rejects.toThrow('The table does not have the specified index: vix')
    await expect(update(drop)).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message:
        `${IN_USE}Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index is active. ` +
        'Table: Docs Index: vix',
    })
    await expect(update(create({ IndexName: 'other' }))).rejects.toMatchObject({ name: 'LimitExceededException' })
    vi.advanceTimersByTime(1000)
    expect(await described()).toMatchObject({ TableStatus: 'ACTIVE', VectorIndexes: [{ IndexStatus: 'CREATING', Backfilling: true }] })
    await expect(search()).rejects.toThrow('Cannot search backfilling vector index: vix')
    await expect(update(create({ IndexName: 'other' }))).rejects.toMatchObject({ name: 'LimitExceededException' })
    await expect(fixture.run('DeleteTable', { TableName })).rejects.toThrow(`${IN_USE}Cannot delete table while indexes are being created, updated, or deleted.`)
    await update(drop)
    vi.advanceTimersByTime(1000)
    expect(await described()).not.toHaveProperty('VectorIndexes')
    await update(create())
    await fixture.engine.idle()
    vi.advanceTimersByTime(8000)
    expect((await described())['VectorIndexes']).toMatchObject([{ IndexStatus: 'ACTIVE', ItemCount: 4 }])
    expect(idsOf(await search())).toEqual(['a', 'd', 'b', 'c'])
    vi.useRealTimers()
  })

  it('drops one with its entries', async () => {
    await update(create())
    await fixture.engine.idle()
    await search()
    await update({ VectorIndexUpdates: [{ Delete: { IndexName: 'vix' } }] })
    await fixture.engine.idle()
    expect(await described()).not.toHaveProperty('VectorIndexes')
    await expect(search()).rejects.toThrow('The table does not have the specified index: vix')
    await update(create({ DistanceFunction: 'EUCLIDEAN' }))
    await fixture.engine.idle()
    expect(idsOf(await search({ TopK: 1 }))).toEqual(['a'])
  })

  it.each<[string, object, string, string]>([
    [
      'two at once',
      { VectorIndexUpdates: [{ Create: vix() }, { Create: vix({ IndexName: 'vix2' }) }] },
      'LimitExceededException',
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    ],
    [
      'a search schema that the request does not define',
      create({ SearchSchema: SCHEMA }),
      'ValidationException',
      `${INVALID}One element in SearchSchema is not defined in attribute definitions`,
    ],
    [
      'a vector that is a key',
      create({ VectorAttribute: { AttributeName: 'pk' } }),
      'ValidationException',
      `${INVALID}Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. Existing schema: Schema:[SchemaElement: key{pk:S:HASH}] New schema: VectorIndexSchema:[VectorAttribute: key{pk:L:3}]`,
    ],
    [
      'a short name',
      { VectorIndexUpdates: [{ Delete: { IndexName: 'vix' } }, { Create: vix({ IndexName: 'ab' }) }] },
      'ValidationException',
      "1 validation error detected: Value 'ab' at 'vectorIndexUpdates.2.member.create.indexName' failed to satisfy constraint: Member must have length greater than or equal to 3",
    ],
  ])('refuses %s', async (_, input, name, message) => {
    await expect(update(input)).rejects.toMatchObject({ name, message })
  })

  it('refuses provisioned billing while there is one', async () => {
    await update(create())
    await fixture.engine.idle()
    await expect(update({ BillingMode: 'PROVISIONED' })).rejects.toThrow(`${INVALID}Vector indexes are only supported for PAY_PER_REQUEST tables`)
  })

  it('refuses a GSI on the vector attribute', async () => {
    await update(create())
    await fixture.engine.idle()
    const byVector = { IndexName: 'byVector', KeySchema: [{ AttributeName: 'embedding', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }
    await expect(update({ AttributeDefinitions: defining('embedding'), GlobalSecondaryIndexUpdates: [{ Create: byVector }] })).rejects.toThrow(
      `${INVALID}Conflicting attribute definition for 'embedding'. An attribute cannot be defined in AttributeDefinitions when used as a VectorAttribute.`,
    )
  })

  it('comes with DeclareTable too, which adds what is missing', async () => {
    const declaration = table({ VectorIndexes: [vix(), vix({ IndexName: 'schema', SearchSchema: [SCHEMA[1]] })], AttributeDefinitions: defining('pk', 'category') })
    await fixture.run('DeclareTable', declaration)
    await fixture.engine.idle()
    expect(idsOf(await search())).toEqual(['a', 'd', 'b', 'c'])
    await fixture.run('DeclareTable', declaration)
    await expect(fixture.run('DeclareTable', { ...declaration, VectorIndexes: [vix({ Projection: { ProjectionType: 'KEYS_ONLY' } })], AttributeDefinitions: defining('pk') })).rejects.toThrow(
      'exists with another definition',
    )
  })
})
