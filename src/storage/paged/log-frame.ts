// The bytes of a file log: a header of 32 bytes, then frames. A frame holds the rows of one append: magic, length of its
// body, first key, row count, checksum; then a word a row (bytes * 4 + kind), then the rows, padded to whole words.
// Little endian. A frame is there whole or not at all: what a kill tore off at the end is no frame.
import { mostBytes, readBlock, writeBlock } from './block-bytes.ts'
import type { Block } from './blocks.ts'

export const LOG_HEADER_BYTES = 32
const FRAME_HEADER_BYTES = 24
/** "HFLF" */
const MAGIC = 0x464c4648
/** Kept for the next frame; a larger one's memory is given back. */
const KEPT_BYTES = 256 * 1024

let scratch = new Uint8Array(16 * 1024)

export interface FrameRow {
  /** Below zero: no row of the log, but of a root; the latest has the lowest. */
  readonly key: number
  readonly block: Block
}

/** The rows under `key`, `key + 1`, …; valid until the next call. */
export function encodeFrame(key: number, rows: readonly Block[]): Uint8Array {
  let at = FRAME_HEADER_BYTES + rows.length * 4
  reserve(at)
  for (const [index, row] of rows.entries()) {
    reserve(at + mostBytes(row))
    const [bytes, kind] = writeBlock(row, scratch, at)
    new DataView(scratch.buffer).setUint32(FRAME_HEADER_BYTES + index * 4, bytes * 4 + kind, true)
    at += bytes
  }
  const end = (at + 3) & ~3
  reserve(end)
  scratch.fill(0, at, end)
  const view = new DataView(scratch.buffer)
  view.setUint32(0, MAGIC, true)
  view.setUint32(4, end - FRAME_HEADER_BYTES, true)
  view.setFloat64(8, key, true)
  view.setUint32(16, rows.length, true)
  view.setUint32(20, checksum(scratch, 0, end), true)
  const frame = scratch.subarray(0, end)
  if (scratch.length > KEPT_BYTES) scratch = new Uint8Array(16 * 1024)
  return frame
}

function reserve(bytes: number): void {
  if (scratch.length >= bytes + 4) return
  const larger = new Uint8Array((bytes * 2 + 7) & ~3)
  larger.set(scratch)
  scratch = larger
}

export interface DecodedFrames {
  readonly rows: readonly FrameRow[]
  /** Of the last whole frame. */
  readonly end: number
  /** Bytes in between are no frame: rows are missing, where a torn end would have nothing behind it. */
  readonly hasGap: boolean
}

/** All whole frames of a file's bytes, header included. */
export function decodeFrames(file: Uint8Array<ArrayBuffer>): DecodedFrames {
  const rows: FrameRow[] = []
  let end = LOG_HEADER_BYTES
  let hasGap = false
  for (let at = end; at + FRAME_HEADER_BYTES <= file.length; ) {
    const frame = frameAt(file, at)
    if (frame === undefined) {
      at += 4
      continue
    }
    hasGap ||= at > end
    for (const row of rowsOf(file, at, frame)) rows.push(row)
    at += FRAME_HEADER_BYTES + frame.bodyBytes
    end = at
  }
  return { rows, end, hasGap }
}

interface Frame {
  readonly key: number
  readonly count: number
  readonly bodyBytes: number
}

function frameAt(file: Uint8Array<ArrayBuffer>, at: number): Frame | undefined {
  if (at + FRAME_HEADER_BYTES > file.length) return undefined
  const view = new DataView(file.buffer, file.byteOffset)
  const bodyBytes = view.getUint32(at + 4, true)
  const end = at + FRAME_HEADER_BYTES + bodyBytes
  if (view.getUint32(at, true) !== MAGIC || bodyBytes % 4 !== 0 || end > file.length) return undefined
  if (view.getUint32(at + 20, true) !== checksum(file, at, end)) return undefined
  return { key: view.getFloat64(at + 8, true), count: view.getUint32(at + 16, true), bodyBytes }
}

function rowsOf(file: Uint8Array<ArrayBuffer>, at: number, { key, count }: Frame): FrameRow[] {
  const view = new DataView(file.buffer, file.byteOffset)
  let start = at + FRAME_HEADER_BYTES + count * 4
  return Array.from({ length: count }, (_, index) => {
    const word = view.getUint32(at + FRAME_HEADER_BYTES + index * 4, true)
    // A copy: rows must not keep the whole file in memory.
    const bytes = file.slice(start, (start += word >>> 2))
    return { key: key + index, block: readBlock(bytes, word & 3) }
  })
}

/** Over whole words, the checksum's own counting as zero. Against torn and rotten bits, not against people. */
function checksum(bytes: Uint8Array<ArrayBuffer>, from: number, to: number): number {
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + from, (to - from) >>> 2)
  let sum = words.length
  for (let index = 0; index < words.length; index++) {
    sum = Math.imul(sum ^ (index === 5 ? 0 : (words[index] as number)), 0x9e3779b1)
    sum ^= sum >>> 15
  }
  return sum >>> 0
}
