// Standard, padded base64 <-> bytes, without the platform's help, so that it is the same in page, worker and Node.
// Strict: one text per byte string, so that compact values compare as text.
import { SerializationException } from './errors.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const PAD = 61
/** Sextet by character code; 255: not of the alphabet. */
const SEXTETS = new Uint8Array(256).fill(255)
const CODES = new Uint8Array(64)
for (let sextet = 0; sextet < 64; sextet++) {
  CODES[sextet] = ALPHABET.charCodeAt(sextet)
  SEXTETS[ALPHABET.charCodeAt(sextet)] = sextet
}

const CHUNK = 0x2000
/** DynamoDB's spelling. */
const INVALID = 'Invalid last non-pad Base64 character dectected'

/** Padded standard base64. */
export function encodeBase64(bytes: Uint8Array): string {
  const codes = new Uint8Array(Math.ceil(bytes.length / 3) * 4)
  const padding = (3 - (bytes.length % 3)) % 3
  let at = 0
  for (let i = 0; i < bytes.length; i += 3) {
    const group = (byteAt(bytes, i) << 16) | (byteAt(bytes, i + 1) << 8) | byteAt(bytes, i + 2)
    codes[at++] = byteAt(CODES, group >> 18)
    codes[at++] = byteAt(CODES, (group >> 12) & 63)
    codes[at++] = byteAt(CODES, (group >> 6) & 63)
    codes[at++] = byteAt(CODES, group & 63)
  }
  codes.fill(PAD, codes.length - padding)
  let text = ''
  // In chunks: an argument list has a limit.
  for (let i = 0; i < codes.length; i += CHUNK) text += String(Reflect.apply(String.fromCharCode, undefined, codes.subarray(i, i + CHUNK)))
  return text
}

/** 0 behind the end. */
function byteAt(bytes: Uint8Array, index: number): number {
  return index < bytes.length ? (bytes[index] ?? 0) : 0
}

/** Throws SerializationException, with DynamoDB's texts, for anything but padded standard base64. */
export function decodeBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0) {
    throw new SerializationException(`Base64 encoded length is expected a multiple of 4 bytes but found: ${text.length}`)
  }
  const bytes = new Uint8Array(base64ByteLength(text))
  const characters = text.length - paddingOf(text)
  let at = 0
  for (let i = 0; i < characters; i += 4) {
    const a = sextetAt(text, i)
    const b = sextetAt(text, i + 1)
    const c = i + 2 < characters ? sextetAt(text, i + 2) : 0
    const d = i + 3 < characters ? sextetAt(text, i + 3) : 0
    bytes[at++] = (a << 2) | (b >> 4)
    if (i + 2 < characters) bytes[at++] = ((b & 15) << 4) | (c >> 2)
    else if ((b & 15) !== 0) throw new SerializationException(INVALID)
    if (i + 3 < characters) bytes[at++] = ((c & 3) << 6) | d
    else if ((c & 3) !== 0) throw new SerializationException(INVALID)
  }
  return bytes
}

/** How many bytes valid base64 stands for. */
export function base64ByteLength(text: string): number {
  return (text.length >> 2) * 3 - paddingOf(text)
}

/** Order of the bytes that two valid base64 texts stand for: below, at or above zero. */
export function compareBase64(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const codeA = a.charCodeAt(i)
    const codeB = b.charCodeAt(i)
    if (codeA === codeB) continue
    // The pad sorts below every sextet: a prefix is less than what it begins.
    if (codeA === PAD) return -1
    if (codeB === PAD) return 1
    return (SEXTETS[codeA] ?? 0) - (SEXTETS[codeB] ?? 0)
  }
  return a.length - b.length
}

function paddingOf(text: string): number {
  if (text.charCodeAt(text.length - 1) !== PAD) return 0
  return text.charCodeAt(text.length - 2) === PAD ? 2 : 1
}

function sextetAt(text: string, index: number): number {
  const sextet = SEXTETS[text.charCodeAt(index)] ?? 255
  if (sextet === 255) throw new SerializationException(INVALID)
  return sextet
}
