// Entry of the SharedWorker through which the tabs of an origin meet. Harmless when imported elsewhere.
// All it does is src/host/broker.ts.
import { Broker } from '../src/host/broker.ts'
import { randomUuid } from '../src/host/platform-environment.ts'

if ('SharedWorkerGlobalScope' in globalThis) {
  const broker = new Broker(randomUuid())
  globalThis.addEventListener('connect', (event) => {
    const [port] = (event as MessageEvent).ports
    if (port !== undefined) broker.connect(port)
  })
}
