// Scan with DynamoDB's answers and refusals; what random histories can tell is in engine-against-model.test.ts.
// Texts were checked against AWS by others (dynamodb-conformance, dynalite).
import { beforeAll, describe, expect, it } from 'vitest'
import { openEngine, simpleTable, type EngineFixture } from '../engine-fixture.ts'

const TableName = 'Things'
let fixture: EngineFixture
beforeAll(async () => {
  fixture = await openEngine()
  await fixture.run('CreateTable', {
    ...simpleTable(TableName),
    AttributeDefinitions: ['id', 'color'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    GlobalSecondaryIndexes: [{ IndexName: 'byColor', KeySchema: [{ AttributeName: 'color', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } }],
  })
  for (let id = 0; id < 20; id++) await fixture.run('PutItem', { TableName, Item: { id: String(id), color: id % 2 === 0 ? 'red' : 'blue', weight: id } })
})

function scan(input: object): Promise<Record<string, unknown>> {
  return fixture.run('Scan', { TableName, ...input })
}
const idsOf = (page: Record<string, unknown>): string[] => (page['Items'] as { id: string }[]).map(({ id }) => id)

describe('Scan', () => {
  it('answers all items, and those of an index in its order', async () => {
    expect((await scan({}))['Count']).toBe(20)
    const colors = ((await scan({ IndexName: 'byColor' }))['Items'] as { color: string }[]).map(({ color }) => color)
    expect(colors).toEqual([...Array<string>(10).fill('blue'), ...Array<string>(10).fill('red')])
  })

  it('filters by key attributes too, and finds nothing by what an index does not project', async () => {
    const filter = { FilterExpression: 'id = :id', ExpressionAttributeValues: { ':id': '7' } }
    expect(await scan(filter)).toMatchObject({ Count: 1, ScannedCount: 20 })
    expect(await scan({ IndexName: 'byColor', FilterExpression: 'attribute_exists(weight)' })).toMatchObject({ Count: 0, ScannedCount: 20 })
  })

  it('gives every item to exactly one segment, and each segment some', async () => {
    const segments = await Promise.all([0, 1, 2].map((Segment) => scan({ Segment, TotalSegments: 3 })))
    const ids = segments.map(idsOf)
    expect(ids.flat().sort()).toEqual(idsOf(await scan({})).sort())
    expect(Math.min(...ids.map((list) => list.length))).toBeGreaterThan(0)
  })

  it('walks on where a segment has little in a lot', async () => {
    const big = await openEngine()
    await big.run('CreateTable', simpleTable(TableName))
    for (let id = 0; id < 30; id++) await big.run('PutItem', { TableName, Item: { id: String(id), blob: 'x'.repeat(300 * 1024) } })
    const found: string[] = []
    for (let Segment = 0; Segment < 15; Segment++) {
      let start = {}
      for (;;) {
        const page = await big.run('Scan', { TableName, Segment, TotalSegments: 15, ProjectionExpression: 'id', ...start })
        found.push(...idsOf(page))
        if (page['LastEvaluatedKey'] === undefined) break
        start = { ExclusiveStartKey: page['LastEvaluatedKey'] }
      }
    }
    expect(found.sort()).toEqual(Array.from({ length: 30 }, (_, id) => String(id)).sort())
  })
})

describe('Scan refuses', () => {
  it.each<[string, object, string]>([
    [
      'a Limit of 0',
      { Limit: 0 },
      "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1",
    ],
    [
      'a Segment without TotalSegments',
      { Segment: 0 },
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    ],
    [
      'TotalSegments without a Segment',
      { TotalSegments: 4 },
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    ],
    [
      'a Segment that is too high',
      { Segment: 5, TotalSegments: 5 },
      'The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less than TotalSegments: 5',
    ],
    [
      'too many segments',
      { Segment: 0, TotalSegments: 1_000_001 },
      "1 validation error detected: Value '1000001' at 'totalSegments' failed to satisfy constraint: Member must have value less than or equal to 1000000",
    ],
    [
      'SPECIFIC_ATTRIBUTES without a projection',
      { Select: 'SPECIFIC_ATTRIBUTES' },
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    ],
    [
      'a start key of other attributes',
      { ExclusiveStartKey: { bad: 'p' } },
      'The provided starting key is invalid: The provided key element does not match the schema',
    ],
    ['a strong read of a GSI', { IndexName: 'byColor', ConsistentRead: true }, 'Consistent reads are not supported on global secondary indexes'],
    [
      'ALL_ATTRIBUTES of a GSI without them',
      { IndexName: 'byColor', Select: 'ALL_ATTRIBUTES' },
      'One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index byColor because its projection type is not ALL',
    ],
  ])('%s', async (_, input, text) => {
    await expect(scan(input)).rejects.toMatchObject({ name: 'ValidationException', message: text })
  })

  it('a start key of another segment', async () => {
    const [id] = idsOf(await scan({ Segment: 1, TotalSegments: 2 }))
    const text =
      'The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: 2 Segment: 0'
    await expect(scan({ Segment: 0, TotalSegments: 2, ExclusiveStartKey: { id } })).rejects.toThrow(text)
  })

  it('a table that does not exist', async () => {
    await expect(scan({ TableName: 'Absent' })).rejects.toMatchObject({ name: 'ResourceNotFoundException', message: 'Requested resource not found' })
  })
})
