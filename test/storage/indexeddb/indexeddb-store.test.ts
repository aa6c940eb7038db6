// The contract on the paged store over IndexedDB (fake-indexeddb in Node; the real ones in test/browser).
import 'fake-indexeddb/auto'
import { deleteDatabase } from '../../../src/storage/indexeddb/connection.ts'
import { openIndexedDbStore } from '../../../src/storage/indexeddb/open-indexeddb-store.ts'
import { testEnvironment } from '../environment.ts'
import { describeStore } from '../store-contract.ts'

let databases = 0
describeStore('IndexedDB store', () => {
  const name = `contract ${++databases}`
  const environment = testEnvironment()
  return {
    open: () => openIndexedDbStore({ name, environment }),
    dispose: () => deleteDatabase(name, environment),
  }
})
