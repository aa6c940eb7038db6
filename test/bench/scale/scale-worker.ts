// The engine worker of the scale benchmark: the real one, which also tells of its store (DescribeStorage).
import { openHostedEngine } from '../../../src/host/engine-host.ts'
import { platformEnvironment } from '../../../src/host/platform-environment.ts'
import { exposeTab } from '../../../src/host/platform-tab.ts'
import { openIndexedDbStore } from '../../../src/storage/indexeddb/open-indexeddb-store.ts'

exposeTab(async (database) => {
  const environment = platformEnvironment()
  const store = await openIndexedDbStore({ name: `holdfast:${database}`, environment, cacheBytes: 64 * 1024 * 1024 })
  const engine = await openHostedEngine(store, environment)
  return {
    ...engine,
    execute: (operation, input, context) =>
      operation.startsWith('DescribeStorage') ? Promise.resolve({ M: store.statistics() }) : engine.execute(operation, input, context),
  }
})
