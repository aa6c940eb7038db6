// What the subscribers of one live query have been told, and the reading of snapshots for those who wait for theirs. A
// snapshot is read in slices; commits that come in between change what was read already, so that the whole is the state
// at its last slice. With `take` the first so many are kept here, and read again where one of them leaves.
import { HoldfastException } from '../model/errors.ts'
import type { Item } from '../model/item.ts'
import type { Key, KeyRange, Reader } from '../storage/store.ts'
import type { EngineCore } from './engine-core.ts'
import { isInRange, rangeAfter, SPACE_LENGTH } from './key-range.ts'
import type { LiveView } from './live-matching.ts'
import { readPage } from './read-page.ts'

/** `token` sorts as the entries do: the storage key within the table or index. */
type LiveEntry = readonly [token: string, item: Item]
/** null: left the query. */
export type LiveChange = readonly [token: string, item: Item | null]

export interface LiveListener {
  /** First of all, in the order of the query. */
  snapshot(entries: readonly LiveEntry[]): void
  /** What one commit changed; with Take perhaps several at once. */
  change(changes: readonly LiveChange[]): void
  /** The last that is heard. */
  failed(error: unknown): void
}

interface Loading {
  readonly entries: Map<Key, Item>
  /** Not read yet. */
  rest: KeyRange
}

const RETRY_DELAY_MS = 1000

export class LiveResult {
  readonly #engine: EngineCore
  readonly #take: number
  readonly #onFailure: (error: unknown) => void
  /** True: has its snapshot. */
  readonly #listeners = new Map<LiveListener, boolean>()
  #view: LiveView | undefined
  #loading: Loading | undefined
  #isRunning = false
  /** The window lost an entry: what moves up is in the store only. */
  #isInvalid = false
  /** With `take`: what the listeners who have their snapshot were told, in the order of the query. */
  #window: readonly (readonly [Key, Item])[] = []

  constructor(engine: EngineCore, take: number, onFailure: (error: unknown) => void) {
    this.#engine = engine
    this.#take = take
    this.#onFailure = onFailure
  }

  get isUnused(): boolean {
    return this.#listeners.size === 0
  }

  /** The view is known: snapshots can be read. */
  start(view: LiveView): void {
    this.#view = view
    void this.#load()
  }

  add(listener: LiveListener): () => void {
    // The same listener may subscribe twice.
    const own: LiveListener = {
      snapshot: (entries) => listener.snapshot(entries),
      change: (changes) => listener.change(changes),
      failed: (error) => listener.failed(error),
    }
    this.#listeners.set(own, false)
    if (this.#view !== undefined) void this.#load()
    return () => {
      this.#listeners.delete(own)
    }
  }

  fail(error: unknown): void {
    const listeners = [...this.#listeners.keys()]
    this.#listeners.clear()
    this.#loading = undefined
    this.#isInvalid = false
    for (const listener of listeners) listener.failed(error)
  }

  /** What one commit changed in the query, whatever `take` says. */
  apply(changed: ReadonlyMap<Key, Item | null>): void {
    if (this.#loading !== undefined) changeLoading(this.#loading, this.#view, changed)
    if (this.#take === Infinity) this.#tell([...changed].map(([key, item]) => [tokenOf(key), item]))
    // A reading that is under way, or comes, sees the commit and tells the difference.
    else if (this.#loading === undefined && !this.#isInvalid) this.#moveWindow(changed)
  }

  #tell(changes: readonly LiveChange[]): void {
    if (changes.length === 0) return
    for (const [listener, isReady] of this.#listeners) if (isReady) listener.change(changes)
  }

  // ── Snapshots

  /** Reads until everybody who waits has a snapshot, slice by slice: commits go on meanwhile. */
  async #load(): Promise<void> {
    const view = this.#view
    if (this.#isRunning || view === undefined) return
    this.#isRunning = true
    // In a later turn, so that who subscribes together reads together.
    await Promise.resolve()
    try {
      while (this.#isBehind && !this.#engine.closing) {
        this.#loading ??= { entries: new Map(), rest: view.range }
        await this.#engine.read((reader) => this.#readSlice(reader, view))
        if (this.#loading !== undefined) await this.#engine.environment.yieldTask()
      }
    } catch (error) {
      this.#loading = undefined
      if (error instanceof HoldfastException && error.retryable) this.#engine.environment.setTimer(RETRY_DELAY_MS, () => void this.#load())
      else this.#onFailure(error)
    }
    this.#isRunning = false
  }

  /** Somebody came, or the window lost an entry, since the last slice was read. What was begun is finished. */
  get #isBehind(): boolean {
    if (this.isUnused) return false
    return this.#isInvalid || this.#loading !== undefined || [...this.#listeners.values()].includes(false)
  }

  /** The last act of the last slice, in one turn with its reading, is the delivery. */
  #readSlice(reader: Reader, view: LiveView): void {
    const loading = this.#loading
    if (loading === undefined) return
    const take = this.#take - loading.entries.size
    const page = readPage(reader, { ...view, range: loading.rest, limit: Infinity, take: Math.max(1, take), collect: true, withKeys: true })
    page.keys.forEach((key, at) => {
      const item = page.items[at]
      if (item !== undefined) loading.entries.set(key, this.#take === Infinity ? item : item.flatten())
    })
    if (page.last !== undefined && loading.entries.size < this.#take) {
      loading.rest = rangeAfter(view.range, page.last.key)
      return
    }
    this.#loading = undefined
    this.#isInvalid = false
    this.#deliver(sortEntries([...loading.entries], view.range.reverse === true).slice(0, this.#take))
  }

  #deliver(entries: readonly (readonly [Key, Item])[]): void {
    if (this.#take !== Infinity) {
      const before = this.#window
      this.#window = entries
      this.#tell(difference(before, entries))
    }
    const snapshot = entries.map(([key, item]): LiveEntry => [tokenOf(key), item])
    for (const [listener, isReady] of this.#listeners) {
      if (isReady) continue
      this.#listeners.set(listener, true)
      listener.snapshot(snapshot)
    }
  }

  // ── With `take`

  #moveWindow(changed: ReadonlyMap<Key, Item | null>): void {
    const before = this.#window
    const after = new Map(before)
    let hasLost = false
    for (const [key, item] of changed) {
      if (item !== null) after.set(key, item.flatten())
      else if (after.delete(key)) hasLost = true
    }
    if (hasLost && before.length === this.#take) {
      this.#isInvalid = true
      void this.#load()
      return
    }
    this.#window = sortEntries([...after], this.#view?.range.reverse === true).slice(0, this.#take)
    this.#tell(difference(before, this.#window))
  }
}

/** What has been read follows the commit; the rest will be read as it is then. */
function changeLoading({ entries, rest }: Loading, view: LiveView | undefined, changed: ReadonlyMap<Key, Item | null>): void {
  for (const [key, item] of changed) {
    if (view === undefined || isInRange(rest, key)) continue
    if (item === null) entries.delete(key)
    else entries.set(key, item.flatten())
  }
}

function sortEntries(entries: (readonly [Key, Item])[], reverse: boolean): readonly (readonly [Key, Item])[] {
  const sign = reverse ? -1 : 1
  return entries.sort(([a], [b]) => (a < b ? -sign : a > b ? sign : 0))
}

/** From what was told to what is; entries that stayed are the same objects, or equal texts. */
function difference(before: readonly (readonly [Key, Item])[], after: readonly (readonly [Key, Item])[]): LiveChange[] {
  const old = new Map(before)
  const now = new Map(after)
  const left = before.filter(([key]) => !now.has(key)).map(([key]): LiveChange => [tokenOf(key), null])
  const changed = after.filter(([key, item]) => old.get(key) !== item && old.get(key)?.text !== item.text)
  return [...left, ...changed.map(([key, item]): LiveChange => [tokenOf(key), item])]
}

function tokenOf(key: Key): string {
  return key.slice(SPACE_LENGTH)
}
