// What a tab's worker needs of the world around it: locks, channels, ports, its page, and the engine. The engine worker
// binds the browser's (platform-tab.ts), the simulation its own.
import type { Environment } from '../model/environment.ts'
import type { Locks, MessageEndpoint } from './endpoint.ts'
import type { HostedEngine } from './hosted-engine.ts'
import type { TabEvents } from './protocol.ts'

export interface TabPlatform<Port> {
  readonly environment: Environment
  readonly locks: Locks
  /** A BroadcastChannel: what is posted reaches every other one of that name. */
  openChannel(name: string): MessageEndpoint
  createPorts(): readonly [Port, Port]
  /** The page that started this worker, spoken to without a port between: a new end each time, with which the last one falls silent. */
  ownPage?(): MessageEndpoint
  /** Takes over: raises the epoch (S5). Rejects with a HoldfastException. */
  openEngine(database: string): Promise<HostedEngine>
}

export interface TabPage<Port> extends TabEvents<Port> {
  /** Without a port: speak to `ownPage`. */
  connected(port: Port | undefined, epoch: number): void
  /** A new connection to the broker's SharedWorker, which only a page can make. Undefined where there is none. */
  openBroker(): Promise<MessageEndpoint | undefined>
}
