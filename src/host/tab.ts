// What a tab's worker does: it stands for election; elected, it opens the engine and serves it to all tabs, announcing
// itself by beats; else it watches the present host's beats, gets its page a port to it, and robs it of the lock when it
// stays silent. Hidden, it holds nothing.
// Invariant: hosting and standing exclude each other; what belongs to a superseded term is without effect.
import type { Timer } from '../model/environment.ts'
import { errorToData, HoldfastException, StorageException, UpdateRequiredException } from '../model/errors.ts'
import { BeatWatch } from './beat-watch.ts'
import type { Beat, ControlMessage, Hello } from './control-channel.ts'
import { BEAT_MS, controlChannelName, hostLockName, tabLockName } from './control-channel.ts'
import { Election } from './election.ts'
import type { MessageEndpoint } from './endpoint.ts'
import { holdLock } from './endpoint.ts'
import { Host } from './host.ts'
import type { HostedEngine } from './hosted-engine.ts'
import { Introduction } from './introduction.ts'
import type { TabControl } from './protocol.ts'
import type { TabPage, TabPlatform } from './tab-platform.ts'

const FIRST_BACKOFF_MS = 250
const LONGEST_BACKOFF_MS = 30_000
/** Failed openings that are simply tried again before the page hears FAILED. */
const SILENT_RETRIES = 2

/** `retired`: a newer release owns the database; this tab may still be a client of it, but never host. */
type Phase = 'hidden' | 'standing' | 'opening' | 'hosting' | 'retired' | 'closed'

export class Tab<Port extends MessageEndpoint & Transferable> implements TabControl {
  readonly #database: string
  readonly #tab: string
  readonly #platform: TabPlatform<Port>
  readonly #page: TabPage<Port>
  readonly #election: Election
  readonly #introduction: Introduction<Port>
  readonly #watch: BeatWatch
  #phase: Phase = 'hidden'
  /** Rises whenever the phase changes: what was begun in an earlier term looks at it and stops. */
  #term = 0
  #channel: MessageEndpoint | undefined
  #releaseTab: (() => void) | undefined
  #engine: HostedEngine | undefined
  #host: Host | undefined
  /** Other tabs that want our beats, with what ends the wait for their death. */
  readonly #audience = new Map<string, () => void>()
  #beatTimer: Timer | undefined
  #retryTimer: Timer | undefined
  #failures = 0
  /** The page was told FAILED or UPDATE_REQUIRED: it hears nothing of attempts, its own or others', until one works. */
  #isDown = false
  /** The host that we follow: its latest beat, and whether our page has, or is getting, a port to it. */
  #beat: Beat | undefined
  #highestEpoch = 0
  #connecting = false
  #connected = false
  #upgraded = false

  constructor(database: string, tab: string, platform: TabPlatform<Port>, page: TabPage<Port>) {
    this.#database = database
    this.#tab = tab
    this.#platform = platform
    this.#page = page
    this.#election = new Election(platform.locks, hostLockName(database), {
      elected: () => void this.#open(),
      lost: () => this.#resign(this.#term),
      failed: (error) => this.#failed(error),
    })
    this.#introduction = new Introduction(database, tab, platform, page, (message) => this.#tell(message), (endpoint) => this.#serve(endpoint))
    this.#watch = new BeatWatch(platform.environment, () => this.#sayHello(), () => this.#election.steal())
  }

  /** The page is there, again or for the first time. */
  show(): void {
    if (this.#phase !== 'hidden') return
    this.#enter('standing')
    const term = this.#term
    this.#election.stand()
    // A host asks for this lock to learn of our end: it must be ours before the host hears of us.
    this.#releaseTab = holdLock(this.#platform.locks, tabLockName(this.#database, this.#tab), () => {
      if (this.#phase === 'closed' || this.#phase === 'hidden') return
      this.#channel = this.#platform.openChannel(controlChannelName(this.#database))
      this.#channel.addEventListener('message', ({ data }) => this.#heard(data as ControlMessage))
      if (term === this.#term) this.#sayHello()
      else if (this.#phase === 'hosting') this.#sendBeat()
    })
  }

  hide(): void {
    if (this.#phase === 'closed') return
    void this.#stopHosting()
    this.#leave('hidden')
  }

  reconnect(): void {
    this.#connected = false
    if (this.#phase === 'hosting') this.#connectOwn()
    else this.#sayHello()
  }

  async close(): Promise<void> {
    const closed = this.#stopHosting()
    this.#enter('closed')
    await closed
    this.#leave('closed')
  }

  #enter(phase: Phase): void {
    this.#phase = phase
    this.#term += 1
    this.#connected = false
    this.#connecting = false
    this.#beat = undefined
    if (phase === 'standing') this.#watch.start()
    else this.#watch.stop()
  }

  #leave(phase: 'hidden' | 'closed'): void {
    this.#enter(phase)
    this.#retryTimer?.cancel()
    this.#election.withdraw()
    this.#introduction.close()
    this.#channel?.close()
    this.#channel = undefined
    this.#releaseTab?.()
  }

  async #open(): Promise<void> {
    this.#enter('opening')
    const term = this.#term
    this.#sayOpening()
    this.#sendBeat()
    // The broker may have died with the former host.
    if (this.#introduction.broker !== undefined) void this.#refreshBroker()
    let engine: HostedEngine
    try {
      engine = await this.#platform.openEngine(this.#database)
    } catch (error) {
      this.#resign(term, error)
      return
    }
    if (term !== this.#term) {
      void engine.close().catch(() => undefined)
      return
    }
    this.#enter('hosting')
    const hosting = this.#term
    this.#engine = engine
    this.#highestEpoch = Math.max(this.#highestEpoch, engine.epoch)
    this.#host = new Host(engine, this.#platform.environment, (error) => this.#resign(hosting, error))
    engine.onFailure((error) => this.#resign(hosting, error))
    this.#connectOwn()
    this.#sendBeat()
  }

  /** Ends a term of opening or hosting: the lock was stolen, or `error`. Stands again, where that can help. */
  #resign(term: number, error?: unknown): void {
    if (term !== this.#term || (this.#phase !== 'opening' && this.#phase !== 'hosting')) return
    void this.#stopHosting()
    this.#election.withdraw()
    if (error === undefined || isLeaseLost(error)) {
      this.#sayOpening()
      this.#standAgain(0)
      return
    }
    this.#failed(error)
  }

  #failed(error: unknown): void {
    if (isUpdateRequired(error)) {
      this.#enter('retired')
      this.#isDown = true
      this.#page.status('UPDATE_REQUIRED', errorToData(error))
      this.#sayHello()
      return
    }
    this.#failures += 1
    const retryable = error instanceof HoldfastException && error.retryable
    if (!retryable || isBlocked(error) || this.#failures > SILENT_RETRIES) {
      this.#isDown = true
      this.#page.status('FAILED', errorToData(error))
    } else this.#sayOpening()
    this.#standAgain(Math.min(FIRST_BACKOFF_MS * 2 ** (this.#failures - 1), LONGEST_BACKOFF_MS))
  }

  #standAgain(delayMs: number): void {
    this.#enter('standing')
    this.#retryTimer?.cancel()
    const stand = (): void => {
      if (this.#phase === 'standing') this.#election.stand()
    }
    if (delayMs === 0) stand()
    else this.#retryTimer = this.#platform.environment.setTimer(delayMs, stand)
    this.#sayHello()
  }

  #stopHosting(): Promise<void> {
    this.#beatTimer?.cancel()
    this.#host?.stop()
    this.#host = undefined
    for (const forget of this.#audience.values()) forget()
    this.#audience.clear()
    const engine = this.#engine
    this.#engine = undefined
    // What it could not flush is in the log.
    return engine?.close().catch(() => undefined) ?? Promise.resolve()
  }

  #connectOwn(): void {
    if (this.#host === undefined) return
    this.#failures = 0
    const own = this.#platform.ownPage?.()
    if (own !== undefined) this.#host.serve(own)
    this.#pageConnected(own === undefined ? this.#introduction.reachOwn() : undefined, this.#host.epoch)
  }

  #serve(endpoint: MessageEndpoint): boolean {
    this.#host?.serve(endpoint)
    return this.#host !== undefined
  }

  #pageConnected(port: Port | undefined, epoch: number): void {
    this.#isDown = false
    this.#page.connected(port, epoch)
  }

  #sayOpening(): void {
    if (!this.#isDown) this.#page.status('OPENING')
  }

  #tell(message: ControlMessage): void {
    this.#channel?.postMessage(message)
  }

  #sayHello(): void {
    this.#tell({ hello: this.#tab, broker: this.#introduction.broker ?? undefined })
  }

  /** Goes on by itself while there is an audience. */
  #sendBeat(): void {
    this.#beatTimer?.cancel()
    const host = this.#host
    const post = (): void => {
      const { broker } = this.#introduction
      this.#tell({ beat: this.#tab, epoch: host?.epoch ?? 0, ...(broker === undefined ? {} : { broker }) })
    }
    if (host === undefined || host.lease.holds()) post()
    else {
      void host.lease.confirm().then((held) => {
        if (held && host === this.#host) post()
      })
    }
    if (this.#phase === 'opening' || this.#audience.size > 0) {
      this.#beatTimer = this.#platform.environment.setTimer(BEAT_MS, () => this.#sendBeat())
    }
  }

  #heard(message: ControlMessage): void {
    if ('beat' in message) this.#heardBeat(message)
    else if (this.#phase === 'opening' || this.#phase === 'hosting') {
      if ('hello' in message) this.#heardHello(message)
      else if (message.relay === this.#tab && message.epoch === this.#host?.epoch) {
        this.#introduction.serveRelay(message)
      }
    }
  }

  #heardHello({ hello: tab, broker }: Hello): void {
    if (!this.#audience.has(tab)) {
      const forget = holdLock(this.#platform.locks, tabLockName(this.#database, tab), () => {
        forget()
        this.#audience.delete(tab)
        this.#host?.drop(tab)
        this.#introduction.dropRelay(tab)
      })
      this.#audience.set(tab, forget)
    }
    const mine = this.#introduction.broker
    this.#sendBeat()
    if (mine !== undefined && (broker === undefined || broker === mine)) return
    void this.#refreshBroker()
  }

  async #refreshBroker(): Promise<void> {
    const changed = await this.#introduction.refreshBroker()
    if (changed && (this.#phase === 'opening' || this.#phase === 'hosting')) this.#sendBeat()
  }

  #heardBeat(beat: Beat): void {
    if (beat.epoch > 0 && beat.epoch < this.#highestEpoch) {
      // A host that thawed and does not know yet.
      if (this.#phase === 'hosting') this.#sendBeat()
      return
    }
    if (this.#phase === 'hosting') {
      if (beat.epoch > this.#highestEpoch) this.#resign(this.#term)
      return
    }
    if (this.#phase !== 'standing' && this.#phase !== 'retired') return
    this.#watch.heard()
    this.#highestEpoch = Math.max(this.#highestEpoch, beat.epoch)
    const known = this.#beat?.beat === beat.beat && this.#beat.epoch === beat.epoch
    this.#beat = beat
    if (!known) {
      this.#connected = false
      this.#upgraded = false
      if (beat.epoch === 0) this.#sayOpening()
      this.#sayHello()
    }
    if (beat.epoch === 0 || beat.broker === undefined || this.#connecting) return
    if (!this.#connected || this.#canUpgrade(beat)) void this.#connect()
  }

  /** The broker started too slowly, our page's calls go over a channel: once for each host, try again. */
  #canUpgrade(beat: Beat): boolean {
    const { isRelayed, broker } = this.#introduction
    if (!isRelayed || this.#upgraded || typeof beat.broker !== 'string' || broker === null) return false
    this.#upgraded = true
    return true
  }

  async #connect(): Promise<void> {
    this.#connecting = true
    const term = this.#term
    let followed = this.#beat
    const port = await this.#introduction.reach(() => {
      if (term !== this.#term) return undefined
      followed = this.#beat
      return followed?.epoch === 0 ? undefined : followed
    })
    if (term !== this.#term) return
    this.#connecting = false
    // Another host came meanwhile: its next beat leads to it.
    if (port === undefined || followed === undefined || this.#beat?.epoch !== followed.epoch) return
    this.#connected = true
    this.#pageConnected(port, followed.epoch)
  }
}

function isLeaseLost(error: unknown): boolean {
  return error instanceof StorageException && error.reason === 'LEASE_LOST'
}

/** The user has to close an old tab. A second opening would queue behind the first one, and could only time out. */
function isBlocked(error: unknown): boolean {
  return error instanceof StorageException && error.reason === 'BLOCKED'
}

function isUpdateRequired(error: unknown): boolean {
  return error instanceof UpdateRequiredException || (error instanceof StorageException && error.reason === 'VERSION_CHANGED')
}
