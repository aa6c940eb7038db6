// Native values to compact attribute values and back. Hot path of every request, on the page's main thread: encoding
// copies only what it must change (one spread per map), decoding works in place on what JSON.parse made.
// Numbers and sets may leave in other than canonical form: the engine canonicalises and refuses, as DynamoDB does.
// Only own properties are assigned, so an attribute may be called `__proto__`.
import type { AttributeMap, AttributeValue, BinarySet } from '../model/attribute-value.ts'
import { ValidationException } from '../model/errors.ts'
import type { AttributeData, AttributeTable, NumberMode } from './attribute.ts'
import { NumberValue } from './number-value.ts'

type Mutable = { [name: string]: unknown }

/** A compact value. Throws ValidationException for what DynamoDB has no type for: undefined, functions, class instances. */
export function encodeValue(value: unknown): AttributeValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
    case 'bigint':
      return encodeNumber(value)
    case 'object':
      return value === null ? null : encodeObject(value)
    default:
      throw unsupported(typeof value)
  }
}

/** A double where its text is the number's own, without an exponent. All else is text, for the engine to read or refuse. */
function encodeNumber(value: number | bigint | NumberValue): AttributeValue {
  const double = Number(value)
  const magnitude = Math.abs(double)
  const isPlain = (magnitude >= 1e-6 && magnitude < 1e21) || magnitude === 0
  // Plus zero: there is no -0.
  return isPlain && (double === value || String(double) === String(value)) ? double + 0 : { N: String(value) }
}

function encodeObject(value: object): AttributeValue {
  if (Array.isArray(value)) return Array.from(value, encodeValue)
  if (value instanceof NumberValue) return encodeNumber(value)
  if (value instanceof Uint8Array) return { B: encodeBase64(value) }
  if (value instanceof ArrayBuffer) return encodeObject(new Uint8Array(value))
  if (value instanceof Set) return encodeSet([...value])
  const prototype: unknown = Object.getPrototypeOf(value)
  // The second case: an object of another window.
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null) throw unsupported(value.constructor.name)
  return { M: encodeMap(value) }
}

/** The empty set is a text set, which the engine refuses in DynamoDB's words; so it does sets of other types. */
function encodeSet(elements: readonly unknown[]): AttributeValue {
  const tagged = elements.map((element): Mutable => {
    const value = encodeValue(element)
    return Object(value) === value ? (value as object as Mutable) : { [typeof value === 'string' ? 'S' : 'N']: value }
  })
  const [type = 'S', other] = new Set(tagged.flatMap(Object.keys))
  if (other !== undefined) throw unsupported('Set of mixed types')
  return { [`${type}S`]: tagged.map((value) => value[type]) } as unknown as AttributeValue
}

function unsupported(type: string): ValidationException {
  return new ValidationException(`Unsupported type passed: ${type}`)
}

/** Attributes that are undefined are left out of what JSON.stringify makes of the result. */
export function encodeMap(map: object): AttributeMap {
  const copy: Mutable = { ...map }
  for (const name in copy) {
    const value = copy[name]
    const type = typeof value
    if (type === 'string' || type === 'boolean' || value === undefined) continue
    copy[name] = encodeValue(value)
  }
  return copy as AttributeMap
}

/** A native value, made in place where it can be. `data` says how to read numbers; `name` is for errors. */
export function decodeValue(value: AttributeValue, data: AttributeData | undefined, name: string): unknown {
  if (typeof value === 'number') return decodeNumber(value, data?.mode, name)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    const list: unknown[] = value
    for (let i = 0; i < list.length; i++) list[i] = decodeValue(list[i] as AttributeValue, data?.element, name)
    return list
  }
  if ('M' in value) return fillDefaults(decodeMap(value.M, data?.attributes), data?.attributes)
  if ('N' in value) return decodeNumber(value.N, data?.mode, name)
  if ('B' in value) return decodeBase64(value.B)
  if ('SS' in value) return new Set(value.SS)
  if ('NS' in value) return new Set(value.NS.map((element) => decodeNumber(element, data?.mode, name)))
  return new Set((value as BinarySet).BS.map(decodeBase64))
}

/** Never rounds. Without a mode (undeclared attributes, ANY) what a double can't hold becomes a NumberValue. */
function decodeNumber(number: number | string, mode: NumberMode | undefined, name: string): number | bigint | NumberValue {
  if (mode === 'exact') return NumberValue.from(number)
  if (mode === 'bigint') {
    if (!String(number).includes('.')) return BigInt(number)
  } else {
    if (typeof number === 'number') return number
    // A double that prints with an exponent comes as text too, but loses nothing.
    const double = Number(number)
    if (digitsOf(String(double)) === digitsOf(number)) return double
    if (mode === undefined) return NumberValue.from(number)
  }
  throw new ValidationException(`${name}: ${number} can't be read as ${mode}. Declare it N('exact')`)
}

function digitsOf(text: string): string {
  return text.replace(/e.*|[-.]/g, '').replace(/^0+|0+$/g, '')
}

/** Attributes in place; `attributes` declares some or all of them. */
export function decodeMap(map: AttributeMap, attributes?: AttributeTable): object {
  const native: Mutable = map
  for (const name in native) {
    const value = native[name] as AttributeValue
    const type = typeof value
    if (type === 'string' || type === 'boolean') continue
    const data = attributes !== undefined && Object.hasOwn(attributes, name) ? attributes[name] : undefined
    native[name] = decodeValue(value, data, name)
  }
  return native
}

/** Adds the defaults of what is missing, in place. */
export function fillDefaults<T extends object>(map: T, attributes: AttributeTable | undefined): T {
  if (attributes === undefined) return map
  const target = map as Mutable
  for (const name of defaultedNames(attributes)) {
    if (Object.hasOwn(target, name) && target[name] !== undefined) continue
    target[name] = attributes[name]?.defaultValue
  }
  return map
}

const known = new WeakMap<AttributeTable, readonly string[]>()
function defaultedNames(attributes: AttributeTable): readonly string[] {
  let names = known.get(attributes)
  if (names === undefined) {
    names = Object.keys(attributes).filter((name) => attributes[name]?.presence === 'defaulted')
    known.set(attributes, names)
  }
  return names
}

/** In slices: fromCharCode takes its arguments on the stack. */
function encodeBase64(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 8192) text += String.fromCharCode(...bytes.subarray(i, i + 8192))
  return btoa(text)
}

function decodeBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
