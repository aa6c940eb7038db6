// The worker of memory-worker.ts: items as texts in maps by partition and by group, kept in order.
import type { BenchItem } from '../workload.ts'

const partitions = new Map<string, Map<string, string>>()
const groups = new Map<string, Map<string, string>>()
const watched = new Set<string>()

function put(item: BenchItem): void {
  const text = JSON.stringify(item)
  for (const [maps, key, id] of [[partitions, item.pk, item.sk], [groups, item.group, `${item.pk} ${item.sk}`]] as const) {
    const map = maps.get(key)
    if (map === undefined) maps.set(key, new Map([[id, text]]))
    else map.set(id, text)
  }
  if (watched.has(item.pk)) postMessage(`!${item.sk}`)
}
const listOf = (map: ReadonlyMap<string, string> | undefined): string =>
  `[${[...(map ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text).join(',')}]`

function answer([what, first, second, third]: readonly [string, never, never, never]): string {
  const partition = partitions.get(first)
  if (what === 'get') return partition?.get(second) ?? ''
  if (what === 'range') return listOf(partition)
  if (what === 'group') return listOf(groups.get(first))
  if (what === 'put') for (const item of first as BenchItem[]) put(item)
  if (what === 'watch') watched.add(first)
  if (what !== 'increment') return ''
  const item = JSON.parse(partition?.get(second) ?? '{"n":0}') as BenchItem
  if (item.n >= third) return 'false'
  put({ ...item, n: item.n + 1 })
  return 'true'
}

addEventListener('message', ({ data }: MessageEvent<string>) => postMessage(answer(JSON.parse(data) as never)))
