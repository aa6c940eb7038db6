// What every operation works with: keyspace, catalog, clock, and the tasks that go on after an answer has left.
// Operations import this and never engine.ts, which imports them: no cycle.
import type { Environment } from '../model/environment.ts'
import type { Reader } from '../storage/store.ts'
import type { KeyspaceLike, WriteStep } from '../storage/write-step.ts'
import type { Buckets } from './bucket.ts'
import type { Catalog } from './catalog.ts'
import type { EngineOptions } from './engine-options.ts'
import type { RequestContext } from './request-context.ts'
import { Traffic } from './traffic.ts'
import { Transitions } from './transitions.ts'
import { VectorCache } from './vector-cache.ts'

export class EngineCore {
  readonly keyspace: KeyspaceLike
  readonly environment: Environment
  readonly catalog: Catalog
  readonly vectors: VectorCache
  readonly buckets: Buckets
  readonly options: EngineOptions
  /** States that AWS shows for a while: CREATING, UPDATING, DELETING, ENABLING and the like. */
  readonly transitions: Transitions
  /** Units used of tables that throttle, scale or count their keys. */
  readonly traffic: Traffic
  #closing = false
  readonly #tasks = new Set<Promise<void>>()
  readonly #closeListeners: (() => void)[] = []

  constructor(keyspace: KeyspaceLike, environment: Environment, catalog: Catalog, options: EngineOptions = {}) {
    this.keyspace = keyspace
    this.environment = environment
    this.catalog = catalog
    this.buckets = options.buckets ?? new Map()
    this.vectors = new VectorCache(keyspace, catalog, () => environment.yieldTask())
    this.options = options
    this.transitions = new Transitions(environment, options.timing ?? 'short')
    this.traffic = new Traffic(environment, options.throttling ?? true)
  }

  /** Background tasks look at this between their slices and stop. */
  get closing(): boolean {
    return this.#closing
  }

  read<T>(step: (reader: Reader) => T): Promise<T> {
    return this.keyspace.read(step)
  }

  /** Runs an operation's one write step and settles its answer in the same log record (T1). The step may run several times. */
  write<Output extends object>(context: RequestContext, step: (write: WriteStep) => Output): Promise<Output> {
    const { durability, settlement } = context
    return this.keyspace.write(
      (write) => {
        const output = step(write)
        if (settlement !== undefined) write.settle(settlement(output))
        return output
      },
      durability === undefined ? undefined : { durability },
    )
  }

  /**
   * Starts work that no answer waits for: backfills, sweeps of dropped tables. What it did is in the store, so a task
   * that fails (the store is gone) is taken up again at the next opening.
   */
  startTask(run: () => Promise<void>): void {
    if (this.#closing) return
    const task: Promise<void> = run()
      .catch(() => undefined)
      .finally(() => this.#tasks.delete(task))
    this.#tasks.add(task)
  }

  /** Resolves when no background task is left. */
  async idle(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.all(this.#tasks)
  }

  /** Called when the engine closes: for timers. */
  onClose(listener: () => void): void {
    this.#closeListeners.push(listener)
  }

  /** Stops background tasks after their current slice. The keyspace stays open: whoever opened it closes it. */
  async close(): Promise<void> {
    this.#closing = true
    this.transitions.finishAll()
    for (const listener of this.#closeListeners) listener()
    await this.idle()
  }
}
