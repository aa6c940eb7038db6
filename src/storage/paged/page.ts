// A page: sorted entries packed into one text. A line of JSON with the lengths, then all keys, then all values, so
// that decoding is one small JSON.parse and every key and value a slice made when it is asked for. Immutable.
// At most 48 KiB serialised (at 64 KiB Chromium's IndexedDB turns four times slower); a larger value is alone in one.
import type { Key, Value } from '../store.ts'
import { filterOf, hashOf } from './key-filter.ts'
import { ownText } from './text-copy.ts'

const FORMAT = 1
export const PAGE_BYTES = 48 * 1024
/** In files a page costs little beside its bytes, and of those a random read wants few. */
export const FILE_PAGE_BYTES = 24 * 1024
/** Of a page that grew alone: below this share a neighbour is taken in when pages are rewritten anyway. */
export const SMALL_PAGE_SHARE = 1 / 4
/** Checksum, header brackets and what IndexedDB adds. */
const FIXED_CHARS = 64
/** Two lengths with commas. */
const ENTRY_CHARS = 8
/** Table id and segment (items, an index, the journal): pages are cut between these where it costs little. */
const SEGMENT_CHARS = 6

const WIDE = /[^\u0000-\u00ff]/

/** Bytes that IndexedDB's serialisation makes of a text: one a character, two if any is above U+00FF. */
export function serialisedBytes(text: string): number {
  return WIDE.test(text) ? text.length * 2 : text.length
}

/** The same text in a byte a character: what is cut or joined from wide strings stays wide in memory and on disk. */
function narrowed(text: string): string {
  const parts: string[] = []
  const units: number[] = []
  for (let index = 0; index < text.length; index++) {
    units.push(text.charCodeAt(index))
    if (units.length === 4096) parts.push(String.fromCharCode(...units.splice(0)))
  }
  return parts.join('') + String.fromCharCode(...units)
}

export class Page {
  readonly text: string
  readonly count: number
  readonly wide: boolean
  /** What it costs in memory. A slice of its text keeps the text alive, hence that is counted whole. */
  readonly bytes: number
  /**
   * Three numbers an entry, all of a kind together: where keys end; where values end, times two, plus one of a tombstone; and
   * the four bytes of each key after what all begin with: a search compares numbers. One array: each has its price.
   */
  #numbers: Uint32Array
  #keysStart: number
  #valuesStart: number
  #valuesEnd: number
  /** What all keys begin with. */
  #prefix: Key

  /** Undefined where the text is no page. */
  static decode(text: string): Page | undefined {
    try {
      const headerEnd = text.indexOf('\n')
      const header: unknown = JSON.parse(text.slice(0, headerEnd))
      const { v, k, l } = header as { v: number; k: number[]; l: number[] }
      if (v !== FORMAT || k.length !== l.length) return undefined
      const page = new Page(text, headerEnd + 1, k, l)
      return page.#valuesEnd === text.length ? page : undefined
    } catch {
      return undefined
    }
  }

  constructor(text: string, bodyStart: number, keyLengths: readonly number[], valueLengths: readonly number[]) {
    this.text = text
    this.count = keyLengths.length
    const { count } = this
    const numbers = new Uint32Array(count * 3)
    let keyEnd = 0
    let valueEnd = 0
    for (let index = 0; index < count; index++) {
      numbers[index] = keyEnd += keyLengths[index] as number
      const length = valueLengths[index] as number
      if (length > 0) valueEnd += length
      numbers[count + index] = valueEnd * 2 + (length < 0 ? 1 : 0)
    }
    this.#numbers = numbers
    this.#keysStart = bodyStart
    this.#valuesStart = bodyStart + keyEnd
    this.#valuesEnd = this.#valuesStart + valueEnd
    const serialised = serialisedBytes(text)
    this.wide = serialised > text.length
    this.bytes = serialised + 12 * this.count + 300
    this.#prefix = this.count === 0 ? '' : commonPrefix(this.keyAt(0), this.keyAt(this.count - 1))
    this.#readHeads()
  }

  keyAt(index: number): Key {
    const start = index === 0 ? 0 : (this.#numbers[index - 1] as number)
    return this.text.slice(this.#keysStart + start, this.#keysStart + (this.#numbers[index] as number))
  }

  /** Undefined: a tombstone. */
  valueAt(index: number): Value | undefined {
    const at = this.count + index
    const end = this.#numbers[at] as number
    if ((end & 1) === 1) return undefined
    const start = index === 0 ? 0 : (this.#numbers[at - 1] as number) >>> 1
    return this.text.slice(this.#valuesStart + start, this.#valuesStart + (end >>> 1))
  }

  /** Position of the first key >= `key`. */
  lowerBound(key: Key): number {
    const prefix = this.#prefix
    if (!key.startsWith(prefix)) return key < prefix ? 0 : this.count
    const head = headOf(key, prefix.length, key.length)
    let low = this.#firstHeadFrom(head)
    if (low === this.count || this.#numbers[this.count * 2 + low] !== head) return low
    let high = head === 0xffffffff ? this.count : this.#firstHeadFrom(head + 1)
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.keyAt(middle) < key) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Position of `key`, or -1. */
  find(key: Key): number {
    const index = this.lowerBound(key)
    return index < this.count && this.keyAt(index) === key ? index : -1
  }

  #firstHeadFrom(head: number): number {
    const numbers = this.#numbers
    const heads = this.count * 2
    let low = heads
    let high = numbers.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((numbers[middle] as number) < head) low = middle + 1
      else high = middle
    }
    return low - heads
  }

  #readHeads(): void {
    const numbers = this.#numbers
    const skip = this.#prefix.length
    let start = this.#keysStart
    for (let index = 0; index < this.count; index++) {
      const end = this.#keysStart + (numbers[index] as number)
      numbers[this.count * 2 + index] = headOf(this.text, start + skip, end)
      start = end
    }
  }
}

/** Four characters (bytes) of a key as a number; what is missing counts as zeros. */
function headOf(text: string, start: number, end: number): number {
  let head = 0
  for (let index = start; index < start + 4; index++) head = (head << 8) | (index < end ? text.charCodeAt(index) : 0)
  return head >>> 0
}

function commonPrefix(first: Key, last: Key): Key {
  let length = 0
  while (length < first.length && first.charCodeAt(length) === last.charCodeAt(length)) length++
  return first.slice(0, length)
}

/** A page before it has an id. */
export interface BuiltPage {
  readonly text: string
  readonly firstKey: Key
  readonly lastKey: Key
  readonly count: number
  readonly tombstones: number
  readonly bytes: number
  readonly filter: string
}

/** Packs entries that come in key order; `onPage` gets each page when it is full, and the last one at `finish`. */
export class PageBuilder {
  #onPage: (page: BuiltPage) => void
  #pageBytes: number
  #keys: Key[] = []
  #values: (Value | undefined)[] = []
  #chars = FIXED_CHARS
  #wide = false
  #cutFromWide = false

  constructor(onPage: (page: BuiltPage) => void, pageBytes: number) {
    this.#onPage = onPage
    this.#pageBytes = pageBytes
  }

  /** Of the page that is being filled. */
  get bytes(): number {
    return this.#keys.length === 0 ? 0 : this.#chars * (this.#wide ? 2 : 1)
  }

  /** `cutFromWide`: the value may be a slice of a text with characters above U+00FF elsewhere. */
  add(key: Key, value: Value | undefined, cutFromWide: boolean): void {
    const chars = key.length + (value?.length ?? 0) + ENTRY_CHARS
    const wide = this.#wide || (value !== undefined && WIDE.test(value))
    if (this.#keys.length > 0 && ((this.#chars + chars) * (wide ? 2 : 1) > this.#pageBytes || this.#endsSegment(key))) {
      this.finish()
      this.add(key, value, cutFromWide)
      return
    }
    this.#keys.push(key)
    this.#values.push(value)
    this.#chars += chars
    this.#wide = wide
    this.#cutFromWide ||= cutFromWide
  }

  finish(): void {
    const keys = this.#keys
    if (keys.length === 0) return
    const values = this.#values
    const narrow = this.#cutFromWide && !this.#wide
    this.#keys = []
    this.#values = []
    this.#chars = FIXED_CHARS
    this.#wide = false
    this.#cutFromWide = false
    let tombstones = 0
    const valueLengths = values.map((value) => {
      if (value === undefined) tombstones++
      return value === undefined ? -1 : value.length
    })
    const keyLengths = keys.map((key) => key.length)
    const joined = `{"v":${FORMAT},"k":[${keyLengths.join(',')}],"l":[${valueLengths.join(',')}]}\n${keys.join('')}${values.join('')}`
    const text = narrow ? narrowed(joined) : joined
    this.#onPage({
      text,
      firstKey: ownText(keys[0] as Key),
      lastKey: ownText(keys.at(-1) as Key),
      count: keys.length,
      tombstones,
      bytes: serialisedBytes(text),
      filter: filterOf(keys.map(hashOf)),
    })
  }

  /** So that dropping a table or an index frees whole pages. */
  #endsSegment(key: Key): boolean {
    const first = this.#keys[0] as Key
    return this.bytes >= this.#pageBytes * SMALL_PAGE_SHARE && first.slice(0, SEGMENT_CHARS) !== key.slice(0, SEGMENT_CHARS)
  }
}
