// Reading and comparing compact attribute values. Equality is structural because every value has one compact form;
// order exists within S (UTF-8 bytes), N and B only, as in DynamoDB.
import type { AttributeMap, AttributeValue, BinarySet, NumberSet, StringSet, TypeCode } from './attribute-value.ts'
import { compareBase64 } from './base64.ts'
import { ValidationException } from './errors.ts'
import { MAX_NESTING_LEVELS } from './limits.ts'
import { compareNumbers, type CompactNumber } from './number.ts'
import { valueError } from './value-wording.ts'

/** DynamoDB's type code of a value. */
export function typeOf(value: AttributeValue): TypeCode {
  switch (typeof value) {
    case 'string':
      return 'S'
    case 'number':
      return 'N'
    case 'boolean':
      return 'BOOL'
    default:
      if (value === null) return 'NULL'
      if (isList(value)) return 'L'
      if ('M' in value) return 'M'
      if ('B' in value) return 'B'
      if ('N' in value) return 'N'
      if ('SS' in value) return 'SS'
      return 'NS' in value ? 'NS' : 'BS'
  }
}

/** Array.isArray, which does not narrow readonly arrays. */
export function isList(value: AttributeValue): value is readonly AttributeValue[] {
  return Array.isArray(value)
}

/** The map's own attribute, or undefined; safe for names such as `constructor` and `__proto__`. */
export function attributeOf(map: AttributeMap, name: string): AttributeValue | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined
}

/** Same type and same value; sets and numbers are canonical, so their texts decide. */
export function equalValues(a: AttributeValue, b: AttributeValue): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (isList(a)) return isList(b) && equalElements(a, b)
  if (isList(b)) return false
  if ('M' in a) return 'M' in b && equalMaps(a.M, b.M)
  if ('N' in a) return 'N' in b && a.N === b.N
  if ('B' in a) return 'B' in b && a.B === b.B
  if ('SS' in a) return 'SS' in b && equalElements(a.SS, b.SS)
  if ('NS' in a) return 'NS' in b && equalElements(a.NS, b.NS)
  return 'BS' in b && equalElements(a.BS, b.BS)
}

/** Same names with equal values, in any order. */
export function equalMaps(a: AttributeMap, b: AttributeMap): boolean {
  if (a === b) return true
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => {
    const left = attributeOf(a, name)
    const right = attributeOf(b, name)
    return left !== undefined && right !== undefined && equalValues(left, right)
  })
}

function equalElements(a: readonly AttributeValue[], b: readonly AttributeValue[]): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i++) {
    if (!equalValues(a[i] ?? null, b[i] ?? null)) return false
  }
  return true
}

/** Below, at or above zero for two S, two N or two B; undefined where DynamoDB has no order. */
export function compareValues(a: AttributeValue, b: AttributeValue): number | undefined {
  if (typeof a === 'string') return typeof b === 'string' ? compareUtf8(a, b) : undefined
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const type = typeOf(a)
  if (type !== typeOf(b)) return undefined
  if (type === 'N') return compareNumbers(a as CompactNumber, b as CompactNumber)
  if (type !== 'B') return undefined
  return compareBase64((a as { B: string }).B, (b as { B: string }).B)
}

/** Order of the UTF-8 encodings, in which a lone surrogate is U+FFFD: below, at or above zero. */
export function compareUtf8(a: string, b: string): number {
  if (a === b) return 0
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const codeA = a.charCodeAt(i)
    const codeB = b.charCodeAt(i)
    if (codeA === codeB) continue
    // Only surrogates sort below what they encode above: U+E000 to U+FFFF.
    return codeA >= 0xd800 && codeB >= 0xd800 ? compareCodePoints(a, b, i) : codeA - codeB
  }
  return a.length === b.length ? 0 : compareCodePoints(a, b, length)
}

/** From index `i` on, or one before it if that unit may belong to a pair. */
function compareCodePoints(a: string, b: string, i: number): number {
  let at = i > 0 && isSurrogate(a.charCodeAt(i - 1)) ? i - 1 : i
  let other = at
  while (at < a.length && other < b.length) {
    const pointA = a.codePointAt(at) ?? 0
    const pointB = b.codePointAt(other) ?? 0
    const scalarA = isSurrogate(pointA) ? 0xfffd : pointA
    const scalarB = isSurrogate(pointB) ? 0xfffd : pointB
    if (scalarA !== scalarB) return scalarA - scalarB
    at += pointA > 0xffff ? 2 : 1
    other += pointB > 0xffff ? 2 : 1
  }
  return a.length - at - (b.length - other)
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff
}

const INVALID = 'One or more parameter values were invalid: '

/** A canonical SS. Throws ValidationException, with DynamoDB's texts, for no elements and for duplicates. */
export function canonicalStringSet(elements: readonly string[]): StringSet {
  if (elements.length === 0) throw new ValidationException('One or more parameter values were invalid: An string set  may not be empty')
  const sorted = [...elements].sort(compareUtf8)
  if (hasDuplicates(sorted)) {
    throw valueError(
      `${INVALID}Input collection [${elements.join(', ')}] contains duplicates.`,
      `${INVALID}Input collection [${quoted(elements, compareUtf8).join(', ')}] contains duplicates.`,
    )
  }
  return { SS: sorted }
}

/** A canonical NS. Throws ValidationException, with DynamoDB's texts, for no elements and for duplicates. */
export function canonicalNumberSet(elements: readonly CompactNumber[]): NumberSet {
  if (elements.length === 0) throw new ValidationException('One or more parameter values were invalid: An number set  may not be empty')
  const sorted = [...elements].sort(compareNumbers).map((element) => (typeof element === 'number' ? element : element.N))
  if (hasDuplicates(sorted)) throw valueError('Input collection contains duplicates', `${INVALID}Input collection contains duplicates.`)
  return { NS: sorted }
}

/** A canonical BS of base64 texts. Throws ValidationException, with DynamoDB's texts, for no elements and for duplicates. */
export function canonicalBinarySet(elements: readonly string[]): BinarySet {
  if (elements.length === 0) throw new ValidationException('One or more parameter values were invalid: Binary sets should not be empty')
  const sorted = [...elements].sort(compareBase64)
  if (hasDuplicates(sorted)) {
    throw valueError(
      `${INVALID}Input collection [${elements.join(', ')}]of type BS contains duplicates.`,
      `${INVALID}Input collection [${quoted(elements, compareBase64).join(',')}]of type BS contains duplicates.`,
    )
  }
  return { BS: sorted }
}

/** As AWS lists a set with duplicates: in order up to the first repeat, then the repeat, then the rest as it came. */
function quoted(elements: readonly string[], compare: (a: string, b: string) => number): string[] {
  const seen = new Set<string>()
  const repeat = elements.findIndex((element) => seen.size === seen.add(element).size)
  const listed = [...elements.slice(0, repeat).sort(compare), ...elements.slice(repeat)]
  return listed.map((element) => `"${element}"`)
}

/** An element of a NumberSet as a top-level N. */
export function numberOfElement(element: number | string): CompactNumber {
  return typeof element === 'number' ? element : { N: element }
}

function hasDuplicates(sorted: readonly (string | number)[]): boolean {
  return sorted.some((element, index) => index > 0 && element === sorted[index - 1])
}

/** Throws ValidationException where a value stands deeper than DynamoDB allows; a top-level attribute is at level 1. */
export function checkNesting(value: AttributeValue, level = 1): void {
  if (level > MAX_NESTING_LEVELS) throw nestingError()
  if (typeof value !== 'object' || value === null) return
  if (isList(value)) for (const element of value) checkNesting(element, level + 1)
  else if ('M' in value) for (const element of Object.values(value.M)) checkNesting(element, level + 1)
}

export function nestingError(): ValidationException {
  return new ValidationException(
    'Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit',
  )
}
