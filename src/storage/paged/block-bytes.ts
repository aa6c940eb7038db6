// A block as bytes in a file, and back: UTF-8 where the text has it, else UTF-16 or the bytes themselves. The kind says
// which. Invariant: what is read is what was written, lone surrogates and byte order marks included.
import type { Block } from './blocks.ts'

/** Fits two bits. */
export type BlockKind = number
const UTF8 = 0
const UTF16 = 1
const BYTES = 2

const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** Bytes that `writeBlock` may need. */
export function mostBytes(block: Block): number {
  return typeof block === 'string' ? block.length * 3 : block.length
}

/** Writes it at `at`, where there is room for `mostBytes`. */
export function writeBlock(block: Block, target: Uint8Array, at: number): readonly [bytes: number, kind: BlockKind] {
  if (typeof block !== 'string') {
    target.set(block, at)
    return [block.length, BYTES]
  }
  // Lone surrogates, which a cut between two rows may leave, have no UTF-8.
  if (!/\p{Surrogate}/u.test(block)) return [encoder.encodeInto(block, target.subarray(at)).written, UTF8]
  for (let index = 0; index < block.length; index++) {
    const unit = block.charCodeAt(index)
    target[at + index * 2] = unit & 255
    target[at + index * 2 + 1] = unit >>> 8
  }
  return [block.length * 2, UTF16]
}

/** Bytes are not copied. */
export function blockAsBytes(block: Block): readonly [bytes: Uint8Array<ArrayBuffer>, kind: BlockKind] {
  if (typeof block !== 'string') return [block, BYTES]
  const room = new Uint8Array(mostBytes(block))
  const [bytes, kind] = writeBlock(block, room, 0)
  return [room.subarray(0, bytes), kind]
}

/** Bytes are not copied. */
export function readBlock(bytes: Uint8Array<ArrayBuffer>, kind: BlockKind): Block {
  if (kind === BYTES) return bytes
  if (kind === UTF8) return decoder.decode(bytes)
  let text = ''
  for (let index = 0; index < bytes.length; index += 2) text += String.fromCharCode((bytes[index] as number) | ((bytes[index + 1] as number) << 8))
  return text
}
