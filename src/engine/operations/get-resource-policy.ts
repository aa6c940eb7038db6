// GetResourcePolicy: the policy of a table or stream in canonical form, with its revision.
// It sees the last durable change at once (AWS's reads lag seconds behind).
import { tableNotFound } from '../catalog.ts'
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import { policyNotFound, policyRow, policySlot } from '../policy-slot.ts'
import { shownRow } from '../table-phase.ts'

export interface GetResourcePolicyInput {
  readonly ResourceArn: string
}
export interface GetResourcePolicyOutput {
  readonly Policy: string
  readonly RevisionId: string
}

/** AWS page: GetResourcePolicy. Throws ValidationException, ResourceNotFoundException, PolicyNotFoundException. */
export const getResourcePolicy: Operation<GetResourcePolicyInput, GetResourcePolicyOutput> = {
  name: 'GetResourcePolicy',
  kind: 'read',
  async run(engine, { ResourceArn: arn }) {
    const constraints = new Constraints()
    constraints.notNull('resourceArn', arn)
    constraints.done()
    const slot = policySlot(arn)
    const row = shownRow(engine, slot.tableName)
    if (row === undefined) throw tableNotFound(slot.tableName)
    const policy = policyRow(row, slot)
    if (policy?.document === undefined) throw policyNotFound(arn)
    return { Policy: policy.document, RevisionId: String(policy.revision) }
  },
}
