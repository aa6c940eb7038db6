// KeyConditions, QueryFilter, ScanFilter and AttributesToGet. Texts and order: dynalite, validations/{query,scan,getItem,
// batchGetItem}.js and actions/query.js; acceptance: paritysuite/dynamodb-conformance, tests/tier3/legacy-api.
import { describe, expect, it } from 'vitest'
import { openEngine } from '../engine-fixture.ts'

const table = {
  TableName: 'Songs',
  BillingMode: 'PAY_PER_REQUEST',
  AttributeDefinitions: [
    { AttributeName: 'artist', AttributeType: 'S' },
    { AttributeName: 'year', AttributeType: 'N' },
  ],
  KeySchema: [
    { AttributeName: 'artist', KeyType: 'HASH' },
    { AttributeName: 'year', KeyType: 'RANGE' },
  ],
}
const songs = [1, 2, 3, 4, 5].map((year) => ({ artist: 'Ada', year, title: `t${year}`, live: year % 2 === 0, tags: { SS: ['x', `y${year}`] } }))

async function open() {
  const { run } = await openEngine()
  await run('CreateTable', table)
  await run('BulkWrite', { TableName: 'Songs', Put: [...songs, { artist: 'Bo', year: 9 }] })
  const query = (input: object) => run('Query', { TableName: 'Songs', ...input })
  const scan = (input: object) => run('Scan', { TableName: 'Songs', ...input })
  return { run, query, scan }
}

const test = (ComparisonOperator: string, ...AttributeValueList: unknown[]) => ({ ComparisonOperator, AttributeValueList })
const ada = { artist: test('EQ', 'Ada') }
const years = (answer: Record<string, unknown>): unknown => (answer['Items'] as { year: number }[]).map(({ year }) => year)

describe('KeyConditions', () => {
  it.each<[string, object, number[]]>([
    ['the partition alone', {}, [1, 2, 3, 4, 5]],
    ['EQ', { year: test('EQ', 3) }, [3]],
    ['LT', { year: test('LT', 3) }, [1, 2]],
    ['LE', { year: test('LE', 3) }, [1, 2, 3]],
    ['GT', { year: test('GT', 3) }, [4, 5]],
    ['GE', { year: test('GE', 3) }, [3, 4, 5]],
    ['BETWEEN', { year: test('BETWEEN', 2, 4) }, [2, 3, 4]],
  ])('%s', async (_, conditions, found) => {
    const { query } = await open()
    expect(years(await query({ KeyConditions: { ...ada, ...conditions } }))).toEqual(found)
    expect(years(await query({ KeyConditions: { ...ada, ...conditions }, ScanIndexForward: false }))).toEqual(found.toReversed())
  })

  it('go with a FilterExpression and a ProjectionExpression, but not with a KeyConditionExpression', async () => {
    const { query } = await open()
    const filter = { FilterExpression: 'live = :l', ExpressionAttributeValues: { ':l': true } }
    expect(await query({ KeyConditions: ada, ...filter, ProjectionExpression: 'title' })).toEqual({
      Items: [{ title: 't2' }, { title: 't4' }],
      Count: 2,
      ScannedCount: 5,
    })
    const both = { KeyConditionExpression: 'artist = :a', ExpressionAttributeValues: { ':a': 'Ada' } }
    await expect(query({ KeyConditions: ada, ...both })).rejects.toThrow(
      'Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {KeyConditions} Expression parameters: {KeyConditionExpression}',
    )
    await expect(
      query({ KeyConditions: ada, QueryFilter: { title: test('EQ', 'x') }, ConditionalOperator: 'AND', ...both, FilterExpression: 'live = :a', ProjectionExpression: 'title' }),
    ).rejects.toThrow(
      'Non-expression parameters: {QueryFilter, ConditionalOperator, KeyConditions} Expression parameters: {ProjectionExpression, FilterExpression, KeyConditionExpression}',
    )
  })

  it.each<[string, object, string]>([
    ['none', {}, 'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.'],
    ['an empty map', { KeyConditions: {} }, 'Conditions can be of length 1 or 2 only'],
    ['without the partition key', { KeyConditions: { year: test('EQ', 1) } }, 'Query condition missed key schema element: artist'],
    ['with another attribute', { KeyConditions: { ...ada, title: test('EQ', 'x') } }, 'Query condition missed key schema element: year'],
    ['an inequality of the partition', { KeyConditions: { artist: test('GT', 'A') } }, 'Query key condition not supported'],
    ['an operator that no index has', { KeyConditions: { ...ada, year: test('NE', 1) } }, 'Attempted conditional constraint is not an indexable operation'],
    ['IN of the partition', { KeyConditions: { artist: test('IN', 'A', 'B') } }, 'Attempted conditional constraint is not an indexable operation'],
    [
      'BEGINS_WITH of a number',
      { KeyConditions: { ...ada, year: test('BEGINS_WITH', 1) } },
      'One or more parameter values were invalid: ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type',
    ],
    [
      'a value of another type',
      { KeyConditions: { ...ada, year: test('EQ', '1') } },
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    ],
    [
      'two values for EQ',
      { KeyConditions: { artist: test('EQ', 'a', 'b') } },
      'One or more parameter values were invalid: Invalid number of argument(s) for the EQ ComparisonOperator',
    ],
    [
      'an unknown operator',
      { KeyConditions: { artist: test('eq', 'a') } },
      "1 validation error detected: Value 'eq' at 'keyConditions.artist.member.comparisonOperator' failed to satisfy constraint: Member must satisfy enum value set: " +
        '[IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, CONTAINS]',
    ],
    [
      'no operator',
      { KeyConditions: { artist: { AttributeValueList: ['a'] } } },
      "1 validation error detected: Value null at 'keyConditions.artist.member.comparisonOperator' failed to satisfy constraint: Member must not be null",
    ],
  ])('are refused: %s', async (_, input, text) => {
    const { query } = await open()
    await expect(query(input)).rejects.toMatchObject({ name: 'ValidationException', message: text })
  })
})

describe('QueryFilter and ScanFilter', () => {
  it('drop what does not fit, after it has counted', async () => {
    const { query, scan } = await open()
    expect(await query({ KeyConditions: ada, QueryFilter: { live: test('EQ', true) }, Select: 'COUNT' })).toEqual({ Count: 2, ScannedCount: 5 })
    expect(years(await query({ KeyConditions: ada, QueryFilter: { tags: test('CONTAINS', 'y3') } }))).toEqual([3])
    const two = { title: test('EQ', 't1'), live: test('EQ', true) }
    expect(years(await scan({ ScanFilter: two }))).toEqual([])
    expect(years(await scan({ ScanFilter: two, ConditionalOperator: 'OR' }))).toEqual([1, 2, 4])
    expect(years(await scan({ ScanFilter: { title: { ComparisonOperator: 'NULL' } } }))).toEqual([9])
    expect(years(await scan({ ScanFilter: { artist: test('EQ', 'Bo') } }))).toEqual([9])
  })

  it('of a query may not name its key', async () => {
    const { query } = await open()
    await expect(query({ KeyConditions: ada, QueryFilter: { year: test('EQ', 1) } })).rejects.toThrow(
      'QueryFilter can only contain non-primary key attributes: Primary key attribute: year',
    )
  })

  it('are checked before the table is looked for', async () => {
    const { run } = await open()
    const text = 'One or more parameter values were invalid: AttributeValues inside AttributeValueList must be of same type'
    await expect(run('Scan', { TableName: 'Absent', ScanFilter: { a: test('IN', 1, 'x') } })).rejects.toThrow(text)
    await expect(run('Query', { TableName: 'Absent', KeyConditions: ada, QueryFilter: { a: test('BETWEEN', 'x', 3) } })).rejects.toThrow(text)
    await expect(run('Scan', { TableName: 'Songs', ScanFilter: { a: test('EQ', 1) }, ProjectionExpression: 'b' })).rejects.toThrow(
      'Non-expression parameters: {ScanFilter} Expression parameters: {ProjectionExpression}',
    )
  })
})

describe('AttributesToGet', () => {
  it('projects, keys only if they are named', async () => {
    const { run, query, scan } = await open()
    const Key = { artist: 'Ada', year: 1 }
    expect(await run('GetItem', { TableName: 'Songs', Key, AttributesToGet: ['title', 'absent'] })).toEqual({ Item: { title: 't1' } })
    expect(await run('GetItem', { TableName: 'Songs', Key, AttributesToGet: ['absent'] })).toEqual({ Item: {} })
    const batch = await run('BatchGetItem', { RequestItems: { Songs: { Keys: [Key], AttributesToGet: ['year', 'title'] } } })
    expect(batch['Responses']).toEqual({ Songs: [{ year: 1, title: 't1' }] })
    expect((await query({ KeyConditions: { ...ada, year: test('LT', 3) }, AttributesToGet: ['title'] }))['Items']).toEqual([{ title: 't1' }, { title: 't2' }])
    expect((await scan({ AttributesToGet: ['live'], Limit: 1 }))['Items']).toEqual([{ live: false }])
  })

  it('counts as a projection for Select', async () => {
    const { query, scan } = await open()
    expect((await scan({ AttributesToGet: ['live'], Select: 'SPECIFIC_ATTRIBUTES', Limit: 1 }))['Items']).toEqual([{ live: false }])
    await expect(scan({ AttributesToGet: ['live'], Select: 'COUNT' })).rejects.toThrow('Cannot specify the AttributesToGet when choosing to get only the Count')
    await expect(query({ KeyConditions: ada, AttributesToGet: ['live'], Select: 'ALL_ATTRIBUTES' })).rejects.toThrow(
      '1 validation error detected: Cannot specify the AttributesToGet when choosing to get ALL_ATTRIBUTES',
    )
  })

  it('is refused empty, twice the same, and beside expressions', async () => {
    const { run } = await open()
    const get = (more: object) => run('GetItem', { TableName: 'Songs', Key: { artist: 'Ada', year: 1 }, ...more })
    await expect(get({ AttributesToGet: [] })).rejects.toThrow(
      "1 validation error detected: Value '[]' at 'attributesToGet' failed to satisfy constraint: Member must have length greater than or equal to 1",
    )
    const twice = 'One or more parameter values were invalid: Duplicate value in attribute name: a'
    await expect(get({ AttributesToGet: ['a', 'b', 'a'] })).rejects.toThrow(twice)
    await expect(run('Scan', { TableName: 'Absent', AttributesToGet: ['a', 'a'] })).rejects.toThrow(twice)
    const mixed = 'Non-expression parameters: {AttributesToGet} Expression parameters: {ProjectionExpression}'
    await expect(get({ AttributesToGet: ['a'], ProjectionExpression: 'b' })).rejects.toThrow(mixed)
    await expect(
      run('BatchGetItem', {
        RequestItems: {
          Songs: { Keys: [{ artist: 'Ada', year: 1 }], ProjectionExpression: 'title' },
          Others: { Keys: [{ id: 'a' }], AttributesToGet: ['a'] },
        },
      }),
    ).rejects.toThrow(mixed)
    await expect(get({ ExpressionAttributeNames: { '#a': 'a' }, AttributesToGet: ['a'] })).rejects.toThrow(
      'ExpressionAttributeNames can only be specified when using expressions',
    )
  })

  it('is unknown to transactions', async () => {
    const { run } = await open()
    const Get = { TableName: 'Songs', Key: { artist: 'Bo', year: 9 }, AttributesToGet: ['year'] }
    expect(await run('TransactGetItems', { TransactItems: [{ Get }] })).toEqual({ Responses: [{ Item: { artist: 'Bo', year: 9 } }] })
    const Put = { TableName: 'Songs', Item: { artist: 'Bo', year: 9 }, Expected: { artist: { Exists: false } } }
    expect(await run('TransactWriteItems', { TransactItems: [{ Put }] })).toEqual({})
  })
})
