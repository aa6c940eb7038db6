// The list of reserved words (Developer Guide: ReservedWords): its size, some members, some near misses.
import { expect, it } from 'vitest'
import { readFileSync } from 'node:fs'
import { isReservedWord } from '../../src/expression/reserved-words.ts'

it('has 573 words, each once, in order', () => {
  const source = readFileSync(new URL('../../src/expression/reserved-words.ts', import.meta.url), 'utf8')
  const words = (/`([^`]*)`/.exec(source)?.[1] ?? '').trim().split(/\s+/)
  expect(words).toHaveLength(573)
  expect(new Set(words).size).toBe(573)
  expect([...words].sort()).toEqual(words)
  expect(words.every(isReservedWord)).toBe(true)
})

it.each(['name', 'Status', 'DATA', 'size', 'abort', 'zone', 'value', 'ttl', 'constructor', 'type', 'date', 'user'])('%s is reserved', (word) => {
  expect(isReservedWord(word)).toBe(true)
})

it.each(['id', 'pk', 'sk', 'names_', 'Statuses', 'begins_with', 'title', 'toString', '', '__proto__', 'email'])('%s is not', (word) => {
  expect(isReservedWord(word)).toBe(false)
})
