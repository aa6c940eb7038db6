// Projections: the paths as one tree, and what an item has of it. Nested projections of one attribute come out merged,
// list elements in their order without gaps, absent ones not at all (Developer Guide: Expressions.ProjectionExpressions).
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { attributeOf, isList } from '../model/attribute.ts'
import { setAttribute, type MutableAttributes } from './document-path.ts'
import { checkPathOverlap } from './path-overlap.ts'
import type { Path, Projection, ProjectionNode } from './tree.ts'

const WHOLE: ProjectionNode = { kind: 'whole' }

/** Throws ValidationException where paths overlap or conflict. */
export function buildProjection(paths: readonly Path[]): Projection {
  checkPathOverlap('ProjectionExpression', paths)
  return projectionOf(paths)
}

/** Of paths that neither overlap nor conflict, such as an update's. */
export function projectionOf(paths: readonly Path[]): Projection {
  return { paths, root: { kind: 'map', entries: entriesOf(paths, 0) as readonly (readonly [string, ProjectionNode])[] } }
}

/** The part of the attributes that the projection names; never the very map. */
export function projectAttributes(projection: Projection, attributes: AttributeMap): AttributeMap {
  return projectMap(projection.root.entries, attributes)
}

/** The nodes below one place, `depth` elements down the paths, which are all the same so far. */
function entriesOf(paths: readonly Path[], depth: number): readonly (readonly [string | number, ProjectionNode])[] {
  const groups = new Map<string | number, Path[]>()
  for (const path of paths) {
    const element = path[depth] ?? ''
    const group = groups.get(element)
    if (group === undefined) groups.set(element, [path])
    else group.push(path)
  }
  return Array.from(groups, ([element, group]) => [element, nodeOf(group, depth + 1)] as const)
}

function nodeOf(paths: readonly Path[], depth: number): ProjectionNode {
  const element = paths[0]?.[depth]
  if (element === undefined) return WHOLE
  const entries = entriesOf(paths, depth)
  if (typeof element === 'string') return { kind: 'map', entries: entries as readonly (readonly [string, ProjectionNode])[] }
  const elements = entries as readonly (readonly [number, ProjectionNode])[]
  return { kind: 'list', entries: [...elements].sort(([a], [b]) => a - b) }
}

function projectMap(entries: readonly (readonly [string, ProjectionNode])[], attributes: AttributeMap): AttributeMap {
  const projected: MutableAttributes = {}
  for (const [name, node] of entries) {
    const value = attributeOf(attributes, name)
    if (value === undefined) continue
    const part = node.kind === 'whole' ? value : projectValue(node, value)
    if (part !== undefined) setAttribute(projected, name, part)
  }
  return projected
}

/** Undefined where the value has nothing of it. */
function projectValue(node: ProjectionNode, value: AttributeValue): AttributeValue | undefined {
  if (node.kind === 'whole') return value
  if (typeof value !== 'object' || value === null) return undefined
  if (node.kind === 'map') {
    if (isList(value) || !('M' in value)) return undefined
    const projected = projectMap(node.entries, value.M)
    return Object.keys(projected).length === 0 ? undefined : { M: projected }
  }
  if (!isList(value)) return undefined
  const elements: AttributeValue[] = []
  for (const [index, child] of node.entries) {
    const element = value[index]
    const part = element === undefined ? undefined : projectValue(child, element)
    if (part !== undefined) elements.push(part)
  }
  return elements.length === 0 ? undefined : elements
}
