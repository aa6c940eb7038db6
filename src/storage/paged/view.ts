// The read path: one state of the store (tables over runs over base) and looking up a key in it. Immutable but for the
// live table on top; a snapshot is a view whose tables are views too. Newer sources hide older ones.
import type { Cursor, Key, KeyRange, Reader, Value } from '../store.ts'
import { firstEndingFrom, type Level, type NodeRef, type PageRef, type Version } from './directory.ts'
import { hashOf, mayHold } from './key-filter.ts'
import { cursorOver } from './merging-cursor.ts'
import { DELETED, isDropped, type TableView } from './memory-table.ts'
import type { Page } from './page.ts'
import { MissingBlocks, type PageCache } from './page-cache.ts'

export class View implements Reader {
  /** Newest first. */
  readonly tables: readonly TableView[]
  readonly version: Version
  readonly cache: PageCache

  constructor(tables: readonly TableView[], version: Version, cache: PageCache) {
    this.tables = tables
    this.version = version
    this.cache = cache
  }

  get(key: Key): Value | undefined {
    for (const table of this.tables) {
      const value = table.lookup(key)
      if (value !== undefined) return value === DELETED ? undefined : value
      if (table.drops.length > 0 && isDropped(table.drops, key)) return undefined
    }
    const { runs, base } = this.version
    // Taken for the first page that could hold the key: of a new store, or a key behind all others, there is none.
    let hash: number | undefined
    const hashOfKey = (): number => (hash ??= hashOf(key))
    for (const { level, from } of runs) {
      if (key < from) continue
      const page = this.#pageWith(level, key, hashOfKey)
      const index = page === undefined ? -1 : page.find(key)
      if (page !== undefined && index >= 0) return page.valueAt(index)
    }
    const page = this.#pageWith(base, key, hashOfKey)
    const index = page === undefined ? -1 : page.find(key)
    return page === undefined || index < 0 ? undefined : page.valueAt(index)
  }

  cursor(range: KeyRange): Cursor {
    return cursorOver(this, range)
  }

  pagesOf(node: NodeRef): readonly PageRef[] {
    node.touched = true
    const pages = this.cache.pagesNow(node)
    if (pages === undefined) throw new MissingBlocks(this.cache, [node])
    return pages
  }

  /** Where `ahead` is given, it is loaded in the same go. */
  pageOf(ref: PageRef, ahead: readonly PageRef[] = []): Page {
    ref.touched = true
    const page = this.cache.pageNow(ref)
    if (page === undefined) throw new MissingBlocks(this.cache, [ref, ...ahead])
    return page
  }

  #pageWith(level: Level, key: Key, hashOfKey: () => number): Page | undefined {
    const node = level.nodes[level.nodeAt(key)]
    if (node === undefined || key < node.firstKey) return undefined
    const pages = this.pagesOf(node)
    const ref = pages[firstEndingFrom(pages, key)]
    if (ref === undefined || key < ref.firstKey || !mayHold(ref.filter, hashOfKey())) return undefined
    return this.pageOf(ref)
  }
}
