// The AWS SDK in real Chromium over the engine's worker, without a network: the shared cases (test/api/cases), and small
// applications on the document client, ElectroDB and dynamodb-toolbox, all unmodified.
import { expect, type Page, test } from '@playwright/test'
import { documentAppResult } from '../api/apps/document-app.ts'
import { electroAppResult } from '../api/apps/electro-app.ts'
import { toolboxAppResult } from '../api/apps/toolbox-app.ts'
import { serveBuilt } from '../tools/serve-built.mjs'

let server: Awaited<ReturnType<typeof serveBuilt>>
test.beforeAll(async () => {
  test.setTimeout(180_000)
  server = await serveBuilt(`${import.meta.dirname}/fixtures/aws`)
})
test.afterAll(() => server.close())

const problems: string[] = []
test.beforeEach(async ({ page, context }) => {
  problems.length = 0
  page.on('pageerror', (error) => void problems.push(error.message))
  await page.goto(server.url)
  await page.waitForFunction(() => 'awsPage' in window)
  // Nothing may ask the network from here on, but for the package's own worker files.
  page.on('request', (request) => void (request.url().startsWith(server.url) || problems.push(`asked ${request.url()}`)))
  void context
})
test.afterEach(() => expect(problems).toEqual([]))

test('AWS SDK: the shared cases answer as on the engine and over HTTP', async ({ page }) => {
  test.setTimeout(180_000)
  const { ran, failures } = await page.evaluate(() => window.awsPage.runCases())
  expect(failures).toEqual([])
  expect(ran).toBeGreaterThanOrEqual(60)
})

test('AWS SDK: an aborted request rejects', async ({ page }) => {
  expect(await page.evaluate(() => window.awsPage.listAborted())).toBe('AbortError')
})

const apps: readonly [string, (page: Page) => Promise<object>, object][] = [
  ['the document client', (page) => page.evaluate(() => window.awsPage.document()), documentAppResult],
  ['ElectroDB', (page) => page.evaluate(() => window.awsPage.electro()), electroAppResult],
  ['dynamodb-toolbox', (page) => page.evaluate(() => window.awsPage.toolbox()), toolboxAppResult],
]
for (const [name, run, result] of apps) {
  test(`AWS SDK: ${name} runs an application in the page`, async ({ page }) => {
    expect(await run(page)).toEqual(result)
  })
}
