// The notice that the browser threw everything away: durable data that every tab sees, not a failed opening.
// The real engine over a store in memory that stands for a database made anew.
import { describe, expect, it } from 'vitest'
import { N, S, StorageException, table } from 'holdfast'
import { databaseOn } from '../../src/client/database.ts'
import { connectDirect } from '../../src/host/direct-link.ts'
import { openHostedEngine } from '../../src/host/engine-host.ts'
import { Host } from '../../src/host/host.ts'
import { platformEnvironment } from '../../src/host/platform-environment.ts'
import { MemoryDisk, openMemoryStore } from '../../src/storage/memory/memory-store.ts'
import { turn } from './fake-host.ts'

const Things = table('Things', { partitionKey: 'id', attributes: { id: S(), n: N() } })
const environment = platformEnvironment()

async function host(disk: MemoryDisk) {
  const engine = await openHostedEngine(openMemoryStore(environment, { disk }), environment)
  const opened = new Host(engine, environment)
  return { openTab: () => databaseOn({ ...environment, connect: () => connectDirect(opened, environment) }), end: () => engine.close() }
}
function lostDisk(): MemoryDisk {
  const disk = new MemoryDisk()
  disk.lost = { database: 'holdfast:app', noticedAt: Date.UTC(2026, 10, 24, 15), message: 'IndexedDB (database was corrupt)' }
  return disk
}
const NOTICE = {
  state: 'OPEN',
  error: {
    name: 'StorageException',
    reason: 'LOST',
    message: 'All data of holdfast:app is lost: at 2026-11-24T15:00:00.000Z the browser found its storage damaged and began a new one (IndexedDB (database was corrupt))',
  },
}

describe('the loss of all data', () => {
  it('is told with OPEN in every tab, over reopenings, and requests and live queries go on', async () => {
    const disk = lostDisk()
    for (const n of [1, 2]) {
      const { openTab, end } = await host(disk)
      for (const db of [openTab(), openTab()]) {
        const things = db.table(Things)
        const live = things.query({ id: 'a' }).live()
        const seen: unknown[] = []
        live.subscribe({ next: ({ status, items }) => status !== 'PENDING' && seen.push(items.map((item) => item.n)), error: (error) => seen.push(error) })
        await things.put({ id: 'a', n })
        await expect.poll(() => seen.at(-1)).toEqual([n])
        expect(db.status.current).toMatchObject(NOTICE)
        expect(db.status.current.error).toBeInstanceOf(StorageException)
      }
      await end()
    }
  })

  it('is dismissed for all tabs and for good', async () => {
    const disk = lostDisk()
    const { openTab, end } = await host(disk)
    const [first, second] = [openTab(), openTab()]
    for (const db of [first, second]) {
      await db.table(Things).get({ id: 'a' })
      expect(db.status.current).toMatchObject(NOTICE)
    }
    await first.storage.dismissLoss()
    expect(disk.lost).toBeUndefined()
    await turn()
    for (const db of [first, second]) expect(db.status.current).toEqual({ state: 'OPEN' })
    await second.storage.dismissLoss()
    await end()

    const next = (await host(disk)).openTab()
    await next.table(Things).get({ id: 'a' })
    expect(next.status.current).toEqual({ state: 'OPEN' })
  })

  it('is not told any more after erase', async () => {
    const disk = lostDisk()
    const { openTab } = await host(disk)
    const [first, second] = [openTab(), openTab()]
    await second.table(Things).get({ id: 'a' })
    await first.erase()
    await turn()
    expect(disk.lost).toBeUndefined()
    expect(second.status.current).toEqual({ state: 'OPEN' })
  })
})
