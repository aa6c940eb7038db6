// Holdfast through its public client: `plain` has one table and one global secondary index; `all` adds stream, point-in-time
// recovery and time-to-live.
import { ConditionalCheckFailedException, lt, N, openDatabase, S, table } from 'holdfast'
import type { BenchEngine } from '../workload.ts'

const definition = {
  partitionKey: 'pk',
  sortKey: 'sk',
  attributes: { pk: S(), sk: S(), group: S(), n: N(), data: S(), expires: N().optional() },
  globalSecondaryIndexes: { byGroup: { partitionKey: 'group' } },
} as const
const Plain = table('Items', definition)
const All = table('Items', { ...definition, timeToLive: 'expires', streamViewType: 'NEW_AND_OLD_IMAGES', pointInTimeRecovery: true })

export function holdfastEngine(mode: 'plain' | 'all'): BenchEngine {
  const db = openDatabase(`bench-${mode}`)
  const items = mode === 'plain' ? db.table(Plain) : db.table(All)
  return {
    async open() {
      await items.get({ pk: 'none', sk: 'none' })
    },
    bulk: (all) => items.batchWrite({ put: all }),
    put: (item) => items.put(item),
    get: (pk, sk) => items.get({ pk, sk }),
    range: (pk) => items.query({ pk }).all(),
    byGroup: (group) => items.index('byGroup').query({ group }).all(),
    async increment(pk, sk, limit) {
      try {
        await items.update({ pk, sk }, { add: { n: 1 } }, { condition: { n: lt(limit) } })
        return true
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false
        throw error
      }
    },
    async watch(pk, seen) {
      await new Promise<void>((resolve) => {
        items.query({ pk }).live().subscribe(({ changes, status }) => {
          if (status === 'ACTIVE') resolve()
          for (const { eventName, keys } of changes) if (eventName === 'INSERT') seen(keys.sk)
        })
      })
    },
    close: () => db.close(),
  }
}
