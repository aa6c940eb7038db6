// DynamoDB's HTTP protocol (AWS page: Programming.LowLevelAPI): one POST per request, JSON 1.0, ids and checksums in headers.
// In this order, as AWS: method, content type, JSON, target, authorization, operation (dynalite's test/connection.js).
// Invariant: every request is answered once; nothing that a client sends ends the process.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { answerParsedRequest, operationOfTarget, parseBody, type EngineExecute, type WireAnswer } from '../host/wire-edge.ts'
import { wireErrorAnswer, wireRefusal } from '../host/wire-output.ts'
import type { AccessKey } from './access-key.ts'
import { inwardBody, outwardBody, regionOf } from './arn-view.ts'
import { acceptsGzip, HEALTH, NOT_FOUND, requestId, sendCompressed, sendPreflight, sendText, TOO_LARGE } from './http-answers.ts'
import { decodedBody, readBody, RequestTooLarge } from './request-body.ts'
import { checkAuthorization } from './signature.ts'

/** Connections of SDKs rest between requests; Node's own 5 s would end them under a request that is just leaving. */
const KEEP_ALIVE_MS = 65_000

export function createHubServer(execute: EngineExecute, accessKey: AccessKey | undefined): Server {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, highWaterMark: 256 * 1024, noDelay: true }, (request, response) => {
    // It stops: nothing further comes over this connection.
    if (!server.listening) response.shouldKeepAlive = false
    handle(request, response, execute, accessKey).catch((error: unknown) => giveUp(response, error))
  })
  server.headersTimeout = KEEP_ALIVE_MS + 1000
  server.on('clientError', (_error: Error, socket: Socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
    else socket.destroy()
  })
  return server
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  execute: EngineExecute,
  accessKey: AccessKey | undefined,
): Promise<void> {
  const { method, headers } = request
  if (method === 'OPTIONS' && headers.origin !== undefined) return sendPreflight(request, response)
  let bytes: Buffer
  try {
    bytes = await readBody(request)
  } catch (error) {
    // The client went away: there is nobody to answer.
    if (!(error instanceof RequestTooLarge)) return response.destroy() as unknown as void
    response.shouldKeepAlive = false
    return sendText(request, response, 413, TOO_LARGE, 'application/x-amz-json-1.0')
  }
  if (method === 'GET') return sendText(request, response, 200, HEALTH, undefined)
  const contentType = (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase()
  const isJson10 = contentType === 'application/x-amz-json-1.0'
  if (method !== 'POST' || (bytes.length > 0 && !isJson10 && contentType !== 'application/json')) {
    return sendText(request, response, 404, NOT_FOUND, undefined)
  }
  const { status, body } = await answerPost(request, bytes, execute, accessKey)
  const answerType = isJson10 ? contentType : 'application/json'
  if (body.length >= 1024 && acceptsGzip(headers)) await sendCompressed(request, response, status, body, answerType)
  else sendText(request, response, status, body, answerType)
}

async function answerPost(
  request: IncomingMessage,
  bytes: Buffer,
  execute: EngineExecute,
  accessKey: AccessKey | undefined,
): Promise<WireAnswer> {
  const { headers } = request
  let parsed: unknown
  let text: string
  try {
    const encoding = headers['content-encoding']
    const body = encoding === undefined ? bytes : await decodedBody(bytes, encoding)
    text = body.toString('utf8')
    parsed = parseBody(text)
  } catch (error) {
    return error instanceof RequestTooLarge ? { status: 413, body: TOO_LARGE } : wireErrorAnswer(error)
  }
  const target = headers['x-amz-target']
  const operation = operationOfTarget(typeof target === 'string' ? target : undefined)
  if (operation === undefined) return wireRefusal('UnknownOperationException')
  const refusal = checkAuthorization(request, bytes, accessKey, Date.now())
  if (refusal !== undefined) return refusal
  const region = regionOf(request)
  const answer = await answerParsedRequest(execute, operation, inwardBody(operation, region, text, parsed))
  return { ...answer, body: outwardBody(operation, region, answer) }
}

/** A fault of ours: it is answered if it still can be. */
function giveUp(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy()
    return
  }
  const { status, body } = wireErrorAnswer(error)
  response.writeHead(status, { 'x-amzn-RequestId': requestId(), 'Content-Type': 'application/x-amz-json-1.0' }).end(body)
}
