// Conditions, key conditions and updates to the data forms that the engine compiles (expression/data.ts).
// An undefined value is refused: a condition that silently vanished would let the write through.
import type { AttributeValue } from '../model/attribute-value.ts'
import type { ConditionData, KeyConditionData, OperandData, RawData, SetData, TestData, UpdateData } from '../expression/data.ts'
import { getOperator, type OperatorData } from './condition.ts'
import { encodeMap, encodeValue } from './values.ts'

function operandData(value: unknown): OperandData {
  const path = getOperator(value)?.path
  return path === undefined ? { value: encodeValue(value) } : { path }
}

function testData(value: unknown): TestData {
  const test = getOperator(value)?.test
  if (test === undefined) return ['=', operandData(value)]
  const [name, ...operands] = test
  if (name === 'attribute_type') return test as TestData
  return [name, ...operands.map((value) => (name === 'size' ? testData(value) : operandData(value)))] as unknown as TestData
}

function rawData({ raw, names, values }: OperatorData): RawData {
  return { raw, names, values: values && encodeMap(values) } as RawData
}

/** Attribute or path to test. */
export function keyConditionData(condition: object): KeyConditionData {
  return { tests: Object.entries(condition).map(([path, test]) => [path, testData(test)]) }
}

export function conditionData(condition: unknown): ConditionData {
  const operator = getOperator(condition)
  if (operator === undefined) return keyConditionData(condition as object)
  if (operator.and !== undefined) return { and: operator.and.map(conditionData) }
  if (operator.or !== undefined) return { or: operator.or.map(conditionData) }
  return operator.raw === undefined ? { not: conditionData(operator.not) } : rawData(operator)
}

type Clauses = { readonly [clause in 'set' | 'add' | 'delete']?: object } & { readonly remove?: readonly string[] }

export function updateData(update: object): UpdateData {
  const operator = getOperator(update)
  if (operator !== undefined) return rawData(operator)
  const { set = {}, add = {}, delete: elements = {}, remove = [] } = update as Clauses
  return {
    set: Object.entries(set).map(([path, value]) => [path, setData(value)]),
    add: encodeEntries(add),
    delete: encodeEntries(elements),
    remove,
  }
}

function setData(value: unknown): SetData {
  const [kind, operand] = getOperator(value)?.assign ?? ['value', value]
  return { [kind]: encodeValue(operand) } as unknown as SetData
}

function encodeEntries(values: object): [path: string, value: AttributeValue][] {
  return Object.entries(values).map(([path, value]) => [path, encodeValue(value)])
}
