// A small engine on a shared disk, for tests of the host floor: counters that ADD, puts that must be unique, a live view.
// The disk fences as the real log does: a commit or a check of an engine whose epoch is not the disk's fails (S5).
// It counts how often each operation was applied, so that a test can ask for "exactly once" (T1).
import type { HostedEngine, SubscriptionSink } from '../../../src/host/hosted-engine.ts'
import type { Environment } from '../../../src/model/environment.ts'
import { StorageException, ValidationException } from '../../../src/model/errors.ts'
import type { RequestContext } from '../../../src/engine/operation.ts'
import type { Settlement } from '../../../src/storage/store.ts'

/** What outlives engines. */
export class ModelDisk {
  epoch = 0
  readonly counters = new Map<string, number>()
  readonly settlements = new Map<string, Settlement>()
  lost: StorageException | undefined
  /** Operation id (chosen by the test) to the times that it was applied. */
  readonly applied = new Map<string, number>()
}

interface Write {
  readonly name: string
  readonly by: number
  readonly id: string
  readonly context: RequestContext
  readonly resolve: (output: object) => void
  readonly reject: (error: Error) => void
}

export interface ModelOptions {
  /** How long a commit, or a look at the disk, takes. */
  readonly delayMs: () => number
}

export class ModelEngine implements HostedEngine {
  readonly epoch: number
  readonly #disk: ModelDisk
  readonly #environment: Environment
  readonly #options: ModelOptions
  /** What reads see: the disk as it was at the opening, and own commits. An old host's is out of date. */
  readonly #known: Map<string, number>
  #gathering: Write[] = []
  #committing = false
  #failure: Error | undefined
  readonly #failureListeners: ((error: Error) => void)[] = []
  readonly #dismissalListeners: (() => void)[] = []
  readonly #sinks = new Set<SubscriptionSink>()
  /** Commits made, to see that a batch's writes share one. */
  commits = 0
  readonly confirmed: string[] = []

  constructor(disk: ModelDisk, environment: Environment, options: ModelOptions) {
    this.#disk = disk
    this.#environment = environment
    this.#options = options
    disk.epoch += 1
    this.epoch = disk.epoch
    this.#known = new Map(disk.counters)
  }

  get lost(): StorageException | undefined {
    return this.#disk.lost
  }

  onLossDismissed(listener: () => void): void {
    this.#dismissalListeners.push(listener)
  }

  dismissLoss(): void {
    this.#disk.lost = undefined
    for (const listener of this.#dismissalListeners) listener()
  }

  get subscriptions(): number {
    return this.#sinks.size
  }

  execute(operation: string, input: object, context: RequestContext): Promise<object> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure)
    const { name = '', by = 0, id = '' } = input as { readonly name?: string; readonly by?: number; readonly id?: string }
    if (operation === 'GetCounter') return Promise.resolve({ value: this.#known.get(name) ?? 0 })
    if (operation !== 'Add') return Promise.reject(new ValidationException(`Unknown operation: ${operation}`))
    return new Promise((resolve, reject) => {
      this.#gathering.push({ name, by, id, context, resolve, reject })
      if (!this.#committing) void this.#commit()
    })
  }

  subscribe(query: object, sink: SubscriptionSink): () => void {
    if ('wrong' in query) throw new ValidationException('The query is wrong')
    this.#sinks.add(sink)
    sink.snapshot([...this.#known].map(([name, value]) => [name, { name, value }]))
    return () => this.#sinks.delete(sink)
  }

  settled(id: string): Promise<Settlement | undefined> | undefined {
    const kept = this.#disk.settlements.get(id)
    return kept === undefined || kept.expiresAt <= this.#environment.now() ? undefined : Promise.resolve(kept)
  }

  confirm(ids: readonly string[]): void {
    this.confirmed.push(...ids)
    for (const id of ids) this.#disk.settlements.delete(id)
  }

  async verifyEpoch(): Promise<void> {
    await this.#wait()
    this.#assertEpoch()
  }

  onFailure(listener: (error: Error) => void): void {
    this.#failureListeners.push(listener)
  }

  close(): Promise<void> {
    this.#failure ??= new StorageException('closed', { reason: 'CLOSED' })
    return Promise.resolve()
  }

  fail(error: Error): void {
    if (this.#failure !== undefined) return
    this.#failure = error
    for (const listener of this.#failureListeners) listener(error)
  }

  async #commit(): Promise<void> {
    this.#committing = true
    // The end of the turn: what was started with the first write is in the group.
    await Promise.resolve()
    while (this.#gathering.length > 0) {
      const group = this.#gathering
      this.#gathering = []
      try {
        await this.#wait()
        this.#assertEpoch()
      } catch (error) {
        for (const { reject } of group) reject(error as Error)
        this.fail(error as Error)
        return
      }
      const outputs = group.map((write) => this.#apply(write))
      this.commits += 1
      // What became durable is known to us a little later: death may come in between.
      await this.#wait()
      group.forEach(({ name }, index) => this.#known.set(name, outputs[index]?.value ?? 0))
      const changed = [...new Set(group.map(({ name }) => name))]
      const entries = changed.map((name) => [name, { name, value: this.#known.get(name) ?? 0 }] as const)
      for (const sink of this.#sinks) sink.change(entries)
      group.forEach(({ resolve }, index) => resolve(outputs[index] ?? {}))
    }
    this.#committing = false
  }

  #apply({ name, by, id, context }: Write): { readonly value: number } {
    const value = (this.#disk.counters.get(name) ?? 0) + by
    this.#disk.counters.set(name, value)
    this.#disk.applied.set(id, (this.#disk.applied.get(id) ?? 0) + 1)
    const output = { value }
    const settlement = context.settlement?.(output)
    if (settlement !== undefined) this.#disk.settlements.set(settlement.id, settlement)
    return output
  }

  #assertEpoch(): void {
    if (this.#disk.epoch !== this.epoch) throw new StorageException('Another host took over', { reason: 'LEASE_LOST' })
  }

  #wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#environment.setTimer(this.#options.delayMs(), resolve)
    })
  }
}
