// Vectors of a vector index: lists of N, kept in the index as 32-bit floats (AWS page: VectorSearchWorkingWith, Write).
// Packed they are a compact B, four little-endian bytes per dimension, so that an index entry is an ordinary item whose
// size is what AWS meters: the vector attribute counts its name and 4 bytes per dimension.
import type { AttributeValue, BinaryValue } from './attribute-value.ts'
import { isList } from './attribute.ts'
import { encodeBase64 } from './base64.ts'
import { isNumber, numberFromDouble, numberText } from './number.ts'

export const BYTES_PER_DIMENSION = 4

/** A number as the nearest 32-bit float, or undefined for what is no number or beyond the range of one. */
export function float32Of(value: AttributeValue | undefined): number | undefined {
  if (value === undefined || !isNumber(value)) return undefined
  const float = Math.fround(typeof value === 'number' ? value : Number(numberText(value)))
  return Number.isFinite(float) ? float : undefined
}

/** Undefined where the value is no list of so many 32-bit floats. */
export function vectorOf(value: AttributeValue | undefined, dimensions: number): Float32Array | undefined {
  if (value === undefined || value === null || !isList(value) || value.length !== dimensions) return undefined
  const vector = new Float32Array(dimensions)
  for (let at = 0; at < dimensions; at++) {
    const float = float32Of(value[at])
    if (float === undefined) return undefined
    vector[at] = float
  }
  return vector
}

/** As a list of N again: each float in the fewest digits that name it, as the index shows it. */
export function vectorValue(vector: Float32Array): AttributeValue {
  return Array.from(vector, (float) => numberFromDouble(shortestDouble(float)))
}

/** The double of the shortest decimal that rounds to this 32-bit float: 0.1, not 0.10000000149011612. */
function shortestDouble(float: number): number {
  for (let digits = 1; digits < 9; digits++) {
    const double = Number(float.toPrecision(digits))
    if (Math.fround(double) === float) return double
  }
  return Number(float.toPrecision(9))
}

export function packVector(vector: Float32Array): BinaryValue {
  const bytes = new DataView(new ArrayBuffer(vector.length * BYTES_PER_DIMENSION))
  for (let at = 0; at < vector.length; at++) bytes.setFloat32(at * BYTES_PER_DIMENSION, vector[at] ?? 0, true)
  return { B: encodeBase64(new Uint8Array(bytes.buffer)) }
}

const SEXTETS = new Uint8Array(128)
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
for (let sextet = 0; sextet < 64; sextet++) SEXTETS[ALPHABET.charCodeAt(sextet)] = sextet

/**
 * Unpacks the base64 of `dimensions` floats that begins at `from` in `text` into `target` at `at`. The hot path of the first
 * search: no substring, no array of bytes between.
 */
export function unpackVector(text: string, from: number, dimensions: number, target: Float32Array, at: number): void {
  const words = new Uint32Array(target.buffer, target.byteOffset + at * BYTES_PER_DIMENSION, dimensions)
  let char = from
  let index = 0
  // Twelve bytes are three floats and sixteen characters; a float's bytes are little-endian (as is every platform's).
  for (; index + 3 <= dimensions; char += 16, index += 3) {
    const a = quad(text, char)
    const b = quad(text, char + 4)
    const c = quad(text, char + 8)
    const d = quad(text, char + 12)
    words[index] = (a >> 16) | (a & 0xff00) | ((a & 0xff) << 16) | ((b >> 16) << 24)
    words[index + 1] = ((b >> 8) & 0xff) | ((b & 0xff) << 8) | (c & 0xff0000) | ((c & 0xff00) << 16)
    words[index + 2] = (c & 0xff) | ((d >> 16) << 8) | ((d & 0xff00) << 8) | ((d & 0xff) << 24)
  }
  // One or two are left; the padding behind them counts as zeros.
  if (index === dimensions) return
  const a = quad(text, char)
  const b = quad(text, char + 4)
  words[index] = (a >> 16) | (a & 0xff00) | ((a & 0xff) << 16) | ((b >> 16) << 24)
  if (index + 1 === dimensions) return
  const c = quad(text, char + 8)
  words[index + 1] = ((b >> 8) & 0xff) | ((b & 0xff) << 8) | (c & 0xff0000) | ((c & 0xff00) << 16)
}

function quad(text: string, at: number): number {
  return (
    ((SEXTETS[text.charCodeAt(at)] ?? 0) << 18) |
    ((SEXTETS[text.charCodeAt(at + 1)] ?? 0) << 12) |
    ((SEXTETS[text.charCodeAt(at + 2)] ?? 0) << 6) |
    (SEXTETS[text.charCodeAt(at + 3)] ?? 0)
  )
}
