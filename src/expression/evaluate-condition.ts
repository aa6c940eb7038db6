// Conditions on an item, with DynamoDB's semantics (Developer Guide: Expressions.OperatorsAndFunctions): what is absent
// equals nothing, itself included; values of different types are unequal and in no order.
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { attributeOf, compareValues, equalValues, isList, typeOf } from '../model/attribute.ts'
import { base64ByteLength, decodeBase64 } from '../model/base64.ts'
import { utf8Length } from '../model/size.ts'
import type { Comparator } from './data.ts'
import { valueAt } from './document-path.ts'
import type { Condition, Operand } from './tree.ts'

/** For an item that does not exist, pass no attributes: `{}`. */
export function evaluateCondition(condition: Condition, attributes: AttributeMap): boolean {
  switch (condition.kind) {
    case 'and':
      for (const each of condition.conditions) if (!evaluateCondition(each, attributes)) return false
      return true
    case 'or':
      for (const each of condition.conditions) if (evaluateCondition(each, attributes)) return true
      return false
    case 'not':
      return !evaluateCondition(condition.condition, attributes)
    case 'compare':
      return compare(condition.operator, resolve(condition.left, attributes), resolve(condition.right, attributes))
    case 'attribute_exists':
      return valueAt(attributes, condition.path) !== undefined
    case 'attribute_not_exists':
      return valueAt(attributes, condition.path) === undefined
    default: {
      const value = resolve(condition.operand, attributes)
      return value !== undefined && evaluateTest(condition, value, attributes)
    }
  }
}

type ValueTest = Extract<Condition, { kind: 'between' | 'in' | 'attribute_type' | 'begins_with' | 'contains' }>

function evaluateTest(test: ValueTest, value: AttributeValue, attributes: AttributeMap): boolean {
  switch (test.kind) {
    case 'between':
      return (
        compare('>=', value, resolve(test.lower, attributes)) && compare('<=', value, resolve(test.upper, attributes))
      )
    case 'in':
      return test.candidates.some((candidate) => compare('=', value, resolve(candidate, attributes)))
    case 'attribute_type':
      return typeOf(value) === test.type
    case 'begins_with': {
      const prefix = resolve(test.prefix, attributes)
      return prefix !== undefined && beginsWith(value, prefix)
    }
    case 'contains': {
      const sought = resolve(test.sought, attributes)
      return sought !== undefined && contains(value, sought)
    }
  }
}

function resolve(operand: Operand, attributes: AttributeMap): AttributeValue | undefined {
  switch (operand.kind) {
    case 'value':
      return operand.value
    case 'path':
      return operand.path.length === 1 ? attributeOf(attributes, operand.path[0]) : valueAt(attributes, operand.path)
    case 'size': {
      const value = resolve(operand.operand, attributes)
      return value === undefined ? undefined : sizeOf(value)
    }
  }
}

function compare(operator: Comparator, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  if (left === undefined || right === undefined) return operator === '<>'
  if (operator === '=') return equalValues(left, right)
  if (operator === '<>') return !equalValues(left, right)
  const order = compareValues(left, right)
  if (order === undefined) return false
  switch (operator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
}

/**
 * S: bytes of its UTF-8 encoding (AWS's PartiQL page on SIZE says bytes, the expressions' page just "length"); B: bytes;
 * sets, lists and maps: elements; other types have none.
 */
function sizeOf(value: AttributeValue): number | undefined {
  if (typeof value === 'string') return utf8Length(value)
  if (typeof value !== 'object' || value === null) return undefined
  if (isList(value)) return value.length
  if ('M' in value) return Object.keys(value.M).length
  if ('B' in value) return base64ByteLength(value.B)
  if ('SS' in value) return value.SS.length
  if ('NS' in value) return value.NS.length
  return 'BS' in value ? value.BS.length : undefined
}

function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if (typeof prefix === 'string') return typeof value === 'string' && value.startsWith(prefix)
  const bytes = bytesOf(value)
  const prefixBytes = bytesOf(prefix)
  return bytes !== undefined && prefixBytes !== undefined && holdsAt(bytes, prefixBytes, 0)
}

/** A part of S or B, an element of a set or list. */
function contains(value: AttributeValue, sought: AttributeValue): boolean {
  if (typeof value === 'string') return typeof sought === 'string' && value.includes(sought)
  if (typeof value !== 'object' || value === null) return false
  if (isList(value)) return value.some((element) => equalValues(element, sought))
  if ('SS' in value) return typeof sought === 'string' && value.SS.includes(sought)
  if ('NS' in value) {
    if (typeof sought === 'number') return value.NS.includes(sought)
    return typeof sought === 'object' && sought !== null && 'N' in sought && value.NS.includes(sought.N)
  }
  if (typeof sought !== 'object' || sought === null || !('B' in sought)) return false
  if ('BS' in value) return value.BS.includes(sought.B)
  return 'B' in value && holdsSomewhere(decodeBase64(value.B), decodeBase64(sought.B))
}

function bytesOf(value: AttributeValue): Uint8Array | undefined {
  return typeof value === 'object' && value !== null && 'B' in value ? decodeBase64(value.B) : undefined
}

function holdsSomewhere(bytes: Uint8Array, part: Uint8Array): boolean {
  for (let start = 0; start + part.length <= bytes.length; start++) if (holdsAt(bytes, part, start)) return true
  return false
}

function holdsAt(bytes: Uint8Array, part: Uint8Array, start: number): boolean {
  return start + part.length <= bytes.length && part.every((byte, index) => byte === bytes[start + index])
}
