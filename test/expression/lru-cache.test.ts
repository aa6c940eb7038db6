// The memo of parsed texts.
import { describe, expect, it } from 'vitest'
import { LruCache } from '../../src/expression/lru-cache.ts'

describe('LruCache', () => {
  it('computes once, and drops what was asked for least recently', () => {
    const computed: string[] = []
    const cache = new LruCache(2, (text) => {
      computed.push(text)
      return { text }
    })
    const a = cache.get('a')
    cache.get('b')
    expect(cache.get('a')).toBe(a)
    cache.get('c')
    expect(cache.get('a')).toBe(a)
    cache.get('b')
    expect(computed).toEqual(['a', 'b', 'c', 'b'])
    expect(cache.size).toBe(2)
  })

  it('keeps no failures', () => {
    let failures = 0
    const cache = new LruCache(2, () => {
      if (failures++ === 0) throw new Error('no')
      return 'yes'
    })
    expect(() => cache.get('a')).toThrow('no')
    expect(cache.get('a')).toBe('yes')
  })
})

