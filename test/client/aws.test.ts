// `holdfast/aws` beneath the real SDK, in memory: clients, document client, abort, closed databases, streams, request ids (T1).
import { DescribeTableCommand, DynamoDBClient, GetItemCommand, paginateScan, PutItemCommand, waitUntilTableExists, CreateTableCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBStreamsClient, ListStreamsCommand } from '@aws-sdk/client-dynamodb-streams'
import { DynamoDBDocument } from '@aws-sdk/lib-dynamodb'
import { clientConfig } from 'holdfast/aws'
import { openTestDatabase } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { simpleTable } from '../engine/engine-fixture.ts'

async function open() {
  const db = openTestDatabase()
  const client = new DynamoDBClient(clientConfig(db))
  await client.send(new CreateTableCommand(simpleTable('table') as never))
  await waitUntilTableExists({ client, maxWaitTime: 10, minDelay: 1 }, { TableName: 'table' })
  return { db, client }
}

describe('clientConfig', () => {
  it('carries commands, bytes included', async () => {
    const { db, client } = await open()
    await client.send(new PutItemCommand({ TableName: 'table', Item: { id: { S: 'a' }, b: { B: new Uint8Array([1, 2, 255]) }, t: { S: 'é😀\u0000"' } } }))
    const { Item, $metadata } = await client.send(new GetItemCommand({ TableName: 'table', Key: { id: { S: 'a' } } }))
    expect(Item?.['b']?.B).toEqual(new Uint8Array([1, 2, 255]))
    expect(Item?.['t']).toEqual({ S: 'é😀\u0000"' })
    expect($metadata.httpStatusCode).toBe(200)
    const { Table } = await client.send(new DescribeTableCommand({ TableName: 'table' }))
    expect(Table?.CreationDateTime).toBeInstanceOf(Date)
    await db.close()
  })

  it('serves the document client and paginators, beside the native API', async () => {
    const { db, client } = await open()
    const document = DynamoDBDocument.from(client)
    for (const id of ['a', 'b', 'c']) await document.put({ TableName: 'table', Item: { id, tags: new Set(['x']), nested: { n: 1.5, list: [null, true] } } })
    expect((await document.get({ TableName: 'table', Key: { id: 'a' } })).Item).toEqual({ id: 'a', tags: new Set(['x']), nested: { n: 1.5, list: [null, true] } })
    let count = 0
    for await (const page of paginateScan({ client, pageSize: 1 }, { TableName: 'table' })) count += page.Items?.length ?? 0
    expect(count).toBe(3)
    expect((await db.send('Scan', { TableName: 'table', Select: 'COUNT' })).Count).toBe(3)
    await db.close()
  })

  it('throws the SDK\'s own exceptions, with their items', async () => {
    const { db, client } = await open()
    const put = { TableName: 'table', Item: { id: { S: 'a' } }, ConditionExpression: 'attribute_not_exists(id)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const }
    await client.send(new PutItemCommand(put))
    await expect(client.send(new PutItemCommand(put))).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      Item: { id: { S: 'a' } },
      $metadata: { httpStatusCode: 400 },
    })
    await expect(client.send(new GetItemCommand({ TableName: 'none', Key: {} }))).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await db.close()
  })

  it('honours abort signals', async () => {
    const { db, client } = await open()
    const get = new GetItemCommand({ TableName: 'table', Key: { id: { S: 'a' } } })
    await expect(client.send(get, { abortSignal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
    const controller = new AbortController()
    const answer = client.send(get, { abortSignal: controller.signal })
    setTimeout(() => controller.abort(), 0)
    await Promise.allSettled([answer])
    expect(await client.send(get)).toMatchObject({})
    await db.close()
  })

  it('rejects with the database\'s own exception where it is closed, and dispatches by target alone', async () => {
    const { db, client } = await open()
    const streams = new DynamoDBStreamsClient({ ...clientConfig(db), endpoint: 'http://elsewhere.example', maxAttempts: 1 })
    // Not before this operation is there is it answered; until then it is unknown, by name.
    const outcome = await streams.send(new ListStreamsCommand({})).then(() => 'listed', (error: Error) => error.name)
    expect(['listed', 'UnknownOperationException']).toContain(outcome)
    await db.close()
    await expect(client.send(new GetItemCommand({ TableName: 'table', Key: { id: { S: 'a' } } }))).rejects.toMatchObject({ name: 'StorageException', reason: 'CLOSED' })
  })
})
