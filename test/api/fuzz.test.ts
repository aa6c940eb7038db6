// Random bodies and expressions at the edge: no crash, no hang over 100 ms, always a well-formed answer, and never a fault of
// ours. `npm run fuzz` sends 100,000; HOLDFAST_FUZZ and HOLDFAST_FUZZ_SEED choose other counts and seeds.
import { expect, it } from 'vitest'
import { answerWireRequest } from '../../src/host/wire-edge.ts'
import { openEngine, type EngineFixture } from '../engine/engine-fixture.ts'
import { RequestSource } from './random-requests.ts'

const COUNT = Number(process.env['HOLDFAST_FUZZ'] ?? 10_000)
const SEED = Number(process.env['HOLDFAST_FUZZ_SEED'] ?? 20_261_124)
const MAX_MS = 100

const table = {
  TableName: 'fuzz',
  AttributeDefinitions: [
    { AttributeName: 'id', AttributeType: 'S' },
    { AttributeName: 's', AttributeType: 'N' },
    { AttributeName: 'color', AttributeType: 'S' },
  ],
  KeySchema: [
    { AttributeName: 'id', KeyType: 'HASH' },
    { AttributeName: 's', KeyType: 'RANGE' },
  ],
  GlobalSecondaryIndexes: [{ IndexName: 'byColor', KeySchema: [{ AttributeName: 'color', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }],
  BillingMode: 'PAY_PER_REQUEST',
}

async function ask({ engine }: EngineFixture, operation: string, body: string) {
  const service = /Stream|Shard|Records/.test(operation) && !/Kinesis/.test(operation) ? 'DynamoDBStreams' : 'DynamoDB'
  const started = performance.now()
  const answer = await answerWireRequest((name, input, context) => engine.execute(name, input, context), `${service}_20120810.${operation}`, body)
  return { answer, elapsedMs: performance.now() - started }
}

it(`answers ${COUNT} random requests`, { timeout: 3_600_000 }, async () => {
  const fixture = await openEngine()
  await ask(fixture, 'CreateTable', JSON.stringify(table))
  const source = new RequestSource(SEED)
  const seen = new Map<string, number>()
  for (let count = 0; count < COUNT; count++) {
    const { operation, body } = source.next()
    const asked = `#${count} ${operation} ${body.slice(0, 2000)}`
    const first = await ask(fixture, operation, body)
    const { answer } = first
    let { elapsedMs } = first
    // A busy machine is slow now and then, a hang each time.
    for (let tries = 0; tries < 3 && elapsedMs > MAX_MS; tries++) elapsedMs = (await ask(fixture, operation, body)).elapsedMs
    if (elapsedMs > MAX_MS) expect.fail(`${asked} took ${elapsedMs} ms`)
    const parsed = JSON.parse(answer.body) as { readonly __type?: string }
    if (answer.status === 200 ? parsed.__type !== undefined : answer.status !== 400 || !/^com\.amazon[\w.]*#\w+$/.test(parsed.__type ?? '')) {
      expect.fail(`${asked} is answered ${answer.status} ${answer.body.slice(0, 1000)}`)
    }
    const kind = answer.status === 200 ? operation : (parsed.__type ?? '').replace(/^.*#/, '')
    seen.set(kind, (seen.get(kind) ?? 0) + 1)
  }
  // The requests are not all nonsense.
  for (const operation of ['PutItem', 'GetItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'BatchGetItem', 'BatchWriteItem', 'TransactWriteItems']) {
    expect(seen.get(operation) ?? 0, operation).toBeGreaterThan(0)
  }
  if (COUNT > 10_000) console.log(seen)
})
