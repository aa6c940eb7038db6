// What is in memory of pages and directory nodes: loads them, once for all who ask at the same time, and evicts by a
// clock when their bytes pass the bound. Invariant: what is pinned stays. A page that is gone from the device because a
// merge superseded it is no damage: the asking step runs again and finds the newer version.
import { StorageException } from '../../model/errors.ts'
import { type Key, PageFault, type Pin } from '../store.ts'
import type { Block, Blocks } from './blocks.ts'
import type { Codec } from './codec.ts'
import { type Cacheable, decodeNode, NodeRef, nodeMemory, PageRef } from './directory.ts'
import { Page } from './page.ts'

/** The first four bytes of a key, where it has them. */
export function tableIdOf(key: Key): number | undefined {
  if (key.length < 4) return undefined
  return ((key.charCodeAt(0) << 24) | (key.charCodeAt(1) << 16) | (key.charCodeAt(2) << 8) | key.charCodeAt(3)) >>> 0
}

/** `key`: one in the damaged record, where it is known. */
export function damaged(record: string, key?: Key): StorageException {
  const tableId = key === undefined ? undefined : tableIdOf(key)
  if (tableId === undefined) return new StorageException(`Damaged: ${record}`, { reason: 'DAMAGED', detail: record })
  return new StorageException(`Damaged: ${record} of table ${tableId}`, { reason: 'DAMAGED', detail: record, tableId })
}

export type BlockRef = PageRef | NodeRef
type Waiting = { readonly ref: BlockRef; readonly resolve: () => void; readonly reject: (error: unknown) => void }

export class PageCache {
  #blocks: Blocks
  #codec: Codec
  #limitBytes: number
  #bytes = 0
  /** In the order of the clock: what gets a second chance goes to the end. */
  #ring = new Set<BlockRef>()
  #queue: Waiting[] = []
  /** Whether a block may rightly be gone. */
  #isSuperseded: (id: number) => boolean

  constructor(blocks: Blocks, codec: Codec, limitBytes: number, isSuperseded: (id: number) => boolean) {
    this.#blocks = blocks
    this.#codec = codec
    this.#limitBytes = limitBytes
    this.#isSuperseded = isSuperseded
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Loads what is missing and pins all of it. */
  async pin(refs: readonly BlockRef[]): Promise<Pin> {
    for (const ref of refs) ref.pins++
    const release = (): void => {
      for (const ref of refs) ref.pins--
      this.#evict()
    }
    try {
      await Promise.all(refs.map((ref) => this.load(ref)))
    } catch (error) {
      release()
      throw error
    }
    return { release }
  }

  /**
   * Rejects with DAMAGED. Resolves with nothing loaded where the block was rightly gone, or where nobody pinned it and
   * there was no room: who needs it has to look.
   */
  load(ref: BlockRef): Promise<void> {
    if (isLoaded(ref)) return Promise.resolve()
    ref.loading ??= new Promise<void>((resolve, reject) => {
      this.#queue.push({ ref, resolve, reject })
      if (this.#queue.length === 1) queueMicrotask(() => void this.#loadQueue())
    })
    return ref.loading
  }

  /** The page, loaded where that needs no waiting; undefined means nothing: ask for it with `load`. */
  pageNow(ref: PageRef): Page | undefined {
    return ref.page ?? this.#loadNow(ref, (text) => this.#fillPage(ref, text))
  }

  /** The same of a node's pages. */
  pagesNow(ref: NodeRef): readonly PageRef[] | undefined {
    return ref.pages ?? this.#loadNow(ref, (text) => this.#fillNode(ref, text))
  }

  /** Puts a page there that was just made. */
  insertPage(ref: PageRef, page: Page): void {
    if (ref.page !== undefined) return
    ref.page = page
    this.#insert(ref, page.bytes)
  }

  insertNode(ref: NodeRef): void {
    this.#insert(ref, nodeMemory(ref))
  }

  async #loadQueue(): Promise<void> {
    const queue = this.#queue.splice(0)
    const pages = queue.filter(({ ref }) => ref instanceof PageRef)
    const nodes = queue.filter(({ ref }) => ref instanceof NodeRef)
    await Promise.all([
      this.#loadAll(pages, (ids) => this.#blocks.readPages(ids)),
      this.#loadAll(nodes, (ids) => this.#blocks.readNodes(ids)),
    ])
  }

  async #loadAll(waiting: readonly Waiting[], read: (ids: number[]) => Promise<readonly (Block | undefined)[]>): Promise<void> {
    if (waiting.length === 0) return
    let blocks: readonly (Block | undefined)[]
    try {
      blocks = await read(waiting.map(({ ref }) => ref.id))
    } catch (error) {
      for (const { ref, reject } of waiting) {
        ref.loading = undefined
        reject(error)
      }
      return
    }
    await Promise.all(
      waiting.map(async ({ ref, resolve, reject }, index) => {
        try {
          await this.#decode(ref, blocks[index])
          resolve()
        } catch (error) {
          ref.loading = undefined
          reject(error)
        }
      }),
    )
    this.#evict()
  }

  async #decode(ref: BlockRef, block: Block | undefined): Promise<void> {
    const name = nameOf(ref)
    if (block === undefined && this.#isSuperseded(ref.id)) {
      ref.loading = undefined
      return
    }
    // Or another host has deleted it, which is no damage (S5).
    if (block === undefined) await this.#blocks.verifyLease()
    const text = block === undefined ? undefined : await this.#codec.decode(name, block)
    // In the turn in which it becomes loaded: it may be evicted before those who wait are told, and asked for again.
    ref.loading = undefined
    const filled = text === undefined ? undefined : ref instanceof PageRef ? this.#fillPage(ref, text) : this.#fillNode(ref, text)
    if (filled === undefined) throw damaged(name, ref.firstKey)
  }

  /** Whatever is wrong with it is found, and told, by those who wait for it. */
  #loadNow<T>(ref: BlockRef, fill: (text: string) => T | undefined): T | undefined {
    if (this.#blocks.readNow === undefined || this.#codec.decodeNow === undefined || ref.loading !== undefined) return undefined
    let block: Block | undefined
    try {
      block = this.#blocks.readNow(ref.id)
    } catch {
      return undefined
    }
    const text = block === undefined ? undefined : this.#codec.decodeNow(nameOf(ref), block)
    return text === undefined ? undefined : fill(text)
  }

  #fillPage(ref: PageRef, text: string): Page | undefined {
    const page = ref.page ?? Page.decode(text)
    if (page !== undefined) this.insertPage(ref, page)
    return page
  }

  #fillNode(ref: NodeRef, text: string): readonly PageRef[] | undefined {
    const pages = ref.pages ?? decodeNode(text)
    if (pages === undefined) return undefined
    ref.pages = pages
    this.insertNode(ref)
    return pages
  }

  #insert(ref: BlockRef, bytes: number): void {
    if (ref.cachedBytes > 0) return
    ref.cachedBytes = bytes
    this.#bytes += bytes
    this.#ring.add(ref)
    this.#evict()
  }

  #evict(): void {
    // Two rounds at most: the first one clears the marks.
    for (let steps = this.#ring.size * 2; this.#bytes > this.#limitBytes && steps > 0; steps--) {
      const [ref] = this.#ring
      if (ref === undefined) return
      this.#ring.delete(ref)
      if (ref.pins > 0 || (!ref.superseded && (ref.touched || hasLoadedPages(ref)))) {
        ref.touched = false
        this.#ring.add(ref)
      } else this.#unload(ref)
    }
  }

  #unload(ref: BlockRef): void {
    this.#bytes -= ref.cachedBytes
    ref.cachedBytes = 0
    if (ref instanceof PageRef) ref.page = undefined
    else ref.pages = undefined
  }
}

export function isLoaded(ref: BlockRef): boolean {
  return ref instanceof PageRef ? ref.page !== undefined : ref.pages !== undefined
}

function nameOf(ref: BlockRef): string {
  return ref instanceof PageRef ? `page:${ref.id}` : `node:${ref.id}`
}

/** Its page references would be made anew, and the loaded pages forgotten: children go first. */
function hasLoadedPages(ref: Cacheable): boolean {
  return ref instanceof NodeRef && (ref.pages ?? []).some(({ cachedBytes, pins, loading }) => cachedBytes > 0 || pins > 0 || loading !== undefined)
}

/** Thrown by reads of `view.ts`. */
export class MissingBlocks extends PageFault {
  #cache: PageCache
  #refs: readonly BlockRef[]

  constructor(cache: PageCache, refs: readonly BlockRef[]) {
    super()
    this.#cache = cache
    this.#refs = refs
  }

  load(): Promise<Pin> {
    return this.#cache.pin(this.#refs)
  }
}
