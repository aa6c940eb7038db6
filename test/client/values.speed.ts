// Targets of the page's value conversion, which is on the main thread. Medians; run by `npm run bench:floors`, never by `npm test`.
import { describe, expect, it } from 'vitest'
import type { AttributeMap } from '../../src/model/attribute-value.ts'
import { decodeMap, encodeMap } from '../../src/client/values.ts'

describe('speed on the main thread', () => {
  const items = Array.from({ length: 10_000 }, (_, i) => ({ pk: `p${i % 100}`, sk: `item-${i}`, group: `g${i % 50}`, n: i, data: 'x'.repeat(140) }))
  const median = (run: () => void): number => {
    const times = Array.from({ length: 9 }, () => {
      const began = performance.now()
      run()
      return performance.now() - began
    })
    return times.toSorted((a, b) => a - b)[4] ?? Infinity
  }

  it('encodes 10,000 items of 200 bytes in under 25 ms, text included', () => {
    expect(median(() => JSON.stringify(items.map(encodeMap)))).toBeLessThan(25)
  })

  it('decodes 100 plain items in under 150 µs, parsing included', () => {
    const text = JSON.stringify(items.slice(0, 100))
    expect(median(() => (JSON.parse(text) as AttributeMap[]).map((item) => decodeMap(item)))).toBeLessThan(0.15)
  })
})
