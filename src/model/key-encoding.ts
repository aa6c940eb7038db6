// Order-preserving, self-delimiting encodings of key attributes as byte strings (one character, U+0000 to U+00FF, per
// byte), so that a concatenation of parts sorts as the tuple of its values. Types are fixed by the table's schema and
// are not encoded.
//   S, B  UTF-8 or raw bytes, 0x00 as 01 01 and 0x01 as 01 02, ended by 0x00
//   N     one byte for sign and centimal exponent, one per pair of digits, an end below (negative: above) every pair
import type { AttributeValue, BinaryValue, ExactNumber } from './attribute-value.ts'
import { decodeBase64 } from './base64.ts'
import { decimalOf, type Decimal, type CompactNumber } from './number.ts'

/** A byte string with one character (U+0000 to U+00FF) per byte, so that `<` is byte order. */
export type Key = string
export type KeyValue = string | number | ExactNumber | BinaryValue

const END = '\x00'
/** What is not itself in UTF-8 and escaped. */
const NOT_PLAIN = /[^\x02-\x7f]/

/** One key attribute's value: sorts as DynamoDB sorts it, and no encoding is a prefix of another. */
export function encodeKeyPart(value: KeyValue): Key {
  if (typeof value === 'string') return NOT_PLAIN.test(value) ? escapedUtf8(value) + END : value + END
  if (typeof value === 'number' || 'N' in value) return encodeNumber(value)
  return escapedBytes(decodeBase64(value.B)) + END
}

/** Without an end: [p, prefixEnd(p)) holds exactly the encodings of the S or B that begin with `value`. */
export function encodeKeyPrefix(value: string | BinaryValue): Key {
  if (typeof value !== 'string') return escapedBytes(decodeBase64(value.B))
  return NOT_PLAIN.test(value) ? escapedUtf8(value) : value
}

/** True for what can be a key: S, N and B. */
export function isKeyValue(value: AttributeValue): value is KeyValue {
  if (typeof value === 'string' || typeof value === 'number') return true
  return typeof value === 'object' && value !== null && ('N' in value || 'B' in value)
}

/** The smallest key above all keys that begin with `prefix`, which must not be all 0xFF. */
export function prefixEnd(prefix: Key): Key {
  for (let last = prefix.length - 1; last >= 0; last--) {
    const code = prefix.charCodeAt(last)
    if (code < 0xff) return prefix.slice(0, last) + String.fromCharCode(code + 1)
  }
  throw new RangeError('No key is above all keys with this prefix')
}

export function encodeU16(value: number): Key {
  return String.fromCharCode((value >>> 8) & 255, value & 255)
}
export function encodeU32(value: number): Key {
  return String.fromCharCode(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
}
/** A safe integer from 0 on, as eight bytes. */
export function encodeU64(value: number): Key {
  return encodeU32(Math.floor(value / 0x1_0000_0000)) + encodeU32(value % 0x1_0000_0000)
}
export function decodeU16(key: Key, offset = 0): number {
  return key.charCodeAt(offset) * 0x100 + key.charCodeAt(offset + 1)
}
export function decodeU32(key: Key, offset = 0): number {
  return decodeU16(key, offset) * 0x1_0000 + decodeU16(key, offset + 2)
}
export function decodeU64(key: Key, offset = 0): number {
  return decodeU32(key, offset) * 0x1_0000_0000 + decodeU32(key, offset + 4)
}

function escapedUtf8(text: string): string {
  let key = ''
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i)
    if (code < 0x80) {
      key += code > 1 ? text.charAt(i) : escapedByte(code)
    } else if (code < 0x800) {
      key += String.fromCharCode(0xc0 | (code >> 6), 0x80 | (code & 63))
    } else {
      if (code >= 0xd800 && code <= 0xdfff) {
        const point = text.codePointAt(i) ?? 0
        if (point > 0xffff) {
          i++
          key += String.fromCharCode(0xf0 | (point >> 18), 0x80 | ((point >> 12) & 63), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63))
          continue
        }
        // A lone surrogate has no UTF-8: the replacement character, as every encoder writes it.
        code = 0xfffd
      }
      key += String.fromCharCode(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63))
    }
  }
  return key
}

function escapedBytes(bytes: Uint8Array): string {
  let key = ''
  for (const byte of bytes) key += byte > 1 ? String.fromCharCode(byte) : escapedByte(byte)
  return key
}

function escapedByte(byte: number): string {
  return byte === 0 ? '\x01\x01' : '\x01\x02'
}

// A positive number is pairs p₁.p₂p₃… × 100^c with c from -65 to 62: 0x80 + 65 + c, then a byte p + 1 per pair, then 0x00.
// A negative one is the complement of its magnitude. Zero is the positive number without pairs.
const POSITIVE = 0x80 + 65

function encodeNumber(value: CompactNumber): Key {
  if (typeof value === 'number' && value > 0 && Number.isSafeInteger(value)) return encodeInteger(value)
  const decimal = decimalOf(value)
  if (decimal.digits === '') return '\x80\x00'
  const flip = decimal.negative ? 255 : 0
  const centimalExponent = Math.floor(decimal.exponent / 2)
  const codes = [(POSITIVE + centimalExponent) ^ flip]
  for (const pair of pairsOf(decimal)) codes.push((pair + 1) ^ flip)
  codes.push(flip)
  return String.fromCharCode(...codes)
}

/** Base-100 digits of a non-zero decimal, the first one above zero. */
function pairsOf({ digits, exponent }: Decimal): number[] {
  const pairs: number[] = []
  // An even exponent leaves one digit to the first pair.
  let at = exponent % 2 === 0 ? -1 : 0
  for (; at < digits.length; at += 2) pairs.push(digitAt(digits, at) * 10 + digitAt(digits, at + 1))
  return pairs
}

function digitAt(digits: string, index: number): number {
  return index >= 0 && index < digits.length ? digits.charCodeAt(index) - 48 : 0
}

/** The commonest keys, without a detour over text: safe integers above zero. */
function encodeInteger(value: number): Key {
  let rest = value
  let exponent = 0
  let pairs = END
  while (rest > 0) {
    const pair = rest % 100
    rest = (rest - pair) / 100
    if (pair !== 0 || pairs !== END) pairs = String.fromCharCode(pair + 1) + pairs
    exponent++
  }
  return String.fromCharCode(POSITIVE + exponent - 1) + pairs
}
