// Entry of the dedicated worker that every tab starts: stands for election and, elected, hosts the engine over IndexedDB.
// Harmless when imported elsewhere.
import { openHostedEngine } from '../src/host/engine-host.ts'
import { platformEnvironment } from '../src/host/platform-environment.ts'
import { exposeTab } from '../src/host/platform-tab.ts'
import { openIndexedDbStore } from '../src/storage/indexeddb/open-indexeddb-store.ts'

exposeTab(async (database) => {
  const environment = platformEnvironment()
  return openHostedEngine(await openIndexedDbStore({ name: `holdfast:${database}`, environment }), environment)
})
