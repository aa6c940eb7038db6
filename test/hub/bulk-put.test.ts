// A bulk put over HTTP with the SDK and its waiter: objects of a registered directory in, reports out (AWS pages:
// StartBulkPutItems, DescribeBulkOperation; the rules themselves are tested in engine/operations/bulk-put.test.ts).
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateTableCommand,
  DescribeBulkOperationCommand,
  DynamoDBClient,
  ScanCommand,
  StartBulkPutItemsCommand,
  waitUntilBulkOperationCompleted,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHub, type Hub } from '../../src/hub/hub.ts'

const TableName = 'items'
let directory: string
let hub: Hub
let client: DynamoDBClient
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-bulk-'))
  hub = await openHub({ buckets: { photos: directory } })
  client = new DynamoDBClient({ endpoint: hub.url, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' }, maxAttempts: 1 })
  await client.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  )
  await waitUntilTableExists({ client, maxWaitTime: 5, minDelay: 0.05 }, { TableName })
})
afterAll(async () => {
  client.destroy()
  await hub.close()
  await rm(directory, { recursive: true })
})

const start = async (bucket: string): Promise<string> => {
  const { BulkOperationDescription } = await client.send(
    new StartBulkPutItemsCommand({
      TableName,
      InputS3Configuration: { S3Bucket: bucket, S3KeyPrefix: 'in/', InputFormat: 'DYNAMODB_JSON' },
      OutputS3Configuration: { S3Bucket: 'photos', S3KeyPrefix: 'out', OutputType: ['ERROR'] },
    }),
  )
  return BulkOperationDescription?.BulkOperationArn ?? ''
}

describe('a bulk put at the hub', () => {
  it('reads the objects of a registered directory, and writes its reports there', async () => {
    await mkdir(join(directory, 'in'))
    const lines = Array.from({ length: 300 }, (_, i) => JSON.stringify({ Item: { id: { S: String(i) } } }))
    await writeFile(join(directory, 'in/items.json'), lines.join('\n'))
    const BulkOperationArn = await start('photos')
    await waitUntilBulkOperationCompleted({ client, maxWaitTime: 10, minDelay: 0.05 }, { BulkOperationArn })
    expect((await client.send(new ScanCommand({ TableName, Select: 'COUNT' }))).Count).toBe(300)
    expect((await readdir(join(directory, 'out'), { recursive: true })).some((path) => path.endsWith('manifest.json'))).toBe(true)
  })

  it('fails on a bucket that is not registered', async () => {
    const BulkOperationArn = await start('others')
    const failed = async (): Promise<unknown> => {
      const { BulkOperationDescription: told } = await client.send(new DescribeBulkOperationCommand({ BulkOperationArn }))
      return [told?.BulkOperationStatus, told?.FailureCode]
    }
    await expect.poll(failed).toEqual(['FAILED', 'S3NoSuchBucket'])
  })
})
