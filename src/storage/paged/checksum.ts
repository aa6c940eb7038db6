// The checksum of a block: 64 bits over the UTF-8 bytes of its text and its record's name, so that a block in
// another's place counts as damaged too. Not cryptographic: against bits that rot, not against people.

const encoder = new TextEncoder()
let bytes = new Uint8Array(0x20000)
let words = new Uint32Array(bytes.buffer)

/** Eight characters of U+0000 to U+00FF. */
export function checksumOf(name: string, text: string): string {
  if (bytes.length < text.length * 3 + 4) {
    bytes = new Uint8Array((text.length * 3 + 7) & ~3)
    words = new Uint32Array(bytes.buffer)
  }
  const { written } = encoder.encodeInto(text, bytes)
  bytes.fill(0, written, (written + 3) & ~3)
  const [low, high] = checksumOfWords(name, words, (written + 3) >>> 2, written)
  shrinkAfter(text.length)
  return asCharacters(low) + asCharacters(high)
}

/** The same of `wordCount` words that hold `length` bytes and zeros behind them. */
export function checksumOfWords(name: string, words: Uint32Array, wordCount: number, length: number): readonly [low: number, high: number] {
  let low = length | 0
  let high = ~length
  for (let index = 0; index < name.length; index++) low = Math.imul(low ^ name.charCodeAt(index), 0x01000193)
  for (let index = 0; index < wordCount; index++) {
    // Every step is a bijection of (low, high) for a given word, so one changed word always changes the end.
    low = Math.imul(low ^ (words[index] as number), 0x9e3779b1)
    low ^= low >>> 15
    high = (Math.imul((high << 13) | (high >>> 19), 0x85ebca6b) + low) | 0
  }
  return [low, high]
}

/** One block of hundreds of megabytes shall not cost that much memory for ever. */
function shrinkAfter(length: number): void {
  if (length < 0x200000) return
  bytes = new Uint8Array(0x20000)
  words = new Uint32Array(bytes.buffer)
}

function asCharacters(word: number): string {
  return String.fromCharCode(word >>> 24, (word >>> 16) & 255, (word >>> 8) & 255, word & 255)
}
