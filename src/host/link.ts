// The page's end: gathers requests per microtask into one text of reads and one of writes, sends what is unanswered
// again, word for word, to the next host, and drops answers of lower epochs. What it knows of worker, ports and page
// events comes through `LinkPlatform`. In the page's size budget: keep it small.
// Invariant T1/S5: a batch leaves the books only with an answer of the highest epoch seen, or with a final error.
import type { Environment, Timer } from '../model/environment.ts'
import type { ErrorData } from '../model/errors.ts'
import { errorFromData, StorageException } from '../model/errors.ts'
import type {
  DatabaseState,
  HelloMessage,
  HostMessage,
  HostPort,
  PushBatch,
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
/** Requests of one kind. */
class Outbox {
  /** To be sent at the end of the task, or once connected: texts with commas between them. */
  gathered = ''
  first = 0
  /** Batches sent and unanswered, by the counter of their first request, in its order. */
  readonly sent = new Map<number, string>()

  add(counter: number, text: string): void {
    if (this.gathered === '') this.first = counter
    else this.gathered += ','
    this.gathered += text
  }
}

/** A port that has been silent for so long, with requests waiting, is asked; silent as long again, replaced. */
const SILENCE_MS = 2000

export class Link {
  readonly #platform: LinkPlatform
  readonly #tab: TabControl
  readonly #statusListeners: ((status: LinkStatus) => void)[] = []
  readonly #waiting = new Map<number, Waiting>()
  readonly #writes = new Outbox()
  readonly #reads = new Outbox()
  /** Never kept: connecting subscribes to all. */
  readonly #subscribing = new Outbox()
  #scheduled = false
  #counter = 0
  #port: HostPort | undefined
  #attempt = 0
  #epoch = 0
  #status: LinkStatus = { state: 'OPENING' }
  readonly #subscriptions = new Map<number, readonly [query: object, listener: SubscriptionListener]>()
  #lastSubscription = 0
  #lastPush = 0
  #timer: Timer | undefined
  #heard = false
  #asked = false

  constructor(platform: LinkPlatform) {
    this.#platform = platform
    this.#tab = platform.start({
      connected: (port, epoch) => this.#connect(port, epoch),
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
      const text = JSON.stringify(options === undefined ? [counter, operation, input] : [counter, operation, input, options])
      const outbox = isReadOperation(operation) ? this.#reads : this.#writes
      outbox.add(counter, text)
      this.#waiting.set(counter, { resolve, reject })
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

  #connect(port: HostPort, epoch: number): void {
    if (epoch < this.#epoch || this.#status.state === 'CLOSED') return
    this.#epoch = epoch
    const attempt = this.#disconnect()
    port.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data as string) as HostMessage
      if ('answers' in message) this.#answered(message)
      else if ('pushes' in message) this.#pushed(message, port)
      // Else another host, or a hide, came meanwhile.
      else if (attempt === this.#attempt) this.#welcomed(message.version, port)
    })
    port.start?.()
    const hello: HelloMessage = { version: PROTOCOL_VERSION, client: this.#platform.client, attempt }
    port.postMessage(JSON.stringify(hello))
  }

  #welcomed(version: number, port: HostPort): void {
    if (version !== PROTOCOL_VERSION) {
      const message = `The database's host speaks version ${version} of the protocol, this page ${PROTOCOL_VERSION}`
      this.#tabStatus('UPDATE_REQUIRED', { name: 'UpdateRequiredException', message })
      return
    }
    this.#port = port
    this.#lastPush = 0
    this.#subscribing.gathered = ''
    for (const [subscription, [query]] of this.#subscriptions) this.#gatherControl(SUBSCRIBE, { subscription, query })
    for (const { sent } of [this.#writes, this.#reads]) for (const text of sent.values()) port.postMessage(text)
    this.#flush()
    this.#setStatus('OPEN')
  }

  #disconnect(): number {
    this.#port = undefined
    return ++this.#attempt
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    void Promise.resolve().then(this.#flush)
  }

  /** Bound: each request passes here. */
  readonly #flush = (): void => {
    this.#scheduled = false
    const port = this.#port
    if (port === undefined) return
    for (const outbox of [this.#writes, this.#reads, this.#subscribing]) {
      const { gathered, first, sent } = outbox
      if (gathered === '') continue
      outbox.gathered = ''
      const text = this.#text(gathered, outbox === this.#writes ? first : undefined)
      if (first > 0) sent.set(first, text)
      port.postMessage(text)
    }
  }

  /** A RequestBatch: all writes below the oldest unanswered one are confirmed. */
  #text(requests: string, firstWrite = this.#counter + 1): string {
    const [oldest = firstWrite] = this.#writes.sent.keys()
    return `{"confirmed":${oldest - 1},"sentAt":${this.#platform.environment.now()},"requests":[${requests}]}`
  }

  #answered({ epoch, answers }: ResponseBatch): void {
    if (epoch < this.#epoch) return
    this.#heard = true
    const first = answers[0]?.[0] ?? 0
    if (!this.#reads.sent.delete(first)) this.#writes.sent.delete(first)
    for (const [counter, ok, body] of answers) {
      const waiting = this.#waiting.get(counter)
      if (waiting === undefined) continue
      this.#waiting.delete(counter)
      if (ok === 1) waiting.resolve(body)
      else waiting.reject(errorFromData(body))
    }
  }

  #pushed({ epoch, sequence, pushes }: PushBatch, port: HostPort): void {
    if (epoch < this.#epoch || port !== this.#port) return
    this.#heard = true
    if (sequence !== ++this.#lastPush) {
      this.#disconnect()
      this.#tab.reconnect()
      return
    }
    for (const push of pushes) {
      if (push[0] === 'lost') {
        this.#setStatus('OPEN', push[1] && errorFromData(push[1]))
        continue
      }
      const [kind, subscription, body] = push
      const listener = this.#subscriptions.get(subscription)?.[1]
      if (kind === 'failed') listener?.failed(errorFromData(body))
      else listener?.[kind](body as never)
    }
  }

  #control(operation: string, input: object): void {
    // Without a port there is nothing to do: connecting subscribes to all.
    if (this.#port === undefined) return
    this.#gatherControl(operation, input)
    this.#schedule()
  }

  #gatherControl(operation: string, input: object): void {
    this.#subscribing.add(0, JSON.stringify([0, operation, input]))
  }

  /** A backstop for a port, or a hello, that went dead while its host lives; the workers watch the hosts themselves. */
  #watch(): void {
    if (this.#timer !== undefined) return
    this.#timer = this.#platform.environment.setTimer(SILENCE_MS, () => {
      this.#timer = undefined
      if (this.#waiting.size === 0) return
      if (!this.#heard && this.#asked) this.#tab.reconnect()
      this.#asked = !this.#heard && !this.#asked
      if (this.#asked) this.#port?.postMessage(this.#text(''))
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
    for (const outbox of [this.#writes, this.#reads]) {
      outbox.sent.clear()
      outbox.gathered = ''
    }
    for (const { reject } of waiting) reject(error)
  }
}

function closedError(): Error {
  return new StorageException('The database is closed', { reason: 'CLOSED' })
}
