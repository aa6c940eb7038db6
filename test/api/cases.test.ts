// The shared cases on the edge in this process, over HTTP, and with the AWS SDK through `holdfast/aws`. The browser has its own
// runner (test/browser/aws.spec.ts).
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import * as dynamodb from '@aws-sdk/client-dynamodb'
import { clientConfig } from 'holdfast/aws'
import { openTestDatabase } from 'holdfast/testing'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { answerWireRequest } from '../../src/host/wire-edge.ts'
import { openHub, type Hub } from '../../src/hub/hub.ts'
import { openEngine, type EngineFixture } from '../engine/engine-fixture.ts'
import { call } from '../hub/http-client.ts'
import { runCase, type Answer, type Json } from './case.ts'
import { allCases } from './cases/all-cases.ts'
import { sdkSend } from './sdk-send.ts'

function answerOf(status: number, text: string): Answer {
  const body = JSON.parse(text) as Json
  if (status === 200) return { output: body }
  const { __type, message, Message, ...more } = body
  return { error: String(__type).replace(/^.*#/, ''), message: String(message ?? Message), more }
}

describe('cases on the edge', () => {
  let fixture: EngineFixture
  beforeAll(async () => {
    fixture = await openEngine()
  })
  it.each(allCases.map((each) => [each.name, each] as const))('%s', (_, each) =>
    runCase(each, async (operation, input) => {
      const execute = fixture.engine.execute.bind(fixture.engine)
      const { status, body } = await answerWireRequest(execute, `DynamoDB_20120810.${operation}`, JSON.stringify(input))
      return answerOf(status, body)
    }),
  )
})

describe('cases over HTTP', () => {
  let hub: Hub
  beforeAll(async () => {
    hub = await openHub()
  })
  afterAll(() => hub.close())
  it.each(allCases.map((each) => [each.name, each] as const))('%s', (_, each) =>
    runCase(each, async (operation, input) => {
      const { status, text } = await call(hub.port, operation, input)
      return answerOf(status, text)
    }),
  )
})

describe('cases with the SDK, offline', () => {
  const db = openTestDatabase()
  const client = new DynamoDBClient(clientConfig(db))
  afterAll(() => db.close())
  it.each(allCases.map((each) => [each.name, each] as const))('%s', (_, each) => runCase(each, sdkSend(client, dynamodb)))
})
