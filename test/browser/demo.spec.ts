// The main job on real input, as a user does it: the demo's dataset loads, is there after a reload, an offline reload and
// a SIGKILL of the browser, and moves live between two tabs (S1, T3). The page is accessible, at two widths.
import { mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { AxeBuilder } from '@axe-core/playwright'
import { expect, type Page, test } from '@playwright/test'
import { preview, type PreviewServer } from 'vite'
import { buildDemo } from '../../demo/build.mjs'
import { launchKillable } from '../tools/killable-browser.mjs'

const root = resolve(import.meta.dirname, '../..')
let server: PreviewServer
let url: string

test.beforeAll(async () => {
  test.setTimeout(120_000)
  await buildDemo()
  server = await preview({ configFile: join(root, 'vite.config.ts'), root: join(root, 'demo'), mode: 'demo', preview: { host: '127.0.0.1', port: 0, strictPort: false } })
  url = `http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}/`
})
test.afterAll(async () => {
  await server.close()
})

const rows = (page: Page) => page.locator('tbody tr')
async function openLoaded(page: Page): Promise<void> {
  await page.goto(url)
  await expect(page.getByTestId('dataset')).toHaveAttribute('data-state', /done|idle/, { timeout: 60_000 })
  await expect(rows(page).first()).toBeVisible({ timeout: 15_000 })
}
async function rename(page: Page, from: string, to: string): Promise<void> {
  await page.getByRole('button', { name: from, exact: true }).click()
  await page.getByLabel('Title').fill(to)
  await page.getByRole('button', { name: 'Save' }).click()
}

test('loads the dataset on the first visit and shows it, also after a reload and offline', async ({ page, context }) => {
  await openLoaded(page)
  await expect(page.getByTestId('dataset')).toContainText('Wrote 23,201 items')
  await expect(rows(page)).toHaveCount(100)
  await expect(rows(page).first()).toContainText('The Shawshank Redemption')

  await page.reload()
  await expect(rows(page)).toHaveCount(100, { timeout: 15_000 })
  await expect(page.getByTestId('dataset')).toContainText('is on this device')

  await page.evaluate(() => navigator.serviceWorker.ready)
  await context.setOffline(true)
  await page.reload()
  await expect(rows(page)).toHaveCount(100, { timeout: 15_000 })
  await expect(page.getByText('offline, still working')).toBeVisible()
  await rename(page, 'Pulp Fiction', 'Pulp Fiction, seen offline')
  await expect(page.getByRole('button', { name: 'Pulp Fiction, seen offline' })).toBeVisible()
  await context.setOffline(false)
})

test('answers questions over table and indexes, and saves and deletes items', async ({ page }) => {
  await openLoaded(page)
  await page.getByLabel('Read by').selectOption('byDirector')
  await page.getByLabel('Director is').fill('Stanley Kubrick')
  await expect(rows(page).first()).toContainText('Stanley Kubrick')
  await page.getByRole('button', { name: 'Flights' }).click()
  await page.getByRole('combobox', { name: /^Delay/ }).selectOption('at least')
  await page.getByLabel('value').fill('120')
  await expect(page.getByTestId('count')).toContainText('items, live')
  for (const cell of await page.locator('tbody tr td:nth-child(4)').allTextContents()) expect(Number(cell)).toBeGreaterThanOrEqual(120)
  const before = await rows(page).count()
  await page.locator('tbody tr').first().click()
  await page.getByRole('button', { name: 'Delete item' }).click()
  await expect(rows(page)).toHaveCount(before - 1)
})

test('shows in one tab what another tab changes', async ({ page, context }) => {
  await openLoaded(page)
  const other = await context.newPage()
  await openLoaded(other)
  await rename(page, 'Goodfellas', 'Goodfellas, in two tabs')
  await expect(other.getByRole('button', { name: 'Goodfellas, in two tabs' })).toBeVisible({ timeout: 2000 })
  await rename(other, 'Fight Club', 'Fight Club, back again')
  await expect(page.getByRole('button', { name: 'Fight Club, back again' })).toBeVisible({ timeout: 2000 })
})

test('finds everything after a SIGKILL of the browser (S1)', async () => {
  const profile = mkdtempSync(join(tmpdir(), 'holdfast-demo-'))
  try {
    const first = await launchKillable(profile)
    const page = await first.context.newPage()
    await openLoaded(page)
    await rename(page, 'Casablanca', 'Casablanca, before the crash')
    await expect(page.getByRole('button', { name: 'Casablanca, before the crash' })).toBeVisible()
    await first.kill()

    const second = await launchKillable(profile)
    const again = await second.context.newPage()
    await openLoaded(again)
    await expect(again.getByTestId('dataset')).toHaveAttribute('data-state', 'idle')
    await expect(rows(again)).toHaveCount(100)
    await expect(again.getByRole('button', { name: 'Casablanca, before the crash' })).toBeVisible()
    await second.kill()
  } finally {
    rmSync(profile, { recursive: true, force: true })
  }
})

test('is accessible, and fits a phone and a desk', async ({ page }, info) => {
  await openLoaded(page)
  for (const [name, width, height] of [['desk', 1280, 860], ['phone', 390, 844]] as const) {
    await page.setViewportSize({ width, height })
    await page.screenshot({ path: info.outputPath(`${name}.png`) })
    expect((await new AxeBuilder({ page }).analyze()).violations.map(({ id, nodes }) => [id, nodes[0]?.html])).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
  }
})
