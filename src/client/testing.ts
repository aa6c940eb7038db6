// `holdfast/testing`: the same API over an engine in this very thread, in memory. For tests and for Node.
// Each database is its own; `openTab` gives it a further tab.
import { openMemoryHost, type MemoryHost } from '../host/memory-host.ts'
import { platformEnvironment } from '../host/platform-environment.ts'
import { type Database, databaseOn } from './database.ts'

export interface TestDatabase extends Database {
  /** The same data, as another tab of the origin sees it. The data lives until the last tab closes. */
  openTab(): TestDatabase
}

export function openTestDatabase(): TestDatabase {
  const environment = platformEnvironment()
  return openTab(openMemoryHost(environment), environment)
}

function openTab(host: MemoryHost, environment: ReturnType<typeof platformEnvironment>): TestDatabase {
  const database = databaseOn({ ...environment, connect: () => host.connect() })
  return Object.assign(database, { openTab: () => openTab(host, environment) })
}
