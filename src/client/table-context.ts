// What a table's verbs, queries and live queries share: items to and from compact form, and requests that wait until the table is declared.
// A failed declaration is the error of each request that needed it, and is tried again by the next.
import type { DeclareTableMessage } from '../host/native-protocol.ts'
import type { DefinitionData } from './definition.ts'
import { ItemCodec } from './item-codec.ts'
import { ResourceNotFoundException } from '../model/errors.ts'
import { type SendOptions, type Session, untilAborted } from './session.ts'

export class TableContext extends ItemCodec {
  readonly session: Session
  readonly #shared = new Map<string, WeakRef<object>>()
  #declaration: Promise<unknown> | undefined
  #isDeclared = false

  constructor(session: Session, definition: DefinitionData) {
    super(definition)
    this.session = session
  }

  /** The one object of this id, for as long as somebody holds it. */
  shared<T extends object>(id: string, make: () => T): T {
    const known = this.#shared.get(id)?.deref() as T | undefined
    if (known !== undefined) return known
    for (const [old, reference] of this.#shared) if (reference.deref() === undefined) this.#shared.delete(old)
    const made = make()
    this.#shared.set(id, new WeakRef(made))
    return made
  }

  /** Once per session, before all else that concerns the table. */
  async declare(signal?: AbortSignal): Promise<void> {
    if (this.#isDeclared) return
    signal?.throwIfAborted()
    this.#declaration ??= this.session.request('DeclareTable', declaration(this.definition)).then(
      () => {
        this.#isDeclared = true
      },
      (error: unknown) => {
        this.#declaration = undefined
        throw error
      },
    )
    await untilAborted(this.#declaration, signal)
  }

  /** Declares the table first, anew where another tab has erased it meanwhile. Rejects as `Session.request`. */
  async request<Output extends object>(operation: string, input: object, options?: SendOptions): Promise<Output> {
    const wasDeclared = this.#isDeclared
    if (!wasDeclared) await this.declare(options?.signal)
    try {
      return await this.session.request<Output>(operation, input, options)
    } catch (error) {
      if (!wasDeclared || !(error instanceof ResourceNotFoundException)) throw error
      this.#isDeclared = false
      this.#declaration = undefined
      return this.request(operation, input, options)
    }
  }
}

/** What the engine needs of a definition: no functions, no defaults. */
function declaration(definition: DefinitionData): DeclareTableMessage {
  const { attributes, variants: _, ...rest } = definition
  return { Definition: { ...rest, types: Object.fromEntries(Object.entries(attributes).map(([name, { type }]) => [name, type])) } }
}
