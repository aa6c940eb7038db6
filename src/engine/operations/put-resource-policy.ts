// PutResourcePolicy: attaches a policy to a table or one of its streams, in canonical form. An equal policy changes
// nothing and answers with the revision that there is (lab findings DDB-TABLE-205 to -209).
import { ThrottlingException, ValidationException } from '../../model/errors.ts'
import { changeTable } from '../change-table.ts'
import { Constraints } from '../constraints.ts'
import type { EngineCore } from '../engine-core.ts'
import type { Operation } from '../operation.ts'
import { checkRevision, policyRow, policySlot, withPolicyRow, type PolicySlot } from '../policy-slot.ts'
import { canonicalPolicy } from '../resource-policy.ts'
import { refuseWhileDeleting } from '../table-phase.ts'
import type { PolicyRow } from '../table-row.ts'

const COOLDOWN_MS = 15_000

export interface PutResourcePolicyInput {
  readonly ResourceArn: string
  readonly Policy: string
  readonly ExpectedRevisionId?: string
  readonly ConfirmRemoveSelfResourceAccess?: boolean
}
export interface PutResourcePolicyOutput {
  readonly RevisionId: string
}

/** AWS page: PutResourcePolicy. Throws ValidationException, AccessDeniedException, ResourceNotFoundException, PolicyNotFoundException. */
export const putResourcePolicy: Operation<PutResourcePolicyInput, PutResourcePolicyOutput> = {
  name: 'PutResourcePolicy',
  kind: 'write',
  async run(engine, input, context) {
    const constraints = new Constraints()
    constraints.notNull('resourceArn', input.ResourceArn)
    constraints.notNull('policy', input.Policy)
    constraints.length('expectedRevisionId', input.ExpectedRevisionId, 1, 255)
    constraints.done()
    if (typeof input.Policy !== 'string') throw new ValidationException('Policy must be a text')
    const slot = policySlot(input.ResourceArn)
    const policy = canonicalPolicy(input.Policy, input.ConfirmRemoveSelfResourceAccess === true)
    return changeTable(engine, context, slot.tableName, (row, write) => {
      const known = policyRow(row, slot)
      if (input.ExpectedRevisionId !== undefined) checkRevision(slot, known, input.ExpectedRevisionId)
      if (known?.document !== undefined && known.sent === policy.sent) return { row, output: { RevisionId: String(known.revision) } }
      refuseWhileDeleting(engine, slot.tableName)
      checkPolicyCooldown(engine, slot, known, write.committedAt)
      const revision = nextRevision(known, write.committedAt)
      return { row: withPolicyRow(row, slot, { ...policy, revision }), output: { RevisionId: String(revision) } }
    })
  },
}

/** Revisions are times, and rise also where two changes are in one millisecond. */
export function nextRevision(known: PolicyRow | undefined, now: number): number {
  return Math.max(now, (known?.revision ?? 0) + 1)
}

/** With `timing: 'aws'`. Throws ThrottlingException. */
export function checkPolicyCooldown(engine: EngineCore, slot: PolicySlot, known: PolicyRow | undefined, now: number): void {
  const free = (known?.revision ?? 0) + COOLDOWN_MS
  if (engine.options.timing !== 'aws' || now >= free) return
  const subject = slot.streamLabel === undefined ? `table ${slot.tableName}` : `stream ${slot.streamLabel}`
  throw new ThrottlingException(
    `Resource-based policy for ${subject} modified within the previous ${COOLDOWN_MS} milliseconds. ` +
      `Please try again after ${new Date(free).toISOString()}.`,
  )
}
