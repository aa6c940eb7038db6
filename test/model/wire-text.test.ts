// Compact text to DynamoDB's JSON without parsing: the same as parsing and printing.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Item } from '../../src/model/item.ts'
import { wireTextOfMap } from '../../src/model/wire-text.ts'
import { toWireMap } from '../../src/model/wire.ts'
import { attributeMaps } from './arbitrary-values.ts'

describe('wireTextOfMap', () => {
  it('says what toWireMap says, for any item', () => {
    fc.assert(
      fc.property(attributeMaps, (map) => {
        expect(wireTextOfMap(Item.of(map).text)).toBe(JSON.stringify(toWireMap(map)))
      }),
    )
  })

  it.each(['{}', '{"a":"\\\\"}', '{"a\\"b":"\\\\\\"","c":[[],{"M":{}}]}', '{"a":-1.5,"b":{"NS":[-1,"1e99"]},"c":{"SS":["}","\\"]"]},"d":{"B":""}}'])(
    'handles %s',
    (text) => expect(wireTextOfMap(text)).toBe(JSON.stringify(toWireMap(JSON.parse(text)))),
  )
})
