// The contract of everything that changes: current, subscribe, loops.
import { describe, expect, it } from 'vitest'
import { StorageException } from 'holdfast'
import { Source } from '../../src/client/live.ts'

class Counted extends Source<number> {
  starts = 0
  stops = 0
  protected override start(): void {
    this.starts += 1
  }
  protected override stop(): void {
    this.stops += 1
  }
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('a live value', () => {
  it('tells the present value at once, then every change, until unsubscribed', () => {
    const source = new Counted(1)
    const heard: number[] = []
    const subscription = source.subscribe((value) => heard.push(value))
    source.set(2)
    source.set(2)
    source.set(3)
    subscription.unsubscribe()
    source.set(4)
    expect(heard).toEqual([1, 2, 3])
    expect(source.current).toBe(4)
  })

  it('has subscriptions that are functions, disposables and objects', () => {
    const source = new Counted(1)
    source.subscribe(() => undefined)()
    source.subscribe({ next: () => undefined }).unsubscribe()
    {
      using _ = source.subscribe(() => undefined)
      expect(source.isObserved).toBe(true)
    }
    expect([source.starts, source.stops, source.isObserved]).toEqual([3, 3, false])
  })

  it('starts with the first observer and stops with the last, each counted once', () => {
    const source = new Counted(1)
    const observer = (): void => undefined
    const a = source.subscribe(observer)
    const b = source.subscribe(observer)
    a()
    a()
    expect(source.stops).toBe(0)
    b()
    expect([source.starts, source.stops]).toEqual([1, 1])
  })

  it('keeps an observer’s error from the others', async () => {
    const source = new Source(1)
    const heard: number[] = []
    const errors: unknown[] = []
    const listener = (error: unknown): void => void errors.push(error)
    const before = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', listener)
    source.subscribe(() => {
      throw new Error('mine')
    })
    source.subscribe((value) => heard.push(value))
    source.set(2)
    await turn()
    process.off('uncaughtException', listener)
    for (const each of before) process.on('uncaughtException', each)
    expect(heard).toEqual([1, 2])
    expect(errors).toHaveLength(2)
  })

  it('does not tell those that an earlier observer unsubscribed', () => {
    const source = new Source(1)
    const heard: number[] = []
    source.subscribe((value) => {
      if (value === 2) later()
    })
    const later = source.subscribe((value) => heard.push(value))
    source.set(2)
    expect(heard).toEqual([1])
  })

  it('ends with complete or with an error', () => {
    const log: string[] = []
    const observer = { next: (value: number) => log.push(`next ${value}`), error: (error: Error) => log.push(error.message), complete: () => log.push('complete') }
    const source = new Counted(1)
    source.subscribe(observer)
    source.end()
    source.subscribe(observer)
    source.end(new StorageException('gone', { reason: 'CLOSED' }))
    source.set(2)
    expect(log).toEqual(['next 1', 'complete', 'next 1', 'gone'])
    expect(source.stops).toBe(2)
  })
})

describe('a loop over a live value', () => {
  it('gets the present value, then the newest', async () => {
    const source = new Source(1)
    const seen: number[] = []
    const loop = (async () => {
      for await (const value of source) {
        seen.push(value)
        await turn()
        if (value === 5) break
      }
    })()
    await turn()
    source.set(2)
    source.set(3)
    source.set(4)
    await turn()
    await turn()
    source.set(5)
    await loop
    expect(seen).toEqual([1, 4, 5])
    expect(source.isObserved).toBe(false)
  })

  it('subscribes with the first step only', () => {
    const source = new Counted(1)
    source[Symbol.asyncIterator]()
    expect(source.starts).toBe(0)
  })

  it('ends when the source completes, after its last value', async () => {
    const source = new Source(1)
    const seen: number[] = []
    const loop = (async () => {
      for await (const value of source) seen.push(value)
    })()
    await turn()
    source.set(2)
    source.end()
    await loop
    expect(seen).toEqual([1, 2])
  })

  it('throws the final error', async () => {
    const source = new Source(1)
    const loop = (async () => {
      for await (const _ of source);
    })()
    await turn()
    source.end(new StorageException('gone', { reason: 'LEASE_LOST' }))
    await expect(loop).rejects.toThrow('gone')
  })
})
