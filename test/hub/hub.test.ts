// The HTTP protocol as AWS speaks it: dynalite's test/connection.js for ids, checksums and texts; AWS pages
// Programming.LowLevelAPI and CommonErrors; beyond them compression, limits, hostile bodies, stopping and starting again.
import { Agent } from 'node:http'
import { connect } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, deflateRawSync, deflateSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHub, type Hub } from '../../src/hub/hub.ts'
import { simpleTable } from '../engine/engine-fixture.ts'
import { call, send, type RawAnswer } from './http-client.ts'

let hub: Hub
beforeAll(async () => {
  hub = await openHub()
})
afterAll(() => hub.close())

const JSON_10 = 'application/x-amz-json-1.0'
const REQUEST_ID = /^[0-9A-Z]{52}$/
function expectAnswer(answer: RawAnswer, status: number, body: object, checksum: number, contentType = 'application/json'): void {
  expect(JSON.parse(answer.text)).toEqual(body)
  expect(answer).toMatchObject({
    status,
    headers: {
      'x-amzn-requestid': expect.stringMatching(REQUEST_ID),
      'x-amz-crc32': String(checksum),
      'content-type': contentType,
      'content-length': String(answer.bytes.length),
    },
  })
}
const SERIALIZATION = { __type: 'com.amazon.coral.service#SerializationException' }
const UNKNOWN = { __type: 'com.amazon.coral.service#UnknownOperationException' }
const listTables = { 'x-amz-target': 'DynamoDB_20120810.ListTables' }

describe('connections', () => {
  it.each([
    ['OPTIONS without origin', { method: 'OPTIONS' }],
    ['PUT', { method: 'PUT' }],
    ['DELETE', { method: 'DELETE' }],
    ['a body without content type', { body: 'hi' }],
    ['a body of another content type', { body: 'hi', headers: { 'content-type': 'whatever' } }],
  ])('answers %s with 404', async (_, request) => {
    const answer = await send(hub.port, request)
    expect(answer).toMatchObject({ status: 404, text: '<UnknownOperationException/>\n' })
    expect(answer.headers).toMatchObject({ 'x-amz-crc32': '3552371480', 'content-length': '29', 'x-amzn-requestid': expect.stringMatching(REQUEST_ID) })
  })

  it.each(['/', '/shardName', '/?a=b'])('is healthy at GET %s', async (path) => {
    const answer = await send(hub.port, { method: 'GET', path })
    expect(answer).toMatchObject({ status: 200, text: 'healthy: dynamodb.us-east-1.amazonaws.com ' })
    expect(answer.headers).toMatchObject({ 'x-amz-crc32': '3128867991', 'content-length': '42' })
  })

  it('refuses what is no JSON, no operation, no signature, in this order', async () => {
    const noJson = { body: 'hi', headers: { 'content-type': 'application/json' } }
    expectAnswer(await send(hub.port, noJson), 400, SERIALIZATION, 3948637019)
    expectAnswer(await send(hub.port, { body: 'hi', headers: { 'content-type': JSON_10 } }), 400, SERIALIZATION, 3948637019, JSON_10)
    expectAnswer(await send(hub.port, {}), 400, UNKNOWN, 1368724161)
    expectAnswer(await send(hub.port, { body: '{}', headers: { 'content-type': JSON_10 } }), 400, UNKNOWN, 1368724161, JSON_10)
    for (const target of ['whatever', 'DynamoDB_20120810.ListTable', 'DynamoDB_20120810.', 'DynamoDB_20111205.ListTables', 'a.b.c']) {
      expectAnswer(await send(hub.port, { headers: { 'x-amz-target': target } }), 400, UNKNOWN, 1368724161)
    }
    const missing = { __type: 'com.amazon.coral.service#MissingAuthenticationTokenException', message: 'Request is missing Authentication Token' }
    expectAnswer(await send(hub.port, { headers: listTables }), 400, missing, 2088342776)
    expectAnswer(await send(hub.port, { headers: { ...listTables, authorization: 'AWS4' } }), 400, missing, 2088342776)
    const incomplete = {
      __type: 'com.amazon.coral.service#IncompleteSignatureException',
      message:
        "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. " +
        "Authorization header requires 'SignedHeaders' parameter. Authorization header requires existence of either a 'X-Amz-Date' or " +
        "a 'Date' header. Authorization=AWS4-",
    }
    expectAnswer(await send(hub.port, { headers: { ...listTables, authorization: 'AWS4-' } }), 400, incomplete, 1828866742)
    expect(JSON.parse((await send(hub.port, { headers: listTables, path: '/?X-Amz-Algorithm=x' })).text)).toEqual({
      __type: 'com.amazon.coral.service#IncompleteSignatureException',
      message:
        "AWS query-string parameters must include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. " +
        "AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. " +
        'Re-examine the query-string parameters.',
    })
    const both = { headers: { ...listTables, authorization: 'AWS4-a' }, path: '/?X-Amz-Algorithm=x' }
    expect(JSON.parse((await send(hub.port, both)).text)).toMatchObject({ __type: 'com.amazon.coral.service#InvalidSignatureException' })
  })

  it('takes any signature that has its parts, and none', async () => {
    expectAnswer(await call(hub.port, 'ListTables', {}), 200, { TableNames: [] }, 1315925753, JSON_10)
    const authorization = 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=b'
    expect(await call(hub.port, 'ListTables', {}, { authorization, 'x-amz-date': '20260101T000000Z' })).toMatchObject({ status: 200 })
    const empty = await send(hub.port, { headers: { ...listTables, authorization, 'x-amz-date': 'a' } })
    expectAnswer(empty, 400, SERIALIZATION, 3948637019)
  })

  it('lets pages of other origins in', async () => {
    const headers = { origin: 'http://a', 'access-control-request-headers': 'a, b, c', 'access-control-request-method': 'd' }
    const preflight = await send(hub.port, { method: 'OPTIONS', headers })
    expect(preflight).toMatchObject({ status: 200, text: '' })
    expect(preflight.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-headers': 'a, b, c',
      'access-control-allow-methods': 'd',
      'access-control-max-age': '172800',
      'content-length': '0',
      'x-amzn-requestid': expect.stringMatching(REQUEST_ID),
    })
    const answer = await call(hub.port, 'ListTables', {}, { origin: 'http://a' })
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-expose-headers': expect.stringContaining('x-amzn-RequestId, x-amz-crc32'),
    })
  })
})

describe('bodies', () => {
  it('come compressed', async () => {
    for (const [encoding, body] of [
      ['gzip', gzipSync('{}')],
      ['deflate', deflateSync('{}')],
      ['deflate', deflateRawSync('{}')],
      ['identity', Buffer.from('{}')],
      ['deflate, gzip', gzipSync(deflateSync('{}'))],
    ] as const) {
      const headers = { ...listTables, 'content-type': JSON_10, 'content-encoding': encoding }
      expect(await send(hub.port, { headers, body })).toMatchObject({ status: 200, text: '{"TableNames":[]}' })
    }
    const broken = { headers: { ...listTables, 'content-type': JSON_10, 'content-encoding': 'gzip' }, body: 'no gzip' }
    expectAnswer(await send(hub.port, broken), 400, SERIALIZATION, 3948637019, JSON_10)
  })

  it('go compressed to who takes it, with the checksum of what is sent', async () => {
    await call(hub.port, 'CreateTable', simpleTable('long'))
    await call(hub.port, 'PutItem', { TableName: 'long', Item: { id: { S: 'a' }, text: { S: 'é'.repeat(5000) } } })
    const key = { TableName: 'long', Key: { id: { S: 'a' } } }
    const plain = await call(hub.port, 'GetItem', key)
    expect(plain.headers['x-amz-crc32']).toBe(String(crc32(plain.bytes)))
    const packed = await call(hub.port, 'GetItem', key, { 'accept-encoding': 'deflate, gzip;q=1.0' })
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', 'x-amz-crc32': String(crc32(packed.bytes)) })
    expect(gunzipSync(packed.bytes).toString()).toBe(plain.text)
    expect((await call(hub.port, 'GetItem', key, { 'accept-encoding': 'gzip;q=0' })).headers['content-encoding']).toBeUndefined()
    await call(hub.port, 'DeleteTable', { TableName: 'long' })
  })

  it('end at 16 MB, compressed or not', async () => {
    const headers = { ...listTables, 'content-type': JSON_10 }
    const most = `{"a":"${'a'.repeat(16 * 1024 * 1024 - 8)}"}`
    expect(await send(hub.port, { headers, body: most })).toMatchObject({ status: 200 })
    expect(await send(hub.port, { headers, body: `${most} ` })).toMatchObject({ status: 413 })
    const chunked = { headers: { ...headers, 'transfer-encoding': 'chunked' }, body: `${most}  ` }
    expect(await send(hub.port, chunked)).toMatchObject({ status: 413, text: expect.stringContaining('RequestEntityTooLarge') })
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, ' '))
    expect(await send(hub.port, { headers: { ...headers, 'content-encoding': 'gzip' }, body: bomb })).toMatchObject({ status: 413 })
  })

  it('may be hostile', async () => {
    const hostile = ['[', 'null', '1', '""', '[]', '{', '\u0000', '{"TableName":1e999}', '['.repeat(1_000_000), `{"a":${'{"a":'.repeat(50_000)}1${'}'.repeat(50_001)}`]
    for (const body of hostile) {
      for (const operation of ['PutItem', 'ListTables']) {
        const { status, text } = await call(hub.port, operation, body)
        expect([200, 400]).toContain(status)
        expect(JSON.parse(text)).toBeTypeOf('object')
      }
    }
    const raw = (bytes: string | Buffer): Promise<string> =>
      new Promise((resolve) => {
        const socket = connect(hub.port, '127.0.0.1', () => socket.end(bytes))
        let answer = ''
        socket.on('data', (chunk) => (answer += chunk.toString()))
        socket.on('close', () => resolve(answer))
        socket.on('error', () => resolve(answer))
      })
    expect(await raw('nonsense\r\n\r\n')).toMatch(/^HTTP\/1.1 400/)
    expect(await raw(Buffer.from([0, 1, 2, 3, 255]))).toMatch(/^(HTTP\/1.1 400|$)/)
    expect(await raw(`POST / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`)).toMatch(/^(HTTP\/1.1 4|$)/)
    await raw('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{}')
    expect(await call(hub.port, 'ListTables', {})).toMatchObject({ status: 200 })
  })
})

describe('the hub', () => {
  it('keeps its data, answers what is under way when it stops, and lets its directory go', async () => {
    const data = await mkdtemp(join(tmpdir(), 'holdfast-hub-'))
    try {
      const first = await openHub({ data })
      await call(first.port, 'CreateTable', simpleTable('kept'))
      await expect(openHub({ data })).rejects.toMatchObject({ name: 'StorageException', reason: 'BLOCKED' })
      const puts = Array.from({ length: 50 }, (_, at) => call(first.port, 'PutItem', { TableName: 'kept', Item: { id: { S: `${at}` } } }))
      await puts[0]
      const closed = first.close()
      const outcomes = await Promise.allSettled(puts)
      await closed
      await expect(call(first.port, 'ListTables', {})).rejects.toThrow(/ECONNREFUSED/)
      const answered = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value.status === 200).length
      const second = await openHub({ data })
      const scan = JSON.parse((await call(second.port, 'Scan', { TableName: 'kept', Select: 'COUNT' })).text) as { Count: number }
      expect(scan.Count).toBeGreaterThanOrEqual(answered)
      await second.close()
    } finally {
      await rm(data, { recursive: true, force: true })
    }
  })

  it('stops at once under clients that keep their connections busy', async () => {
    const busy = await openHub()
    let stopping = false
    const agent = new Agent({ keepAlive: true, maxSockets: 8 })
    const clients = Array.from({ length: 8 }, async () => {
      for (;;) {
        const answer = await call(busy.port, 'ListTables', {}, {}, agent).catch((error: Error & { code?: string }) => error.code)
        // Once it stops, what is refused was never begun.
        if (typeof answer !== 'object') return stopping
        if (answer.status !== 200) return false
      }
    })
    await new Promise((done) => setTimeout(done, 50))
    stopping = true
    const started = performance.now()
    await busy.close()
    expect(performance.now() - started).toBeLessThan(3000)
    expect(await Promise.all(clients)).toEqual(Array.from({ length: 8 }, () => true))
    agent.destroy()
  })

  it('refuses a port that is taken, and buckets without a directory', async () => {
    await expect(openHub({ port: hub.port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
    await expect(openHub({ buckets: { photos: '/nowhere/at/all' } })).rejects.toThrow("The directory of bucket 'photos' does not exist")
  })
})
