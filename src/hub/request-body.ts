// The bytes of a request: gathered up to DynamoDB's 16 MB, decompressed up to the same. A body that is too large is told of at
// once; what still comes of it is thrown away, so that the client gets to read the answer.
import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { gunzip, inflate, inflateRaw } from 'node:zlib'
import { SerializationException } from '../model/errors.ts'

export const MAX_REQUEST_BYTES = 16 * 1024 * 1024
/** Of a body that is too large, so much more is read before the connection is cut. */
const MAX_DRAINED_BYTES = 64 * 1024 * 1024

export class RequestTooLarge extends Error {}

const EMPTY = Buffer.alloc(0)

/** Rejects with RequestTooLarge, or with the connection's error where the client goes away. */
export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let first: Buffer | undefined
    let more: Buffer[] | undefined
    let length = 0
    const tooLarge = (): void => {
      first = undefined
      more = undefined
      reject(new RequestTooLarge())
    }
    if (Number(request.headers['content-length'] ?? 0) > MAX_REQUEST_BYTES) tooLarge()
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > MAX_REQUEST_BYTES) {
        tooLarge()
        if (length > MAX_DRAINED_BYTES) request.destroy()
      } else if (first === undefined) first = chunk
      else (more ??= [first]).push(chunk)
    })
    request.on('end', () => resolve(more === undefined ? (first ?? EMPTY) : Buffer.concat(more, length)))
    request.on('error', reject)
    request.on('close', () => reject(new Error('The client went away')))
  })
}

const decoders: { readonly [encoding: string]: (bytes: Buffer) => Promise<Buffer> } = {
  gzip: (bytes) => promisify(gunzip)(bytes, { maxOutputLength: MAX_REQUEST_BYTES }),
  deflate: (bytes) => decodeDeflate(bytes),
}

/** RFC 9110: deflate is zlib's format; some send it bare. */
function decodeDeflate(bytes: Buffer): Promise<Buffer> {
  const isZlib = ((bytes[0] ?? 0) & 15) === 8 && bytes.length > 1 && bytes.readUInt16BE(0) % 31 === 0
  return promisify(isZlib ? inflate : inflateRaw)(bytes, { maxOutputLength: MAX_REQUEST_BYTES })
}

/**
 * The body without its Content-Encoding; unknown encodings are left as they are. Rejects with RequestTooLarge for what
 * would become too large, with SerializationException for what is not what it says.
 */
export async function decodedBody(bytes: Buffer, encodings: string): Promise<Buffer> {
  let body = bytes
  for (const encoding of encodings.split(',').map((each) => each.trim().toLowerCase()).reverse()) {
    const decode = Object.hasOwn(decoders, encoding) ? decoders[encoding] : undefined
    if (decode === undefined) continue
    try {
      body = await decode(body)
    } catch (error) {
      if ((error as { readonly code?: string }).code === 'ERR_BUFFER_TOO_LARGE') throw new RequestTooLarge()
      throw new SerializationException()
    }
  }
  return body
}
