// How long a stream, its shards and its records can be read: disabling, enabling again, deletion of the table, 24 hours
// (AWS pages: Streams, API_streams_GetRecords "TrimmedDataAccessException"; DESIGN.md section 3, J3).
import { describe as group, expect, it } from 'vitest'
import { journalRange } from '../../src/engine/storage-keys.ts'
import { dropDeletedStreams, trimJournals } from '../../src/services/trim-journals.ts'
import { simpleTable } from '../engine/engine-fixture.ts'
import { createStreamed, describe, HOUR, iteratorOf, openServices, readStream, records, type ServiceFixture } from './service-fixture.ts'

const put = (run: ServiceFixture['run'], id: string, v = 0) => run('PutItem', { TableName: 'tab', Item: { id, v } })
const idsOf = (read: Awaited<ReturnType<typeof readStream>>): unknown[] => read.map(({ dynamodb }) => dynamodb.Keys['id'])
const ON = { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' }
const setStream = (run: ServiceFixture['run'], StreamSpecification: object) => run('UpdateTable', { TableName: 'tab', StreamSpecification })
const arnsOf = async (run: ServiceFixture['run']): Promise<string[]> =>
  ((await run('ListStreams', {}))['Streams'] as { StreamArn: string }[]).map(({ StreamArn }) => StreamArn)

async function journalRows({ keyspace }: ServiceFixture, tableId: number): Promise<number> {
  return keyspace.read((reader) => {
    const cursor = reader.cursor(journalRange(tableId))
    let rows = 0
    while (cursor.next()) rows++
    return rows
  })
}

group('a disabled stream', () => {
  it('stays readable for 24 hours with all its shards closed, beside its successor', async () => {
    const fixture = await openServices()
    const { run, engine, environment } = fixture
    const first = await createStreamed(run, 'tab')
    await put(run, 'a')
    await setStream(run, { StreamEnabled: false })
    await put(run, 'unseen')
    expect(await describe(run, first)).toMatchObject({ StreamStatus: 'DISABLED' })
    expect((await describe(run, first)).Shards.every(({ SequenceNumberRange: { EndingSequenceNumber: end } }) => end !== undefined)).toBe(true)
    expect((await run('DescribeTable', { TableName: 'tab' }))['Table']).toMatchObject({ LatestStreamArn: first })
    await setStream(run, ON)
    const [, second = ''] = await arnsOf(run)
    expect(await arnsOf(run)).toEqual([first, second])
    expect((await run('DescribeTable', { TableName: 'tab' }))['Table']).toMatchObject({ LatestStreamArn: second, StreamSpecification: ON })
    await put(run, 'b')
    expect(idsOf(await readStream(run, first))).toEqual(['a'])
    expect(idsOf(await readStream(run, second))).toEqual(['b'])

    environment.advance(24 * HOUR)
    await engine.idle()
    expect(await arnsOf(run)).toEqual([second])
    await expect(describe(run, first)).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await engine.close()
  })

  it('leaves nothing behind', async () => {
    const fixture = await openServices()
    const { run, engine, environment } = fixture
    await createStreamed(run, 'tab')
    await put(run, 'a')
    const { id } = engine.catalog.mustGetTable('tab')
    await setStream(run, { StreamEnabled: false })
    environment.advance(25 * HOUR)
    await engine.idle()
    expect(await journalRows(fixture, id)).toBe(0)
    // Nothing is left to be done: a process may end.
    expect(environment.timers).toBe(0)
    await engine.close()
  })
})

group('the stream of a deleted table', () => {
  it('stays readable and listed for 24 hours, over a restart, and is not the new table’s', async () => {
    const fixture = await openServices()
    const { environment } = fixture
    const first = await createStreamed(fixture.run, 'tab')
    const { id } = fixture.engine.catalog.mustGetTable('tab')
    await put(fixture.run, 'a')
    await fixture.run('DeleteTable', { TableName: 'tab' })
    const second = await createStreamed(fixture.run, 'tab')
    expect(second).not.toBe(first)
    await put(fixture.run, 'b')
    await fixture.engine.idle()
    await fixture.engine.close()
    const again = await fixture.reopen()
    const { run, engine } = again
    expect(await arnsOf(run)).toEqual([first, second])
    expect(await describe(run, first)).toMatchObject({ StreamStatus: 'DISABLED', TableName: 'tab' })
    expect(idsOf(await readStream(run, first))).toEqual(['a'])
    expect(idsOf(await readStream(run, second))).toEqual(['b'])
    environment.advance(24 * HOUR)
    await engine.idle()
    expect(await arnsOf(run)).toEqual([second])
    expect(await journalRows(again, id)).toBe(0)
    await engine.close()
  })

  it('goes at once where the database is erased', async () => {
    const fixture = await openServices()
    const { run, engine } = fixture
    const first = await createStreamed(run, 'tab')
    const { id } = engine.catalog.mustGetTable('tab')
    const other = await createStreamed(run, 'other')
    await put(run, 'a')
    await run('DeleteTable', { TableName: 'tab' })
    await engine.idle()
    expect(await arnsOf(run)).toContain(first)
    await dropDeletedStreams(engine)
    expect(await arnsOf(run)).toEqual([other])
    expect(await journalRows(fixture, id)).toBe(0)
    await engine.close()
  })
})

group('records older than 24 hours', () => {
  it('are not read any more, whether or not they were trimmed', async () => {
    const fixture = await openServices()
    const { run, engine, environment } = fixture
    const arn = await createStreamed(run, 'tab')
    const { id } = engine.catalog.mustGetTable('tab')
    await put(run, 'a')
    environment.advance(HOUR)
    await put(run, 'b')
    const [first] = await readStream(run, arn)
    const shard = (await describe(run, arn)).Shards[0]?.ShardId ?? ''
    const number = { SequenceNumber: first?.dynamodb.SequenceNumber }
    environment.advance(23 * HOUR - 1)
    const [at, after, oldest] = [
      await iteratorOf(run, arn, shard, 'AT_SEQUENCE_NUMBER', number),
      await iteratorOf(run, arn, shard, 'AFTER_SEQUENCE_NUMBER', number),
      await iteratorOf(run, arn, shard, 'TRIM_HORIZON'),
    ]
    environment.time += 2
    const check = async (): Promise<void> => {
      for (const gone of [at, oldest]) {
        await expect(records(run, gone)).rejects.toMatchObject({ name: 'TrimmedDataAccessException', message: 'The data you are trying to access has been trimmed' })
      }
      await expect(iteratorOf(run, arn, shard, 'AT_SEQUENCE_NUMBER', number)).rejects.toMatchObject({ name: 'TrimmedDataAccessException' })
      expect(idsOf((await records(run, after)).Records)).toEqual(['b'])
      expect(idsOf(await readStream(run, arn))).toEqual(['b'])
    }
    await check()
    await trimJournals(engine)
    expect(await journalRows(fixture, id)).toBe(1)
    await check()
    await engine.close()
  })

  it('take no reader along that has read them all (aws-sdk-java, issue 2923)', async () => {
    const fixture = await openServices()
    const { run, engine, environment } = fixture
    const arn = await createStreamed(run, 'tab')
    await put(run, 'a')
    const shard = (await describe(run, arn)).Shards[0]?.ShardId ?? ''
    let { NextShardIterator: iterator = '' } = await records(run, await iteratorOf(run, arn, shard))
    for (let minutes = 0; minutes < 30 * 60; minutes += 10) {
      environment.advance(HOUR / 6)
      await engine.idle()
      const page = await records(run, iterator)
      expect(page.Records).toEqual([])
      iterator = page.NextShardIterator ?? ''
    }
    await put(run, 'b')
    // Hours have passed: the new record is the first of the shard that is open now.
    expect(await records(run, iterator)).toEqual({ Records: [] })
    expect(idsOf(await readStream(run, arn))).toEqual(['b'])
    await engine.close()
  })

  it('take their shards with them', async () => {
    const { run, engine, environment } = await openServices()
    const arn = await createStreamed(run, 'tab')
    for (let at = 0; at < 12; at++) {
      await put(run, String(at))
      environment.advance(4 * HOUR)
    }
    const { Shards: shards } = await describe(run, arn)
    expect(shards).toHaveLength(6)
    expect(shards[0]?.ParentShardId).toBeDefined()
    expect(idsOf(await readStream(run, arn))).toEqual(['6', '7', '8', '9', '10', '11'])
    await expect(iteratorOf(run, arn, shards[0]?.ParentShardId ?? '')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await engine.close()
  })

  it('stay in the journal while the table can be restored to a point in time', async () => {
    const fixture = await openServices()
    const { run, engine, environment } = fixture
    const declaration = { ...simpleTable('tab', { StreamSpecification: ON }), PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }
    await run('DeclareTable', declaration)
    const [arn = ''] = await arnsOf(run)
    const { id } = engine.catalog.mustGetTable('tab')
    await put(run, 'a')
    environment.advance(25 * HOUR)
    await engine.idle()
    await trimJournals(engine)
    expect(await journalRows(fixture, id)).toBe(1)
    expect(await readStream(run, arn)).toEqual([])
    environment.advance(34 * 24 * HOUR)
    await engine.idle()
    expect(await journalRows(fixture, id)).toBe(0)
    await engine.close()
  })
})
