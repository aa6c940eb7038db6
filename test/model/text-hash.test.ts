// Different payloads get different hashes.
import { describe, expect, it } from 'vitest'
import { textHash } from '../../src/model/text-hash.ts'

describe('textHash', () => {
  it('differs where one character differs', () => {
    const text = 'x'.repeat(5000)
    const hashes = Array.from({ length: 5000 }, (_, index) => textHash(`${text.slice(0, index)}y${text.slice(index + 1)}`))
    expect(new Set([...hashes, textHash(text)]).size).toBe(5001)
  })
})
