// Values and paths of statements: literals checked as DynamoDB checks what it stores, with the place inside the value that
// its errors name (`under root.x[1]`), parameters in their places, and document paths.
import type { AttributeMap, AttributeValue } from '../../model/attribute-value.ts'
import { canonicalNumberSet, canonicalStringSet } from '../../model/attribute.ts'
import { ValidationException } from '../../model/errors.ts'
import { MAX_NESTING_LEVELS } from '../../model/limits.ts'
import { parseNumber, type CompactNumber } from '../../model/number.ts'
import { setAttribute, type MutableAttributes } from '../document-path.ts'
import type { Path } from '../tree.ts'
import type { PathElementSyntax, Sequence, Struct, Syntax } from './statement-syntax.ts'

const MAX_LIST_INDEX = 2 ** 31 - 1
const IN_BAG = 'Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags'

/** True for what stands for a value: literals and parameters. */
export function isValue(syntax: Syntax): boolean {
  switch (syntax.kind) {
    case 'number':
    case 'string':
    case 'constant':
    case 'parameter':
    case 'list':
    case 'bag':
    case 'struct':
      return true
    default:
      return false
  }
}

/** The value of a literal or parameter. Throws ValidationException with AWS's texts. */
export function translateValue(syntax: Syntax, parameters: readonly AttributeValue[]): AttributeValue {
  if (syntax.kind !== 'parameter') return translateLiteral(syntax, 'root', 0)
  const value = parameters[syntax.index]
  if (value === undefined) throw new ValidationException("Number of parameters in request and statement don't match.")
  return value
}

/** INSERT's item: parameters may stand for its attributes, and for nothing within them. */
export function translateItem(syntax: Struct, parameters: readonly AttributeValue[]): AttributeMap {
  return mapOf(syntax, 'root', (_, value) => translateValue(value, parameters))
}

/** `place` is where the value stands, `depth` how many literals it stands in. */
function translateLiteral(syntax: Syntax, place: string, depth: number): AttributeValue {
  if (depth >= MAX_NESTING_LEVELS) throw new ValidationException(`Nesting Levels have exceeded supported limits under ${place}`)
  switch (syntax.kind) {
    case 'string':
      return syntax.value
    case 'number':
      return numberAt(syntax.text, place)
    case 'constant':
      if (syntax.name === 'missing') throw unsupportedType('MISSING', place, syntax.at)
      return syntax.name === 'null' ? null : syntax.name === 'true'
    case 'list':
      return syntax.elements.map((element, index) => translateLiteral(element, `${place}[${index}]`, depth + 1))
    case 'bag':
      return translateBag(syntax, place)
    case 'struct':
      return { M: mapOf(syntax, place, (name, value) => translateLiteral(value, `${place}.${name}`, depth + 1)) }
    case 'parameter':
      throw unsupportedType('Parameter', place, syntax.at)
    case 'identifier':
    case 'call':
      throw unsupportedType(syntax.name, place, syntax.at)
    default:
      throw unsupportedType(syntax.kind.toUpperCase(), place, syntax.at)
  }
}

function mapOf(
  { fields }: Struct,
  place: string,
  valueOf: (name: string, value: Syntax) => AttributeValue,
): AttributeMap {
  const map: MutableAttributes = {}
  for (const [key, value] of fields) {
    if (key.kind !== 'string') throw unsupportedType(key.kind === 'identifier' ? key.name : key.kind.toUpperCase(), place, key.at)
    if (key.value === '') throw new ValidationException('One or more parameter values were invalid: Empty attribute name')
    if (Object.hasOwn(map, key.value)) throw new ValidationException(`Duplicate keys in tuple: ${key.value} under ${place}`)
    setAttribute(map, key.value, valueOf(key.value, value))
  }
  return map
}

/** A set of strings or of numbers. */
function translateBag({ elements }: Sequence, place: string): AttributeValue {
  const strings: string[] = []
  const texts: string[] = []
  for (const element of elements) {
    if (element.kind === 'string') strings.push(element.value)
    else if (element.kind === 'number') texts.push(element.text)
    else throw new ValidationException(IN_BAG)
  }
  if (elements.length === 0) throw new ValidationException('Empty bags are not supported')
  if (strings.length > 0 && texts.length > 0) throw new ValidationException(IN_BAG)
  if (strings.length > 0) return canonicalStringSet(strings)
  const numbers = texts.map((text) => numberAt(text, place))
  const distinct = new Set(numbers.map((number) => (typeof number === 'number' ? String(number) : number.N)))
  if (distinct.size === numbers.length) return canonicalNumberSet(numbers)
  throw new ValidationException(
    `One or more parameter values were invalid: Input collection [${texts.join(', ')}] contains duplicates! under ${place}`,
  )
}

function numberAt(text: string, place: string): CompactNumber {
  try {
    return parseNumber(text)
  } catch (error) {
    if (!(error instanceof ValidationException)) throw error
    throw new ValidationException(`${error.message} under ${place}`)
  }
}

function unsupportedType(name: string, place: string, at: string): ValidationException {
  return new ValidationException(`Unsupported data type: ${name} under key ${place} at ${at}`)
}

/** The path of an identifier or path expression. Throws ValidationException for anything else. */
export function translatePath(syntax: Syntax): Path {
  if (syntax.kind === 'identifier') {
    if (syntax.name === '') throw new ValidationException('Path component cannot be an empty string')
    return [syntax.name]
  }
  if (syntax.kind !== 'path' || syntax.root.kind !== 'identifier') throw unexpectedComponent(syntax.at)
  const path: [string, ...(string | number)[]] = [syntax.root.name]
  for (const element of syntax.elements) path.push(pathElement(element, syntax.at))
  if (path.includes('')) throw new ValidationException('Path component cannot be an empty string')
  if (path.length > MAX_NESTING_LEVELS + 1) {
    throw new ValidationException(`The document path has too many nesting elements; nesting levels: ${path.length - 1}`)
  }
  return path
}

function pathElement(element: PathElementSyntax, at: string): string | number {
  if (element.kind === 'name') return element.name
  if (element.kind === 'wildcard') throw unexpectedComponent(at)
  const { index } = element
  // `a['b']` is `a.b`.
  if (index.kind === 'string') return index.value
  if (index.kind !== 'number' || !/^-?[0-9]+$/.test(index.text)) throw unexpectedComponent(index.at)
  const number = Number(index.text)
  if (number < 0 || number > MAX_LIST_INDEX) {
    throw new ValidationException(`List index is not within the allowable range; index: [${index.text}] at ${index.at}`)
  }
  return number === 0 ? 0 : number
}

export function unexpectedComponent(at: string): ValidationException {
  return new ValidationException(`Unexpected path component at ${at}`)
}
