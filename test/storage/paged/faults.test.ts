// Faults at every call of the device: a scripted workload with group commits, a flush, merge slices, directory
// publications, drops and a take-over is stopped at its Nth call, for every N, in every way. After reopening, every
// acknowledged write is there (S1), nothing is half there (S2), and what was never acknowledged is all or nothing.
import { describe, expect, it } from 'vitest'
import { QuotaExceededException, StorageException } from '../../../src/model/errors.ts'
import { type Fault, MemoryBlocks, MemoryDevice } from '../../../src/storage/paged/memory-blocks.ts'
import { openPagedStore, type PagedStore } from '../../../src/storage/paged/paged-store.ts'
import type { Batch, Store, Write } from '../../../src/storage/store.ts'
import { testEnvironment } from '../environment.ts'
import { FileDisk, openFileDisk } from '../file-disk.ts'
import type { FileFault } from '../memory-block-folder.ts'
import { checkSame, type Entry, entriesOf, getFrom, NaiveStore } from '../store-contract.ts'

const SMALL_LOG_BYTES = 200_000

type Disk = MemoryDevice | FileDisk
const DISKS = { 'log and pages of its own': () => new MemoryDevice(), 'log and pages in files': () => new FileDisk() }

interface Opening {
  readonly blocks: MemoryBlocks
  readonly opening: Promise<PagedStore>
  /** Alive on the disk. */
  readonly pages: (store: PagedStore) => number
}

function open(disk: Disk, fault?: (name: string, call: number) => FileFault | undefined): Opening {
  const options = { environment: testEnvironment(), logBytes: SMALL_LOG_BYTES, cacheBytes: 300_000, slicePages: 2 }
  if (disk instanceof FileDisk) {
    const { device, blocks } = openFileDisk(disk, fault === undefined ? {} : { fault })
    return { blocks: device, opening: openPagedStore({ blocks, ...options }), pages: (store) => blocks.blockCount - store.nodeCount }
  }
  const blocks = new MemoryBlocks(disk, { fault: (name, call) => fault?.(name, call) as Fault | undefined })
  return { blocks, opening: openPagedStore({ blocks, ...options }), pages: () => disk.pages.size }
}

/** Keys of two tables, spread so that runs and base overlap in parts. */
const keyOf = (n: number): string => `\0\0\0${n % 3 === 0 ? '\x02' : '\x01'}\0\0${String((n * 7919) % 1000).padStart(4, '0')}`
const batchOf = (round: number, size: number): Batch => {
  const writes: Write[] = Array.from({ length: size }, (_, n) => ({ key: keyOf(round * 37 + n), value: n % 11 === 0 ? undefined : `${round}:${n}:`.repeat(100) }))
  return { writes, settlements: [{ id: `s${round}`, text: `answer ${round}`, expiresAt: 9e15 }] }
}

/** The script; `acknowledged` is told of each batch when it was. */
async function work(store: Store, acknowledged: (batch: Batch) => void): Promise<void> {
  const commit = async (batch: Batch): Promise<void> => {
    await store.commit(batch)
    acknowledged(batch)
  }
  await commit(batchOf(0, 150))
  await store.flush()
  await Promise.all([commit(batchOf(1, 40)), commit(batchOf(2, 40))])
  await store.flush()
  await commit({ writes: [{ key: keyOf(5), value: 'after the drop' }], drops: [{ start: '\0\0\0\x01\0\x000300', end: '\0\0\0\x01\0\x000600' }] })
  await commit(batchOf(3, 150))
  await store.compact()
  await commit(batchOf(4, 200))
  await store.flush()
  await commit(batchOf(5, 200))
  await commit(batchOf(6, 200))
  await store.compact()
  await commit(batchOf(7, 30))
  await store.close()
}

interface Outcome {
  readonly calls: number
  /** Acknowledged batches, and the one whose outcome is open. */
  readonly acknowledged: readonly Batch[]
}

async function runWith(disk: Disk, fault: (name: string, call: number) => FileFault | undefined): Promise<Outcome> {
  let calls = 0
  const { blocks, opening } = open(disk, (name, call) => {
    calls = call
    return fault(name, call)
  })
  const acknowledged: Batch[] = []
  const script = opening.then((store) => work(store, (batch) => acknowledged.push(batch)))
  await Promise.race([script.catch(() => undefined), blocks.crashed])
  blocks.kill()
  return { calls, acknowledged: [...acknowledged] }
}

/** Every batch of the script in commit order: what a store may hold is a prefix of it. */
async function scriptedBatches(): Promise<Batch[]> {
  const { acknowledged } = await runWith(new MemoryDevice(), () => undefined)
  expect(acknowledged).toHaveLength(9)
  return [...acknowledged]
}

function stateAfter(batches: readonly Batch[]): NaiveStore {
  const naive = new NaiveStore()
  for (const batch of batches) naive.apply(batch)
  return naive
}

/** What is there is the acknowledged batches, and perhaps whole ones after them. */
async function checkRecovered(store: Store, script: readonly Batch[], acknowledged: number): Promise<void> {
  const found = JSON.stringify(await entriesOf(store))
  const states = script.map((_, index) => stateAfter(script.slice(0, index + 1)))
  const candidates = [new NaiveStore(), ...states].slice(acknowledged)
  const matching = candidates.find((naive) => JSON.stringify(naive.range()) === found)
  if (matching === undefined) expect(JSON.parse(found) as Entry[]).toEqual(candidates[0]?.range())
  for (let round = 0; round < 8; round++) {
    const position = script.findIndex(({ settlements }) => settlements?.[0]?.id === `s${round}`)
    if (position < acknowledged) expect(store.settlement(`s${round}`)?.text).toBe(`answer ${round}`)
  }
}

for (const [kind, newDisk] of Object.entries(DISKS)) describe(`faults at the Nth call, for every N, of a device with ${kind}`, () => {
  for (const fault of ['crash-before', 'crash-after', 'torn', 'fail', 'quota'] as const) {
    if (fault === 'torn' && !(newDisk() instanceof FileDisk)) continue
    it(`S1, S2: keeps every acknowledged write through ${fault}`, async () => {
      const script = await scriptedBatches()
      const { calls } = await runWith(newDisk(), () => undefined)
      expect(calls).toBeGreaterThan(40)
      const hit = new Set<string>()
      for (let n = 1; n <= calls; n++) {
        const disk = newDisk()
        const { acknowledged } = await runWith(disk, (name, call) => {
          if (call !== n) return undefined
          hit.add(name)
          return fault
        })
        // The two concurrent commits may have been acknowledged in one group only.
        const { opening, pages } = open(disk)
        const store = await opening
        await checkRecovered(store, script, acknowledged.length)
        // It goes on, and what a stopped flush or merge left behind is deleted.
        await store.compact()
        await store.commit({ writes: [{ key: 'z', value: 'later' }] })
        await store.compact()
        await store.compact()
        expect(pages(store), `pages after ${fault} at call ${n}`).toBe(store.pageCount)
        await store.close()
      }
      expect([...hit]).toEqual(expect.arrayContaining(newDisk() instanceof FileDisk ? ['takeOver', 'open', 'write', 'publish'] : ['takeOver', 'append', 'writePages', 'publish']))
    })
  }

  it('S1: gets everything back from the files where the browser threw its databases away, whenever that was', async () => {
    if (!(newDisk() instanceof FileDisk)) return
    const script = await scriptedBatches()
    const { calls } = await runWith(newDisk(), () => undefined)
    for (let n = 3; n <= calls; n++) {
      const disk = newDisk()
      const { acknowledged } = await runWith(disk, (_, call) => (call === n ? 'crash-after' : undefined))
      disk.throwAway({ database: 'test', noticedAt: 1, message: 'checksum mismatch' })
      const store = await open(disk).opening
      // Where nothing was acknowledged there may have been nothing to keep.
      if (acknowledged.length > 0) expect(store.lost, `call ${n}`).toBe(undefined)
      await checkRecovered(store, script, acknowledged.length)
      await store.commit({ writes: [{ key: 'z', value: 'later' }] })
      await store.close()
      disk.throwAway({ database: 'test', noticedAt: 2, message: 'again' })
      const again = await open(disk).opening
      expect(await getFrom(again, 'z')).toBe('later')
      expect(again.epoch).toBeGreaterThan(store.epoch)
      await again.commit({ writes: [{ key: 'y', value: 'last' }] })
      const last = await open(disk).opening
      expect(await getFrom(last, 'y'), `call ${n}`).toBe('last')
      await last.close()
    }
  })

  it('S1: survives a second crash during the recovery from the first, at every call', async () => {
    const script = await scriptedBatches()
    for (let n = 3; n <= 63; n += 15) {
      for (let m = 1; m < 9; m++) {
        const disk = newDisk()
        const { acknowledged } = await runWith(disk, (_, call) => (call === n ? 'crash-after' : undefined))
        const second = open(disk, (_, call) => (call === m ? 'crash-after' : undefined))
        await Promise.race([second.opening.then((store) => store.compact()).catch(() => undefined), second.blocks.crashed])
        second.blocks.kill()
        const store = await open(disk).opening
        await checkRecovered(store, script, acknowledged.length)
        await store.close()
      }
    }
  })

  it('S7: a flush that meets the quota leaves all readable, backs off, and goes on when there is room', async () => {
    const disk = newDisk()
    let isFull = false
    const filling = disk instanceof FileDisk ? 'open' : 'writePages'
    const { opening } = open(disk, (name) => (isFull && name === filling ? 'quota' : undefined))
    const store = await opening
    const naive = new NaiveStore()
    const commit = async (batch: Batch): Promise<void> => {
      await store.commit(batch)
      naive.apply(batch)
    }
    await commit(batchOf(0, 150))
    isFull = true
    await expect(store.flush()).rejects.toThrow(QuotaExceededException)
    await checkSame(store, naive)
    for (let round = 1; round < 8; round++) await commit(batchOf(round, 150))
    await checkSame(store, naive)
    isFull = false
    await store.compact()
    await checkSame(store, naive)
    expect(store.statistics().logBytes).toBe(0)
    await store.close()
  })

  it('S7: a full disk refuses growth with one clear error, batch by batch, and lets deletes through', async () => {
    const disk = newDisk()
    const store = await open(disk).opening
    await store.commit(batchOf(0, 40))
    disk.quotaBytes = disk.storedBytes + 3000
    if (disk instanceof FileDisk) disk.logs.quotaBytes = disk.logs.storedBytes + 3000
    const growth = store.commit({ writes: [{ key: 'big', value: 'x'.repeat(50_000) }] })
    const removal = store.commit({ writes: [{ key: keyOf(1), value: undefined }] })
    await expect(growth).rejects.toThrow(QuotaExceededException)
    await removal
    expect(store.get('big')).toBeUndefined()
    expect(store.get(keyOf(1))).toBeUndefined()
    await store.close()
  })

  it('S4: a failed commit leaves no trace, and the store says once that it can not go on', async () => {
    const disk = newDisk()
    let isBroken = false
    const { opening } = open(disk, (name) => (isBroken && ['append', 'write'].includes(name) ? 'fail' : undefined))
    const store = await opening
    const failures: Error[] = []
    store.onFailure((error) => failures.push(error))
    await store.commit(batchOf(0, 10))
    isBroken = true
    await expect(store.commit(batchOf(1, 10))).rejects.toThrow('Injected failure')
    await expect(store.commit(batchOf(1, 10))).rejects.toThrow(StorageException)
    expect(failures).toHaveLength(1)
    const later = await open(disk).opening
    await checkSame(later, stateAfter([batchOf(0, 10)]))
    await later.close()
  })
})

describe('merge slices', () => {
  it('stay small even where a whole run falls between two entries of one page', async () => {
    const device = new MemoryDevice()
    const store = await openPagedStore({ blocks: new MemoryBlocks(device), environment: testEnvironment(), slicePages: 4 })
    await store.commit({ writes: [{ key: 'a', value: 'first' }, { key: 'z', value: 'last' }] })
    await store.compact()
    await store.commit({ writes: Array.from({ length: 500 }, (_, n) => ({ key: `m${String(n).padStart(4, '0')}`, value: 'x'.repeat(5000) })) })
    await store.flush()
    device.calls = []
    await store.compact()
    const slices = device.calls.join(' ').split('publish').map((calls) => calls.split('writePages').length - 1)
    expect(slices.length).toBeGreaterThan(10)
    // At most four pages a call: the slice's own, and the rest of the page that it stopped in.
    expect(Math.max(...slices)).toBeLessThanOrEqual(3)
    expect((await entriesOf(store)).map(([key]) => key)).toEqual(['a', ...Array.from({ length: 500 }, (_, n) => `m${String(n).padStart(4, '0')}`), 'z'])
    await store.close()
  })

  it('leave what only grows where it is: pages of a run that overlap nothing are not written again', async () => {
    const device = new MemoryDevice()
    const store = await openPagedStore({ blocks: new MemoryBlocks(device), environment: testEnvironment() })
    let sequence = 0
    for (let round = 0; round < 5; round++) {
      await store.commit({ writes: Array.from({ length: 200 }, () => ({ key: `journal ${String(sequence++).padStart(8, '0')}`, value: 'x'.repeat(2000) })) })
      await store.flush()
    }
    const before = store.statistics().bytesWritten
    await store.compact()
    expect(store.statistics().runs).toBe(0)
    // Directory and root, and a small page at each seam.
    expect(store.statistics().bytesWritten - before).toBeLessThan(0.25 * sequence * 2000)
    expect(await entriesOf(store)).toHaveLength(sequence)
    await store.close()
  })

  it('free the pages of a dropped range without reading them', async () => {
    const device = new MemoryDevice()
    const store = await openPagedStore({ blocks: new MemoryBlocks(device), environment: testEnvironment(), cacheBytes: 100_000 })
    for (const table of ['1', '2', '3']) await store.commit({ writes: Array.from({ length: 500 }, (_, n) => ({ key: `\0\0\0${table}\0\0${String(n).padStart(4, '0')}`, value: 'x'.repeat(2000) })) })
    await store.compact()
    const pages = device.pages.size
    device.calls = []
    await store.commit({ writes: [], drops: [{ start: '\0\0\x002', end: '\0\0\x003' }] })
    await store.flush()
    await store.commit({ writes: [{ key: 'z', value: '' }] })
    await store.flush()
    expect(device.pages.size).toBeLessThan(pages * 0.72)
    expect(device.calls.filter((call) => call === 'readPages').length).toBeLessThanOrEqual(2)
    expect(await entriesOf(store, { start: '\0\0\x001', end: '\0\0\x004' })).toHaveLength(1000)
    await store.close()
  })
})

for (const [kind, newDisk] of Object.entries(DISKS)) describe(`S5: an old host after a take-over of a device with ${kind}`, () => {
  for (const action of ['commit', 'flush', 'compact'] as const) {
    it(`can not ${action}, though it was in the middle of its work`, async () => {
      const device = newDisk()
      const old = await open(device).opening
      await old.commit(batchOf(0, 150))
      await old.flush()
      await old.commit(batchOf(1, 150))
      const young = await open(device).opening
      await young.commit(batchOf(2, 50))
      await young.compact()
      const before = [device.root, device.pages.size, device.log.size]
      const failing = action === 'commit' ? old.commit(batchOf(9, 10)) : old[action]()
      await expect(failing).rejects.toMatchObject({ reason: 'LEASE_LOST' })
      expect(() => old.get('a')).toThrow(StorageException)
      expect([device.root, device.pages.size, device.log.size]).toEqual(before)
      await young.compact()
      await checkSame(young, stateAfter([batchOf(0, 150), batchOf(1, 150), batchOf(2, 50)]))
      await young.close()
    })
  }

  it('answers LEASE_LOST, not damage, where the new host has deleted the pages that it wants to read', async () => {
    const device = newDisk()
    const writer = await open(device).opening
    await writer.commit(batchOf(0, 150))
    await writer.compact()
    await writer.close()
    const old = await open(device).opening
    const young = await open(device).opening
    await young.commit(batchOf(1, 150))
    await young.compact()
    await young.compact()
    const reading = entriesOf(old)
    // Files that the old host has open are still there.
    if (device instanceof FileDisk) await reading.catch((error: unknown) => expect(error).toMatchObject({ reason: 'LEASE_LOST' }))
    else await expect(reading).rejects.toMatchObject({ reason: 'LEASE_LOST' })
    await young.close()
  })

  it('can not commit where its next row was, even after that was trimmed away', async () => {
    const device = newDisk()
    const old = await open(device).opening
    await old.commit(batchOf(0, 10))
    const young = await open(device).opening
    for (let round = 1; round < 5; round++) await young.commit(batchOf(round, 10))
    await young.compact()
    await expect(old.commit(batchOf(9, 10))).rejects.toMatchObject({ reason: 'LEASE_LOST' })
    await young.close()
    const next = await open(device).opening
    expect(next.epoch).toBe(3)
    await checkSame(next, stateAfter([0, 1, 2, 3, 4].map((round) => batchOf(round, 10))))
    await next.close()
  })
})
