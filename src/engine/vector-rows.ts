// Vectors of one partition of a vector index in memory, packed into blocks of floats, and the search of them. Rows are dense
// (a removed one is replaced by the last) and know their entry's storage key; whatever else an answer shows is read from the
// entry. Invariant: `keys[row]`, its floats, its squared length and its filter values belong to the same entry.
import type { AttributeMap, AttributeValue } from '../model/attribute-value.ts'
import { attributeOf, equalValues } from '../model/attribute.ts'
import { Item } from '../model/item.ts'
import { BYTES_PER_DIMENSION, unpackVector } from '../model/vector.ts'
import type { VectorIndexSchema } from '../model/vector-entry.ts'
import type { Key } from '../storage/store.ts'
import { compareScores, cosineDistance, dotProduct, scoreOf, squaredDistance } from './vector-distance.ts'

const FLOATS_PER_BLOCK = 256 * 1024
/** The first block grows from here, so that small partitions are small. */
const FIRST_ROWS = 16
/** What a row costs beside its floats, about. */
const ROW_OVERHEAD_BYTES = 200

export interface VectorQuery {
  readonly vector: Float32Array
  readonly topK: number
  readonly filters: readonly { readonly name: string; readonly value: AttributeValue }[]
}
export interface VectorHit {
  readonly key: Key
  readonly score: number
}

export class VectorRows {
  readonly #index: VectorIndexSchema
  readonly #rowsPerBlock: number
  readonly #blocks: Float32Array[] = []
  readonly #keys: Key[] = []
  /** Squared lengths, for COSINE. */
  readonly #squares: number[] = []
  /** Values of the index's filter attributes, in its order, per row; nothing where it has none. */
  readonly #filters: (AttributeValue | undefined)[][] = []
  readonly #rowOf = new Map<Key, number>()
  /** Rises with every change. */
  version = 0

  constructor(index: VectorIndexSchema) {
    this.#index = index
    this.#rowsPerBlock = Math.max(1, Math.floor(FLOATS_PER_BLOCK / index.vector.dimensions))
  }

  get bytes(): number {
    const floats = this.#blocks.reduce((sum, block) => sum + block.length, 0)
    return floats * BYTES_PER_DIMENSION + this.#keys.length * ROW_OVERHEAD_BYTES
  }

  get size(): number {
    return this.#keys.length
  }

  /** Adds or replaces the row of an entry, of which `record` is the stored text. */
  put(key: Key, record: string): void {
    this.version++
    const row = this.#rowOf.get(key) ?? this.#keys.length
    // A slice of a page would keep the page in memory.
    if (row === this.#keys.length) this.#append(` ${key}`.slice(1))
    const { dimensions, filters } = this.#index.vector
    const { block, from } = this.#place(row)
    const rest = unpackEntry(this.#index, record, block, from)
    if (this.#index.vector.distance === 'COSINE') this.#squares[row] = dotProduct(block, from, block, from, dimensions)
    if (filters.length === 0) return
    const attributes = rest()
    this.#filters[row] = filters.map(({ name }) => attributeOf(attributes, name))
  }

  delete(key: Key): void {
    const row = this.#rowOf.get(key)
    if (row === undefined) return
    this.version++
    const last = this.#keys.length - 1
    if (row !== last) this.#move(last, row)
    this.#rowOf.delete(key)
    this.#keys.length = last
    this.#squares.length = Math.min(this.#squares.length, last)
    this.#filters.length = Math.min(this.#filters.length, last)
  }

  /** The nearest rows in order; equal scores in order of their keys. */
  search({ vector, topK, filters }: VectorQuery, found: readonly VectorHit[] = []): VectorHit[] {
    const { distance } = this.#index.vector
    const hits = [...found]
    const columns = filters.map(({ name, value }) => ({ column: this.#index.vector.filters.findIndex((key) => key.name === name), value }))
    const square = distance === 'COSINE' ? dotProduct(vector, 0, vector, 0, vector.length) : 0
    let worst = hits.length < topK ? undefined : hits.at(-1)?.score
    for (let row = 0; row < this.#keys.length; row++) {
      if (columns.length > 0 && !this.#passes(row, columns)) continue
      const score = this.#scoreOf(row, vector, square)
      if (worst !== undefined && compareScores(distance, score, worst) > 0) continue
      insertHit(hits, { key: this.#keys[row] ?? '', score }, (a, b) => compareScores(distance, a, b))
      if (hits.length > topK) hits.pop()
      if (hits.length === topK) worst = hits.at(-1)?.score
    }
    return hits
  }

  #scoreOf(row: number, vector: Float32Array, square: number): number {
    const { block, from } = this.#place(row)
    switch (this.#index.vector.distance) {
      case 'COSINE':
        return scoreOf(cosineDistance(dotProduct(vector, 0, block, from, vector.length), square, this.#squares[row] ?? 0))
      case 'EUCLIDEAN':
        return scoreOf(Math.sqrt(squaredDistance(vector, 0, block, from, vector.length)))
      case 'DOT_PRODUCT':
        return scoreOf(dotProduct(vector, 0, block, from, vector.length))
    }
  }

  #passes(row: number, columns: readonly { readonly column: number; readonly value: AttributeValue }[]): boolean {
    const held = this.#filters[row]
    return columns.every(({ column, value }) => {
      const own = held?.[column]
      return own !== undefined && equalValues(own, value)
    })
  }

  #place(row: number): { readonly block: Float32Array; readonly from: number } {
    const block = this.#blocks[Math.floor(row / this.#rowsPerBlock)] ?? EMPTY
    return { block, from: (row % this.#rowsPerBlock) * this.#index.vector.dimensions }
  }

  #append(key: Key): void {
    const row = this.#keys.push(key) - 1
    this.#rowOf.set(key, row)
    const at = Math.floor(row / this.#rowsPerBlock)
    const block = this.#blocks[at]
    const { dimensions } = this.#index.vector
    const full = this.#rowsPerBlock * dimensions
    if (block === undefined) this.#blocks.push(new Float32Array(at === 0 ? Math.min(full, FIRST_ROWS * dimensions) : full))
    else if (block.length <= (row % this.#rowsPerBlock) * dimensions) {
      const larger = new Float32Array(Math.min(full, 2 * block.length))
      larger.set(block)
      this.#blocks[at] = larger
    }
  }

  #move(from: number, to: number): void {
    const source = this.#place(from)
    const target = this.#place(to)
    target.block.set(source.block.subarray(source.from, source.from + this.#index.vector.dimensions), target.from)
    const key = this.#keys[from] ?? ''
    this.#keys[to] = key
    this.#rowOf.set(key, to)
    if (this.#squares.length > from) this.#squares[to] = this.#squares[from] ?? 0
    if (this.#filters.length > from) this.#filters[to] = this.#filters[from] ?? []
  }
}

const EMPTY = new Float32Array(0)

function insertHit(hits: VectorHit[], hit: VectorHit, compare: (a: number, b: number) => number): void {
  let at = hits.length
  for (; at > 0; at--) {
    const before = hits[at - 1]
    if (before === undefined) break
    const order = compare(before.score, hit.score)
    if (order < 0 || (order === 0 && before.key < hit.key)) break
  }
  hits.splice(at, 0, hit)
}

/** Unpacks an entry's vector; returns what gives the other attributes. */
export function unpackEntry(index: VectorIndexSchema, record: string, target: Float32Array, at: number): () => AttributeMap {
  const { attribute, dimensions } = index.vector
  const start = record.indexOf('{')
  const opening = `{${JSON.stringify(attribute)}:{"B":"`
  if (record.startsWith(opening, start)) {
    const from = start + opening.length
    unpackVector(record, from, dimensions, target, at)
    const length = Math.ceil((dimensions * BYTES_PER_DIMENSION) / 3) * 4
    // Behind the text come its quote, the brace, and either more attributes or the end.
    return () => JSON.parse(`{${record.slice(from + length + 3)}`.replace(/^\{$/, '{}')) as AttributeMap
  }
  // Names like `1` come first in a JavaScript object, whatever was put first.
  const { [attribute]: packed, ...rest } = Item.fromRecord(record).attributes
  if (typeof packed === 'object' && packed !== null && 'B' in packed) unpackVector(packed.B, 0, dimensions, target, at)
  return () => rest
}
