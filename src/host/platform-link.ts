// The page's side of the browser: starts the engine worker and the broker, and tells the worker
// when the page goes and comes. In the page's size budget: keep it small.
// Control calls are comlink's, spoken through page-comlink.ts; texts to and from the host go over the port bare.
import { Link } from './link.ts'
import { callerOf } from './page-comlink.ts'
import { setTimer } from './platform-environment.ts'
import type { WorkerApi } from './platform-worker-api.ts'
import type { HostPort, TabControl, TabEvents } from './protocol.ts'

export interface BrowserLinkOptions {
  /** Where a bundler needs help to find the worker: `() => new Worker(new URL('holdfast/worker', import.meta.url), { type: 'module' })`. */
  readonly worker?: () => Worker
  /** The SharedWorker through which tabs meet; undefined: they call each other over a BroadcastChannel. */
  readonly broker?: () => SharedWorker | undefined
}

/** Connects this page to the engine of `database`, wherever it runs. Starts a worker: in pages only. */
export function connectBrowser(database: string, options: BrowserLinkOptions = {}): Link {
  const client = crypto.getRandomValues(new Uint32Array(2)).join('-')
  const link = new Link({
    environment: { now: () => Date.now(), setTimer },
    client,
    start: (events) => startWorker(database, client, options, events),
  })
  // Chromium and WebKit keep a cached or frozen page's lock for seconds: it gives everything up first.
  const listeners: readonly (readonly [target: EventTarget, name: string, run: () => void])[] = [
    [window, 'pagehide', () => link.hide()],
    [document, 'freeze', () => link.hide()],
    [document, 'resume', () => link.show()],
    [window, 'pageshow', () => link.show()],
  ]
  for (const [target, name, run] of listeners) target.addEventListener(name, run)
  link.onStatus(({ state }) => {
    if (state === 'CLOSED') for (const [target, name, run] of listeners) target.removeEventListener(name, run)
  })
  return link
}

function startWorker(database: string, client: string, options: BrowserLinkOptions, events: TabEvents<HostPort>): TabControl {
  const worker = options.worker?.() ?? new Worker(new URL('./worker.js', import.meta.url), { type: 'module' })
  const call = callerOf<WorkerApi>(worker)
  worker.onerror = ({ message }) => {
    events.status('FAILED', { name: 'StorageException', message: `The worker did not start: ${message}`, fields: { reason: 'UNAVAILABLE' } })
  }
  // Texts are the session's with a host in the worker itself.
  const { onmessage } = worker
  let hearText: typeof onmessage
  worker.onmessage = (event) => (typeof event.data === 'string' ? hearText : onmessage)?.call(worker, event)
  const own = (): HostPort => ({ postMessage: (text) => worker.postMessage(text), addEventListener: (_type, listener) => (hearText = listener) })
  const page = { ...events, connected: (port: HostPort | undefined, epoch: number) => events.connected(port ?? own(), epoch), openBroker: () => openBroker(options) }
  // Once it runs, an error is that of one task.
  void call('start', database, client, page).then(() => (worker.onerror = null))
  return {
    hide: () => void call('hide'),
    show: () => void call('show'),
    reconnect: () => void call('reconnect'),
    close: async () => {
      await call('close')
      worker.terminate()
    },
  }
}

function openBroker({ broker }: BrowserLinkOptions): MessagePort | undefined {
  if (broker !== undefined) return broker()?.port
  if (typeof SharedWorker === 'undefined') return undefined
  return new SharedWorker(new URL('./broker.js', import.meta.url), { type: 'module', name: 'holdfast' }).port
}
