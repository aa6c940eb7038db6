// An update of one item (Developer Guide: Expressions.UpdateExpressions). Every path and operand means the item as it was
// before. Nothing is changed in place: what lies on a path to a change is copied, all else is shared with the old item.
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { attributeOf, checkNesting, equalValues, isList } from '../model/attribute.ts'
import { ValidationException } from '../model/errors.ts'
import { addNumbers, isNumber, subtractNumbers, type CompactNumber } from '../model/number.ts'
import { childOf, setAttribute, valueAt, type MutableAttributes } from './document-path.ts'
import type { Path, SetOperand, Update, UpdateAction } from './tree.ts'
import { addTo, deleteFrom, incorrectType } from './update-sets.ts'

export interface UpdateResult {
  /**
   * The very map that was passed where the update changes nothing; undefined where there was no item and nothing was
   * assigned, so that none comes into being.
   */
  readonly attributes: AttributeMap | undefined
  /** What UPDATED_OLD and UPDATED_NEW return, by `projectionOf`: of the old and the new attributes. */
  readonly touched: readonly Path[]
}

/** What becomes of one place; undefined: it goes. */
interface Leaf {
  readonly kind: 'leaf'
  readonly value: AttributeValue | undefined
}
interface Branch {
  readonly kind: 'branch'
  readonly edits: Map<string | number, Edit>
}
type Edit = Leaf | Branch

/**
 * `attributes`: undefined where the item does not exist; `key`: its key attributes, with which a new item begins.
 * Throws ValidationException with DynamoDB's texts.
 */
export function applyUpdate(update: Update, attributes: AttributeMap | undefined, key: AttributeMap): UpdateResult {
  const before = attributes ?? key
  const { actions } = update
  const assigned: (AttributeValue | undefined)[] = []
  for (const action of actions) assigned.push(action.kind === 'set' ? evaluate(action.operand, before) : undefined)
  const root: Branch = { kind: 'branch', edits: new Map() }
  let creates = attributes !== undefined
  for (let i = 0; i < actions.length; i++) {
    const action = actions[i]
    if (action === undefined) continue
    addEdit(root, action, before, assigned[i])
    creates ||= action.kind === 'set' || action.kind === 'add'
  }
  return {
    attributes: creates ? editMap(before, root.edits) : undefined,
    touched: actions.map((action) => action.path),
  }
}

function evaluate(operand: SetOperand, before: AttributeMap): AttributeValue {
  switch (operand.kind) {
    case 'value':
      return operand.value
    case 'path': {
      const value = valueAt(before, operand.path)
      if (value !== undefined) return value
      throw new ValidationException('The provided expression refers to an attribute that does not exist in the item')
    }
    case 'if_not_exists': {
      const value = valueAt(before, operand.path)
      return value === undefined ? evaluate(operand.otherwise, before) : value
    }
    case 'list_append': {
      const first = listOf(evaluate(operand.first, before))
      return [...first, ...listOf(evaluate(operand.second, before))]
    }
    default: {
      // A wrong left type is reported before an absent right side.
      const left = numberOf(evaluate(operand.left, before))
      const right = numberOf(evaluate(operand.right, before))
      return operand.kind === 'plus' ? addNumbers(left, right) : subtractNumbers(left, right)
    }
  }
}

function listOf(value: AttributeValue): readonly AttributeValue[] {
  if (!isList(value)) throw incorrectType()
  return value
}

function numberOf(value: AttributeValue): CompactNumber {
  if (!isNumber(value)) throw incorrectType()
  return value
}

/** Notes what the action does to its place; throws where that place can't be. */
function addEdit(root: Branch, action: UpdateAction, before: AttributeMap, assigned: AttributeValue | undefined): void {
  const { path } = action
  const existing = path.length === 1 ? attributeOf(before, path[0]) : existingAt(path, before)
  // Values came in within DynamoDB's nesting limit: only deeper down can they break it.
  if (path.length > 1 && assigned !== undefined) checkNesting(assigned, path.length)
  const edit = editOf(action, existing, assigned)
  if (edit === undefined) return
  let branch = root
  for (let i = 0; i + 1 < path.length; i++) {
    const element = path[i] ?? ''
    const next = branch.edits.get(element)
    // Paths don't overlap: what is there is no leaf.
    const child: Branch = next?.kind === 'branch' ? next : { kind: 'branch', edits: new Map() }
    if (next === undefined) branch.edits.set(element, child)
    branch = child
  }
  branch.edits.set(path[path.length - 1] ?? '', edit)
}

/** What is at a nested path. Throws where its parent is absent or of another type than the last element needs. */
function existingAt(path: Path, before: AttributeMap): AttributeValue | undefined {
  let parent = attributeOf(before, path[0])
  for (let i = 1; i + 1 < path.length && parent !== undefined; i++) parent = childOf(parent, path[i] ?? '')
  const last = path[path.length - 1] ?? ''
  const fits =
    typeof parent === 'object' && parent !== null && (isList(parent) ? typeof last === 'number' : typeof last === 'string' && 'M' in parent)
  if (!fits || parent === undefined) {
    throw new ValidationException('The document path provided in the update expression is invalid for update')
  }
  return childOf(parent, last)
}

/** Undefined where nothing changes. */
function editOf(action: UpdateAction, existing: AttributeValue | undefined, assigned: AttributeValue | undefined): Leaf | undefined {
  switch (action.kind) {
    case 'set':
      return { kind: 'leaf', value: assigned }
    case 'remove':
      return existing === undefined ? undefined : { kind: 'leaf', value: undefined }
    case 'add':
      return { kind: 'leaf', value: existing === undefined ? action.value : addTo(existing, action.value) }
    case 'delete':
      return existing === undefined ? undefined : { kind: 'leaf', value: deleteFrom(existing, action.value) }
  }
}

/** The very map where nothing changes. */
function editMap(map: AttributeMap, edits: ReadonlyMap<string | number, Edit>): AttributeMap {
  let changed: MutableAttributes | undefined
  let removed: Set<string> | undefined
  for (const [element, edit] of edits) {
    const name = String(element)
    const old = attributeOf(map, name)
    const value = editValue(old, edit)
    if (value === old) continue
    if (value === undefined) (removed ??= new Set()).add(name)
    else setAttribute((changed ??= { ...map }), name, value)
  }
  return removed === undefined ? (changed ?? map) : omit(changed ?? map, removed)
}

/** Elements keep their order; those set beyond the end are appended, the lowest index first, without gaps. */
function editList(list: readonly AttributeValue[], edits: ReadonlyMap<string | number, Edit>): readonly AttributeValue[] {
  const edited: AttributeValue[] = []
  let changed = false
  for (let i = 0; i < list.length; i++) {
    const old = list[i] ?? null
    const edit = edits.get(i)
    const value = edit === undefined ? old : editValue(old, edit)
    if (value !== undefined) edited.push(value)
    changed ||= value !== old
  }
  const beyond = Array.from(edits.keys(), Number).filter((index) => index >= list.length)
  for (const index of beyond.sort((a, b) => a - b)) {
    const edit = edits.get(index)
    if (edit?.kind === 'leaf' && edit.value !== undefined) edited.push(edit.value)
  }
  return changed || beyond.length > 0 ? edited : list
}

/** The very value where nothing changes. */
function editValue(old: AttributeValue | undefined, edit: Edit): AttributeValue | undefined {
  if (edit.kind === 'leaf') return old !== undefined && edit.value !== undefined && equalValues(old, edit.value) ? old : edit.value
  if (typeof old !== 'object' || old === null) return old
  if (isList(old)) return editList(old, edit.edits)
  if (!('M' in old)) return old
  const map = editMap(old.M, edit.edits)
  return map === old.M ? old : { M: map }
}

/** Not by `delete`, which makes objects slow. */
function omit(map: AttributeMap, names: ReadonlySet<string>): AttributeMap {
  const kept: MutableAttributes = {}
  for (const name of Object.keys(map)) if (!names.has(name)) setAttribute(kept, name, map[name] ?? null)
  return kept
}
