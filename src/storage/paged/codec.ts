// What lies between a record's text and the block that a device stores: checksum, encryption. Asynchronous, and always
// done before a transaction opens. `name` is the record's own ("page:17", "log:3"): a block decodes under it only.
import type { Block } from './blocks.ts'
import { checksumOf, checksumOfWords } from './checksum.ts'

export interface Codec {
  encode(name: string, text: string): Promise<Block> | Block
  /** Undefined where the block is damaged, or another record's. */
  decode(name: string, block: Block): Promise<string | undefined> | string | undefined
  /** The same, where it need not be waited for. */
  decodeNow?(name: string, block: Block): string | undefined
}

const PLAIN_FORMAT = '1'
const PLAIN_HEADER_CHARS = 9

function decodePlain(name: string, block: Block): string | undefined {
  if (typeof block !== 'string' || block[0] !== PLAIN_FORMAT) return undefined
  const text = block.slice(PLAIN_HEADER_CHARS)
  return block.startsWith(checksumOf(name, text), 1) ? text : undefined
}

/** Text with a checksum in front. */
export const plainCodec: Codec = {
  encode: (name, text) => PLAIN_FORMAT + checksumOf(name, text) + text,
  decode: decodePlain,
  decodeNow: decodePlain,
}

const BYTES_FORMAT = 4
/** Format, bytes of padding, two of nothing, checksum. */
const BYTES_HEADER = 12
const encoder = new TextEncoder()
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

/** One for all: what is encoded is copied out of it at once, and only as much as it is. */
let scratch = new Uint8Array(0x40000)
function roomFor(bytes: number): Uint8Array<ArrayBuffer> {
  if (bytes > 0x1000000) return new Uint8Array((bytes + 3) & ~3)
  if (scratch.length < bytes) scratch = new Uint8Array((bytes + 3) & ~3)
  return scratch
}

/**
 * UTF-8 with a checksum in front, for devices that store bytes: a block is encoded once when it is written, and its checksum
 * taken from what was read. Reads what `plainCodec` wrote, too.
 */
export const bytesCodec: Codec = {
  encode(name, text) {
    // Lone surrogates have no UTF-8.
    if (/\p{Surrogate}/u.test(text)) return plainCodec.encode(name, text)
    const room = roomFor(BYTES_HEADER + text.length * 3 + 4)
    const { written } = encoder.encodeInto(text, room.subarray(BYTES_HEADER))
    const end = BYTES_HEADER + ((written + 3) & ~3)
    room.fill(0, BYTES_HEADER + written, end)
    const words = new Uint32Array(room.buffer, 0, end >>> 2)
    const text32 = words.subarray(BYTES_HEADER >>> 2)
    const [low, high] = checksumOfWords(name, text32, text32.length, written)
    room[0] = BYTES_FORMAT
    room[1] = -written & 3
    words[1] = low
    words[2] = high
    return room.slice(0, end)
  },
  decode: decodeBytes,
  decodeNow: decodeBytes,
}

function decodeBytes(name: string, block: Block): string | undefined {
  if (typeof block === 'string') return decodePlain(name, block)
  if (block[0] !== BYTES_FORMAT || block.length < BYTES_HEADER || block.length % 4 > 0) return undefined
  const bytes = block.byteOffset % 4 === 0 ? block : block.slice()
  const length = bytes.length - BYTES_HEADER - (bytes[1] as number)
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >>> 2)
  const [low, high] = checksumOfWords(name, words.subarray(BYTES_HEADER >>> 2), words.length - (BYTES_HEADER >>> 2), length)
  if (words[1] !== low >>> 0 || words[2] !== high >>> 0) return undefined
  return decoder.decode(bytes.subarray(BYTES_HEADER, BYTES_HEADER + length))
}

const UTF8_FORMAT = 2
const UTF16_FORMAT = 3
const IV_BYTES = 12

/** AES-GCM with the record's name as associated data. `platform` is its `crypto`; `key` has encrypt and decrypt. */
export function aesGcmCodec(platform: Pick<Crypto, 'subtle' | 'getRandomValues'>, key: CryptoKey): Codec {
  const parameters = (name: string, format: number, iv: Uint8Array<ArrayBuffer>) => ({
    name: 'AES-GCM',
    iv,
    additionalData: new TextEncoder().encode(`${format}:${name}`),
  })
  return {
    async encode(name, text) {
      // Lone surrogates have no UTF-8.
      const format = /\p{Surrogate}/u.test(text) ? UTF16_FORMAT : UTF8_FORMAT
      const plain = format === UTF8_FORMAT ? new TextEncoder().encode(text) : utf16Bytes(text)
      const iv = platform.getRandomValues(new Uint8Array(IV_BYTES))
      const sealed = await platform.subtle.encrypt(parameters(name, format, iv), key, plain)
      const block = new Uint8Array(1 + IV_BYTES + sealed.byteLength)
      block[0] = format
      block.set(iv, 1)
      block.set(new Uint8Array(sealed), 1 + IV_BYTES)
      return block
    },
    async decode(name, block) {
      if (typeof block === 'string' || block.length < 1 + IV_BYTES) return undefined
      const format = block[0]
      if (format !== UTF8_FORMAT && format !== UTF16_FORMAT) return undefined
      try {
        const iv = block.slice(1, 1 + IV_BYTES)
        const plain = await platform.subtle.decrypt(parameters(name, format, iv), key, block.slice(1 + IV_BYTES))
        if (format === UTF8_FORMAT) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(plain)
        return textOfUtf16(new Uint8Array(plain))
      } catch {
        return undefined
      }
    },
  }
}

function utf16Bytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length * 2)
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index)
    bytes[index * 2] = unit & 255
    bytes[index * 2 + 1] = unit >>> 8
  }
  return bytes
}

/** A TextDecoder would replace the lone surrogates. */
function textOfUtf16(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let index = 0; index + 1 < bytes.length; index += 2) {
    parts.push(String.fromCharCode((bytes[index] as number) | ((bytes[index + 1] as number) << 8)))
  }
  return parts.join('')
}
