// SQLite in a worker over OPFS (sahpool), tuned: prepared statements, WAL-less exclusive journal, one round trip a call.
import type { BenchEngine, BenchItem } from '../workload.ts'

export function sqliteEngine(): BenchEngine {
  const worker = new Worker(new URL('sqlite-worker.ts', import.meta.url), { type: 'module' })
  const channel = new BroadcastChannel('sqlite')
  const watchers: ((item: { pk: string; sk: string }) => void)[] = []
  channel.addEventListener('message', (event: MessageEvent<BenchItem>) => {
    for (const watcher of watchers) watcher(event.data)
  })
  let counter = 0
  const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  worker.addEventListener('message', (event: MessageEvent<{ id: number; value?: unknown; error?: string }>) => {
    const { id, value, error } = event.data
    const call = waiting.get(id)
    waiting.delete(id)
    if (error === undefined) call?.resolve(value)
    else call?.reject(new Error(error))
  })
  const call = <T>(name: string, ...args: unknown[]): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      const id = ++counter
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject })
      worker.postMessage({ id, name, args })
    })
  return {
    open: () => call('open'),
    bulk: (items) => call('bulk', items),
    async put(item) {
      await call('put', item)
      for (const watcher of watchers) watcher(item)
      channel.postMessage(item)
    },
    get: (pk, sk) => call('get', pk, sk),
    range: (pk) => call('range', pk),
    byGroup: (group) => call('byGroup', group),
    increment: (pk, sk, limit) => call('increment', pk, sk, limit),
    async watch(pk, seen) {
      watchers.push((item) => {
        if (item.pk === pk) seen(item.sk)
      })
    },
    async close() {
      await call('close')
      worker.terminate()
      channel.close()
    },
  }
}
