// The page's calling half against comlink's own serving half, over real message channels.
import { expose, wrap as comlinkWrap, type Remote } from 'comlink'
import { afterEach, describe, expect, it } from 'vitest'
import { wrap } from '../../src/host/page-comlink.ts'

const open: MessagePort[] = []
function channel(): MessageChannel {
  const made = new MessageChannel()
  open.push(made.port1, made.port2)
  return made
}
afterEach(() => {
  for (const port of open.splice(0)) port.close()
})

interface Echo {
  echo(text: string): Promise<string>
  fail(): Promise<void>
  count(page: { tell(n: number): void }): Promise<number>
  meet(page: { hello(name: string): string; port(): MessagePort }): Promise<string>
  send(port: MessagePort): Promise<string>
}
function serveEcho(): Echo {
  const { port1, port2 } = channel()
  const served = {
    echo: (text: string) => text,
    fail: () => {
      throw new TypeError('no')
    },
    count: async (page: Remote<{ tell(n: number): void }>) => {
      for (let n = 1; n <= 3; n++) await page.tell(n)
      return 3
    },
    meet: async (page: Remote<{ hello(name: string): string; port(): MessagePort }>) => {
      const port = await page.port()
      open.push(port)
      return `${await page.hello('worker')} ${port.constructor.name}`
    },
    send: (port: MessagePort) => {
      open.push(port)
      return comlinkWrap<{ ping(): string }>(port).ping()
    },
  }
  expose(served, port1)
  return wrap<Echo>(port2)
}

describe('the page’s half of comlink', () => {
  it('calls methods and gets their answers, each its own', async () => {
    const { echo } = serveEcho()
    expect(await Promise.all([echo('a'), echo('b'), echo('c')])).toEqual(['a', 'b', 'c'])
  })

  it('rejects with what the other end threw', async () => {
    await expect(serveEcho().fail()).rejects.toMatchObject({ name: 'TypeError', message: 'no' })
  })

  it('takes objects, which are called back', async () => {
    const heard: number[] = []
    const echo = serveEcho()
    expect(await echo.count({ tell: (n: number) => void heard.push(n) })).toBe(3)
    expect(heard).toEqual([1, 2, 3])
    const { port1 } = channel()
    const page = { hello: (name: string) => `hello ${name}`, port: () => port1 }
    expect(await echo.meet(page)).toBe('hello worker MessagePort')
  })

  it('moves ports along', async () => {
    const { port1, port2 } = channel()
    expose({ ping: () => 'pong' }, port2)
    expect(await serveEcho().send(port1)).toBe('pong')
  })
})
