// Chromium's own: a new log at each opening, without failing or holding up the opening (S6), and the durable notice of a loss.
// fake-indexeddb with Chromium's `dataLoss` on its events; test/browser/data-loss.spec.ts has the real one.
import 'fake-indexeddb/auto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { deleteDatabase } from '../../../src/storage/indexeddb/connection.ts'
import { IndexedDbBlocks } from '../../../src/storage/indexeddb/indexeddb-blocks.ts'
import { scratchOf } from '../../../src/storage/indexeddb/log-rotation.ts'
import { openIndexedDbStore } from '../../../src/storage/indexeddb/open-indexeddb-store.ts'
import type { PagedStore } from '../../../src/storage/paged/paged-store.ts'
import { testEnvironment } from '../environment.ts'
import { entriesOf } from '../store-contract.ts'

let names = 0
const newName = (): string => `holdfast:rotation ${++names}`
const environment = testEnvironment()
const open = (name: string): Promise<PagedStore> => openIndexedDbStore({ name, environment, timeoutMs: 3000 })
const exists = async (name: string): Promise<boolean> => (await indexedDB.databases()).some((each) => each.name === name)

const original = { open: IDBFactory.prototype.open, deleteDatabase: IDBFactory.prototype.deleteDatabase, transaction: IDBDatabase.prototype.transaction }
/** Requests and read-write transactions, in order. */
const calls: string[] = []
let dataLoss: { readonly dataLoss: 'none' | 'total'; readonly dataLossMessage: string }

beforeEach(() => {
  calls.length = 0
  dataLoss = { dataLoss: 'none', dataLossMessage: '' }
  for (const key of ['dataLoss', 'dataLossMessage'] as const) Object.defineProperty(IDBVersionChangeEvent.prototype, key, { configurable: true, get: () => dataLoss[key] })
  IDBFactory.prototype.open = function (this: IDBFactory, name: string, version?: number) {
    calls.push(`open ${name}`)
    return Reflect.apply(original.open, this, [name, version])
  }
  IDBFactory.prototype.deleteDatabase = function (this: IDBFactory, name: string) {
    calls.push(`delete ${name}`)
    const request = Reflect.apply(original.deleteDatabase, this, [name])
    request.addEventListener('success', () => calls.push(`deleted ${name}`))
    return request
  }
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<IDBDatabase['transaction']>) {
    if (args[1] === 'readwrite') calls.push(`write ${this.name}`)
    return original.transaction.apply(this, args)
  }
})
afterEach(() => {
  Object.assign(IDBFactory.prototype, { open: original.open, deleteDatabase: original.deleteDatabase })
  IDBDatabase.prototype.transaction = original.transaction
  for (const key of ['dataLoss', 'dataLossMessage']) Reflect.deleteProperty(IDBVersionChangeEvent.prototype, key)
})

describe('the log', () => {
  it('is made anew before the first write, by making and deleting a scratch database; the next opening finds one', async () => {
    const name = newName()
    const scratch = scratchOf(name)
    const store = await open(name)
    expect(calls.slice(0, calls.indexOf(`write ${name}`) + 1)).toEqual([
      `open ${name}`, `delete ${scratch}`, `deleted ${scratch}`, `open ${scratch}`, `delete ${scratch}`, `deleted ${scratch}`, `write ${name}`,
    ])
    await expect.poll(() => exists(scratch), { timeout: 5000 }).toBe(true)
    await store.close()

    calls.length = 0
    const again = await open(name)
    expect(calls.slice(0, calls.indexOf(`write ${name}`) + 1)).toEqual([`open ${name}`, `delete ${scratch}`, `deleted ${scratch}`, `write ${name}`])
    await expect.poll(() => exists(scratch), { timeout: 5000 }).toBe(true)
    await again.close()
  })

  it('goes with its database', async () => {
    const name = newName()
    const store = await open(name)
    await expect.poll(() => exists(scratchOf(name)), { timeout: 5000 }).toBe(true)
    await store.close()
    await deleteDatabase(name, environment)
    expect([await exists(name), await exists(scratchOf(name))]).toEqual([false, false])
  })

  it('S6: does not hold up an opening for long where the browser never answers, nor fail it where that refuses', async () => {
    IDBFactory.prototype.deleteDatabase = () => Object.assign(new EventTarget()) as IDBOpenDBRequest
    const began = performance.now()
    const store = await open(newName())
    expect(performance.now() - began).toBeLessThan(2500)
    await store.commit({ writes: [{ key: 'a', value: 'a' }] })
    await store.close()
    IDBFactory.prototype.deleteDatabase = () => {
      throw new DOMException('not here', 'SecurityError')
    }
    await (await open(newName())).close()
  })

  it('is left alone in other browsers', async () => {
    for (const key of ['dataLoss', 'dataLossMessage']) Reflect.deleteProperty(IDBVersionChangeEvent.prototype, key)
    const name = newName()
    const store = await open(name)
    await store.close()
    expect(calls.filter((call) => !call.endsWith(name) || call.startsWith('delete'))).toEqual([])
    expect(await exists(scratchOf(name))).toBe(false)
  })
})

describe('a database that is new because the browser threw the old one away', () => {
  it('says what was lost at every opening, until that is dismissed', async () => {
    const name = newName()
    dataLoss = { dataLoss: 'total', dataLossMessage: 'checksum mismatch' }
    environment.time = 1234
    const lost = { database: name, noticedAt: 1234, message: 'checksum mismatch' }
    for (let i = 0; i < 2; i++) {
      const store = await open(name)
      expect(store.lost).toEqual(lost)
      await store.commit({ writes: [{ key: 'a', value: 'a' }] })
      await store.close()
    }
    const old = new IndexedDbBlocks({ name, environment })
    await old.takeOver()
    const store = await open(name)
    await expect(old.dismissLoss()).rejects.toMatchObject({ reason: 'LEASE_LOST' })
    expect(store.lost).toEqual(lost)
    await store.dismissLoss()
    expect(store.lost).toBeUndefined()
    await store.close()
    const later = await open(name)
    expect(later.lost).toBeUndefined()
    expect(await entriesOf(later)).toEqual([['a', 'a']])
    await later.close()
  })
})
