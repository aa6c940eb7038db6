// ListImports: truthfully none.
// A token can't be one that was given out.
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import { refuseToken } from './list-exports.ts'

export interface ListImportsInput {
  readonly TableArn?: string
  readonly PageSize?: number
  readonly NextToken?: string
}

/** AWS page: ListImports. Throws ValidationException. */
export const listImports: Operation<ListImportsInput, { readonly ImportSummaryList: readonly object[] }> = {
  name: 'ListImports',
  kind: 'read',
  async run(_, { PageSize: limit, NextToken: token }) {
    const constraints = new Constraints()
    constraints.range('pageSize', limit, 1, 25)
    constraints.length('nextToken', token, 112, 1024)
    constraints.done()
    refuseToken(token)
    return { ImportSummaryList: [] }
  },
}
