// The model's own idea of attribute values: comparison, equality, size. Clarity over speed, and nothing from src but
// types, so that the engine's encodings are checked against something that shares no code with them.
import type { AttributeMap, AttributeValue } from '../../src/model/attribute-value.ts'

/** The type code of a compact value. */
export function typeOf(value: AttributeValue): string {
  if (typeof value === 'string') return 'S'
  if (typeof value === 'number') return 'N'
  if (typeof value === 'boolean') return 'BOOL'
  if (value === null) return 'NULL'
  if (Array.isArray(value)) return 'L'
  return Object.keys(value)[0] ?? ''
}

function isObject(value: AttributeValue): value is Exclude<AttributeValue, string | number | boolean | null | readonly AttributeValue[]> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
export function mapOf(value: AttributeValue): AttributeMap | undefined {
  return isObject(value) && 'M' in value ? value.M : undefined
}
export function bytesOf(value: AttributeValue): Buffer | undefined {
  return isObject(value) && 'B' in value ? Buffer.from(value.B, 'base64') : undefined
}
/** The elements of a set, each as a value of its own. */
export function elementsOf(value: AttributeValue): AttributeValue[] | undefined {
  if (!isObject(value)) return undefined
  if ('SS' in value) return [...value.SS]
  if ('NS' in value) return value.NS.map((n) => (typeof n === 'number' ? n : { N: n }))
  if ('BS' in value) return value.BS.map((B) => ({ B }))
  return undefined
}
export function numberText(value: AttributeValue): string {
  if (typeof value === 'number') return String(value)
  if (isObject(value) && 'N' in value) return value.N
  throw new Error('not a number')
}

/** digits × 10^exponent. */
function decimal(text: string): { digits: bigint; exponent: number } {
  const match = /^(-?)(\d*)\.?(\d*)(?:[eE]([+-]?\d+))?$/.exec(text)
  if (match === null) throw new Error(`not a number: ${text}`)
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match
  return { digits: BigInt(`${sign}${whole}${fraction}` || '0'), exponent: Number(exponent) - fraction.length }
}
/** Both numbers as integers at the same power of ten. */
export function aligned(a: string, b: string): { a: bigint; b: bigint; exponent: number } {
  const [x, y] = [decimal(a), decimal(b)]
  const exponent = Math.min(x.exponent, y.exponent)
  return { a: x.digits * 10n ** BigInt(x.exponent - exponent), b: y.digits * 10n ** BigInt(y.exponent - exponent), exponent }
}
function compareNumbers(a: string, b: string): number {
  const numbers = aligned(a, b)
  return numbers.a < numbers.b ? -1 : numbers.a > numbers.b ? 1 : 0
}

/** Order of two values of one orderable type (S by UTF-8 bytes, N by number, B by bytes); undefined where there is none. */
export function compare(a: AttributeValue, b: AttributeValue): number | undefined {
  const type = typeOf(a)
  if (type !== typeOf(b)) return undefined
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8'))
  if (type === 'N') return compareNumbers(numberText(a), numberText(b))
  const [x, y] = [bytesOf(a), bytesOf(b)]
  return x === undefined || y === undefined ? undefined : Buffer.compare(x, y)
}

export function equal(a: AttributeValue, b: AttributeValue): boolean {
  const type = typeOf(a)
  if (type !== typeOf(b)) return false
  if (type === 'S' || type === 'N' || type === 'B') return compare(a, b) === 0
  if (type === 'BOOL') return a === b
  if (type === 'NULL') return true
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((element, i) => equal(element, b[i] ?? null))
  const [m, n] = [mapOf(a), mapOf(b)]
  if (m !== undefined && n !== undefined) return equalMaps(m, n)
  const [s, t] = [elementsOf(a), elementsOf(b)]
  if (s === undefined || t === undefined) return false
  return s.length === t.length && s.every((element) => t.some((other) => equal(element, other)))
}
export function equalMaps(a: AttributeMap, b: AttributeMap): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && equal(a[name] ?? null, b[name] ?? null))
}

/** DynamoDB's item size in bytes (FACTS section 1). */
export function sizeOf(item: AttributeMap): number {
  let size = 0
  for (const [name, value] of Object.entries(item)) size += Buffer.byteLength(name) + sizeOfValue(value)
  return size
}
function sizeOfValue(value: AttributeValue): number {
  if (typeof value === 'string') return Buffer.byteLength(value)
  if (typeof value === 'boolean' || value === null) return 1
  if (typeOf(value) === 'N') return sizeOfNumber(numberText(value))
  if (Array.isArray(value)) return 3 + value.reduce<number>((sum, element) => sum + 1 + sizeOfValue(element), 0)
  const map = mapOf(value)
  if (map !== undefined) return 3 + Object.keys(map).length + sizeOf(map)
  const bytes = bytesOf(value)
  if (bytes !== undefined) return bytes.length
  return (elementsOf(value) ?? []).reduce<number>((sum, element) => sum + sizeOfValue(element), 0)
}
/** One byte, one per base-100 digit, one more below zero; zero is one byte. */
function sizeOfNumber(text: string): number {
  let { digits, exponent } = decimal(text)
  if (digits === 0n) return 1
  while (digits % 10n === 0n) [digits, exponent] = [digits / 10n, exponent + 1]
  if (exponent % 2 !== 0) digits *= 10n
  return 1 + Math.ceil(String(digits).replace('-', '').length / 2) + (digits < 0n ? 1 : 0)
}
