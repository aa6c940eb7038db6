// The disk state in memory: the current version, what the root says beside it, and how a change of it is published.
// Publications happen one at a time (maintenance.ts). Superseded blocks are deleted by the publication after the one
// that superseded them, or a later one if a snapshot may still read them; until then the root lists them. So a read or
// a snapshot that began while a publication was on its way loses nothing.
import type { StoreDurability } from '../store.ts'
import type { Block, Blocks, IdRange, NamedBlock } from './blocks.ts'
import { firstIdOf } from './blocks.ts'
import type { Codec } from './codec.ts'
import { type BuiltNode, type Level, type NodeRef, PageRef, type Run, type Version } from './directory.ts'
import type { PageCache } from './page-cache.ts'
import { encodeRoot, type Merging, rangesOf, type Root, ROOT_NAME } from './root.ts'

export interface TrimmedLog {
  /** First log key whose content is in pages by no means yet. */
  readonly start: number
  readonly trim: readonly IdRange[]
  readonly durability: StoreDurability
}

export interface Change {
  readonly runs?: readonly Run[]
  readonly base?: Level
  /** New nodes of the levels. */
  readonly built?: readonly BuiltNode[]
  readonly superseded?: readonly (PageRef | NodeRef)[]
  readonly merging?: Merging | undefined
  /** The log is now needed from here on only; what is trimmed. */
  readonly log?: TrimmedLog
  /** Texts that take the place of the settlement nodes. */
  readonly settlements?: readonly string[]
}

/** Ids that may be deleted once no snapshot of an older version is open. */
interface Held {
  readonly supersededBy: number
  readonly pages: readonly IdRange[]
  readonly nodes: readonly IdRange[]
}

export class Checkpoint {
  #blocks: Blocks
  #codec: Codec
  #root: Root
  #version: Version
  #nextId: number
  #held: Held[]
  #snapshots = new Map<number, number>()
  /** Ids deleted by the publication under way or just done: a read may still ask for them. */
  #deleted: readonly IdRange[] = []
  #cache: PageCache | undefined
  #onWritten: (bytes: number) => void

  constructor(blocks: Blocks, codec: Codec, epoch: number, root: Root, onWritten: (bytes: number) => void) {
    this.#blocks = blocks
    this.#codec = codec
    this.#root = root
    this.#nextId = firstIdOf(epoch)
    this.#onWritten = onWritten
    this.#version = { number: 1, runs: root.runs, base: root.base }
    // What an earlier opening wrote and did not live to publish goes with the first publication, and all that it held.
    const orphans = [{ from: root.nextId, to: this.#nextId }]
    this.#held = [
      { supersededBy: 0, pages: orphans, nodes: orphans },
      { supersededBy: 1, pages: root.deadPages, nodes: root.deadNodes },
    ]
  }

  set cache(cache: PageCache) {
    this.#cache = cache
  }

  get version(): Version {
    return this.#version
  }
  get logStart(): number {
    return this.#root.logStart
  }
  get merging(): Merging | undefined {
    return this.#root.merging
  }
  /** Whether a publication would delete something. */
  get hasSweepable(): boolean {
    return this.#held.some((held) => held.supersededBy > 0 && this.#isDeletable(held) && held.pages.length + held.nodes.length > 0)
  }
  /** Pages that the merge under way has still to look at, by the directory. */
  get mergePagesLeft(): number {
    const { merging } = this.#root
    if (merging === undefined) return 0
    const { runs, base } = this.#version
    const from = runs.length - merging.older - merging.count
    const levels = [...runs.slice(from, from + merging.count + 1).map(({ level }) => level), ...(merging.older === 0 ? [base] : [])]
    return levels.reduce((sum, { nodes }) => sum + nodes.reduce((pages, node) => pages + (node.lastKey >= merging.cursor ? node.pageCount : 0), 0), 0)
  }
  get pageCount(): number {
    const levels = [this.#version.base, ...this.#version.runs.map(({ level }) => level)]
    return levels.reduce((sum, { nodes }) => sum + nodes.reduce((pages, { pageCount }) => pages + pageCount, 0), 0)
  }
  /** Pages, nodes, root; not the log. */
  get storedBytes(): number {
    const levels = [this.#version.base, ...this.#version.runs.map(({ level }) => level)]
    return levels.reduce((sum, level) => sum + level.pageBytes + level.nodes.reduce((nodes, { bytes }) => nodes + bytes, 0), 0)
  }

  /** Pages and nodes that no version has any more, and that are not deleted yet; and settlement nodes. */
  get heldBlocks(): readonly IdRange[] {
    const held = this.#held.filter(({ supersededBy }) => supersededBy > 0).flatMap(({ pages, nodes }) => [...pages, ...nodes])
    return [...held, ...rangesOf(this.#root.settlementNodes)]
  }
  /** Nodes that the root names, for tests and tools. */
  get nodeCount(): number {
    const { base, runs } = this.#version
    return [base, ...runs.map(({ level }) => level)].reduce((sum, { nodes }) => sum + nodes.length, this.#root.settlementNodes.length)
  }

  readonly nextId = (): number => this.#nextId++

  wasDeleted(id: number): boolean {
    return this.#deleted.some(({ from, to }) => id >= from && id < to)
  }

  /** Keeps all blocks of the current version readable until `release` with its number. */
  hold(): Version {
    const { number } = this.#version
    this.#snapshots.set(number, (this.#snapshots.get(number) ?? 0) + 1)
    return this.#version
  }

  release(number: number): void {
    const count = (this.#snapshots.get(number) ?? 0) - 1
    if (count > 0) this.#snapshots.set(number, count)
    else this.#snapshots.delete(number)
  }

  /** Pages that were written and will not be published: a flush or slice that failed half-way. */
  abandon(pageIds: readonly number[]): void {
    if (pageIds.length > 0) this.#held.push({ supersededBy: 0, pages: rangesOf(pageIds), nodes: [] })
  }

  /** Publishes the next version. When it rejects, nothing has changed, on disk or in memory. */
  async publish(change: Change): Promise<void> {
    const number = this.#version.number + 1
    const version: Version = { number, runs: change.runs ?? this.#version.runs, base: change.base ?? this.#version.base }
    const blocks: NamedBlock[] = []
    for (const { ref, text } of change.built ?? []) blocks.push({ id: ref.id, block: await this.#encode(`node:${ref.id}`, text) })
    const settlementNodes = change.settlements === undefined ? this.#root.settlementNodes : []
    const newSettlementNodes: number[] = []
    for (const text of change.settlements ?? []) {
      const id = this.nextId()
      newSettlementNodes.push(id)
      blocks.push({ id, block: await this.#encode(`node:${id}`, text) })
    }
    const replaced = change.settlements === undefined ? [] : this.#root.settlementNodes
    const held = [...this.#held, heldBy(number, change.superseded ?? [], replaced)]
    const dead = held.filter((entry) => this.#isDeletable(entry))
    const kept = held.filter((entry) => !dead.includes(entry))
    const root: Root = {
      nextId: this.#nextId,
      logStart: change.log?.start ?? this.#root.logStart,
      base: version.base,
      runs: version.runs,
      settlementNodes: [...settlementNodes, ...newSettlementNodes],
      merging: 'merging' in change ? change.merging : this.#root.merging,
      deadPages: kept.flatMap(({ pages }) => pages),
      deadNodes: kept.flatMap(({ nodes }) => nodes),
    }
    const deadPages = dead.flatMap(({ pages }) => pages)
    const deadNodes = dead.flatMap(({ nodes }) => nodes)
    this.#deleted = [...deadPages, ...deadNodes]
    await this.#blocks.publish({
      root: await this.#encode(ROOT_NAME, encodeRoot(root)),
      nodes: blocks,
      deadNodes,
      deadPages,
      trim: change.log?.trim ?? [],
      durability: change.log?.durability ?? 'relaxed',
    })
    this.#root = root
    this.#version = version
    this.#held = kept
    for (const { ref } of change.built ?? []) this.#cache?.insertNode(ref)
    for (const ref of change.superseded ?? []) ref.superseded = true
  }

  async #encode(name: string, text: string): Promise<Block> {
    this.#onWritten(text.length)
    return this.#codec.encode(name, text)
  }

  #isDeletable({ supersededBy }: Held): boolean {
    return supersededBy <= Math.min(this.#version.number, ...this.#snapshots.keys())
  }
}

function heldBy(supersededBy: number, refs: readonly (PageRef | NodeRef)[], settlementNodes: readonly number[]): Held {
  const pages: number[] = []
  const nodes: number[] = [...settlementNodes]
  for (const ref of refs) (ref instanceof PageRef ? pages : nodes).push(ref.id)
  return { supersededBy, pages: rangesOf(pages), nodes: rangesOf(nodes) }
}

/**
 * The log from `start` to `end`, but for the rows of take-overs, which stay for ever, and the last row: the key after it is
 * where a take-over puts its row, in the way of the host before (S5).
 */
export function trimmedRanges(start: number, end: number, epochKeys: readonly number[]): IdRange[] {
  const ranges: IdRange[] = []
  let from = Math.max(0, start - 1)
  for (const key of [...epochKeys.filter((key) => key < end - 1), end - 1]) {
    if (key > from) ranges.push({ from, to: key })
    from = key + 1
  }
  return ranges
}
