// `holdfast/react` in a real page, under StrictMode, with React as developers run it (effects and renders twice) and as
// users do: one subscription for equal queries, no flicker, no render for nothing, Suspense, unmounting, other tabs.
import { type BrowserContext, expect, type Page, test } from '@playwright/test'
import { serveBuilt } from '../tools/serve-built.mjs'

for (const mode of ['development', 'production'] as const) {
  test.describe(`React for ${mode}`, () => {
    let server: Awaited<ReturnType<typeof serveBuilt>>
    test.beforeAll(async () => {
      test.setTimeout(120_000)
      const { NODE_ENV } = process.env
      try {
        process.env.NODE_ENV = mode
        server = await serveBuilt(`${import.meta.dirname}/fixtures/react`)
      } finally {
        if (NODE_ENV === undefined) delete process.env.NODE_ENV
        else process.env.NODE_ENV = NODE_ENV
      }
    })
    test.afterAll(() => server.close())
    /** StrictMode renders twice while developing. */
    const once = mode === 'development' ? 2 : 1

    const pageErrors: string[] = []
    test.beforeEach(() => void pageErrors.splice(0))
    test.afterEach(() => expect(pageErrors).toEqual([]))

    async function openPage(context: BrowserContext): Promise<Page> {
      const page = await context.newPage()
      page.on('pageerror', (error) => void pageErrors.push(error.message))
      await page.goto(server.url)
      await page.waitForFunction(() => 'reactPage' in window)
      await page.evaluate(async () => {
        await window.reactPage.todos.put({ list: 'home', id: '1', title: 'Milk' })
        await window.reactPage.todos.put({ list: 'home', id: '2', title: 'Tea' })
      })
      return page
    }
    const rendered = (page: Page, name: string) => page.evaluate((name) => window.reactPage.rendered[name] ?? [], name)
    /** Without repetitions one after the other. */
    const distinct = (texts: readonly string[]) => texts.filter((text, index) => text !== texts[index - 1])
    const traffic = (page: Page) => page.evaluate(() => window.reactPage.traffic)
    const put = (page: Page, list: string, id: string, title: string) =>
      page.evaluate(([list, id, title]) => window.reactPage.todos.put({ list, id, title }), [list, id, title] as const)
    /** Time for what should not happen to happen: a commit has gone to the host and back, and React has rendered. */
    async function settle(page: Page): Promise<void> {
      await put(page, 'settle', '1', String(Math.random()))
      await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 30))))
    }

    test('runs the React that it says', async ({ context }) => {
      const page = await openPage(context)
      await page.evaluate(() => window.reactPage.show({ kind: 'status', name: 's' }))
      await expect(page.getByTestId('s')).toHaveText('OPEN')
      expect(await rendered(page, 's')).toEqual(Array(once).fill('OPEN'))
    })

    test('equal queries are one subscription, which ends when the last component goes', async ({ context }) => {
      const page = await openPage(context)
      const parts = ['a', 'b', 'c'].map((name) => ({ kind: 'query', name, list: 'home' }) as const)
      await page.evaluate((parts) => window.reactPage.show(...parts), parts)
      for (const { name } of parts) await expect(page.getByTestId(name)).toHaveText('MilkTea')
      expect(await traffic(page)).toEqual({ subscribed: 1, unsubscribed: 0 })

      // What stays mounted keeps it; the key makes `b` another instance.
      await page.evaluate(() => window.reactPage.show({ kind: 'query', name: 'b', list: 'home' }, { kind: 'query', name: 'd', list: 'home' }))
      await expect(page.getByTestId('d')).toHaveText('MilkTea')
      await settle(page)
      expect(await traffic(page)).toEqual({ subscribed: 1, unsubscribed: 0 })
      expect(await rendered(page, 'd'), 'it knows at once').toEqual(Array(once).fill('ACTIVE Milk,Tea'))

      await page.evaluate(() => window.reactPage.show())
      await expect.poll(() => traffic(page)).toEqual({ subscribed: 1, unsubscribed: 1 })
      const before = await rendered(page, 'b')
      await put(page, 'home', '1', 'Nobody looks')
      await settle(page)
      expect(await rendered(page, 'b')).toEqual(before)

      await page.evaluate(() => window.reactPage.show({ kind: 'query', name: 'e', list: 'home' }))
      await expect(page.getByTestId('e')).toHaveText('Nobody looksTea')
      expect(await traffic(page)).toEqual({ subscribed: 2, unsubscribed: 1 })

      // One goes and another comes in the same commit.
      await page.evaluate(() => window.reactPage.show({ kind: 'query', name: 'f', list: 'home' }))
      await expect(page.getByTestId('f')).toHaveText('Nobody looksTea')
      await settle(page)
      expect(distinct(await rendered(page, 'f'))).toEqual(['ACTIVE Nobody looks,Tea'])
      expect(await traffic(page)).toEqual({ subscribed: 2, unsubscribed: 1 })
    })

    test('renders once per commit of its own, never for others’, and shows nothing in between', async ({ context }) => {
      const page = await openPage(context)
      const part = { kind: 'query', name: 'a', list: 'home' } as const
      await page.evaluate((part) => window.reactPage.show(part), part)
      await expect(page.getByTestId('a')).toHaveText('MilkTea')
      const first = await rendered(page, 'a')
      expect(distinct(first)).toEqual(['PENDING ', 'ACTIVE Milk,Tea'])

      for (let i = 0; i < 5; i++) await put(page, 'work', String(i), 'Elsewhere')
      await put(page, 'home', '1', 'Milk')
      await settle(page)
      expect(await rendered(page, 'a'), 'commits that change nothing here').toEqual(first)

      await put(page, 'home', '2', 'Green tea')
      await expect(page.getByTestId('a')).toHaveText('MilkGreen tea')
      await settle(page)
      expect((await rendered(page, 'a')).slice(first.length)).toEqual(Array(once).fill('ACTIVE Milk,Green tea'))
      // Milk kept its identity.
      expect(await rendered(page, 'a/1')).toEqual(Array(once).fill('Milk'))
      expect(await rendered(page, 'a/2')).toEqual([...Array<string>(once).fill('Tea'), ...Array<string>(once).fill('Green tea')])

      // The parent renders again, with a new query object of the same meaning.
      await page.evaluate((part) => window.reactPage.show(part, { kind: 'status', name: 's' }), part)
      await expect(page.getByTestId('s')).toHaveText('OPEN')
      expect(new Set((await rendered(page, 'a')).slice(first.length))).toEqual(new Set(['ACTIVE Milk,Green tea']))
      expect(await rendered(page, 'a/1')).toEqual(Array(once).fill('Milk'))
      expect(await traffic(page)).toEqual({ subscribed: 1, unsubscribed: 0 })
    })

    test('Suspense shows the fallback, then the data, and never the fallback again', async ({ context }) => {
      const page = await openPage(context)
      const part = { kind: 'suspense', name: 'a', list: 'home' } as const
      await page.evaluate((part) => window.reactPage.show(part), part)
      await expect(page.getByTestId('a')).toHaveText('MilkTea')
      expect(await rendered(page, 'a fallback')).toEqual(Array(once).fill('shown'))
      await put(page, 'home', '1', 'Oat milk')
      await expect(page.getByTestId('a')).toHaveText('Oat milkTea')
      await page.evaluate((part) => window.reactPage.show(part, { kind: 'status', name: 's' }), part)
      await settle(page)
      expect(await rendered(page, 'a fallback')).toEqual(Array(once).fill('shown'))
      expect(distinct(await rendered(page, 'a'))).toEqual(['ACTIVE Milk,Tea', 'ACTIVE Oat milk,Tea'])
      expect(await traffic(page)).toEqual({ subscribed: 1, unsubscribed: 0 })

      // It is kept for five seconds after the data came, for a component that React shows late: waiting once is enough.
      if (mode === 'production') return
      await page.evaluate(() => window.reactPage.show())
      await expect.poll(() => traffic(page), { timeout: 8000 }).toEqual({ subscribed: 1, unsubscribed: 1 })
    })

    test('a query that can’t be answered reaches the error boundary', async ({ context }) => {
      const page = await openPage(context)
      await page.evaluate(() => window.reactPage.show({ kind: 'suspense', name: 'a', list: '' }))
      await expect(page.getByTestId('error')).toHaveText('ValidationException')
    })

    test('T3: what another tab writes is rendered, also after that tab, the host, is gone', async ({ context }) => {
      const host = await openPage(context)
      const page = await openPage(context)
      await page.evaluate(() => window.reactPage.show({ kind: 'query', name: 'a', list: 'home' }))
      await expect(page.getByTestId('a')).toHaveText('MilkTea')
      await put(host, 'home', '3', 'Rice')
      await expect(page.getByTestId('a')).toHaveText('MilkTeaRice')
      const before = (await rendered(page, 'a')).length
      await host.close()
      const third = await openPage(context)
      await third.evaluate(() => window.reactPage.todos.delete({ list: 'home', id: '3' }))
      await expect(page.getByTestId('a')).toHaveText('MilkTea')
      expect(await rendered(page, 'a/1'), 'a new snapshot keeps what is unchanged').toEqual(Array(once).fill('Milk'))
      expect((await rendered(page, 'a')).slice(before), 'nothing but the change').toEqual(Array(once).fill('ACTIVE Milk,Tea'))
    })
  })
}
