// A floor's view of the journal, as the engine runs it: more operations, and work in the background.
// The engine knows no service: the host hands them to `Engine.open` (services/services.ts has the list).
import type { EngineCore } from './engine-core.ts'
import type { AnyOperation } from './operations/registry.ts'

export interface Service {
  readonly operations: readonly AnyOperation[]
  /** Called once the engine is open. What it returns ends its timers; its tasks look at `engine.closing`. */
  readonly start?: (engine: EngineCore) => () => void
}
