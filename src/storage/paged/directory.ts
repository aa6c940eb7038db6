// The directory of pages, in two levels: a level (the base, or a run) lists nodes, a node lists pages with their key
// ranges and filters. Nodes are immutable blocks of at most 48 KiB, loaded when needed and evicted like pages; a change
// makes new nodes for the changed ones only. Invariant: the pages of a level are sorted and disjoint.
import type { Key } from '../store.ts'
import { type BuiltPage, type Page, PAGE_BYTES } from './page.ts'
import { detached, ownTexts } from './text-copy.ts'

/** Something that a cache may hold in memory: what its device block decodes to, and who needs it. */
export interface Cacheable {
  readonly id: number
  /** Those who hold it in memory. */
  pins: number
  /** Set at each use, cleared when the cache's clock passes. */
  touched: boolean
  /** What it costs in memory now; 0 when not loaded. */
  cachedBytes: number
  loading: Promise<void> | undefined
  /** Not in the current version: first to go. */
  superseded: boolean
}

export class PageRef implements Cacheable {
  readonly id: number
  readonly firstKey: Key
  readonly lastKey: Key
  readonly count: number
  readonly tombstones: number
  /** Serialised. */
  readonly bytes: number
  readonly filter: string
  page: Page | undefined = undefined
  pins = 0
  touched = false
  cachedBytes = 0
  loading: Promise<void> | undefined = undefined
  superseded = false

  constructor(id: number, built: Omit<BuiltPage, 'text'>) {
    this.id = id
    this.firstKey = built.firstKey
    this.lastKey = built.lastKey
    this.count = built.count
    this.tombstones = built.tombstones
    this.bytes = built.bytes
    this.filter = built.filter
  }
}

/** What the root says of a node. */
export interface NodeSummary {
  readonly id: number
  readonly firstKey: Key
  readonly lastKey: Key
  readonly pageCount: number
  /** Of its pages, serialised. */
  readonly pageBytes: number
  /** Of itself, serialised. */
  readonly bytes: number
}

export class NodeRef implements Cacheable, NodeSummary {
  readonly id: number
  readonly firstKey: Key
  readonly lastKey: Key
  readonly pageCount: number
  readonly pageBytes: number
  readonly bytes: number
  pages: readonly PageRef[] | undefined = undefined
  pins = 0
  touched = false
  cachedBytes = 0
  loading: Promise<void> | undefined = undefined
  superseded = false

  constructor(summary: NodeSummary) {
    this.id = summary.id
    this.firstKey = summary.firstKey
    this.lastKey = summary.lastKey
    this.pageCount = summary.pageCount
    this.pageBytes = summary.pageBytes
    this.bytes = summary.bytes
  }
}

export class Level {
  readonly nodes: readonly NodeRef[]

  constructor(nodes: readonly NodeRef[]) {
    this.nodes = nodes
  }

  get pageBytes(): number {
    return this.nodes.reduce((sum, node) => sum + node.pageBytes, 0)
  }

  /** Index of the first node whose last key is >= `key`. */
  nodeAt(key: Key): number {
    return firstEndingFrom(this.nodes, key)
  }
}

/** A flushed table. */
export interface Run {
  readonly level: Level
  /** What is before it has been merged into the base, and its pages may be gone. */
  readonly from: Key
}

/** What lies on disk, at one publication. */
export interface Version {
  readonly number: number
  /** Newest first. */
  readonly runs: readonly Run[]
  readonly base: Level
}

/** Index of the first of sorted disjoint ranges that ends at or after `key`. */
export function firstEndingFrom(ranges: readonly { readonly lastKey: Key }[], key: Key): number {
  let low = 0
  let high = ranges.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ranges[middle] as { lastKey: Key }).lastKey < key) low = middle + 1
    else high = middle
  }
  return low
}

/** Memory that a loaded node costs beside its text: objects and slices of its pages. */
const REF_BYTES = 260

export interface BuiltNode {
  readonly ref: NodeRef
  readonly text: string
}

/** Packs page references, in order, into nodes; `nextId` gives each its id. They come loaded. */
export function buildNodes(pages: readonly PageRef[], nextId: () => number): BuiltNode[] {
  const nodes: BuiltNode[] = []
  let group: PageRef[] = []
  let chars = 0
  const close = (): void => {
    if (group.length > 0) nodes.push(buildNode(group, nextId()))
    group = []
    chars = 0
  }
  for (const page of pages) {
    const added = page.firstKey.length + page.lastKey.length + page.filter.length + 50
    if (chars + added > PAGE_BYTES - 200) close()
    group.push(page)
    chars += added
  }
  close()
  return nodes
}

const FORMAT = 1

function buildNode(pages: readonly PageRef[], id: number): BuiltNode {
  const numbers = pages.map(({ id, count, tombstones, bytes, firstKey, lastKey, filter }) =>
    [id, count, tombstones, bytes, firstKey.length, lastKey.length, filter.length].join(','),
  )
  const bodies = pages.map(({ firstKey, lastKey, filter }) => firstKey + lastKey + filter)
  const text = `{"v":${FORMAT},"p":[${numbers.join(',')}]}\n${bodies.join('')}`
  const ref = new NodeRef({
    id,
    firstKey: (pages[0] as PageRef).firstKey,
    lastKey: (pages.at(-1) as PageRef).lastKey,
    pageCount: pages.length,
    pageBytes: pages.reduce((sum, page) => sum + page.bytes, 0),
    bytes: text.length,
  })
  ref.pages = pages
  return { ref, text }
}

export function nodeMemory(node: NodeRef): number {
  return node.bytes + node.pageCount * REF_BYTES
}

/** Undefined where the text is no node. */
export function decodeNode(text: string): PageRef[] | undefined {
  try {
    const headerEnd = text.indexOf('\n')
    const { v, p } = JSON.parse(text.slice(0, headerEnd)) as { v: number; p: number[] }
    if (v !== FORMAT) return undefined
    let at = headerEnd + 1
    const take = (length: number): string => text.slice(at, (at += length))
    const keys: Key[] = []
    const rows: { id: number; count: number; tombstones: number; bytes: number; filter: string }[] = []
    for (let index = 0; index + 7 <= p.length; index += 7) {
      const [id, count, tombstones, bytes, first, last, filter] = p.slice(index, index + 7) as [number, number, number, number, number, number, number]
      keys.push(take(first), take(last))
      rows.push({ id, count, tombstones, bytes, filter: detached(take(filter)) })
    }
    if (at !== text.length) return undefined
    const own = ownTexts(keys)
    return rows.map(({ id, ...row }, index) => new PageRef(id, { ...row, firstKey: own[index * 2] as Key, lastKey: own[index * 2 + 1] as Key }))
  } catch {
    return undefined
  }
}
