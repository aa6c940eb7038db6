// A request's members, from DynamoDB's JSON to what operations take: types checked as AWS's deserializer does, unknown and null
// members dropped, attribute values made compact, in place where that is quickest (the JSON was parsed for us alone).
// Invariant: SerializationException comes before anything else. A wrong attribute value is kept for the operation to throw,
// after its own checks: in its place stands an object that throws it as soon as anybody looks inside.
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { SerializationException, ValidationException } from '../model/errors.ts'
import { currentWording, valueError } from '../model/value-wording.ts'
import { booleanText, checkWireShape, fromWire, wrongScalar } from '../model/wire.ts'
import { inputShape, type ScalarKind, type StructureShape, type WireShape } from './wire-shapes.ts'

export interface WireInput {
  readonly input: object
  /** For `RequestContext.invalidValue`. */
  readonly invalidValue?: ValidationException
  /** The same. */
  readonly isDeep?: boolean
}

/** `parsed`: the request's JSON, which is changed. Throws SerializationException, with AWS's texts. */
export function readWireInput(operation: string, parsed: unknown): WireInput {
  const shape = inputShape(operation)
  if (shape === undefined) return { input: {} }
  if (Array.isArray(parsed)) throw new SerializationException(`Unrecognized collection type class ${PACKAGE}.${operation}Input`)
  const reader = new InputReader()
  const input = reader.structure(parsed ?? {}, shape, 'Unexpected value type in payload')
  return reader.invalidValue === undefined ? { input } : { input, invalidValue: reader.invalidValue, isDeep: reader.isDeep }
}

const PACKAGE = 'com.amazonaws.dynamodb.v20120810'
const FIELD = 'Unexpected field type'
const STRUCTURE = 'Start of structure or map found where not expected'
/** What AWS's deserializer says where a collection of a collection is a scalar. */
const PARAMETERIZED =
  'class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class java.lang.Class ' +
  '(sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and java.lang.Class are in module java.base of loader \'bootstrap\')'

const JAVA_TYPES: { readonly [kind in ScalarKind]: string } = {
  S: 'String',
  B: 'Boolean',
  I: 'Integer',
  L: 'Long',
  D: 'Double',
  T: 'Date',
}

/** Where a value stands: AWS's texts differ. */
type Place = 'member' | 'element'

class InputReader {
  invalidValue: ValidationException | undefined
  isDeep = false

  structure(value: unknown, { name, members }: StructureShape, wrongType: string): object {
    if (typeof value !== 'object' || value === null) throw new SerializationException(wrongType)
    if (Array.isArray(value)) throw new SerializationException(`Unrecognized collection type class ${PACKAGE}.${name}`)
    const read: { [member: string]: unknown } = {}
    for (let at = 0; at < members.length; at++) {
      const [member, shape] = members[at] as readonly [string, WireShape]
      const given: unknown = value[member as never]
      if (given === undefined) continue
      if (given !== null) read[member] = this.#value(given, shape, 'member', member)
      // Its own deserializer names them (search-vectors.ts; paritysuite's error-messages/searchVectors, 2026-10-09).
      else if (name === 'SearchVectors') read[member] = null
    }
    return read
  }

  #value(value: unknown, shape: WireShape, place: Place, member: string): unknown {
    switch (shape.kind) {
      case 'S':
        if (typeof value === 'string') return value
        throw wrongScalar(value, 'String')
      case 'structure':
        return this.structure(value, shape, place === 'member' ? FIELD : 'Unexpected value type in payload')
      case 'list':
        return this.#list(value, shape.element, place, member)
      case 'map':
        return this.#map(value, shape.element, place, member)
      case 'V':
        if (place === 'member' && typeof value !== 'object') throw new SerializationException(FIELD)
        return this.#attribute(value)
      default:
        return scalarOf(value, shape.kind)
    }
  }

  #list(value: unknown, element: WireShape, place: Place, member: string): unknown[] {
    if (!Array.isArray(value)) {
      throw new SerializationException(typeof value === 'object' ? STRUCTURE : place === 'member' ? FIELD : PARAMETERIZED)
    }
    if (element.kind === 'V' || !value.includes(null)) return value.map((each: unknown) => this.#value(each, element, 'element', member))
    // A null structure lacks all its members, which operations name; any other null is none.
    const given: readonly unknown[] = element.kind === 'structure' ? value.map((each: unknown) => each ?? {}) : value.filter((each) => each !== null)
    return given.map((each) => this.#value(each, element, 'element', member))
  }

  #map(value: unknown, element: WireShape, place: Place, member: string): object {
    if (typeof value !== 'object' || value === null) throw new SerializationException(place === 'member' ? FIELD : PARAMETERIZED)
    if (Array.isArray(value)) {
      throw new SerializationException(`Unrecognized collection type java.util.Map<java.lang.String, ${javaTypeOf(element)}>`)
    }
    const map = value as { [name: string]: unknown }
    // In place: an own `__proto__` (JSON.parse makes one) stays an own property.
    for (const name in map) {
      const given = map[name]
      if (element.kind === 'V') map[name] = this.#attribute(given, member, name)
      else if (given === null) delete map[name]
      else map[name] = this.#value(given, element, 'element', member)
    }
    return map
  }

  #attribute(value: unknown, member = '', name = ''): AttributeValue {
    try {
      return fromWire(value)
    } catch (error) {
      if (!(error instanceof ValidationException)) throw error
      checkWireShape(value)
      const told = refusalIn(member, name, error)
      this.invalidValue ??= told
      this.isDeep ||= nestsBeyond(value, OLDER_LAYER_LEVELS)
      return throwing(told)
    }
  }
}

/** Where AWS names a start key that is no value, and where it does not (dynalite's validations/query.js). */
const PLAIN_IN_START_KEY = /contains duplicates|number set|numeric value|significant digits|number with magnitude/i

/** What AWS says of a wrong value depends on where it stands; only its older layer names a value of an expression. */
function refusalIn(member: string, name: string, error: ValidationException): ValidationException {
  if (member === 'ExpressionAttributeValues') {
    return valueError(`ExpressionAttributeValues contains invalid value: ${error.message} for key ${name}`, currentWording(error))
  }
  if (member !== 'ExclusiveStartKey' || PLAIN_IN_START_KEY.test(error.message)) return error
  return new ValidationException(`The provided starting key is invalid: ${error.message}`)
}

/** Maps and lists in one another from which on AWS reads PutItem and its like with its older layer. */
const OLDER_LAYER_LEVELS = 62

function nestsBeyond(value: unknown, levels: number): boolean {
  const { M: map, L: list } = (value ?? {}) as { readonly M?: object | null; readonly L?: object | null }
  const inner = map ?? list
  if (inner === undefined || inner === null) return false
  return levels === 0 || Object.values(inner).some((each) => nestsBeyond(each, levels - 1))
}

/** A value that is none: whoever looks inside throws what is wrong with it. */
function throwing(error: ValidationException): AttributeValue {
  return {
    get M(): AttributeMap {
      throw error
    },
  }
}

function scalarOf(value: unknown, kind: ScalarKind): string | number | boolean {
  if (kind === 'B') {
    if (typeof value === 'boolean') return value
    if (typeof value === 'string') return booleanText(value)
  } else if (typeof value === 'number') {
    return kind === 'D' || kind === 'T' ? value : Math.floor(value)
  }
  throw wrongScalar(value, JAVA_TYPES[kind])
}

function javaTypeOf(shape: WireShape): string {
  switch (shape.kind) {
    case 'V':
      return `${PACKAGE}.AttributeValue`
    case 'structure':
      return `${PACKAGE}.${shape.name}`
    case 'list':
      return `java.util.List<${javaTypeOf(shape.element)}>`
    case 'map':
      return `java.util.Map<java.lang.String, ${javaTypeOf(shape.element)}>`
    default:
      return `java.lang.${JAVA_TYPES[shape.kind]}`
  }
}
