// Key attributes of tables and indexes: what DynamoDB refuses, word for word, and where entries stand.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttributeMap } from '../../src/model/attribute-value.ts'
import { compareValues } from '../../src/model/attribute.ts'
import { encodeKeyPart } from '../../src/model/key-encoding.ts'
import { checkIndexKeys, indexKey, itemKey, keyMap, pick, primaryKey } from '../../src/model/keys.ts'
import { numbers, strings } from './arbitrary-values.ts'
import { exampleIndex, exampleTable } from './example-table.ts'

const table = exampleTable()
const simple = { partitionKey: { name: 'id', type: 'S' } } as const
const invalid = 'One or more parameter values were invalid: '
const tooLong = (length: number) => 'a'.repeat(length)
const validation = (message: string): unknown => expect.objectContaining({ name: 'ValidationException', message })

describe('itemKey', () => {
  it('sorts items by partition, then sort key', () => {
    const key = fc.record({ list: strings.filter((text) => text !== ''), due: numbers })
    fc.assert(
      fc.property(key, key, (a, b) => {
        const left = itemKey(table, { ...a, more: true })
        const right = itemKey(table, b)
        const expected = (compareValues(a.list, b.list) ?? 0) || (compareValues(a.due, b.due) ?? 0)
        expect(left < right ? -1 : left > right ? 1 : 0).toBe(Math.sign(expected))
      }),
    )
  })

  it.each<[AttributeMap, string]>([
    [{ due: 1 }, `${invalid}Missing the key list in the item`],
    [{ list: 'a' }, `${invalid}Missing the key due in the item`],
    [{ list: 1, due: 1 }, `${invalid}Type mismatch for key list expected: S actual: N`],
    [{ list: 'a', due: '1' }, `${invalid}Type mismatch for key due expected: N actual: S`],
    [{ list: null, due: 1 }, `${invalid}Type mismatch for key list expected: S actual: NULL`],
    [{ list: { M: {} }, due: 1 }, `${invalid}Type mismatch for key list expected: S actual: M`],
    [{ list: '', due: 1 }, 'One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: list'],
    [{ list: tooLong(2049), due: 1 }, `${invalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`],
  ])('refuses %j', (attributes, message) => {
    expect(() => itemKey(table, attributes)).toThrow(validation(message))
  })

  it('bounds keys by their bytes', () => {
    const sorted = { partitionKey: { name: 'id', type: 'B' }, sortKey: { name: 'at', type: 'S' } } as const
    const bytes = (length: number) => ({ B: Buffer.alloc(length).toString('base64') })
    expect(itemKey(sorted, { id: bytes(2048), at: `${'é'.repeat(511)}aa` })).toBe(encodeKeyPart(bytes(2048)) + encodeKeyPart(`${'é'.repeat(511)}aa`))
    expect(() => itemKey(sorted, { id: bytes(2049), at: 'a' })).toThrow('Size of hashkey has exceeded the maximum size limit of2048 bytes')
    expect(() => itemKey(sorted, { id: bytes(1), at: `${'é'.repeat(512)}a` })).toThrow(
      validation(`${invalid}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`),
    )
    expect(() => itemKey(sorted, { id: { B: '' }, at: 'a' })).toThrow(
      validation('One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty binary value. Key: id'),
    )
  })

  it('takes no inherited property for a key', () => {
    expect(() => itemKey({ partitionKey: { name: 'constructor', type: 'S' } }, {})).toThrow(`${invalid}Missing the key constructor in the item`)
    expect(itemKey({ partitionKey: { name: '__proto__', type: 'S' } }, JSON.parse('{"__proto__":"a"}'))).toBe(encodeKeyPart('a'))
  })
})

describe('primaryKey', () => {
  it('is the key of the item', () => {
    expect(primaryKey(table, { due: 5, list: 'a' })).toBe(itemKey(table, { list: 'a', due: 5, title: 'x' }))
    expect(primaryKey(simple, { id: 'a' })).toBe(encodeKeyPart('a'))
  })

  it.each<[AttributeMap]>([[{}], [{ list: 'a' }], [{ list: 'a', due: 1, more: 1 }], [{ list: 'a', du: 1 }], [{ list: 'a', due: '1' }], [{ list: ['a'], due: 1 }]])(
    'refuses %j',
    (key) => {
      expect(() => primaryKey(table, key)).toThrow(validation('The provided key element does not match the schema'))
    },
  )

  it('refuses empty and oversized values', () => {
    expect(() => primaryKey(simple, { id: '' })).toThrow(
      validation('One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string value. Key: id'),
    )
    expect(() => primaryKey(simple, { id: tooLong(2049) })).toThrow('Size of hashkey')
  })
})

describe('indexKey', () => {
  const byOwner = exampleIndex({ partitionKeys: [{ name: 'owner', type: 'S' }], sortKeys: [{ name: 'due', type: 'N' }] })
  const wide = exampleIndex({
    partitionKeys: [{ name: 'a', type: 'S' }, { name: 'b', type: 'N' }],
    sortKeys: [{ name: 'c', type: 'S' }, { name: 'd', type: 'B' }],
  })

  it('is the parts of the index, then the key of the item', () => {
    const item = { list: 'l', due: 2, owner: 'o' }
    expect(indexKey(byOwner, table, item)).toBe(encodeKeyPart('o') + encodeKeyPart(2) + itemKey(table, item))
    const full = { list: 'l', due: 2, a: 'x', b: 1, c: 'y', d: { B: 'YQ==' } }
    expect(indexKey(wide, table, full)).toBe(
      [full.a, full.b, full.c, full.d, full.list, full.due].map(encodeKeyPart).join(''),
    )
  })

  it('is undefined where an attribute is missing or can not be a key', () => {
    const full = { list: 'l', due: 2, a: 'x', b: 1, c: 'y', d: { B: 'YQ==' } }
    for (const name of ['a', 'b', 'c', 'd']) {
      expect(indexKey(wide, table, pick(full, Object.keys(full).filter((other) => other !== name)))).toBeUndefined()
      expect(indexKey(wide, table, { ...full, [name]: null })).toBeUndefined()
      expect(indexKey(wide, table, { ...full, [name]: [1] })).toBeUndefined()
    }
    expect(indexKey(wide, table, { ...full, a: '' })).toBeUndefined()
    expect(indexKey(wide, table, { ...full, d: { B: '' } })).toBeUndefined()
    expect(indexKey(wide, table, { ...full, c: tooLong(1023) })).toBeDefined()
    expect(indexKey(wide, table, { ...full, c: tooLong(1024) })).toBeUndefined()
    expect(indexKey(wide, table, { ...full, a: tooLong(2048) })).toBeDefined()
    expect(indexKey(wide, table, { ...full, a: tooLong(2049) })).toBeUndefined()
  })
})

describe('checkIndexKeys', () => {
  const indexed = exampleTable({
    indexes: [
      exampleIndex({ name: 'zByDay', partitionKeys: [{ name: 'owner', type: 'S' }], sortKeys: [{ name: 'day', type: 'N' }] }),
      exampleIndex({ name: 'byPhoto', partitionKeys: [{ name: 'photo', type: 'B' }], sortKeys: [{ name: 'day', type: 'N' }] }),
    ],
  })

  it('lets absent and fitting attributes pass', () => {
    expect(() => checkIndexKeys(indexed, {})).not.toThrow()
    expect(() => checkIndexKeys(indexed, { owner: tooLong(2048), day: 1, photo: { B: 'YQ==' }, other: null })).not.toThrow()
  })

  it.each<[AttributeMap, string, string]>([
    [
      { day: 'x' },
      `${invalid}Type mismatch for Index Key day Expected: N Actual: S IndexName: byPhoto`,
      'The update expression attempted to update the secondary index key to unsupported type',
    ],
    [
      { owner: '', day: null },
      `${invalid}Type mismatch for Index Key day Expected: N Actual: NULL IndexName: byPhoto`,
      'The update expression attempted to update the secondary index key to unsupported type',
    ],
    [
      { owner: '' },
      'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: zByDay, IndexKey: owner',
      'One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.',
    ],
    [
      { photo: { B: '' } },
      'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty binary value. IndexName: byPhoto, IndexKey: photo',
      'One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty binary value.',
    ],
    [
      { owner: tooLong(2049) },
      `${invalid}Size of hashkey has exceeded the maximum size limit of2048 bytes`,
      'The update expression attempted to update the secondary index key beyond allowed size limits',
    ],
  ])('refuses %j, in a put and in an update', (attributes, put, update) => {
    expect(() => checkIndexKeys(indexed, attributes)).toThrow(validation(put))
    expect(() => checkIndexKeys(indexed, attributes, 'update')).toThrow(validation(update))
  })

  it('bounds all sort attributes of an index together', () => {
    const wide = exampleTable({ indexes: [exampleIndex({ sortKeys: [{ name: 'a', type: 'S' }, { name: 'b', type: 'S' }] })] })
    expect(() => checkIndexKeys(wide, { a: tooLong(512), b: tooLong(512) })).not.toThrow()
    expect(() => checkIndexKeys(wide, { a: tooLong(512), b: tooLong(513) })).toThrow(
      validation(`${invalid}Aggregated size of all range keys has exceeded the size limit of 1024 bytes`),
    )
  })
})

it('keyMap and pick take own attributes only', () => {
  expect(keyMap(table, { title: 't', due: 1, list: 'a' })).toEqual({ list: 'a', due: 1 })
  expect(pick({ a: 1 }, ['toString', 'a', '__proto__'])).toEqual({ a: 1 })
  const picked = pick(JSON.parse('{"__proto__":"x","b":1}'), ['__proto__'])
  expect(JSON.stringify(picked)).toBe('{"__proto__":"x"}')
})
