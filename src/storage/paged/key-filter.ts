// A Bloom filter per page: ten bits a key, five probes, about one false answer in a hundred. It lives in the
// directory, so that looking up a key that is not there loads nothing. A byte per character.

const BITS_PER_KEY = 10
const PROBES = 5

/** 32 bits, well mixed: what filters are made from and asked with. */
export function hashOf(key: string): number {
  let hash = key.length
  for (let index = 0; index < key.length; index++) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193) ^ (hash >>> 15)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

export function filterOf(hashes: readonly number[]): string {
  const bytes = new Uint8Array(Math.max(8, Math.ceil((hashes.length * BITS_PER_KEY) / 8)))
  const bits = bytes.length * 8
  for (let hash of hashes) {
    const delta = (hash >>> 17) | (hash << 15)
    for (let probe = 0; probe < PROBES; probe++) {
      const bit = (hash >>> 0) % bits
      bytes[bit >>> 3] = (bytes[bit >>> 3] as number) | (1 << (bit & 7))
      hash = (hash + delta) | 0
    }
  }
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')
}

/** False only where no key with this hash is in the page. */
export function mayHold(filter: string, keyHash: number): boolean {
  const bits = filter.length * 8
  const delta = (keyHash >>> 17) | (keyHash << 15)
  let hash = keyHash
  for (let probe = 0; probe < PROBES; probe++) {
    const bit = (hash >>> 0) % bits
    if ((filter.charCodeAt(bit >>> 3) & (1 << (bit & 7))) === 0) return false
    hash = (hash + delta) | 0
  }
  return true
}
