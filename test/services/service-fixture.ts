// An engine with its services over the memory store, whose clock and timers a test turns by hand.
import { SERVICES } from '../../src/services/services.ts'
import type { StreamRecord } from '../../src/services/stream-record.ts'
import type { AttributeMap } from '../../src/model/attribute-value.ts'
import { openEngine, simpleTable, TestEnvironment, type EngineFixture, type FixtureOptions } from '../engine/engine-fixture.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

export class HandEnvironment extends TestEnvironment {
  #timers: { readonly at: number; readonly run: () => void }[] = []

  override setTimer(delayMs: number, run: () => void) {
    const timer = { at: this.time + delayMs, run }
    this.#timers.push(timer)
    return { cancel: () => void (this.#timers = this.#timers.filter((other) => other !== timer)) }
  }

  get timers(): number {
    return this.#timers.length
  }

  advance(ms: number): void {
    this.time += ms
    const due = this.#timers.filter(({ at }) => at <= this.time)
    this.#timers = this.#timers.filter(({ at }) => at > this.time)
    for (const { run } of due) run()
  }
}

export interface ServiceFixture extends EngineFixture {
  readonly environment: HandEnvironment
  reopen(options?: FixtureOptions): Promise<ServiceFixture>
}

/** Turned by hand. */
export async function openServices(options: FixtureOptions = {}): Promise<ServiceFixture> {
  const environment = new HandEnvironment()
  return (await openEngine({ services: SERVICES, environment, ...options })) as ServiceFixture
}

export interface Image {
  readonly [name: string]: unknown
}
/** As it reaches a page: images as plain maps. */
export type PlainRecord = Omit<StreamRecord, 'dynamodb'> & {
  readonly dynamodb: Omit<StreamRecord['dynamodb'], 'NewImage' | 'OldImage'> & { readonly NewImage?: AttributeMap; readonly OldImage?: AttributeMap }
}
export interface Description {
  readonly StreamStatus: string
  readonly Shards: readonly {
    readonly ShardId: string
    readonly ParentShardId?: string
    readonly SequenceNumberRange: { readonly StartingSequenceNumber: string; readonly EndingSequenceNumber?: string }
  }[]
  readonly LastEvaluatedShardId?: string
  readonly [name: string]: unknown
}

type Run = EngineFixture['run']

/** Creates a table with a stream; resolves with the stream's ARN. */
export async function createStreamed(run: Run, name: string, view = 'NEW_AND_OLD_IMAGES'): Promise<string> {
  const { TableDescription: table } = await run('CreateTable', simpleTable(name, { StreamSpecification: { StreamEnabled: true, StreamViewType: view } }))
  return (table as { LatestStreamArn: string }).LatestStreamArn
}

export async function describe(run: Run, StreamArn: string, more: object = {}): Promise<Description> {
  return (await run('DescribeStream', { StreamArn, ...more }))['StreamDescription'] as Description
}

export async function iteratorOf(run: Run, StreamArn: string, ShardId: string, ShardIteratorType = 'TRIM_HORIZON', more: object = {}): Promise<string> {
  return (await run('GetShardIterator', { StreamArn, ShardId, ShardIteratorType, ...more }))['ShardIterator'] as string
}

export async function records(run: Run, ShardIterator: string, more: object = {}): Promise<{ Records: PlainRecord[]; NextShardIterator?: string }> {
  return (await run('GetRecords', { ShardIterator, ...more })) as never
}

/** All shards from TRIM_HORIZON, each until it is drained or nothing is left in it. */
export async function readStream(run: Run, arn: string, Limit = 1000): Promise<PlainRecord[]> {
  const all: PlainRecord[] = []
  for (const { ShardId } of (await describe(run, arn)).Shards) {
    let iterator: string | undefined = await iteratorOf(run, arn, ShardId)
    while (iterator !== undefined) {
      const page = await records(run, iterator, { Limit })
      all.push(...page.Records)
      iterator = page.Records.length === 0 ? undefined : page.NextShardIterator
    }
  }
  return all
}
