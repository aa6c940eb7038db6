// The cache alone: one load for all who ask, pins, the byte bound, and what a merge once lost a page by.
import { describe, expect, it } from 'vitest'
import { plainCodec } from '../../../src/storage/paged/codec.ts'
import { PageRef } from '../../../src/storage/paged/directory.ts'
import { MemoryBlocks, MemoryDevice } from '../../../src/storage/paged/memory-blocks.ts'
import { PAGE_BYTES, PageBuilder } from '../../../src/storage/paged/page.ts'
import { PageCache } from '../../../src/storage/paged/page-cache.ts'

async function device(count: number): Promise<{ refs: PageRef[]; device: MemoryDevice; cache: PageCache }> {
  const device = new MemoryDevice()
  const refs: PageRef[] = []
  for (let id = 1; id <= count; id++) {
    const builder = new PageBuilder(({ text, ...built }) => {
      refs.push(new PageRef(id, built))
      device.pages.set(id, plainCodec.encode(`page:${id}`, text) as string)
    }, PAGE_BYTES)
    for (let n = 0; n < 10; n++) builder.add(`key ${id} ${n}`, 'x'.repeat(1000), false)
    builder.finish()
  }
  const blocks = new MemoryBlocks(device)
  await blocks.takeOver()
  device.calls = []
  // Room for about two pages.
  return { refs, device, cache: new PageCache(blocks, plainCodec, 25_000, () => false) }
}

describe('the page cache', () => {
  it('loads a page once for all who ask at the same time, and several pages in one call', async () => {
    const { refs, device: { calls }, cache } = await device(2)
    await Promise.all([cache.pin(refs), cache.pin(refs), cache.pin(refs.slice(1))])
    expect(calls).toEqual(['readPages'])
    expect(refs.map(({ page }) => page?.count)).toEqual([10, 10])
  })

  it('keeps to its bound, keeps what is pinned, and drops first what was not used', async () => {
    const { refs, cache } = await device(8)
    const [first, ...others] = refs
    if (first === undefined) throw new Error('No page')
    const pin = await cache.pin([first])
    for (const ref of others) (await cache.pin([ref])).release()
    expect(cache.bytes).toBeLessThanOrEqual(25_000)
    expect(first.page).toBeDefined()
    pin.release()
    for (const ref of others) (await cache.pin([ref])).release()
    expect(first.page).toBeUndefined()
  })

  it('loads again what was evicted before those who waited for it were told', async () => {
    const { refs, cache } = await device(8)
    // Nobody pins these: they push each other out as they come.
    const loads = refs.map((ref) => cache.load(ref))
    const pins = await Promise.all(loads.map(async (load, index) => {
      await load
      return cache.pin(refs.slice(index, index + 1))
    }))
    expect(refs.every(({ page }) => page !== undefined)).toBe(true)
    for (const pin of pins) pin.release()
    expect(cache.bytes).toBeLessThanOrEqual(25_000)
  })
})
