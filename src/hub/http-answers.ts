// Answers as bytes on the wire: request id, checksum, lengths, CORS. Headers go out as one flat list, small ASCII bodies in the
// same write: most of what an answer costs here is writing it.
import { randomFillSync } from 'node:crypto'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { promisify } from 'node:util'
import { crc32, gzip } from 'node:zlib'

/** AWS's bodies, trailing blank and line ends included. */
export const HEALTH = 'healthy: dynamodb.us-east-1.amazonaws.com '
export const NOT_FOUND = '<UnknownOperationException/>\n'
export const TOO_LARGE = '{"__type":"com.amazon.coral.service#RequestEntityTooLarge"}'

const EXPOSED_HEADERS = 'x-amzn-RequestId, x-amz-crc32, x-amzn-ErrorType, x-amz-id-2, Date'
const MAX_AGE_S = '172800'
const compress = promisify(gzip)

/** Content type undefined: none is sent, as with AWS's bodies that are no JSON. */
export function sendText(request: IncomingMessage, response: ServerResponse, status: number, body: string, contentType: string | undefined): void {
  const length = Buffer.byteLength(body)
  const headers = commonHeaders(request, crc32(body), length, contentType)
  response.writeHead(status, headers)
  // Latin-1 goes out with the headers in one piece.
  if (length === body.length) response.end(body, 'latin1')
  else response.end(body, 'utf8')
}

/** The checksum is that of the bytes that are sent (AWS SDK for Java: calculateCRC32FromCompressedData). */
export async function sendCompressed(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  body: string,
  contentType: string,
): Promise<void> {
  const bytes = await compress(body, { level: 1 })
  const headers = commonHeaders(request, crc32(bytes), bytes.length, contentType)
  headers.push('Content-Encoding', 'gzip')
  response.writeHead(status, headers).end(bytes)
}

/** A browser asks before it sends (Fetch standard: CORS-preflight). */
export function sendPreflight(request: IncomingMessage, response: ServerResponse): void {
  const { headers } = request
  const answer = ['x-amzn-RequestId', requestId(), 'Access-Control-Allow-Origin', '*', 'Access-Control-Max-Age', MAX_AGE_S, 'Content-Length', '0']
  for (const what of ['Headers', 'Methods', 'Private-Network'] as const) {
    const asked = headers[`access-control-request-${what === 'Methods' ? 'method' : what.toLowerCase()}`]
    if (typeof asked === 'string') answer.push(`Access-Control-Allow-${what}`, asked)
  }
  request.resume()
  response.writeHead(200, answer).end()
}

/** `gzip` among the encodings, and not refused with `q=0`. */
export function acceptsGzip(headers: IncomingHttpHeaders): boolean {
  const accepted = headers['accept-encoding']
  return typeof accepted === 'string' && /(^|[\s,])gzip(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(accepted)
}

function commonHeaders(request: IncomingMessage, checksum: number, length: number, contentType: string | undefined): string[] {
  const headers = ['x-amzn-RequestId', requestId(), 'x-amz-crc32', String(checksum), 'Content-Length', String(length)]
  if (contentType !== undefined) headers.push('Content-Type', contentType)
  if (request.headers.origin !== undefined) {
    headers.push('Access-Control-Allow-Origin', '*', 'Access-Control-Expose-Headers', EXPOSED_HEADERS)
  }
  return headers
}

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUV'
const RANDOM_CHARACTERS = 48
const pool = new Uint8Array(RANDOM_CHARACTERS * 256)
let poolAt = pool.length

/** 52 characters that end like AWS's. */
export function requestId(): string {
  if (poolAt === pool.length) {
    randomFillSync(pool)
    poolAt = 0
  }
  let id = ''
  for (const end = poolAt + RANDOM_CHARACTERS; poolAt < end; poolAt++) id += ALPHABET.charAt((pool[poolAt] ?? 0) & 31)
  return `${id}AAJG`
}
