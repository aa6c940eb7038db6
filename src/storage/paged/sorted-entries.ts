// Sorted entries in chunks, persistent: a change makes new chunks for what it touches and shares the others, so that
// keeping an older state costs nothing. Invariant: chunks are never empty, sorted and disjoint, and never change.
import type { Key } from '../store.ts'

const CHUNK_CAPACITY = 512

export interface Chunk<V> {
  readonly keys: readonly Key[]
  readonly values: readonly V[]
}

export class SortedEntries<V> {
  readonly chunks: readonly Chunk<V>[]

  constructor(chunks: readonly Chunk<V>[] = []) {
    this.chunks = chunks
  }

  get(key: Key): V | undefined {
    const chunk = this.chunks[this.chunkFrom(key)]
    if (chunk === undefined) return undefined
    const index = lowerBound(chunk.keys, key)
    return chunk.keys[index] === key ? chunk.values[index] : undefined
  }

  /** Index of the first chunk that ends at or after `key`. */
  chunkFrom(key: Key): number {
    const { chunks } = this
    let low = 0
    let high = chunks.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const { keys } = chunks[middle] as Chunk<V>
      if ((keys[keys.length - 1] as Key) < key) low = middle + 1
      else high = middle
    }
    return low
  }

  /** With these entries over its own. `keys` are sorted and distinct. */
  merged(keys: readonly Key[], valueOf: (key: Key) => V): SortedEntries<V> {
    if (keys.length === 0) return this
    const chunks: Chunk<V>[] = []
    let from = 0
    for (const [index, chunk] of this.chunks.entries()) {
      const isLast = index === this.chunks.length - 1
      const chunkEnd = chunk.keys[chunk.keys.length - 1] as Key
      const to = isLast ? keys.length : upperBound(keys, chunkEnd, from)
      if (to === from) chunks.push(chunk)
      // Keys that only grow leave full chunks behind them.
      else if (isLast && chunk.keys.length === CHUNK_CAPACITY && (keys[from] as Key) > chunkEnd) {
        chunks.push(chunk)
        addChunks(chunks, { keys: keys.slice(from), values: keys.slice(from).map(valueOf) })
      } else addChunks(chunks, mergeChunk(chunk, keys, from, to, valueOf))
      from = to
    }
    if (this.chunks.length === 0) addChunks(chunks, { keys, values: keys.map(valueOf) })
    return new SortedEntries(chunks)
  }

  /** Without the keys from `start` to before `end`; `onRemoved` is told each. */
  without(start: Key, end: Key, onRemoved: (key: Key) => void): SortedEntries<V> {
    const chunks: Chunk<V>[] = []
    for (const chunk of this.chunks) {
      const from = lowerBound(chunk.keys, start)
      const to = Math.max(from, lowerBound(chunk.keys, end))
      for (let index = from; index < to; index++) onRemoved(chunk.keys[index] as Key)
      if (from === to) chunks.push(chunk)
      else if (to - from < chunk.keys.length) chunks.push({ keys: chunk.keys.toSpliced(from, to - from), values: chunk.values.toSpliced(from, to - from) })
    }
    return new SortedEntries(chunks)
  }
}

/** Position of the first key >= `key`. */
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

/** Position of the first key > `key`, from `low` on. */
function upperBound(keys: readonly Key[], key: Key, low: number): number {
  // Most chunks get few keys of many: a gallop finds the end near the beginning.
  let step = 1
  let high = low
  while (high < keys.length && (keys[high] as Key) <= key) {
    low = high + 1
    high += step
    step *= 2
  }
  high = Math.min(high, keys.length)
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((keys[middle] as Key) <= key) low = middle + 1
    else high = middle
  }
  return low
}

function mergeChunk<V>(chunk: Chunk<V>, keys: readonly Key[], from: number, to: number, valueOf: (key: Key) => V): Chunk<V> {
  const mergedKeys: Key[] = []
  const mergedValues: V[] = []
  const oldKeys = chunk.keys
  const oldValues = chunk.values
  let old = 0
  for (let next = from; next < to; next++) {
    const key = keys[next] as Key
    while (old < oldKeys.length && (oldKeys[old] as Key) < key) {
      mergedKeys.push(oldKeys[old] as Key)
      mergedValues.push(oldValues[old++] as V)
    }
    if (oldKeys[old] === key) old++
    mergedKeys.push(key)
    mergedValues.push(valueOf(key))
  }
  for (; old < oldKeys.length; old++) {
    mergedKeys.push(oldKeys[old] as Key)
    mergedValues.push(oldValues[old] as V)
  }
  return { keys: mergedKeys, values: mergedValues }
}

/** In pieces of even size that leave room to grow. */
function addChunks<V>(chunks: Chunk<V>[], { keys, values }: Chunk<V>): void {
  if (keys.length <= CHUNK_CAPACITY) {
    chunks.push({ keys, values })
    return
  }
  const pieces = Math.ceil(keys.length / (CHUNK_CAPACITY * 0.75))
  const size = Math.ceil(keys.length / pieces)
  for (let at = 0; at < keys.length; at += size) chunks.push({ keys: keys.slice(at, at + size), values: values.slice(at, at + size) })
}
