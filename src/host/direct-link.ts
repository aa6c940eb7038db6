// A link without workers, ports or election: page and host in one process, for `holdfast/testing` and Node.
// Same messages, same texts; the host is whatever the caller opened, and closing the link closes nothing else.
import type { Environment } from '../model/environment.ts'
import type { Host } from './host.ts'
import { Link } from './link.ts'

/** A link to `host`. `onClose` runs when the link is closed: close the engine there, if it is yours. */
export function connectDirect(host: Host, environment: Environment, onClose: () => Promise<void> = () => Promise.resolve()): Link {
  const client = environment.randomUuid()
  return new Link({
    environment,
    client,
    start: (events) => {
      const connect = (): void => events.connected(host.open(), host.epoch)
      // In a later microtask: the link is not made yet.
      void Promise.resolve().then(connect)
      return {
        hide: () => host.drop(client),
        show: connect,
        reconnect: connect,
        close: () => {
          host.drop(client)
          return onClose()
        },
      }
    },
  })
}
