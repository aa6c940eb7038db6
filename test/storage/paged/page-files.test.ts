// Pages in files: found by id over openings, won back when dead, kept through kills in the middle of that.
import { describe, expect, it } from 'vitest'
import type { Block, NamedBlock } from '../../../src/storage/paged/blocks.ts'
import { PageFiles } from '../../../src/storage/paged/page-files.ts'
import { openPagedStore, type PagedStore } from '../../../src/storage/paged/paged-store.ts'
import { seeded, testEnvironment } from '../environment.ts'
import { FileDisk, openFileDisk } from '../file-disk.ts'
import { type FileFault, MemoryBlockFolder, MemoryFiles } from '../memory-block-folder.ts'
import { entriesOf } from '../store-contract.ts'

const FILE_BYTES = 200_000
const PAGE = 'p'.repeat(2000)
/** Of the text. */
const FILE_PAGES = 99

let names = 0
const open = (disk: MemoryFiles, fault?: (name: string) => FileFault | undefined): PageFiles =>
  new PageFiles(new MemoryBlockFolder(disk, fault === undefined ? {} : { fault }), () => String(++names), FILE_BYTES)
const blockOf = (id: number): Block => (id % 3 === 0 ? `${id}\u00ff${PAGE}` : id % 3 === 1 ? `${id} 語 ${PAGE}` : new Uint8Array(2010).fill(id & 255))
const pagesFrom = (from: number, count: number): NamedBlock[] => Array.from({ length: count }, (_, i) => ({ id: from + i, block: blockOf(from + i) }))

async function writeAll(files: PageFiles, from: number, count: number): Promise<void> {
  for (let at = 0; at < count; at += 4) await files.write(pagesFrom(from + at, Math.min(4, count - at)))
}
async function expectAlive(files: PageFiles, ids: readonly number[]): Promise<void> {
  expect(await files.read(ids)).toEqual(ids.map(blockOf))
}
const range = (from: number, to: number, step = 1): number[] => Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step)

describe('pages in files', () => {
  it('are found by id, by the opening that wrote them and by later ones, over several files', async () => {
    const disk = new MemoryFiles()
    const first = open(disk)
    await writeAll(first, 100, FILE_PAGES + 50)
    await expectAlive(first, [100, 101, 102, 100 + FILE_PAGES + 49])
    first.close()
    const second = open(disk)
    await writeAll(second, 1e9, 10)
    await expectAlive(second, [...range(100, 100 + FILE_PAGES + 50, 7), 1e9, 1e9 + 9])
    expect(await second.read([99, 5000, 1e9 + 10])).toEqual([undefined, undefined, undefined])
    expect(disk.files.size).toBe(3)
  })

  it('are found whatever the order in which they were given their ids and written, over the ends of files', async () => {
    const disk = new MemoryFiles()
    const files = open(disk)
    for (let from = 0; from < 300; from += 12) {
      await files.write(pagesFrom(from + 4, 8))
      await files.write(pagesFrom(from, 4))
    }
    await expectAlive(files, range(0, 300))
    files.close()
    await expectAlive(open(disk), range(0, 300))
  })

  it('are gone once dropped, and a file with nothing left goes', async () => {
    const disk = new MemoryFiles()
    const files = open(disk)
    await writeAll(files, 0, FILE_PAGES * 2)
    const size = disk.files.size
    files.drop([{ from: 0, to: FILE_PAGES + 10 }])
    expect(await files.read([0, 5])).toEqual([undefined, undefined])
    await expectAlive(files, [FILE_PAGES * 2 - 1])
    expect(disk.files.size).toBe(size - 1)
  })

  it('of earlier openings that nobody wants are found by a sweep, drops before it included', async () => {
    const disk = new MemoryFiles()
    const first = open(disk)
    await writeAll(first, 0, 60)
    first.close()
    const second = open(disk)
    await writeAll(second, 1000, 8)
    second.drop([{ from: 3, to: 5 }])
    expect(second.wantsSweep).toBe(true)
    await second.sweep(new Set(range(0, 60, 2)), 1000)
    expect(second.wantsSweep).toBe(false)
    await expectAlive(second, [0, 2, 6, 58, 1000, 1007])
    expect(await second.read([1, 4, 59])).toEqual([undefined, undefined, undefined])
    expect(second.blockCount).toBe(29 + 8)
  })

  it('that live in a file mostly dead are copied, and found by this opening and the next', async () => {
    const disk = new MemoryFiles()
    const files = open(disk)
    await writeAll(files, 0, FILE_PAGES * 3)
    const before = disk.storedBytes
    const alive = range(0, FILE_PAGES * 3, 5)
    files.drop(range(0, FILE_PAGES * 3).filter((id) => id % 5 > 0).map((id) => ({ from: id, to: id + 1 })))
    expect(files.hasGarbage).toBe(true)
    while (files.hasGarbage) await files.collect()
    await expectAlive(files, alive)
    expect(disk.storedBytes).toBeLessThan(before / 2)
    files.close()
    await expectAlive(open(disk), alive)
    // Also where the next opening drops, sweeps and copies again.
    const next = open(disk)
    await next.sweep(new Set(alive.filter((id) => id % 2 === 0)), 1e9)
    while (next.hasGarbage) await next.collect()
    await expectAlive(next, alive.filter((id) => id % 2 === 0))
    expect(await next.read(alive.filter((id) => id % 2 === 1).slice(0, 3))).toEqual([undefined, undefined, undefined])
  })

  it('are all there whenever a kill stops the copying', async () => {
    for (const fault of ['crash-before', 'crash-after', 'torn'] as const) {
      for (let n = 1; n < 30; n += 2) {
        const disk = new MemoryFiles()
        let calls = 0
        let isCollecting = false
        const files = open(disk, () => (isCollecting && ++calls === n ? fault : undefined))
        await writeAll(files, 0, FILE_PAGES * 2)
        const alive = range(0, FILE_PAGES * 2, 6)
        files.drop(range(0, FILE_PAGES * 2).filter((id) => id % 6 > 0).map((id) => ({ from: id, to: id + 1 })))
        isCollecting = true
        const collecting = (async () => {
          while (files.hasGarbage) await files.collect()
        })()
        await Promise.race([collecting.catch(() => undefined), new Promise((done) => setTimeout(done, 30))])
        disk.open.clear()
        await expectAlive(open(disk), alive)
      }
    }
  })

  it('behind a damaged head are found again; a torn end costs nothing', async () => {
    const disk = new MemoryFiles()
    const first = open(disk)
    await writeAll(first, 0, 8)
    first.close()
    const [[name, bytes] = ['', new Uint8Array()]] = disk.files
    disk.files.set(name, bytes.slice(0, bytes.length - 2))
    const heads = range(0, bytes.length - 4, 4).filter((at) => Buffer.from(bytes.subarray(at, at + 4)).toString() === 'HFPG')
    disk.files.get(name)?.fill(0, heads[2], (heads[2] ?? 0) + 8)
    const files = open(disk)
    await expectAlive(files, [0, 1, 3, 4, 5, 6])
    expect(await files.read([2, 7])).toEqual([undefined, undefined])
  })

  it('leave nothing of what is dead, where that is asked for', async () => {
    const disk = new MemoryFiles()
    const files = open(disk)
    await writeAll(files, 0, FILE_PAGES + 20)
    files.drop([{ from: 3, to: 4 }, { from: FILE_PAGES + 12, to: FILE_PAGES + 13 }])
    expect(files.hasGarbage).toBe(false)
    files.beThorough()
    while (files.hasGarbage) await files.collect()
    const left = [...disk.files.values()].map((bytes) => Buffer.from(bytes).toString('latin1')).join('')
    // Every third has such a text; 3 is gone.
    expect(left.split('\u00c3\u00bfpp').length - 1).toBe(range(0, FILE_PAGES + 20).filter((id) => id % 3 === 0 && id !== 3 && id !== FILE_PAGES + 12).length)
    await expectAlive(files, range(0, FILE_PAGES + 20).filter((id) => id !== 3 && id !== FILE_PAGES + 12))
    await writeAll(files, 5000, 4)
    await expectAlive(files, [5000, 5003])
  })

  it('leave no half of a write that the quota refused', async () => {
    const disk = new MemoryFiles()
    const files = open(disk)
    await writeAll(files, 0, 4)
    disk.quotaBytes = disk.storedBytes + 3000
    await expect(writeAll(files, 4, 4)).rejects.toThrow('full')
    disk.quotaBytes = Infinity
    await writeAll(files, 8, 4)
    files.close()
    const next = open(disk)
    await expectAlive(next, [0, 1, 2, 3, 8, 9, 10, 11])
    expect(await next.read([4, 5, 6, 7])).toEqual([undefined, undefined, undefined, undefined])
  })
})

describe('a store whose pages lie in files', () => {
  const openStore = (disk: FileDisk): { store: Promise<PagedStore>; blockCount: () => number } => {
    const { blocks } = openFileDisk(disk)
    return { store: openPagedStore({ blocks, environment: testEnvironment(), logBytes: 300_000, cacheBytes: 500_000 }), blockCount: () => blocks.blockCount }
  }

  it('wins back room over many openings and rewrites, and loses nothing', async () => {
    const disk = new FileDisk()
    const expected = new Map<string, string>()
    const random = seeded(7)
    for (let life = 0; life < 6; life++) {
      const { store: opening, blockCount } = openStore(disk)
      const store = await opening
      for (let round = 0; round < 40; round++) {
        const writes = Array.from({ length: 40 }, () => ({ key: `k${String(Math.floor(random() * 3000)).padStart(5, '0')}`, value: `${life}:${round}:${'x'.repeat(4000)}` }))
        await store.commit({ writes })
        for (const { key, value } of writes) expected.set(key, value)
      }
      await store.compact()
      expect(blockCount()).toBe(store.pageCount + store.nodeCount)
      expect(disk.pageFiles.storedBytes).toBeLessThan(store.statistics().storedBytes * 2 + 400_000)
      await store.close()
    }
    const last = await openStore(disk).store
    expect(new Map((await entriesOf(last)).map(([key, value]) => [key, value]))).toEqual(expected)
    await last.close()
  })

  it('reads pages that an opening without files wrote', async () => {
    const disk = new FileDisk()
    const { device } = openFileDisk(disk)
    const plain = await openPagedStore({ blocks: device, environment: testEnvironment() })
    await plain.commit({ writes: [{ key: 'a', value: 'old' }] })
    await plain.close()
    const store = await openStore(disk).store
    await store.commit({ writes: [{ key: 'b', value: 'new' }] })
    expect(await entriesOf(store)).toEqual([['a', 'old'], ['b', 'new']])
    await store.compact()
    expect(await entriesOf(store)).toEqual([['a', 'old'], ['b', 'new']])
    expect(disk.pages.size).toBe(0)
    await store.close()
  })
})
