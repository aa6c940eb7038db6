// A sorted map of byte keys in chunks: the memory store's content, and the order of a pending group's keys.
// Invariant: chunks are never empty, sorted, and disjoint; a chunk or the chunk list of an older generation is shared
// with a snapshot and is copied before it changes.
import type { Key, KeyRange } from './store.ts'

const CHUNK_CAPACITY = 512

interface Chunk<V> {
  generation: number
  keys: Key[]
  values: V[]
}

/** Position of the first key >= `key` in a sorted list. */
export function lowerBound(keys: readonly Key[], key: Key): number {
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as Key) < key) low = middle + 1
    else high = middle
  }
  return low
}

/** Walks a range of an OrderedMap; a change of the map meanwhile is seen where the walk has not been yet. */
export interface OrderedCursor<V> {
  next(): boolean
  readonly key: Key
  readonly value: V
}

export class OrderedMap<V> {
  #chunks: Chunk<V>[] = []
  #generation = 0
  #listGeneration = 0
  #size = 0
  #version = 0

  get size(): number {
    return this.#size
  }

  /** Rises whenever positions may have moved. */
  get version(): number {
    return this.#version
  }

  get(key: Key): V | undefined {
    const chunk = this.#chunks[this.#chunkOf(key)]
    if (chunk === undefined) return undefined
    const index = lowerBound(chunk.keys, key)
    return chunk.keys[index] === key ? chunk.values[index] : undefined
  }

  set(key: Key, value: V): void {
    if (this.#chunks.length === 0) {
      this.#ownList().push({ generation: this.#generation, keys: [key], values: [value] })
      this.#size = 1
      this.#version++
      return
    }
    const at = this.#chunkOf(key)
    const chunk = this.#own(at)
    const index = lowerBound(chunk.keys, key)
    if (chunk.keys[index] === key) {
      chunk.values[index] = value
      return
    }
    this.#size++
    this.#version++
    if (chunk.keys.length < CHUNK_CAPACITY) {
      chunk.keys.splice(index, 0, key)
      chunk.values.splice(index, 0, value)
    } else this.#split(at, chunk, index, key, value)
  }

  delete(key: Key): boolean {
    const at = this.#chunkOf(key)
    const found = this.#chunks[at]
    if (found === undefined) return false
    const index = lowerBound(found.keys, key)
    if (found.keys[index] !== key) return false
    this.#size--
    this.#version++
    if (found.keys.length === 1) this.#ownList().splice(at, 1)
    else {
      const chunk = this.#own(at)
      chunk.keys.splice(index, 1)
      chunk.values.splice(index, 1)
    }
    return true
  }

  /** A map of its own with the present content; costs nothing until one of the two changes. */
  snapshot(): OrderedMap<V> {
    const copy = new OrderedMap<V>()
    copy.#chunks = this.#chunks
    copy.#size = this.#size
    // Both sides now regard every chunk as the other's.
    const generation = this.#generation + 1
    this.#generation = generation
    copy.#generation = generation
    copy.#listGeneration = this.#listGeneration
    return copy
  }

  cursor(range: KeyRange): OrderedCursor<V> {
    return range.reverse === true ? new BackwardCursor(this, range) : new ForwardCursor(this, range)
  }

  /** For cursors: the place of the first key >= `key`; a chunk number past the end means there is none. */
  seek(key: Key): { chunk: number; index: number } {
    const chunk = this.#chunkOf(key)
    const keys = this.#chunks[chunk]?.keys
    if (keys === undefined) return { chunk, index: 0 }
    const index = lowerBound(keys, key)
    return index < keys.length ? { chunk, index } : { chunk: chunk + 1, index: 0 }
  }

  chunkAt(index: number): { readonly keys: readonly Key[]; readonly values: readonly V[] } | undefined {
    return this.#chunks[index]
  }

  /** The last chunk that begins at or before `key`, or the first one. */
  #chunkOf(key: Key): number {
    const chunks = this.#chunks
    let low = 0
    let high = chunks.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (((chunks[middle] as Chunk<V>).keys[0] as Key) <= key) low = middle
      else high = middle - 1
    }
    return low
  }

  #split(at: number, chunk: Chunk<V>, index: number, key: Key, value: V): void {
    // Keys that only grow (journals, loads in order) leave full chunks behind them.
    const cut = index === chunk.keys.length ? index : CHUNK_CAPACITY >>> 1
    const upper: Chunk<V> = { generation: this.#generation, keys: chunk.keys.splice(cut), values: chunk.values.splice(cut) }
    const target = index < cut ? chunk : upper
    target.keys.splice(index < cut ? index : index - cut, 0, key)
    target.values.splice(index < cut ? index : index - cut, 0, value)
    this.#ownList().splice(at + 1, 0, upper)
  }

  #ownList(): Chunk<V>[] {
    if (this.#listGeneration !== this.#generation) {
      this.#chunks = this.#chunks.slice()
      this.#listGeneration = this.#generation
    }
    return this.#chunks
  }

  #own(at: number): Chunk<V> {
    const chunk = this.#chunks[at] as Chunk<V>
    if (chunk.generation === this.#generation) return chunk
    const copy = { generation: this.#generation, keys: chunk.keys.slice(), values: chunk.values.slice() }
    this.#ownList()[at] = copy
    return copy
  }
}

class ForwardCursor<V> implements OrderedCursor<V> {
  key: Key = ''
  #map: OrderedMap<V>
  #range: KeyRange
  #chunk = 0
  #index = 0
  #started = false
  #version = -1

  constructor(map: OrderedMap<V>, range: KeyRange) {
    this.#map = map
    this.#range = range
  }

  get value(): V {
    return this.#map.get(this.key) as V
  }

  next(): boolean {
    if (this.#version !== this.#map.version) {
      // `key + U+0000` is the very next byte string.
      const place = this.#map.seek(this.#started ? this.key + '\0' : this.#range.start)
      this.#chunk = place.chunk
      this.#index = place.index
      this.#version = this.#map.version
    } else this.#index++
    let chunk = this.#map.chunkAt(this.#chunk)
    if (chunk !== undefined && this.#index >= chunk.keys.length) {
      this.#chunk++
      this.#index = 0
      chunk = this.#map.chunkAt(this.#chunk)
    }
    const key = chunk?.keys[this.#index]
    if (key === undefined || key >= this.#range.end) return false
    this.#started = true
    this.key = key
    return true
  }
}

class BackwardCursor<V> implements OrderedCursor<V> {
  key: Key
  #map: OrderedMap<V>
  #range: KeyRange
  #chunk = 0
  #index = 0
  #version = -1

  constructor(map: OrderedMap<V>, range: KeyRange) {
    this.#map = map
    this.#range = range
    this.key = range.end
  }

  get value(): V {
    return this.#map.get(this.key) as V
  }

  next(): boolean {
    if (this.#version !== this.#map.version) {
      const place = this.#map.seek(this.key)
      this.#chunk = place.chunk
      this.#index = place.index
      this.#version = this.#map.version
    }
    this.#index--
    if (this.#index < 0) {
      this.#chunk--
      this.#index = (this.#map.chunkAt(this.#chunk)?.keys.length ?? 0) - 1
    }
    const key = this.#map.chunkAt(this.#chunk)?.keys[this.#index]
    if (key === undefined || key < this.#range.start) return false
    this.key = key
    return true
  }
}
