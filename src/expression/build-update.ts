// Makes an update once its operands are known, and refuses what DynamoDB refuses then, in its order: overlapping paths,
// then values that ADD and DELETE can't take, then functions' operands. The one way to an update, for parsed texts and
// plain data alike.
import type { TypeCode } from '../model/attribute-value.ts'
import { typeOf } from '../model/attribute.ts'
import { checkPathOverlap } from './path-overlap.ts'
import type { UpdateFunction } from './syntax.ts'
import { invalidExpression } from './token-cursor.ts'
import type { ExpressionParameter, PathOperand, SetOperand, Update, UpdateAction, ValueOperand } from './tree.ts'

type UpdateParameter = Extract<ExpressionParameter, 'UpdateExpression' | 'Statement'>

/** An assignment before its functions were checked. */
export type AssignedOperand =
  | PathOperand
  | ValueOperand
  | { readonly kind: 'call'; readonly name: UpdateFunction; readonly operands: readonly AssignedOperand[] }
export type DraftAction =
  | Exclude<UpdateAction, { kind: 'set' }>
  | { readonly kind: 'set'; readonly path: PathOperand['path']; readonly operand: AssignedOperand }

const TYPE_NAMES: { readonly [type in TypeCode]?: string } = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  NULL: 'NULL',
  BOOL: 'BOOLEAN',
  L: 'LIST',
  M: 'MAP',
}

/** Throws ValidationException with DynamoDB's texts. */
export function buildUpdate(drafts: readonly DraftAction[], parameter: UpdateParameter = 'UpdateExpression'): Update {
  if (drafts.length > 1) checkPathOverlap(parameter, drafts.map((draft) => draft.path))
  for (const draft of drafts) {
    if (draft.kind !== 'add' && draft.kind !== 'delete') continue
    const name = TYPE_NAMES[typeOf(draft.value)]
    if (name === undefined || (draft.kind === 'add' && name === 'NUMBER')) continue
    throw invalidExpression(
      parameter,
      'Incorrect operand type for operator or function; ' +
        `operator: ${draft.kind.toUpperCase()}, operand type: ${name}`,
    )
  }
  return {
    actions: drafts.map((draft) => (draft.kind === 'set' ? { ...draft, operand: buildOperand(parameter, draft.operand) } : draft)),
  }
}

/** The type that an assignment has whatever the item; undefined where only the item tells. */
export function staticTypeOf(operand: SetOperand): TypeCode | undefined {
  switch (operand.kind) {
    case 'path':
      return undefined
    case 'value':
      return typeOf(operand.value)
    case 'if_not_exists':
      return staticTypeOf(operand.otherwise)
    case 'list_append':
      return 'L'
    default:
      return 'N'
  }
}

/** Inner functions first. */
function buildOperand(parameter: UpdateParameter, draft: AssignedOperand): SetOperand {
  if (draft.kind !== 'call') return draft
  const { name } = draft
  const operands = draft.operands.map((operand) => buildOperand(parameter, operand))
  const [first, second] = operands
  if (first === undefined || second === undefined || operands.length !== 2) {
    throw invalidExpression(
      parameter,
      'Incorrect number of operands for operator or function; ' +
        `operator or function: ${name}, number of operands: ${operands.length}`,
    )
  }
  switch (name) {
    case 'if_not_exists':
      if (first.kind === 'path') return { kind: name, path: first.path, otherwise: second }
      throw invalidExpression(parameter, `Operator or function requires a document path; operator or function: ${name}`)
    case 'list_append':
      checkOperands(parameter, name, operands, 'L')
      return { kind: name, first, second }
    default:
      checkOperands(parameter, name, operands, 'N')
      return { kind: name === '+' ? 'plus' : 'minus', left: first, right: second }
  }
}

function checkOperands(parameter: UpdateParameter, name: UpdateFunction, operands: readonly SetOperand[], allowed: TypeCode): void {
  for (const operand of operands) {
    // Of functions' results DynamoDB learns only when it has the item.
    if (operand.kind !== 'value') continue
    const type = typeOf(operand.value)
    if (type === allowed) continue
    throw invalidExpression(
      parameter,
      `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
    )
  }
}
