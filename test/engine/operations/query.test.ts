// Query with DynamoDB's answers and refusals. Texts were checked against AWS by others (dynamodb-conformance, dynalite) or
// stand in AWS's pages. What random histories can tell is in engine-against-model.test.ts.
import { beforeAll, describe, expect, it } from 'vitest'
import { openEngine, type EngineFixture } from '../engine-fixture.ts'

const TableName = 'Songs'
const S = (AttributeName: string) => ({ AttributeName, AttributeType: 'S' })
const HASH = (AttributeName: string) => ({ AttributeName, KeyType: 'HASH' })
const RANGE = (AttributeName: string) => ({ AttributeName, KeyType: 'RANGE' })
const TABLE = {
  TableName,
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [S('artist'), S('title'), S('album'), S('genre'), { AttributeName: 'year', AttributeType: 'N' }, S('label')],
  KeySchema: [HASH('artist'), RANGE('title')],
  LocalSecondaryIndexes: [
    { IndexName: 'byAlbum', KeySchema: [HASH('artist'), RANGE('album')], Projection: { ProjectionType: 'KEYS_ONLY' } },
  ],
  GlobalSecondaryIndexes: [
    { IndexName: 'byGenre', KeySchema: [HASH('genre'), RANGE('year')], Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['stars'] } },
    { IndexName: 'byLabel', KeySchema: [HASH('label'), HASH('genre'), RANGE('year'), RANGE('album'), RANGE('title')], Projection: { ProjectionType: 'ALL' } },
  ],
}
const SONGS = [
  { artist: 'Ada', title: 'A', album: 'Two', genre: 'pop', year: 1999, label: 'L', stars: 5, note: 'x' },
  { artist: 'Ada', title: 'B', album: 'One', genre: 'pop', year: 2001, label: 'L', stars: 4, note: 'y' },
  { artist: 'Ada', title: 'C', album: 'Two', genre: 'rock', year: 2001, label: 'L', note: 'z' },
  { artist: 'Ada', title: 'D', stars: 1 },
  { artist: 'Bob', title: 'A', album: 'One', genre: 'pop', year: 2001, label: 'L', stars: 2 },
]

let fixture: EngineFixture
beforeAll(async () => {
  fixture = await openEngine()
  await fixture.run('CreateTable', TABLE)
  for (const Item of SONGS) await fixture.run('PutItem', { TableName, Item })
})

const ofAda = { KeyConditionExpression: 'artist = :a', ExpressionAttributeValues: { ':a': 'Ada' } }
const ofPop = { IndexName: 'byGenre', KeyConditionExpression: 'genre = :g', ExpressionAttributeValues: { ':g': 'pop' } }
function query(input: object): Promise<Record<string, unknown>> {
  return fixture.run('Query', { TableName, ...input })
}
async function titles(input: object): Promise<unknown[]> {
  return ((await query(input))['Items'] as { title: unknown }[]).map(({ title }) => title)
}
async function refusal(input: object): Promise<string> {
  const error = await query(input).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ name: 'ValidationException' })
  return (error as Error).message
}

describe('Query', () => {
  it('answers the items of a partition in key order, and backwards', async () => {
    expect(await query(ofAda)).toEqual({ Items: SONGS.slice(0, 4), Count: 4, ScannedCount: 4 })
    expect(await titles({ ...ofAda, ScanIndexForward: false })).toEqual(['D', 'C', 'B', 'A'])
  })

  it.each([
    ['title = :x', ['B']],
    ['title < :x', ['A']],
    ['title <= :x', ['A', 'B']],
    ['title > :x', ['C', 'D']],
    ['title >= :x', ['B', 'C', 'D']],
    ['title BETWEEN :x AND :x', ['B']],
    ['begins_with(title, :x)', ['B']],
  ])('takes the sort key condition %s', async (condition, expected) => {
    const input = { KeyConditionExpression: `artist = :a AND ${condition}`, ExpressionAttributeValues: { ':a': 'Ada', ':x': 'B' } }
    expect(await titles(input)).toEqual(expected)
  })

  it('reads an LSI, fetching what it does not project from the table (AWS page: LSI.Projections)', async () => {
    const keys = ({ artist, title, album }: (typeof SONGS)[number]) => ({ artist, title, album })
    const byAlbum = { ...ofAda, IndexName: 'byAlbum' }
    const order = [SONGS[1], SONGS[0], SONGS[2]].filter((song) => song !== undefined)
    expect((await query(byAlbum))['Items']).toEqual(order.map(keys))
    expect((await query({ ...byAlbum, Select: 'ALL_ATTRIBUTES' }))['Items']).toEqual(order)
    expect((await query({ ...byAlbum, ProjectionExpression: 'title, note' }))['Items']).toEqual(order.map(({ title, note }) => ({ title, note })))
    expect((await query({ ...byAlbum, ConsistentRead: true }))['Count']).toBe(3)
  })

  it('reads a GSI of several key attributes left to right (AWS page: GSI.DesignPattern.MultiAttributeKeys)', async () => {
    const byLabel = (condition: string, values: object) =>
      titles({
        IndexName: 'byLabel',
        KeyConditionExpression: `label = :l AND genre = :g${condition}`,
        ExpressionAttributeValues: { ':l': 'L', ':g': 'pop', ...values },
      })
    expect(await byLabel('', {})).toEqual(['A', 'A', 'B'])
    expect(await byLabel(' AND #y > :y', { ':y': 1999 }).catch((error: Error) => error.message)).toContain('#y')
    const named = async (condition: string, values: object) =>
      ((
        await query({
          IndexName: 'byLabel',
          KeyConditionExpression: `label = :l AND genre = :g AND #y = :y${condition}`,
          ExpressionAttributeNames: { '#y': 'year' },
          ExpressionAttributeValues: { ':l': 'L', ':g': 'pop', ':y': 2001, ...values },
        })
      )['Items'] as { artist: string }[]).map(({ artist }) => artist)
    expect(await named('', {})).toEqual(['Bob', 'Ada'])
    expect(await named(' AND album = :b AND title > :t', { ':b': 'One', ':t': 'A' })).toEqual(['Ada'])
  })

  it('filters after it has evaluated, and counts both', async () => {
    const filtered = { ...ofAda, FilterExpression: 'stars > :s', ExpressionAttributeValues: { ':a': 'Ada', ':s': 3 } }
    expect(await query(filtered)).toMatchObject({ Count: 2, ScannedCount: 4 })
    const page = await query({ ...filtered, Limit: 3, ScanIndexForward: false })
    expect(page).toEqual({ Items: [SONGS[1]], Count: 1, ScannedCount: 3, LastEvaluatedKey: { artist: 'Ada', title: 'B' } })
    expect(await query({ ...filtered, Select: 'COUNT' })).toEqual({ Count: 2, ScannedCount: 4 })
  })

  it('ends a page at Limit evaluated or Take found, with a LastEvaluatedKey even if nothing follows', async () => {
    expect(await query({ ...ofAda, Limit: 4 })).toMatchObject({ Count: 4, LastEvaluatedKey: { artist: 'Ada', title: 'D' } })
    expect(await query({ ...ofAda, Limit: 5 })).not.toHaveProperty('LastEvaluatedKey')
    expect(await query({ ...ofAda, Limit: 4, ExclusiveStartKey: { artist: 'Ada', title: 'D' } })).toEqual({ Items: [], Count: 0, ScannedCount: 0 })
    const taken = await query({ ...ofAda, FilterExpression: 'attribute_exists(note)', Take: 2 })
    expect(taken).toMatchObject({ Count: 2, ScannedCount: 2, LastEvaluatedKey: { artist: 'Ada', title: 'B' } })
  })

  it('goes on behind a start key whose item is gone', async () => {
    expect(await titles({ ...ofAda, ExclusiveStartKey: { artist: 'Ada', title: 'AA' } })).toEqual(['B', 'C', 'D'])
    expect(await titles({ ...ofAda, ExclusiveStartKey: { artist: 'Ada', title: 'CC' }, ScanIndexForward: false })).toEqual(['C', 'B', 'A'])
  })

  it('has the keys of index and table in the LastEvaluatedKey of an index', async () => {
    expect((await query({ ...ofPop, Limit: 1 }))['LastEvaluatedKey']).toEqual({ genre: 'pop', year: 1999, artist: 'Ada', title: 'A' })
  })

  it('answers with the state that it read, for transactions', async () => {
    const before = await query({ ...ofAda, ReturnStamp: true })
    await fixture.run('PutItem', { TableName, Item: { artist: 'Cy', title: 'A' } })
    const after = await query({ ...ofAda, ReturnStamp: true })
    expect(after['Epoch']).toBe(before['Epoch'])
    expect(after['Stamp']).toBeGreaterThan(before['Stamp'] as number)
  })

  it('takes the native forms', async () => {
    const native = {
      KeyCondition: { tests: [['artist', ['=', { value: 'Ada' }]], ['title', ['between', { value: 'B' }, { value: 'C' }]]] },
      Filter: { tests: [['stars', ['attribute_exists']]] },
      Projection: ['title'],
    }
    expect(await query(native)).toEqual({ Items: [{ title: 'B' }], Count: 1, ScannedCount: 2 })
  })
})

describe('Query reports capacity', () => {
  it('summed and rounded once, half for eventual reads, per index with INDEXES', async () => {
    expect((await query({ ...ofAda, ReturnConsumedCapacity: 'TOTAL' }))['ConsumedCapacity']).toEqual({ TableName, CapacityUnits: 0.5 })
    const strong = await query({ ...ofAda, ConsistentRead: true, ReturnConsumedCapacity: 'INDEXES' })
    expect(strong['ConsumedCapacity']).toEqual({ TableName, CapacityUnits: 1, Table: { CapacityUnits: 1 } })
    const ofIndex = await query({ ...ofPop, ReturnConsumedCapacity: 'INDEXES' })
    expect(ofIndex['ConsumedCapacity']).toEqual({
      TableName,
      CapacityUnits: 0.5,
      Table: { CapacityUnits: 0 },
      GlobalSecondaryIndexes: { byGenre: { CapacityUnits: 0.5 } },
    })
    expect(await query({ ...ofAda, ReturnConsumedCapacity: 'NONE' })).not.toHaveProperty('ConsumedCapacity')
  })

  it('with each item that an LSI fetches rounded singly (Developer Guide: LSI)', async () => {
    const fetched = await query({ ...ofAda, IndexName: 'byAlbum', Select: 'ALL_ATTRIBUTES', ConsistentRead: true, ReturnConsumedCapacity: 'INDEXES' })
    expect(fetched['ConsumedCapacity']).toMatchObject({ CapacityUnits: 4, Table: { CapacityUnits: 3 }, LocalSecondaryIndexes: { byAlbum: { CapacityUnits: 1 } } })
  })
})

describe('a page of Query', () => {
  it('ends past 1 MB evaluated, before the filter, with the item that crossed the line', async () => {
    const big = await openEngine()
    await big.run('CreateTable', TABLE)
    for (let at = 0; at < 6; at++) {
      await big.run('PutItem', { TableName, Item: { artist: 'Ada', title: String(at), note: 'x'.repeat(300 * 1024) } })
    }
    const filtered = { TableName, ...ofAda, FilterExpression: 'attribute_not_exists(note)' }
    const page = await big.run('Query', filtered)
    expect(page).toMatchObject({ Count: 0, ScannedCount: 4, LastEvaluatedKey: { artist: 'Ada', title: '3' } })
    const rest = await big.run('Query', { ...filtered, ExclusiveStartKey: page['LastEvaluatedKey'], ReturnConsumedCapacity: 'TOTAL' })
    expect(rest).toMatchObject({ Count: 0, ScannedCount: 2, ConsumedCapacity: { CapacityUnits: 75.5 } })
    expect(rest).not.toHaveProperty('LastEvaluatedKey')
  })
})

describe('Query refuses', () => {
  it.each<[string, object, string]>([
    ['no key condition', {}, 'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.'],
    ['an unknown index', { ...ofAda, IndexName: 'absent' }, 'The table does not have the specified index: absent'],
    ['a strong read of a GSI', { ...ofPop, ConsistentRead: true }, 'Consistent reads are not supported on global secondary indexes'],
    [
      'a Limit of 0',
      { ...ofAda, Limit: 0 },
      "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'an unknown Select',
      { ...ofAda, Select: 'SOME' },
      "1 validation error detected: Value 'SOME' at 'select' failed to satisfy constraint: Member must satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]",
    ],
    [
      'SPECIFIC_ATTRIBUTES without a projection',
      { ...ofAda, Select: 'SPECIFIC_ATTRIBUTES' },
      '1 validation error detected: Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    ],
    ['a projection with COUNT', { ...ofAda, Select: 'COUNT', ProjectionExpression: 'title' }, '1 validation error detected: Cannot specify the ProjectionExpression when choosing to get only the Count'],
    [
      'ALL_PROJECTED_ATTRIBUTES of the table',
      { ...ofAda, Select: 'ALL_PROJECTED_ATTRIBUTES' },
      '1 validation error detected: ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName',
    ],
    [
      'ALL_ATTRIBUTES of a GSI without them',
      { ...ofPop, Select: 'ALL_ATTRIBUTES' },
      'One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index byGenre because its projection type is not ALL',
    ],
    [
      'a projection that a GSI does not have',
      { ...ofPop, ProjectionExpression: 'title, note, extra' },
      'One or more parameter values were invalid: Global secondary index byGenre does not project [note, extra]',
    ],
    [
      'a filter that an index can not try',
      { ...ofPop, FilterExpression: 'attribute_exists(note)' },
      'One or more parameter values were invalid: Secondary index byGenre does not project one or more filter attributes: [note]',
    ],
    [
      'a filter on the key',
      { ...ofAda, FilterExpression: 'attribute_exists(title)' },
      'Filter Expression can only contain non-primary key attributes: Primary key attribute: title',
    ],
    [
      'a filter into a key attribute',
      { ...ofAda, FilterExpression: 'attribute_exists(genre.x)' },
      "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: genre",
    ],
    ['a start key of other attributes', { ...ofAda, ExclusiveStartKey: { bad: 'p' } }, 'The provided starting key is invalid'],
    [
      'a start key of another type',
      { ...ofAda, ExclusiveStartKey: { artist: 'Ada', title: 1 } },
      'The provided starting key is invalid: The provided key element does not match the schema',
    ],
    [
      'a start key of another partition',
      { ...ofAda, ExclusiveStartKey: { artist: 'Bob', title: 'A' } },
      'The provided starting key is outside query boundaries based on provided conditions',
    ],
    [
      'a start key outside the sort key condition',
      {
        KeyConditionExpression: 'artist = :a AND title > :t',
        ExpressionAttributeValues: { ':a': 'Ada', ':t': 'B' },
        ExclusiveStartKey: { artist: 'Ada', title: 'A' },
      },
      'The provided starting key does not match the range key predicate',
    ],
    // dynalite, actions/query.js: the predicate is looked at first.
    [
      'a start key of another partition outside the sort key condition',
      {
        KeyConditionExpression: 'artist = :a AND title > :t',
        ExpressionAttributeValues: { ':a': 'Ada', ':t': 'B' },
        ExclusiveStartKey: { artist: 'Bob', title: 'A' },
      },
      'The provided starting key does not match the range key predicate',
    ],
    [
      'a start key of another partition that meets the sort key condition',
      {
        KeyConditionExpression: 'artist = :a AND title > :t',
        ExpressionAttributeValues: { ':a': 'Ada', ':t': 'B' },
        ExclusiveStartKey: { artist: 'Bob', title: 'C' },
      },
      'The query can return at most one row and cannot be restarted',
    ],
    [
      'a value that nothing uses',
      { ...ofAda, ExpressionAttributeValues: { ':a': 'Ada', ':b': 1 } },
      'Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}',
    ],
    ['a missing hash key', { KeyConditionExpression: 'title = :a', ExpressionAttributeValues: { ':a': 'A' } }, 'Query condition missed key schema element: artist'],
  ])('%s', async (_, input, text) => {
    expect(await refusal(input)).toBe(text)
  })

  it('a table that does not exist, after what is wrong with the request itself', async () => {
    const absent = { ...ofAda, TableName: 'Absent' }
    await expect(query(absent)).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: 'Requested resource not found' })
    expect(await refusal({ ...absent, KeyConditionExpression: '' })).toBe('Invalid KeyConditionExpression: The expression can not be empty;')
  })
})
