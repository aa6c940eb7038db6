// Serves one engine to any number of pages. A batch's requests start in one task (so that its writes share a group
// commit) and its answers leave together; long batches give way to other pages between slices.
// Invariant S5: once the lease is lost no answer and no push leaves any more; in doubt the epoch is read first.
import type { Environment } from '../model/environment.ts'
import { errorToData } from '../model/errors.ts'
import type { BatchFacts } from './client-session.ts'
import { ClientSession } from './client-session.ts'
import type { HostedEngine } from './hosted-engine.ts'
import { Lease } from './lease.ts'
import { sampledTextHash } from '../model/text-hash.ts'
import type { HostPort, RequestBatch } from './protocol.ts'
import { PROTOCOL_VERSION } from './protocol.ts'

/** A task that has run for so long lets others in. */
const SLICE_MS = 6
/** Requests between two looks at the clock. */
const REQUESTS_PER_LOOK = 16

/** An answer that never comes: what a host that is none any more has to say. */
const SILENCE = new Promise<never>(() => undefined)

export class Host {
  readonly #engine: HostedEngine
  readonly #environment: Environment
  readonly #lease: Lease
  readonly #sessions = new Map<string, ClientSession>()
  /** The present connection of each client; an older one's pushes go nowhere. */
  readonly #connections = new Map<string, Connection>()

  /** `onLost`: a check found that another host took over, or that the store can't be read any more. */
  constructor(engine: HostedEngine, environment: Environment, onLost: (error: unknown) => void = () => undefined) {
    this.#engine = engine
    this.#environment = environment
    this.#lease = new Lease(environment, () => engine.verifyEpoch(), onLost)
    engine.onLossDismissed(() => {
      for (const connection of this.#connections.values()) connection.push('["lost"]')
    })
  }

  get epoch(): number {
    return this.#engine.epoch
  }

  get lease(): Lease {
    return this.#lease
  }

  /** One port's counterpart; which page it is turns up with its hello. */
  open(): HostPort {
    const connection = new Connection(this.epoch, this.#lease)
    return {
      hello: (version, client, attempt, push) => {
        const present = this.#connections.get(client)
        if (this.#lease.lost || (present !== undefined && present.attempt > attempt)) return SILENCE
        if (version === PROTOCOL_VERSION) {
          present?.close()
          this.#connections.set(client, connection)
          this.#session(client).endSubscriptions()
          connection.start(attempt, push)
          const { lost } = this.#engine
          if (lost !== undefined) connection.push(`["lost",${JSON.stringify(errorToData(lost))}]`)
        }
        return Promise.resolve(PROTOCOL_VERSION)
      },
      exchange: (text) => this.#exchange(text, connection),
    }
  }

  /** The page is gone for good or asleep. */
  drop(client: string): void {
    this.#connections.get(client)?.close()
    this.#connections.delete(client)
    const session = this.#sessions.get(client)
    session?.endSubscriptions()
    // A session with a write under way stays: a resend must find it.
    if (session?.idle === true) this.#sessions.delete(client)
  }

  /** From here on nothing is answered. */
  stop(): void {
    this.#lease.lose()
    for (const session of this.#sessions.values()) session.endSubscriptions()
    for (const connection of this.#connections.values()) connection.close()
    this.#connections.clear()
  }

  async #exchange(text: string, connection: Connection): Promise<string> {
    if (this.#lease.lost || !connection.isOpen) return SILENCE
    const batch = JSON.parse(text) as RequestBatch
    const answers = await this.#answerAll(batch, text, connection)
    if (!this.#lease.holds() && !(await this.#lease.confirm())) return SILENCE
    return `{"epoch":${this.epoch},"answers":[${answers.join(',')}]}`
  }

  async #answerAll(batch: RequestBatch, text: string, connection: Connection): Promise<readonly string[]> {
    const session = this.#session(batch.client)
    session.confirm(batch.confirmed)
    let hash: string | undefined
    const facts: BatchFacts = { sentAt: batch.sentAt, hash: () => (hash ??= sampledTextHash(text)) }
    const push = (message: string): void => connection.push(message)
    const answers: Promise<string>[] = []
    let sliceBegan = this.#environment.monotonicNow()
    for (const request of batch.requests) {
      answers.push(session.answer(request, facts, push))
      if (answers.length % REQUESTS_PER_LOOK > 0 || this.#environment.monotonicNow() - sliceBegan < SLICE_MS) continue
      await this.#environment.yieldTask()
      if (this.#lease.lost) return SILENCE
      sliceBegan = this.#environment.monotonicNow()
    }
    return Promise.all(answers)
  }

  #session(client: string): ClientSession {
    let session = this.#sessions.get(client)
    if (session === undefined) {
      session = new ClientSession(client, this.#engine, this.#environment)
      this.#sessions.set(client, session)
    }
    return session
  }
}

/**
 * One page's connection, from its hello to the next hello of that page or its end; calls outside of that are not heard:
 * a session that was forgotten no longer knows what it has confirmed. Gathers what one task pushes, in order.
 */
class Connection {
  readonly #epoch: number
  readonly #lease: Lease
  attempt = 0
  #send: ((text: string) => void) | undefined
  #waiting: string[] = []
  #flushing = false
  #sequence = 0

  constructor(epoch: number, lease: Lease) {
    this.#epoch = epoch
    this.#lease = lease
  }

  get isOpen(): boolean {
    return this.#send !== undefined
  }

  start(attempt: number, send: (text: string) => void): void {
    this.attempt = attempt
    this.#send = send
  }

  close(): void {
    this.#send = undefined
    this.#waiting = []
  }

  push(message: string): void {
    if (this.#send === undefined) return
    this.#waiting.push(message)
    if (this.#flushing) return
    this.#flushing = true
    void this.#flush()
  }

  async #flush(): Promise<void> {
    // One microtask later, all listeners of a commit have spoken.
    await Promise.resolve()
    const held = this.#lease.holds() || (await this.#lease.confirm())
    this.#flushing = false
    if (!held || this.#waiting.length === 0) return
    const pushes = this.#waiting.join(',')
    this.#waiting = []
    this.#sequence += 1
    this.#send?.(`{"epoch":${this.#epoch},"sequence":${this.#sequence},"pushes":[${pushes}]}`)
  }
}
