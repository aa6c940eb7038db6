// A link without workers, ports or election: page and host in one process, for `holdfast/testing` and Node.
// Same messages, same texts; the host is whatever the caller opened, and closing the link closes nothing else.
import type { Environment } from '../model/environment.ts'
import type { Host } from './host.ts'
import { Link } from './link.ts'

/** A link to `host`. `onClose` runs when the link is closed: close the engine there, if it is yours. */
export function connectDirect(
  host: Host | Promise<Host>,
  environment: Environment,
  onClose: () => Promise<void> = () => Promise.resolve(),
): Link {
  const client = environment.randomUuid()
  return new Link({
    environment,
    client,
    start: (events) => {
      const connect = async (): Promise<void> => {
        const opened = await host
        events.connected(opened.open(), opened.epoch)
      }
      const drop = async (): Promise<void> => (await host).drop(client)
      void connect()
      return {
        hide: () => void drop(),
        show: () => void connect(),
        reconnect: () => void connect(),
        close: async () => {
          await drop()
          await onClose()
        },
      }
    },
  })
}
