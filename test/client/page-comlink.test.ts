// The page's calling half against comlink's own serving half, over real message channels.
import { expose, wrap as comlinkWrap, type Remote } from 'comlink'
import { afterEach, describe, expect, it } from 'vitest'
import { callerOf } from '../../src/host/page-comlink.ts'

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
  echo(text: string): string
  fail(): void
  count(page: { tell(n: number): void }): Promise<number>
  meet(page: { hello(name: string): string; port(): MessagePort }): Promise<string>
}
function callEcho() {
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
      const answer = await comlinkWrap<{ ping(): string }>(port).ping()
      return `${await page.hello('worker')} ${answer}`
    },
  }
  expose(served, port1)
  return callerOf<Echo>(port2)
}

describe('the page’s half of comlink', () => {
  it('calls methods and gets their answers, each its own', async () => {
    const call = callEcho()
    expect(await Promise.all([call('echo', 'a'), call('echo', 'b'), call('echo', 'c')])).toEqual(['a', 'b', 'c'])
  })

  it('rejects with what the other end threw', async () => {
    await expect(callEcho()('fail')).rejects.toMatchObject({ name: 'TypeError', message: 'no' })
  })

  it('takes objects, which are called back, and moves a port that they answer', async () => {
    const heard: number[] = []
    const call = callEcho()
    expect(await call('count', { tell: (n: number) => void heard.push(n) })).toBe(3)
    expect(heard).toEqual([1, 2, 3])
    const { port1, port2 } = channel()
    expose({ ping: () => 'pong' }, port2)
    const page = { hello: (name: string) => `hello ${name}`, port: () => port1 }
    expect(await call('meet', page)).toBe('hello worker pong')
  })
})
