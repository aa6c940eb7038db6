// The world's ports, channels and locks, as silent about death as the browser's: a port to a killed process swallows
// what it is sent, a killed holder's lock is free a little later, a frozen one keeps it until it is stolen.
// Deliveries are in order for each pair; calls to a host are now and then delivered twice.
import type { Locks, MessageEndpoint } from '../../../src/host/endpoint.ts'
import type { Process, World } from './world.ts'

type Listener = (event: { readonly data: unknown }) => void

/** One end of a MessagePort pair. Transferred with a message, it belongs to the process that gets the message. */
export class SimulatedPort implements MessageEndpoint {
  owner: Process
  #peer: SimulatedPort | undefined
  #listeners = new Set<Listener>()
  #started = false
  #closed = false
  #arrived: unknown[] = []
  #lastDelivery = 0
  readonly duplicates: number

  constructor(owner: Process, duplicates: number) {
    this.owner = owner
    this.duplicates = duplicates
  }

  static pair(owner: Process, duplicates = 0): readonly [SimulatedPort, SimulatedPort] {
    const [a, b] = [new SimulatedPort(owner, duplicates), new SimulatedPort(owner, duplicates)]
    a.#peer = b
    b.#peer = a
    return [a, b]
  }

  postMessage(message: unknown, transfer: readonly unknown[] = []): void {
    const peer = this.#peer
    if (peer === undefined || this.#closed) return
    for (const port of transfer) if (port instanceof SimulatedPort) port.#detach()
    const { world } = this.owner
    const deliver = (delay: number): void => {
      const at = Math.max(world.now + delay, this.#lastDelivery)
      this.#lastDelivery = at
      // In the world, not in a process: who owns the other end is decided when the message arrives.
      world.schedule(undefined, at - world.now, () => peer.#arrive(message, transfer))
    }
    deliver(world.between(0.02, 2))
    if (typeof message === 'string' && 'requests' in JSON.parse(message) && world.chance(this.duplicates)) {
      world.schedule(undefined, world.between(0.1, 3000), () => peer.#arrive(message, transfer))
    }
  }

  addEventListener(_type: 'message', listener: Listener): void {
    this.#listeners.add(listener)
  }

  removeEventListener(_type: 'message', listener: Listener): void {
    this.#listeners.delete(listener)
  }

  start(): void {
    this.#started = true
    this.#flush()
  }

  close(): void {
    this.#closed = true
  }

  #detach(): void {
    this.#listeners.clear()
    this.#started = false
  }

  #arrive(message: unknown, transfer: readonly unknown[]): void {
    if (this.#closed || this.owner.state === 'killed') return
    for (const port of transfer) if (port instanceof SimulatedPort) port.owner = this.owner
    this.#arrived.push(message)
    this.#flush()
  }

  #flush(): void {
    if (!this.#started) return
    for (const data of this.#arrived.splice(0)) {
      this.owner.schedule(0, () => {
        // Transferred on before its turn came: it goes along.
        if (!this.#started) this.#arrived.push(data)
        else for (const listener of this.#listeners) if (!this.#closed) listener({ data })
      }, this)
    }
  }
}

/** All BroadcastChannels of an origin. */
export class Broadcast {
  readonly #world: World
  readonly #channels = new Map<string, Set<SimulatedChannel>>()

  constructor(world: World) {
    this.#world = world
  }

  open(process: Process, name: string): MessageEndpoint {
    const members = this.#channels.get(name) ?? new Set()
    this.#channels.set(name, members)
    const channel = new SimulatedChannel(process, (message) => {
      for (const member of members) if (member !== channel) member.arrive(message, this.#world)
    }, () => members.delete(channel))
    members.add(channel)
    return channel
  }
}

class SimulatedChannel implements MessageEndpoint {
  readonly #process: Process
  readonly #post: (message: unknown) => void
  readonly #leave: () => void
  readonly #listeners = new Set<Listener>()
  #closed = false
  #lastDelivery = 0

  constructor(process: Process, post: (message: unknown) => void, leave: () => void) {
    this.#process = process
    this.#post = post
    this.#leave = leave
  }

  postMessage(message: unknown): void {
    if (!this.#closed) this.#post(message)
  }

  arrive(message: unknown, world: World): void {
    const at = Math.max(world.now + world.between(0.1, 4), this.#lastDelivery)
    this.#lastDelivery = at
    this.#process.schedule(at - world.now, () => {
      for (const listener of this.#listeners) if (!this.#closed) listener({ data: message })
    }, this)
  }

  addEventListener(_type: 'message', listener: Listener): void {
    this.#listeners.add(listener)
  }

  removeEventListener(_type: 'message', listener: Listener): void {
    this.#listeners.delete(listener)
  }

  close(): void {
    this.#closed = true
    this.#leave()
  }
}

interface LockRequest {
  readonly process: Process
  readonly held: () => Promise<void>
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** `navigator.locks` of an origin. */
export class LockTable {
  readonly #world: World
  readonly #holders = new Map<string, LockRequest>()
  readonly #queues = new Map<string, LockRequest[]>()

  constructor(world: World) {
    this.#world = world
  }

  holder(name: string): string | undefined {
    return this.#holders.get(name)?.process.name
  }

  of(process: Process): Locks {
    process.onKill(() => this.#world.schedule(undefined, this.#world.between(5, 50), () => this.#forget(process)))
    return {
      request: (name, { steal, signal }, held) =>
        new Promise<void>((resolve, reject) => {
          const request: LockRequest = { process, held, resolve, reject }
          if (steal === true) {
            const victim = this.#holders.get(name)
            this.#holders.delete(name)
            // Told after a freeze only, and then in no order with messages that waited.
            victim?.process.schedule(0, () => victim.process.schedule(this.#world.between(0, 60), () => victim.reject(abortError())))
            this.#grant(name, request)
            return
          }
          const queue = this.#queues.get(name) ?? []
          this.#queues.set(name, queue)
          queue.push(request)
          signal?.addEventListener('abort', () => {
            const index = queue.indexOf(request)
            if (index < 0) return
            queue.splice(index, 1)
            reject(abortError())
          })
          this.#next(name)
        }),
    }
  }

  #next(name: string): void {
    if (this.#holders.has(name)) return
    const request = this.#queues.get(name)?.shift()
    if (request !== undefined) this.#grant(name, request)
  }

  #grant(name: string, request: LockRequest): void {
    this.#holders.set(name, request)
    request.process.schedule(this.#world.between(0.1, 3), () => {
      void request.held().then(() => {
        if (this.#holders.get(name) === request) {
          this.#holders.delete(name)
          this.#next(name)
        }
        request.resolve()
      })
    })
  }

  #forget(process: Process): void {
    for (const [name, queue] of this.#queues) this.#queues.set(name, queue.filter((request) => request.process !== process))
    for (const [name, holder] of this.#holders) {
      if (holder.process !== process) continue
      this.#holders.delete(name)
      this.#next(name)
    }
  }
}

function abortError(): Error {
  return new DOMException('The request was aborted', 'AbortError')
}
