// What dynalite, which records AWS's answers, says of members of wrong types, the hub says too: every member of every operation
// that dynalite has, each with wrong values. Members that dynalite does not know it ignores, and so does this test.
import { createRequire } from 'node:module'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHub, type Hub } from '../../src/hub/hub.ts'
import { inputShape, type WireShape } from '../../src/host/wire-shapes.ts'
import { call } from '../hub/http-client.ts'

const OPERATIONS = 'BatchGetItem BatchWriteItem CreateTable DeleteItem DeleteTable DescribeTable GetItem ListTables PutItem Query Scan TagResource UntagResource ListTagsOfResource UpdateItem UpdateTable'.split(' ')
/** No null: dynalite breaks on it. */
const WRONG = [true, false, 23, -2147483648, 34.56, 'text', '', [], {}, ['a'], [[]], { a: 1 }, { S: 1 }]
const AUTHORIZATION = {
  authorization: 'AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=b',
  'x-amz-date': '20260101T000000Z',
}

/** Every place of a shape, as a function that makes an input with a value there. */
function placesIn(shape: WireShape, wrap: (value: unknown) => object, depth: number): ((value: unknown) => object)[] {
  if (depth > 5) return []
  switch (shape.kind) {
    case 'structure':
      return shape.members.flatMap(([name, member]) => {
        const within = (value: unknown): object => wrap({ [name]: value })
        return [within, ...placesIn(member, within, depth + 1)]
      })
    case 'list': {
      const within = (value: unknown): object => wrap([value])
      return [within, ...placesIn(shape.element, within, depth + 1)]
    }
    case 'map': {
      const within = (value: unknown): object => wrap({ abc: value })
      return [within, ...placesIn(shape.element, within, depth + 1)]
    }
    case 'V':
      return ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'].map((type) => (value: unknown) => wrap({ [type]: value }))
    default:
      return []
  }
}

let hub: Hub
let dynalite: Server
beforeAll(async () => {
  hub = await openHub()
  const create = createRequire(import.meta.url)('dynalite') as () => Server
  dynalite = create()
  await new Promise<void>((listening) => dynalite.listen(0, '127.0.0.1', listening))
})
afterAll(async () => {
  await hub.close()
  dynalite.closeAllConnections()
  await new Promise((closed) => dynalite.close(closed))
})

describe('wrong types', () => {
  it.each(OPERATIONS)('%s', { timeout: 20_000 }, async (operation) => {
    const shape = inputShape(operation)
    if (shape === undefined) throw new Error(`${operation} is no operation`)
    const { port } = dynalite.address() as AddressInfo
    const different: string[] = []
    let same = 0
    for (const place of placesIn(shape, (value) => value as object, 0)) {
      for (const wrong of WRONG) {
        const body = JSON.stringify(place(wrong))
        const theirs = await call(port, operation, body, AUTHORIZATION)
        if (!theirs.text.includes('SerializationException')) continue
        const ours = await call(hub.port, operation, body, AUTHORIZATION)
        if (ours.text === theirs.text && ours.status === theirs.status) same++
        else different.push(`${body}\n  ${ours.text}\n  ${theirs.text}`)
      }
    }
    expect(different.join('\n')).toBe('')
    expect(same).toBeGreaterThan(0)
  })
})
