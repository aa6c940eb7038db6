// DescribeImport: nothing has been imported yet, so no import is found.
// What is no import's ARN is told first (lab finding DDB-IMPORT-010).
import { ImportNotFoundException } from '../../model/control-errors.ts'
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import { checkServiceArn } from '../service-arn.ts'

/** AWS page: DescribeImport. Throws ValidationException, ImportNotFoundException. */
export const describeImport: Operation<{ readonly ImportArn: string }, object> = {
  name: 'DescribeImport',
  kind: 'read',
  async run(_, { ImportArn: arn }) {
    const constraints = new Constraints()
    if (constraints.notNull('importArn', arn)) constraints.length('importArn', arn, 37, 1024)
    constraints.done()
    checkServiceArn('import', arn)
    throw new ImportNotFoundException(`Import not found: Import not found: ${arn}`)
  },
}
