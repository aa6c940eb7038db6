// DescribeTimeToLive: whether items expire, and by which attribute.
// A table that was switched off looks like one that was never on, as on AWS (lab finding DDB-TABLE-144).
import { ValidationException } from '../../model/errors.ts'
import type { Operation } from '../operation.ts'
import { checkTableName } from '../table-name.ts'
import { mustShowRow } from '../table-phase.ts'

export interface DescribeTimeToLiveInput {
  readonly TableName: string
}
export interface DescribeTimeToLiveOutput {
  readonly TimeToLiveDescription: { readonly TimeToLiveStatus: string; readonly AttributeName?: string }
}

/** AWS page: DescribeTimeToLive. Throws ValidationException, ResourceNotFoundException. */
export const describeTimeToLive: Operation<DescribeTimeToLiveInput, DescribeTimeToLiveOutput> = {
  name: 'DescribeTimeToLive',
  kind: 'read',
  async run(engine, { TableName }) {
    checkTableName(TableName)
    const { status, timeToLiveAttribute: name } = mustShowRow(engine, TableName)
    if (status === 'CREATING' || status === 'DELETING') {
      throw new ValidationException(`Cannot describe time to live while table is in ${status} state: Current table state is ${status}`)
    }
    return { TimeToLiveDescription: name === undefined ? { TimeToLiveStatus: 'DISABLED' } : { TimeToLiveStatus: 'ENABLED', AttributeName: name } }
  },
}
