// The grammar of ProjectionExpression (Developer Guide: Expressions.ProjectionExpressions): paths between commas.
// It has no keywords: what looks like one is a reserved word.
import { parsePath } from './parse-path.ts'
import type { PathSyntax, ProjectionSyntax } from './syntax.ts'
import { TokenCursor } from './token-cursor.ts'

const NO_KEYWORDS: ReadonlySet<string> = new Set()

/** Throws ValidationException, with DynamoDB's texts, for what is wrong whatever the placeholders stand for. */
export function parseProjection(text: string): ProjectionSyntax {
  const cursor = new TokenCursor('ProjectionExpression', text)
  let reservedWord: string | undefined
  const rules = {
    keywords: NO_KEYWORDS,
    onReservedWord(name: string) {
      reservedWord ??= name
    },
  }
  const paths: PathSyntax[] = []
  do paths.push(parsePath(cursor, rules))
  while (cursor.accept(','))
  cursor.expectEnd()
  if (reservedWord !== undefined) {
    throw cursor.invalid(`Attribute name is a reserved keyword; reserved keyword: ${reservedWord}`)
  }
  return paths
}
