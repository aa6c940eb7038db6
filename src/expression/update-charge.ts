// What AWS charges an UpdateExpression against the 400 KB, beside the finished item: what the statement writes, and a
// fixed cost per clause, whatever the stored item holds. Undocumented; measured in eu-west-2 and 21 other Regions in
// August and October 2026 (paritysuite/dynamodb-conformance, tests/tier3/limits/itemSizeBySurface.test.ts).
import { attributeSize, utf8Length } from '../model/size.ts'
import type { Path, SetOperand, Update, UpdateAction } from './tree.ts'

const STATEMENT = 3
const WRITING_CLAUSE = 19
const REMOVING_CLAUSE = 1
const FUNCTION = { if_not_exists: 39, list_append: 37, plus: 34, minus: 37 }
/** Of each element of a path: after its first name where it is written, of every one where it is read. */
const WRITTEN_ELEMENT = 4
const READ_PATH = 1
const READ_ELEMENT = 14

/** In bytes. */
export function updateCharge({ actions }: Update): number {
  return actions.reduce((sum, action) => sum + actionCharge(action), STATEMENT)
}

function actionCharge(action: UpdateAction): number {
  const target = targetCharge(action.path)
  switch (action.kind) {
    case 'set':
      return WRITING_CLAUSE + target + operandCharge(action.operand)
    case 'add':
      return WRITING_CLAUSE + target + attributeSize(action.value)
    default:
      return REMOVING_CLAUSE + target
  }
}

function targetCharge([name, ...elements]: Path): number {
  return elements.reduce((sum: number, element) => sum + WRITTEN_ELEMENT + elementBytes(element), utf8Length(name))
}

function operandCharge(operand: SetOperand): number {
  switch (operand.kind) {
    case 'value':
      return attributeSize(operand.value)
    case 'path':
      return readCharge(operand.path)
    case 'if_not_exists':
      return FUNCTION.if_not_exists + readCharge(operand.path) + operandCharge(operand.otherwise)
    case 'list_append':
      return FUNCTION.list_append + operandCharge(operand.first) + operandCharge(operand.second)
    default:
      return FUNCTION[operand.kind] + operandCharge(operand.left) + operandCharge(operand.right)
  }
}

function readCharge(path: Path): number {
  return path.reduce((sum: number, element) => sum + READ_ELEMENT + elementBytes(element), READ_PATH)
}

function elementBytes(element: string | number): number {
  return typeof element === 'number' ? String(element).length : utf8Length(element)
}
