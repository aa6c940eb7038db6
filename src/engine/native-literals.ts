// The trust boundary for the native client's data forms (expression/data.ts): every literal must be canonical already,
// as the client makes it. Others are refused rather than converted: who builds data forms by hand learns it at once.
import type { AttributeValue } from '../model/attribute-value.ts'
import { ValidationException } from '../model/errors.ts'
import type { ConditionData, KeyConditionData, RawData, SetData, TestData, UpdateData } from '../expression/data.ts'
import { canonicalValue } from './canonical-map.ts'

/** Throws ValidationException. */
export function checkConditionLiterals(data: ConditionData | KeyConditionData): void {
  if ('raw' in data) checkRaw(data)
  else if ('tests' in data) for (const [, test] of data.tests) checkTest(test)
  else if ('and' in data) data.and.forEach(checkConditionLiterals)
  else if ('or' in data) data.or.forEach(checkConditionLiterals)
  else checkConditionLiterals(data.not)
}

/** Throws ValidationException. */
export function checkUpdateLiterals(data: UpdateData): void {
  if ('raw' in data) {
    checkRaw(data)
    return
  }
  for (const [, assignment] of data.set ?? []) checkLiteral(literalOf(assignment))
  for (const [, value] of data.add ?? []) checkLiteral(value)
  for (const [, value] of data.delete ?? []) checkLiteral(value)
}

function literalOf(assignment: SetData): AttributeValue {
  if ('value' in assignment) return assignment.value
  if ('ifNotExists' in assignment) return assignment.ifNotExists
  if ('plus' in assignment) return assignment.plus
  return 'append' in assignment ? assignment.append : assignment.prepend
}

function checkRaw({ values }: RawData): void {
  if (values !== undefined) Object.values(values).forEach(checkLiteral)
}

function checkTest(test: TestData): void {
  const [operator, ...operands] = test
  if (operator === 'size') {
    checkTest(test[1])
    return
  }
  for (const operand of operands) {
    if (typeof operand === 'object' && 'value' in operand) checkLiteral(operand.value)
  }
}

function checkLiteral(value: AttributeValue): void {
  if (canonicalValue(value) === value) return
  throw new ValidationException(`A literal is not a canonical attribute value: ${JSON.stringify(value)}`)
}
