// What flush and merge work with: device, codec, cache, checkpoint; and the two things both do: writing new pages in
// small transactions, and changing a level of the directory. Neither touches what readers see before it is published.
import type { Environment } from '../../model/environment.ts'
import { StorageException } from '../../model/errors.ts'
import type { Blocks, NamedBlock } from './blocks.ts'
import type { Checkpoint } from './checkpoint.ts'
import type { Codec } from './codec.ts'
import { type BuiltNode, buildNodes, Level, type NodeRef, PageRef } from './directory.ts'
import { type BuiltPage, Page, PAGE_BYTES } from './page.ts'
import { damaged, type PageCache } from './page-cache.ts'

export interface Disk {
  readonly blocks: Blocks
  readonly codec: Codec
  readonly cache: PageCache
  readonly checkpoint: Checkpoint
  readonly environment: Environment
  /** At most, serialised, but for a page of one large value. */
  readonly pageBytes: number
  /** New pages in one slice of a merge, and in one transaction. */
  readonly slicePages: number
  readonly writePages: number
  /** Told of all that goes to the device. */
  readonly onWritten: (bytes: number) => void
  /** Awaited after each transaction is begun: lets commits and reads have their share. */
  readonly giveWay: (writing: Promise<void>) => Promise<void>
  /** Repairing: damaged pages are told of here and left out of merges. Otherwise damage stops them. */
  readonly onLoss: ((ref: PageRef | NodeRef) => void) | undefined
}

/** Gives pages their ids and writes them. Nothing refers to them until they are published; a failure abandons them. */
export class PageWriter {
  readonly written: PageRef[] = []
  /** Whether what is added now is likely to be read soon. */
  keepInCache: boolean
  #disk: Disk
  #writing: Promise<void> = Promise.resolve()
  #waiting: { readonly ref: PageRef; readonly text: string; readonly keepInCache: boolean }[] = []

  constructor(disk: Disk, keepInCache: boolean) {
    this.#disk = disk
    this.keepInCache = keepInCache
  }

  get count(): number {
    return this.written.length + this.#waiting.length
  }

  get hasEnough(): boolean {
    return this.#waiting.length >= this.#disk.writePages
  }

  readonly add = ({ text, ...built }: BuiltPage): void => {
    this.#waiting.push({ ref: new PageRef(this.#disk.checkpoint.nextId(), built), text, keepInCache: this.keepInCache })
  }

  /** Begins to write what is waiting, once what was begun before is written. */
  async write(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, this.#disk.writePages)
      const blocks: NamedBlock[] = []
      for (const { ref, text } of group) {
        this.#disk.onWritten(ref.bytes)
        blocks.push({ id: ref.id, block: await this.#disk.codec.encode(`page:${ref.id}`, text) })
      }
      await this.#writing
      this.written.push(...group.map(({ ref }) => ref))
      this.#writing = this.#disk.blocks.writePages(blocks)
      // Its rejection is met at the next await.
      this.#writing.catch(() => undefined)
      for (const { ref, text, keepInCache } of group) {
        const page = keepInCache ? Page.decode(text) : undefined
        if (page !== undefined) this.#disk.cache.insertPage(ref, page)
      }
      await this.#disk.giveWay(this.#writing)
    }
  }

  /** Resolves when all is written. */
  async finish(): Promise<void> {
    await this.write()
    await this.#writing
  }

  async abandon(): Promise<void> {
    await this.#writing.catch(() => undefined)
    this.#disk.checkpoint.abandon(this.written.map(({ id }) => id))
  }
}

export interface LevelEdit {
  readonly level: Level
  readonly built: readonly BuiltNode[]
  readonly superseded: readonly NodeRef[]
}

/** A node below it takes in its neighbour when it is rewritten. */
const SMALL_NODE_BYTES = PAGE_BYTES / 4

/** The level without the pages `removed` and with `added` (sorted, and fitting in between). */
export async function editLevel(disk: Disk, level: Level, removed: readonly PageRef[], added: readonly PageRef[]): Promise<LevelEdit> {
  const { nodes } = level
  if (nodes.length === 0) return replaceNodes(disk, level, new Map([[0, added]]), new Set())
  const removedIds = new Set(removed.map(({ id }) => id))
  const addedTo = new Map<number, PageRef[]>()
  const touched = new Set(removed.map(({ firstKey }) => level.nodeAt(firstKey)))
  for (const page of added) {
    const index = Math.min(level.nodeAt(page.firstKey), nodes.length - 1)
    touched.add(index)
    addedTo.set(index, [...(addedTo.get(index) ?? []), page])
  }
  const contents = new Map<number, readonly PageRef[]>()
  const changed = [...touched].sort((a, b) => a - b)
  for (const index of changed) {
    const pages = await loadNode(disk, nodes[index] as NodeRef)
    const kept = pages.filter(({ id }) => !removedIds.has(id))
    contents.set(index, [...kept, ...(addedTo.get(index) ?? [])].sort((a, b) => (a.firstKey < b.firstKey ? -1 : 1)))
  }
  for (const index of changed) {
    const pages = contents.get(index) ?? []
    const next = nodes[index + 1]
    if (next === undefined || contents.has(index + 1) || directoryBytes(pages) > SMALL_NODE_BYTES) continue
    contents.set(index + 1, await loadNode(disk, next))
    touched.add(index + 1)
  }
  return replaceNodes(disk, level, contents, touched)
}

/** Node by node, runs of neighbouring changed ones packed together. */
function replaceNodes(disk: Disk, level: Level, contents: ReadonlyMap<number, readonly PageRef[]>, touched: ReadonlySet<number>): LevelEdit {
  const nodes: NodeRef[] = []
  const built: BuiltNode[] = []
  let group: PageRef[] = []
  const close = (): void => {
    const made = buildNodes(group, disk.checkpoint.nextId)
    built.push(...made)
    nodes.push(...made.map(({ ref }) => ref))
    group = []
  }
  for (let index = 0; index < Math.max(level.nodes.length, 1); index++) {
    const pages = contents.get(index)
    if (pages !== undefined) group.push(...pages)
    else {
      close()
      nodes.push(level.nodes[index] as NodeRef)
    }
  }
  close()
  return { level: new Level(nodes), built, superseded: level.nodes.filter((_, index) => touched.has(index)) }
}

function directoryBytes(pages: readonly PageRef[]): number {
  return pages.reduce((sum, { firstKey, lastKey, filter }) => sum + firstKey.length + lastKey.length + filter.length + 50, 0)
}

/** The pages of a node, loaded if need be. The array stays valid after the node is evicted. */
export async function loadNode(disk: Disk, node: NodeRef): Promise<readonly PageRef[]> {
  const there = disk.cache.pagesNow(node)
  if (there !== undefined) return there
  const pin = await disk.cache.pin([node])
  const { pages } = node
  pin.release()
  if (pages === undefined) throw damaged(`node:${node.id}`, node.firstKey)
  return pages
}

/** The page, loaded if need be; undefined where it is damaged and the store is being repaired. Rejects with DAMAGED. */
export async function loadPage(disk: Disk, ref: PageRef): Promise<Page | undefined> {
  const there = disk.cache.pageNow(ref)
  if (there !== undefined) return there
  try {
    const pin = await disk.cache.pin([ref])
    const { page } = ref
    pin.release()
    // Of the current version, so it must be there. To go on without it would lose it.
    if (page === undefined) throw damaged(`page:${ref.id}`, ref.firstKey)
    return page
  } catch (error) {
    if (disk.onLoss === undefined || !(error instanceof StorageException) || error.reason !== 'DAMAGED') throw error
    disk.onLoss(ref)
    return undefined
  }
}
