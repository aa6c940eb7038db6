// Signature Version 4 against the SDK's own signer, in the header and in the query (AWS page:
// reference_sigv-create-signed-request), and the refusals that dynalite's index.js records.
import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { SignatureV4 } from '@smithy/signature-v4'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHub, type Hub } from '../../src/hub/hub.ts'
import { call, send } from './http-client.ts'

const accessKey = { accessKeyId: 'AKID', secretAccessKey: 'secret' }
let hub: Hub
beforeAll(async () => {
  hub = await openHub({ accessKey })
})
afterAll(() => hub.close())

class Sha256 {
  #hash: Hash | Hmac
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', secret as string)
  }
  update(data: Uint8Array): void {
    this.#hash.update(data)
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest())
  }
  reset(): void {}
}
const signer = (credentials: object = accessKey, service = 'dynamodb') =>
  new SignatureV4({ credentials: credentials as typeof accessKey, region: 'eu-west-1', service, sha256: Sha256 })
const request = (body = '{}') => ({
  method: 'POST',
  protocol: 'http:',
  hostname: '127.0.0.1',
  port: hub.port,
  path: '/',
  query: {},
  headers: {
    host: `127.0.0.1:${hub.port}`,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.ListTables',
  } as Record<string, string>,
  body,
})
async function signed(options: { date?: Date; credentials?: object; service?: string; body?: string } = {}) {
  const { headers } = await signer(options.credentials, options.service).sign(request(), { signingDate: options.date ?? new Date() })
  return send(hub.port, { headers, body: options.body ?? '{}' })
}

describe('a hub with a key', () => {
  it('takes what the SDK signs with it, and nothing else', async () => {
    const client = (credentials: typeof accessKey) => new DynamoDBClient({ endpoint: hub.url, region: 'us-east-1', credentials, maxAttempts: 1 })
    const own = client(accessKey)
    expect((await own.send(new ListTablesCommand())).TableNames).toEqual([])
    await expect(client({ ...accessKey, secretAccessKey: 'other' }).send(new ListTablesCommand())).rejects.toMatchObject({ name: 'InvalidSignatureException' })
    await expect(client({ ...accessKey, accessKeyId: 'other' }).send(new ListTablesCommand())).rejects.toMatchObject({
      name: 'UnrecognizedClientException',
      message: 'The security token included in the request is invalid.',
    })
    expect(JSON.parse((await call(hub.port, 'ListTables', {})).text)).toMatchObject({
      __type: 'com.amazon.coral.service#MissingAuthenticationTokenException',
    })
    own.destroy()
  })

  it('takes signed requests, and refuses what was changed or is out of time', async () => {
    expect(await signed()).toMatchObject({ status: 200 })
    expect(await signed({ body: '{"Limit":1}' })).toMatchObject({ status: 400, text: expect.stringContaining('The request signature we calculated does not match') })
    expect(await signed({ date: new Date(Date.now() - 16 * 60_000) })).toMatchObject({ text: expect.stringMatching(/Signature expired: \d{8}T\d{6}Z is now earlier than/) })
    expect(await signed({ date: new Date(Date.now() + 16 * 60_000) })).toMatchObject({ text: expect.stringContaining('Signature not yet current') })
    expect(await signed({ service: 's3' })).toMatchObject({ text: expect.stringContaining("Credential should be scoped to correct service: 'dynamodb'. ") })
  })

  it('takes presigned requests until they expire', async () => {
    const presign = async (date: Date) => {
      const { query, headers } = await signer().presign(request(), { expiresIn: 60, signingDate: date, unhoistableHeaders: new Set(['x-amz-target']) })
      const path = `/?${Object.entries(query ?? {}).map(([name, value]) => `${name}=${encodeURIComponent(String(value))}`).join('&')}`
      return { path, headers }
    }
    const { path, headers } = await presign(new Date())
    expect(await send(hub.port, { path, headers, body: '{}' })).toMatchObject({ status: 200 })
    expect(await send(hub.port, { path: `${path}0`, headers, body: '{}' })).toMatchObject({ text: expect.stringContaining('InvalidSignatureException') })
    const old = await presign(new Date(Date.now() - 61_000))
    expect(await send(hub.port, { ...old, body: '{}' })).toMatchObject({ text: expect.stringContaining('Signature expired') })
  })

  it.each([
    ['AWS4-HMAC-SHA256 Credential=a/b/c/d, SignedHeaders=host, Signature=b', 'Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got \'a/b/c/d\''],
    ['AWS4-HMAC-SHA25 Credential=a/b/c/d/e, SignedHeaders=host, Signature=b', "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for now). "],
    ['AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=date, Signature=b', "'Host' must be a 'SignedHeader' in the AWS Authorization."],
  ])('says what is wrong with %s', async (authorization, message) => {
    const now = `${new Date().toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
    const answer = await call(hub.port, 'ListTables', {}, { authorization, 'x-amz-date': now })
    expect(JSON.parse(answer.text)).toMatchObject({ message })
    const undated = await call(hub.port, 'ListTables', {}, { authorization, 'x-amz-date': '201' })
    expect(JSON.parse(undated.text)).toMatchObject({
      message: "Date must be in ISO-8601 'basic format'. Got '201'. See http://en.wikipedia.org/wiki/ISO_8601",
    })
  })
})
