// The package as built, in real Chromium: what a user's page does, end to end through worker, host and IndexedDB.
// Each test has an origin of its own (a fresh context); code in `evaluate` runs in the page.
import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { serveBuilt } from '../tools/serve-built.mjs'

let server: Awaited<ReturnType<typeof serveBuilt>>
test.beforeAll(async () => {
  test.setTimeout(120_000)
  server = await serveBuilt(`${import.meta.dirname}/fixtures/client`)
})
test.afterAll(() => server.close())

const pageErrors: string[] = []
test.beforeEach(() => void pageErrors.splice(0))
test.afterEach(() => expect(pageErrors).toEqual([]))

async function openPage(context: BrowserContext, database = 'client'): Promise<Page> {
  const page = await context.newPage()
  page.on('pageerror', (error) => void pageErrors.push(error.message))
  await page.goto(`${server.url}?database=${database}`)
  await page.waitForFunction(() => 'clientPage' in window)
  return page
}

/** Everything that the origin's IndexedDB and files hold, a text for each object store and file. */
function storedTexts(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const texts: string[] = []
    for (const { name = '' } of await indexedDB.databases()) {
      const db = await new Promise<IDBDatabase>((resolve, reject) => {
        const opening = indexedDB.open(name)
        opening.onsuccess = () => resolve(opening.result)
        opening.onerror = () => reject(opening.error)
      })
      for (const store of db.objectStoreNames) {
        const all = db.transaction(store).objectStore(store).getAll()
        await new Promise((resolve) => (all.onsuccess = resolve))
        texts.push(JSON.stringify(all.result))
      }
      db.close()
    }
    const folders = [await navigator.storage.getDirectory()]
    for (const folder of folders) {
      for await (const entry of (folder as unknown as { values(): AsyncIterable<FileSystemDirectoryHandle | FileSystemFileHandle> }).values()) {
        if (entry.kind === 'directory') folders.push(entry)
        else texts.push(await (await entry.getFile()).text())
      }
    }
    return texts
  })
}

test('puts, gets, updates and deletes', async ({ context }) => {
  const page = await openPage(context)
  const found = await page.evaluate(async () => {
    const { things, holdfast } = window.clientPage
    const key = { pk: 'a', sk: 1 }
    await things.put({ ...key, title: 'Milk' })
    const first = await things.get(key)
    const updated = await things.update(key, { set: { title: 'Tea', n: holdfast.ifNotExists(5) }, add: { tags: new Set(['hot']) } }, { returnValues: 'ALL_NEW' })
    const old = await things.delete(key, { returnValues: 'ALL_OLD' })
    return { first, title: updated.title, tags: [...(updated.tags ?? [])], n: updated.n, old: old?.title, gone: await things.get(key) }
  })
  expect(found).toEqual({ first: { pk: 'a', sk: 1, title: 'Milk', n: 0 }, title: 'Tea', tags: ['hot'], n: 0, old: 'Tea', gone: undefined })
})

test('writes thousands of items in a batch, and queries and scans them', async ({ context }) => {
  const page = await openPage(context)
  const found = await page.evaluate(async () => {
    const { things, holdfast } = window.clientPage
    const items = Array.from({ length: 4000 }, (_, i) => ({ pk: `p${i % 4}`, sk: i, group: `g${i % 10}`, n: 4000 - i, title: `Item ${i}` }))
    let progress = 0
    await things.batchWrite({ put: items }, { onProgress: (written) => (progress = written) })
    const scanned = new Set<number>()
    for await (const { sk } of things.scan()) scanned.add(sk)
    const range = await things.query({ pk: 'p1', sk: holdfast.between(101, 141) }, { scanIndexForward: false }).all()
    const filtered = await things.query({ pk: 'p1' }, { filter: { title: holdfast.contains('99') }, take: 5 }).all()
    const indexed = await things.index('byGroup').query({ group: 'g3', n: holdfast.lt(100) }).all()
    const { items: paged, lastEvaluatedKey } = await things.query({ pk: 'p2' }).page({ limit: 10 })
    const next = await things.query({ pk: 'p2' }).page({ limit: 10, ...(lastEvaluatedKey && { exclusiveStartKey: lastEvaluatedKey }) })
    await things.batchWrite({ delete: items.filter(({ sk }) => sk % 2 === 0).map(({ pk, sk }) => ({ pk, sk })) })
    return {
      progress,
      scanned: scanned.size,
      range: range.map(({ sk }) => sk),
      filtered: filtered.map(({ sk }) => sk),
      indexed: indexed.map(({ n }) => n),
      paged: [paged, next.items].map((page) => page.map(({ sk }) => sk)),
      got: (await things.batchGet([5, 7, 8, 3].map((sk) => ({ pk: `p${sk % 4}`, sk })))).map(({ sk }) => sk),
      left: await things.scan().count(),
      leftInIndex: await things.index('byGroup').scan().count(),
    }
  })
  expect(found.progress).toBe(4000)
  expect(found.scanned).toBe(4000)
  expect(found.range).toEqual([141, 137, 133, 129, 125, 121, 117, 113, 109, 105, 101])
  expect(found.filtered).toEqual([993, 997, 1993, 1997, 2993])
  expect(found.indexed).toEqual([7, 17, 27, 37, 47, 57, 67, 77, 87, 97])
  expect(found.paged).toEqual([Array.from({ length: 10 }, (_, i) => 2 + i * 4), Array.from({ length: 10 }, (_, i) => 42 + i * 4)])
  expect(found.got).toEqual([5, 7, 3])
  expect(found.left).toBe(2000)
  expect(found.leftInIndex).toBe(2000)
})

test('keeps the class and the item of a failed condition, and the reasons of a cancelled transaction', async ({ context }) => {
  const page = await openPage(context)
  const found = await page.evaluate(async () => {
    const { db, things, holdfast } = window.clientPage
    const { attributeNotExists, ConditionalCheckFailedException, HoldfastException, TransactionCanceledException, ValidationException } = holdfast
    const key = { pk: 'a', sk: 1 }
    await things.put({ ...key, title: 'There', tags: new Set(['x']) })
    const failed = await things
      .put({ ...key, title: 'New' }, { condition: { pk: attributeNotExists() }, returnValuesOnConditionCheckFailure: 'ALL_OLD' })
      .catch((error: unknown) => error)
    const cancelled = await db
      .transact((tx) => {
        tx.put(things, { pk: 'b', sk: 2 })
        tx.conditionCheck(things, key, { title: 'Elsewhere' })
      })
      .catch((error: unknown) => error)
    const invalid = await things.put({ pk: '', sk: 1 }).catch((error: unknown) => error)
    const item = failed instanceof ConditionalCheckFailedException ? failed.item : undefined
    return {
      failed: failed instanceof ConditionalCheckFailedException && failed instanceof HoldfastException && failed instanceof Error,
      name: (failed as Error).name,
      message: (failed as Error).message,
      title: item?.title,
      tags: item?.tags instanceof Set && item.tags.has('x'),
      reasons: cancelled instanceof TransactionCanceledException ? cancelled.cancellationReasons.map(({ code }) => code) : cancelled,
      half: await things.get({ pk: 'b', sk: 2 }),
      invalid: invalid instanceof ValidationException,
      title2: (await things.get(key))?.title,
    }
  })
  expect(found).toEqual({
    failed: true,
    name: 'ConditionalCheckFailedException',
    message: 'The conditional request failed',
    title: 'There',
    tags: true,
    reasons: ['None', 'ConditionalCheckFailed'],
    half: undefined,
    invalid: true,
    title2: 'There',
  })
})

test('gives back every kind of value as it was put, also after a reload', async ({ context }) => {
  const page = await openPage(context)
  await page.evaluate(async () => {
    const { values, holdfast } = window.clientPage
    const { NumberValue } = holdfast
    await values.put({
      id: new Uint8Array([0, 255, 128]),
      exact: NumberValue.from('12345678901234567890.123456789012345678'),
      big: 99999999999999999999999999999999999999n,
      bytes: Uint8Array.from({ length: 100_000 }, (_, i) => i * 7),
      yes: false,
      nothing: null,
      strings: new Set(['ä', '__proto__', '\u{1f600}']),
      numbers: new Set([-0.5, 1e125]),
      bigs: new Set([-1n, 2n ** 100n]),
      binaries: new Set([new Uint8Array([1]), new Uint8Array([2, 3])]),
      list: [{ name: 'XL', price: NumberValue.from('19.90') }],
      any: { constructor: [1, { toString: 'x' }], set: new Set(['s']), none: null, bytes: new Uint8Array([9]) },
    })
  })
  const read = () =>
    page.evaluate(async () => {
      const { values } = window.clientPage
      const item = await values.get({ id: new Uint8Array([0, 255, 128]) })
      if (item === undefined) return undefined
      const { constructor: list, set, none, bytes } = item.any as { constructor: unknown; set: Set<string>; none: null; bytes: Uint8Array }
      return {
        id: [...item.id],
        exact: String(item.exact),
        big: item.big === 99999999999999999999999999999999999999n,
        bytes: item.bytes.length === 100_000 && item.bytes.every((byte, i) => byte === ((i * 7) & 255)),
        yes: item.yes,
        nothing: item.nothing,
        strings: [...item.strings].sort(),
        numbers: [...item.numbers].sort((a, b) => a - b),
        bigs: [...item.bigs].map(String).sort(),
        binaries: [...item.binaries].map((each) => each.join()).sort(),
        price: String(item.list[0]?.price),
        any: [list, set instanceof Set && [...set], none, bytes instanceof Uint8Array && [...bytes]],
      }
    })
  const expected = {
    id: [0, 255, 128],
    exact: '12345678901234567890.123456789012345678',
    big: true,
    bytes: true,
    yes: false,
    nothing: null,
    strings: ['__proto__', 'ä', '\u{1f600}'],
    numbers: [-0.5, 1e125],
    bigs: ['-1', String(2n ** 100n)],
    binaries: ['1', '2,3'],
    price: '19.9',
    any: [[1, { toString: 'x' }], ['s'], null, [9]],
  }
  expect(await read()).toEqual(expected)
  await page.reload()
  await page.waitForFunction(() => 'clientPage' in window)
  expect(await read()).toEqual(expected)
})

test('T3: a live query shows in one tab, commit by commit, what another tab writes', async ({ context }) => {
  const [reader, writer] = [await openPage(context), await openPage(context)]
  await reader.evaluate(() => {
    const seen: { n: number[]; changes: string[] }[] = []
    Object.assign(window, { seen })
    window.clientPage.things.query({ pk: 'live' }).live().subscribe(({ status, items, changes }) => {
      if (status === 'ACTIVE') seen.push({ n: items.map(({ n }) => n), changes: changes.map(({ eventName, keys }) => `${eventName} ${keys.sk}`) })
    })
  })
  const seen = () => reader.evaluate(() => (window as unknown as { seen: { n: number[]; changes: string[] }[] }).seen)
  await expect.poll(seen).toEqual([{ n: [], changes: [] }])
  await writer.evaluate(async () => {
    const { db, things } = window.clientPage
    await things.put({ pk: 'live', sk: 2, n: 1 })
    await things.put({ pk: 'another', sk: 2, n: 1 })
    await db.transact((tx) => {
      tx.put(things, { pk: 'live', sk: 1, n: 7 })
      tx.update(things, { pk: 'live', sk: 2 }, { add: { n: 1 } })
    })
    await things.delete({ pk: 'live', sk: 2 })
  })
  await expect.poll(async () => (await seen()).length).toBe(4)
  expect(await seen()).toEqual([
    { n: [], changes: [] },
    { n: [1], changes: ['INSERT 2'] },
    { n: [7, 2], changes: ['INSERT 1', 'MODIFY 2'] },
    { n: [7], changes: ['REMOVE 2'] },
  ])
})

test('interactive transactions of two tabs never lose an increment', async ({ context }) => {
  const tabs = [await openPage(context), await openPage(context)]
  await tabs[0]?.evaluate(() => window.clientPage.things.put({ pk: 'counter', sk: 0 }))
  const attempts = await Promise.all(
    tabs.map((tab) =>
      tab.evaluate(async () => {
        const { db, things } = window.clientPage
        const key = { pk: 'counter', sk: 0 }
        let attempts = 0
        for (let i = 0; i < 100; i++) {
          await db.transact(async (tx) => {
            attempts++
            const item = await tx.get(things, key)
            tx.update(things, key, { set: { n: (item?.n ?? 0) + 1 } })
          })
        }
        return attempts
      }),
    ),
  )
  expect(await tabs[1]?.evaluate(async () => (await window.clientPage.things.get({ pk: 'counter', sk: 0 }))?.n)).toBe(200)
  // Else they never met, and nothing was tested.
  expect(attempts.reduce((sum, each) => sum + each)).toBeGreaterThan(200)
})

test('closes, and opens again with everything', async ({ context }) => {
  const page = await openPage(context)
  const found = await page.evaluate(async () => {
    const { db, things, holdfast, Things } = window.clientPage
    await things.put({ pk: 'a', sk: 1, title: 'Kept' })
    let ended = false
    things.scan().live().subscribe({ next: () => undefined, complete: () => (ended = true) })
    await new Promise((resolve) => setTimeout(resolve, 50))
    await db.close()
    const refused = await things.get({ pk: 'a', sk: 1 }).catch((error: unknown) => error)
    const again = holdfast.openDatabase('client')
    const kept = await again.table(Things).get({ pk: 'a', sk: 1 })
    await again.close()
    return {
      ended,
      state: db.status.current.state,
      refused: refused instanceof holdfast.StorageException ? refused.reason : refused,
      title: kept?.title,
    }
  })
  expect(found).toEqual({ ended: true, state: 'CLOSED', refused: 'CLOSED', title: 'Kept' })
})

test('erase removes everything from the device, for all tabs', async ({ context }) => {
  const first = await openPage(context)
  await first.evaluate(async () => {
    const { db, things } = window.clientPage
    await things.batchWrite({ put: Array.from({ length: 300 }, (_, sk) => ({ pk: 'a', sk, title: 'top secret' })) })
    // In pages now, no longer only in the log.
    await db.close()
  })
  await first.close()
  const [page, other] = [await openPage(context), await openPage(context)]
  expect(await other.evaluate(() => window.clientPage.things.scan().count())).toBe(300)
  expect((await storedTexts(page)).filter((text) => text.includes('top secret'))).not.toEqual([])
  await page.evaluate(() => window.clientPage.db.erase())
  expect(await page.evaluate(() => window.clientPage.db.status.current.state)).toBe('CLOSED')
  // The other tab's table is gone with its items, and declared anew by its next request.
  expect(await other.evaluate(() => window.clientPage.things.scan().count())).toBe(0)
  const fresh = await openPage(context)
  expect(await fresh.evaluate(() => window.clientPage.things.scan().count())).toBe(0)
  await fresh.evaluate(() => window.clientPage.db.close())
  await other.evaluate(() => window.clientPage.db.close())
  const stored = await storedTexts(fresh)
  expect(stored.length).toBeGreaterThan(0)
  expect(stored.filter((text) => text.includes('top secret'))).toEqual([])
})

test('two databases at once know nothing of each other', async ({ context }) => {
  const page = await openPage(context)
  const found = await page.evaluate(async () => {
    const { holdfast, Things, things, db } = window.clientPage
    const second = holdfast.openDatabase('second')
    const others = second.table(Things)
    const key = { pk: 'a', sk: 1 }
    await Promise.all([things.put({ ...key, title: 'First' }), others.put({ ...key, title: 'Second' }), others.put({ pk: 'b', sk: 2 })])
    await second.erase()
    const third = holdfast.openDatabase('second')
    return {
      title: (await things.get(key))?.title,
      count: await things.scan().count(),
      erased: await third.table(Things).scan().count(),
      states: [db, second, third].map(({ status }) => status.current.state),
    }
  })
  expect(found).toEqual({ title: 'First', count: 1, erased: 0, states: ['OPEN', 'CLOSED', 'OPEN'] })
})

test('a signal ends the wait with its reason, and the database goes on', async ({ context }) => {
  const page = await openPage(context)
  const found = await page.evaluate(async () => {
    const { db, things } = window.clientPage
    const key = { pk: 'a', sk: 1 }
    await things.put({ pk: 'z', sk: 1 })
    const before = await things.put(key, { signal: AbortSignal.abort() }).catch((error: Error) => error.name)
    const stored = await things.get(key)
    const controller = new AbortController()
    const waiting = [
      things.get(key, { signal: controller.signal }),
      things.scan().all({ signal: controller.signal }),
      things.batchWrite({ put: Array.from({ length: 3000 }, (_, sk) => ({ pk: 'b', sk })) }, { signal: controller.signal }),
      db.transact(async (tx) => void (await tx.get(things, key)), { signal: controller.signal }),
    ]
    const reason = new Error('Enough')
    queueMicrotask(() => controller.abort(reason))
    const ends = await Promise.allSettled(waiting)
    await things.put(key)
    return { before, stored, ends: ends.map((end) => end.status === 'rejected' && end.reason === reason), there: (await things.get(key)) !== undefined }
  })
  expect(found).toEqual({ before: 'AbortError', stored: undefined, ends: [true, true, true, true], there: true })
})
