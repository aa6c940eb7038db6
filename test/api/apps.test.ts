// Small applications on the libraries that people use over the SDK, unmodified: in memory through `holdfast/aws`, and at the hub.
// test/browser/aws.spec.ts runs the same in Chromium.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { clientConfig } from 'holdfast/aws'
import { openTestDatabase } from 'holdfast/testing'
import { describe, expect, it } from 'vitest'
import { openHub } from '../../src/hub/hub.ts'
import { documentApp, documentAppResult } from './apps/document-app.ts'
import { electroApp, electroAppResult } from './apps/electro-app.ts'
import { toolboxApp, toolboxAppResult } from './apps/toolbox-app.ts'

describe.each([
  ['the document client', documentApp, documentAppResult],
  ['ElectroDB', electroApp, electroAppResult],
  ['dynamodb-toolbox', toolboxApp, toolboxAppResult],
])('%s', (_, app, result) => {
  it('runs offline', async () => {
    await using db = openTestDatabase()
    expect(await app(new DynamoDBClient(clientConfig(db)))).toEqual(result)
  })

  it('runs at the hub', async () => {
    const hub = await openHub()
    const client = new DynamoDBClient({ endpoint: hub.url, region: 'us-east-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
    expect(await app(client)).toEqual(result)
    client.destroy()
    await hub.close()
  })
})
