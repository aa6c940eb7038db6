// DynamoDB Streams: the four operations and the rules of streams, shards, iterators and records
// (AWS pages: Streams, API_streams_*; public suites: paritysuite/dynamodb-conformance streams/basic.test.ts,
// scylladb test/alternator/test_streams.py).
import { describe as group, expect, it } from 'vitest'
import { createStreamed, describe, HOUR, iteratorOf, MINUTE, openServices, readStream, records, type ServiceFixture } from './service-fixture.ts'

const put = (run: ServiceFixture['run'], id: string, more: object = {}, TableName = 'tab') => run('PutItem', { TableName, Item: { id, ...more } })
async function openShard({ run }: ServiceFixture, arn: string): Promise<string> {
  return (await describe(run, arn)).Shards.at(-1)?.ShardId ?? ''
}
const UNKNOWN = 'arn:aws:dynamodb:local:000000000000:table/tab/stream/2001-01-01T00:00:00.000'

group('records (API_streams_Record, API_streams_StreamRecord)', () => {
  it('tell inserts, changes and removals, with sizes as the page counts them', async () => {
    const { run, engine } = await openServices()
    await run('CreateTable', {
      TableName: 'tab',
      AttributeDefinitions: [{ AttributeName: 'Id', AttributeType: 'N' }],
      KeySchema: [{ AttributeName: 'Id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    })
    const arn = ((await run('DescribeTable', { TableName: 'tab' }))['Table'] as { LatestStreamArn: string }).LatestStreamArn
    await run('PutItem', { TableName: 'tab', Item: { Id: 101, Message: 'New item!' } })
    await run('PutItem', { TableName: 'tab', Item: { Id: 101, Message: 'This item has changed' } })
    await run('DeleteItem', { TableName: 'tab', Key: { Id: 101 } })
    const all = await readStream(run, arn)
    expect(all.map((record) => [record.eventName, record.dynamodb.SizeBytes])).toEqual([
      ['INSERT', 26],
      ['MODIFY', 59],
      ['REMOVE', 38],
    ])
    expect(all[1]).toEqual({
      eventID: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
      eventName: 'MODIFY',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'local',
      dynamodb: {
        ApproximateCreationDateTime: Date.UTC(2026, 0, 1) / 1000,
        Keys: { Id: 101 },
        NewImage: { Id: 101, Message: 'This item has changed' },
        OldImage: { Id: 101, Message: 'New item!' },
        SequenceNumber: expect.stringMatching(/^\d{21,40}$/) as string,
        SizeBytes: 59,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
    })
    expect(new Set(all.map(({ eventID }) => eventID)).size).toBe(3)
    const numbers = all.map(({ dynamodb }) => BigInt(dynamodb.SequenceNumber))
    expect([...numbers].sort((a, b) => (a < b ? -1 : 1))).toEqual(numbers)
    expect(all[0]).not.toHaveProperty('userIdentity')
    await engine.close()
  })

  it.each([
    ['KEYS_ONLY', false, false],
    ['NEW_IMAGE', true, false],
    ['OLD_IMAGE', false, true],
    ['NEW_AND_OLD_IMAGES', true, true],
  ])('show of a %s stream what the view has', async (view, hasNew, hasOld) => {
    const { run, engine } = await openServices()
    const arn = await createStreamed(run, 'tab', view)
    await put(run, 'a', { v: 1 })
    await put(run, 'a', { v: 2 })
    await run('DeleteItem', { TableName: 'tab', Key: { id: 'a' } })
    const shown = (await readStream(run, arn)).map(({ dynamodb }) => [dynamodb.Keys, dynamodb.NewImage, dynamodb.OldImage, dynamodb.StreamViewType])
    expect(shown).toEqual([
      [{ id: 'a' }, hasNew ? { id: 'a', v: 1 } : undefined, undefined, view],
      [{ id: 'a' }, hasNew ? { id: 'a', v: 2 } : undefined, hasOld ? { id: 'a', v: 1 } : undefined, view],
      [{ id: 'a' }, undefined, hasOld ? { id: 'a', v: 2 } : undefined, view],
    ])
    await engine.close()
  })

  it('are not written for what changes nothing (Streams: "If you perform a PutItem or UpdateItem operation that does not change any data")', async () => {
    const { run, engine } = await openServices()
    const arn = await createStreamed(run, 'tab')
    await put(run, 'a', { v: 1 })
    await put(run, 'a', { v: 1 })
    await run('UpdateItem', { TableName: 'tab', Key: { id: 'a' }, UpdateExpression: 'SET v = :v', ExpressionAttributeValues: { ':v': 1 } })
    await run('DeleteItem', { TableName: 'tab', Key: { id: 'missing' } })
    expect(await readStream(run, arn)).toHaveLength(1)
    await engine.close()
  })

  it('of one write each: batches and transactions too, other tables not', async () => {
    const { run, engine } = await openServices()
    const [one, two] = [await createStreamed(run, 'one'), await createStreamed(run, 'two')]
    await run('BatchWriteItem', { RequestItems: { one: [{ PutRequest: { Item: { id: 'a' } } }, { PutRequest: { Item: { id: 'b' } } }] } })
    await run('TransactWriteItems', {
      TransactItems: [{ Put: { TableName: 'one', Item: { id: 'c' } } }, { Put: { TableName: 'two', Item: { id: 'd' } } }],
    })
    expect((await readStream(run, one)).map(({ dynamodb }) => dynamodb.Keys['id'])).toEqual(['a', 'b', 'c'])
    expect((await readStream(run, two)).map(({ dynamodb }) => dynamodb.Keys['id'])).toEqual(['d'])
    await engine.close()
  })
})

group('ListStreams', () => {
  it('lists by table and in pages', async () => {
    const { run, engine } = await openServices()
    const arns: string[] = []
    for (const name of ['tab-a', 'tab-b', 'tab-c']) arns.push(await createStreamed(run, name))
    await run('CreateTable', { TableName: 'none', AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }], BillingMode: 'PAY_PER_REQUEST' })
    const streamOf = (at: number): object => {
      const arn = arns[at] ?? ''
      return { StreamArn: arn, TableName: ['tab-a', 'tab-b', 'tab-c'][at], StreamLabel: arn.slice(arn.lastIndexOf('/') + 1) }
    }
    expect(await run('ListStreams', {})).toEqual({ Streams: [streamOf(0), streamOf(1), streamOf(2)] })
    expect(await run('ListStreams', { TableName: 'tab-b' })).toEqual({ Streams: [streamOf(1)] })
    expect(await run('ListStreams', { TableName: 'none' })).toEqual({ Streams: [] })
    expect(await run('ListStreams', { Limit: 2 })).toEqual({ Streams: [streamOf(0), streamOf(1)], LastEvaluatedStreamArn: arns[1] })
    expect(await run('ListStreams', { Limit: 2, ExclusiveStartStreamArn: arns[1] })).toEqual({ Streams: [streamOf(2)] })
    expect(await run('ListStreams', { Limit: 3 })).not.toHaveProperty('LastEvaluatedStreamArn')
    await engine.close()
  })

  it('refuses limits and ARNs that are none (test_streams.py: zero_limit, with_nonexistent_last_stream)', async () => {
    const { run, engine } = await openServices()
    await expect(run('ListStreams', { Limit: 0 })).rejects.toThrow("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1")
    await expect(run('ListStreams', { Limit: 101 })).rejects.toThrow('Member must have value less than or equal to 100')
    await expect(run('ListStreams', { ExclusiveStartStreamArn: 'kossaapaaasdafsdaasdasdasdasasdasfadfadfasdasdas' })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Invalid StreamArn',
    })
    await engine.close()
  })
})

group('DescribeStream', () => {
  it('describes', async () => {
    const { run, engine } = await openServices()
    const arn = await createStreamed(run, 'tab', 'KEYS_ONLY')
    expect(await describe(run, arn)).toEqual({
      StreamArn: arn,
      StreamLabel: '2026-01-01T00:00:00.000',
      StreamStatus: 'ENABLED',
      StreamViewType: 'KEYS_ONLY',
      CreationRequestDateTime: Date.UTC(2026, 0, 1) / 1000,
      TableName: 'tab',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      Shards: [
        {
          ShardId: expect.stringMatching(/^shardId-\d{20}-[0-9a-f]{8}$/) as string,
          SequenceNumberRange: { StartingSequenceNumber: expect.stringMatching(/^\d{21,40}$/) as string },
        },
      ],
    })
    await engine.close()
  })

  it('splits after four hours: the parent has an end, its child is open, and ids rise', async () => {
    const fixture = await openServices()
    const { run, engine, environment } = fixture
    const arn = await createStreamed(run, 'tab')
    await put(run, 'a')
    environment.advance(4 * HOUR)
    // Nothing was committed since: nothing can follow the last record but in the open shard.
    expect((await describe(run, arn)).Shards).toHaveLength(1)
    await put(run, 'b')
    const { Shards: shards } = await describe(run, arn)
    expect(shards).toHaveLength(2)
    const [parent, child] = shards
    expect(parent?.SequenceNumberRange.EndingSequenceNumber).toMatch(/^\d{21,40}$/)
    expect(child).toMatchObject({ ParentShardId: parent?.ShardId })
    expect(child?.SequenceNumberRange).not.toHaveProperty('EndingSequenceNumber')
    expect(shards.map(({ ShardId }) => ShardId)).toEqual(shards.map(({ ShardId }) => ShardId).sort())
    expect((await readStream(run, arn)).map(({ dynamodb }) => dynamodb.Keys['id'])).toEqual(['a', 'b'])

    expect(await describe(run, arn, { ShardFilter: { Type: 'CHILD_SHARDS', ShardId: parent?.ShardId } })).toMatchObject({ Shards: [child] })
    expect(await describe(run, arn, { ShardFilter: { Type: 'CHILD_SHARDS', ShardId: child?.ShardId } })).toMatchObject({ Shards: [] })
    expect(await describe(run, arn, { Limit: 1 })).toMatchObject({ Shards: [parent], LastEvaluatedShardId: parent?.ShardId })
    expect(await describe(run, arn, { ExclusiveStartShardId: parent?.ShardId })).toMatchObject({ Shards: [child] })
    expect(await describe(run, arn, { ExclusiveStartShardId: 'z'.repeat(40) })).toMatchObject({ Shards: [] })
    await engine.close()
  })

  it('answers as before after a restart', async () => {
    const fixture = await openServices()
    const { run, environment } = fixture
    const arn = await createStreamed(run, 'tab')
    for (let at = 0; at < 5; at++) {
      await put(run, String(at))
      environment.advance(3 * HOUR)
    }
    const before = [await describe(run, arn), await readStream(run, arn)]
    await fixture.engine.close()
    const again = await fixture.reopen()
    expect([await describe(again.run, arn), await readStream(again.run, arn)]).toEqual(before)
    await again.engine.close()
  })

  it('refuses', async () => {
    const { run, engine } = await openServices()
    await expect(run('DescribeStream', {})).rejects.toThrow("1 validation error detected: Value null at 'streamArn' failed to satisfy constraint: Member must not be null")
    await expect(run('DescribeStream', { StreamArn: 'fake-stream' })).rejects.toMatchObject({ name: 'ValidationException', message: 'Invalid StreamArn' })
    await expect(run('DescribeStream', { StreamArn: UNKNOWN })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: `Requested resource not found: Stream: ${UNKNOWN} not found`,
    })
    await expect(run('DescribeStream', { StreamArn: UNKNOWN, Limit: 0, ExclusiveStartShardId: 'x' })).rejects.toThrow(
      "2 validation errors detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1; " +
        "Value 'x' at 'exclusiveStartShardId' failed to satisfy constraint: Member must have length greater than or equal to 28",
    )
    await engine.close()
  })
})

group('GetShardIterator and GetRecords', () => {
  it('know four kinds of positions', async () => {
    const fixture = await openServices()
    const { run, engine } = fixture
    const arn = await createStreamed(run, 'tab')
    const shard = await openShard(fixture, arn)
    const { SequenceNumberRange } = (await describe(run, arn)).Shards[0] ?? {}
    for (const id of ['a', 'b', 'c']) await put(run, id)
    const idsFrom = async (type: string, SequenceNumber?: string): Promise<unknown[]> => {
      const iterator = await iteratorOf(run, arn, shard, type, SequenceNumber === undefined ? {} : { SequenceNumber })
      return (await records(run, iterator)).Records.map(({ dynamodb }) => dynamodb.Keys['id'])
    }
    const second = (await readStream(run, arn))[1]?.dynamodb.SequenceNumber ?? ''
    expect(await idsFrom('TRIM_HORIZON')).toEqual(['a', 'b', 'c'])
    expect(await idsFrom('AT_SEQUENCE_NUMBER', second)).toEqual(['b', 'c'])
    expect(await idsFrom('AFTER_SEQUENCE_NUMBER', second)).toEqual(['c'])
    expect(await idsFrom('AT_SEQUENCE_NUMBER', SequenceNumberRange?.StartingSequenceNumber)).toEqual(['a', 'b', 'c'])
    expect(await idsFrom('LATEST')).toEqual([])
    const latest = await iteratorOf(run, arn, shard, 'LATEST')
    await put(run, 'd')
    expect((await records(run, latest)).Records.map(({ dynamodb }) => dynamodb.Keys['id'])).toEqual(['d'])
    await engine.close()
  })

  it('page by count and by size, with an iterator as long as the shard is open', async () => {
    const fixture = await openServices()
    const { run, engine } = fixture
    const arn = await createStreamed(run, 'tab', 'NEW_IMAGE')
    const shard = await openShard(fixture, arn)
    for (let at = 0; at < 5; at++) await put(run, `k${at}`, { text: 'x'.repeat(300_000) })
    const first = await records(run, await iteratorOf(run, arn, shard))
    // Three of 300 KB fit in 1 MB, four do not.
    expect(first.Records).toHaveLength(3)
    const second = await records(run, first.NextShardIterator ?? '', { Limit: 1 })
    expect(second.Records.map(({ dynamodb }) => dynamodb.Keys['id'])).toEqual(['k3'])
    const third = await records(run, second.NextShardIterator ?? '')
    expect(third.Records).toHaveLength(1)
    const fourth = await records(run, third.NextShardIterator ?? '')
    expect(fourth).toMatchObject({ Records: [], NextShardIterator: expect.any(String) as string })
    await put(run, 'later')
    expect((await records(run, fourth.NextShardIterator ?? '')).Records).toHaveLength(1)
    await engine.close()
  })

  it('end a closed shard without an iterator', async () => {
    const fixture = await openServices()
    const { run, engine } = fixture
    const arn = await createStreamed(run, 'tab')
    const shard = await openShard(fixture, arn)
    await put(run, 'a')
    await put(run, 'b')
    await run('UpdateTable', { TableName: 'tab', StreamSpecification: { StreamEnabled: false } })
    const first = await records(run, await iteratorOf(run, arn, shard), { Limit: 1 })
    expect(first.NextShardIterator).toBeDefined()
    const second = await records(run, first.NextShardIterator ?? '')
    expect(second.Records).toHaveLength(1)
    expect(second).not.toHaveProperty('NextShardIterator')
    expect(await records(run, await iteratorOf(run, arn, shard, 'LATEST'))).toEqual({ Records: [] })
    await engine.close()
  })

  it('refuse iterators that are old or not ours', async () => {
    const fixture = await openServices()
    const { run, engine, environment } = fixture
    const arn = await createStreamed(run, 'tab')
    const iterator = await iteratorOf(run, arn, await openShard(fixture, arn))
    expect(iterator.startsWith(`${arn}|1|`)).toBe(true)
    environment.advance(15 * MINUTE)
    const { NextShardIterator: next } = await records(run, iterator)
    environment.advance(1)
    await expect(records(run, iterator)).rejects.toMatchObject({ name: 'ExpiredIteratorException' })
    expect((await records(run, next ?? '')).Records).toEqual([])
    for (const wrong of ['sdfsdfsgagaddafgagasgasgasdfasdfasdfasdfasdgasdasdgasdg', `${iterator.slice(0, -8)}AAAA${iterator.slice(-4)}`, `${arn}|1|`]) {
      await expect(records(run, wrong)).rejects.toMatchObject({ name: 'ValidationException', message: 'Invalid ShardIterator' })
    }
    await expect(run('GetRecords', {})).rejects.toThrow("Value null at 'shardIterator' failed to satisfy constraint: Member must not be null")
    await expect(records(run, next ?? '', { Limit: 0 })).rejects.toThrow("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1")
    await expect(records(run, next ?? '', { Limit: 1001 })).rejects.toThrow('Limit should be less than or equal to 1000')
    await engine.close()
  })

  it('refuse shards, types and sequence numbers (test_streams.py: test_get_shard_iterator)', async () => {
    const fixture = await openServices()
    const { run, engine } = fixture
    const arn = await createStreamed(run, 'tab')
    const shard = await openShard(fixture, arn)
    const number = (await describe(run, arn)).Shards[0]?.SequenceNumberRange.StartingSequenceNumber
    const refusal = (more: object) => run('GetShardIterator', { StreamArn: arn, ShardId: shard, ShardIteratorType: 'LATEST', ...more })
    await expect(refusal({ ShardId: 'adfasdasdasdasdasdasdasdasdasasdasd' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Requested resource not found: Shard does not exist',
    })
    await expect(refusal({ ShardIteratorType: 'bulle' })).rejects.toThrow(
      "Value 'bulle' at 'shardIteratorType' failed to satisfy constraint: Member must satisfy enum value set: [TRIM_HORIZON, LATEST, AT_SEQUENCE_NUMBER, AFTER_SEQUENCE_NUMBER]",
    )
    for (const wrong of [
      { SequenceNumber: number },
      { ShardIteratorType: 'AT_SEQUENCE_NUMBER' },
      { ShardIteratorType: 'AFTER_SEQUENCE_NUMBER', SequenceNumber: '1'.repeat(20) },
      { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: 'sdfsafglldfngjdafnasdflgnaldklkaf' },
      { ShardIteratorType: 'AT_SEQUENCE_NUMBER', SequenceNumber: '0'.repeat(29) },
      { StreamArn: 'sdfadfsdfnlfkajakfgjalksfgklasjklasdjfklasdfasdfgasf' },
    ]) {
      await expect(refusal(wrong)).rejects.toMatchObject({ name: 'ValidationException' })
    }
    await expect(refusal({ StreamArn: UNKNOWN })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await engine.close()
  })
})
