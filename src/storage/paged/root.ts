// The root record: what the store's disk state is as of one publication, all other records reachable from here.
// Versioned; a root of a later format is refused, not guessed at.
import type { Key } from '../store.ts'
import type { IdRange } from './blocks.ts'
import { Level, NodeRef, type NodeSummary, type Run } from './directory.ts'

const FORMAT = 1
export const ROOT_NAME = 'root'

/**
 * A merge under way: of the runs, `count` before the `older` oldest are merged into the level that follows them (the
 * newest of the older runs, or the base where there is none), and are there below `cursor`.
 */
export interface Merging {
  readonly count: number
  readonly older: number
  readonly cursor: Key
}

export interface Root {
  /** First id that this opening has not given out. */
  readonly nextId: number
  /** Replay starts here. */
  readonly logStart: number
  readonly base: Level
  /** Newest first. */
  readonly runs: readonly Run[]
  /** Nodes with the answers that outlive the log. */
  readonly settlementNodes: readonly number[]
  readonly merging: Merging | undefined
  /** Superseded, and not deleted while a snapshot holds them. */
  readonly deadPages: readonly IdRange[]
  readonly deadNodes: readonly IdRange[]
}

type NodeRow = readonly [id: number, firstKey: Key, lastKey: Key, pageCount: number, pageBytes: number, bytes: number]
interface RootRow {
  readonly v: number
  readonly nextId: number
  readonly logStart: number
  readonly base: readonly NodeRow[]
  readonly runs: readonly { readonly from: Key; readonly nodes: readonly NodeRow[] }[]
  readonly settlements: readonly number[]
  readonly merging?: Merging
  readonly deadPages: readonly IdRange[]
  readonly deadNodes: readonly IdRange[]
}

export function encodeRoot(root: Root): string {
  const row: RootRow = {
    v: FORMAT,
    nextId: root.nextId,
    logStart: root.logStart,
    base: root.base.nodes.map(nodeRow),
    runs: root.runs.map(({ from, level }) => ({ from, nodes: level.nodes.map(nodeRow) })),
    settlements: root.settlementNodes,
    ...(root.merging === undefined ? {} : { merging: root.merging }),
    deadPages: root.deadPages,
    deadNodes: root.deadNodes,
  }
  return JSON.stringify(row)
}

/** Undefined where the text is no root of a format that we know. */
export function decodeRoot(text: string): Root | undefined {
  try {
    const row = JSON.parse(text) as RootRow
    if (row.v !== FORMAT) return undefined
    return {
      nextId: row.nextId,
      logStart: row.logStart,
      base: new Level(row.base.map(nodeOf)),
      runs: row.runs.map(({ from, nodes }) => ({ from, level: new Level(nodes.map(nodeOf)) })),
      settlementNodes: row.settlements,
      merging: row.merging,
      deadPages: row.deadPages,
      deadNodes: row.deadNodes,
    }
  } catch {
    return undefined
  }
}

function nodeRow({ id, firstKey, lastKey, pageCount, pageBytes, bytes }: NodeSummary): NodeRow {
  return [id, firstKey, lastKey, pageCount, pageBytes, bytes]
}

function nodeOf([id, firstKey, lastKey, pageCount, pageBytes, bytes]: NodeRow): NodeRef {
  return new NodeRef({ id, firstKey, lastKey, pageCount, pageBytes, bytes })
}

/** Sorted, neighbours joined. */
export function rangesOf(ids: readonly number[]): IdRange[] {
  const ranges: { from: number; to: number }[] = []
  for (const id of [...ids].sort((a, b) => a - b)) {
    const last = ranges.at(-1)
    if (last?.to === id) last.to = id + 1
    else if (last === undefined || id > last.to) ranges.push({ from: id, to: id + 1 })
  }
  return ranges
}
