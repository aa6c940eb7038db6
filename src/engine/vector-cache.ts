// Partitions of vector indexes that were searched, kept in memory as of the last durable commit: a first search reads its
// partition in slices, later ones read nothing. Commits keep it current (`onCommit`). A partition that is too large to be
// kept is searched slice by slice each time. Only ACTIVE indexes come here: a backfill's entries are in no commit's changes.
import { prefixEnd } from '../model/key-encoding.ts'
import { isVectorIndex, type VectorIndexSchema } from '../model/vector-entry.ts'
import type { Key, Reader } from '../storage/store.ts'
import type { Commit, KeyspaceLike } from '../storage/write-step.ts'
import type { Catalog } from './catalog.ts'
import type { Change } from './change.ts'
import { partitionPrefix, rangeAfter, SPACE_LENGTH } from './key-range.ts'
import { VectorRows } from './vector-rows.ts'

const MAX_CACHE_BYTES = 256 * 1024 * 1024
/** Of records, per read step: pages of a step stay in memory until it is done. */
const BYTES_PER_SLICE = 2 * 1024 * 1024

interface Partition {
  readonly rows: VectorRows
  /** The last key that was read; undefined: all are. Changes of later ones are seen when they are read. */
  loadedTo: Key | undefined
  readonly loading: Promise<boolean>
}

export class VectorCache {
  readonly #keyspace: KeyspaceLike
  readonly #maxBytes: number
  /** By the beginning of its keys; the one that was searched last is last. */
  readonly #partitions = new Map<Key, Partition>()
  /** Hash types by index prefix, of indexes with partitions here. */
  readonly #indexes = new Map<Key, VectorIndexSchema>()
  readonly #tooLarge = new Set<Key>()
  #listening = false
  readonly #catalog: Catalog
  readonly #yield: () => Promise<void>

  constructor(keyspace: KeyspaceLike, catalog: Catalog, yieldTask: () => Promise<void>, maxBytes = MAX_CACHE_BYTES) {
    this.#keyspace = keyspace
    this.#catalog = catalog
    this.#yield = yieldTask
    this.#maxBytes = maxBytes
  }

  /** The rows of the partition whose keys begin with `prefix`, complete and kept current; undefined where they are too many. */
  async rows(index: VectorIndexSchema, prefix: Key): Promise<VectorRows | undefined> {
    if (this.#tooLarge.has(prefix)) return undefined
    this.#listen()
    let partition = this.#partitions.get(prefix)
    if (partition === undefined) {
      this.#indexes.set(prefix.slice(0, SPACE_LENGTH), index)
      partition = this.#load(index, prefix)
    } else this.#partitions.delete(prefix)
    // Behind all others: evicted last.
    this.#partitions.set(prefix, partition)
    return (await partition.loading) ? partition.rows : undefined
  }

  /** Hands the partition's rows to `visit`, slice by slice. */
  async forEachSlice(index: VectorIndexSchema, prefix: Key, visit: (rows: VectorRows) => void): Promise<void> {
    let last: Key | undefined = ''
    while (last !== undefined) {
      const from: Key = last
      const slice: { readonly rows: VectorRows; readonly last: Key | undefined } = await this.#keyspace.read((reader) => {
        const rows = new VectorRows(index)
        return { rows, last: readSlice(reader, prefix, from, (key, record) => rows.put(key, record)) }
      })
      visit(slice.rows)
      last = slice.last
      await this.#yield()
    }
  }

  #load(index: VectorIndexSchema, prefix: Key): Partition {
    const rows = new VectorRows(index)
    const partition: Partition = { rows, loadedTo: '', loading: Promise.resolve().then(() => this.#fill(prefix, partition)) }
    return partition
  }

  /** False where it grew too large, or was thrown out meanwhile. Rejects with StorageException. */
  async #fill(prefix: Key, partition: Partition): Promise<boolean> {
    try {
      while (partition.loadedTo !== undefined) {
        const from = partition.loadedTo
        await this.#keyspace.read((reader) => {
          const entries: [Key, string][] = []
          const last = readSlice(reader, prefix, from, (key, record) => entries.push([key, record]))
          // Nothing is missing any more: this runs once, and no commit comes between reading and keeping.
          for (const [key, record] of entries) partition.rows.put(key, record)
          partition.loadedTo = last
        })
        if (partition.rows.bytes > this.#maxBytes) {
          this.#tooLarge.add(prefix)
          this.#partitions.delete(prefix)
          return false
        }
        this.#evict(prefix)
        await this.#yield()
      }
      return true
    } catch (error) {
      this.#partitions.delete(prefix)
      throw error
    }
  }

  /** Until all fit: the ones that were searched longest ago, never `kept`. */
  #evict(kept: Key): void {
    let bytes = 0
    for (const { rows } of this.#partitions.values()) bytes += rows.bytes
    for (const [prefix, { rows, loadedTo }] of this.#partitions) {
      if (bytes <= this.#maxBytes) return
      if (prefix === kept || loadedTo !== undefined) continue
      this.#partitions.delete(prefix)
      bytes -= rows.bytes
    }
  }

  #listen(): void {
    if (this.#listening) return
    this.#listening = true
    this.#keyspace.onCommit((commit) => this.#apply(commit))
    this.#catalog.onChange(() => this.#forgetDropped())
  }

  #apply({ steps }: Commit): void {
    if (this.#partitions.size === 0) return
    for (const step of steps) {
      for (const emitted of step) if ('indexWrites' in emitted) this.#applyChange(emitted as Change)
    }
  }

  #applyChange({ indexWrites }: Change): void {
    for (const { key, entry } of indexWrites) {
      const index = this.#indexes.get(key.slice(0, SPACE_LENGTH))
      if (index === undefined) continue
      const partition = this.#partitions.get(partitionPrefix(key, index.partitionKeys.map(({ type }) => type)))
      if (partition === undefined || (partition.loadedTo !== undefined && key > partition.loadedTo)) continue
      if (entry === undefined) partition.rows.delete(key)
      else partition.rows.put(key, entry.record)
    }
  }

  #forgetDropped(): void {
    const alive = new Set(this.#catalog.tables().flatMap((table) => table.indexes.filter(({ schema }) => isVectorIndex(schema)).map(({ prefix }) => prefix)))
    const isDead = (prefix: Key): boolean => !alive.has(prefix.slice(0, SPACE_LENGTH))
    for (const prefix of this.#partitions.keys()) if (isDead(prefix)) this.#partitions.delete(prefix)
    for (const prefix of this.#indexes.keys()) if (isDead(prefix)) this.#indexes.delete(prefix)
    for (const prefix of this.#tooLarge) if (isDead(prefix)) this.#tooLarge.delete(prefix)
  }
}

/** Reads behind `from` ('' : from the beginning); returns the last key, or undefined at the end. Throws PageFault. */
function readSlice(reader: Reader, prefix: Key, from: Key, take: (key: Key, record: string) => void): Key | undefined {
  const range = { start: prefix, end: prefixEnd(prefix) }
  const cursor = reader.cursor(from === '' ? range : rangeAfter(range, from))
  let bytes = 0
  while (cursor.next()) {
    const record = cursor.value
    take(cursor.key, record)
    bytes += record.length
    if (bytes >= BYTES_PER_SLICE) return ` ${cursor.key}`.slice(1)
  }
  return undefined
}
