// DynamoDB Streams over HTTP with the SDK's client: a stream read to its end (AWS pages: DescribeStream, GetShardIterator,
// GetRecords; the rules themselves are tested in services/streams.test.ts).
import { CreateTableCommand, DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHub, type Hub } from '../../src/hub/hub.ts'

const TableName = 'tab'
let hub: Hub
let tables: DynamoDBClient
let streams: DynamoDBStreamsClient
let StreamArn: string
beforeAll(async () => {
  hub = await openHub()
  const config = { endpoint: hub.url, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 }
  tables = new DynamoDBClient(config)
  streams = new DynamoDBStreamsClient(config)
  const { TableDescription } = await tables.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    }),
  )
  StreamArn = TableDescription?.LatestStreamArn ?? ''
})
afterAll(async () => {
  tables.destroy()
  streams.destroy()
  await hub.close()
})

describe('a stream over HTTP', () => {
  it('is read to its end: both images, in DynamoDB’s JSON', async () => {
    const item = { id: { S: 'a' }, n: { N: '1.5' }, b: { B: new Uint8Array([1, 2]) }, m: { M: { x: { SS: ['q'] } } } }
    await tables.send(new PutItemCommand({ TableName, Item: item }))
    await tables.send(new PutItemCommand({ TableName, Item: item }))
    await tables.send(new DeleteItemCommand({ TableName, Key: { id: { S: 'a' } } }))
    expect((await streams.send(new ListStreamsCommand({}))).Streams).toMatchObject([{ StreamArn, TableName }])
    const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }))
    expect(StreamDescription).toMatchObject({ StreamStatus: 'ENABLED', StreamViewType: 'NEW_AND_OLD_IMAGES', TableName })
    const ShardId = StreamDescription?.Shards?.[0]?.ShardId
    const { ShardIterator } = await streams.send(new GetShardIteratorCommand({ StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' }))
    const { Records, NextShardIterator } = await streams.send(new GetRecordsCommand({ ShardIterator }))
    expect(Records).toMatchObject([
      { eventName: 'INSERT', eventSource: 'aws:dynamodb', dynamodb: { Keys: { id: { S: 'a' } }, NewImage: item } },
      { eventName: 'REMOVE', dynamodb: { Keys: { id: { S: 'a' } }, OldImage: item } },
    ])
    expect(Records?.[0]?.dynamodb?.ApproximateCreationDateTime).toBeInstanceOf(Date)
    expect((await streams.send(new GetRecordsCommand({ ShardIterator: NextShardIterator }))).Records).toEqual([])
  })

  it('refuses what is none', async () => {
    await expect(streams.send(new GetRecordsCommand({ ShardIterator: 'x' }))).rejects.toMatchObject({ name: 'ValidationException' })
    const other = StreamArn.replace('/stream/2', '/stream/1')
    await expect(streams.send(new DescribeStreamCommand({ StreamArn: other }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})
