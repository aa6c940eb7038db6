// Engine, host and pages in one process over a store in memory, for `holdfast/testing` and Node: no workers, no election.
// Same messages and texts as in a browser. Everything is gone when the last page closes its link.
import type { Environment } from '../model/environment.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import { connectDirect } from './direct-link.ts'
import { openHostedEngine } from './engine-host.ts'
import { Host } from './host.ts'
import type { HostedEngine } from './hosted-engine.ts'
import type { Link } from './link.ts'

export interface MemoryHost {
  /** One more page. */
  connect(): Link
}

/** The engine opens with the first page and closes with the last. */
export function openMemoryHost(environment: Environment): MemoryHost {
  let engine: Promise<HostedEngine> | undefined
  let host: Promise<Host> | undefined
  let pages = 0
  return {
    connect: () => {
      engine ??= openMemoryEngine(environment)
      host ??= engine.then((opened) => new Host(opened, environment))
      pages += 1
      return connectDirect(host, environment, async () => {
        pages -= 1
        if (pages === 0) await (await engine)?.close()
      })
    },
  }
}

/** Nothing takes a store in memory over. */
function openMemoryEngine(environment: Environment): Promise<HostedEngine> {
  const store = Object.assign(openMemoryStore(environment), { verifyLease: () => Promise.resolve() })
  return openHostedEngine(store, environment)
}
