// The sorted map against a plain Map that is sorted for every question.
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OrderedMap } from '../../src/storage/ordered-map.ts'
import type { OrderedCursor } from '../../src/storage/ordered-map.ts'

function entriesOf<V>(cursor: OrderedCursor<V>): [string, V][] {
  const entries: [string, V][] = []
  while (cursor.next()) entries.push([cursor.key, cursor.value])
  return entries
}

function inRange(model: Map<string, number>, start: string, end: string, reverse: boolean): [string, number][] {
  const entries = [...model].filter(([key]) => key >= start && key < end).sort(([a], [b]) => (a < b ? -1 : 1))
  return reverse ? entries.reverse() : entries
}

const key = fc.integer({ min: 0, max: 3000 }).map((number) => String(number))

describe('OrderedMap', () => {
  it('answers like a sorted Map, over several chunks', () => {
    const change = fc.tuple(key, fc.option(fc.nat()))
    fc.assert(
      fc.property(fc.array(change, { minLength: 900, maxLength: 2500, size: 'max' }), key, key, fc.boolean(), (changes, a, b, reverse) => {
        const map = new OrderedMap<number>()
        const model = new Map<string, number>()
        for (const [name, value] of changes) {
          if (value === null) expect(map.delete(name)).toBe(model.delete(name))
          else {
            map.set(name, value)
            model.set(name, value)
          }
        }
        const [start, end] = a < b ? [a, b] : [b, a]
        expect(map.size).toBe(model.size)
        expect(map.get(a)).toBe(model.get(a))
        expect(entriesOf(map.cursor({ start, end, reverse }))).toEqual(inRange(model, start, end, reverse))
        expect(entriesOf(map.cursor({ start: '', end: '\xff', reverse }))).toEqual(inRange(model, '', '\xff', reverse))
      }),
      { numRuns: 40 },
    )
  })

  it('keeps snapshots as they were, on both sides', () => {
    const map = new OrderedMap<number>()
    for (let index = 0; index < 2000; index++) map.set(String(index), index)
    const snapshot = map.snapshot()
    const before = entriesOf(snapshot.cursor({ start: '', end: '\xff' }))
    for (let index = 0; index < 2000; index += 2) map.delete(String(index))
    for (let index = 1; index < 2000; index += 2) map.set(String(index), -index)
    map.set('new', 1)
    expect(entriesOf(snapshot.cursor({ start: '', end: '\xff' }))).toEqual(before)
    expect(snapshot.size).toBe(2000)
    snapshot.set('only here', 2)
    expect(map.get('only here')).toBeUndefined()
    expect(map.size).toBe(1001)
  })

  it('lets a cursor go on after the map changed under it', () => {
    for (const reverse of [false, true]) {
      const map = new OrderedMap<number>()
      for (let index = 0; index < 1500; index++) map.set(String(index).padStart(4, '0'), index)
      const cursor = map.cursor({ start: '0000', end: '9', reverse })
      const seen: number[] = []
      while (cursor.next()) {
        seen.push(cursor.value)
        if (cursor.value >= 0) map.set(`${cursor.key}+`, -1)
        map.delete(cursor.key)
      }
      // Forward, the new key beside each comes next; backward it lies behind.
      expect(seen.filter((value) => value >= 0)).toHaveLength(1500)
      expect(seen).toHaveLength(reverse ? 1500 : 3000)
    }
  })

  it('takes 100,000 keys in any order', () => {
    const map = new OrderedMap<number>()
    for (let index = 0; index < 100_000; index++) map.set(String((index * 7919) % 100_000), index)
    expect(map.size).toBe(100_000)
  })
})
