// A log record: the batches of one group commit as one text. A line of JSON with lengths, then keys, then each distinct
// part of a value once (an item's image in its journal and index entries). Too long a text goes into several rows of
// one transaction. What `encode` made keeps the texts that it was given, what `decode` read cuts them out; applying is the same.
import type { Batch, KeyRange, Settlement } from '../store.ts'
import { DELETED, type MemoryTable } from './memory-table.ts'
import { PAGE_BYTES, serialisedBytes } from './page.ts'
import { ownText, ownTexts } from './text-copy.ts'

const FORMAT = 1
/** Shorter parts are cheaper to repeat than to look up. */
const SHARED_PART_CHARS = 24
const SLOTS = 256
const ROW_BYTES = PAGE_BYTES - 64

interface Header {
  readonly v: number
  /** Key lengths, a write each. */
  readonly k: readonly number[]
  /** Part lengths. */
  readonly p: readonly number[]
  /** Per write its part, its list of parts, or -1 for a deletion; absent where write n is part n. */
  readonly w?: readonly (number | readonly number[])[]
  /** Drops: before which write, length of start and of end. */
  readonly d?: readonly (readonly [beforeWrite: number, startLength: number, endLength: number])[]
  /** Settlements: id, part, expiry. */
  readonly s?: readonly (readonly [id: string, part: number, expiresAt: number])[]
}

export interface LogRecord {
  readonly text: string
  /** In memory and in the log, without checksums. */
  readonly bytes: number
  readonly settlements: readonly Settlement[]
  applyTo(table: MemoryTable): void
}

/** One record for all the batches, in order. */
export function encodeRecord(batches: readonly Batch[]): LogRecord {
  const keys: string[] = []
  const keyLengths: number[] = []
  const dropKeys: string[] = []
  const drops: [number, number, number][] = []
  const settlements: [string, number, number][] = []
  const writes: (number | number[])[] = []
  const parts = new PartList()
  let plain = true
  for (const batch of batches) {
    for (const { start, end } of batch.drops ?? []) {
      drops.push([keys.length, start.length, end.length])
      dropKeys.push(start, end)
    }
    for (const { key, value } of batch.writes) {
      const parted = value === undefined ? -1 : typeof value === 'string' ? parts.add(value) : value.map((part) => parts.add(part))
      plain &&= parted === writes.length
      writes.push(parted)
      keys.push(key)
      keyLengths.push(key.length)
    }
    for (const { id, text, expiresAt } of batch.settlements ?? []) settlements.push([id, parts.add(text), expiresAt])
  }
  const header: Header = {
    v: FORMAT,
    k: keyLengths,
    p: parts.lengths,
    ...(plain ? {} : { w: writes }),
    ...(drops.length > 0 ? { d: drops } : {}),
    ...(settlements.length > 0 ? { s: settlements } : {}),
  }
  const headerText = JSON.stringify(header)
  const text = `${headerText}\n${keys.join('')}${dropKeys.join('')}${parts.texts.join('')}`
  return recordOf(text, header, headerText.length + 1, { keys, parts: parts.texts })
}

/** Undefined where the text is no record. */
export function decodeRecord(text: string): LogRecord | undefined {
  try {
    const headerEnd = text.indexOf('\n')
    const header = JSON.parse(text.slice(0, headerEnd)) as Header
    return header.v === FORMAT ? recordOf(text, header, headerEnd + 1) : undefined
  } catch {
    return undefined
  }
}

/**
 * Distinct parts. Equal ones come close together, as one write's item, index and journal entries: a slot by length and
 * two characters finds the latest of its kind. A part that lost its slot is merely logged again.
 */
class PartList {
  readonly texts: string[] = []
  readonly lengths: number[] = []
  readonly #slots = new Int32Array(SLOTS).fill(-1)

  add(text: string): number {
    const { length } = text
    const part = this.texts.length
    if (length >= SHARED_PART_CHARS) {
      const slot = (text.charCodeAt(length >> 1) * 31 + text.charCodeAt(length - (length >> 2)) * 7 + length) % SLOTS
      const candidate = this.#slots[slot] as number
      if (this.lengths[candidate] === length && this.texts[candidate] === text) return candidate
      this.#slots[slot] = part
    }
    this.texts.push(text)
    this.lengths.push(length)
    return part
  }
}

/** Keys and parts as texts of their own. */
interface RecordTexts {
  readonly keys: readonly string[]
  readonly parts: readonly string[]
}

function recordOf(text: string, header: Header, bodyStart: number, given?: RecordTexts): LogRecord {
  const bytes = serialisedBytes(text)
  let at = bodyStart
  for (const length of header.k) at += length
  const drops = (header.d ?? []).map(([beforeWrite, startLength, endLength]): { beforeWrite: number; range: KeyRange } => {
    const start = text.slice(at, (at += startLength))
    return { beforeWrite, range: { start: ownText(start), end: ownText(text.slice(at, (at += endLength))) } }
  })
  const partsStart = at
  const parts = (): readonly string[] => {
    let at = partsStart
    return given?.parts ?? header.p.map((length) => text.slice(at, (at += length)))
  }
  return {
    text,
    bytes,
    settlements: header.s === undefined ? [] : settlementsOf(header.s, parts()),
    applyTo(table) {
      table.countText(bytes)
      table.wide ||= bytes > text.length
      const partTexts = parts()
      const keys = given?.keys ?? ownTexts(keysOf(text, header.k, bodyStart))
      let nextDrop = 0
      for (let index = 0; index <= header.k.length; index++) {
        while (drops[nextDrop]?.beforeWrite === index) table.drop((drops[nextDrop++] as { range: KeyRange }).range)
        if (index === header.k.length) break
        table.set(keys[index] as string, valueOf(header.w === undefined ? index : (header.w[index] as number | number[]), partTexts))
      }
    },
  }
}

function keysOf(text: string, lengths: readonly number[], at: number): string[] {
  return lengths.map((length) => text.slice(at, (at += length)))
}

function valueOf(parted: number | readonly number[], parts: readonly string[]): string | typeof DELETED {
  // A join is a text of its own; a sum would keep its parts alive, which may be cut from pages.
  if (typeof parted !== 'number') return parted.map((part) => parts[part]).join('')
  return parted < 0 ? DELETED : (parts[parted] as string)
}

function settlementsOf(settled: NonNullable<Header['s']>, parts: readonly string[]): Settlement[] {
  // Flattened: an answer must not keep the whole record's text alive.
  return settled.map(([id, part, expiresAt]) => ({ id, text: ownText(parts[part] as string), expiresAt }))
}

/** A record's text as rows: `<index>/<count>\n<text>`. */
export function rowsOf({ text, bytes }: LogRecord): string[] {
  const rowChars = bytes > text.length ? ROW_BYTES / 2 : ROW_BYTES
  if (text.length <= rowChars) return [`0/1\n${text}`]
  const count = Math.ceil(text.length / rowChars)
  return Array.from({ length: count }, (_, index) => `${index}/${count}\n${text.slice(index * rowChars, (index + 1) * rowChars)}`)
}

export interface RecordRow {
  readonly index: number
  readonly count: number
  readonly text: string
}

export function parseRow(row: string): RecordRow | undefined {
  const match = /^(\d+)\/(\d+)\n/.exec(row)
  if (match === null) return undefined
  return { index: Number(match[1]), count: Number(match[2]), text: row.slice(match[0].length) }
}

/** Settlements that outlive the log, as texts of at most a page each. */
export function settlementTexts(settlements: readonly Settlement[]): string[] {
  const texts: string[] = []
  let group: string[] = []
  let chars = 0
  for (const settlement of settlements) {
    const line = JSON.stringify([settlement.id, settlement.text, settlement.expiresAt])
    if (chars > 0 && chars + line.length > ROW_BYTES / 2) {
      texts.push(`[${group.join(',')}]`)
      group = []
      chars = 0
    }
    group.push(line)
    chars += line.length
  }
  if (group.length > 0) texts.push(`[${group.join(',')}]`)
  return texts
}

export function parseSettlements(text: string): Settlement[] | undefined {
  try {
    const lines = JSON.parse(text) as [string, string, number][]
    return lines.map(([id, settled, expiresAt]) => ({ id, text: settled, expiresAt }))
  } catch {
    return undefined
  }
}
