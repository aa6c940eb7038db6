// S7 where the estimate tells no real quota, as in Chromium: a simulated device whose quota counts the ballast, and a
// keyspace above the store, which tells growth from deletes. The clock runs fast: a second takes 10 ms.
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Environment } from '../../../src/model/environment.ts'
import { QuotaExceededException } from '../../../src/model/errors.ts'
import { type Keyspace, openKeyspace } from '../../../src/storage/keyspace.ts'
import type { Ballast } from '../../../src/storage/paged/ballast.ts'
import { MemoryBlocks, type MemoryBlocksOptions, MemoryDevice, memoryBallast } from '../../../src/storage/paged/memory-blocks.ts'
import { PAGE_BYTES } from '../../../src/storage/paged/page.ts'
import { openPagedStore, type PagedStore, type PagedStoreOptions } from '../../../src/storage/paged/paged-store.ts'
import { testEnvironment } from '../environment.ts'

const HASTE = 100
const LOG_BYTES = 100_000
/** What the store asks for. */
const RESERVE = LOG_BYTES * 2 + 32 * PAGE_BYTES
const QUOTA = RESERVE + 2_000_000
const REFUSED = 'The storage quota is used up: only deletes are accepted until space is freed'

function hastyEnvironment(): Environment {
  const environment = testEnvironment()
  return {
    ...environment,
    monotonicNow: () => performance.now() * HASTE,
    setTimer: (delayMs, run) => environment.setTimer(delayMs / HASTE, run),
  }
}

const keyOf = (n: number): string => `\0\0\0\x01\0\0${String(n).padStart(6, '0')}`
const VALUE = 'x'.repeat(5000)

class Opened {
  readonly store: PagedStore
  readonly keyspace: Keyspace

  constructor(store: PagedStore, keyspace: Keyspace) {
    this.store = store
    this.keyspace = keyspace
  }

  put(n: number, value = VALUE): Promise<void> {
    return this.keyspace.write((write) => write.put(keyOf(n), value))
  }

  remove(from: number, to = from + 1): Promise<void> {
    return this.keyspace.write((write) => {
      for (let n = from; n < to; n++) write.delete(keyOf(n))
    })
  }

  /** Puts until one is refused: how many were acknowledged. */
  async fill(): Promise<{ readonly acknowledged: number; readonly refusal: unknown }> {
    for (let n = 0; ; n++) {
      const refusal = await this.put(n).then(() => undefined, (error: unknown) => error)
      if (refusal !== undefined || n > 10_000) return { acknowledged: n, refusal }
    }
  }

  async count(): Promise<number> {
    await this.store.compact()
    const found = await this.keyspace.read((reader) => {
      const cursor = reader.cursor({ start: keyOf(0), end: keyOf(999_999) })
      let count = 0
      while (cursor.next()) count++
      return count
    })
    return found
  }
}

const opened: Opened[] = []
afterEach(async () => {
  for (const { store } of opened.splice(0)) await store.close()
})

async function open(device: MemoryDevice, options: Partial<PagedStoreOptions> = {}, blocks: MemoryBlocksOptions = {}): Promise<Opened> {
  const environment = hastyEnvironment()
  const store = await openPagedStore({
    blocks: new MemoryBlocks(device, blocks),
    environment,
    logBytes: LOG_BYTES,
    ballast: memoryBallast(device),
    // As Chromium has it.
    estimate: async () => ({ usage: device.storedBytes, quota: device.storedBytes + 10 * 2 ** 30 }),
    ...options,
  })
  const one = new Opened(store, await openKeyspace(environment, store))
  opened.push(one)
  return one
}

async function openWithBallast(device: MemoryDevice): Promise<Opened> {
  const one = await open(device)
  await vi.waitFor(() => expect(device.ballastBytes).toBe(RESERVE), 5000)
  return one
}

describe('S7: deletes succeed when the quota is used up, though no estimate foretold it', () => {
  it('refuses growth with one clear error, lets every delete through, and accepts growth when that has freed space', async () => {
    const device = new MemoryDevice()
    device.quotaBytes = QUOTA
    const one = await openWithBallast(device)
    // The ballast is not new any more: it is the device that refuses.
    await new Promise((resolve) => setTimeout(resolve, 350))
    const { acknowledged, refusal } = await one.fill()
    expect(refusal).toBeInstanceOf(QuotaExceededException)
    expect(acknowledged).toBeGreaterThan(100)
    expect(device.ballastBytes, 'given back').toBe(0)
    await expect(one.put(20_000)).rejects.toThrow(REFUSED)
    for (let n = 0; n < acknowledged; n += 3) await one.remove(n, Math.min(n + 3, acknowledged))
    await vi.waitFor(() => one.put(20_000), { timeout: 5000 })
    expect(device.ballastBytes).toBe(RESERVE)
    expect(await one.count()).toBe(1)
  })

  it('a delete that is the first to be refused goes through, and so does all that stands on it but growth', async () => {
    const device = new MemoryDevice()
    const one = await openWithBallast(device)
    await one.put(1)
    await one.put(2)
    device.quotaBytes = device.storedBytes
    const [first, growth, second] = await Promise.allSettled([one.remove(1), one.put(3), one.remove(2)])
    expect([first.status, second.status]).toEqual(['fulfilled', 'fulfilled'])
    expect(growth).toMatchObject({ status: 'rejected', reason: { message: REFUSED } })
    expect(device.ballastBytes).toBe(0)
    expect(await one.count()).toBe(0)
  })

  it('a delete alone that is refused goes through', async () => {
    const device = new MemoryDevice()
    const one = await openWithBallast(device)
    await one.put(1)
    device.quotaBytes = device.storedBytes
    await one.remove(1)
    await expect(one.put(2)).rejects.toThrow(REFUSED)
  })

  it('the ballast that an earlier opening left is given back by one that has not looked for it yet', async () => {
    const device = new MemoryDevice()
    const before = await openWithBallast(device)
    await before.put(1)
    await before.store.close()
    const one = await open(device)
    device.quotaBytes = device.storedBytes
    await one.remove(1)
    expect(device.ballastBytes).toBe(0)
  })

  it('flushes and merges that the device refuses are done at once with the room of the ballast', async () => {
    const device = new MemoryDevice()
    const one = await openWithBallast(device)
    for (let n = 0; n < 15; n++) await one.put(n)
    device.quotaBytes = device.storedBytes
    await one.store.flush()
    expect(one.store.statistics().logBytes).toBe(0)
    expect(device.ballastBytes).toBe(0)
  })

  it('in the background too: deletes of a full database free their space without being asked', async () => {
    const device = new MemoryDevice()
    const one = await openWithBallast(device)
    for (let n = 0; n < 200; n++) await one.put(n)
    await one.count()
    device.quotaBytes = device.storedBytes
    await one.remove(0, 150)
    await vi.waitFor(() => expect(device.storedBytes - device.ballastBytes).toBeLessThan(400_000), 5000)
    // Space that growth may use: the ballast is back without a growing write having been tried.
    await vi.waitFor(() => expect(device.ballastBytes).toBe(RESERVE), 5000)
    await one.put(1000)
    expect(await one.count()).toBe(51)
  })

  it('a flush that backed off for long goes on as soon as there is room', async () => {
    const device = new MemoryDevice()
    let isFull = false
    const memory = memoryBallast(device)
    const ballast: Ballast = { ...memory, hold: (bytes) => (isFull ? Promise.reject(new QuotaExceededException('full')) : memory.hold(bytes)) }
    const one = await open(device, { ballast }, { fault: (name) => (isFull && name === 'writePages' ? 'quota' : undefined) })
    for (let n = 0; n < 19; n++) await one.put(n)
    isFull = true
    await one.remove(0)
    // 1, 2, 4, 8, 16 and 32 seconds have passed; the next try would be a minute after.
    await new Promise((resolve) => setTimeout(resolve, 720))
    expect(one.store.statistics().logBytes).toBeGreaterThan(0)
    isFull = false
    await vi.waitFor(() => expect(one.store.statistics().logBytes).toBe(0), { timeout: 300, interval: 10 })
  })

  it('growth is refused early where there is no room for the ballast, and accepted when the quota was raised', async () => {
    const device = new MemoryDevice()
    device.quotaBytes = RESERVE / 2
    const one = await open(device)
    await vi.waitFor(() => expect(one.put(1, '')).rejects.toThrow(REFUSED), 5000)
    await one.remove(1)
    device.quotaBytes = QUOTA
    await vi.waitFor(() => one.put(1), { timeout: 5000 })
    expect(device.ballastBytes).toBe(RESERVE)
  })

  it('the reserve stays whole though the device lets writes pass its quota for a while, as Chromium does', async () => {
    const device = new MemoryDevice()
    device.quotaBytes = QUOTA
    const one = await openWithBallast(device)
    device.isLenient = true
    const { acknowledged, refusal } = await one.fill()
    expect(refusal).toMatchObject({ message: REFUSED })
    expect(acknowledged).toBeGreaterThan(100)
    expect(device.ballastBytes).toBe(RESERVE)
    expect(device.storedBytes).toBeLessThan(QUOTA)
    device.isLenient = false
    for (let n = 0; n < acknowledged; n += 3) await one.remove(n, Math.min(n + 3, acknowledged))
    await vi.waitFor(() => one.put(20_000), { timeout: 5000 })
    expect(await one.count()).toBe(1)
  })

  it('does not go back and forth: a byte more than the reserve is not enough for growth', async () => {
    const device = new MemoryDevice()
    const one = await openWithBallast(device)
    device.quotaBytes = device.storedBytes + 10
    await one.remove(1)
    device.quotaBytes = device.storedBytes + RESERVE + 10
    for (let attempt = 0; attempt < 10; attempt++) {
      await expect(one.put(1)).rejects.toThrow(REFUSED)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })
})

describe('ballast is no burden', () => {
  /** Ballast whose calls are counted. */
  function counted(ballast: Ballast): { readonly ballast: Ballast; readonly calls: string[] } {
    const calls: string[] = []
    const note = <T>(name: string, result: Promise<T>): Promise<T> => {
      calls.push(name)
      return result
    }
    return { calls, ballast: { ...ballast, hold: (bytes) => note('hold', ballast.hold(bytes)), release: () => note('release', ballast.release()) } }
  }

  const never = (): Promise<never> => new Promise(() => undefined)

  it('an opening that writes little is left alone for some seconds, and never waits for it', async () => {
    const { ballast, calls } = counted({ hold: never, release: never, hasRoom: never })
    const one = await open(new MemoryDevice(), { ballast })
    for (let n = 0; n < 10; n++) await one.put(n, '')
    expect(calls).toEqual([])
    for (let n = 0; n < 300; n++) await one.put(n)
    expect(calls, 'well before an idle moment').toEqual(['hold'])
    await one.put(1000)
    await one.store.close()
  })

  it('S6: a file that never goes keeps the refusal back for some seconds only', async () => {
    const device = new MemoryDevice()
    const one = await open(device, { ballast: { hold: async () => undefined, release: never, hasRoom: async () => true } })
    await one.put(1)
    device.quotaBytes = device.storedBytes
    await expect(one.remove(1)).rejects.toThrow(QuotaExceededException)
  })

  it('where files are refused all is as it was: growth is refused by the device', async () => {
    const device = new MemoryDevice()
    const refuse = (): Promise<never> => Promise.reject(new DOMException('private window', 'SecurityError'))
    const { ballast, calls } = counted({ hold: refuse, release: refuse, hasRoom: refuse })
    const one = await open(device, { ballast })
    await vi.waitFor(() => expect(calls).toEqual(['hold']), 5000)
    await one.put(1)
    device.quotaBytes = device.storedBytes + 100
    await expect(one.put(2)).rejects.toThrow(QuotaExceededException)
    device.quotaBytes = QUOTA
    await vi.waitFor(() => one.put(2), { timeout: 5000 })
  })

  it('an estimate that tells of a shortage is believed: no ballast, and growth is refused before the device does', async () => {
    const device = new MemoryDevice()
    device.quotaBytes = RESERVE + 400_000
    const { ballast, calls } = counted(memoryBallast(device))
    const one = await open(device, { ballast, estimate: async () => ({ usage: device.storedBytes, quota: device.quotaBytes }) })
    const { acknowledged, refusal } = await one.fill()
    expect(acknowledged).toBeGreaterThan(10)
    expect(refusal).toMatchObject({ message: REFUSED })
    await vi.waitFor(() => expect(calls.length).toBeGreaterThan(0), 5000)
    expect(device.ballastBytes).toBe(0)
    expect(device.storedBytes).toBeLessThan(device.quotaBytes - RESERVE / 2)
    await one.remove(0, acknowledged)
    await vi.waitFor(() => one.put(1), { timeout: 5000 })
  })

  it('an honest estimate counts the ballast once', async () => {
    const device = new MemoryDevice()
    device.quotaBytes = 2.5 * RESERVE
    const one = await open(device, { estimate: async () => ({ usage: device.storedBytes, quota: device.quotaBytes }) })
    await vi.waitFor(() => expect(device.ballastBytes).toBe(RESERVE), 5000)
    const before = device.storedBytes - device.ballastBytes
    const { refusal } = await one.fill()
    expect(refusal).toBeInstanceOf(QuotaExceededException)
    // Half of what is free beside the reserve at least: what is written counts twice.
    expect(device.storedBytes - device.ballastBytes - before).toBeGreaterThan(0.6 * RESERVE)
    await one.remove(1)
  })

  it('nothing is done to it after the store was closed', async () => {
    const device = new MemoryDevice()
    const { ballast, calls } = counted(memoryBallast(device))
    const one = await open(device, { ballast })
    await one.store.close()
    await new Promise((resolve) => setTimeout(resolve, 150))
    expect(calls).toEqual([])
  })
})
