// What the worker makes of the page's requests: definitions, document shapes, kept answers.
import { describe, expect, it } from 'vitest'
import { declareTableInput } from '../../src/host/declare-table-input.ts'
import { fromDocument, toDocument } from '../../src/host/document-shapes.ts'
import { encodeOutput } from '../../src/host/encode-output.ts'
import { nativeExecute } from '../../src/host/native-requests.ts'
import type { AttributeValue } from '../../src/model/attribute-value.ts'
import { Item } from '../../src/model/item.ts'
import { decodeValue, encodeValue } from '../../src/client/values.ts'

const store = { purge: () => Promise.resolve(), passStates: () => undefined, statistics: () => STATISTICS, dismissLoss: () => Promise.resolve() }
const over = (value: unknown): AttributeValue => JSON.parse(encodeOutput(value)) as AttributeValue
const inputOf = (input: object): unknown => fromDocument(over(encodeValue(input)))
const outputOf = (output: object): unknown => decodeValue(over(toDocument(output)), undefined, '')

const STATISTICS = { storedBytes: 1, cacheBytes: 2, memoryTableBytes: 3, logBytes: 4, runs: 5, bytesWritten: 6 }
describe('document shapes', () => {
  it('unwrap attribute values and nothing else', () => {
    expect(inputOf({ TableName: 'T', Key: { id: 'a', m: { x: 1n } }, Limit: 3, ExpressionAttributeNames: { '#a': 'Item' }, ExpressionAttributeValues: { ':s': new Set([1]) } })).toEqual({
      TableName: 'T',
      Key: { id: 'a', m: { M: { x: 1 } } },
      Limit: 3,
      ExpressionAttributeNames: { '#a': 'Item' },
      ExpressionAttributeValues: { ':s': { NS: [1] } },
    })
    expect(inputOf({ RequestItems: { Keys: { Keys: [{ id: { a: 1 } }] } } })).toEqual({ RequestItems: { Keys: { Keys: [{ id: { M: { a: 1 } } }] } } })
    expect(inputOf({ RequestItems: { Item: [{ PutRequest: { Item: { Item: { Key: 'x' } } } }] } })).toEqual({
      RequestItems: { Item: [{ PutRequest: { Item: { Item: { M: { Key: 'x' } } } } }] },
    })
    expect(inputOf({ Statement: 's', Parameters: [{ a: 1 }, new Set(['x']), null] })).toEqual({ Statement: 's', Parameters: [{ M: { a: 1 } }, { SS: ['x'] }, null] })
    expect(inputOf({ TransactStatements: [{ Statement: 's', Parameters: [new Set(['x'])] }], Statements: [{ Statement: 's', ConsistentRead: true }] })).toEqual({
      TransactStatements: [{ Statement: 's', Parameters: [{ SS: ['x'] }] }],
      Statements: [{ Statement: 's', ConsistentRead: true }],
    })
    expect(inputOf({ Tags: [{ Key: 'k', Value: 'v' }], Flag: true })).toEqual({ Tags: [{ Key: 'k', Value: 'v' }], Flag: true })
    expect(inputOf({ TransactItems: [{ Update: { Key: { id: 1 }, UpdateExpression: 'x' } }] })).toEqual({ TransactItems: [{ Update: { Key: { id: 1 }, UpdateExpression: 'x' } }] })
  })

  it('wrap outputs, items as stored text', () => {
    const item = Item.fromText('{"id":"a","m":{"M":{"Item":{"SS":["x"]}}}}')
    const native = { id: 'a', m: { Item: new Set(['x']) } }
    expect(outputOf({ Items: [item], Count: 1, LastEvaluatedKey: { id: 'a' }, ConsumedCapacity: { TableName: 'T', CapacityUnits: 0.5 }, Missing: undefined })).toEqual({
      Items: [native],
      Count: 1,
      LastEvaluatedKey: { id: 'a' },
      ConsumedCapacity: { TableName: 'T', CapacityUnits: 0.5 },
    })
    expect(outputOf({ Responses: { Item: [item] }, UnprocessedKeys: { T: { Keys: [{ id: 'b' }] } } })).toEqual({ Responses: { Item: [native] }, UnprocessedKeys: { T: { Keys: [{ id: 'b' }] } } })
    expect(outputOf({ Responses: [{ Item: item }, {}] })).toEqual({ Responses: [{ Item: native }, {}] })
    const refused = { Code: 'ConditionalCheckFailed', Message: 'no' }
    expect(outputOf({ Responses: [{ TableName: 'T', Item: item }, { TableName: 'T', Error: { ...refused, Item: item } }, { Error: refused }] })).toEqual({
      Responses: [{ TableName: 'T', Item: native }, { TableName: 'T', Error: { ...refused, Item: native } }, { Error: refused }],
    })
    expect(outputOf({ ItemCollectionMetrics: { T: [{ ItemCollectionKey: { id: 'a' }, SizeEstimateRangeGB: [0, 1] }] } })).toEqual({
      ItemCollectionMetrics: { T: [{ ItemCollectionKey: { id: 'a' }, SizeEstimateRangeGB: [0, 1] }] },
    })
    expect(outputOf({ UnprocessedItems: { Item: [{ PutRequest: { Item: item } }] } })).toEqual({ UnprocessedItems: { Item: [{ PutRequest: { Item: native } }] } })
  })
})

describe('requests', () => {
  it('keep the answer in the form in which it is given (T1)', async () => {
    const kept: object[] = []
    const execute = nativeExecute((operation, input, { settlement }) => {
      expect(operation).toBe('PutItem')
      expect(input).toEqual({ TableName: 'T', Item: { id: 'a' } })
      const output = { Attributes: { id: 'old' } }
      settlement?.(output)
      settlement?.(output)
      return Promise.resolve(output)
    }, store)
    const settlement = (output: object) => {
      kept.push(output)
      return { id: '1', text: '', expiresAt: 0 }
    }
    const answer = await execute('PutItem/document', { M: { TableName: 'T', Item: { M: { id: 'a' } } } }, { settlement, durability: 'strict' })
    expect(answer).toEqual({ M: { Attributes: { M: { id: 'old' } } } })
    expect(kept).toEqual([answer, answer])
    expect(kept[0]).toBe(answer)
  })

  it('tell what the store holds', async () => {
    const execute = nativeExecute(() => Promise.reject(new Error('no operation of the engine')), store)
    expect(await execute('DescribeStorage/document', { M: {} }, {})).toEqual({ M: STATISTICS })
  })

  it('pass what needs no work as it is', async () => {
    const input = { TableName: 'T', Item: { Condition: { N: '1.0' } } }
    const seen: object[] = []
    await nativeExecute((_, given) => Promise.resolve(seen.push(given) > 0 ? {} : {}), store)('PutItem', input, {})
    expect(seen[0]).toBe(input)
  })

  it('make DeclareTable’s input of a definition', () => {
    expect(
      declareTableInput({
        tableName: 'T',
        partitionKey: 'a',
        sortKey: 'b',
        types: { a: 'S', b: 'N', c: 'B', d: 'S', e: 'BOOL' },
        globalSecondaryIndexes: { g: { partitionKey: ['c', 'd'], sortKey: 'b', projection: ['e'] }, h: { partitionKey: 'd', projection: 'KEYS_ONLY' } },
        localSecondaryIndexes: { l: { sortKey: 'd' } },
        timeToLive: 'b',
        streamViewType: 'KEYS_ONLY',
        pointInTimeRecovery: true,
      }),
    ).toEqual({
      TableName: 'T',
      KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }, { AttributeName: 'b', KeyType: 'RANGE' }],
      AttributeDefinitions: [
        { AttributeName: 'a', AttributeType: 'S' },
        { AttributeName: 'b', AttributeType: 'N' },
        { AttributeName: 'c', AttributeType: 'B' },
        { AttributeName: 'd', AttributeType: 'S' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'g',
          KeySchema: [{ AttributeName: 'c', KeyType: 'HASH' }, { AttributeName: 'd', KeyType: 'HASH' }, { AttributeName: 'b', KeyType: 'RANGE' }],
          Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['e'] },
        },
        { IndexName: 'h', KeySchema: [{ AttributeName: 'd', KeyType: 'HASH' }], Projection: { ProjectionType: 'KEYS_ONLY' } },
      ],
      LocalSecondaryIndexes: [
        { IndexName: 'l', KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }, { AttributeName: 'd', KeyType: 'RANGE' }], Projection: { ProjectionType: 'ALL' } },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' },
      TimeToLiveSpecification: { Enabled: true, AttributeName: 'b' },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    })
    expect(declareTableInput({ tableName: 'T', partitionKey: 'a', types: { a: 'S' } })).toEqual({
      TableName: 'T',
      KeySchema: [{ AttributeName: 'a', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'a', AttributeType: 'S' }],
    })
  })
})
