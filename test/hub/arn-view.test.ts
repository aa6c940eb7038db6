// The region and the account of ARNs at a hub: those of the request's credential scope and of a number that looks like an
// account's (AWS page: general reference, ARNs; dynalite's test/createTable.js parses both, paritysuite's tags/basic has
// twelve zeros be somebody else's).
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb'
import * as sdk from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHub, type Hub } from '../../src/hub/hub.ts'

let hub: Hub
let client: DynamoDBClient
const TableName = 'Arns'
const ARN = 'arn:aws:dynamodb:eu-west-2:123456789012:table/Arns'
const configFor = (region: string): DynamoDBClientConfig => ({ endpoint: hub.url, region, credentials: { accessKeyId: 'a', secretAccessKey: 's' } })

beforeAll(async () => {
  hub = await openHub()
  client = new DynamoDBClient(configFor('eu-west-2'))
  await client.send(
    new sdk.CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { Enabled: true },
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  )
  await sdk.waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName })
})
afterAll(async () => {
  client.destroy()
  await hub.close()
})

describe('ARNs at a hub', () => {
  it('have the region that the request is signed for', async () => {
    const { Table } = await client.send(new sdk.DescribeTableCommand({ TableName }))
    expect(Table?.TableArn).toBe(ARN)
    expect(Table?.LatestStreamArn).toMatch(/^arn:aws:dynamodb:eu-west-2:123456789012:table\/Arns\/stream\//)
    const other = new DynamoDBClient(configFor('us-west-2'))
    expect((await other.send(new sdk.DescribeTableCommand({ TableName: ARN.replace('eu-west-2', 'us-west-2') }))).Table?.TableArn).toBe(
      ARN.replace('eu-west-2', 'us-west-2'),
    )
    other.destroy()
  })

  it('stand for table names, in requests of items too, whose values stay as they are', async () => {
    const Item = { pk: { S: ARN }, inner: { M: { arn: { S: 'arn:aws:dynamodb:local:000000000000:table/x' } } } }
    await client.send(new sdk.PutItemCommand({ TableName: ARN, Item }))
    expect((await client.send(new sdk.GetItemCommand({ TableName: ARN, Key: { pk: { S: ARN } } }))).Item).toEqual(Item)
    await client.send(new sdk.BatchWriteItemCommand({ RequestItems: { [ARN]: [{ PutRequest: { Item: { pk: { S: 'batch' } } } }] } }))
    await client.send(new sdk.TransactWriteItemsCommand({ TransactItems: [{ Put: { TableName: ARN, Item: { pk: { S: 'transaction' } } } }] }))
    expect((await client.send(new sdk.ScanCommand({ TableName, Select: 'COUNT' }))).Count).toBe(3)
  })

  it('are given back in policies and messages as they came', async () => {
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: { AWS: 'arn:aws:iam::123456789012:root' }, Action: 'dynamodb:GetItem', Resource: ARN }],
    })
    await client.send(new sdk.PutResourcePolicyCommand({ ResourceArn: ARN, Policy }))
    expect((await client.send(new sdk.GetResourcePolicyCommand({ ResourceArn: ARN }))).Policy).toContain(`"Resource":"${ARN}"`)
    const missing = ARN.replace('Arns', 'Missing')
    await expect(client.send(new sdk.ListTagsOfResourceCommand({ ResourceArn: missing }))).rejects.toThrow(
      `Requested resource not found: ResourceArn: ${missing} not found`,
    )
  })

  it('SearchVectors names nulls with its own deserializer (paritysuite, error-messages/searchVectors, 2026-10-09)', async () => {
    const valid = { TableName: 'Absent', IndexName: 'vix', SearchVector: [{ N: '1' }], TopK: 1 }
    for (const [member, type] of [['TableName', 'a string'], ['IndexName', 'a string'], ['SearchVector', 'a sequence'], ['TopK', 'i32']] as const) {
      const response = await fetch(hub.url, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': 'DynamoDB_20120810.SearchVectors',
          'x-amz-date': '20261009T000000Z',
          authorization: 'AWS4-HMAC-SHA256 Credential=a/20261009/eu-west-2/dynamodb/aws4_request, SignedHeaders=host, Signature=b',
        },
        body: JSON.stringify({ ...valid, [member]: null }),
      })
      const { __type, ...rest } = (await response.json()) as Record<string, string>
      expect(__type).toMatch(/#SerializationException$/)
      expect(Object.values(rest)[0]).toMatch(new RegExp(`^invalid type: null, expected ${type} at line 1 column \\d+$`))
    }
  })

  it('of another account are refused before anything is looked at', async () => {
    const ResourceArn = 'arn:aws:dynamodb:us-east-1:000000000000:table/nonexistent_table_xyz'
    await expect(client.send(new sdk.ListTagsOfResourceCommand({ ResourceArn }))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: expect.stringContaining(`is not authorized to perform: dynamodb:ListTagsOfResource on resource: ${ResourceArn}`),
    })
  })

  it('a hub in memory has a key: nothing is at rest (paritysuite, createTable/config)', async () => {
    const { Table } = await client.send(new sdk.DescribeTableCommand({ TableName }))
    expect(Table?.SSEDescription).toMatchObject({
      Status: 'ENABLED',
      SSEType: 'KMS',
      KMSMasterKeyArn: expect.stringMatching(/^arn:aws:kms:eu-west-2:123456789012:key\//),
    })
  })
})
