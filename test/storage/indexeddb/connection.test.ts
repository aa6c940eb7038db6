// S6: opening and going on never hang. Old tabs, newer releases, lost connections, silence and deletion are typed
// errors, or are overcome without one; a commit whose transaction was lost is answered by what the log holds.
import 'fake-indexeddb/auto'
import { afterEach, describe, expect, it } from 'vitest'
import { QuotaExceededException } from '../../../src/model/errors.ts'
import { deleteDatabase, openConnection } from '../../../src/storage/indexeddb/connection.ts'
import { openIndexedDbStore } from '../../../src/storage/indexeddb/open-indexeddb-store.ts'
import type { PagedStore } from '../../../src/storage/paged/paged-store.ts'
import { testEnvironment } from '../environment.ts'
import { entriesOf } from '../store-contract.ts'

let names = 0
const newName = (): string => `connection ${++names}`
const environment = testEnvironment()
const open = (name: string): Promise<PagedStore> => openIndexedDbStore({ name, environment, timeoutMs: 300, blockedTimeoutMs: 100 })
const put = (key: string): { writes: { key: string; value: string }[] } => ({ writes: [{ key, value: key }] })

function rawOpen(name: string, version?: number): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, version)
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('failed')))
  })
}

const originalTransaction = IDBDatabase.prototype.transaction
const originalOpen = IDBFactory.prototype.open
afterEach(() => {
  IDBDatabase.prototype.transaction = originalTransaction
  IDBFactory.prototype.open = originalOpen
})

/** Changes the next transaction of `mode` that is opened. */
function atNext(mode: IDBTransactionMode, change: (transaction: IDBTransaction, db: IDBDatabase) => void): void {
  IDBDatabase.prototype.transaction = function (this: IDBDatabase, ...args: Parameters<IDBDatabase['transaction']>) {
    const transaction = originalTransaction.apply(this, args)
    if (args[1] !== mode) return transaction
    IDBDatabase.prototype.transaction = originalTransaction
    change(transaction, this)
    return transaction
  }
}

describe('opening', () => {
  it('is BLOCKED, in time, where an old tab holds an older version open, and does not stay in its way', async () => {
    const name = newName()
    const old = await rawOpen(name, 1)
    const opening = openConnection({ name, version: 2, environment, timeoutMs: 1000, blockedTimeoutMs: 50, onVersionChange: () => undefined, onTerminated: () => undefined })
    await expect(opening).rejects.toMatchObject({ reason: 'BLOCKED', retryable: true })
    old.close()
    const next = await rawOpen(name, 2)
    next.close()
    await deleteDatabase(name, environment)
  })

  it('says VERSION_CHANGED where a newer release has been', async () => {
    const name = newName()
    const newer = await rawOpen(name, 9)
    newer.close()
    await expect(open(name)).rejects.toMatchObject({ reason: 'VERSION_CHANGED' })
  })

  it('says TIMEOUT where the browser never answers', async () => {
    IDBFactory.prototype.open = function (this: IDBFactory, ...args: Parameters<IDBFactory['open']>) {
      const request = originalOpen.apply(this, args)
      request.addEventListener = () => undefined
      return request
    }
    await expect(open(newName())).rejects.toMatchObject({ reason: 'TIMEOUT' })
  })

  it('says UNAVAILABLE where the browser refuses', async () => {
    IDBFactory.prototype.open = () => {
      throw new DOMException('not in this window', 'SecurityError')
    }
    await expect(open(newName())).rejects.toMatchObject({ reason: 'UNAVAILABLE' })
  })
})

describe('an open store', () => {
  it('closes and says VERSION_CHANGED when a newer release wants the database, which then gets it', async () => {
    const name = newName()
    const store = await open(name)
    const failures: Error[] = []
    store.onFailure((error) => failures.push(error))
    await store.commit(put('a'))
    const newer = await rawOpen(name, 2)
    expect(failures).toMatchObject([{ reason: 'VERSION_CHANGED' }])
    await expect(store.commit(put('b'))).rejects.toMatchObject({ reason: 'VERSION_CHANGED' })
    newer.close()
    await store.close()
  })

  it('reopens where the connection was closed under it (InvalidStateError)', async () => {
    const store = await open(newName())
    await store.commit(put('a'))
    IDBDatabase.prototype.transaction = function (this: IDBDatabase) {
      IDBDatabase.prototype.transaction = originalTransaction
      this.close()
      throw new DOMException('closing', 'InvalidStateError')
    }
    await store.commit(put('b'))
    expect(await entriesOf(store)).toEqual([['a', 'a'], ['b', 'b']])
    await store.close()
  })

  it('goes on where the new connection is lost too, as soon as it is there', async () => {
    const store = await open(newName())
    await store.commit(put('a'))
    let losses = 0
    IDBDatabase.prototype.transaction = function (this: IDBDatabase) {
      if (++losses === 2) IDBDatabase.prototype.transaction = originalTransaction
      this.close()
      throw new DOMException('closing', 'InvalidStateError')
    }
    await store.commit(put('b'))
    expect(losses).toBe(2)
    await store.commit(put('c'))
    expect(await entriesOf(store)).toEqual([['a', 'a'], ['b', 'b'], ['c', 'c']])
    await store.close()
  })

  it('commits again what did not arrive before the connection was lost', async () => {
    const name = newName()
    const store = await open(name)
    atNext('readwrite', (transaction) => (transaction.commit = () => transaction.abort()))
    await store.commit(put('a'))
    const later = await open(name)
    expect(await entriesOf(later)).toEqual([['a', 'a']])
    await later.close()
  })

  it('finds in the log what did arrive, though its completion was never told, and does not write it twice', async () => {
    const name = newName()
    const store = await open(name)
    atNext('readwrite', (transaction) => {
      // Complete on disk, but the page hears of an abort without an error, as when the connection breaks.
      Object.defineProperty(transaction, 'oncomplete', { value: undefined, writable: true })
      transaction.addEventListener('complete', () => transaction.onabort?.(new Event('abort')))
    })
    await store.commit({ writes: [{ key: 'a', value: 'x'.repeat(100_000) }] })
    await store.commit(put('b'))
    const later = await open(name)
    expect((await entriesOf(later)).map(([key, value]) => [key, value.length])).toEqual([['a', 100_000], ['b', 1]])
    await later.close()
  })

  it('S5: is LEASE_LOST where another host took over while its connection was lost', async () => {
    const name = newName()
    const store = await open(name)
    await store.commit(put('a'))
    const other = await open(name)
    IDBDatabase.prototype.transaction = function (this: IDBDatabase) {
      IDBDatabase.prototype.transaction = originalTransaction
      this.close()
      throw new DOMException('closing', 'InvalidStateError')
    }
    await expect(store.verifyLease()).rejects.toMatchObject({ reason: 'LEASE_LOST' })
    await expect(store.commit(put('old host'))).rejects.toMatchObject({ reason: 'LEASE_LOST' })
    expect(await entriesOf(other)).toEqual([['a', 'a']])
    await other.close()
  })

  it('fails where its database was deleted under it, instead of going on in an empty one', async () => {
    const name = newName()
    const store = await open(name)
    const failures: Error[] = []
    store.onFailure((error) => failures.push(error))
    await store.commit(put('a'))
    await deleteDatabase(name, environment)
    await expect(store.commit(put('b'))).rejects.toMatchObject({ name: 'StorageException' })
    expect(failures).toHaveLength(1)
    const fresh = await open(name)
    expect(await entriesOf(fresh)).toEqual([])
    await fresh.close()
  })

  it('gives up a transaction that is never answered, and goes on in a new connection', async () => {
    const store = await open(newName())
    atNext('readwrite', (transaction) => {
      // Its events reach nobody.
      Object.defineProperties(transaction, { oncomplete: { value: undefined, writable: true }, onabort: { value: undefined, writable: true } })
    })
    await store.commit(put('a'))
    expect(store.get('a')).toBe('a')
    await store.close()
  })

  it('S7: says QuotaExceededException where the browser does, and goes on', async () => {
    const store = await open(newName())
    await store.commit(put('a'))
    atNext('readwrite', (transaction) => {
      Object.defineProperty(transaction, 'error', { value: new DOMException('full', 'QuotaExceededError') })
      transaction.commit = () => transaction.abort()
    })
    await expect(store.commit(put('b'))).rejects.toThrow(QuotaExceededException)
    await store.commit(put('c'))
    expect(await entriesOf(store)).toEqual([['a', 'a'], ['c', 'c']])
    await store.close()
  })

  it('S7: refuses growth early by the estimate, keeping its reserve, and accepts it again when space is freed', async () => {
    let usage = 0
    const store = await openIndexedDbStore({ name: newName(), environment, logBytes: 1000, estimate: async () => ({ usage, quota: 10_000_000 }) })
    await environment.yieldTask()
    store.admit(1000)
    usage = 9_000_000
    // The old sample stands until the growth is large enough to be worth a look.
    expect(() => store.admit(20_000_000)).toThrow(QuotaExceededException)
    await environment.yieldTask()
    expect(() => store.admit(1000)).toThrow(QuotaExceededException)
    await store.commit({ writes: [{ key: 'a', value: undefined }] })
    usage = 0
    expect(() => store.admit(1000)).toThrow(QuotaExceededException)
    await environment.yieldTask()
    store.admit(1000)
    await store.close()
  })
})
