// Walks a range over all sources of a view, in either direction. At equal keys the newest source wins; tombstones and
// what newer drops cover are passed over. Sources are few and mostly empty in a range, so they are compared one by one.
import type { Cursor, Key, KeyRange, Value } from '../store.ts'
import { firstEndingFrom, type Level, type NodeRef, type PageRef, type Version } from './directory.ts'
import { isDropped, type TableValue, type TableView } from './memory-table.ts'
import type { Page } from './page.ts'
import { type Chunk, lowerBound } from './sorted-entries.ts'

/** What a walk needs of a view: its sources, and pages, or a PageFault where they aren't in memory. */
export interface Sources {
  readonly tables: readonly TableView[]
  readonly version: Version
  pagesOf(node: NodeRef): readonly PageRef[]
  pageOf(ref: PageRef, ahead: readonly PageRef[]): Page
}

/** One sorted source, positioned; `key` is undefined at the end of the range. */
interface Source {
  readonly key: Key | undefined
  /** Undefined: a tombstone. */
  readonly value: Value | undefined
  advance(): void
}

export function cursorOver(view: Sources, range: KeyRange): Cursor {
  if (range.start >= range.end) return new MergingCursor([], range)
  const sources: Source[] = []
  const reverse = range.reverse === true
  let drops: readonly KeyRange[] = []
  const add = (source: Source): void => {
    const shown = drops.length === 0 ? source : new UndroppedSource(source, drops)
    if (shown.key !== undefined) sources.push(shown)
  }
  for (const table of view.tables) {
    add(new TableSource(table, range))
    if (table.drops.length > 0) drops = [...drops, ...table.drops.filter(({ start, end }) => start < range.end && end > range.start)]
  }
  for (const { level, from } of view.version.runs) {
    const start = range.start < from ? from : range.start
    if (start < range.end) add(new LevelSource(view, level, { start, end: range.end, reverse }))
  }
  add(new LevelSource(view, view.version.base, range))
  return new MergingCursor(sources, range)
}

class MergingCursor implements Cursor {
  key: Key = ''
  #sources: Source[]
  #current: Source | undefined = undefined
  #reverse: boolean

  constructor(sources: Source[], range: KeyRange) {
    this.#sources = sources
    this.#reverse = range.reverse === true
  }

  get value(): Value {
    return this.#current?.value as Value
  }

  next(): boolean {
    do {
      if (!this.#step()) return false
    } while (this.#current?.value === undefined)
    return true
  }

  /** To the next key, which may be a deleted one. */
  #step(): boolean {
    if (this.#current !== undefined) {
      if (this.#sources.length === 1) this.#current.advance()
      else for (const source of this.#sources) if (source.key === this.key) source.advance()
    }
    let best: Source | undefined
    for (const source of this.#sources) {
      if (source.key === undefined) continue
      if (best === undefined || (this.#reverse ? source.key > (best.key as Key) : source.key < (best.key as Key))) best = source
    }
    this.#current = best
    if (best === undefined) {
      this.#sources = []
      return false
    }
    this.key = best.key as Key
    return true
  }
}

/** Without what newer tables dropped. */
class UndroppedSource implements Source {
  #source: Source
  #drops: readonly KeyRange[]

  constructor(source: Source, drops: readonly KeyRange[]) {
    this.#source = source
    this.#drops = drops
    this.#skip()
  }

  get key(): Key | undefined {
    return this.#source.key
  }

  get value(): Value | undefined {
    return this.#source.value
  }

  advance(): void {
    this.#source.advance()
    this.#skip()
  }

  #skip(): void {
    while (this.#source.key !== undefined && isDropped(this.#drops, this.#source.key)) this.#source.advance()
  }
}

class TableSource implements Source {
  key: Key | undefined = undefined
  #chunks: readonly Chunk<TableValue>[]
  #range: KeyRange
  #step: 1 | -1
  #chunk: number
  #keys: readonly Key[]
  #index: number

  constructor({ entries }: TableView, range: KeyRange) {
    this.#chunks = entries.chunks
    this.#range = range
    this.#step = range.reverse === true ? -1 : 1
    // The first key >= the bound; backwards, the one before it.
    const bound = this.#step > 0 ? range.start : range.end
    this.#chunk = entries.chunkFrom(bound)
    this.#keys = this.#chunks[this.#chunk]?.keys ?? []
    this.#index = lowerBound(this.#keys, bound) - (this.#step > 0 ? 0 : 1)
    this.#read()
  }

  get value(): Value | undefined {
    return this.#chunks[this.#chunk]?.values[this.#index] ?? undefined
  }

  advance(): void {
    this.#index += this.#step
    this.#read()
  }

  #read(): void {
    if (this.#index < 0 || this.#index >= this.#keys.length) {
      this.#chunk += this.#step
      this.#keys = this.#chunks[this.#chunk]?.keys ?? []
      this.#index = this.#step > 0 ? 0 : this.#keys.length - 1
    }
    const key = this.#keys[this.#index]
    this.key = key === undefined || key >= this.#range.end || key < this.#range.start ? undefined : key
  }
}

/** Pages that a walk loads ahead, at most. */
const READ_AHEAD_PAGES = 12

class LevelSource implements Source {
  key: Key | undefined = undefined
  #view: Sources
  #level: Level
  #range: KeyRange
  #step: 1 | -1
  #node: number
  #pages: readonly PageRef[] = []
  #ref = 0
  #page: Page | undefined
  #index = 0
  #pagesWalked = 0

  constructor(view: Sources, level: Level, range: KeyRange) {
    this.#view = view
    this.#level = level
    this.#range = range
    this.#step = range.reverse === true ? -1 : 1
    this.#node = 0
    if (level.nodes.length > 0) this.#seek()
  }

  get value(): Value | undefined {
    return this.#page?.valueAt(this.#index)
  }

  advance(): void {
    const page = this.#page
    if (page === undefined) return
    this.#index += this.#step
    if (this.#index < 0 || this.#index >= page.count) {
      this.#ref += this.#step
      if (!this.#openPage()) return
      this.#index = this.#step > 0 ? 0 : (this.#page?.count ?? 0) - 1
    }
    this.#read()
  }

  #seek(): void {
    const { start, end } = this.#range
    const { nodes } = this.#level
    if (this.#step > 0) this.#node = this.#level.nodeAt(start)
    else {
      // The last node that begins below the end.
      this.#node = Math.min(this.#level.nodeAt(end), nodes.length - 1)
      if ((nodes[this.#node] as NodeRef).firstKey >= end) this.#node--
    }
    const node = nodes[this.#node]
    if (node === undefined || !this.#isWithin(node)) return
    this.#pages = this.#view.pagesOf(node)
    this.#ref = firstEndingFrom(this.#pages, this.#step > 0 ? start : end)
    if (this.#step < 0 && (this.#ref >= this.#pages.length || (this.#pages[this.#ref] as PageRef).firstKey >= end)) this.#ref--
    if (!this.#openPage()) return
    const page = this.#page as Page
    this.#index = this.#step > 0 ? page.lowerBound(start) : page.lowerBound(end) - 1
    this.#read()
  }

  /** Opens the page at the present position, moving to the neighbouring node where the position is outside this one. */
  #openPage(): boolean {
    while (this.#ref < 0 || this.#ref >= this.#pages.length) {
      this.#node += this.#step
      const node = this.#level.nodes[this.#node]
      if (node === undefined || !this.#isWithin(node)) return this.#end()
      this.#pages = this.#view.pagesOf(node)
      this.#ref = this.#step > 0 ? 0 : this.#pages.length - 1
    }
    const ref = this.#pages[this.#ref] as PageRef
    if (!this.#isWithin(ref)) return this.#end()
    this.#page = this.#view.pageOf(ref, ref.page === undefined ? this.#ahead() : [])
    this.#pagesWalked++
    return true
  }

  /** The longer a walk has been, the more it is likely to want. */
  #ahead(): PageRef[] {
    const count = Math.min(READ_AHEAD_PAGES, this.#pagesWalked * 2)
    const refs: PageRef[] = []
    for (let n = 1; n <= count; n++) {
      const ref = this.#pages[this.#ref + n * this.#step]
      if (ref === undefined || !this.#isWithin(ref)) break
      if (ref.page === undefined) refs.push(ref)
    }
    return refs
  }

  #isWithin({ firstKey, lastKey }: { readonly firstKey: Key; readonly lastKey: Key }): boolean {
    return firstKey < this.#range.end && lastKey >= this.#range.start
  }

  #end(): false {
    this.key = undefined
    this.#page = undefined
    return false
  }

  #read(): void {
    const key = this.#page?.keyAt(this.#index)
    if (key === undefined || key >= this.#range.end || key < this.#range.start) this.#end()
    else this.key = key
  }
}
