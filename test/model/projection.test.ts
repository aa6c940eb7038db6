// What index entries hold (S8).
import { describe, expect, it } from 'vitest'
import { Item } from '../../src/model/item.ts'
import { projectItem, projectedNames } from '../../src/model/projection.ts'
import { exampleIndex, exampleTable } from './example-table.ts'

const table = exampleTable()
const item = Item.of({ title: 't', list: 'l', due: 1, owner: 'o', done: false })
const keysOnly = exampleIndex({ projection: { type: 'KEYS_ONLY' } })
const include = exampleIndex({ projection: { type: 'INCLUDE', names: ['done', 'owner', 'missing'] } })

describe('projectItem', () => {
  it('S8: an entry holds table keys, index keys and what the projection names', () => {
    expect(projectItem(keysOnly, table, item).attributes).toEqual({ list: 'l', due: 1, owner: 'o' })
    expect(projectItem(include, table, item).attributes).toEqual({ list: 'l', due: 1, owner: 'o', done: false })
    expect(projectedNames(include, table)).toEqual(['list', 'due', 'owner', 'done', 'missing'])
  })

  it('S8: where something is left out, the order of the attributes does not matter', () => {
    const reordered = Item.of({ done: false, owner: 'o', due: 1, list: 'l', title: 't' })
    expect(projectItem(include, table, reordered).text).toBe(projectItem(include, table, item).text)
  })

  it('is the very same item where nothing is left out', () => {
    expect(projectItem(exampleIndex(), table, item)).toBe(item)
    const small = Item.of({ owner: 'o', list: 'l', due: 1 })
    expect(projectItem(keysOnly, table, small)).toBe(small)
  })

  it('S8: projects attributes of any name', () => {
    const index = exampleIndex({ projection: { type: 'INCLUDE', names: ['__proto__', 'constructor'] } })
    const odd = Item.fromText('{"x":1,"__proto__":{"M":{}},"list":"l","due":1,"owner":"o"}')
    expect(projectItem(index, table, odd).text).toBe('{"list":"l","due":1,"owner":"o","__proto__":{"M":{}}}')
  })
})
