// Updates and projections may name no part of an item twice: no path may be, or begin, another's, and at one place all
// paths must mean a map or all must mean a list. Only so is their order of no consequence.
import { pathText } from './parse-path.ts'
import { invalidExpression } from './token-cursor.ts'
import type { ExpressionParameter, Path } from './tree.ts'

/** Throws ValidationException for the first overlap, or else the first conflict, in the order of the text. */
export function checkPathOverlap(parameter: ExpressionParameter, paths: readonly Path[]): void {
  if (paths.length < 2) return
  const byHead = new Map<string, Path[]>()
  let conflict: string | undefined
  for (const path of paths) {
    const earlier = byHead.get(path[0])
    if (earlier === undefined) {
      byHead.set(path[0], [path])
      continue
    }
    for (const other of earlier) {
      const relation = relationOf(other, path)
      if (relation === undefined) continue
      const message =
        `Two document paths ${relation} with each other; must remove or rewrite one of these paths; ` +
        `path one: ${pathText(other)}, path two: ${pathText(path)}`
      if (relation === 'overlap') throw invalidExpression(parameter, message)
      conflict ??= message
    }
    earlier.push(path)
  }
  if (conflict !== undefined) throw invalidExpression(parameter, conflict)
}

function relationOf(one: Path, two: Path): 'overlap' | 'conflict' | undefined {
  const length = Math.min(one.length, two.length)
  for (let i = 1; i < length; i++) {
    if (typeof one[i] !== typeof two[i]) return 'conflict'
    if (one[i] !== two[i]) return undefined
  }
  return 'overlap'
}
