import { describe, expect, it } from 'vitest'
import { Host } from '../../src/host/host.ts'
import { StorageException } from '../../src/model/errors.ts'
import type { HostedEngine } from '../../src/host/hosted-engine.ts'
import type { RequestMessage } from '../../src/host/protocol.ts'
import { PROTOCOL_VERSION, SETTLEMENT_LIFETIME_MS } from '../../src/host/protocol.ts'
import { AlreadySettled } from '../../src/storage/head-step.ts'
import { add, HostFixture } from './host-fixture.ts'

const errorName = (answer: readonly unknown[] | undefined): unknown => (answer?.[2] as { readonly name?: string } | undefined)?.name

describe('Host', () => {
  it('answers a batch together, in its order, with its epoch; failures as data', async () => {
    const fixture = new HostFixture()
    const page = await fixture.connect('p')
    const requests: RequestMessage[] = [[1, 'GetCounter', { name: 'n' }], [2, 'Nonsense', {}], [3, 'GetCounter', { name: 'n' }]]
    expect(await page.exchange(page.text(requests))).toEqual({
      epoch: 1,
      answers: [
        [1, 1, { value: 0 }],
        [2, 0, { name: 'ValidationException', message: 'Unknown operation: Nonsense' }],
        [3, 1, { value: 0 }],
      ],
    })
  })

  it('tells each page at its hello that everything was lost, and all of them when that is dismissed', async () => {
    const fixture = new HostFixture()
    fixture.disk.lost = new StorageException('All data is lost', { reason: 'LOST' })
    const [first, second] = [await fixture.connect('p'), await fixture.connect('q')]
    await fixture.pass(1)
    const told = ['lost', { name: 'StorageException', message: 'All data is lost', fields: { reason: 'LOST' } }]
    for (const page of [first, second]) expect(page.pushed).toEqual([{ epoch: 1, sequence: 1, pushes: [told] }])
    fixture.takeOver()
    const again = await fixture.connect('p')
    await fixture.pass(1)
    expect(again.pushed).toEqual([{ epoch: 2, sequence: 1, pushes: [told] }])
    fixture.engine.dismissLoss()
    await fixture.pass(1)
    expect(again.pushed.slice(1)).toEqual([{ epoch: 2, sequence: 2, pushes: [['lost']] }])
    const later = await fixture.connect('q')
    await fixture.pass(1)
    expect(later.pushed).toEqual([])
  })

  it('starts all writes of a batch in one turn, so that they share a commit', async () => {
    const fixture = new HostFixture()
    const page = await fixture.connect('p')
    const answers = await page.ask(Array.from({ length: 50 }, (_, index) => add(index + 1)))
    expect(answers.map(([, , output]) => output)).toEqual(Array.from({ length: 50 }, (_, index) => ({ value: index + 1 })))
    expect(fixture.engine.commits).toBe(1)
  })

  it('lets others in between the slices of a long batch', async () => {
    const fixture = new HostFixture()
    const order: string[] = []
    const engine: HostedEngine = Object.assign(fixture.openEngine(), {
      execute: (_operation: string, input: object) => {
        // Every request takes a millisecond of the task.
        fixture.world.now += 1
        order.push((input as { readonly by: string }).by)
        return Promise.resolve({})
      },
    })
    fixture.host = new Host(engine, fixture.environment)
    const [greedy, modest] = [await fixture.connect('greedy'), await fixture.connect('modest')]
    greedy.port.postMessage(greedy.text(Array.from({ length: 200 }, (_, index) => [index + 1, 'GetCounter', { by: 'greedy' }] as const)))
    await modest.ask([[1, 'GetCounter', { by: 'modest' }]])
    await fixture.pass(1000)
    expect(order.length).toBe(201)
    expect(order.indexOf('modest')).toBeLessThan(40)
  })

  it('T1: a resend is answered from what was kept, by the same host and by the next', async () => {
    const fixture = new HostFixture()
    const page = await fixture.connect('p')
    const text = page.text([add(1), add(2)])
    const first = await page.exchange(text)
    expect(await page.exchange(text)).toEqual(first)
    fixture.takeOver()
    const again = await (await fixture.connect('p')).exchange(text)
    expect(again).toEqual({ ...first, epoch: 2 })
    expect(Object.fromEntries(fixture.disk.applied)).toEqual({ op1: 1, op2: 1 })
  })

  it('T1: a resend waits for the first attempt that still runs', async () => {
    const fixture = new HostFixture()
    const page = await fixture.connect('p')
    const text = page.text([add(1)])
    const [first, second] = await Promise.all([page.exchange(text), page.exchange(text)])
    expect(second).toEqual(first)
    expect(fixture.disk.applied.get('op1')).toBe(1)
  })

  it('T1: a resend after the page was dropped while its write ran waits for it as well', async () => {
    const fixture = new HostFixture()
    const page = await fixture.connect('p')
    const text = page.text([add(1)])
    page.port.postMessage(text)
    fixture.host.drop('p')
    expect((await (await fixture.connect('p')).exchange(text))?.answers).toEqual([[1, 1, { value: 1 }]])
    expect(fixture.disk.applied.get('op1')).toBe(1)
  })

  it('T1: another payload under the same id is refused, running or settled', async () => {
    const fixture = new HostFixture()
    const page = await fixture.connect('p')
    page.port.postMessage(page.text([add(1)]))
    const whileRunning = page.ask([add(1, 'other')])
    expect(errorName((await whileRunning)[0])).toBe('IdempotentParameterMismatchException')
    await fixture.pass(100)
    expect(errorName((await page.ask([add(1, 'another')]))[0])).toBe('IdempotentParameterMismatchException')
    expect([...fixture.disk.applied.keys()]).toEqual(['op1'])
  })

  it('T1: confirmed answers are forgotten, and a late copy of such a request is refused', async () => {
    const fixture = new HostFixture()
    const page = await fixture.connect('p')
    const text = page.text([add(1)])
    await page.exchange(text)
    await page.ask([add(2)], { confirmed: 1 })
    expect(fixture.engine.confirmed).toEqual(['p:1'])
    expect(errorName((await page.exchange(text))?.answers[0])).toBe('RequestExpiredException')
    expect(fixture.disk.applied.get('op1')).toBe(1)
  })

  it('T1: confirming twice, or less than before, forgets nothing more', async () => {
    const fixture = new HostFixture()
    const page = await fixture.connect('p')
    await page.ask([add(1), add(2), add(3)])
    await page.ask([[4, 'GetCounter', { name: 'n' }]], { confirmed: 2 })
    await page.ask([[5, 'GetCounter', { name: 'n' }]], { confirmed: 1 })
    await page.ask([[6, 'GetCounter', { name: 'n' }]], { confirmed: 3 })
    expect(fixture.engine.confirmed).toEqual(['p:1', 'p:2', 'p:3'])
  })

  it('T1: after ten minutes an unknown write is refused, whether it had been applied or not', async () => {
    const fixture = new HostFixture()
    const page = await fixture.connect('p')
    const [applied, lost] = [page.text([add(1)]), page.text([add(2)])]
    await page.exchange(applied)
    await fixture.pass(SETTLEMENT_LIFETIME_MS + 10_000)
    fixture.takeOver()
    const later = await fixture.connect('p')
    expect(errorName((await later.exchange(applied))?.answers[0])).toBe('RequestExpiredException')
    expect(errorName((await later.exchange(lost))?.answers[0])).toBe('RequestExpiredException')
    expect(Object.fromEntries(fixture.disk.applied)).toEqual({ op1: 1 })
  })

  it('T1: at no moment is a write neither kept nor too old, wherever the clock is set meanwhile', async () => {
    for (let minute = 0; minute <= 14; minute++) {
      const fixture = new HostFixture()
      const page = await fixture.connect('p')
      // Sent, then the clock goes back an hour, the write is applied, and the clock goes forward again.
      const text = page.text([add(1)], { sentAt: fixture.environment.now() + 3_600_000 })
      await page.exchange(text)
      await fixture.pass(3_600_000 + minute * 60_000)
      const answer = (await page.exchange(text))?.answers[0]
      expect(errorName(answer) ?? answer?.[1]).toEqual(minute < 10 ? 1 : minute > 10 ? 'RequestExpiredException' : expect.anything())
      expect(fixture.disk.applied.get('op1'), `${minute} minutes`).toBe(1)
    }
  })

  it('T1: an engine that finds the request settled only in its step answers with what was kept', async () => {
    const fixture = new HostFixture()
    const page = await fixture.connect('p')
    const text = page.text([add(1)])
    const first = await page.exchange(text)
    const kept = await fixture.engine.settled('p:1')
    if (kept === undefined) throw new Error('Nothing kept')
    const engine = Object.assign(fixture.openEngine(), {
      settled: () => undefined,
      execute: () => Promise.reject(new AlreadySettled(kept)),
    })
    fixture.host = new Host(engine, fixture.environment)
    expect((await (await fixture.connect('p')).exchange(text))?.answers).toEqual(first?.answers)
  })

  it('S5: silent for half a lease, it reads the epoch before it answers; lost, it never answers and says so once', async () => {
    const fixture = new HostFixture()
    const lost: unknown[] = []
    fixture.host = new Host(fixture.engine, fixture.environment, (error) => lost.push(error))
    const page = await fixture.connect('p')
    expect(await page.ask([[1, 'GetCounter', { name: 'n' }]])).toEqual([[1, 1, { value: 0 }]])
    fixture.openEngine()
    // Nobody steals within half a lease: no look at the disk yet.
    await fixture.pass(400)
    expect(await page.ask([[2, 'GetCounter', { name: 'n' }]])).toEqual([[2, 1, { value: 0 }]])
    await fixture.pass(600)
    expect(await page.exchange(page.text([[3, 'GetCounter', { name: 'n' }]]))).toBeUndefined()
    expect(await page.exchange(page.text([[4, 'GetCounter', { name: 'n' }]]))).toBeUndefined()
    expect(lost).toMatchObject([{ reason: 'LEASE_LOST' }])
  })

  it('S5: stopped, it answers nothing that is under way and greets nobody', async () => {
    const fixture = new HostFixture()
    const page = await fixture.connect('p')
    const answer = page.exchange(page.text([add(1)]))
    fixture.host.stop()
    expect(await answer).toBeUndefined()
    const greeted: number[] = []
    void fixture.open('q').hello(1).then((version) => greeted.push(version))
    await fixture.pass(100)
    expect(greeted).toEqual([])
  })

  it('hears only the newest connection of a page, and no page of another version', async () => {
    const fixture = new HostFixture()
    const old = await fixture.connect('p', 1)
    const present = await fixture.connect('p', 3)
    const late = fixture.open('p')
    void late.hello(2)
    await fixture.pass(10)
    for (const page of [old, late]) expect(await page.exchange(page.text([add(1)]))).toBeUndefined()
    expect(await present.ask([[1, 'GetCounter', { name: 'n' }]])).toEqual([[1, 1, { value: 0 }]])
    const stranger = fixture.open('q')
    expect(await stranger.hello(1, PROTOCOL_VERSION + 1)).toBe(PROTOCOL_VERSION)
    expect(await stranger.exchange(stranger.text([add(1)]))).toBeUndefined()
  })

  it('T3: pushes a snapshot, then one text per commit, numbered from one after each hello', async () => {
    const fixture = new HostFixture()
    const page = await fixture.connect('p', 1)
    await page.ask([[0, 'Subscribe', { subscription: 7, query: {} }], [0, 'Subscribe', { subscription: 8, query: {} }]])
    await page.ask([add(1)])
    expect(page.pushed).toEqual([
      { epoch: 1, sequence: 1, pushes: [['snapshot', 7, []], ['snapshot', 8, []]] },
      { epoch: 1, sequence: 2, pushes: [['change', 7, [['n', { name: 'n', value: 1 }]]], ['change', 8, [['n', { name: 'n', value: 1 }]]]] },
    ])
    await page.ask([[0, 'Unsubscribe', { subscription: 7 }]])
    await page.ask([add(2)])
    expect(page.pushed[2]?.pushes.map(([, subscription]) => subscription)).toEqual([8])
    const again = await fixture.connect('p', 2)
    await again.ask([add(3)])
    await again.ask([[0, 'Subscribe', { subscription: 7, query: {} }]])
    expect(page.pushed.length).toBe(3)
    expect(again.pushed).toEqual([{ epoch: 1, sequence: 1, pushes: [['snapshot', 7, [['n', { name: 'n', value: 3 }]]]] }])
  })

  it('tells of a wrong query by a push, and ends the live queries of a page that is gone', async () => {
    const fixture = new HostFixture()
    const page = await fixture.connect('p')
    await page.ask([[0, 'Subscribe', { subscription: 1, query: { wrong: true } }], [0, 'Subscribe', { subscription: 2, query: {} }]])
    expect(page.pushed[0]?.pushes[0]).toEqual(['failed', 1, { name: 'ValidationException', message: 'The query is wrong' }])
    const other = await fixture.connect('q')
    fixture.host.drop('p')
    await other.ask([add(1)])
    expect(page.pushed.length).toBe(1)
    expect(fixture.engine.subscriptions).toBe(0)
  })
})
