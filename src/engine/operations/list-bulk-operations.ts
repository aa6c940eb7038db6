// ListBulkOperations: summaries of bulk operations, the newest first, ten a page unless more are asked for.
// NextToken is the id of the page's last operation.
import { ValidationException } from '../../model/errors.ts'
import { bulkOperationArn, readBulkOperations } from '../bulk-operation.ts'
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'

export interface ListBulkOperationsInput {
  readonly MaxResults?: number
  readonly NextToken?: string
}
export interface ListBulkOperationsOutput {
  readonly BulkOperationsSummaryList: readonly object[]
  readonly NextToken?: string
}

/** AWS page: ListBulkOperations. Throws ValidationException. */
export const listBulkOperations: Operation<ListBulkOperationsInput, ListBulkOperationsOutput> = {
  name: 'ListBulkOperations',
  kind: 'read',
  async run(engine, { MaxResults: limit = 10, NextToken: token }) {
    const constraints = new Constraints()
    constraints.range('maxResults', limit, 1, 100)
    constraints.done()
    if (token !== undefined && !/^\d{14}-[0-9a-f]{8}$/.test(token)) throw new ValidationException('Invalid NextToken')
    const rows = await engine.read(readBulkOperations)
    const rest = token === undefined ? rows : rows.filter(({ id }) => id < token)
    const page = rest.slice(0, limit)
    const last = page.at(-1)
    return {
      BulkOperationsSummaryList: page.map((row) => ({
        BulkOperationArn: bulkOperationArn(row),
        BulkOperationStatus: row.status,
        StartTime: row.startedAt / 1000,
        ...(row.endedAt === undefined ? {} : { EndTime: row.endedAt / 1000 }),
      })),
      ...(rest.length > limit && last !== undefined ? { NextToken: last.id } : {}),
    }
  },
}
