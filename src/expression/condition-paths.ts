// The same condition on other paths: how a condition reads where some attributes are not to be seen. Shapes stay as they
// are; which paths a condition has, schema-checks.ts tells.
import type { Condition, Operand, Path } from './tree.ts'

/** The condition with each of its paths replaced. */
export function mapPaths(condition: Condition, change: (path: Path) => Path): Condition {
  const operand = (each: Operand): Operand => mapOperand(each, change)
  switch (condition.kind) {
    case 'and':
    case 'or':
      return { ...condition, conditions: condition.conditions.map((each) => mapPaths(each, change)) }
    case 'not':
      return { ...condition, condition: mapPaths(condition.condition, change) }
    case 'attribute_exists':
    case 'attribute_not_exists':
      return { ...condition, path: change(condition.path) }
    case 'compare':
      return { ...condition, left: operand(condition.left), right: operand(condition.right) }
    case 'between':
      return { ...condition, operand: operand(condition.operand), lower: operand(condition.lower), upper: operand(condition.upper) }
    case 'in':
      return { ...condition, operand: operand(condition.operand), candidates: condition.candidates.map(operand) }
    case 'attribute_type':
      return { ...condition, operand: operand(condition.operand) }
    case 'begins_with':
      return { ...condition, operand: operand(condition.operand), prefix: operand(condition.prefix) }
    case 'contains':
      return { ...condition, operand: operand(condition.operand), sought: operand(condition.sought) }
  }
}

function mapOperand(operand: Operand, change: (path: Path) => Path): Operand {
  if (operand.kind === 'path') return { ...operand, path: change(operand.path) }
  return operand.kind === 'size' ? { ...operand, operand: mapOperand(operand.operand, change) } : operand
}
