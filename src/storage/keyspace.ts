// Between engine and store: runs write steps on the head, commits them in groups, and lets every answer leave only
// when what it saw is durable (S3). One group is in flight while the next one, standing on it, gathers.
// Invariant: the log holds steps in the order in which they ran; if the group in flight fails, nothing of it or of the
// group above stays in memory, and every step that is not answered with the failure runs again (S4).
import type { Environment } from '../model/environment.ts'
import { QuotaExceededException, StorageException } from '../model/errors.ts'
import { COUNTERS_KEY, countersOf, countersRow } from './counters.ts'
import type { Counters } from './counters.ts'
import { AlreadySettled, HeadStep, IN_FLIGHT, OPEN } from './head-step.ts'
import { PendingGroup, PendingStep } from './pending-group.ts'
import { RecentWrites } from './recent-writes.ts'
import { attempt, PageFault } from './store.ts'
import type { Pin, Reader, Settlement, Store, Write } from './store.ts'
import type { Commit, KeyspaceLike, WriteOptions, WriteStep } from './write-step.ts'

export { AlreadySettled }

/** A group takes no more steps from here on; they wait until it is in flight. */
const GROUP_BYTES = 4 * 1024 * 1024
/**
 * Microtask hops between a group's first step and its commit, so that requests which a host hands over in one turn
 * meet in one group though their operations await a few settled promises on the way.
 */
const GATHERING_HOPS = 3

/** Reads the counters and takes over the store's failure and close. Rejects with StorageException. */
export async function openKeyspace(environment: Environment, store: Store): Promise<Keyspace> {
  const row = await attempt(() => store.get(COUNTERS_KEY))
  return new Keyspace(environment, store, countersOf(row))
}

export class Keyspace implements KeyspaceLike {
  readonly epoch: number
  #environment: Environment
  #store: Store
  #recent = new RecentWrites()
  #counters: Counters
  #durableSequence: number
  #stamp = 0
  #commitNumber = 0
  #open = new PendingGroup()
  #flight: PendingGroup | undefined
  #head: HeadStep
  #running = false
  /** Steps that may not run yet: the open group is full or not for them, or a step is running. */
  #backlog: PendingStep[] = []
  #scheduled = false
  #hooks: ((write: WriteStep) => void)[] = []
  #hookPins: Pin[] = []
  #hooksLoading = false
  #listeners = new Set<(commit: Commit) => void>()
  /** Steps without an answer. */
  #unanswered = 0
  /** The store can't go on: nothing may be answered any more but with this (S5). */
  #failure: Error | undefined
  #closing: Error | undefined
  #whenIdle: (() => void)[] = []

  constructor(environment: Environment, store: Store, counters: Counters) {
    this.#environment = environment
    this.#store = store
    this.#counters = counters
    this.#durableSequence = counters.sequence
    this.epoch = store.epoch
    this.#head = new HeadStep(store, this.#recent, counters, () => environment.now(), this.#open)
    store.onFailure((error) => {
      this.#failure = error
      this.#rejectAll(this.#takeWaiting(), error)
    })
  }

  stamp(): number {
    return this.#stamp
  }

  read<T>(step: (reader: Reader) => T): Promise<T> {
    const refusal = this.#failure ?? this.#closing
    if (refusal !== undefined) return Promise.reject(refusal)
    try {
      return Promise.resolve(step(this.#store))
    } catch (thrown) {
      if (!(thrown instanceof PageFault)) return Promise.reject(thrown)
      return this.#readLoading(step, thrown)
    }
  }

  write<T>(run: (write: WriteStep) => T, options?: WriteOptions): Promise<T> {
    const refusal = this.#failure ?? this.#closing
    if (refusal !== undefined) return Promise.reject(refusal)
    const step = new PendingStep(run, options?.durability === 'strict')
    let fault: PageFault | undefined
    const mayRun = this.#backlog.length === 0 && this.#mayRun(step)
    if (mayRun) {
      fault = this.#run(step)
      if (fault === undefined && !this.#attach(step)) {
        return step.failed ? Promise.reject(step.outcome) : Promise.resolve(step.outcome as T)
      }
    } else this.#backlog.push(step)
    this.#unanswered++
    const answer = new Promise(captureSettlers)
    step.resolve = capturedResolve
    step.reject = capturedReject
    if (fault !== undefined) this.#load(step, fault)
    else this.#schedule()
    return answer as Promise<T>
  }

  beforeCommit(hook: (write: WriteStep) => void): void {
    this.#hooks.push(hook)
  }

  onCommit(listener: (commit: Commit) => void): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /**
   * The kept answer of a request, also where its step is pending: then once that is durable, or undefined if it
   * failed. Undefined at once where nothing is known. Rejects with the store's failure.
   */
  settled(id: string): Promise<Settlement | undefined> | undefined {
    const pending = this.#backlog.length > 0 || this.#open.settlements.has(id) || this.#flight?.settlements.has(id) === true
    if (!pending && this.#failure === undefined && this.#store.settlement(id) === undefined) return undefined
    return this.write(() => this.#head.settlement(id))
  }

  /** The client has these answers: forget them. */
  confirm(ids: readonly string[]): void {
    this.#store.confirm(ids)
  }

  /** Commits what is pending, then closes the store. Steps that come later are refused. */
  async close(): Promise<void> {
    this.#closing ??= new StorageException('The database is closed', { reason: 'CLOSED' })
    if (this.#unanswered > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve))
    await this.#store.close()
  }

  async #readLoading<T>(step: (reader: Reader) => T, fault: PageFault): Promise<T> {
    const pin = await fault.load()
    try {
      return await attempt(() => step(this.#store))
    } finally {
      pin.release()
    }
  }

  #mayRun(step: PendingStep): boolean {
    if (this.#running) return false
    const open = this.#open
    return open.steps.length === 0 || (open.mode === step.mode && step.mode !== 'alone' && open.bytes < GROUP_BYTES)
  }

  /** Runs a step on the head; its outcome is in the step. Returns the fault that stopped it, if one did. */
  #run(step: PendingStep): PageFault | undefined {
    const head = this.#head
    this.#running = true
    head.begin(this.#open, this.#flight)
    try {
      step.outcome = step.run(head)
      head.finish()
      step.failed = false
    } catch (thrown) {
      head.undo()
      if (thrown instanceof PageFault) return thrown
      step.outcome = thrown
      step.failed = true
    } finally {
      this.#running = false
    }
    step.wrote = head.wrote
    step.grew = head.wrote && head.growth > 0
    if (step.pins !== undefined) step.releasePins()
    return undefined
  }

  /** Puts a step that ran to the group that its answer waits for; false where it need not wait. */
  #attach(step: PendingStep): boolean {
    const open = this.#open
    if (step.wrote || this.#head.seen === OPEN) {
      if (open.steps.length === 0) open.mode = step.mode
      open.steps.push(step)
      if (step.strict) open.strict = true
      return true
    }
    if (this.#head.seen !== IN_FLIGHT) return false
    this.#flight?.steps.push(step)
    return true
  }

  /** Loads what a step lacks, pins it, and lets the step run again; others go ahead meanwhile. */
  #load(step: PendingStep, fault: PageFault): void {
    fault.load().then(
      (pin) => {
        if (step.pins === undefined) step.pins = [pin]
        else step.pins.push(pin)
        if (this.#backlog.length === 0 && this.#mayRun(step)) this.#runPending(step)
        else this.#backlog.unshift(step)
        this.#schedule()
      },
      (error: unknown) => this.#rejectAll([step], error),
    )
  }

  /** Runs a step that has its promise already. */
  #runPending(step: PendingStep): void {
    if (this.#failure !== undefined) {
      this.#rejectAll([step], this.#failure)
      return
    }
    const fault = this.#run(step)
    if (fault !== undefined) this.#load(step, fault)
    else if (!this.#attach(step)) this.#answer(step)
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    afterHops(GATHERING_HOPS, () => {
      this.#scheduled = false
      this.#turn()
    })
  }

  /** Runs what waits and closes the open group if none is in flight. */
  #turn(): void {
    this.#drain()
    while (this.#flight === undefined && !this.#hooksLoading && this.#open.steps.length > 0) {
      this.#close()
      this.#drain()
    }
  }

  #drain(): void {
    const backlog = this.#backlog
    let done = 0
    while (done < backlog.length && this.#mayRun(backlog[done] as PendingStep)) this.#runPending(backlog[done++] as PendingStep)
    // A step may have come in meanwhile at the end; loads that finish come in a later turn.
    if (done > 0) backlog.splice(0, done)
  }

  /** Hands the open group to the store. */
  #close(): void {
    const group = this.#open
    if (group.hasContent() && this.#hooks.length > 0 && !this.#runHooks(group)) return
    this.#open = new PendingGroup()
    if (!group.hasContent()) {
      for (const step of group.steps) this.#answer(step)
      return
    }
    this.#flight = group
    const { sequence } = this.#counters
    const rows: Write[] = group.usedCounters ? [{ key: COUNTERS_KEY, value: countersRow(this.#counters) }] : []
    this.#store.commit(group.toBatch(rows)).then(
      () => this.#committed(group, sequence),
      (error: unknown) => this.#groupFailed(group, error),
    )
  }

  /** False where the group can't be closed now: a hook's page is loading, or a hook failed and the group with it. */
  #runHooks(group: PendingGroup): boolean {
    const head = this.#head
    this.#running = true
    head.begin(group, undefined)
    try {
      for (const hook of this.#hooks) hook(head)
      head.growth = 0
      head.finish()
    } catch (thrown) {
      head.undo()
      this.#running = false
      if (thrown instanceof PageFault) {
        this.#loadForHooks(thrown)
        return false
      }
      this.#releaseHookPins()
      this.#groupFailed(group, thrown)
      return false
    }
    this.#running = false
    this.#releaseHookPins()
    return true
  }

  #releaseHookPins(): void {
    for (const pin of this.#hookPins.splice(0)) pin.release()
  }

  #loadForHooks(fault: PageFault): void {
    this.#hooksLoading = true
    fault.load().then(
      (pin) => {
        this.#hooksLoading = false
        this.#hookPins.push(pin)
        this.#schedule()
      },
      (error: unknown) => {
        this.#hooksLoading = false
        this.#releaseHookPins()
        this.#groupFailed(this.#open, error)
      },
    )
  }

  #committed(group: PendingGroup, sequence: number): void {
    this.#flight = undefined
    this.#durableSequence = sequence
    this.#stamp++
    if (group.writes.size > 0 || group.drops.length > 0) this.#recent.add(this.#stamp, group)
    if (group.emitted.length > 0) this.#tell(group)
    for (const step of group.steps) this.#answer(step)
    this.#schedule()
  }

  #tell(group: PendingGroup): void {
    const committedAt = group.committedAt === 0 ? Math.max(this.#environment.now(), this.#counters.clock) : group.committedAt
    const commit: Commit = { epoch: this.epoch, number: ++this.#commitNumber, committedAt, steps: group.emitted }
    for (const listener of this.#listeners) {
      try {
        listener(commit)
      } catch (error) {
        // A broken listener must not keep answers back; the host's handler of unhandled rejections hears of it.
        void Promise.reject(error)
      }
    }
  }

  /** `group`, in flight or open, left no trace on disk: nor does it, and what stands on it, in memory (S4). */
  #groupFailed(group: PendingGroup, error: unknown): void {
    const isOpen = group === this.#open
    if (isOpen) this.#open = new PendingGroup()
    this.#flight = undefined
    this.#counters.sequence = this.#durableSequence
    if (isFinal(error)) {
      this.#failure ??= error
      this.#rejectAll([...group.steps, ...this.#takeWaiting()], error)
      return
    }
    const writers = group.steps.filter((step) => step.wrote)
    const isRetried = error instanceof QuotaExceededException && retryApart(writers)
    const refused = isRetried ? [] : writers
    let again = isRetried ? group.steps : group.steps.filter((step) => !step.wrote)
    again = again.concat(this.#takeWaiting())
    if (group.mode === 'alone' && error instanceof QuotaExceededException) {
      // The other growing steps of the group that failed first would meet the same end, one commit each.
      for (const step of again) if (step.mode === 'alone') refused.push(step)
      again = again.filter((step) => step.mode !== 'alone')
    }
    this.#backlog = again
    this.#rejectAll(refused, error)
    this.#schedule()
  }

  /** Empties the open group and the backlog. */
  #takeWaiting(): PendingStep[] {
    const waiting = this.#open.steps.concat(this.#backlog)
    this.#open = new PendingGroup()
    this.#backlog = []
    return waiting
  }

  #answer(step: PendingStep): void {
    this.#unanswered--
    step.settle()
    if (this.#unanswered === 0) for (const resolve of this.#whenIdle.splice(0)) resolve()
  }

  #rejectAll(steps: readonly PendingStep[], error: unknown): void {
    for (const step of steps) {
      step.releasePins()
      step.failed = true
      step.outcome = error
      this.#answer(step)
    }
  }
}

let capturedResolve: (value: unknown) => void
let capturedReject: (error: unknown) => void

/** One executor for all promises of steps: no closure per step. */
function captureSettlers(resolve: (value: unknown) => void, reject: (error: unknown) => void): void {
  capturedResolve = resolve
  capturedReject = reject
}

/**
 * Sets how the writers of a group that failed for quota run again; false where that can't help. Deletes run again once
 * in any case: the store has made room for them, if it could.
 */
function retryApart(writers: readonly PendingStep[]): boolean {
  const hasFreshDelete = writers.some((step) => !step.grew && step.mode === 'fresh')
  if (!hasFreshDelete && (writers.length === 1 || !writers.some((step) => step.grew))) return false
  for (const step of writers) step.mode = step.grew ? 'alone' : 'together'
  return true
}

function isFinal(error: unknown): error is StorageException {
  return error instanceof StorageException && (error.reason === 'LEASE_LOST' || error.reason === 'CLOSED')
}

const settled = Promise.resolve()

function afterHops(hops: number, run: () => void): void {
  void settled.then(hops === 0 ? run : () => afterHops(hops - 1, run))
}
