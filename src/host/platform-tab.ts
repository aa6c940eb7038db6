// The engine worker's side of the browser: binds Tab to navigator.locks, BroadcastChannel, MessageChannel and, through
// comlink, to its page. Does nothing where it isn't a dedicated worker (imported in Node, or by a bundler's scan).
import type { Endpoint, Remote } from 'comlink'
import { expose, transfer } from 'comlink'
import { StorageException } from '../model/errors.ts'
import type { Locks, MessageEndpoint } from './endpoint.ts'
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
      tab = createTab(database, client, page as Remote<TabPage<MessagePort>>, openEngine)
      tab.show()
      return Promise.resolve()
    },
    hide: () => tab?.hide(),
    show: () => tab?.show(),
    reconnect: () => tab?.reconnect(),
    close: async () => tab?.close(),
  }
  expose(api, callsOf(ownScope))
}

/** The worker as its page's other end. */
const ownScope = globalThis as unknown as Endpoint
let hearText: ((event: MessageEvent<string>) => void) | undefined

/** Texts are the session's with the host, everything else is comlink's. */
function callsOf(scope: Endpoint): Endpoint {
  return {
    postMessage: (message, transferred) => scope.postMessage(message, transferred),
    addEventListener(type, listener) {
      scope.addEventListener(type, (event) => {
        if (typeof (event as MessageEvent).data === 'string') hearText?.(event as MessageEvent<string>)
        else if (typeof listener === 'function') listener(event)
        else listener.handleEvent(event)
      })
    },
    removeEventListener: () => undefined,
  }
}

/** A port to one's own page would take longer, as it is made for other processes too. */
function ownPage(): MessageEndpoint {
  return {
    postMessage: (message) => ownScope.postMessage(message),
    addEventListener: (_type, listener) => (hearText = listener),
    removeEventListener: () => undefined,
    close: () => undefined,
  }
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
    openChannel,
    createPorts: () => {
      const { port1, port2 } = new MessageChannel()
      return [port1, port2] as const
    },
    ownPage,
    openEngine,
  }
  return new Tab<MessagePort>(database, client, platform, {
    connected: (port, epoch) => void page.connected(port && transfer(port, [port]), epoch),
    status: (state, error) => void page.status(state, error),
    openBroker: () => page.openBroker(),
  })
}

/** A BroadcastChannel throws where one posts after its close; here that goes nowhere. */
function openChannel(name: string): MessageEndpoint {
  let channel: BroadcastChannel | undefined = new BroadcastChannel(name)
  const opened = channel
  return {
    postMessage: (message) => channel?.postMessage(message),
    addEventListener: (type, listener) => opened.addEventListener(type, listener),
    removeEventListener: (type, listener) => opened.removeEventListener(type, listener),
    close: () => {
      channel = undefined
      opened.close()
    },
  }
}

function platformLocks(): Locks {
  // Absent in insecure contexts, whatever the types say.
  const locks: Locks | undefined = navigator.locks
  if (locks !== undefined) return locks
  const message = 'Web Locks are missing: Holdfast needs a secure context (https, or localhost)'
  return { request: () => Promise.reject(new StorageException(message, { reason: 'UNAVAILABLE' })) }
}
