// The types of wire-members.ts as data that can be walked: read from their text when an operation is first asked for.
// Invariant: a structure's shape is one object, so walkers may know shapes by identity.
import { OPERATION_MEMBERS, OUTPUT_MEMBERS, STRUCTURE_MEMBERS } from './wire-members.ts'

export type ScalarKind = 'S' | 'B' | 'I' | 'L' | 'D' | 'T'
export type WireShape =
  | { readonly kind: ScalarKind }
  /** An attribute value. */
  | { readonly kind: 'V' }
  | { readonly kind: 'list'; readonly element: WireShape }
  | { readonly kind: 'map'; readonly element: WireShape }
  | StructureShape
export interface StructureShape {
  readonly kind: 'structure'
  readonly name: string
  readonly members: readonly (readonly [name: string, shape: WireShape])[]
}

/** `Name: Member Type, Member Type` per line; blanks in front continue the line before. */
class Definitions {
  readonly #lines: ReadonlyMap<string, string>
  readonly #shapes = new Map<string, StructureShape>()

  constructor(text: string) {
    const lines = text.trim().replaceAll(/\n +/g, ' ').split('\n')
    this.#lines = new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]))
  }

  has(name: string): boolean {
    return this.#lines.has(name)
  }

  get names(): readonly string[] {
    return [...this.#lines.keys()]
  }

  structure(name: string): StructureShape {
    let shape = this.#shapes.get(name)
    if (shape === undefined) {
      const members = (this.#lines.get(name) ?? '').split(',').map((member) => member.trim()).filter((member) => member !== '')
      shape = {
        kind: 'structure',
        name,
        members: members.map((member) => [member.slice(0, member.indexOf(' ')), this.#shape(member.slice(member.indexOf(' ') + 1))]),
      }
      this.#shapes.set(name, shape)
    }
    return shape
  }

  #shape(text: string): WireShape {
    if (text.startsWith('[')) return { kind: 'list', element: this.#shape(text.slice(1, -1)) }
    if (text.startsWith('{')) return { kind: 'map', element: this.#shape(text.slice(1, -1)) }
    return text.length === 1 ? { kind: text as ScalarKind | 'V' } : this.structure(text)
  }
}

const inputs = new Definitions(OPERATION_MEMBERS + STRUCTURE_MEMBERS)
const outputs = new Definitions(OUTPUT_MEMBERS)
const operations = new Set(new Definitions(OPERATION_MEMBERS).names)

/** DynamoDB's operations, those of its streams included. */
export const WIRE_OPERATIONS: readonly string[] = [...operations]

/** Undefined for what is no operation of DynamoDB or DynamoDB Streams. */
export function inputShape(operation: string): StructureShape | undefined {
  return operations.has(operation) ? inputs.structure(operation) : undefined
}

/** Lists members with attribute values only; undefined where an operation's output has none. */
export function outputShape(operation: string): StructureShape | undefined {
  return outputs.has(operation) ? outputs.structure(operation) : undefined
}
