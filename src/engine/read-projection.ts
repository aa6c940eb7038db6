// ProjectionExpression and AttributesToGet of reads by key: GetItem, BatchGetItem, TransactGetItems (expressions only).
// Without one an item goes into the answer unparsed.
import { Item } from '../model/item.ts'
import { compileProjection } from '../expression/compile-data.ts'
import { checkExpressionParameters, ExpressionContext, type ExpressionInput } from '../expression/expression-context.ts'
import { projectAttributes } from '../expression/project.ts'
import { checkNestedKeys } from '../expression/schema-checks.ts'
import type { Projection } from '../expression/tree.ts'
import { compileAttributesToGet } from './legacy-parameters.ts'
import type { Table } from './table.ts'

export interface ProjectionParameters {
  readonly ProjectionExpression?: string
  /** Legacy: instead of the expression. */
  readonly AttributesToGet?: readonly string[]
  readonly ExpressionAttributeNames?: { readonly [placeholder: string]: string }
  /** Native: document paths, instead of the expression. */
  readonly Projection?: readonly string[]
}

/** What goes together, of operations that are no transactions. Throws ValidationException with DynamoDB's texts. */
export function checkProjectionParameters(input: ProjectionParameters): void {
  if (input.ExpressionAttributeNames === undefined && input.AttributesToGet === undefined) return
  checkExpressionParameters(input as ExpressionInput, ['ProjectionExpression'], ['AttributesToGet'])
}

/** Throws ValidationException with DynamoDB's texts. */
export function compileReadProjection(input: ProjectionParameters): Projection | undefined {
  const { ProjectionExpression: text, ExpressionAttributeNames: names, Projection: paths, AttributesToGet: attributes } = input
  if (text === undefined || text === null) {
    if (attributes !== undefined && attributes !== null) return compileAttributesToGet(attributes)
    return paths === undefined ? undefined : compileProjection(paths)
  }
  const context = new ExpressionContext(names ?? undefined)
  const projection = context.projection(text)
  context.finish()
  return projection
}

/** Once the table is known: no path may reach into a key attribute. Throws ValidationException. */
export function checkProjectedKeys(projection: Projection | undefined, table: Table): void {
  if (projection !== undefined) checkNestedKeys(projection.paths.filter((path) => path.length > 1), table.keys)
}

export function projectedItem(projection: Projection | undefined, item: Item): Item {
  return projection === undefined ? item : Item.of(projectAttributes(projection, item.attributes))
}
