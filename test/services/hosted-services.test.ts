// The services as a host runs them: found by name through the hosted engine, ended with it, and erased with the database.
import { expect, it } from 'vitest'
import { openHostedEngine, type LeasedStore } from '../../src/host/engine-host.ts'
import { encodeOutput } from '../../src/host/encode-output.ts'
import { ERASE } from '../../src/host/native-protocol.ts'
import { MemoryDisk, openMemoryStore } from '../../src/storage/memory/memory-store.ts'
import { simpleTable } from '../engine/engine-fixture.ts'
import { createStreamed, HandEnvironment, HOUR, readStream } from './service-fixture.ts'

it('answers the operations of DynamoDB Streams, and erases streams', async () => {
  const environment = new HandEnvironment()
  const disk = new MemoryDisk()
  const store: LeasedStore = Object.assign(openMemoryStore(environment, { disk }), { verifyLease: () => Promise.resolve() })
  const hosted = await openHostedEngine(store, environment, { timing: 'instant' })
  // As it travels: images are put in as texts.
  const run = async (operation: string, input: object) => JSON.parse(encodeOutput(await hosted.execute(operation, input, {}))) as Record<string, unknown>
  const arn = await createStreamed(run, 'tab')
  await run('PutItem', { TableName: 'tab', Item: { id: 'a', n: 1 } })
  const [record] = await readStream(run, arn)
  expect(record?.dynamodb).toMatchObject({ Keys: { id: 'a' }, NewImage: { id: 'a', n: 1 } })
  expect(environment.timers).toBe(1)
  await run(ERASE, {})
  expect(await run('ListStreams', {})).toEqual({ Streams: [] })
  environment.advance(HOUR)
  await run('CreateTable', simpleTable('other'))
  await hosted.close()
  expect(environment.timers).toBe(0)
  await expect(run('ListStreams', {})).rejects.toThrow()
})
