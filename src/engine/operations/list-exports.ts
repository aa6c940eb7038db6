// ListExports: truthfully none.
// A token can't be one that was given out.
import { ValidationException } from '../../model/errors.ts'
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'

export interface ListExportsInput {
  readonly TableArn?: string
  readonly MaxResults?: number
  readonly NextToken?: string
}

/** AWS page: ListExports. Throws ValidationException. */
export const listExports: Operation<ListExportsInput, { readonly ExportSummaries: readonly object[] }> = {
  name: 'ListExports',
  kind: 'read',
  async run(_, { MaxResults: limit, NextToken: token }) {
    const constraints = new Constraints()
    constraints.range('maxResults', limit, 1, 25)
    constraints.done()
    refuseToken(token)
    return { ExportSummaries: [] }
  },
}

/** Throws ValidationException. */
export function refuseToken(token: string | undefined): void {
  if (token !== undefined) throw new ValidationException(`Invalid Request: Provided nextToken is invalid: ${token}`)
}
