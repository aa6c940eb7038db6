// TagResource: adds tags to a table, or replaces the values of those it has.
// The answer is empty; ListTagsOfResource sees the tags at once.
import { AccessDeniedException, ResourceNotFoundException, ValidationException } from '../../model/errors.ts'
import { changeTable } from '../change-table.ts'
import type { Operation } from '../operation.ts'
import { ACCOUNT, isOthersTable, parseResourceArn } from '../resource-arn.ts'
import { refuseWhileDeleting } from '../table-phase.ts'
import type { Tag } from '../table-shapes.ts'
import { checkTags, withTags } from '../tags.ts'

export interface TagResourceInput {
  readonly ResourceArn: string
  readonly Tags: readonly Tag[]
}

/** AWS page: TagResource. Throws ValidationException, ResourceNotFoundException, ResourceInUseException. */
export const tagResource: Operation<TagResourceInput, object> = {
  name: 'TagResource',
  kind: 'write',
  async run(engine, input, context) {
    const tableName = taggedTable('TagResource', input.ResourceArn)
    if (!Array.isArray(input.Tags)) throw nullMember('tags')
    checkTags(input.Tags)
    refuseWhileDeleting(engine, tableName)
    return changeTable(
      engine,
      context,
      tableName,
      (row) => ({ row: { ...row, tags: withTags(row.tags, input.Tags) }, output: {} }),
      () => taggedNotFound(input.ResourceArn),
    )
  },
}

/**
 * The table that a tag operation's ARN names; streams have no tags of their own. Another account's is refused before it is
 * looked at (paritysuite's tags/basic). Throws ValidationException, AccessDeniedException.
 */
export function taggedTable(operation: string, resourceArn: string | undefined): string {
  if (typeof resourceArn !== 'string') throw new ValidationException('Invalid TableArn')
  if (isOthersTable(resourceArn)) {
    throw new AccessDeniedException(
      `User: arn:aws:iam::${ACCOUNT}:root is not authorized to perform: dynamodb:${operation} on resource: ${resourceArn} ` +
        `because no resource-based policy allows the dynamodb:${operation} action`,
    )
  }
  const { tableName, streamLabel } = parseResourceArn(resourceArn)
  if (streamLabel !== undefined) throw new ValidationException(`Invalid TableArn: Invalid ResourceArn provided as input ${resourceArn}`)
  return tableName
}

export function taggedNotFound(resourceArn: string): ResourceNotFoundException {
  return new ResourceNotFoundException(`Requested resource not found: ResourceArn: ${resourceArn} not found`)
}

export function nullMember(path: string): ValidationException {
  return new ValidationException(`1 validation error detected: Value null at '${path}' failed to satisfy constraint: Member must not be null`)
}
