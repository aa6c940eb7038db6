// A link without workers, ports or election: page and host in one process, for `holdfast/testing` and Node.
// Same messages, same texts; the host is whatever the caller opened, and closing the link closes nothing else.
import type { Environment } from '../model/environment.ts'
import type { Host } from './host.ts'
import { Link } from './link.ts'
import type { HostPort } from './protocol.ts'

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
        const [near, far] = localPorts()
        opened.serve(far)
        events.connected(near, opened.epoch)
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

/** Two ends in one process: what is posted at one arrives at the other at once. */
export function localPorts(): readonly [HostPort, HostPort] {
  const ends = [new LocalPort(), new LocalPort()] as const
  ends[0].peer = ends[1]
  ends[1].peer = ends[0]
  return ends
}

class LocalPort implements HostPort {
  peer: LocalPort | undefined
  private listener: ((event: { readonly data: unknown }) => void) | undefined

  postMessage(text: string): void {
    this.peer?.listener?.({ data: text })
  }

  addEventListener(_type: 'message', listener: (event: { readonly data: unknown }) => void): void {
    this.listener = listener
  }
}
