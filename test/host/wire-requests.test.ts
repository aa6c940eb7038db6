// DynamoDB's JSON through a host, as `holdfast/aws` sends it: a write that comes again is answered from its kept answer (T1),
// refusals are answers, faults of ours are failures.
import { describe, expect, it } from 'vitest'
import { InternalServerError } from '../../src/model/errors.ts'
import { BatchFacts, ClientSession } from '../../src/host/client-session.ts'
import { openHostedEngine } from '../../src/host/engine-host.ts'
import type { WireAnswerMessage } from '../../src/host/native-protocol.ts'
import { executeWire } from '../../src/host/wire-requests.ts'
import { openMemoryStore } from '../../src/storage/memory/memory-store.ts'
import { simpleTable, TestEnvironment } from '../engine/engine-fixture.ts'

async function openSession() {
  const environment = new TestEnvironment()
  const store = Object.assign(openMemoryStore(environment), { verifyLease: () => Promise.resolve() })
  const engine = await openHostedEngine(store, environment)
  const connect = () => new ClientSession('page', engine, environment)
  const ask = async (session: ClientSession, counter: number, operation: string, body: object): Promise<string> => {
    const input = { M: { Target: `DynamoDB_20120810.${operation}`, Body: JSON.stringify(body) } }
    return session.answer([counter, `${operation}/wire/document`, input], new BatchFacts(environment.now(), JSON.stringify(body)), { push: () => undefined })
  }
  return { connect, ask }
}

describe('wire requests', () => {
  it('T1: a write that comes again is applied once and answered with the same text', async () => {
    const { connect, ask } = await openSession()
    const session = connect()
    await ask(session, 1, 'CreateTable', simpleTable('table'))
    const add = {
      TableName: 'table',
      Key: { id: { S: 'a' } },
      UpdateExpression: 'ADD n :one',
      ExpressionAttributeValues: { ':one': { N: '1' } },
      ReturnValues: 'ALL_NEW',
    }
    const [first, doubled] = await Promise.all([ask(session, 2, 'UpdateItem', add), ask(session, 2, 'UpdateItem', add)])
    expect(JSON.parse(first)).toEqual([2, 1, { M: { Status: 200, Body: '{"Attributes":{"id":{"S":"a"},"n":{"N":"1"}}}' } }])
    expect(doubled).toBe(first)
    // To a session that knows nothing of it: the kept answer is in the store.
    expect(await ask(connect(), 2, 'UpdateItem', add)).toBe(first)
    expect(await ask(session, 3, 'GetItem', { TableName: 'table', Key: add.Key })).toContain(String.raw`\"n\":{\"N\":\"1\"}`)
  })

  it('answers refusals, and throws what is our fault', async () => {
    const refused = await executeWire(() => Promise.resolve({}), { Target: 'DynamoDB_20120810.GetItem', Body: '{' }, {})
    expect(refused).toEqual({ Status: 400, Body: '{"__type":"com.amazon.coral.service#SerializationException"}' } satisfies WireAnswerMessage)
    const unknown = await executeWire(() => Promise.resolve({}), { Target: 'DynamoDB_20120810.GetThing', Body: '{}' }, {})
    expect(unknown).toMatchObject({ Status: 400, Body: expect.stringContaining('UnknownOperationException') })
    const broken = async (): Promise<object> => {
      throw new InternalServerError('broken')
    }
    await expect(executeWire(broken, { Target: 'DynamoDB_20120810.GetItem', Body: '{}' }, {})).rejects.toThrow('broken')
  })
})
