// The engine's trust boundary: attribute values of every request pass here once, whoever sent them. The page's client
// and model/wire.ts send canonical values, which come back untouched and uncopied; others are put into canonical form or
// refused with DynamoDB's texts. Behind it (stored items, images, index entries) values are trusted.
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { compareUtf8, isList, nestingError } from '../model/attribute.ts'
import { ValidationException } from '../model/errors.ts'
import { MAX_ATTRIBUTE_NAME_BYTES, MAX_NESTING_LEVELS } from '../model/limits.ts'
import { numberFromDouble } from '../model/number.ts'
import { utf8Length } from '../model/size.ts'
import { fromWire } from '../model/wire.ts'

/** The same map where it is canonical. Throws ValidationException or SerializationException. */
export function canonicalMap(map: AttributeMap, level = 0): AttributeMap {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) throw notAValue()
  // A top-level one goes before what is wrong with any value.
  if (level === 0 && Object.hasOwn(map, '')) throw emptyName()
  let changed: [string, AttributeValue][] | undefined
  const names = Object.keys(map)
  if (names.length > 0) checkLevel(level + 1)
  for (const name of names) {
    const value = map[name] as AttributeValue
    if (typeof value === 'string' && name.length < 1000 && name !== '') continue
    checkName(name)
    const canonical = canonicalValue(value, level + 1)
    if (canonical !== value) (changed ??= []).push([name, canonical])
  }
  return changed === undefined ? map : { ...map, ...Object.fromEntries(changed) }
}

/** The same value where it is canonical; `level` of nesting, 1 at the top. Throws as `canonicalMap`. */
export function canonicalValue(value: AttributeValue, level = 1): AttributeValue {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value
    case 'number':
      return numberFromDouble(value)
    case 'object':
      return value === null ? null : canonicalObject(value, level)
    default:
      throw notAValue()
  }
}

function canonicalObject(value: Extract<AttributeValue, object>, level: number): AttributeValue {
  if (isList(value)) {
    if (value.length > 0) checkLevel(level + 1)
    const elements = value.map((element) => canonicalValue(element, level + 1))
    return elements.every((element, at) => element === value[at]) ? value : elements
  }
  const names = Object.keys(value)
  if (names.length === 1) {
    if (Object.hasOwn(value, 'M')) {
      const { M } = value as { readonly M: AttributeMap }
      const map = canonicalMap(M, level)
      return map === M ? value : { M: map }
    }
    if (Object.hasOwn(value, 'SS') && isSortedStrings((value as { readonly SS: unknown }).SS)) return value
    if (Object.hasOwn(value, 'NS') && isSortedNumbers((value as { readonly NS: unknown }).NS)) return value
  }
  return throughWire(value)
}

/** Everything rare: checked, sorted and brought to canonical form by the reader of DynamoDB's JSON. */
function throughWire(value: Exclude<AttributeValue, string | number | boolean | null | readonly AttributeValue[]>): AttributeValue {
  const elements: unknown = 'NS' in value ? value.NS : undefined
  if (!Array.isArray(elements)) return keepSame(value, fromWire(value))
  return keepSame(value, fromWire({ ...value, NS: elements.map((element: unknown) => (typeof element === 'number' ? String(element) : element)) }))
}

function keepSame(value: AttributeValue, canonical: AttributeValue): AttributeValue {
  return JSON.stringify(value) === JSON.stringify(canonical) ? value : canonical
}

function isSortedStrings(elements: unknown): boolean {
  if (!Array.isArray(elements) || elements.length === 0) return false
  return elements.every((element, at) => typeof element === 'string' && (at === 0 || compareUtf8(elements[at - 1] as string, element) < 0))
}

function isSortedNumbers(elements: unknown): boolean {
  if (!Array.isArray(elements) || elements.length === 0) return false
  return elements.every(
    (element, at) => typeof element === 'number' && numberFromDouble(element) === element && (at === 0 || (elements[at - 1] as number) < element),
  )
}

function checkName(name: string): void {
  if (name === '') throw emptyName()
  if (name.length * 3 > MAX_ATTRIBUTE_NAME_BYTES && utf8Length(name) > MAX_ATTRIBUTE_NAME_BYTES) {
    throw new ValidationException('Attribute name is too large, must be less than 65536 bytes')
  }
}

function checkLevel(level: number): void {
  if (level > MAX_NESTING_LEVELS) throw nestingError()
}

function emptyName(): ValidationException {
  return new ValidationException('Empty attribute name')
}

function notAValue(): ValidationException {
  return new ValidationException('Supplied AttributeValue is empty, must contain exactly one of the supported datatypes')
}
