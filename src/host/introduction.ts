// How a page gets a port to a host in another tab: through the broker, which passes one end of a port pair; where that
// fails or there is no SharedWorker, through a BroadcastChannel to which this worker passes the page's texts on.
// Invariant: a port is handed out only after the host has answered on it, or on the channel behind it.
import type { MessageEndpoint } from './endpoint.ts'
import { BrokerConnection } from './broker.ts'
import type { Beat, ControlMessage, RelayRequest } from './control-channel.ts'
import { controlChannelName } from './control-channel.ts'
import type { TabPage, TabPlatform } from './tab-platform.ts'

/** How long a host may take to answer at a new port, and how often that is tried before texts go over a channel. */
const READY_MS = 300
const TRIES = 3

export class Introduction<Port extends MessageEndpoint & Transferable> {
  readonly #database: string
  readonly #tab: string
  readonly #platform: TabPlatform<Port>
  readonly #tell: (message: ControlMessage) => void
  readonly #broker: BrokerConnection<Port>
  /** Lets the host of this tab answer at an endpoint; false where there is none. */
  readonly #serveHost: (endpoint: MessageEndpoint) => boolean
  /** Relay channels: those served here, by caller, and the one that this tab calls over. */
  readonly #served = new Map<string, MessageEndpoint>()
  #called: MessageEndpoint | undefined
  #brokerMissing = false

  constructor(
    database: string,
    tab: string,
    platform: TabPlatform<Port>,
    page: TabPage<Port>,
    tell: (message: ControlMessage) => void,
    serveHost: (endpoint: MessageEndpoint) => boolean,
  ) {
    this.#database = database
    this.#tab = tab
    this.#platform = platform
    this.#tell = tell
    this.#serveHost = serveHost
    this.#broker = new BrokerConnection(tab, platform.environment, () => page.openBroker(), (port) => this.#serve(port))
  }

  /** As in `Beat`. */
  get broker(): string | null | undefined {
    return this.#broker.instance ?? (this.#brokerMissing ? null : undefined)
  }

  /** Connects to whatever broker lives now; true where that is another one than before. */
  async refreshBroker(): Promise<boolean> {
    const before = this.broker
    this.#brokerMissing = (await this.#broker.refresh()) === undefined
    return this.broker !== before
  }

  /** Whether the port last reached leads over a channel. */
  get isRelayed(): boolean {
    return this.#called !== undefined
  }

  /** A port to the host of the latest beat. Undefined: it did not answer, or `latest` gave up meanwhile. */
  async reach(latest: () => Beat | undefined): Promise<Port | undefined> {
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const beat = latest()
      if (beat === undefined) return undefined
      if (beat.broker === null) break
      if (attempt > 0 || this.#broker.instance !== beat.broker) {
        await this.refreshBroker()
        if (this.#broker.instance === undefined) break
        // The host knows another instance, which is gone, or none yet: it will join ours, and get the port there.
        if (this.#broker.instance !== beat.broker) this.#tell({ hello: this.#tab, broker: this.#broker.instance })
      }
      const [near, far] = this.#platform.createPorts()
      this.#broker.pass(beat.beat, far)
      if (await this.#ready(near, true)) {
        this.#hangUp()
        return near
      }
    }
    const beat = latest()
    return beat === undefined ? undefined : this.#relayTo(beat)
  }

  /** A port to the host in this very worker. */
  reachOwn(): Port {
    const [near, far] = this.#platform.createPorts()
    this.#serveHost(far)
    return near
  }

  /** Serves a tab that can't be passed a port. */
  serveRelay({ caller, channel: name }: RelayRequest): void {
    this.#served.get(caller)?.close()
    const channel = this.#platform.openChannel(name)
    this.#served.set(caller, channel)
    this.#serve(channel)
  }

  dropRelay(caller: string): void {
    this.#served.get(caller)?.close()
    this.#served.delete(caller)
  }

  /** Ports that pages hold stay open; whoever serves them falls silent himself. */
  close(): void {
    this.#broker.close()
    this.#hangUp()
    for (const caller of this.#served.keys()) this.dropRelay(caller)
  }

  #serve(endpoint: MessageEndpoint): void {
    if (this.#serveHost(endpoint)) endpoint.postMessage({ ready: true })
  }

  #hangUp(): void {
    this.#called?.close()
    this.#called = undefined
  }

  async #relayTo(beat: Beat): Promise<Port | undefined> {
    this.#hangUp()
    const name = `${controlChannelName(this.#database)}:relay:${this.#platform.environment.randomUuid()}`
    const channel = this.#platform.openChannel(name)
    this.#called = channel
    const ready = this.#ready(channel, false)
    this.#tell({ relay: beat.beat, caller: this.#tab, epoch: beat.epoch, channel: name })
    if (!(await ready)) return undefined
    const [near, far] = this.#platform.createPorts()
    passOn(far, channel)
    passOn(channel, far)
    return near
  }

  /** Waits for the first message, which says that the host serves the other end. */
  #ready(endpoint: MessageEndpoint, start: boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const finish = (ready: boolean): void => {
        timer.cancel()
        endpoint.removeEventListener('message', listener)
        if (!ready) endpoint.close()
        resolve(ready)
      }
      const listener = (): void => finish(true)
      const timer = this.#platform.environment.setTimer(READY_MS, () => finish(false))
      endpoint.addEventListener('message', listener)
      if (start) endpoint.start?.()
    })
  }
}

function passOn(from: MessageEndpoint, to: MessageEndpoint): void {
  from.addEventListener('message', ({ data }) => to.postMessage(data))
  from.start?.()
}
