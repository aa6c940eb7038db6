// DescribeExport: nothing has been exported yet, so no export is found.
// What is no export's ARN is told first (lab finding DDB-EXPORT-006).
import { ExportNotFoundException } from '../../model/control-errors.ts'
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import { checkServiceArn } from '../service-arn.ts'

/** AWS page: DescribeExport. Throws ValidationException, ExportNotFoundException. */
export const describeExport: Operation<{ readonly ExportArn: string }, object> = {
  name: 'DescribeExport',
  kind: 'read',
  async run(_, { ExportArn: arn }) {
    const constraints = new Constraints()
    if (constraints.notNull('exportArn', arn)) constraints.length('exportArn', arn, 37, 1024)
    constraints.done()
    checkServiceArn('export', arn)
    throw new ExportNotFoundException(`Export not found: Export not found: ${arn}`)
  },
}
