// The page's end: gathers requests per microtask into one call for reads and one for writes, sends what is unanswered
// again, word for word, to the next host, and drops answers of lower epochs. What it knows of worker, ports and page
// events comes through `LinkPlatform`. In the page's size budget: keep it small.
// Invariant T1/S5: a batch leaves the books only with an answer of the highest epoch seen, or with a final error.
import type { Environment, Timer } from '../model/environment.ts'
import type { ErrorData } from '../model/errors.ts'
import { errorFromData, StorageException } from '../model/errors.ts'
import type {
  DatabaseState,
  HostPort,
  PushBatch,
  PushMessage,
  RequestMessage,
  RequestOptionsMessage,
  ResponseBatch,
  TabControl,
  TabEvents,
} from './protocol.ts'
import { isReadOperation, PROTOCOL_VERSION, SUBSCRIBE, UNSUBSCRIBE } from './protocol.ts'

export interface LinkPlatform {
  readonly environment: Pick<Environment, 'now' | 'setTimer'>
  /** Random, one per page and database. */
  readonly client: string
  /** Starts the tab's worker; ports arrive through `events`. */
  start(events: TabEvents<HostPort>): TabControl
}

export interface LinkStatus {
  readonly state: DatabaseState
  readonly error?: Error
}

/** What a subscription hears; the protocol's pushes without their number. */
export interface SubscriptionListener {
  snapshot(entries: readonly (readonly [token: string, item: object])[]): void
  change(entries: readonly (readonly [token: string, item: object | null])[]): void
  failed(error: Error): void
}

interface Waiting {
  resolve(output: object): void
  reject(error: Error): void
}
interface Batch {
  /** The first counter of a batch of writes. */
  readonly firstWrite: number | undefined
  readonly text: string
}

/** A port that has been silent for so long, with requests waiting, is asked; silent as long again, replaced. */
const SILENCE_MS = 2000

export class Link {
  readonly #platform: LinkPlatform
  readonly #tab: TabControl
  readonly #statusListeners: ((status: LinkStatus) => void)[] = []
  readonly #waiting = new Map<number, Waiting>()
  /** Sent and unanswered, in order of their counters. */
  readonly #sentWrites = new Set<Batch>()
  readonly #sentReads = new Set<Batch>()
  /** To be sent at the end of the task, or once connected. */
  #writes: RequestMessage[] = []
  #reads: RequestMessage[] = []
  #subscribing: RequestMessage[] = []
  #scheduled = false
  #counter = 0
  #port: HostPort | undefined
  #attempt = 0
  #epoch = 0
  #status: LinkStatus = { state: 'OPENING' }
  /** The host's notice that everything was lost: told with OPEN, and no request's affair. */
  #lost: Error | undefined
  readonly #subscriptions = new Map<number, readonly [query: object, listener: SubscriptionListener]>()
  #lastSubscription = 0
  #lastPush = 0
  #timer: Timer | undefined
  #heard = false
  #asked = false

  constructor(platform: LinkPlatform) {
    this.#platform = platform
    this.#tab = platform.start({
      connected: (port, epoch) => void this.#connect(port, epoch),
      status: (state, error) => this.#tabStatus(state, error),
    })
  }

  get status(): LinkStatus {
    return this.#status
  }

  onStatus(listener: (status: LinkStatus) => void): void {
    this.#statusListeners.push(listener)
  }

  /** Runs an operation at the host. Rejects with the HoldfastException that the operation met, or when the link is closed. */
  request<Output extends object>(operation: string, input: object, options?: RequestOptionsMessage): Promise<Output> {
    const { state, error } = this.#status
    if (state === 'CLOSED' || (state !== 'OPEN' && error)) return Promise.reject(error ?? closedError())
    return new Promise<object>((resolve, reject) => {
      const counter = ++this.#counter
      this.#waiting.set(counter, { resolve, reject })
      const gathered = isReadOperation(operation) ? this.#reads : this.#writes
      gathered.push(options === undefined ? [counter, operation, input] : [counter, operation, input, options])
      this.#schedule()
      this.#watch()
    }) as Promise<Output>
  }

  /** Follows a live query across hosts: each new host begins with a new snapshot (T3). Returns what ends it. */
  subscribe(query: object, listener: SubscriptionListener): () => void {
    const subscription = ++this.#lastSubscription
    this.#subscriptions.set(subscription, [query, listener])
    this.#control(SUBSCRIBE, { subscription, query })
    return () => {
      if (this.#subscriptions.delete(subscription)) this.#control(UNSUBSCRIBE, { subscription })
    }
  }

  /** The page is put aside (`pagehide`, `freeze`): the host may not live here now. */
  hide(): void {
    this.#disconnect()
    this.#tab.hide()
  }

  show(): void {
    this.#tab.show()
  }

  async close(): Promise<void> {
    if (this.#status.state === 'CLOSED') return
    this.#disconnect()
    this.#setStatus('CLOSED')
    this.#rejectAll(closedError())
    await this.#tab.close()
  }

  async #connect(port: HostPort, epoch: number): Promise<void> {
    if (epoch < this.#epoch || this.#status.state === 'CLOSED') return
    this.#epoch = epoch
    const attempt = this.#disconnect()
    this.#lastPush = 0
    this.#lost = undefined
    const version = await port.hello(PROTOCOL_VERSION, this.#platform.client, attempt, (text) => this.#pushed(text, attempt))
    // Another host, or a hide, came meanwhile.
    if (attempt !== this.#attempt) return
    if (version !== PROTOCOL_VERSION) {
      const message = `The database's host speaks protocol ${version}, this page ${PROTOCOL_VERSION}`
      this.#tabStatus('UPDATE_REQUIRED', { name: 'UpdateRequiredException', message })
      return
    }
    this.#port = port
    this.#subscribing = [...this.#subscriptions].map(([subscription, [query]]) => [0, SUBSCRIBE, { subscription, query }])
    for (const batches of [this.#sentWrites, this.#sentReads]) for (const batch of batches) this.#send(batch, batches, port)
    this.#flush()
    this.#setStatus('OPEN', this.#lost)
  }

  #disconnect(): number {
    this.#port = undefined
    return ++this.#attempt
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    void Promise.resolve().then(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  #flush(): void {
    const port = this.#port
    if (port === undefined) return
    if (this.#writes.length > 0) {
      const requests = this.#writes
      this.#writes = []
      this.#compose(requests, this.#sentWrites, port, requests[0]?.[0])
    }
    const reads = this.#reads
    const subscribing = this.#subscribing
    this.#reads = []
    this.#subscribing = []
    if (reads.length > 0) this.#compose(reads, this.#sentReads, port, undefined)
    if (subscribing.length > 0) this.#exchange(this.#text(subscribing, undefined), port)
  }

  #compose(requests: readonly RequestMessage[], batches: Set<Batch>, port: HostPort, firstWrite: number | undefined): void {
    const batch = { firstWrite, text: this.#text(requests, firstWrite) }
    batches.add(batch)
    this.#send(batch, batches, port)
  }

  #text(requests: readonly RequestMessage[], firstWrite: number | undefined): string {
    const [oldest] = this.#sentWrites
    const confirmed = (oldest?.firstWrite ?? firstWrite ?? this.#writes[0]?.[0] ?? this.#counter + 1) - 1
    const { client, environment } = this.#platform
    return JSON.stringify({ client, confirmed, sentAt: environment.now(), requests })
  }

  #send(batch: Batch, batches: Set<Batch>, port: HostPort): void {
    this.#exchange(batch.text, port, () => batches.delete(batch))
  }

  #exchange(text: string, port: HostPort, done?: () => void): void {
    void port.exchange(text).then((answer) => this.#answered(JSON.parse(answer) as ResponseBatch, done))
  }

  #answered({ epoch, answers }: ResponseBatch, done: (() => void) | undefined): void {
    if (epoch < this.#epoch) return
    this.#heard = true
    done?.()
    for (const [counter, ok, body] of answers) {
      const waiting = this.#waiting.get(counter)
      if (waiting === undefined) continue
      this.#waiting.delete(counter)
      if (ok === 1) waiting.resolve(body)
      else waiting.reject(errorFromData(body))
    }
  }

  /** May come before the answer to the hello. */
  #pushed(text: string, attempt: number): void {
    const { epoch, sequence, pushes } = JSON.parse(text) as PushBatch
    if (epoch < this.#epoch || attempt !== this.#attempt) return
    this.#heard = true
    if (sequence !== ++this.#lastPush) {
      this.#disconnect()
      this.#tab.reconnect()
      return
    }
    for (const push of pushes) this.#deliver(push)
  }

  #deliver(push: PushMessage): void {
    if (push[0] === 'lost') {
      this.#lost = push[1] && errorFromData(push[1])
      this.#setStatus('OPEN', this.#lost)
      return
    }
    const listener = this.#subscriptions.get(push[1])?.[1]
    if (push[0] === 'snapshot') listener?.snapshot(push[2])
    else if (push[0] === 'change') listener?.change(push[2])
    else listener?.failed(errorFromData(push[2]))
  }

  #control(operation: string, input: object): void {
    // Without a port there is nothing to do: connecting subscribes to all.
    if (this.#port === undefined) return
    this.#subscribing.push([0, operation, input])
    this.#schedule()
  }

  /** A backstop for a port, or a hello, that went dead while its host lives; the workers watch the hosts themselves. */
  #watch(): void {
    if (this.#timer !== undefined) return
    this.#timer = this.#platform.environment.setTimer(SILENCE_MS, () => {
      this.#timer = undefined
      if (this.#waiting.size === 0) return
      if (!this.#heard && this.#asked) this.#tab.reconnect()
      this.#asked = !this.#heard && !this.#asked
      if (this.#port !== undefined && this.#asked) this.#exchange(this.#text([], undefined), this.#port)
      this.#heard = false
      this.#watch()
    })
  }

  #tabStatus(state: 'OPENING' | 'UPDATE_REQUIRED' | 'FAILED', data?: ErrorData): void {
    if (this.#status.state === 'CLOSED') return
    if (data === undefined) {
      this.#setStatus(this.#epoch > 0 ? 'RECOVERING' : 'OPENING')
      return
    }
    const error = errorFromData(data)
    this.#disconnect()
    this.#setStatus(state, error)
    this.#rejectAll(error)
  }

  #setStatus(state: DatabaseState, error?: Error): void {
    if (state === this.#status.state && error === this.#status.error) return
    this.#status = error === undefined ? { state } : { state, error }
    for (const listener of this.#statusListeners) listener(this.#status)
  }

  #rejectAll(error: Error): void {
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    this.#sentWrites.clear()
    this.#sentReads.clear()
    this.#writes = []
    this.#reads = []
    for (const { reject } of waiting) reject(error)
  }
}

function closedError(): Error {
  return new StorageException('The database is closed', { reason: 'CLOSED' })
}
