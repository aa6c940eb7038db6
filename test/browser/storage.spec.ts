// Storage in real Chromium, through the public client: the quota is reached, old and new releases meet, records are
// damaged, connections are lost. Each test has an origin of its own (a fresh context).
import { setTimeout as sleep } from 'node:timers/promises'
import { type BrowserContext, chromium, expect, type Page, test } from '@playwright/test'
import { BROWSER_ARGS, findBrowser } from '../tools/find-browser.mjs'
import { serveBuilt } from '../tools/serve-built.mjs'

const MIB = 2 ** 20
let server: Awaited<ReturnType<typeof serveBuilt>>
test.beforeAll(async () => {
  test.setTimeout(120_000)
  server = await serveBuilt(`${import.meta.dirname}/fixtures/storage`)
})
test.afterAll(() => server.close())

const pageErrors: string[] = []
const losses: { readonly record: string; readonly tableId?: number }[] = []
test.beforeEach(() => {
  pageErrors.length = 0
  losses.length = 0
})
test.afterEach(() => expect(pageErrors).toEqual([]))

async function openPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  page.on('pageerror', (error) => void pageErrors.push(error.message))
  page.on('console', (message) => {
    if (message.text().startsWith('LOSS ')) losses.push(JSON.parse(message.text().slice(5)))
  })
  await page.goto(server.url)
  await page.waitForFunction(() => 'storagePage' in window)
  return page
}
async function setQuota(page: Page, quotaSize: number): Promise<void> {
  const session = await page.context().newCDPSession(page)
  await session.send('Storage.overrideQuotaForOrigin', { origin: new URL(server.url).origin, quotaSize })
}
const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
const states = (page: Page) => page.evaluate(() => window.storagePage.statuses().map(({ state }) => state))
const lastState = async (page: Page) => (await states(page)).at(-1)

const QUOTA_ERROR = { name: 'QuotaExceededException', message: expect.stringContaining('quota is used up') }

/** Batches of 50 items of 1 KB, one request each, until one is refused: the refusal, and how many items were acknowledged. */
async function fill(page: Page, from: number): Promise<{ readonly acknowledged: number; readonly refusal: unknown }> {
  return page.evaluate(async (from) => {
    for (let at = from; ; at += 50) {
      const refusal = await window.storagePage.write('Left', at, at + 50, 1000)
      if (refusal !== undefined || at > 100_000) return { acknowledged: at, refusal }
    }
  }, from)
}

/**
 * Chromium tells pages a made-up quota (usage and 10 GiB), so that growth can't be refused early there; without that
 * feature it is as in other browsers. Headless profiles in memory are as good as any.
 */
async function withHonestEstimate(run: (context: BrowserContext) => Promise<void>): Promise<void> {
  const browser = await chromium.launch({ executablePath: findBrowser() ?? 'chromium', args: [...BROWSER_ARGS, '--disable-features=StaticStorageQuota'] })
  try {
    await run(await browser.newContext())
  } finally {
    await browser.close()
  }
}

test('S7: with the quota reached growth is refused with one clear error, reads and deletes go on, and nothing is lost', () =>
  withHonestEstimate(async (context) => {
    const page = await openPage(context)
    // A reserve of some 17 MiB stays free.
    await setQuota(page, 21 * MIB)
    await page.evaluate(() => window.storagePage.open())
    const { acknowledged, refusal } = await fill(page, 0)
    expect(refusal).toEqual(QUOTA_ERROR)
    expect(acknowledged).toBeGreaterThan(1000)
    expect(await page.evaluate(() => window.storagePage.write('Right', 0, 500, 1000)), 'another table').toEqual(QUOTA_ERROR)
    expect(await page.evaluate(() => window.storagePage.read('Left', 7))).toBe('Left-7-')
    expect(await page.evaluate(() => window.storagePage.readAll('Left'))).toEqual(numbers(0, acknowledged))
    expect(await page.evaluate(() => window.storagePage.remove('Left', 0, 50))).toBe(undefined)
    expect(await lastState(page)).toBe('OPEN')

    // Also where it opens with the quota used up.
    await page.reload()
    await page.waitForFunction(() => 'storagePage' in window)
    await setQuota(page, 12 * MIB)
    await page.evaluate(() => window.storagePage.open())
    expect(await page.evaluate(() => window.storagePage.readAll('Left'))).toEqual(numbers(50, acknowledged))
    expect(await page.evaluate(() => window.storagePage.write('Left', 20_000, 20_001))).toEqual(QUOTA_ERROR)
    expect(await page.evaluate(() => window.storagePage.remove('Left', 50, 100))).toBe(undefined)
    expect(await page.evaluate(() => window.storagePage.readAll('Left'))).toEqual(numbers(100, acknowledged))

    await setQuota(page, 500 * MIB)
    await expect.poll(() => page.evaluate(() => window.storagePage.write('Right', 0, 500, 1000))).toBe(undefined)
    expect(await page.evaluate(() => window.storagePage.readAll('Left'))).toEqual(numbers(100, acknowledged))
    expect(await page.evaluate(() => window.storagePage.readAll('Right'))).toEqual(numbers(0, 500))
    expect(await lastState(page)).toBe('OPEN')
  }))

test('S4, S7: where the device itself refuses, a write fails with the same error and leaves no trace', async ({ context }) => {
  const page = await openPage(context)
  await setQuota(page, 4 * MIB)
  await page.evaluate(() => window.storagePage.open())
  const { acknowledged, refusal } = await fill(page, 0)
  expect(refusal).toEqual(QUOTA_ERROR)
  expect(acknowledged).toBeGreaterThan(500)
  expect(await page.evaluate(() => window.storagePage.readAll('Left'))).toEqual(numbers(0, acknowledged))
  expect(await lastState(page)).toBe('OPEN')

  await setQuota(page, 500 * MIB)
  await expect.poll(() => page.evaluate(() => window.storagePage.write('Right', 0, 100))).toBe(undefined)
  await page.reload()
  await page.waitForFunction(() => 'storagePage' in window)
  await page.evaluate(() => window.storagePage.open())
  expect(await page.evaluate(() => window.storagePage.readAll('Left'))).toEqual(numbers(0, acknowledged))
  expect(await page.evaluate(() => window.storagePage.readAll('Right'))).toEqual(numbers(0, 100))
})

test('S7: where nothing foretold it (stock Chromium hides the quota), deletes go on after the device has refused', async ({ context }) => {
  const page = await openPage(context)
  await setQuota(page, 21 * MIB)
  await page.evaluate(() => window.storagePage.open())
  const { acknowledged, refusal } = await fill(page, 0)
  expect(refusal).toEqual(QUOTA_ERROR)
  expect(await page.evaluate(() => window.storagePage.remove('Left', 0, 50))).toBe(undefined)
  expect(await page.evaluate(() => window.storagePage.readAll('Left'))).toEqual(numbers(50, acknowledged))
  expect(await page.evaluate((to) => window.storagePage.remove('Left', 50, to), acknowledged), 'all of it').toBe(undefined)
  await expect.poll(() => page.evaluate(() => window.storagePage.write('Right', 0, 500, 1000)), { timeout: 10_000 }).toBe(undefined)
})

test('S7: in stock Chromium a delete that the device refuses goes through, with the room of the ballast', async ({ context }) => {
  const page = await openPage(context)
  const ballastBytes = () =>
    page.evaluate(async () => {
      let bytes = 0
      for await (const handle of (await navigator.storage.getDirectory()).values()) {
        if (handle.kind === 'file') bytes += (await handle.getFile()).size
      }
      return bytes
    })
  await page.evaluate(() => window.storagePage.open())
  for (let at = 0; at < 2000; at += 100) expect(await page.evaluate((at) => window.storagePage.write('Left', at, at + 100, 1000), at)).toBe(undefined)
  await expect.poll(ballastBytes).toBeGreaterThan(10 * MIB)
  await setQuota(page, 18 * MIB)
  // So long IndexedDB writes against the quota that it knew.
  await sleep(31_000)
  // The log may have some room of its own left.
  const { acknowledged, refusal } = await fill(page, 2000)
  expect(refusal).toEqual(QUOTA_ERROR)
  expect(await page.evaluate(() => window.storagePage.remove('Left', 0, 1000))).toBe(undefined)
  expect(await ballastBytes(), 'given back').toBe(0)
  expect(await page.evaluate(() => window.storagePage.write('Right', 0, 500, 1000))).toEqual(QUOTA_ERROR)
  expect(await page.evaluate(() => window.storagePage.readAll('Left'))).toEqual(numbers(1000, acknowledged))
})

test('S6: an old tab that keeps its old version open makes opening fail as BLOCKED; when it goes, the database opens', async ({ context }) => {
  const [old, page] = [await openPage(context), await openPage(context)]
  await old.evaluate(() => window.storagePage.hold(1))
  await page.evaluate(() => window.storagePage.open({ schemaVersion: 2, blockedTimeoutMs: 200, timeoutMs: 3000 }))
  const refused = await page.evaluate(() => window.storagePage.read('Left', 0))
  expect(refused).toMatchObject({ name: 'StorageException', reason: 'BLOCKED' })
  expect(await page.evaluate(() => window.storagePage.statuses().at(-1))).toMatchObject({ state: 'FAILED', error: { reason: 'BLOCKED' } })

  await old.evaluate(() => window.storagePage.letGo())
  await expect.poll(() => lastState(page), { timeout: 10_000 }).toBe('OPEN')
  expect(await page.evaluate(() => window.storagePage.write('Left', 0, 10))).toBe(undefined)
  expect(await page.evaluate(() => window.storagePage.readAll('Left'))).toEqual(numbers(0, 10))
})

test('S6: an upgrade that waits for an old tab ends our opening as TIMEOUT, and its success as UPDATE_REQUIRED', async ({ context }) => {
  const [old, newer, page] = [await openPage(context), await openPage(context), await openPage(context)]
  await old.evaluate(() => window.storagePage.hold(1))
  const upgraded = newer.evaluate(() => window.storagePage.hold(2))
  await sleep(100)
  await page.evaluate(() => window.storagePage.open({ timeoutMs: 300 }))
  expect(await page.evaluate(() => window.storagePage.read('Left', 0))).toMatchObject({ name: 'StorageException', reason: 'TIMEOUT' })
  await old.evaluate(() => window.storagePage.letGo())
  await upgraded
  await expect.poll(() => lastState(page), { timeout: 10_000 }).toBe('UPDATE_REQUIRED')
})

test('S6: a newer release that upgrades is not blocked by us; both our tabs say UPDATE_REQUIRED', async ({ context }) => {
  const [host, other, newer] = [await openPage(context), await openPage(context), await openPage(context)]
  for (const page of [host, other]) {
    await page.evaluate(() => window.storagePage.open())
    expect(await page.evaluate(() => window.storagePage.write('Left', 0, 10))).toBe(undefined)
  }
  const began = Date.now()
  await newer.evaluate(() => window.storagePage.hold(2))
  expect(Date.now() - began).toBeLessThan(2000)
  for (const page of [host, other]) {
    await expect.poll(() => lastState(page)).toBe('UPDATE_REQUIRED')
    const refused = await page.evaluate(() => window.storagePage.read('Left', 0))
    expect(refused).toMatchObject({ name: 'StorageException', reason: 'VERSION_CHANGED' })
    expect(await page.evaluate(() => window.storagePage.write('Left', 0, 1))).toEqual(refused)
  }
})

test('a damaged page costs what is in it: all else reads, it fails as DAMAGED, and a repair tells the loss', async ({ context }) => {
  const page = await openPage(context)
  await page.evaluate(async () => {
    window.storagePage.open()
    await window.storagePage.write('Left', 0, 600)
    await window.storagePage.write('Right', 0, 600)
    await window.storagePage.close()
  })
  expect(await page.evaluate(() => window.storagePage.damage('pages', '"Left-333-')), 'pages that hold the item').toBe(1)

  await page.evaluate(() => window.storagePage.open())
  expect(await page.evaluate(() => window.storagePage.readAll('Right'))).toEqual(numbers(0, 600))
  expect(await page.evaluate(() => window.storagePage.read('Left', 0))).toBe('Left-0-')
  const refused = await page.evaluate(() => window.storagePage.read('Left', 333))
  expect(refused).toEqual({
    name: 'StorageException',
    message: expect.stringMatching(/^Damaged: page:\d+ of table \d+$/),
    reason: 'DAMAGED',
    detail: expect.stringMatching(/^page:\d+$/),
    tableId: expect.any(Number),
  })
  expect(await page.evaluate(() => window.storagePage.readAll('Left'))).toEqual(refused)
  expect(await page.evaluate(() => window.storagePage.write('Left', 1000, 1010)), 'writes beside it').toBe(undefined)
  expect(await lastState(page)).toBe('OPEN')
  await page.evaluate(() => window.storagePage.close())

  await page.evaluate(() => window.storagePage.open({ repair: true }))
  const left = await page.evaluate(() => window.storagePage.readAll('Left'))
  const lost = numbers(0, 600).filter((sk) => !(left as number[]).includes(sk))
  const { detail, tableId } = refused as { detail: string; tableId: number }
  expect(losses).toEqual([expect.objectContaining({ record: detail, tableId })])
  expect(lost).toContain(333)
  // One page, at most 48 KiB.
  expect(lost.length).toBeLessThan(100)
  expect(left).toEqual([...numbers(0, 600).filter((sk) => !lost.includes(sk)), ...numbers(1000, 1010)])
  await page.evaluate(() => window.storagePage.close())

  await page.evaluate(() => window.storagePage.open())
  expect(await page.evaluate(() => window.storagePage.readAll('Left'))).toEqual(left)
  expect(await page.evaluate(() => window.storagePage.readAll('Right'))).toEqual(numbers(0, 600))
  expect(await page.evaluate(() => window.storagePage.write('Left', 333, 334))).toBe(undefined)
  expect(await page.evaluate(() => window.storagePage.read('Left', 333))).toBe('Left-333-')
})

test('a damaged log record: opening fails as DAMAGED, and a repair keeps all other records and tells the loss', async ({ context }) => {
  const first = await openPage(context)
  await first.evaluate(() => window.storagePage.open())
  for (const at of [0, 10, 20]) expect(await first.evaluate((at) => window.storagePage.write('Left', at, at + 10), at)).toBe(undefined)
  // The renderer dies: nothing is flushed, all is in the log.
  const session = await context.newCDPSession(first)
  const crashed = first.waitForEvent('crash')
  void session.send('Page.crash').catch(() => undefined)
  await crashed

  const page = await openPage(context)
  expect(await page.evaluate(() => window.storagePage.damage('log', 'Left-15-')), 'records that hold the item').toBe(1)
  await page.evaluate(() => window.storagePage.open())
  const refused = await page.evaluate(() => window.storagePage.readAll('Left'))
  expect(refused).toMatchObject({ name: 'StorageException', reason: 'DAMAGED', detail: expect.stringMatching(/^log:\d+$/) })
  expect(await page.evaluate(() => window.storagePage.statuses().at(-1))).toMatchObject({ state: 'FAILED', error: refused })
  await page.evaluate(() => window.storagePage.close())

  await page.evaluate(() => window.storagePage.open({ repair: true }))
  expect(await page.evaluate(() => window.storagePage.readAll('Left'))).toEqual([...numbers(0, 10), ...numbers(20, 30)])
  expect(losses).toEqual([{ record: (refused as { detail: string }).detail }])
  await page.evaluate(() => window.storagePage.close())

  await page.evaluate(() => window.storagePage.open())
  expect(await page.evaluate(() => window.storagePage.readAll('Left'))).toEqual([...numbers(0, 10), ...numbers(20, 30)])
  expect(await page.evaluate(() => window.storagePage.write('Left', 10, 20))).toBe(undefined)
})

for (const noFiles of [false, true]) test(`T1, S6: connections that the browser closes under load cost nothing${noFiles ? ', where all lies in IndexedDB' : ''}`, async ({ context }) => {
  const page = await openPage(context)
  await page.evaluate((noFiles) => window.storagePage.open({ noFiles }), noFiles)
  expect(await page.evaluate(() => window.storagePage.write('Left', 0, 1))).toBe(undefined)
  const loaded = page.evaluate(async () => {
    const refusals: unknown[] = []
    for (let at = 0; at < 4000; at += 10) {
      const [one, other] = await Promise.all([window.storagePage.write('Left', at, at + 10, 100), window.storagePage.write('Right', at, at + 10, 100)])
      for (const refusal of [one, other]) if (refusal !== undefined) refusals.push(refusal)
    }
    return refusals
  })
  let cuts = 0
  while ((await Promise.race([loaded, sleep(20, 'loading')])) === 'loading') {
    await page.evaluate(() => window.storagePage.cut())
    cuts++
  }
  expect(await loaded).toEqual([])
  expect(cuts).toBeGreaterThan(5)
  for (const side of ['Left', 'Right'] as const) {
    expect(await page.evaluate((side) => window.storagePage.readAll(side), side)).toEqual(numbers(0, 4000))
  }
  expect(await states(page), 'nobody noticed').toEqual(['OPENING', 'OPEN'])
})

for (const [what, storageTypes] of [['all of the site’s data', 'all'], ['IndexedDB, but not the files', 'indexeddb']] as const) {
  const isLost = storageTypes === 'all'
  test(`S6: the user clears ${what} while it is open: typed errors at most, and it goes on ${isLost ? 'with an empty database' : 'with all of it'}`, async ({ context }) => {
    const page = await openPage(context)
    await page.evaluate(() => window.storagePage.open())
    expect(await page.evaluate(() => window.storagePage.write('Left', 0, 100))).toBe(undefined)
    const session = await context.newCDPSession(page)
    await session.send('Storage.clearDataForOrigin', { origin: new URL(server.url).origin, storageTypes })
    const first = await page.evaluate(() => window.storagePage.write('Left', 0, 10))
    expect(['StorageException', 'ResourceNotFoundException']).toContain(first?.name ?? 'StorageException')
    await expect.poll(() => lastState(page)).toBe('OPEN')

    const next = await openPage(context)
    await next.evaluate(() => window.storagePage.open())
    expect(await next.evaluate(() => window.storagePage.write('Left', 10, 20))).toBe(undefined)
    const found = async () => ((await next.evaluate(() => window.storagePage.readAll('Left'))) as number[]).includes(50)
    await expect.poll(found, { timeout: 15_000 }).toBe(!isLost)
    expect(await page.evaluate(() => window.storagePage.read('Left', 10))).toBe('Left-10-')
  })
}
