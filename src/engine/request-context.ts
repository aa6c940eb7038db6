// What comes with a request beside its input, from the host.
// Apart from operation.ts, so that EngineCore, which operations are given, can know it.
import type { ValidationException } from '../model/errors.ts'
import type { Settlement, StoreDurability } from '../storage/store.ts'

export interface RequestContext {
  readonly durability?: StoreDurability
  /**
   * An attribute value of the input was none (DynamoDB JSON only; a placeholder stands for it). AWS checks members of the
   * request first, so operations throw it once they have checked theirs.
   */
  readonly invalidValue?: ValidationException
  /** Some value nests so deep that AWS reads the request with its older layer. */
  readonly isDeep?: boolean
  /**
   * Given by the host for writes: turns the operation's output into the kept answer of this request. The operation's
   * one write step settles it (`EngineCore.write`), so that the answer is in the same log record as the write (T1).
   */
  readonly settlement?: (output: object) => Settlement
}
