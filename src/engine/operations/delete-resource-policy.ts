// DeleteResourcePolicy: removes the policy of a table or stream; without one it succeeds too, and answers with the
// revision of the last deletion, if there was one (lab finding DDB-TABLE-205).
import { changeTable } from '../change-table.ts'
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import { checkRevision, policyRow, policySlot, withPolicyRow } from '../policy-slot.ts'
import { refuseWhileDeleting } from '../table-phase.ts'
import { checkPolicyCooldown, nextRevision } from './put-resource-policy.ts'

export interface DeleteResourcePolicyInput {
  readonly ResourceArn: string
  readonly ExpectedRevisionId?: string
}
export interface DeleteResourcePolicyOutput {
  readonly RevisionId?: string
}

/** AWS page: DeleteResourcePolicy. Throws ValidationException, ResourceNotFoundException, PolicyNotFoundException. */
export const deleteResourcePolicy: Operation<DeleteResourcePolicyInput, DeleteResourcePolicyOutput> = {
  name: 'DeleteResourcePolicy',
  kind: 'write',
  async run(engine, input, context) {
    const constraints = new Constraints()
    constraints.notNull('resourceArn', input.ResourceArn)
    constraints.length('expectedRevisionId', input.ExpectedRevisionId, 1, 255)
    constraints.done()
    const slot = policySlot(input.ResourceArn)
    refuseWhileDeleting(engine, slot.tableName)
    return changeTable<DeleteResourcePolicyOutput>(engine, context, slot.tableName, (row, write) => {
      const known = policyRow(row, slot)
      if (input.ExpectedRevisionId !== undefined) checkRevision(slot, known, input.ExpectedRevisionId)
      if (known?.document === undefined) return { row, output: known === undefined ? {} : { RevisionId: String(known.revision) } }
      checkPolicyCooldown(engine, slot, known, write.committedAt)
      const revision = nextRevision(known, write.committedAt)
      return { row: withPolicyRow(row, slot, { revision }), output: { RevisionId: String(known.revision) } }
    })
  },
}
