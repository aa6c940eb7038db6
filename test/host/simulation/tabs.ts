// Tabs of one origin in a simulated world: each a Link in a page and a Tab in its worker, with everything between them
// simulated. Faults: kill, freeze and thaw without an event, hide and show as a browser announces them, close.
import { Broker } from '../../../src/host/broker.ts'
import type { HostedEngine } from '../../../src/host/hosted-engine.ts'
import { Link } from '../../../src/host/link.ts'
import type { HostPort, TabEvents } from '../../../src/host/protocol.ts'
import { Tab } from '../../../src/host/tab.ts'
import { ModelDisk, ModelEngine } from './model-engine.ts'
import { Broadcast, LockTable, SimulatedPort } from './transport.ts'
import type { World } from './world.ts'
import { Process } from './world.ts'

const DATABASE = 'app'

export interface OriginOptions {
  readonly sharedWorker: boolean
  /** Chance that a call to a host is delivered a second time, up to three seconds later. */
  readonly duplicates: number
  /** The engine of a tab that was elected; a model engine by default. */
  readonly openEngine?: (process: Process) => Promise<HostedEngine>
}

export class Origin {
  readonly world: World
  readonly disk = new ModelDisk()
  readonly locks: LockTable
  readonly broadcast: Broadcast
  readonly options: OriginOptions
  readonly tabs: SimulatedTab[] = []
  /** All engines that were opened. */
  readonly engines: ModelEngine[] = []
  brokersStarted = 0
  /** Why the next opening fails; undefined: it doesn't. */
  failOpening: () => Error | undefined = () => undefined
  #broker: { readonly process: Process; readonly broker: Broker } | undefined

  constructor(world: World, options: OriginOptions) {
    this.world = world
    this.options = options
    this.locks = new LockTable(world)
    this.broadcast = new Broadcast(world)
  }

  get living(): readonly SimulatedTab[] {
    return this.tabs.filter(({ process }) => process.state !== 'killed')
  }

  host(): SimulatedTab | undefined {
    const name = this.locks.holder(`holdfast:${DATABASE}`)
    return this.tabs.find(({ process }) => process.name === name)
  }

  openTab(): SimulatedTab {
    const tab = new SimulatedTab(this, new Process(this.world, `tab${this.tabs.length}`))
    this.tabs.push(tab)
    return tab
  }

  openModelEngine(process: Process): Promise<ModelEngine> {
    const { world } = this
    return new Promise((resolve, reject) => {
      process.schedule(world.between(20, 150), () => {
        const failure = this.failOpening()
        if (failure !== undefined) {
          reject(failure)
          return
        }
        const engine = new ModelEngine(this.disk, process.environment(), { delayMs: () => world.between(0.5, 4) })
        this.engines.push(engine)
        resolve(engine)
      })
    })
  }

  /** `new SharedWorker(…)`: the one there is, or a new one in the process of whoever asks. */
  connectBroker(process: Process): SimulatedPort | undefined {
    if (!this.options.sharedWorker) return undefined
    if (this.#broker === undefined || this.#broker.process.state === 'killed') {
      this.brokersStarted += 1
      const instance = `broker${Math.floor(this.world.random() * 1e9)}`
      this.#broker = { process, broker: new Broker(instance) }
    }
    const [near, far] = SimulatedPort.pair(process)
    far.owner = this.#broker.process
    this.#broker.broker.connect(far)
    return near
  }
}

export class SimulatedTab {
  readonly process: Process
  readonly link: Link
  readonly #tab: Tab<SimulatedPort & Transferable>

  constructor(origin: Origin, process: Process) {
    this.process = process
    const { world } = process
    const environment = process.environment()
    const client = environment.randomUuid()
    // Between page and worker: in order, each way.
    const crossing = (): ((run: () => unknown) => void) => {
      let last = 0
      return (run) => {
        last = Math.max(last, world.now + world.between(0.02, 0.2))
        process.schedule(last - world.now, run)
      }
    }
    const toPage = crossing()
    const toWorker = crossing()
    const platform = {
      environment,
      locks: origin.locks.of(process),
      openChannel: (name: string) => origin.broadcast.open(process, name),
      createPorts: () => SimulatedPort.pair(process, origin.options.duplicates) as readonly [never, never],
      openEngine: () => origin.options.openEngine?.(process) ?? origin.openModelEngine(process),
    }
    let events: TabEvents<HostPort> | undefined
    const page = {
      connected: (port: SimulatedPort, epoch: number) => {
        toPage(() => events?.connected(port, epoch))
      },
      status: (...status: Parameters<TabEvents<HostPort>['status']>) => {
        toPage(() => events?.status(...status))
      },
      openBroker: () =>
        new Promise<SimulatedPort | undefined>((resolve) => {
          process.schedule(world.between(1, 60), () => resolve(origin.connectBroker(process)))
        }),
    }
    this.#tab = new Tab(DATABASE, client, platform as never, page as never)
    this.link = new Link({
      environment,
      client,
      start: (given) => {
        events = given
        // A worker takes a while to start.
        process.schedule(world.between(5, 60), () => this.#tab.show())
        return {
          hide: () => toWorker(() => this.#tab.hide()),
          show: () => toWorker(() => this.#tab.show()),
          reconnect: () => toWorker(() => this.#tab.reconnect()),
          close: () => this.#tab.close(),
        }
      },
    })
  }

  /** What a browser does with a page that goes into the back/forward cache: events, a moment later frozen. */
  hide(): void {
    this.link.hide()
    this.process.schedule(20, () => this.process.freeze())
  }

  show(): void {
    this.process.thaw()
    this.process.schedule(0, () => this.link.show())
  }
}
