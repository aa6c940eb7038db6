// Reading an item at a document path, and writing attributes by names that users chose: `__proto__` and `constructor`
// are attributes like any other.
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { attributeOf, isList } from '../model/attribute.ts'
import type { Path } from './tree.ts'

/** What is at the path, or undefined. */
export function valueAt(attributes: AttributeMap, path: Path): AttributeValue | undefined {
  let value = attributeOf(attributes, path[0])
  for (let i = 1; i < path.length && value !== undefined; i++) value = childOf(value, path[i] ?? '')
  return value
}

/** The element of a list or the attribute of a map; undefined for anything else. */
export function childOf(value: AttributeValue, element: string | number): AttributeValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (isList(value)) return typeof element === 'number' ? value[element] : undefined
  return typeof element === 'string' && 'M' in value ? attributeOf(value.M, element) : undefined
}

/** Attributes under construction. */
export type MutableAttributes = { [name: string]: AttributeValue }

/** Assignment by any name: `__proto__` too becomes an own attribute. */
export function setAttribute(attributes: MutableAttributes, name: string, value: AttributeValue): void {
  if (name !== '__proto__') attributes[name] = value
  else Object.defineProperty(attributes, name, { value, configurable: true, enumerable: true, writable: true })
}
