// What a killed Chromium does to the files under IndexedDB: a torn log costs nothing, and where everything is lost the
// application learns of it. Each test has a profile of its own, and a browser process for each of its lives.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, type Page, test } from '@playwright/test'
import { damageManifest, tearLog } from '../tools/chromium-leveldb.mjs'
import { launchKillable } from '../tools/killable-browser.mjs'
import { serveBuilt } from '../tools/serve-built.mjs'

let server: Awaited<ReturnType<typeof serveBuilt>>
let profile: string
test.beforeAll(async () => {
  test.setTimeout(120_000)
  server = await serveBuilt(`${import.meta.dirname}/fixtures/storage`)
})
test.afterAll(() => server.close())
test.beforeEach(() => {
  profile = mkdtempSync(join(tmpdir(), 'holdfast-loss-'))
})
test.afterEach(() => rmSync(profile, { recursive: true, force: true }))

const numbers = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)
const openPage = async (context: Awaited<ReturnType<typeof launchKillable>>['context'], noFiles: boolean): Promise<Page> => {
  const page = await context.newPage()
  await page.goto(server.url)
  await page.waitForFunction(() => 'storagePage' in window)
  await page.evaluate((settings) => window.storagePage.open(settings), noFiles ? { noFiles } : undefined)
  return page
}
/** One life of the browser, ended by SIGKILL. */
async function life<T>(run: (page: Page, openTab: () => Promise<Page>) => Promise<T>, noFiles = false): Promise<T> {
  const browser = await launchKillable(profile)
  try {
    return await run(await openPage(browser.context, noFiles), () => openPage(browser.context, noFiles))
  } finally {
    await browser.kill()
  }
}
const readAll = (page: Page) => page.evaluate(() => window.storagePage.readAll('Left'))
const write = (page: Page, from: number, to: number) => page.evaluate(([from, to]) => window.storagePage.write('Left', from, to), [from, to] as const)
const lastStatus = (page: Page) => page.evaluate(() => window.storagePage.statuses().at(-1))

for (const noFiles of [false, true]) {
  test(`S1: a log record of IndexedDB's that SIGKILL tore costs nothing before or after it, however often${noFiles ? ', where all lies in IndexedDB' : ''}`, async () => {
    for (let round = 0; round < 3; round++) {
      const from = round * 20
      await life(async (page) => {
        expect(await readAll(page), `before round ${round}`).toEqual(numbers(0, from))
        expect(await write(page, from, from + 10)).toBe(undefined)
        await page.evaluate(() => window.storagePage.writeJunk())
      }, noFiles)
      tearLog(profile, 40)
      await life(async (page) => {
        expect(await write(page, from + 10, from + 20), 'behind the torn record').toBe(undefined)
      }, noFiles)
    }
    await life(async (page) => {
      expect(await readAll(page)).toEqual(numbers(0, 60))
      expect(await lastStatus(page)).toEqual({ state: 'OPEN' })
    }, noFiles)
  })
}

test('S1: where the browser threw its databases away, everything comes back from the files, again and again', async () => {
  for (let round = 0; round < 3; round++) {
    await life(async (page) => {
      expect(await readAll(page), `before round ${round}`).toEqual(numbers(0, round * 300))
      expect(await write(page, round * 300, round * 300 + 200)).toBe(undefined)
      // In pages, where it was closed; in the log, where it was killed.
      if (round === 1) await page.evaluate(() => window.storagePage.close())
    })
    damageManifest(profile)
    await life(async (page) => {
      expect(await readAll(page), `round ${round}`).toEqual(numbers(0, round * 300 + 200))
      expect(await lastStatus(page)).toEqual({ state: 'OPEN' })
      expect(await write(page, round * 300 + 200, round * 300 + 300)).toBe(undefined)
    })
  }
})

test('where all lies in IndexedDB, and the browser threw it away, it says LOST beside OPEN, in every tab and life, until that is dismissed', async () => {
  await life(async (page) => expect(await write(page, 0, 10)).toBe(undefined), true)
  damageManifest(profile)
  const began = new Date().toISOString()
  const notice = await life(async (page) => {
    expect(await readAll(page)).toEqual([])
    expect(await write(page, 10, 20)).toBe(undefined)
    const status = await lastStatus(page)
    expect(status).toEqual({ state: 'OPEN', error: { name: 'StorageException', reason: 'LOST', message: expect.stringMatching(/^All data of holdfast:storage is lost: at \S+Z the browser .*IndexedDB/) } })
    const at = / at (\S+) /.exec(status?.error?.message ?? '')?.[1] ?? ''
    expect(at >= began && at <= new Date().toISOString(), `${at} is now`).toBe(true)
    return status
  }, true)
  await life(async (page, openTab) => {
    const other = await openTab()
    for (const each of [page, other]) {
      expect(await readAll(each)).toEqual(numbers(10, 20))
      await expect.poll(() => lastStatus(each)).toEqual(notice)
    }
    await other.evaluate(() => window.storagePage.dismissLoss())
    for (const each of [page, other]) await expect.poll(() => lastStatus(each)).toEqual({ state: 'OPEN' })
  }, true)
  await life(async (page) => {
    expect(await readAll(page)).toEqual(numbers(10, 20))
    expect(await page.evaluate(() => window.storagePage.statuses())).toEqual([{ state: 'OPENING' }, { state: 'OPEN' }])
  }, true)
})
