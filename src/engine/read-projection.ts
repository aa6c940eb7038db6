// ProjectionExpression of reads by key: GetItem, BatchGetItem, TransactGetItems.
// Without one an item goes into the answer unparsed.
import { Item } from '../model/item.ts'
import { compileProjection } from '../expression/compile-data.ts'
import { checkExpressionParameters, ExpressionContext, type ExpressionInput } from '../expression/expression-context.ts'
import { projectAttributes } from '../expression/project.ts'
import type { Projection } from '../expression/tree.ts'

export interface ProjectionParameters {
  readonly ProjectionExpression?: string
  readonly ExpressionAttributeNames?: { readonly [placeholder: string]: string }
  /** Native: document paths, instead of the expression. */
  readonly Projection?: readonly string[]
}

/** Throws ValidationException with DynamoDB's texts. */
export function compileReadProjection(input: ProjectionParameters): Projection | undefined {
  const { ProjectionExpression: text, ExpressionAttributeNames: names, Projection: paths } = input
  if (text === undefined && names === undefined) return paths === undefined ? undefined : compileProjection(paths)
  checkExpressionParameters(input as ExpressionInput, ['ProjectionExpression'], ['AttributesToGet'])
  const context = new ExpressionContext(names)
  const projection = text === undefined ? undefined : context.projection(text)
  context.finish()
  return projection
}

export function projectedItem(projection: Projection | undefined, item: Item): Item {
  return projection === undefined ? item : Item.of(projectAttributes(projection, item.attributes))
}
