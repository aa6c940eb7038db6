import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeOutput } from '../../src/host/encode-output.ts'
import { Item } from '../../src/model/item.ts'

describe('encodeOutput', () => {
  it('writes what JSON.stringify writes', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(encodeOutput(value))).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
  })

  it('puts the stored text of items in as it is, at any depth, without parsing it', () => {
    const stored = '{"id":"a",  "note":"two spaces stay"}'
    const item = Item.fromRecord(`1k${stored}`)
    expect(encodeOutput({ Items: [item, item], Count: 2, Responses: { T: [item] } })).toBe(
      `{"Items":[${stored},${stored}],"Count":2,"Responses":{"T":[${stored}]}}`,
    )
  })

  it('leaves out undefined properties and keeps names such as __proto__', () => {
    expect(encodeOutput({ a: undefined, ['__proto__']: 1, b: null })).toBe('{"__proto__":1,"b":null}')
  })
})
