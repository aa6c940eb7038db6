// One slice of a merge: folds some runs into the level below them from the merge's cursor on, until there are so many
// new pages, and publishes that. The cursor is in the root, so a merge goes on after a restart. Pages of the level that
// no run entry falls into stay as they are, unread; pages of a run that overlap nothing move in as they are.
// Tombstones vanish in the base.
import type { Key } from '../store.ts'
import { firstEndingFrom, Level, type NodeRef, type PageRef, type Run } from './directory.ts'
import { type Disk, editLevel, loadNode, loadPage, PageWriter } from './disk.ts'
import type { MergePlan } from './merge-plan.ts'
import { type Page, PAGE_BYTES, PageBuilder, SMALL_PAGE_SHARE } from './page.ts'

/** Pages read for it, where little comes out of much (deletions). */
const READS_PER_SLICE = 48
/** Page references taken over as they are; they cost only directory. */
const ADOPTIONS_PER_SLICE = 256
const PREFETCH_PAGES = 4

/** Goes on with the merge under way, or begins the one that `begin` names. False when it was the last slice, or nothing is to do. */
export async function mergeSlice(disk: Disk, begin: () => MergePlan | undefined): Promise<boolean> {
  const { version } = disk.checkpoint
  let { merging } = disk.checkpoint
  let runs = version.runs
  if (merging === undefined) {
    const plan = begin()
    if (plan === undefined) return false
    merging = { count: plan.count, older: runs.length - plan.count, cursor: '' }
    // A level of its own for what is merged, where it does not go into the one below.
    if (!plan.intoNext) {
      runs = [...runs.slice(0, plan.count), { level: new Level([]), from: '' }, ...runs.slice(plan.count)]
      merging = { ...merging, older: merging.older + 1 }
    }
  }
  const { count, older, cursor } = merging
  const newer = runs.slice(0, runs.length - older - count)
  const merged = runs.slice(newer.length, newer.length + count)
  const rest = runs.slice(newer.length + count)
  const target = rest[0]
  const slice = new Slice(disk, target?.level ?? version.base, merged, cursor, target !== undefined)
  try {
    const nextCursor = await slice.merge()
    const { level, built, superseded } = await editLevel(disk, target?.level ?? version.base, slice.removed, slice.added())
    const done = nextCursor === undefined
    await disk.checkpoint.publish({
      ...(target === undefined ? { base: level } : {}),
      built,
      runs: [
        ...newer,
        ...(done ? [] : merged.map((run) => ({ level: run.level, from: nextCursor }))),
        ...(target === undefined ? [] : [{ level, from: '' }]),
        ...rest.slice(1),
      ],
      superseded: [...superseded, ...slice.superseded, ...(done ? merged.flatMap((run) => run.level.nodes) : [])],
      merging: done ? undefined : { count, older, cursor: nextCursor },
    })
    return !done
  } catch (error) {
    await slice.abandon()
    throw error
  }
}

class Slice {
  readonly removed: PageRef[] = []
  readonly superseded: PageRef[] = []
  #adopted: PageRef[] = []
  #disk: Disk
  #writer: PageWriter
  #builder: PageBuilder
  #base: LevelWalk
  /** Newest first. */
  #runs: LevelWalk[]
  #cursor: Key
  /** There are older entries below the target, which tombstones must go on hiding. */
  #keepTombstones: boolean

  constructor(disk: Disk, base: Level, runs: readonly Run[], cursor: Key, keepTombstones: boolean) {
    this.#disk = disk
    this.#keepTombstones = keepTombstones
    this.#writer = new PageWriter(disk, false)
    this.#builder = new PageBuilder(this.#writer.add, disk.pageBytes)
    this.#base = new LevelWalk(disk, base)
    this.#runs = runs.map(({ level }) => new LevelWalk(disk, level))
    this.#cursor = cursor
  }

  /** New and adopted pages in key order. */
  added(): PageRef[] {
    return [...this.#writer.written, ...this.#adopted].sort((a, b) => (a.firstKey < b.firstKey ? -1 : 1))
  }

  abandon(): Promise<void> {
    return this.#writer.abandon()
  }

  /** Resolves with the next slice's cursor, or undefined when the runs are used up. */
  async merge(): Promise<Key | undefined> {
    for (const run of this.#runs) {
      await run.seek(this.#cursor)
      await run.enterAt(this.#cursor)
    }
    await this.#base.seek(this.#cursor)
    let more = true
    while (!this.#isFull()) {
      const run = this.#nextRun()
      if (run === undefined) {
        more = false
        break
      }
      await this.#passUntouched(run.key as Key)
      if (this.#canAdopt(run)) await this.#adopt(run)
      else await this.#mergeNext(run)
      if (this.#writer.hasEnough) await this.#writer.write()
    }
    this.#builder.finish()
    await this.#writer.finish()
    this.superseded.push(...this.removed)
    return more ? this.#cursor : undefined
  }

  #isFull(): boolean {
    const reads = this.removed.length + this.superseded.length
    return this.#writer.count >= this.#disk.slicePages || reads * this.#disk.pageBytes >= READS_PER_SLICE * PAGE_BYTES || this.#adopted.length >= ADOPTIONS_PER_SLICE
  }

  /** The run with the lowest key; of equal keys, the newest run. */
  #nextRun(): LevelWalk | undefined {
    let next: LevelWalk | undefined
    for (const run of this.#runs) {
      if (run.key !== undefined && (next?.key === undefined || run.key < next.key)) next = run
    }
    return next
  }

  /** Base pages wholly before `key` stay, unless the page that is being filled is small and takes the next one in. */
  async #passUntouched(key: Key): Promise<void> {
    for (let ref = this.#base.ref; ref !== undefined && ref.lastKey < key; ref = this.#base.ref) {
      if (this.#builder.bytes > 0 && this.#builder.bytes < this.#disk.pageBytes * SMALL_PAGE_SHARE) {
        await this.#copy(ref)
        await this.#base.nextPage()
        continue
      }
      this.#builder.finish()
      await this.#base.skipTo(key)
    }
  }

  #canAdopt(run: LevelWalk): boolean {
    const { ref } = run
    if (ref === undefined || run.page !== undefined || (ref.tombstones > 0 && !this.#keepTombstones) || ref.bytes < this.#disk.pageBytes * SMALL_PAGE_SHARE) return false
    const base = this.#base.ref
    if (base !== undefined && base.firstKey <= ref.lastKey) return false
    return this.#runs.every((other) => other === run || other.key === undefined || other.key > ref.lastKey)
  }

  async #adopt(run: LevelWalk): Promise<void> {
    this.#builder.finish()
    const ref = run.ref as PageRef
    this.#adopted.push(ref)
    this.#cursor = after(ref.lastKey)
    await run.nextPage()
  }

  /** Merges a base page with the run entries in its range, or run entries up to the next base page. */
  async #mergeNext(run: LevelWalk): Promise<void> {
    const ref = this.#base.ref
    await this.#takeInPrevious()
    if (ref === undefined || (run.key as Key) < ref.firstKey) {
      await this.#mergeGap(ref?.firstKey)
      return
    }
    this.#writer.keepInCache = ref.page !== undefined
    this.#base.prefetch(this.#runs)
    const page = await loadPage(this.#disk, ref)
    this.removed.push(ref)
    await this.#base.nextPage()
    if (page !== undefined) await this.#mergePage(page)
  }

  async #mergePage(page: Page): Promise<void> {
    for (let index = 0; index < page.count; ) {
      const key = page.keyAt(index)
      const run = this.#isFull() ? undefined : this.#nextRun()
      if (run?.key !== undefined && run.key <= key) {
        if (run.key === key) index++
        await this.#takeEntry(run)
      } else {
        this.#builder.add(key, page.valueAt(index), page.wide)
        if (run !== undefined) this.#cursor = after(key)
        index++
      }
    }
  }

  /** Run entries below the next base page, or until a run page comes that can be adopted. */
  async #mergeGap(end: Key | undefined): Promise<void> {
    for (let first = true; !this.#isFull(); first = false) {
      const run = this.#nextRun()
      if (run?.key === undefined || (end !== undefined && run.key >= end) || (!first && this.#canAdopt(run))) return
      await this.#takeEntry(run)
    }
  }

  /** Of the newest run; older runs pass over the key. */
  async #takeEntry(run: LevelWalk): Promise<void> {
    const key = run.key as Key
    if (run.page === undefined && !(await run.enter())) {
      await this.#leavePage(run)
      return
    }
    const value = run.page?.valueAt(run.index)
    if (value !== undefined || this.#keepTombstones) this.#builder.add(key, value, run.page?.wide === true)
    this.#cursor = after(key)
    for (const other of this.#runs) {
      if (other.key !== key || (other.page === undefined && !(await other.enter()))) continue
      if (!other.advance()) await this.#leavePage(other)
    }
  }

  async #leavePage(run: LevelWalk): Promise<void> {
    this.superseded.push(run.ref as PageRef)
    await run.nextPage()
    if (this.#writer.hasEnough) await this.#writer.write()
  }

  /** A small page of the target right before what is being merged is rewritten with it. */
  async #takeInPrevious(): Promise<void> {
    const { previous } = this.#base
    if (previous === undefined || this.#builder.bytes > 0 || previous.bytes >= this.#disk.pageBytes / 2) return
    if (this.removed.includes(previous) || this.#adopted.some(({ firstKey }) => firstKey > previous.lastKey)) return
    if (this.#writer.count > 0) return
    await this.#copy(previous)
  }

  async #copy(ref: PageRef): Promise<void> {
    const page = await loadPage(this.#disk, ref)
    this.removed.push(ref)
    if (page === undefined) return
    for (let index = 0; index < page.count; index++) {
      this.#builder.add(page.keyAt(index), page.valueAt(index), page.wide)
    }
  }
}

/** The very next byte string. */
function after(key: Key): Key {
  return `${key}\0`
}

/** A position in a level, page by page, and entry by entry where a page is entered. */
class LevelWalk {
  /** Of the page before this one. */
  previous: PageRef | undefined = undefined
  page: Page | undefined = undefined
  index = 0
  #disk: Disk
  #level: Level
  #node = 0
  #pages: readonly PageRef[] = []
  #at = 0

  constructor(disk: Disk, level: Level) {
    this.#disk = disk
    this.#level = level
  }

  get ref(): PageRef | undefined {
    return this.#pages[this.#at]
  }

  get key(): Key | undefined {
    return this.page === undefined ? this.ref?.firstKey : this.page.keyAt(this.index)
  }

  /** To the first page that ends at or after `key`. */
  async seek(key: Key): Promise<void> {
    this.#node = this.#level.nodeAt(key)
    this.#pages = await this.#pagesOf(this.#node)
    this.#at = firstEndingFrom(this.#pages, key)
    this.page = undefined
    this.previous = this.#pages[this.#at - 1] ?? (await this.#pagesOf(this.#node - 1)).at(-1)
  }

  /** Within one node, or by its directory. */
  async skipTo(key: Key): Promise<void> {
    const last = this.#pages.at(-1)
    if (last === undefined || last.lastKey < key) return this.seek(key)
    const at = firstEndingFrom(this.#pages, key)
    if (at > this.#at) this.previous = this.#pages[at - 1]
    this.#at = at
  }

  async nextPage(): Promise<void> {
    this.previous = this.ref
    this.page = undefined
    this.#at++
    if (this.#at < this.#pages.length) return
    this.#node++
    this.#at = 0
    this.#pages = await this.#pagesOf(this.#node)
  }

  /** Asks for the next pages that an entry of the runs may well fall into. */
  prefetch(runs: readonly LevelWalk[]): void {
    for (const ref of this.#pages.slice(this.#at + 1, this.#at + 1 + PREFETCH_PAGES)) {
      const isTouched = runs.some((run) => run.page !== undefined && run.page.keyAt(run.page.count - 1) >= ref.firstKey)
      // What fails here fails again where it is needed.
      if (isTouched && ref.page === undefined) this.#disk.cache.load(ref).catch(() => undefined)
    }
  }

  /** Enters the present page at its first entry; false where it is damaged and to be left out. */
  async enter(): Promise<boolean> {
    const next = this.#pages[this.#at + 1]
    if (next !== undefined && next.page === undefined) this.#disk.cache.load(next).catch(() => undefined)
    this.page = await loadPage(this.#disk, this.ref as PageRef)
    this.index = 0
    return this.page !== undefined
  }

  /** Where the present page began before `key`, enters it there. */
  async enterAt(key: Key): Promise<void> {
    const { ref } = this
    if (ref === undefined || ref.firstKey >= key) return
    if (await this.enter()) this.index = (this.page as Page).lowerBound(key)
    else await this.nextPage()
  }

  /** False at the page's end. */
  advance(): boolean {
    this.index++
    return this.index < (this.page as Page).count
  }

  async #pagesOf(index: number): Promise<readonly PageRef[]> {
    const node: NodeRef | undefined = this.#level.nodes[index]
    return node === undefined ? [] : loadNode(this.#disk, node)
  }
}
