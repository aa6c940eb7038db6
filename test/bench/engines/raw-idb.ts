// IndexedDB by hand, as well as it can be used: one store, one index, explicit commits, relaxed durability.
import type { BenchEngine, BenchItem } from '../workload.ts'

const promised = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('request failed')))
  })
const done = (transaction: IDBTransaction): Promise<void> =>
  new Promise((resolve, reject) => {
    transaction.addEventListener('complete', () => resolve())
    transaction.addEventListener('abort', () => reject(transaction.error ?? new Error('aborted')))
  })

export function rawIdbEngine(): BenchEngine {
  let db: IDBDatabase
  const channel = new BroadcastChannel('raw-idb')
  const watchers: ((item: BenchItem) => void)[] = []
  const tell = (item: BenchItem): void => {
    for (const watcher of watchers) watcher(item)
    channel.postMessage(item)
  }
  channel.addEventListener('message', (event: MessageEvent<BenchItem>) => {
    for (const watcher of watchers) watcher(event.data)
  })
  const writing = (): IDBTransaction => db.transaction('items', 'readwrite', { durability: 'relaxed' })
  const reading = (): IDBObjectStore => db.transaction('items', 'readonly').objectStore('items')
  return {
    async open() {
      const request = indexedDB.open('raw', 1)
      request.addEventListener('upgradeneeded', () => {
        request.result.createObjectStore('items', { keyPath: ['pk', 'sk'] }).createIndex('group', 'group')
      })
      db = await promised(request)
    },
    async bulk(items) {
      const transaction = writing()
      const store = transaction.objectStore('items')
      for (const item of items) store.put(item)
      transaction.commit()
      await done(transaction)
    },
    async put(item) {
      const transaction = writing()
      transaction.objectStore('items').put(item)
      transaction.commit()
      await done(transaction)
      tell(item)
    },
    get: async (pk, sk) => (await promised(reading().get([pk, sk]))) as BenchItem | undefined,
    range: async (pk) => (await promised(reading().getAll(IDBKeyRange.bound([pk], [pk, []])))) as BenchItem[],
    byGroup: async (group) => (await promised(reading().index('group').getAll(group))) as BenchItem[],
    async increment(pk, sk, limit) {
      const transaction = writing()
      const store = transaction.objectStore('items')
      const item = (await promised(store.get([pk, sk]))) as BenchItem | undefined
      const holds = item !== undefined && item.n < limit
      if (holds) store.put({ ...item, n: item.n + 1 })
      transaction.commit()
      await done(transaction)
      return holds
    },
    async watch(pk, seen) {
      watchers.push((item) => {
        if (item.pk === pk) seen(item.sk)
      })
    },
    async close() {
      db.close()
      channel.close()
    },
  }
}
