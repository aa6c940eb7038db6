// J1 and J2 of DESIGN.md section 3, over random histories with restarts, page faults, shards that split, streams that are
// switched and tables that are deleted: reading a stream from TRIM_HORIZON gives the model's changes of the last 24 hours, a
// reader that follows shards and checkpoints meets each change once, and undoing the records gives the table's past.
import fc from 'fast-check'
import { describe as group, expect, it } from 'vitest'
import type { AttributeMap } from '../../src/model/attribute-value.ts'
import { createStreamed, describe, HandEnvironment, HOUR, iteratorOf, MINUTE, openServices, readStream, records, type PlainRecord, type ServiceFixture } from './service-fixture.ts'

const RUNS = Number(process.env['HOLDFAST_RUNS'] ?? '1')
const TABLE = 'tab'
const IDS = ['a', 'b', 'c', 'd']

type Write = { readonly id: string; readonly v: number | undefined }
type Command =
  | { readonly kind: 'put' | 'update'; readonly id: string; readonly v: number }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'transact' | 'batch'; readonly writes: readonly Write[] }
  | { readonly kind: 'advance'; readonly minutes: number }
  | { readonly kind: 'toggle' | 'recreate' | 'restart' }
  | { readonly kind: 'check'; readonly limit: number }

const id = fc.constantFrom(...IDS)
const v = fc.integer({ min: 0, max: 2 })
const writes = fc.uniqueArray(fc.record({ id, v: fc.option(v, { nil: undefined }) }), { selector: ({ id }) => id, minLength: 1, maxLength: 4 })
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constantFrom('put', 'update'), id, v }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete'), id }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('transact', 'batch'), writes }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('advance'), minutes: fc.constantFrom(0, 1, 30, 239, 240, 241, 355) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('toggle', 'recreate') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('restart') }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('check'), limit: fc.constantFrom(1, 2, 1000) }) },
)

interface Change {
  readonly at: number
  readonly id: string
  readonly old: AttributeMap | undefined
  readonly now: AttributeMap | undefined
}
interface ModelStream {
  readonly arn: string
  readonly changes: Change[]
  closedAt: number | undefined
}

/** Follows a stream as a consumer with checkpoints does: parents first, each shard from its last sequence number on. */
class Follower {
  readonly seen: PlainRecord[] = []
  readonly #checkpoints = new Map<string, string>()
  readonly #finished = new Set<string>()

  async poll(run: ServiceFixture['run'], arn: string, Limit: number): Promise<void> {
    for (const { ShardId: shard } of (await describe(run, arn)).Shards) {
      if (this.#finished.has(shard)) continue
      const last = this.#checkpoints.get(shard)
      const more = last === undefined ? {} : { SequenceNumber: last }
      let iterator: string | undefined = await iteratorOf(run, arn, shard, last === undefined ? 'TRIM_HORIZON' : 'AFTER_SEQUENCE_NUMBER', more)
      while (iterator !== undefined) {
        const { Records, NextShardIterator } = await records(run, iterator, { Limit })
        this.seen.push(...Records)
        const number = Records.at(-1)?.dynamodb.SequenceNumber
        if (number !== undefined) this.#checkpoints.set(shard, number)
        if (NextShardIterator === undefined) this.#finished.add(shard)
        iterator = Records.length === 0 ? undefined : NextShardIterator
      }
    }
  }
}

class StreamHistory {
  #fixture: ServiceFixture
  readonly #environment = new HandEnvironment()
  readonly #streams: ModelStream[] = []
  readonly #followers = new Map<string, Follower>()
  #items = new Map<string, AttributeMap>()
  #open: ModelStream | undefined
  checked = 0

  private constructor(fixture: ServiceFixture, environment: HandEnvironment) {
    this.#fixture = fixture
    this.#environment = environment
  }

  static async start(faultEvery: number | undefined): Promise<StreamHistory> {
    const environment = new HandEnvironment()
    const fixture = await openServices({ environment, ...(faultEvery === undefined ? {} : { faultEvery }) })
    const history = new StreamHistory(fixture, environment)
    history.#begin(await createStreamed(fixture.run, TABLE))
    return history
  }

  async apply(command: Command): Promise<void> {
    const { run } = this.#fixture
    const key = (id: string) => ({ TableName: TABLE, Key: { id } })
    switch (command.kind) {
      case 'put':
        await run('PutItem', { TableName: TABLE, Item: { id: command.id, v: command.v } })
        return this.#write(command.id, { id: command.id, v: command.v })
      case 'update':
        await run('UpdateItem', { ...key(command.id), UpdateExpression: 'SET v = :v', ExpressionAttributeValues: { ':v': command.v } })
        return this.#write(command.id, { id: command.id, v: command.v })
      case 'delete':
        await run('DeleteItem', key(command.id))
        return this.#write(command.id, undefined)
      case 'transact': {
        const TransactItems = command.writes.map(({ id, v }) => (v === undefined ? { Delete: key(id) } : { Put: { TableName: TABLE, Item: { id, v } } }))
        await run('TransactWriteItems', { TransactItems })
        return this.#writeAll(command.writes)
      }
      case 'batch': {
        const requests = command.writes.map(({ id, v }) => (v === undefined ? { DeleteRequest: { Key: { id } } } : { PutRequest: { Item: { id, v } } }))
        await run('BatchWriteItem', { RequestItems: { [TABLE]: requests } })
        return this.#writeAll(command.writes)
      }
      case 'advance':
        await this.#poll(2)
        this.#environment.advance(command.minutes * MINUTE)
        return this.#fixture.engine.idle()
      case 'toggle':
        return this.#toggle()
      case 'recreate':
        await this.#poll(1000)
        await run('DeleteTable', { TableName: TABLE })
        this.#end()
        this.#items = new Map()
        return this.#begin(await createStreamed(run, TABLE))
      case 'restart':
        await this.#fixture.engine.close()
        this.#fixture = await this.#fixture.reopen()
        return
      case 'check':
        return this.check(command.limit)
    }
  }

  async close(): Promise<void> {
    await this.#fixture.engine.close()
  }

  async check(limit: number): Promise<void> {
    await this.#poll(limit)
    const { run } = this.#fixture
    const horizon = this.#environment.time - 24 * HOUR
    const readable = this.#streams.filter(({ closedAt }) => closedAt === undefined || closedAt > horizon)
    const { Streams: listed } = (await run('ListStreams', {})) as { Streams: { StreamArn: string }[] }
    expect(listed.map(({ StreamArn }) => StreamArn).sort()).toEqual(readable.map(({ arn }) => arn).sort())
    for (const stream of readable) {
      const read = await readStream(run, stream.arn, limit)
      const expected = stream.changes.filter(({ at }) => at >= horizon)
      expect(read.map(summary)).toEqual(expected.map(summaryOfChange))
      expectRising(read)
      if (stream === this.#open) this.#undo(read, expected[0])
      this.checked += read.length
    }
    for (const { arn, changes } of this.#streams) expect(this.#followers.get(arn)?.seen.map(summary)).toEqual(changes.map(summaryOfChange))
  }

  /** J2: the state before the first record that can be read. */
  #undo(read: readonly PlainRecord[], first: Change | undefined): void {
    const state = new Map(this.#items)
    for (const { dynamodb } of [...read].reverse()) {
      const id = dynamodb.Keys['id'] as string
      expect(state.get(id)).toEqual(dynamodb.NewImage)
      if (dynamodb.OldImage === undefined) state.delete(id)
      else state.set(id, dynamodb.OldImage)
    }
    if (first !== undefined) expect(state).toEqual(this.#stateBefore(first))
  }

  #stateBefore(first: Change): Map<string, AttributeMap> {
    const state = new Map(this.#items)
    const changes = this.#open?.changes ?? []
    for (const { id, old } of changes.slice(changes.indexOf(first)).reverse()) {
      if (old === undefined) state.delete(id)
      else state.set(id, old)
    }
    return state
  }

  async #poll(limit: number): Promise<void> {
    const horizon = this.#environment.time - 24 * HOUR
    for (const { arn, closedAt } of this.#streams) {
      if (closedAt === undefined || closedAt > horizon) await this.#followers.get(arn)?.poll(this.#fixture.run, arn, limit)
    }
  }

  async #toggle(): Promise<void> {
    const { run } = this.#fixture
    const isOn = this.#open !== undefined
    const StreamSpecification = isOn ? { StreamEnabled: false } : { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' }
    const { TableDescription: table } = await run('UpdateTable', { TableName: TABLE, StreamSpecification })
    if (isOn) this.#end()
    else this.#begin((table as { LatestStreamArn: string }).LatestStreamArn)
  }

  #begin(arn: string): void {
    expect(this.#streams.map((stream) => stream.arn)).not.toContain(arn)
    this.#open = { arn, changes: [], closedAt: undefined }
    this.#streams.push(this.#open)
    this.#followers.set(arn, new Follower())
  }

  #end(): void {
    if (this.#open !== undefined) this.#open.closedAt = this.#environment.time
    this.#open = undefined
  }

  #writeAll(writes: readonly Write[]): void {
    for (const { id, v } of writes) this.#write(id, v === undefined ? undefined : { id, v })
  }

  #write(id: string, now: AttributeMap | undefined): void {
    const old = this.#items.get(id)
    if (old?.['v'] === now?.['v']) return
    if (now === undefined) this.#items.delete(id)
    else this.#items.set(id, now)
    this.#open?.changes.push({ at: this.#environment.time, id, old, now })
  }
}

function summary({ eventName, dynamodb }: PlainRecord): object {
  return { eventName, at: dynamodb.ApproximateCreationDateTime, id: dynamodb.Keys['id'], old: dynamodb.OldImage, now: dynamodb.NewImage }
}
function summaryOfChange({ at, id, old, now }: Change): object {
  return { eventName: old === undefined ? 'INSERT' : now === undefined ? 'REMOVE' : 'MODIFY', at: Math.floor(at / 1000), id, old, now }
}
function expectRising(read: readonly PlainRecord[]): void {
  const numbers = read.map(({ dynamodb }) => dynamodb.SequenceNumber)
  expect(numbers).toEqual([...new Set(numbers)].sort())
}

async function check(numRuns: number, faultEvery?: number): Promise<number> {
  let checked = 0
  await fc.assert(
    fc.asyncProperty(fc.array(command, { maxLength: 60, size: 'max' }), async (commands) => {
      const history = await StreamHistory.start(faultEvery)
      try {
        for (const each of commands) await history.apply(each)
        await history.check(1000)
        checked += history.checked
      } finally {
        await history.close()
      }
    }),
    { numRuns: numRuns * RUNS, endOnFailure: false },
  )
  return checked
}

group('streams and the model', () => {
  it('agree on random histories (J1, J2)', async () => {
    expect(await check(60)).toBeGreaterThan(100)
  }, 60_000 * RUNS)

  it('agree where pages fault', async () => {
    await check(30, 5)
  }, 60_000 * RUNS)
})
