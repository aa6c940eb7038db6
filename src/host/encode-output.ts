// Operation outputs as JSON text, with each Item's stored text put in as it is: an answer never parses what it carries.
// Invariant: the same text as JSON.stringify would give with every Item replaced by its attributes.
import { Item } from '../model/item.ts'

/** JSON text of an operation's output. Undefined properties are left out, as JSON does. */
export function encodeOutput(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  if (value instanceof Item) return value.text
  if (Array.isArray(value)) return encodeArray(value)
  let text = '{'
  // Outputs are plain objects: no property is inherited.
  for (const name in value) {
    const member: unknown = value[name as never]
    if (member === undefined) continue
    text += `${text.length > 1 ? ',' : ''}${JSON.stringify(name)}:${encodeOutput(member)}`
  }
  return `${text}}`
}

function encodeArray(values: readonly unknown[]): string {
  let text = '['
  for (let index = 0; index < values.length; index++) {
    if (index > 0) text += ','
    text += encodeOutput(values[index])
  }
  return `${text}]`
}
