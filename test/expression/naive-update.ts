// An update as its documentation tells it, without a thought for speed: the oracle of `applyUpdate`. Works on a copy, in
// which what is removed from a list leaves a hole until the end, so that indexes keep their meaning.
import { valueAt } from '../../src/expression/document-path.ts'
import type { Path, SetOperand, Update } from '../../src/expression/tree.ts'
import { canonicalBinarySet, canonicalNumberSet, canonicalStringSet, isList, numberOfElement, typeOf } from '../../src/model/attribute.ts'
import type { AttributeMap, AttributeValue } from '../../src/model/attribute-value.ts'
import { addNumbers, isNumber, subtractNumbers } from '../../src/model/number.ts'

type Json = { [name: string]: Json } | Json[] | string | number | boolean | null | undefined

const clone = (value: unknown): Json => JSON.parse(JSON.stringify(value)) as Json

/** The new attributes, or the text of DynamoDB's error. */
export function naiveUpdate(update: Update, attributes: AttributeMap | undefined, key: AttributeMap): AttributeMap | undefined | string {
  const before = attributes ?? key
  const after = { M: clone(before) }
  try {
    const values = update.actions.map((action) => (action.kind === 'set' ? evaluate(action.operand, before) : undefined))
    for (const [i, action] of update.actions.entries()) {
      const { path } = action
      const old = valueAt(before, path)
      const holder = holderOf(after, path)
      switch (action.kind) {
        case 'set':
          put(holder, path, clone(values[i]))
          break
        case 'remove':
          if (old !== undefined) put(holder, path, undefined)
          break
        case 'add':
          put(holder, path, clone(old === undefined ? action.value : sum(old, action.value)))
          break
        case 'delete':
          if (old !== undefined) put(holder, path, difference(old, action.value))
      }
    }
  } catch (error) {
    if (typeof error === 'string') return error
    throw error
  }
  if (attributes === undefined && update.actions.every((action) => action.kind === 'remove' || action.kind === 'delete')) return undefined
  return compact(after.M) as AttributeMap
}

function evaluate(operand: SetOperand, before: AttributeMap): AttributeValue {
  switch (operand.kind) {
    case 'value':
      return operand.value
    case 'path': {
      const value = valueAt(before, operand.path)
      if (value === undefined) throw 'The provided expression refers to an attribute that does not exist in the item'
      return value
    }
    case 'if_not_exists': {
      const value = valueAt(before, operand.path)
      return value === undefined ? evaluate(operand.otherwise, before) : value
    }
    case 'list_append':
      return [operand.first, operand.second].flatMap((each) => {
        const list = evaluate(each, before)
        if (!isList(list)) throw 'An operand in the update expression has an incorrect data type'
        return list
      })
    default: {
      const [left, right] = [operand.left, operand.right].map((each) => {
        const number = evaluate(each, before)
        if (!isNumber(number)) throw 'An operand in the update expression has an incorrect data type'
        return number
      })
      return operand.kind === 'plus' ? addNumbers(left ?? 0, right ?? 0) : subtractNumbers(left ?? 0, right ?? 0)
    }
  }
}

/** The array or plain object that holds the path's last element. */
function holderOf(root: { M: Json }, path: Path): Json[] | { [name: string]: Json } {
  let value: Json = root
  for (const element of path.slice(0, -1)) value = childOf(value, element)
  const holder = contentOf(value)
  if (holder === undefined || Array.isArray(holder) !== (typeof path.at(-1) === 'number')) {
    throw 'The document path provided in the update expression is invalid for update'
  }
  return holder
}

function contentOf(value: Json): Json[] | { [name: string]: Json } | undefined {
  if (Array.isArray(value)) return value
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, 'M')) return undefined
  return value['M'] as { [name: string]: Json }
}

function childOf(value: Json, element: string | number): Json {
  const content = contentOf(value)
  if (content === undefined || Array.isArray(content) !== (typeof element === 'number')) return undefined
  return Object.hasOwn(content, element) ? (content as { [name: string]: Json })[element] : undefined
}

function put(holder: object, path: Path, value: Json): void {
  Object.defineProperty(holder, path.at(-1) ?? '', { value, enumerable: true, configurable: true, writable: true })
}

function sum(old: AttributeValue, added: AttributeValue): AttributeValue {
  if (isNumber(old) && isNumber(added)) return addNumbers(old, added)
  return combined(old, added, (a, b) => [...new Set([...a, ...b])]) ?? null
}

function difference(old: AttributeValue, deleted: AttributeValue): Json {
  const rest = combined(old, deleted, (a, b) => a.filter((element) => !b.includes(element)))
  return rest === undefined ? undefined : clone(rest)
}

type Elements = readonly (string | number)[]

/** Undefined where nothing is left. */
function combined(one: AttributeValue, two: AttributeValue, combine: (a: Elements, b: Elements) => Elements): AttributeValue | undefined {
  const type = typeOf(one)
  if (type !== typeOf(two) || !['SS', 'NS', 'BS'].includes(type)) throw 'An operand in the update expression has an incorrect data type'
  const elementsOf = (value: AttributeValue) => Object.values(value as object)[0] as Elements
  const elements = combine(elementsOf(one), elementsOf(two))
  if (elements.length === 0) return undefined
  if (type === 'SS') return canonicalStringSet(elements as readonly string[])
  return type === 'BS' ? canonicalBinarySet(elements as readonly string[]) : canonicalNumberSet(elements.map(numberOfElement))
}

/** Without what was removed. */
function compact(value: Json): Json {
  if (Array.isArray(value)) return value.filter((element) => element !== undefined).map(compact)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined).map(([name, each]) => [name, compact(each)]))
}
