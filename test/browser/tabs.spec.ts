import type { BrowserContext, Page } from '@playwright/test'
import { expect, test as base } from '@playwright/test'
import { type SourceServer, serveSource } from './fixtures/serve-source.ts'
import type { Acknowledgement } from './fixtures/tabs-page.ts'

const test = base.extend<object, { server: SourceServer }>({
  server: [
    async ({}, use) => {
      const server = await serveSource()
      await use(server)
      await server.close()
    },
    { scope: 'worker' },
  ],
})

class Tabs {
  readonly acknowledged: Acknowledgement[] = []
  readonly #context: BrowserContext
  readonly #url: string
  constructor(context: BrowserContext, server: SourceServer, parameters = '') {
    this.#context = context
    this.#url = `${server.url}/test/browser/fixtures/tabs.html?database=tabs${parameters}`
  }
  async open(): Promise<Page> {
    const page = await this.#context.newPage()
    page.on('console', (message) => console.log('console', message.text()))
    page.on('pageerror', (error) => console.log('pageerror', error.message))
    await page.exposeFunction('acknowledge', (all: Acknowledgement[]) => this.acknowledged.push(...all))
    await page.goto(this.#url)
    return page
  }
}

test('smoke', async ({ context, server }) => {
  const tabs = new Tabs(context, server)
  const a = await tabs.open()
  await a.evaluate(() => window.tab.createTable())
  console.log(await a.evaluate(() => window.tab.statuses))
  const b = await tabs.open()
  console.log(await b.evaluate(() => window.tab.item('total')))
  await b.evaluate(() => window.tab.start('b', 3))
  await a.evaluate(() => window.tab.start('a', 3))
  await new Promise((resolve) => setTimeout(resolve, 1000))
  await Promise.all([a, b].map((page) => page.evaluate(() => window.tab.stop())))
  console.log(tabs.acknowledged.length, tabs.acknowledged.filter((x) => x.error).slice(0, 3))
  console.log(await b.evaluate(() => window.tab.item('total')))
  console.log('own', await a.evaluate(() => window.tab.roundTrip(500)), 'other', await b.evaluate(() => window.tab.roundTrip(500)))
  expect(1).toBe(1)
})
