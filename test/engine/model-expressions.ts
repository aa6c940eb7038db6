// The model's own evaluation of conditions, updates and projections, straight from the data forms (expression/data.ts).
// Naive on purpose. Updates are limited to what the generators make: top-level attributes and one map level.
import type { AttributeMap, AttributeValue } from '../../src/model/attribute-value.ts'
import type { ConditionData, OperandData, SetData, TestData, UpdateData } from '../../src/expression/data.ts'
import { aligned, bytesOf, compare, elementsOf, equal, mapOf, numberText, typeOf } from './model-values.ts'

export class ModelError extends Error {
  override readonly name: string
  /** Absent: the model vouches for the exception's class only. */
  readonly text: string | undefined
  constructor(name: string, text?: string) {
    super(text ?? name)
    this.name = name
    this.text = text
  }
}
const refused = (text?: string): ModelError => new ModelError('ValidationException', text)

function at(item: AttributeMap, path: string): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item }
  for (const step of path.split(/\.|(?=\[)/)) {
    if (value === undefined) return undefined
    if (step.startsWith('[')) value = Array.isArray(value) ? value[Number(step.slice(1, -1))] : undefined
    else {
      const map = mapOf(value)
      value = map !== undefined && Object.hasOwn(map, step) ? map[step] : undefined
    }
  }
  return value
}

function operand(item: AttributeMap, data: OperandData): AttributeValue | undefined {
  return 'path' in data ? at(item, data.path) : data.value
}

function sizeFunction(value: AttributeValue): number | undefined {
  if (typeof value === 'string') return value.length
  if (Array.isArray(value)) return value.length
  const map = mapOf(value)
  if (map !== undefined) return Object.keys(map).length
  return bytesOf(value)?.length ?? elementsOf(value)?.length
}

function contains(value: AttributeValue, element: AttributeValue): boolean {
  if (typeof value === 'string') return typeof element === 'string' && value.includes(element)
  const bytes = bytesOf(value)
  if (bytes !== undefined) return bytesOf(element) !== undefined && bytes.includes(bytesOf(element) ?? Buffer.alloc(0))
  const elements = Array.isArray(value) ? value : elementsOf(value)
  return elements?.some((each: AttributeValue) => equal(each, element)) ?? false
}

function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if (typeof value === 'string' && typeof prefix === 'string') return value.startsWith(prefix)
  const [bytes, start] = [bytesOf(value), bytesOf(prefix)]
  return bytes !== undefined && start !== undefined && bytes.subarray(0, start.length).equals(start)
}

function passes(item: AttributeMap, value: AttributeValue | undefined, test: TestData): boolean {
  if (test[0] === 'attribute_exists') return value !== undefined
  if (test[0] === 'attribute_not_exists') return value === undefined
  if (test[0] === 'attribute_type') return value !== undefined && typeOf(value) === test[1]
  if (test[0] === 'size') {
    const size = value === undefined ? undefined : sizeFunction(value)
    return size !== undefined && passes(item, size, test[1])
  }
  if (test[0] === 'in') {
    const [, ...list] = test
    return list.some((data) => passes(item, value, ['=', data]))
  }
  const right = operand(item, test[1])
  if (test[0] === '<>') return value === undefined || right === undefined || !equal(value, right)
  if (value === undefined || right === undefined) return false
  if (test[0] === '=') return equal(value, right)
  if (test[0] === 'begins_with') return beginsWith(value, right)
  if (test[0] === 'contains') return contains(value, right)
  const order = compare(value, right)
  if (order === undefined) return false
  if (test[0] === 'between') {
    const high = operand(item, test[2])
    const second = high === undefined ? undefined : compare(value, high)
    return order >= 0 && second !== undefined && second <= 0
  }
  if (test[0] === '<') return order < 0
  if (test[0] === '<=') return order <= 0
  if (test[0] === '>') return order > 0
  return order >= 0
}

/** Does the condition hold for the item (`{}` where there is none)? */
export function holds(condition: ConditionData, item: AttributeMap): boolean {
  if ('tests' in condition) return condition.tests.every(([path, test]) => passes(item, at(item, path), test))
  if ('and' in condition) return condition.and.every((part) => holds(part, item))
  if ('or' in condition) return condition.or.some((part) => holds(part, item))
  if ('not' in condition) return !holds(condition.not, item)
  throw new Error('the model does not parse expressions')
}

/** Top-level names only. */
export function project(item: AttributeMap, names: readonly string[]): AttributeMap {
  return Object.fromEntries(Object.entries(item).filter(([name]) => names.includes(name)))
}

const INVALID_PATH = 'The document path provided in the update expression is invalid for update'
const WRONG_TYPE = 'An operand in the update expression has an incorrect data type'
const MISSING = 'The provided expression refers to an attribute that does not exist in the item'

/** The text of a sum or difference, exact; refused beyond 38 digits, as DynamoDB refuses it. */
function add(a: AttributeValue, b: AttributeValue): AttributeValue {
  const numbers = aligned(numberText(a), numberText(b))
  return compactNumber(numbers.a + numbers.b, numbers.exponent)
}
/** The one compact form of digits × 10^exponent; the generators stay where doubles print their numbers plainly. */
function compactNumber(digits: bigint, exponent: number): AttributeValue {
  if (digits === 0n) return 0
  const negative = digits < 0n
  let text = String(negative ? -digits : digits)
  let power = exponent
  while (text.endsWith('0')) {
    text = text.slice(0, -1)
    power++
  }
  if (power >= 0) text += '0'.repeat(power)
  else {
    text = text.padStart(1 - power, '0')
    text = `${text.slice(0, power)}.${text.slice(power)}`
  }
  const signed = negative ? `-${text}` : text
  return String(Number(signed)) === signed ? Number(signed) : { N: signed }
}

function assigned(item: AttributeMap, path: string, data: SetData): AttributeValue {
  const old = at(item, path)
  if ('value' in data) return data.value
  if ('ifNotExists' in data) return old === undefined ? data.ifNotExists : old
  if (old === undefined) throw refused(MISSING)
  if ('plus' in data) {
    if (typeOf(old) !== 'N') throw refused(WRONG_TYPE)
    return add(old, data.plus)
  }
  const more = 'append' in data ? data.append : data.prepend
  if (!Array.isArray(old) || !Array.isArray(more)) throw refused(WRONG_TYPE)
  return 'append' in data ? [...old, ...more] : [...more, ...old]
}

function without(map: AttributeMap, name: string): AttributeMap {
  return Object.fromEntries(Object.entries(map).filter(([key]) => key !== name))
}
function replaced(item: AttributeMap, path: string, value: AttributeValue | undefined): AttributeMap {
  const [name = '', inner] = path.split('.')
  if (inner === undefined) return value === undefined ? without(item, name) : { ...item, [name]: value }
  const map = Object.hasOwn(item, name) ? mapOf(item[name] ?? null) : undefined
  if (map === undefined) throw refused(INVALID_PATH)
  return { ...item, [name]: { M: value === undefined ? without(map, inner) : { ...map, [inner]: value } } }
}

function setOf(type: string, elements: readonly AttributeValue[]): AttributeValue {
  const sorted = [...elements].sort((a, b) => compare(a, b) ?? 0)
  if (type === 'SS') return { SS: sorted.map(String) }
  if (type === 'BS') return { BS: sorted.map((element) => bytesOf(element)?.toString('base64') ?? '') }
  return { NS: sorted.map((element) => (typeof element === 'number' ? element : numberText(element))) }
}

function added(old: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (old === undefined) return value
  if (typeOf(old) !== typeOf(value)) throw refused(WRONG_TYPE)
  if (typeOf(value) === 'N') return add(old, value)
  const elements = elementsOf(old) ?? []
  const fresh = (elementsOf(value) ?? []).filter((element) => !elements.some((other) => equal(other, element)))
  return setOf(typeOf(value), [...elements, ...fresh])
}

function removed(old: AttributeValue | undefined, value: AttributeValue): AttributeValue | undefined {
  if (old === undefined) return undefined
  if (typeOf(old) !== typeOf(value)) throw refused(WRONG_TYPE)
  const rest = (elementsOf(old) ?? []).filter((element) => !(elementsOf(value) ?? []).some((other) => equal(other, element)))
  return rest.length === 0 ? undefined : setOf(typeOf(value), rest)
}

/** The item after the update. Every operand is read from the item as it was. */
export function updated(item: AttributeMap, update: UpdateData): AttributeMap {
  if ('raw' in update) throw new Error('the model does not parse expressions')
  let next = item
  for (const [path, data] of update.set ?? []) next = replaced(next, path, assigned(item, path, data))
  for (const path of update.remove ?? []) {
    if (!path.includes('.') || at(item, path) !== undefined || mapOf(at(item, path.split('.')[0] ?? '') ?? null) !== undefined) {
      next = replaced(next, path, undefined)
    } else throw refused(INVALID_PATH)
  }
  for (const [path, value] of update.add ?? []) next = replaced(next, path, added(at(item, path), value))
  for (const [path, value] of update.delete ?? []) {
    const rest = removed(at(item, path), value)
    if (at(item, path) !== undefined) next = replaced(next, path, rest)
  }
  return next
}

/** What an item has at the places that the update names. */
export function touchedPart(update: UpdateData, item: AttributeMap): AttributeMap {
  if ('raw' in update) throw new Error('the model does not parse expressions')
  const pairs = [...(update.set ?? []), ...(update.add ?? []), ...(update.delete ?? [])]
  let part: AttributeMap = {}
  for (const path of [...pairs.map(([name]) => name), ...(update.remove ?? [])]) {
    const value = at(item, path)
    const [name = '', inner] = path.split('.')
    if (value !== undefined) part = { ...part, [name]: inner === undefined ? value : { M: { [inner]: value } } }
  }
  return part
}
