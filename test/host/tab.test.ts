import { describe, expect, it } from 'vitest'
import { StorageException, UpdateRequiredException } from '../../src/model/errors.ts'
import { HostFixture } from './host-fixture.ts'
import type { SimulatedTab } from './simulation/tabs.ts'
import { Origin } from './simulation/tabs.ts'
import { World } from './simulation/world.ts'

class TabsFixture {
  readonly world = new World(7)
  readonly origin = new Origin(this.world, { sharedWorker: true, duplicates: 0 })

  async pass(ms: number): Promise<void> {
    await this.world.run(this.world.now + ms)
  }
  states(...tabs: readonly SimulatedTab[]): readonly string[] {
    return tabs.map(({ link }) => link.status.state)
  }
  /** Opens tabs one after the other: the first hosts. */
  async open(count: number): Promise<readonly SimulatedTab[]> {
    const tabs: SimulatedTab[] = []
    for (let index = 0; index < count; index++) {
      tabs.push(this.origin.openTab())
      await this.pass(400)
    }
    return tabs
  }
  async add(tab: SimulatedTab, id: string): Promise<unknown> {
    let outcome: unknown
    tab.link.request('Add', { name: 'n', by: 1, id }).then(
      (output) => (outcome = output),
      (error: unknown) => (outcome = error),
    )
    await this.pass(200)
    return outcome
  }
}

const failure = (reason: 'UNAVAILABLE' | 'DAMAGED' | 'VERSION_CHANGED'): Error => new StorageException(reason, { reason })

describe('Tab', () => {
  it('opens one engine for all tabs', async () => {
    const fixture = new TabsFixture()
    const tabs = await fixture.open(3)
    expect(fixture.states(...tabs)).toEqual(['OPEN', 'OPEN', 'OPEN'])
    expect(await fixture.add(tabs[2] as SimulatedTab, 'x')).toEqual({ value: 1 })
    expect(fixture.origin.engines.length).toBe(1)
  })

  it('a lone tab sends no beats and starts no broker', async () => {
    const fixture = new TabsFixture()
    await fixture.open(1)
    let posts = 0
    const channel = fixture.origin.broadcast.open(fixture.origin.tabs[0]?.process as never, 'holdfast:app')
    channel.addEventListener('message', () => (posts += 1))
    await fixture.pass(5000)
    expect(posts).toBe(0)
    expect(fixture.origin.brokersStarted).toBe(0)
  })

  it('tries again in silence what may pass, and says FAILED when it does not, until it does', async () => {
    const fixture = new TabsFixture()
    let failures = 2
    fixture.origin.failOpening = () => (failures-- > 0 ? failure('UNAVAILABLE') : undefined)
    const [tab] = await fixture.open(1)
    if (tab === undefined) throw new Error('No tab')
    const seen: string[] = []
    tab.link.onStatus(({ state }) => seen.push(state))
    await fixture.pass(3000)
    expect(seen).toEqual(['OPEN'])

    const hopeless = new TabsFixture()
    let isHopeless = true
    hopeless.origin.failOpening = () => (isHopeless ? failure('UNAVAILABLE') : undefined)
    const [waiting] = await hopeless.open(1)
    if (waiting === undefined) throw new Error('No tab')
    const request = waiting.link.request('Add', {}).catch((error: unknown) => error)
    await hopeless.pass(3000)
    expect(hopeless.states(waiting)).toEqual(['FAILED'])
    expect(await request).toMatchObject({ name: 'StorageException', reason: 'UNAVAILABLE' })
    isHopeless = false
    await hopeless.pass(60_000)
    expect(hopeless.states(waiting)).toEqual(['OPEN'])
    expect(await hopeless.add(waiting, 'y')).toEqual({ value: 1 })
  })

  it('says FAILED at once for what does not pass by itself', async () => {
    const fixture = new TabsFixture()
    fixture.origin.failOpening = () => failure('DAMAGED')
    const tabs = await fixture.open(1)
    expect(fixture.states(...tabs)).toEqual(['FAILED'])
    expect(tabs[0]?.link.status.error).toMatchObject({ reason: 'DAMAGED' })
  })

  it('requires an update where a newer release owns the database, and leaves hosting to others', async () => {
    const fixture = new TabsFixture()
    const [old, other] = await fixture.open(2)
    if (old === undefined || other === undefined) throw new Error('No tabs')
    fixture.origin.engines[0]?.fail(failure('VERSION_CHANGED'))
    const seen: string[] = []
    old.link.onStatus(({ state }) => seen.push(state))
    await fixture.pass(1000)
    expect(seen[0]).toBe('UPDATE_REQUIRED')
    expect(fixture.origin.host()).toBe(other)
    // The other tab speaks the same protocol: the old one goes on as its client.
    expect(fixture.states(old, other)).toEqual(['OPEN', 'OPEN'])
    other.process.kill()
    await fixture.pass(3000)
    expect(fixture.origin.host()).toBeUndefined()
  })

  it('requires an update where the format on disk is newer', async () => {
    const fixture = new TabsFixture()
    fixture.origin.failOpening = () => new UpdateRequiredException('The database was written by a newer release')
    const tabs = await fixture.open(1)
    expect(fixture.states(...tabs)).toEqual(['UPDATE_REQUIRED'])
    expect(await fixture.add(tabs[0] as SimulatedTab, 'x')).toBeInstanceOf(UpdateRequiredException)
  })

  it('opens the engine again when it fails under way, and answers what was under way', async () => {
    const fixture = new TabsFixture()
    const [host, other] = await fixture.open(2)
    if (host === undefined || other === undefined) throw new Error('No tabs')
    const answer = other.link.request('Add', { name: 'n', by: 1, id: 'x' })
    await fixture.pass(3)
    fixture.origin.engines[0]?.fail(failure('UNAVAILABLE'))
    await fixture.pass(1000)
    expect(await answer).toEqual({ value: 1 })
    expect(fixture.origin.disk.applied.get('x')).toBe(1)
    expect(fixture.states(host, other)).toEqual(['OPEN', 'OPEN'])
  })

  it('a closed tab closes its engine before the next one opens, and can be closed while opening', async () => {
    const fixture = new TabsFixture()
    const [host, other] = await fixture.open(2)
    let isClosed = false
    void host?.link.close().then(() => (isClosed = true))
    await fixture.pass(1000)
    expect(isClosed).toBe(true)
    expect(fixture.origin.host()).toBe(other)

    const early = new TabsFixture()
    const tab = early.origin.openTab()
    await early.pass(70)
    void tab.link.close()
    await early.pass(1000)
    expect(early.origin.host()).toBeUndefined()
    expect(early.states(tab)).toEqual(['CLOSED'])
  })

  it('the host forgets a tab that died', async () => {
    const fixture = new TabsFixture()
    const [, other] = await fixture.open(2)
    other?.link.subscribe({}, { snapshot: () => undefined, change: () => undefined, failed: () => undefined })
    await fixture.pass(100)
    expect(fixture.origin.engines[0]?.subscriptions).toBe(1)
    other?.process.kill()
    await fixture.pass(200)
    expect(fixture.origin.engines[0]?.subscriptions).toBe(0)
  })

  it('T3: a live query goes on at the next host with a new snapshot', async () => {
    const fixture = new TabsFixture()
    const [host, other] = await fixture.open(2)
    if (host === undefined || other === undefined) throw new Error('No tabs')
    const heard: unknown[] = []
    other.link.subscribe({}, {
      snapshot: (entries) => heard.push(['snapshot', entries]),
      change: (entries) => heard.push(['change', entries]),
      failed: (error) => heard.push(['failed', error]),
    })
    await fixture.add(host, 'x')
    host.process.kill()
    await fixture.pass(1000)
    await fixture.add(other, 'y')
    const entry = (value: number): unknown => [['n', { name: 'n', value }]]
    expect(heard).toEqual([['snapshot', []], ['change', entry(1)], ['snapshot', entry(1)], ['change', entry(2)]])
  })
})

describe('worker entries', () => {
  it('do nothing when they are imported in Node', async () => {
    await import('../../worker/engine.ts')
    await import('../../worker/broker.ts')
    // The process is as usable as before.
    const fixture = new HostFixture()
    expect(await (await fixture.connect('p')).ask([[1, 'GetCounter', { name: 'n' }]])).toEqual([[1, 1, { value: 0 }]])
  })
})
