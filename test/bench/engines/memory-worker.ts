// What a worker costs at the very least: maps in its memory, no check, no storage, no crash safety, the same items as JSON
// texts. Not a peer but the floor under every engine that answers from a worker. Only by name: --engines memory-worker.
import type { BenchEngine, BenchItem } from '../workload.ts'

type Answer = (text: string) => void

export function memoryWorkerEngine(): BenchEngine {
  const worker = new Worker(new URL('memory-worker-thread.ts', import.meta.url), { type: 'module' })
  // Answers come in the order of the questions.
  const waiting: Answer[] = []
  const watchers: ((sk: string) => void)[] = []
  worker.addEventListener('message', ({ data }: MessageEvent<string>) => {
    if (data.startsWith('!')) for (const seen of watchers) seen(data.slice(1))
    else waiting.shift()?.(data)
  })
  const ask = async (...question: readonly unknown[]): Promise<string> => {
    const answer = new Promise<string>((resolve) => waiting.push(resolve))
    worker.postMessage(JSON.stringify(question))
    return await answer
  }
  return {
    async open() {
      await ask('get', 'none', 'none')
    },
    async bulk(items) {
      const chunks: Promise<string>[] = []
      for (let at = 0; at < items.length; at += 400) chunks.push(ask('put', items.slice(at, at + 400)))
      await Promise.all(chunks)
    },
    async put(item) {
      await ask('put', [item])
    },
    async get(pk, sk) {
      const text = await ask('get', pk, sk)
      return text === '' ? undefined : (JSON.parse(text) as BenchItem)
    },
    range: async (pk) => JSON.parse(await ask('range', pk)) as BenchItem[],
    byGroup: async (group) => JSON.parse(await ask('group', group)) as BenchItem[],
    increment: async (pk, sk, limit) => JSON.parse(await ask('increment', pk, sk, limit)) as boolean,
    async watch(pk, seen) {
      watchers.push(seen)
      await ask('watch', pk)
    },
    async close() {
      await ask('get', 'none', 'none')
      worker.terminate()
    },
  }
}
