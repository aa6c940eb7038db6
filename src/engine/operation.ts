// The shape of an API operation: one per file in operations/, found by name, run by `Engine.execute`.
// A write operation makes its effect and its kept answer in one step (T1).
import type { Settlement, StoreDurability } from '../storage/store.ts'
import type { EngineCore } from './engine-core.ts'

export interface RequestContext {
  readonly durability?: StoreDurability
  /**
   * Given by the host for writes: turns the operation's output into the kept answer of this request. The operation's
   * one write step settles it (`EngineCore.write`), so that the answer is in the same log record as the write (T1).
   */
  readonly settlement?: (output: object) => Settlement
}

export interface Operation<Input, Output> {
  readonly name: string
  /** `write` operations carry a settlement; `read` ones are simply asked again. */
  readonly kind: 'read' | 'write'
  run(engine: EngineCore, input: Input, context: RequestContext): Promise<Output>
}
