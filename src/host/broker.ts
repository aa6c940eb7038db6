// The switchboard in the SharedWorker: passes MessagePorts from one tab's worker to another's, since ports can't travel
// over a BroadcastChannel. All it knows is which tab said hello on which port; a new instance (its id tells) knows
// nothing, and the tabs say hello again. One serves all databases of the origin: tab ids are random.
import type { Environment } from '../model/environment.ts'
import type { MessageEndpoint } from './endpoint.ts'

/** `attempt` rises with each new connection of that tab: an older one's hello may come later. */
type ToBroker = { readonly hello: string; readonly attempt: number } | { readonly to: string; readonly port: MessageEndpoint & Transferable }
type FromBroker = { readonly welcome: string } | { readonly port: MessageEndpoint & Transferable }

export class Broker {
  readonly #instance: string
  readonly #tabs = new Map<string, { readonly endpoint: MessageEndpoint; readonly attempt: number }>()
  /** Ports for tabs that have not said hello to this instance yet. */
  readonly #waiting = new Map<string, (MessageEndpoint & Transferable)[]>()

  constructor(instance: string) {
    this.#instance = instance
  }

  /** A tab's connection to the SharedWorker. */
  connect(endpoint: MessageEndpoint): void {
    endpoint.addEventListener('message', ({ data }) => {
      const message = data as ToBroker
      if ('hello' in message) this.#hello(message.hello, message.attempt, endpoint)
      else this.#pass(message.to, message.port)
    })
    endpoint.start?.()
  }

  #hello(tab: string, attempt: number, endpoint: MessageEndpoint): void {
    if (attempt < (this.#tabs.get(tab)?.attempt ?? 0)) return
    this.#tabs.set(tab, { endpoint, attempt })
    endpoint.postMessage({ welcome: this.#instance } satisfies FromBroker)
    const ports = this.#waiting.get(tab) ?? []
    this.#waiting.delete(tab)
    for (const port of ports) this.#pass(tab, port)
  }

  #pass(to: string, port: MessageEndpoint & Transferable): void {
    const tab = this.#tabs.get(to)
    if (tab !== undefined) tab.endpoint.postMessage({ port } satisfies FromBroker, [port])
    else this.#waiting.set(to, [...(this.#waiting.get(to) ?? []), port])
  }
}

/** A broker that has not answered a hello for so long counts as dead; a late answer still counts as alive. */
const WELCOME_MS = 400

/** A tab's side of the broker. */
export class BrokerConnection<Port extends MessageEndpoint & Transferable> {
  readonly #tab: string
  readonly #environment: Environment
  readonly #open: () => Promise<MessageEndpoint | undefined>
  readonly #onPort: (port: Port) => void
  #endpoint: MessageEndpoint | undefined
  #instance: string | undefined
  #attempt = 0
  #refreshing: Promise<string | undefined> | undefined

  /** `open`: a new connection to the SharedWorker, made by the page; undefined where there is none. `onPort`: a tab wants to talk. */
  constructor(tab: string, environment: Environment, open: () => Promise<MessageEndpoint | undefined>, onPort: (port: Port) => void) {
    this.#tab = tab
    this.#environment = environment
    this.#open = open
    this.#onPort = onPort
  }

  /** The instance we last said hello to. */
  get instance(): string | undefined {
    return this.#instance
  }

  /** Connects anew, to whatever broker lives now. Resolves with its instance id; undefined: there is none. */
  refresh(): Promise<string | undefined> {
    this.#refreshing ??= this.#connect().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  /** Sends a port to another tab. */
  pass(to: string, port: Port): void {
    this.#endpoint?.postMessage({ to, port } satisfies ToBroker, [port])
  }

  close(): void {
    this.#endpoint?.close()
    this.#endpoint = undefined
    this.#instance = undefined
  }

  #connect(): Promise<string | undefined> {
    this.close()
    return new Promise((resolve) => {
      // A page whose main thread is busy opens nothing; a broker that just died welcomes nobody.
      const timer = this.#environment.setTimer(WELCOME_MS, () => resolve(undefined))
      let endpoint: MessageEndpoint | undefined
      const listener = ({ data }: { readonly data: unknown }): void => {
        const message = data as FromBroker
        if ('port' in message) {
          this.#onPort(message.port as Port)
          return
        }
        timer.cancel()
        if (endpoint === this.#endpoint) this.#instance = message.welcome
        resolve(message.welcome)
      }
      void this.#open().then((opened) => {
        endpoint = opened
        if (endpoint === undefined) {
          timer.cancel()
          resolve(undefined)
          return
        }
        this.#endpoint?.close()
        this.#endpoint = endpoint
        endpoint.addEventListener('message', listener)
        endpoint.start?.()
        endpoint.postMessage({ hello: this.#tab, attempt: ++this.#attempt } satisfies ToBroker)
      })
    })
  }
}
