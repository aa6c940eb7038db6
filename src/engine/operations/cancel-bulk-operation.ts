// CancelBulkOperation: asks a bulk operation to stop. What it wrote stays; it is CANCELLING until it has stopped between two
// slices and its report is written.
import { ValidationException } from '../../model/errors.ts'
import { bulkOperationArn, isTerminal, mustReadByArn, writeBulkOperation } from '../bulk-operation.ts'
import type { Operation } from '../operation.ts'
import { checkBulkOperationArn, type BulkOperationInput } from './describe-bulk-operation.ts'

export interface CancelBulkOperationOutput {
  readonly BulkOperationArn: string
  readonly BulkOperationStatus: string
}

/** AWS page: CancelBulkOperation. Throws ValidationException, ResourceNotFoundException. */
export const cancelBulkOperation: Operation<BulkOperationInput, CancelBulkOperationOutput> = {
  name: 'CancelBulkOperation',
  kind: 'write',
  async run(engine, input, context) {
    checkBulkOperationArn(input)
    return engine.write(context, (write) => {
      const row = mustReadByArn(write, input.BulkOperationArn)
      // AWS's words for an operation that has ended are not known.
      if (isTerminal(row)) throw new ValidationException(`The bulk operation can not be cancelled: its status is ${row.status}`)
      const cancelling = writeBulkOperation(write, { ...row, status: 'CANCELLING' })
      return { BulkOperationArn: bulkOperationArn(cancelling), BulkOperationStatus: cancelling.status }
    })
  },
}
