// The engine worker of the scale benchmark: the real one, with a bounded cache.
import { openHostedEngine } from '../../../src/host/engine-host.ts'
import { platformEnvironment } from '../../../src/host/platform-environment.ts'
import { exposeTab } from '../../../src/host/platform-tab.ts'
import { openIndexedDbStore } from '../../../src/storage/indexeddb/open-indexeddb-store.ts'

exposeTab(async (database) => {
  const environment = platformEnvironment()
  const store = await openIndexedDbStore({ name: `holdfast:${database}`, environment, cacheBytes: 64 * 1024 * 1024 })
  return openHostedEngine(store, environment)
})
