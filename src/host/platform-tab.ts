// The engine worker's side of the browser: binds Tab to navigator.locks, BroadcastChannel, MessageChannel and, through
// comlink, to its page. Does nothing where it isn't a dedicated worker (imported in Node, or by a bundler's scan).
import type { Endpoint, Remote } from 'comlink'
import { expose, transfer } from 'comlink'
import { StorageException } from '../model/errors.ts'
import type { Locks } from './endpoint.ts'
import type { HostedEngine } from './hosted-engine.ts'
import { platformEnvironment } from './platform-environment.ts'
import type { WorkerApi } from './platform-worker-api.ts'
import { Tab } from './tab.ts'
import type { TabPage } from './tab-platform.ts'

/** Exposes the worker's end to the page that started it. */
export function exposeTab(openEngine: (database: string) => Promise<HostedEngine>): void {
  if (!('DedicatedWorkerGlobalScope' in globalThis)) return
  let tab: Tab<MessagePort> | undefined
  const api: WorkerApi = {
    start: (database, client, page) => {
      tab = createTab(database, client, page as unknown as Remote<TabPage<MessagePort>>, openEngine)
      tab.show()
    },
    hide: () => tab?.hide(),
    show: () => tab?.show(),
    reconnect: () => tab?.reconnect(),
    close: async () => tab?.close(),
  }
  expose(api)
}

function createTab(
  database: string,
  client: string,
  page: Remote<TabPage<MessagePort>>,
  openEngine: (database: string) => Promise<HostedEngine>,
): Tab<MessagePort> {
  const platform = {
    environment: platformEnvironment(),
    locks: platformLocks(),
    openChannel: (name: string) => new BroadcastChannel(name),
    createPorts: () => {
      const { port1, port2 } = new MessageChannel()
      return [port1, port2] as const
    },
    serve: (port: MessagePort, host: object) => expose(host, port as Endpoint),
    openEngine,
  }
  return new Tab<MessagePort>(database, client, platform, {
    connected: (port, epoch) => void page.connected(transfer(port, [port]), epoch),
    status: (state, error) => void page.status(state, error),
    openBroker: () => page.openBroker() as Promise<MessagePort | undefined>,
  })
}

function platformLocks(): Locks {
  // Absent in insecure contexts, whatever the types say.
  const locks = navigator.locks as LockManager | undefined
  if (locks !== undefined) return locks as Locks
  const message = 'Web Locks are missing: Holdfast needs a secure context (https, or localhost)'
  return { request: () => Promise.reject(new StorageException(message, { reason: 'UNAVAILABLE' })) }
}
