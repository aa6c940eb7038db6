// Dexie as its documentation teaches it: compound primary key, one index, bulkPut, liveQuery.
import { Dexie, liveQuery, type Table } from 'dexie'
import type { BenchEngine, BenchItem } from '../workload.ts'

export function dexieEngine(): BenchEngine {
  const db = new Dexie('dexie', { chromeTransactionDurability: 'relaxed' })
  db.version(1).stores({ items: '[pk+sk],group' })
  const items = db.table('items') as Table<BenchItem, [string, string]>
  return {
    async open() {
      await db.open()
    },
    async bulk(all) {
      await items.bulkPut([...all])
    },
    async put(item) {
      await items.put(item)
    },
    get: (pk, sk) => items.get([pk, sk]),
    range: (pk) => items.where('[pk+sk]').between([pk, Dexie.minKey], [pk, Dexie.maxKey]).toArray(),
    byGroup: (group) => items.where('group').equals(group).toArray(),
    increment: (pk, sk, limit) =>
      db.transaction('rw', items, async () => {
        const item = await items.get([pk, sk])
        if (item === undefined || item.n >= limit) return false
        await items.put({ ...item, n: item.n + 1 })
        return true
      }),
    async watch(pk, seen) {
      const known = new Set<string>()
      await new Promise<void>((resolve, reject) => {
        liveQuery(() => items.where('[pk+sk]').between([pk, Dexie.minKey], [pk, Dexie.maxKey]).toArray()).subscribe({
          next: (found) => {
            resolve()
            for (const { sk } of found) {
              if (known.has(sk)) continue
              known.add(sk)
              seen(sk)
            }
          },
          error: reject,
        })
      })
    },
    async close() {
      db.close()
    },
  }
}
