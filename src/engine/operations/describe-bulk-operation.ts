// DescribeBulkOperation: status, counts and settings of one bulk operation, as of its last commit.
// Ended operations stay describable.
import { mustReadByArn } from '../bulk-operation.ts'
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import { describeOperation, type BulkOperationOutput } from './start-bulk-put-items.ts'

export interface BulkOperationInput {
  readonly BulkOperationArn: string
}

/** AWS page: DescribeBulkOperation. Throws ValidationException, ResourceNotFoundException. */
export const describeBulkOperation: Operation<BulkOperationInput, BulkOperationOutput> = {
  name: 'DescribeBulkOperation',
  kind: 'read',
  async run(engine, input) {
    checkBulkOperationArn(input)
    const row = await engine.read((reader) => mustReadByArn(reader, input.BulkOperationArn))
    return { BulkOperationDescription: describeOperation(engine, row) }
  },
}

/** Throws ValidationException. */
export function checkBulkOperationArn({ BulkOperationArn: arn }: BulkOperationInput): void {
  const constraints = new Constraints()
  if (constraints.notNull('bulkOperationArn', arn)) constraints.length('bulkOperationArn', arn, 37, 1024)
  constraints.done()
}
