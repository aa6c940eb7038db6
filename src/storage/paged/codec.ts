// What lies between a record's text and the block that a device stores: checksum, encryption. Asynchronous, and always
// done before a transaction opens. `name` is the record's own ("page:17", "log:3"): a block decodes under it only.
import type { Block } from './blocks.ts'
import { checksumOf } from './checksum.ts'

export interface Codec {
  encode(name: string, text: string): Promise<Block> | Block
  /** Undefined where the block is damaged, or another record's. */
  decode(name: string, block: Block): Promise<string | undefined> | string | undefined
}

const PLAIN_FORMAT = '1'
const PLAIN_HEADER_CHARS = 9

/** Text with a checksum in front. */
export const plainCodec: Codec = {
  encode: (name, text) => PLAIN_FORMAT + checksumOf(name, text) + text,
  decode(name, block) {
    if (typeof block !== 'string' || block[0] !== PLAIN_FORMAT) return undefined
    const text = block.slice(PLAIN_HEADER_CHARS)
    return block.startsWith(checksumOf(name, text), 1) ? text : undefined
  },
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
