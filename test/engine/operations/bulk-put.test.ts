// StartBulkPutItems and the operations about bulk operations (AWS pages: StartBulkPutItems, BulkOperationDescription,
// BulkPutItems.Requesting, .Format, .Considerations). The layout of the report and the members of a record are our own.
import { gzipSync } from 'node:zlib'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { bulkSpace } from '../../../src/engine/storage-keys.ts'
import { DirectoryBucket } from '../../../src/hub/directory-bucket.ts'
import { prefixEnd } from '../../../src/model/key-encoding.ts'
import { openEngine, simpleTable, type EngineFixture } from '../engine-fixture.ts'
import { listEntries } from '../invariants.ts'
import { MemoryBucket } from '../memory-bucket.ts'

const RUNS = Number(process.env['HOLDFAST_RUNS'] ?? '1')
const TableName = 'Things'
const START = {
  TableName,
  InputS3Configuration: { S3Bucket: 'in', InputFormat: 'DYNAMODB_JSON', S3KeyPrefix: 'data/' },
  OutputS3Configuration: { S3Bucket: 'out', S3KeyPrefix: 'reports/', OutputType: ['ERROR', 'CONDITION_CHECK_FAILURE'] },
}
type Description = { BulkOperationArn: string; BulkOperationStatus: string } & Record<string, unknown>

let input: MemoryBucket
let output: MemoryBucket
let fixture: EngineFixture

const line = (id: string, more: object = {}, record: object = {}) => `${JSON.stringify({ Item: { id: { S: id }, ...more }, ...record })}\n`
const NEW_ONLY = { ConditionExpression: 'attribute_not_exists(#i)', ExpressionAttributeNames: { '#i': 'id' } }
async function start(over: object = {}): Promise<Description> {
  const { BulkOperationDescription } = (await fixture.run('StartBulkPutItems', { ...START, ...over })) as { BulkOperationDescription: Description }
  return BulkOperationDescription
}
async function describeIt(BulkOperationArn: string): Promise<Description> {
  return ((await fixture.run('DescribeBulkOperation', { BulkOperationArn })) as { BulkOperationDescription: Description }).BulkOperationDescription
}
async function runToEnd(over: object = {}): Promise<Description> {
  const { BulkOperationArn } = await start(over)
  await fixture.engine.idle()
  return describeIt(BulkOperationArn)
}
const scan = async () => ((await fixture.run('Scan', { TableName })) as { Items: Record<string, unknown>[] }).Items.sort((a, b) => (String(a['id']) < String(b['id']) ? -1 : 1))
const reportOf = (folder: string) =>
  [...output.objects.keys()].filter((key) => key.includes(`/${folder}/`)).flatMap((key) => output.text(key).trim().split('\n').map((text) => JSON.parse(text) as Record<string, unknown>))
const manifest = () => JSON.parse(output.text([...output.objects.keys()].find((key) => key.endsWith('manifest.json')) ?? '')) as Record<string, unknown>

beforeEach(async () => {
  input = new MemoryBucket()
  output = new MemoryBucket()
  fixture = await openEngine({ buckets: new Map([['in', input], ['out', output]]) })
  await fixture.run('CreateTable', simpleTable(TableName))
})

describe('StartBulkPutItems', () => {
  it('puts all items of all objects under the prefix, and tells what it did', async () => {
    input.put('data/a.json', line('1', { n: { N: '5' } }) + line('2'))
    input.put('data/b.json', `\n${line('3', { b: { B: 'AQI=' } })}${line('2', { again: { BOOL: true } }).trimEnd()}`)
    input.put('other/c.json', line('9'))
    const started = await start({ ClientToken: 'token' })
    expect(started).toMatchObject({
      BulkOperationStatus: 'IN_PROGRESS',
      TableDetails: [{ TableName, TableId: expect.any(String) as string }],
      ClientToken: 'token',
      InputS3Configuration: { ...START.InputS3Configuration, InputCompressionType: 'NONE' },
      OutputS3Configuration: START.OutputS3Configuration,
      PerformanceTier: 'STANDARD',
      ProcessedItemCount: 0,
    })
    expect(started.BulkOperationArn.length).toBeGreaterThanOrEqual(37)
    await fixture.engine.idle()
    expect(await scan()).toEqual([{ id: '1', n: 5 }, { id: '2', again: true }, { id: '3', b: { B: 'AQI=' } }])
    const bytes = [...input.objects].filter(([key]) => key.startsWith('data/')).reduce((sum, [, content]) => sum + content.length, 0)
    const described = await describeIt(started.BulkOperationArn)
    expect(described).toMatchObject({
      BulkOperationStatus: 'COMPLETED',
      ProcessedItemCount: 4,
      FailedItemCount: 0,
      TotalInputBytes: bytes,
      ProcessedInputBytes: bytes,
      EndTime: expect.any(Number) as number,
      BulkOperationUsage: [{ TableName, Table: { BulkPutBytes: expect.any(Number) as number } }],
    })
    expect(described).not.toHaveProperty('FailureCode')
    expect(manifest()).toMatchObject({ bulkOperationStatus: 'COMPLETED', processedItemCount: 4, files: [] })
  })

  it('reads GZIP', async () => {
    input.put('data/a.json.gz', gzipSync(Array.from({ length: 500 }, (_, at) => line(String(at))).join('')))
    const compressed = { InputS3Configuration: { ...START.InputS3Configuration, InputCompressionType: 'GZIP' } }
    expect(await runToEnd(compressed)).toMatchObject({ BulkOperationStatus: 'COMPLETED', ProcessedItemCount: 500 })
    expect(await scan()).toHaveLength(500)
    input.put('data/b.json.gz', 'no gzip')
    expect(await runToEnd(compressed)).toMatchObject({ BulkOperationStatus: 'COMPLETED_WITH_ERRORS', ProcessedItemCount: 501, FailedItemCount: 1 })
  })

  it('keeps items whose condition does not hold, and does not count them as failed', async () => {
    await fixture.run('PutItem', { TableName, Item: { id: '1', old: true } })
    input.put('data/a.json', line('1', { fresh: { BOOL: true } }, NEW_ONLY) + line('2', {}, NEW_ONLY))
    expect(await runToEnd()).toMatchObject({ BulkOperationStatus: 'COMPLETED', ProcessedItemCount: 2, FailedItemCount: 0 })
    expect(await scan()).toEqual([{ id: '1', old: true }, { id: '2' }])
    expect(reportOf('condition-check-failures')).toEqual([
      {
        itemS3Pointer: { bucket: 'in', key: 'data/a.json', itemIndex: 0 },
        attemptedItem: { id: { S: '1' }, fresh: { BOOL: true } },
        existingItem: { id: { S: '1' }, old: { BOOL: true } },
      },
    ])
    expect(manifest()).toMatchObject({ conditionCheckFailureCount: 1, failedItemCount: 0 })
  })

  it('goes on after items that can not be put, and ends COMPLETED_WITH_ERRORS', async () => {
    input.put(
      'data/a.json',
      line('1') + '{"Item":{"name":{"S":"no key"}}}\n{"Item":{"id":{"N":"1"}}}\n{"Item":{"id":{"S":"x","N":"1"}}}\n{"Nothing":1}\n' + line('2', {}, { ConditionExpression: 'nonsense' }) + line('3'),
    )
    expect(await runToEnd()).toMatchObject({ BulkOperationStatus: 'COMPLETED_WITH_ERRORS', ProcessedItemCount: 7, FailedItemCount: 5 })
    expect(await scan()).toEqual([{ id: '1' }, { id: '3' }])
    const errors = reportOf('errors').sort((a, b) => (a['itemS3Pointer'] as { itemIndex: number }).itemIndex - (b['itemS3Pointer'] as { itemIndex: number }).itemIndex)
    expect(errors.map(({ errorMessages }) => (errorMessages as string[])[0])).toEqual([
      'One or more parameter values were invalid: Missing the key id in the item',
      'One or more parameter values were invalid: Type mismatch for key id expected: S actual: N',
      'Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes',
      'The record has no Item',
      expect.stringContaining('Invalid ConditionExpression: Syntax error'),
    ])
  })

  it('leaves an object at a line that is no JSON, and goes on with the next', async () => {
    input.put('data/a.json', line('1') + '{"Item":\n' + line('2'))
    input.put('data/b.json', line('3'))
    expect(await runToEnd()).toMatchObject({ BulkOperationStatus: 'COMPLETED_WITH_ERRORS', ProcessedItemCount: 3, FailedItemCount: 1 })
    expect(await scan()).toEqual([{ id: '1' }, { id: '3' }])
  })

  it('reports only what was asked for', async () => {
    input.put('data/a.json', '{}\n')
    const one = { OutputS3Configuration: { ...START.OutputS3Configuration, OutputType: ['CONDITION_CHECK_FAILURE'] } }
    expect(await runToEnd(one)).toMatchObject({ FailedItemCount: 1 })
    expect(reportOf('errors')).toEqual([])
  })

  it('completes over an empty prefix', async () => {
    expect(await runToEnd()).toMatchObject({ BulkOperationStatus: 'COMPLETED', ProcessedItemCount: 0, TotalInputBytes: 0 })
  })

  it('maintains indexes and streams as any write does, and counts their bytes', async () => {
    const Projection = { ProjectionType: 'ALL' }
    await fixture.run('CreateTable', {
      TableName: 'Indexed',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }, { AttributeName: 'color', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      BillingMode: 'PAY_PER_REQUEST',
      GlobalSecondaryIndexes: [{ IndexName: 'byColor', KeySchema: [{ AttributeName: 'color', KeyType: 'HASH' }], Projection }],
      VectorIndexes: [{ IndexName: 'near', VectorAttribute: { AttributeName: 'v' }, Dimensions: 2, DistanceFunction: 'EUCLIDEAN', Projection }],
    })
    input.put('data/a.json', line('1', { color: { S: 'red' }, v: { L: [{ N: '1' }, { N: '2' }] } }) + line('2', { v: { L: [{ N: '1' }] } }))
    expect(await runToEnd({ TableName: 'Indexed' })).toMatchObject({
      FailedItemCount: 1,
      BulkOperationUsage: [
        {
          GlobalSecondaryIndexes: { byColor: { BulkPutBytes: expect.any(Number) as number } },
          VectorIndexes: { near: { BulkPutVectorBytes: expect.any(Number) as number } },
        },
      ],
    })
    const found = await fixture.run('SearchVectors', { TableName: 'Indexed', IndexName: 'near', SearchVector: [1, 2], TopK: 5 })
    expect(found).toMatchObject({ SearchResults: [{ Item: { id: '1', color: 'red' }, Score: 0 }] })
  })

  it('paces itself by MaxWriteRequestUnits', async () => {
    const delays: number[] = []
    fixture.environment.setTimer = (delayMs, run) => {
      delays.push(delayMs)
      setImmediate(run)
      return { cancel: () => undefined }
    }
    input.put('data/a.json', Array.from({ length: 256 }, (_, at) => line(String(at))).join(''))
    expect(await runToEnd({ MaxWriteRequestUnits: 1024 })).toMatchObject({ BulkOperationStatus: 'COMPLETED', MaxWriteRequestUnits: 1024 })
    expect(delays.reduce((sum, delay) => sum + delay, 0)).toBeCloseTo(250)
  })

  it('answers a ClientToken with its operation for 8 hours', async () => {
    const first = await start({ ClientToken: 'once' })
    expect((await start({ ClientToken: 'once' })).BulkOperationArn).toBe(first.BulkOperationArn)
    await expect(start({ ClientToken: 'once', MaxWriteRequestUnits: 2048 })).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' })
    fixture.environment.time += 8 * 60 * 60 * 1000 + 1
    expect((await start({ ClientToken: 'once' })).BulkOperationArn).not.toBe(first.BulkOperationArn)
  })

  it.each(['in', 'out'])('fails with S3NoSuchBucket where the bucket %s is not registered', async (name) => {
    const missing = await openEngine({ buckets: new Map([['in', input], ['out', output]].filter(([known]) => known !== name) as [string, MemoryBucket][]) })
    fixture = missing
    await fixture.run('CreateTable', simpleTable(TableName))
    expect(await runToEnd()).toMatchObject({ BulkOperationStatus: 'FAILED', FailureCode: 'S3NoSuchBucket', FailureMessage: 'The specified bucket does not exist' })
  })

  it('fails where the bucket does, and keeps what was written', async () => {
    input.put('data/a.json', line('1'))
    input.put('data/b.json', line('2'))
    input.onChunk = (key) => {
      if (key.endsWith('b.json')) throw new Error('out of order')
    }
    expect(await runToEnd()).toMatchObject({ BulkOperationStatus: 'FAILED', FailureCode: 'S3InternalError', FailureMessage: 'out of order', ProcessedItemCount: 1 })
    expect(await scan()).toEqual([{ id: '1' }])
  })

  it('fails where its table is deleted meanwhile, even if another has its name', async () => {
    input.put('data/a.json', line('1'))
    input.onChunk = async () => {
      await fixture.run('DeleteTable', { TableName })
      await fixture.run('CreateTable', simpleTable(TableName))
    }
    expect(await runToEnd()).toMatchObject({ BulkOperationStatus: 'FAILED', FailureCode: 'ResourceNotFoundException' })
    expect(await scan()).toEqual([])
  })

  it.each<[string, object, string]>([
    ['too slow a rate', { MaxWriteRequestUnits: 1023 }, "Value '1023' at 'maxWriteRequestUnits' failed to satisfy constraint: Member must have value greater than or equal to 1024"],
    ['no input', { InputS3Configuration: undefined }, "Value null at 'inputS3Configuration' failed to satisfy constraint: Member must not be null"],
    [
      'CSV',
      { InputS3Configuration: { ...START.InputS3Configuration, InputFormat: 'CSV' } },
      "Value 'CSV' at 'inputS3Configuration.inputFormat' failed to satisfy constraint: Member must satisfy enum value set: [DYNAMODB_JSON, ION]",
    ],
    ['ION', { InputS3Configuration: { ...START.InputS3Configuration, InputFormat: 'ION' } }, 'InputFormat ION is not supported by StartBulkPutItems of this database'],
    [
      'an unknown report',
      { OutputS3Configuration: { ...START.OutputS3Configuration, OutputType: ['ALL'] } },
      "Value 'ALL' at 'outputS3Configuration.outputType.1.member' failed to satisfy constraint: Member must satisfy enum value set: [ERROR, CONDITION_CHECK_FAILURE]",
    ],
    ['a table that is not there', { TableName: 'Nowhere' }, 'Requested resource not found: Table: Nowhere not found'],
  ])('refuses %s', async (_, over, message) => {
    await expect(start(over)).rejects.toThrow(message)
  })
})

describe('CancelBulkOperation', () => {
  it('stops the operation and keeps what was written', async () => {
    input.put('data/a.json', Array.from({ length: 1000 }, (_, at) => line(String(at).padStart(4, '0'))).join(''))
    const { BulkOperationArn } = await start()
    while ((await describeIt(BulkOperationArn))['ProcessedItemCount'] === 0) await fixture.environment.yieldTask()
    expect(await fixture.run('CancelBulkOperation', { BulkOperationArn })).toEqual({ BulkOperationArn, BulkOperationStatus: 'CANCELLING' })
    await fixture.engine.idle()
    const described = await describeIt(BulkOperationArn)
    expect(described).toMatchObject({ BulkOperationStatus: 'CANCELLED', FailureCode: expect.any(String) as string })
    expect(described['ProcessedItemCount']).toBeLessThan(1000)
    expect(await scan()).toHaveLength(described['ProcessedItemCount'] as number)
    await expect(fixture.run('CancelBulkOperation', { BulkOperationArn })).rejects.toThrow('its status is CANCELLED')
    await expect(fixture.run('CancelBulkOperation', { BulkOperationArn: `${BulkOperationArn}0` })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})

describe('ListBulkOperations', () => {
  it('lists the newest first, ten a page', async () => {
    const arns: string[] = []
    for (let at = 0; at < 12; at++) {
      fixture.environment.time += 1000
      arns.unshift((await start()).BulkOperationArn)
    }
    await fixture.engine.idle()
    const list = (more: object) => fixture.run('ListBulkOperations', more) as Promise<{ BulkOperationsSummaryList: Description[]; NextToken?: string }>
    const first = await list({})
    expect(first.BulkOperationsSummaryList.map(({ BulkOperationArn }) => BulkOperationArn)).toEqual(arns.slice(0, 10))
    expect(first.BulkOperationsSummaryList[0]).toEqual({ BulkOperationArn: arns[0], BulkOperationStatus: 'COMPLETED', StartTime: expect.any(Number) as number, EndTime: expect.any(Number) as number })
    const second = await list({ NextToken: first.NextToken })
    expect(second.BulkOperationsSummaryList.map(({ BulkOperationArn }) => BulkOperationArn)).toEqual(arns.slice(10))
    expect(second).not.toHaveProperty('NextToken')
  })
})

describe('a bulk put that is interrupted', () => {
  it('goes on where it stopped, however often the engine dies: nothing is missing, counted or written twice', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(6), { maxLength: 12 }), fc.integer({ min: 1, max: 400 }), fc.boolean(), fc.boolean(), async (pauses, size, isGzip, hasFaults) => {
        input = new MemoryBucket()
        output = new MemoryBucket()
        const faults = hasFaults ? { faultEvery: 3 } : {}
        fixture = await openEngine({ ...faults, buckets: new Map([['in', input], ['out', output]]) })
        await fixture.run('CreateTable', simpleTable(TableName, { StreamSpecification: { StreamEnabled: true, StreamViewType: 'KEYS_ONLY' } }))
        const ids = Array.from({ length: size }, (_, at) => String(at).padStart(4, '0'))
        // Each item only if it is new: a second write would be a condition failure.
        const lines = ids.map((id, at) => (at % 50 === 7 ? '{"Item":{}}\n' : line(id, {}, NEW_ONLY)))
        const good = ids.filter((_, at) => at % 50 !== 7)
        const half = Math.floor(size / 2)
        const content = (text: string) => (isGzip ? gzipSync(text) : text)
        input.put('data/a', content(lines.slice(0, half).join('')))
        input.put('data/b', content(lines.slice(half).join('')))
        const { BulkOperationArn } = await start({ InputS3Configuration: { ...START.InputS3Configuration, InputCompressionType: isGzip ? 'GZIP' : 'NONE' } })
        for (const pause of pauses) {
          for (let turn = 0; turn < pause; turn++) await fixture.environment.yieldTask()
          // The engine that is left behind must not go on: its epoch is over.
          fixture = await fixture.reopen(faults)
        }
        await fixture.engine.idle()
        expect(await describeIt(BulkOperationArn)).toMatchObject({
          BulkOperationStatus: good.length === size ? 'COMPLETED' : 'COMPLETED_WITH_ERRORS',
          ProcessedItemCount: size,
          FailedItemCount: size - good.length,
        })
        expect((await scan()).map(({ id }) => id)).toEqual(good)
        expect(manifest()).toMatchObject({ conditionCheckFailureCount: 0 })
        expect(reportOf('errors')).toHaveLength(size - good.length)
        // Row and nothing else: report lines are gone.
        expect(listEntries(fixture.disk, { start: bulkSpace, end: prefixEnd(bulkSpace) })).toHaveLength(1)
      }),
      { numRuns: 25 * RUNS },
    )
  }, 60_000 * RUNS)

  it('waits while the engine closes, and ends after the next opening', async () => {
    input.put('data/a.json', Array.from({ length: 1000 }, (_, at) => line(String(at))).join(''))
    const { BulkOperationArn } = await start()
    await fixture.engine.close()
    expect(await describeIt(BulkOperationArn)).toMatchObject({ BulkOperationStatus: 'IN_PROGRESS' })
    fixture = await fixture.reopen()
    await fixture.engine.idle()
    expect(await describeIt(BulkOperationArn)).toMatchObject({ BulkOperationStatus: 'COMPLETED', ProcessedItemCount: 1000 })
  })
})

describe('a directory as a bucket', () => {
  it('has its files as objects, and nothing outside', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'holdfast-bucket-'))
    try {
      const bucket = new DirectoryBucket(join(directory, 'bucket'))
      const listed = async (prefix: string) => {
        const found: string[] = []
        for await (const { key, size } of bucket.list(prefix)) found.push(`${key} ${size}`)
        return found.sort()
      }
      expect(await listed('')).toEqual([])
      await bucket.write('a/b/c.json', new Uint8Array([1, 2, 3]))
      await bucket.write('a/b/c.json', new Uint8Array([4, 5]))
      await bucket.write('abc', new Uint8Array(1))
      expect(await listed('')).toEqual(['a/b/c.json 2', 'abc 1'])
      expect(await listed('a/')).toEqual(['a/b/c.json 2'])
      const bytes: number[] = []
      for await (const chunk of bucket.read('a/b/c.json')) bytes.push(...chunk)
      expect(bytes).toEqual([4, 5])
      await expect(bucket.write('../outside', new Uint8Array(1))).rejects.toThrow('The key leads out of the bucket: ../outside')
      await expect(bucket.read('none')[Symbol.asyncIterator]().next()).rejects.toThrow('ENOENT')
      expect(await readdir(directory)).toEqual(['bucket'])
    } finally {
      await rm(directory, { recursive: true })
    }
  })
})
