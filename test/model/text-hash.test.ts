// Different payloads get different hashes.
import { describe, expect, it } from 'vitest'
import { sampledTextHash, textHash } from '../../src/model/text-hash.ts'

describe('textHash', () => {
  it('differs where one character differs', () => {
    const text = 'x'.repeat(5000)
    const hashes = Array.from({ length: 5000 }, (_, index) => textHash(`${text.slice(0, index)}y${text.slice(index + 1)}`))
    expect(new Set([...hashes, textHash(text)]).size).toBe(5001)
  })
})

describe('sampledTextHash', () => {
  it('is the whole hash of a short text, and tells long ones apart by length and content', () => {
    expect(sampledTextHash('abc')).toBe(textHash('abc'))
    const long = Array.from({ length: 5000 }, (_, index) => `item ${index}`).join()
    expect(sampledTextHash(long)).toBe(sampledTextHash(long.slice(0)))
    expect(sampledTextHash(long)).not.toBe(sampledTextHash(`${long} `))
    expect(sampledTextHash(long)).not.toBe(sampledTextHash(long.replaceAll('7', '8')))
  })
})
