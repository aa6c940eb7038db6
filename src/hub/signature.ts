// Who asks: Signature Version 4 in the Authorization header or in the query (AWS page: reference_sigv-create-signed-request).
// Without a key any signature is taken that has its parts, and none; with one it is verified.
// Order and texts as AWS answers them (dynalite's index.js records them).
import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { wireRefusal, type WireAnswer } from '../host/wire-output.ts'
import type { AccessKey } from './access-key.ts'

const ALGORITHM = 'AWS4-HMAC-SHA256'
const MAX_SKEW_MS = 15 * 60 * 1000
const MISMATCH =
  'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. ' +
  'Consult the service documentation for details.'

interface Signature {
  readonly credential: string
  readonly signature: string
  readonly signedHeaders: string
  readonly date: string
  readonly algorithm: string
  /** Presigned requests: seconds from `date`. */
  readonly expiresS: number | undefined
}

/** The refusal, or undefined where the request may go on. `bytes`: the body as sent; `nowMs`: wall clock. */
export function checkAuthorization(request: IncomingMessage, bytes: Buffer, accessKey: AccessKey | undefined, nowMs: number): WireAnswer | undefined {
  const header = request.headers.authorization
  const query = queryOf(request)
  const isPresigned = query?.has('X-Amz-Algorithm') === true
  if (header !== undefined && isPresigned) {
    return invalid("Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header.")
  }
  if (!isPresigned && header?.trim().startsWith('AWS4-') !== true) {
    // Where nothing is checked, who sends a request may leave the signature out.
    if (accessKey === undefined && bytes.length > 0) return undefined
    return wireRefusal('MissingAuthenticationTokenException', 'Request is missing Authentication Token')
  }
  const signature = isPresigned && query !== undefined ? signatureOfQuery(query) : signatureOfHeader(header ?? '', request)
  if (typeof signature === 'string') return wireRefusal('IncompleteSignatureException', signature)
  if (accessKey === undefined) return undefined
  return checkSignature(request, bytes, signature, accessKey, nowMs)
}

const invalid = (message: string): WireAnswer => wireRefusal('InvalidSignatureException', message)
const incomplete = (message: string): WireAnswer => wireRefusal('IncompleteSignatureException', message)

function queryOf({ url = '' }: IncomingMessage): URLSearchParams | undefined {
  const mark = url.indexOf('?')
  return mark < 0 ? undefined : new URLSearchParams(url.slice(mark + 1))
}

/** The parts, or what is missing. */
function signatureOfHeader(header: string, request: IncomingMessage): Signature | string {
  const [algorithm = '', ...rest] = header.trim().split(/[ ,]+/)
  const parts = new Map(rest.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]))
  const date = headerText(request, 'x-amz-date') ?? headerText(request, 'date')
  let missing = ''
  for (const name of ['Credential', 'Signature', 'SignedHeaders']) {
    if ((parts.get(name) ?? '') === '') missing += `Authorization header requires '${name}' parameter. `
  }
  if (date === undefined) missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
  if (missing !== '') return `${missing}Authorization=${header}`
  return {
    algorithm,
    credential: parts.get('Credential') ?? '',
    signature: parts.get('Signature') ?? '',
    signedHeaders: parts.get('SignedHeaders') ?? '',
    date: date ?? '',
    expiresS: undefined,
  }
}

function signatureOfQuery(query: URLSearchParams): Signature | string {
  let missing = ''
  for (const name of ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date']) {
    if ((query.get(name) ?? '') === '') missing += `AWS query-string parameters must include '${name}'. `
  }
  if (missing !== '') return `${missing}Re-examine the query-string parameters.`
  const expires = query.get('X-Amz-Expires')
  return {
    algorithm: query.get('X-Amz-Algorithm') ?? '',
    credential: query.get('X-Amz-Credential') ?? '',
    signature: query.get('X-Amz-Signature') ?? '',
    signedHeaders: query.get('X-Amz-SignedHeaders') ?? '',
    date: query.get('X-Amz-Date') ?? '',
    expiresS: expires === null ? undefined : Number(expires),
  }
}

function checkSignature(request: IncomingMessage, bytes: Buffer, signature: Signature, key: AccessKey, nowMs: number): WireAnswer | undefined {
  const at = basicTime(signature.date) ?? httpTime(signature.date)
  if (at === undefined) {
    return incomplete(`Date must be in ISO-8601 'basic format'. Got '${signature.date}'. See http://en.wikipedia.org/wiki/ISO_8601`)
  }
  const stale = checkAge(at, signature.expiresS, nowMs)
  if (stale !== undefined) return invalid(stale)
  const names = signature.signedHeaders.toLowerCase().split(';')
  if (!names.includes('host')) return invalid("'Host' must be a 'SignedHeader' in the AWS Authorization.")
  if (signature.algorithm !== ALGORITHM) {
    return incomplete(`Unsupported AWS 'algorithm': '${signature.algorithm}' (only ${ALGORITHM} for now). `)
  }
  const scope = signature.credential.replace(/\/+$/, '').split('/')
  if (scope.length !== 5) {
    return incomplete(
      `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${signature.credential}'`,
    )
  }
  const [keyId, date = '', region = '', service = '', terminator = ''] = scope
  const wrong = checkScope(date, service, terminator, basicText(at))
  if (wrong !== '') return invalid(wrong)
  if (keyId !== key.accessKeyId) return wireRefusal('UnrecognizedClientException', 'The security token included in the request is invalid.')
  const canonical = canonicalRequest(request, bytes, names)
  const toSign = [ALGORITHM, basicText(at), `${date}/${region}/${service}/${terminator}`, sha256(canonical)].join('\n')
  const signingKey = [date, region, service, terminator].reduce<Buffer>((chain, part) => hmac(chain, part), Buffer.from(`AWS4${key.secretAccessKey}`))
  if (isEqual(hmac(signingKey, toSign).toString('hex'), signature.signature)) return undefined
  return invalid(
    `${MISMATCH}\n\nThe Canonical String for this request should have been\n'${canonical}'\n\n` +
      `The String-to-Sign should have been\n'${toSign}'\n`,
  )
}

function checkAge(at: number, expiresS: number | undefined, nowMs: number): string | undefined {
  const [earliest, latest] = [nowMs - MAX_SKEW_MS, nowMs + MAX_SKEW_MS].map((time) => basicText(time ?? 0))
  if (at > nowMs + MAX_SKEW_MS) {
    return `Signature not yet current: ${basicText(at)} is still later than ${latest} (${basicText(nowMs)} + 15 min.)`
  }
  if (expiresS !== undefined) {
    return nowMs <= at + expiresS * 1000 ? undefined : `Signature expired: ${basicText(nowMs)} is now later than ${basicText(at + expiresS * 1000)}`
  }
  if (at >= nowMs - MAX_SKEW_MS) return undefined
  return `Signature expired: ${basicText(at)} is now earlier than ${earliest} (${basicText(nowMs)} - 15 min.)`
}

/** Everything that is wrong with it, at once. The region is whatever the client says. */
function checkScope(date: string, service: string, terminator: string, signedAt: string): string {
  const wrong: string[] = []
  if (service !== 'dynamodb') wrong.push("Credential should be scoped to correct service: 'dynamodb'. ")
  if (terminator !== 'aws4_request') wrong.push(`Credential should be scoped with a valid terminator: 'aws4_request', not '${terminator}'. `)
  if (date !== signedAt.slice(0, 8)) {
    wrong.push(
      'Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: ' +
        `'${date}' != '${signedAt.slice(0, 8)}', from '${signedAt}'.`,
    )
  }
  return wrong.join('')
}

function canonicalRequest(request: IncomingMessage, bytes: Buffer, names: readonly string[]): string {
  const { url = '/', method = 'POST' } = request
  const mark = url.indexOf('?')
  const headers = names.map((name) => `${name}:${(headerText(request, name) ?? '').trim().replaceAll(/ +/g, ' ')}\n`).join('')
  // The body's own hash, whatever the client says that it is.
  return [method, mark < 0 ? url : url.slice(0, mark), canonicalQuery(request), headers, names.join(';'), sha256(bytes)].join('\n')
}

function canonicalQuery(request: IncomingMessage): string {
  const pairs = [...(queryOf(request) ?? [])].filter(([name]) => name !== 'X-Amz-Signature')
  return pairs
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')
}

const encode = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

function headerText({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name]
  return Array.isArray(value) ? value.join(',') : value
}

const sha256 = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex')
const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

function isEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)] as const
  return left.length === right.length && timingSafeEqual(left, right)
}

/** `20130609T100015Z` in milliseconds. */
function basicTime(text: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second] = match
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

/** A Date header's `Sun, 09 Jun 2013 10:00:15 GMT` in milliseconds. */
function httpTime(text: string): number | undefined {
  const time = text.endsWith(' GMT') ? Date.parse(text) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}

function basicText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`
}
