// What comes with a request beside its input, from the host.
// Apart from operation.ts, so that EngineCore, which operations are given, can know it.
import type { Settlement, StoreDurability } from '../storage/store.ts'

export interface RequestContext {
  readonly durability?: StoreDurability
  /**
   * Given by the host for writes: turns the operation's output into the kept answer of this request. The operation's
   * one write step settles it (`EngineCore.write`), so that the answer is in the same log record as the write (T1).
   */
  readonly settlement?: (output: object) => Settlement
}
