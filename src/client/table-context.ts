// What a table's verbs, queries and live queries share: its codec, and requests that wait until the table is declared.
// A failed declaration is the error of each request that needed it, and is tried again by the next.
import type { DefinitionData } from './definition.ts'
import { ItemCodec } from './item-codec.ts'
import { type RequestKind, type SendOptions, type Session, untilAborted } from './session.ts'
import { declareTableInput } from './table-declaration.ts'

export class TableContext {
  readonly session: Session
  readonly definition: DefinitionData
  readonly codec: ItemCodec
  readonly #shared = new Map<string, WeakRef<object>>()
  readonly #collected = new FinalizationRegistry<string>((id) => {
    if (this.#shared.get(id)?.deref() === undefined) this.#shared.delete(id)
  })
  #declaration: Promise<unknown> | undefined
  #isDeclared = false

  constructor(session: Session, definition: DefinitionData) {
    this.session = session
    this.definition = definition
    this.codec = new ItemCodec(definition)
  }

  /** The one object of this id, for as long as somebody holds it. */
  shared<T extends object>(id: string, make: () => T): T {
    const known = this.#shared.get(id)?.deref() as T | undefined
    if (known !== undefined) return known
    const made = make()
    this.#shared.set(id, new WeakRef(made))
    this.#collected.register(made, id)
    return made
  }

  /** Once per session, before all else that concerns the table. */
  async declare(signal?: AbortSignal): Promise<void> {
    if (this.#isDeclared) return
    signal?.throwIfAborted()
    this.#declaration ??= this.session.request('DeclareTable', declareTableInput(this.definition), undefined, 'write').then(
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

  /** Declares the table first. Rejects as `Session.request`. */
  async request<Output extends object>(
    operation: string,
    input: object,
    options: SendOptions | undefined,
    kind: RequestKind = 'read',
  ): Promise<Output> {
    if (!this.#isDeclared) await this.declare(options?.signal)
    return this.session.request<Output>(operation, input, options, kind)
  }
}
