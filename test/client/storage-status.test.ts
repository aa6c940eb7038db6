// Storage: what the browser says, and nothing waits for it.
import { describe, expect, it } from 'vitest'
import { StorageSource } from '../../src/client/storage-status.ts'
import { Session, type SessionPlatform } from '../../src/client/session.ts'

function setUp(storage?: Partial<StorageManager>) {
  const timers: { delayMs: number; run: () => void }[] = []
  const platform: SessionPlatform = {
    random: () => 0,
    setTimer: (delayMs, run) => {
      const timer = { delayMs, run }
      timers.push(timer)
      return { cancel: () => timers.splice(timers.indexOf(timer), 1) }
    },
    connect: () => {
      throw new Error('not used')
    },
    storage: storage as StorageManager,
  }
  return { source: new StorageSource(new Session(platform)), timers }
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

describe('storage', () => {
  it('is asked when somebody looks, again every few seconds, and no more when nobody does', async () => {
    let usage = 10
    const { source, timers } = setUp({ persisted: () => Promise.resolve(true), estimate: () => Promise.resolve({ usage, quota: 100 }), persist: () => Promise.resolve(true) })
    const seen: number[] = []
    const subscription = source.subscribe(({ usageBytes }) => seen.push(usageBytes))
    await turn()
    expect(source.current).toEqual({ persisted: true, usageBytes: 10, quotaBytes: 100, atRisk: false })
    const [timer] = timers.splice(0)
    usage = 95
    timer?.run()
    await turn()
    expect(source.current).toMatchObject({ usageBytes: 95, atRisk: true })
    timers.splice(0)[0]?.run()
    await turn()
    expect(seen).toEqual([0, 10, 95])
    subscription()
    expect(timers).toEqual([])
  })

  it('answers persist() in time where the browser leaves its question open', async () => {
    let allow: (persisted: boolean) => void = () => undefined
    let persisted = false
    const { source, timers } = setUp({
      persisted: () => Promise.resolve(persisted),
      estimate: () => Promise.resolve({}),
      persist: () => new Promise((resolve) => (allow = resolve)),
    })
    const answer = source.persist()
    await turn()
    timers[0]?.run()
    expect(await answer).toBe(false)
    persisted = true
    allow(true)
    await turn()
    expect(source.current.persisted).toBe(true)
    expect(await Promise.race([source.persist(), turn().then(() => 'waits')])).toBe('waits')
    allow(true)
  })

  it('says false where there is no such thing', async () => {
    const { source } = setUp()
    expect(await source.persist()).toBe(false)
  })
})
