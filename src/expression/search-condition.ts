// SearchConditionExpression of SearchVectors: equalities joined by AND, on attributes of the index's search schema
// (AWS page: VectorSearchWorkingWith, Filtering). All throw ValidationException with texts that AWS gave
// (paritysuite/dynamodb-conformance, 2026-08-11; dynoxide, 2026-08-13 and 2026-08-19).
import type { AttributeValue } from '../model/attribute-value.ts'
import { typeOf } from '../model/attribute.ts'
import { ValidationException } from '../model/errors.ts'
import type { KeyAttribute } from '../model/table.ts'
import type { Condition, Path } from './tree.ts'

export interface Equality {
  readonly path: Path
  readonly value: AttributeValue
}

function invalid(text: string): ValidationException {
  return new ValidationException(`Invalid SearchConditionExpression: ${text}`)
}

/** What can be refused without the index: anything but equalities of a path and a value. */
export function equalitiesOf(condition: Condition): readonly Equality[] {
  if (condition.kind === 'and') return condition.conditions.flatMap(equalitiesOf)
  if (condition.kind === 'compare' && condition.operator === '=') {
    const { left, right } = condition
    if (left.kind === 'path' && right.kind === 'value') return [{ path: left.path, value: right.value }]
    if (right.kind === 'path' && left.kind === 'value') return [{ path: right.path, value: left.value }]
  }
  throw invalid('Invalid comparator used in SearchConditionExpression')
}

export interface SearchScope {
  /** The value that the HASH attribute must have, where the index has one. */
  readonly hash: AttributeValue | undefined
  readonly filters: readonly { readonly name: string; readonly value: AttributeValue }[]
}

/** Against the index: every attribute of its schema, once, of its type, and the HASH never missing. */
export function resolveSearchCondition(
  equalities: readonly Equality[],
  hashKey: KeyAttribute | undefined,
  filterKeys: readonly KeyAttribute[],
): SearchScope {
  const known = new Map([...(hashKey === undefined ? [] : [hashKey]), ...filterKeys].map((key) => [key.name, key.type]))
  const stranger = equalities.find(({ path }) => !known.has(path[0]))
  if (stranger !== undefined) {
    throw new ValidationException(
      `SearchConditionExpression must not contain any attributes that is not in SearchSchema. Invalid attribute: ${stranger.path[0]}`,
    )
  }
  if (equalities.some(({ path }) => path.length > 1)) throw invalid('SearchConditionExpression cannot have conditions on nested attributes')
  const names = equalities.map(({ path }) => path[0])
  if (new Set(names).size < names.length) throw invalid('SearchConditionExpression must only contain one condition per attribute')
  const hash = equalities.find(({ path }) => path[0] === hashKey?.name)
  if (hashKey !== undefined && hash === undefined) {
    throw new ValidationException('SearchConditionExpression must be provided when SearchSchema has a HASH key')
  }
  for (const { path, value } of equalities) {
    const type = known.get(path[0])
    if (type === undefined || typeOf(value) === type) continue
    throw new ValidationException(`Type of '${path[0]}' attribute in SearchConditionExpression (${typeOf(value)}) does not match type in search schema (${type})`)
  }
  if (hash?.value === '') {
    throw new ValidationException(
      `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: ${hash.path[0]}`,
    )
  }
  const filters = equalities.filter((equality) => equality !== hash).map(({ path, value }) => ({ name: path[0], value }))
  return { hash: hash?.value, filters }
}
