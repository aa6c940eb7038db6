// AttributeUpdates, from before expressions, as the tree that an UpdateExpression becomes (AWS page: UpdateItem,
// AttributeUpdates). Names are top-level attributes, taken literally.
import type { AttributeValue } from '../model/attribute-value.ts'
import { typeOf } from '../model/attribute.ts'
import { ValidationException } from '../model/errors.ts'
import type { Update, UpdateAction } from './tree.ts'

export interface LegacyUpdate {
  readonly Action?: string
  readonly Value?: AttributeValue
}

const SETS = ['SS', 'NS', 'BS']

/** Values are canonical. Undefined for no updates at all. Throws ValidationException with DynamoDB's texts. */
export function buildLegacyUpdate(updates: readonly (readonly [name: string, LegacyUpdate])[]): Update | undefined {
  if (updates.length === 0) return undefined
  return { actions: updates.map(([name, update]) => actionOf(name, update)) }
}

function actionOf(name: string, { Action: action = 'PUT', Value: value }: LegacyUpdate): UpdateAction {
  const path = [name] as const
  if (value === undefined) {
    if (action === 'DELETE') return { kind: 'remove', path }
    throw invalid('Only DELETE action is allowed when no attribute value is specified')
  }
  const type = typeOf(value)
  if (action === 'DELETE') {
    if (SETS.includes(type)) return { kind: 'delete', path, value }
    throw invalid(`DELETE action with value is not supported for the type ${type}`)
  }
  if (action === 'ADD') {
    if (type === 'N' || SETS.includes(type)) return { kind: 'add', path, value }
    if (type !== 'L') throw invalid(`ADD action is not supported for the type ${type}`)
    const before = { kind: 'if_not_exists', path, otherwise: { kind: 'value', value: [] } } as const
    return { kind: 'set', path, operand: { kind: 'list_append', first: before, second: { kind: 'value', value } } }
  }
  return { kind: 'set', path, operand: { kind: 'value', value } }
}

function invalid(message: string): ValidationException {
  return new ValidationException(`One or more parameter values were invalid: ${message}`)
}
