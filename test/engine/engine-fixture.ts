// An engine over the memory store, for tests: deterministic clock and ids, page faults and crashes on demand.
// `run` is `Engine.execute` with its answer as plain JSON, as a page would see it.
import type { Environment } from '../../src/model/environment.ts'
import { Engine } from '../../src/engine/engine.ts'
import type { EngineOptions } from '../../src/engine/engine-options.ts'
import type { Service } from '../../src/engine/service.ts'
import type { RequestContext } from '../../src/engine/operation.ts'
import { openKeyspace, type Keyspace } from '../../src/storage/keyspace.ts'
import { MemoryDisk, openMemoryStore, type MemoryStore, type MemoryStoreOptions } from '../../src/storage/memory/memory-store.ts'

export class TestEnvironment implements Environment {
  time = Date.UTC(2026, 0, 1)
  #ids = 0

  now(): number {
    return this.time
  }
  monotonicNow(): number {
    return this.time
  }
  random(): number {
    return 0.5
  }
  randomUuid(): string {
    return `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, '0')}`
  }
  setTimer(delayMs: number, run: () => void) {
    const timer = setTimeout(run, delayMs)
    return { cancel: () => clearTimeout(timer) }
  }
  yieldTask(): Promise<void> {
    return new Promise((resolve) => setImmediate(resolve))
  }
}

export interface EngineFixture {
  readonly engine: Engine
  readonly keyspace: Keyspace
  readonly store: MemoryStore
  readonly environment: TestEnvironment
  readonly disk: MemoryDisk
  /** Answers as they would reach a page. */
  run(operation: string, input: object, context?: RequestContext): Promise<Record<string, unknown>>
  /** A new engine on the same disk, as after a crash. */
  reopen(options?: FixtureOptions): Promise<EngineFixture>
}
export type FixtureOptions = MemoryStoreOptions & EngineOptions & { readonly environment?: TestEnvironment; readonly services?: readonly Service[] }

/** States are passed through in no time, unless a test asks for `timing: 'short'`. */
export async function openEngine(options: FixtureOptions = {}): Promise<EngineFixture> {
  const environment = options.environment ?? new TestEnvironment()
  const disk = options.disk ?? new MemoryDisk()
  const store = openMemoryStore(environment, { ...options, disk })
  const keyspace = await openKeyspace(environment, store)
  const engine = await Engine.open(keyspace, environment, { timing: 'instant', ...options }, options.services)
  return {
    engine,
    keyspace,
    store,
    environment,
    disk,
    run: async (operation, input, context) => {
      const answer = await engine.execute(operation, JSON.parse(JSON.stringify(input)) as object, context)
      return JSON.parse(JSON.stringify(answer)) as Record<string, unknown>
    },
    reopen: (again = {}) => {
      const { services } = options
      const kept = { ...engineOptionsOf(options), ...(services && { services }), ...(options.environment && { environment }) }
      return openEngine({ ...kept, ...again, disk })
    },
  }
}

/** The smallest table: partition key `id` (S), on demand. */
export function simpleTable(TableName: string, more: object = {}): object {
  return {
    TableName,
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    ...more,
  }
}

/** What a new engine on the same disk shall go on with. */
function engineOptionsOf({ buckets, timing, encryptionKeyArn, endpointAddress, throttling }: FixtureOptions): EngineOptions {
  const options = { buckets, timing, encryptionKeyArn, endpointAddress, throttling }
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
