// Serves one engine to any number of pages. A batch's requests start in one task (so that its writes share a group
// commit) and its answers leave together; long batches give way to other pages between slices.
// Invariant S5: once the lease is lost no answer and no push leaves any more; in doubt the epoch is read first.
import type { Environment } from '../model/environment.ts'
import { errorToData } from '../model/errors.ts'
import { BatchFacts, ClientSession, type PushSink } from './client-session.ts'
import type { HostedEngine } from './hosted-engine.ts'
import { Lease } from './lease.ts'
import type { HelloMessage, HostPort, PageMessage, RequestBatch, RequestMessage, WelcomeMessage } from './protocol.ts'
import { PROTOCOL_VERSION } from './protocol.ts'

/** A task that has run for so long lets others in. */
const SLICE_MS = 6
/** Requests between two looks at the clock. */
const REQUESTS_PER_LOOK = 16

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

  /** Answers what comes over the port; which page it is turns up with its hello. */
  serve(port: HostPort): void {
    const connection = new Connection(this.epoch, this.#lease, port)
    port.addEventListener('message', ({ data }) => {
      if (this.#lease.lost) return
      const message = JSON.parse(data as string) as PageMessage
      if ('requests' in message) void this.#exchange(message, data as string, connection)
      else this.#greet(message, connection)
    })
    port.start?.()
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

  #greet({ version, client, attempt }: HelloMessage, connection: Connection): void {
    const present = this.#connections.get(client)
    if (present !== undefined && present.attempt > attempt) return
    if (version === PROTOCOL_VERSION) {
      present?.close()
      this.#connections.set(client, connection)
      const session = this.#session(client)
      session.endSubscriptions()
      connection.start(attempt, session)
    }
    const welcome: WelcomeMessage = { version: PROTOCOL_VERSION }
    connection.port.postMessage(JSON.stringify(welcome))
    const { lost } = this.#engine
    if (lost !== undefined) connection.push(`["lost",${JSON.stringify(errorToData(lost))}]`)
  }

  async #exchange({ confirmed, sentAt, requests }: RequestBatch, text: string, connection: Connection): Promise<void> {
    const { session } = connection
    if (session === undefined) return
    session.confirm(confirmed)
    const facts = new BatchFacts(sentAt, text)
    const [request] = requests
    const isSingle = request !== undefined && requests.length === 1
    const answers = await (isSingle ? session.answer(request, facts, connection) : this.#answerAll(requests, facts, session, connection))
    if (!this.#lease.holds() && !(await this.#lease.confirm())) return
    connection.port.postMessage(`{"epoch":${this.epoch},"answers":[${answers}]}`)
  }

  /** The answers with commas between them. */
  async #answerAll(requests: readonly RequestMessage[], facts: BatchFacts, session: ClientSession, connection: Connection): Promise<string> {
    const answers: Promise<string>[] = []
    let sliceBegan = this.#environment.monotonicNow()
    for (const request of requests) {
      answers.push(session.answer(request, facts, connection))
      if (answers.length % REQUESTS_PER_LOOK > 0 || this.#environment.monotonicNow() - sliceBegan < SLICE_MS) continue
      await this.#environment.yieldTask()
      // Nothing more is begun, and nothing answered.
      if (this.#lease.lost) break
      sliceBegan = this.#environment.monotonicNow()
    }
    return (await Promise.all(answers)).join(',')
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
class Connection implements PushSink {
  readonly port: HostPort
  readonly #epoch: number
  readonly #lease: Lease
  attempt = 0
  /** The page's, while the connection is open. */
  session: ClientSession | undefined
  #waiting: string[] = []
  #flushing = false
  #sequence = 0

  constructor(epoch: number, lease: Lease, port: HostPort) {
    this.#epoch = epoch
    this.#lease = lease
    this.port = port
  }

  start(attempt: number, session: ClientSession): void {
    this.attempt = attempt
    this.session = session
  }

  close(): void {
    this.session = undefined
    this.#waiting = []
  }

  push(message: string): void {
    if (this.session === undefined) return
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
    this.port.postMessage(`{"epoch":${this.#epoch},"sequence":${this.#sequence},"pushes":[${pushes}]}`)
  }
}
