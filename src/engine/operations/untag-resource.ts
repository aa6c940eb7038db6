// UntagResource: removes tags of a table by their keys.
// Keys that the table does not have are no error.
import { changeTable } from '../change-table.ts'
import type { Operation } from '../operation.ts'
import { refuseWhileDeleting } from '../table-phase.ts'
import { checkTagKeys, withoutTags } from '../tags.ts'
import { nullMember, taggedNotFound, taggedTable } from './tag-resource.ts'

export interface UntagResourceInput {
  readonly ResourceArn: string
  readonly TagKeys: readonly string[]
}

/** AWS page: UntagResource. Throws ValidationException, ResourceNotFoundException, ResourceInUseException. */
export const untagResource: Operation<UntagResourceInput, object> = {
  name: 'UntagResource',
  kind: 'write',
  async run(engine, input, context) {
    const tableName = taggedTable('UntagResource', input.ResourceArn)
    if (!Array.isArray(input.TagKeys)) throw nullMember('tagKeys')
    checkTagKeys(input.TagKeys)
    refuseWhileDeleting(engine, tableName)
    return changeTable(
      engine,
      context,
      tableName,
      (row) => ({ row: { ...row, tags: withoutTags(row.tags, input.TagKeys) }, output: {} }),
      () => taggedNotFound(input.ResourceArn),
    )
  },
}
