// ListTagsOfResource: a table's tags in the order of their keys, all that there can be in one page, as AWS answers (lab
// finding DDB-TABLE-108). NextToken would be the last key of the page before, in base64.
import { ValidationException } from '../../model/errors.ts'
import type { Operation } from '../operation.ts'
import type { Tag } from '../table-shapes.ts'
import { decodeToken, encodeToken } from '../page-token.ts'
import { taggedNotFound, taggedTable } from './tag-resource.ts'

const TAGS_PER_PAGE = 50

export interface ListTagsOfResourceInput {
  readonly ResourceArn: string
  readonly NextToken?: string
}
export interface ListTagsOfResourceOutput {
  readonly Tags: readonly Tag[]
  readonly NextToken?: string
}

/** AWS page: ListTagsOfResource. Throws ValidationException, ResourceNotFoundException. */
export const listTagsOfResource: Operation<ListTagsOfResourceInput, ListTagsOfResourceOutput> = {
  name: 'ListTagsOfResource',
  kind: 'read',
  async run(engine, { ResourceArn: arn, NextToken: token }) {
    const tableName = taggedTable('ListTagsOfResource', arn)
    const after = token === undefined ? undefined : decodeToken(token)
    if (token !== undefined && after === undefined) throw new ValidationException('Invalid NextToken')
    const table = engine.catalog.getTable(tableName)
    if (table === undefined) throw taggedNotFound(arn)
    const tags = Object.entries(table.schema.tags ?? {})
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .filter(([key]) => after === undefined || key > after)
    const page = tags.slice(0, TAGS_PER_PAGE).map(([Key, Value]) => ({ Key, Value }))
    const last = page.at(-1)
    return tags.length > TAGS_PER_PAGE && last !== undefined ? { Tags: page, NextToken: encodeToken(last.Key) } : { Tags: page }
  },
}
