// Items in their three forms, and letting go of the page that a record was cut from.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Item } from '../../src/model/item.ts'
import { itemSize } from '../../src/model/size.ts'
import { attributeMaps } from './arbitrary-values.ts'

describe('Item', () => {
  it('comes back the same from its record, its text and its flat copy', () => {
    fc.assert(
      fc.property(attributeMaps, (attributes) => {
        const item = Item.of(attributes)
        const size = itemSize(attributes)
        expect(item.record).toBe(size.toString(36) + JSON.stringify(attributes))
        for (const copy of [Item.fromRecord(item.record), Item.fromText(item.text), Item.fromRecord(item.record).flatten(), item.flatten()]) {
          expect([copy.attributes, copy.size, copy.text, copy.record]).toEqual([attributes, size, item.text, item.record])
        }
        expect(JSON.stringify({ item })).toBe(`{"item":${item.text}}`)
      }),
    )
  })

  it('computes each form once, and only when asked', () => {
    const parse = vi.spyOn(JSON, 'parse')
    const stringify = vi.spyOn(JSON, 'stringify')
    try {
      const stored = Item.fromRecord('5{"id":"abc"}')
      expect([stored.size, stored.text, stored.record]).toEqual([5, '{"id":"abc"}', '5{"id":"abc"}'])
      expect(parse).not.toHaveBeenCalled()
      expect(stored.attributes).toBe(stored.attributes)
      expect(parse).toHaveBeenCalledTimes(1)
      const made = Item.of(stored.attributes)
      expect(made.record).toBe(made.record)
      expect(made.text).toBe('{"id":"abc"}')
      expect(stringify).toHaveBeenCalledTimes(1)
    } finally {
      parse.mockRestore()
      stringify.mockRestore()
    }
  })

  it('keeps attributes of any name', () => {
    const item = Item.fromRecord('x{"id":"a","__proto__":{"M":{"constructor":1}}}')
    expect(Object.keys(Item.of(item.attributes).attributes)).toEqual(['id', '__proto__'])
    expect(Item.of(item.attributes).text).toBe(item.text)
  })

  it('flatten lets the page go that the record is a slice of', () => {
    setFlagsFromString('--expose-gc')
    const collect: () => void = runInNewContext('gc')
    const pageLength = 1_000_000
    const heldBytes = (keep: (item: Item) => Item): number => {
      collect()
      const before = process.memoryUsage().heapUsed
      const kept: Item[] = []
      for (let page = 0; page < 30; page++) {
        // Buffer makes one flat string, as reading a page does.
        const text = Buffer.alloc(pageLength, `${(90).toString(36)}{"id":"${String(page).padStart(80, '0')}"}`).toString('latin1')
        kept.push(keep(Item.fromRecord(text.slice(0, text.indexOf('}') + 1))))
      }
      collect()
      expect(kept.map((item) => item.text.length)).toEqual(kept.map(() => 89))
      return process.memoryUsage().heapUsed - before
    }
    expect(heldBytes((item) => item)).toBeGreaterThan(20 * pageLength)
    expect(heldBytes((item) => item.flatten())).toBeLessThan(2 * pageLength)
  })
})
