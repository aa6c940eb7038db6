// The shape of an API operation: one per file in operations/, found by name, run by `Engine.execute`.
// A write operation makes its effect and its kept answer in one step (T1).
import type { EngineCore } from './engine-core.ts'
import type { RequestContext } from './request-context.ts'

export type { RequestContext } from './request-context.ts'

export interface Operation<Input, Output> {
  readonly name: string
  /** `write` operations carry a settlement; `read` ones are simply asked again. */
  readonly kind: 'read' | 'write'
  run(engine: EngineCore, input: Input, context: RequestContext): Promise<Output>
}
