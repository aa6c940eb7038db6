// Engine, host and pages in one process over a store in memory, for `holdfast/testing` and Node: no workers, no election.
// Same messages and texts as in a browser. Everything is gone when the last page closes its link.
import type { Environment } from '../model/environment.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { openHostedEngine } from './engine-host.ts'
import { Host } from './host.ts'
import type { HostedEngine } from './hosted-engine.ts'
import { Link } from './link.ts'

export interface MemoryHost {
  /** One more page. */
  connect(): Link
}

/** The engine opens with the first page and closes with the last. */
export function openMemoryHost(environment: Environment): MemoryHost {
  let opened: Promise<Host> | undefined
  let engine: HostedEngine | undefined
  const clients = new Set<string>()
  const open = async (): Promise<Host> => {
    engine = await openMemoryEngine(environment)
    return new Host(engine, environment)
  }
  return {
    connect: () => {
      const client = environment.randomUuid()
      clients.add(client)
      const host = (opened ??= open())
      return new Link({
        environment,
        client,
        start: (events) => {
          const connect = (): void => void host.then((each) => events.connected(each.open(), each.epoch))
          connect()
          return {
            hide: () => void host.then((each) => each.drop(client)),
            show: connect,
            reconnect: connect,
            close: async () => {
              ;(await host).drop(client)
              clients.delete(client)
              if (clients.size === 0) await engine?.close()
            },
          }
        },
      })
    },
  }
}

/** Nothing takes a store in memory over. */
function openMemoryEngine(environment: Environment): Promise<HostedEngine> {
  const store = Object.assign(openMemoryStore(environment), { verifyLease: () => Promise.resolve() })
  return openHostedEngine(store, environment)
}
