// Batches of any length: chunks, pipelining, progress, failures, order.
import { describe, expect, it } from 'vitest'
import { N, S, SS, table, ValidationException } from 'holdfast'
import { openTestDatabase } from 'holdfast/testing'
import { FakeHost, turn } from './fake-host.ts'

const Things = table('Things', { partitionKey: 'id', attributes: { id: S(), n: N().default(1), tags: SS().optional() } })
const things = (count: number, data = ''): { id: string; data: string }[] =>
  Array.from({ length: count }, (_, i) => ({ id: String(i).padStart(6, '0'), data }))
const sizes = (host: FakeHost, clause: 'Put' | 'Delete'): number[] =>
  host.inputsOf('BulkWrite').flatMap((input) => (clause in input ? [(input[clause] as unknown[]).length] : []))

describe('batchWrite', () => {
  it('sends up to 400 items a request, with defaults, then the deletes', async () => {
    const host = new FakeHost()
    const written: number[] = []
    await host.database.table(Things).batchWrite({ put: things(1000), delete: [{ id: 'x' }] }, { onProgress: (count) => written.push(count) })
    expect(sizes(host, 'Put')).toEqual([400, 400, 200])
    expect(sizes(host, 'Delete')).toEqual([1])
    expect(host.inputsOf('BulkWrite')[0]).toMatchObject({ TableName: 'Things', Put: { 0: { id: '000000', n: 1 } } })
    expect(written).toEqual([400, 800, 1000, 1001])
  })

  it('sends fewer large items a request', async () => {
    const host = new FakeHost()
    await host.database.table(Things).batchWrite({ put: things(50, 'x'.repeat(10_000)) })
    expect(Math.max(...sizes(host, 'Put'))).toBeLessThanOrEqual(10)
  })

  it('has several requests under way, but not all', async () => {
    let underWay = 0
    let most = 0
    const release: (() => void)[] = []
    const host = new FakeHost(async ({ operation }) => {
      if (operation !== 'BulkWrite') return {}
      most = Math.max(most, ++underWay)
      await new Promise<void>((resolve) => release.push(resolve))
      underWay -= 1
      return {}
    })
    let made = 0
    const items = (function* () {
      for (const item of things(400 * 30)) {
        made += 1
        yield item
      }
    })()
    const done = host.database.table(Things).batchWrite({ put: items })
    await turn()
    await turn()
    expect(made).toBe(400 * 16)
    while (sizes(host, 'Put').length < 30 || release.length > 0) {
      release.splice(0, 1)[0]?.()
      await turn()
    }
    await done
    expect(most).toBe(16)
    // A request is a call of its own, so that the worker begins with the first while the next is encoded.
    expect(Math.max(...host.batches)).toBe(1)
  })

  it('rejects with the first error when nothing is under way any more, and sends no more', async () => {
    let failed = 0
    const host = new FakeHost(async ({ operation, input }) => {
      if (operation !== 'BulkWrite') return {}
      if (JSON.stringify(input).includes('000400')) {
        failed += 1
        throw new ValidationException('second')
      }
      await turn()
      return {}
    })
    const written: number[] = []
    const done = host.database.table(Things).batchWrite({ put: things(400 * 40) }, { onProgress: (count) => written.push(count) })
    await expect(done).rejects.toThrow('second')
    const sent = sizes(host, 'Put').length
    await turn()
    expect(failed).toBe(1)
    expect(sent).toBeLessThan(12)
    expect(sizes(host, 'Put')).toHaveLength(sent)
    expect(written.at(-1)).toBe((sent - 1) * 400)
  })

  it('rejects where an item can’t be encoded, and stops on abort', async () => {
    const host = new FakeHost()
    const table = host.database.table(Things)
    await expect(table.batchWrite({ put: [{ id: 'a', n: new Date() as unknown as number }] })).rejects.toThrow('Unsupported type passed: Date')
    const abort = new AbortController()
    const done = table.batchWrite({ put: things(12_000) }, { signal: abort.signal, onProgress: () => abort.abort(new Error('mine')) })
    await expect(done).rejects.toThrow('mine')
    expect(sizes(host, 'Put').length).toBeLessThan(30)
  })
})

describe('batchGet', () => {
  it('keeps the order of the keys, leaves missing ones out, takes repeats once', async () => {
    await using db = openTestDatabase()
    const table = db.table(Things)
    await table.batchWrite({ put: things(350) })
    const wanted = [349, 3, 200, 3, 99999, 0].map((i) => ({ id: String(i).padStart(6, '0') }))
    expect((await table.batchGet(wanted)).map(({ id }) => Number(id))).toEqual([349, 3, 200, 0])
    expect(await table.batchGet(things(350))).toHaveLength(350)
    expect(await table.batchGet([])).toEqual([])
  })

  it('asks again for what was left unprocessed', async () => {
    const host = new FakeHost(({ operation, input }) => {
      if (operation !== 'BatchGetItem') return {}
      const [first, ...rest] = (input['RequestItems'] as { Things: { Keys: { id: string }[] } }).Things.Keys
      return { Responses: { Things: [first] }, UnprocessedKeys: rest.length > 0 ? { Things: { Keys: rest } } : {} }
    })
    const items = await host.database.table(Things).batchGet([{ id: 'a' }, { id: 'b' }, { id: 'c' }], { consistentRead: true })
    expect(items.map(({ id }) => id)).toEqual(['a', 'b', 'c'])
    expect(host.inputsOf('BatchGetItem')).toHaveLength(3)
    expect(host.inputsOf('BatchGetItem')[0]).toEqual({ RequestItems: { Things: { Keys: [{ id: 'a' }, { id: 'b' }, { id: 'c' }], ConsistentRead: true } } })
  })
})
