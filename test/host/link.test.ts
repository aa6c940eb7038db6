import { describe, expect, it } from 'vitest'
import type { LinkStatus } from '../../src/host/link.ts'
import { Link } from '../../src/host/link.ts'
import type { AnswerMessage, HostPort, PushMessage, RequestBatch, TabEvents } from '../../src/host/protocol.ts'
import { PROTOCOL_VERSION } from '../../src/host/protocol.ts'
import { RequestExpiredException, StorageException, UpdateRequiredException } from '../../src/model/errors.ts'
import { Process, World } from './simulation/world.ts'

/** A host of which the test says when and what it answers. */
class FakePort implements HostPort {
  readonly texts: string[] = []
  #tell: (text: string) => void = () => undefined
  readonly version: number

  constructor(version = PROTOCOL_VERSION) {
    this.version = version
  }
  get batches(): readonly RequestBatch[] {
    return this.texts.map((text) => JSON.parse(text))
  }
  /** All requests so far, without Subscribe and Unsubscribe. */
  get requests(): readonly (readonly [number, string])[] {
    return this.batches.flatMap(({ requests }) => requests.map(([counter, operation]) => [counter, operation] as const))
  }
  addEventListener(_type: 'message', listener: (event: { readonly data: unknown }) => void): void {
    this.#tell = (data) => listener({ data })
  }
  postMessage(text: string): void {
    if ('requests' in JSON.parse(text)) this.texts.push(text)
    else queueMicrotask(() => this.#tell(JSON.stringify({ version: this.version })))
  }
  /** Answers batch `index` of those that came, each request with its counter. */
  async answer(index: number, epoch: number, change: (answer: AnswerMessage) => AnswerMessage = (answer) => answer): Promise<void> {
    const answers = (this.batches[index]?.requests ?? []).map(([counter]) => change([counter, 1, { counter }]))
    this.#tell(JSON.stringify({ epoch, answers }))
    await settle()
  }
  async tell(epoch: number, sequence: number, ...pushes: readonly PushMessage[]): Promise<void> {
    this.#tell(JSON.stringify({ epoch, sequence, pushes }))
    await settle()
  }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

class LinkFixture {
  readonly world = new World(1)
  readonly calls: string[] = []
  readonly statuses: LinkStatus[] = []
  #events: TabEvents<HostPort> | undefined
  readonly link: Link

  constructor() {
    const environment = new Process(this.world, 'page').environment()
    this.link = new Link({
      environment,
      client: 'p',
      start: (events) => {
        this.#events = events
        const call = (name: string) => (): void => void this.calls.push(name)
        return { hide: call('hide'), show: call('show'), reconnect: call('reconnect'), close: () => Promise.resolve(call('close')()) }
      },
    })
    this.link.onStatus((status) => this.statuses.push(status))
  }
  get events(): TabEvents<HostPort> {
    if (this.#events === undefined) throw new Error('Not started')
    return this.#events
  }
  async connect(epoch: number, port = new FakePort()): Promise<FakePort> {
    this.events.connected(port, epoch)
    await settle()
    return port
  }
  /** What became of a request: undefined while it waits. */
  follow(promise: Promise<object>): { readonly outcome: unknown } {
    const followed: { outcome: unknown } = { outcome: undefined }
    promise.then(
      (output) => (followed.outcome = output),
      (error: unknown) => (followed.outcome = error),
    )
    return followed
  }
  ask(operation: string): { readonly outcome: unknown } {
    return this.follow(this.link.request(operation, {}))
  }
}

describe('Link', () => {
  it('sends what was asked in one task as one batch of writes and one of reads, and waits for a host to do so', async () => {
    const fixture = new LinkFixture()
    const answers = ['GetItem', 'PutItem', 'Query', 'UpdateItem'].map((operation) => fixture.ask(operation))
    const port = await fixture.connect(1)
    expect(port.batches.map(({ requests }) => requests.map(([, operation]) => operation))).toEqual([
      ['PutItem', 'UpdateItem'],
      ['GetItem', 'Query'],
    ])
    await port.answer(0, 1)
    expect(answers.map(({ outcome }) => outcome)).toEqual([undefined, { counter: 2 }, undefined, { counter: 4 }])
    await port.answer(1, 1)
    expect(answers.map(({ outcome }) => outcome)).toEqual([1, 2, 3, 4].map((counter) => ({ counter })))
  })

  it('tells a loss with OPEN, and goes on with requests; until it is dismissed, or the next host knows nothing of it', async () => {
    const fixture = new LinkFixture()
    const lost = ['lost', { name: 'StorageException', message: 'gone', fields: { reason: 'LOST' } }] as const
    const early = await fixture.connect(1)
    await early.tell(1, 1, lost)
    const notice = { state: 'OPEN', error: { name: 'StorageException', reason: 'LOST', message: 'gone', retryable: false } }
    expect(fixture.statuses).toMatchObject([{ state: 'OPEN' }, notice])
    expect(fixture.link.status.error).toBeInstanceOf(StorageException)
    const answered = fixture.ask('PutItem')
    await settle()
    await early.answer(0, 1)
    expect(answered.outcome).toEqual({ counter: 1 })
    await early.tell(1, 2, ['lost'])
    expect(fixture.link.status).toEqual({ state: 'OPEN' })

    fixture.events.status('OPENING')
    const late = await fixture.connect(2)
    await late.tell(2, 1, lost)
    expect(fixture.link.status).toMatchObject(notice)
    fixture.events.status('OPENING')
    expect(fixture.link.status).toEqual({ state: 'RECOVERING' })
    // The former host's connection is not heard any more.
    const next = await fixture.connect(3)
    await late.tell(3, 2, lost)
    expect(fixture.link.status).toEqual({ state: 'OPEN' })
    await next.tell(3, 1, lost)
    expect(fixture.link.status).toMatchObject(notice)
    await fixture.connect(4)
    expect(fixture.link.status).toEqual({ state: 'OPEN' })
    expect(fixture.calls).toEqual([])
  })

  it('T1: confirms the writes below the oldest unanswered one', async () => {
    const fixture = new LinkFixture()
    const port = await fixture.connect(1)
    for (const operation of ['PutItem', 'PutItem', 'GetItem', 'PutItem']) {
      fixture.ask(operation)
      await settle()
    }
    expect(port.batches.map(({ confirmed }) => confirmed)).toEqual([0, 0, 0, 0])
    await port.answer(1, 1)
    fixture.ask('GetItem')
    await settle()
    expect(port.batches[4]?.confirmed).toBe(0)
    await port.answer(0, 1)
    fixture.ask('PutItem')
    await settle()
    expect(port.batches[5]?.confirmed).toBe(3)
    await port.answer(3, 1)
    await port.answer(5, 1)
    fixture.ask('GetItem')
    await settle()
    expect(port.batches[6]?.confirmed).toBe(7)
  })

  it('T1: sends unanswered batches to the next host word for word, writes first', async () => {
    const fixture = new LinkFixture()
    const old = await fixture.connect(1)
    const [read, answered] = [fixture.ask('GetItem'), fixture.ask('PutItem')]
    await settle()
    await old.answer(0, 1)
    expect(answered.outcome).toEqual({ counter: 2 })
    const write = fixture.ask('DeleteItem')
    await settle()
    const next = await fixture.connect(2)
    expect(next.texts).toEqual([old.texts[2], old.texts[1]])
    await next.answer(1, 2)
    expect(read.outcome).toEqual({ counter: 1 })
    expect(write.outcome).toBeUndefined()
  })

  it('S5: drops answers and pushes of a lower epoch, and takes no port of one', async () => {
    const fixture = new LinkFixture()
    const old = await fixture.connect(1)
    const read = fixture.ask('GetItem')
    await settle()
    const next = await fixture.connect(2)
    await old.answer(0, 1)
    expect(read.outcome).toBeUndefined()
    await fixture.connect(1, old)
    fixture.ask('GetItem')
    await settle()
    expect([old.texts.length, next.texts.length]).toEqual([1, 2])
    await next.answer(0, 2, ([counter]) => [counter, 1, { from: 'next' }])
    expect(read.outcome).toEqual({ from: 'next' })
  })

  it('rejects with the exception that the host met, by its class', async () => {
    const fixture = new LinkFixture()
    const port = await fixture.connect(1)
    const write = fixture.ask('PutItem')
    await settle()
    await port.answer(0, 1, ([counter]) => [counter, 0, { name: 'RequestExpiredException', message: 'too late' }])
    expect(write.outcome).toBeInstanceOf(RequestExpiredException)
    expect(write.outcome).toMatchObject({ message: 'too late' })
  })

  it('T3: takes live queries from a new snapshot at each host, and after a gap in the pushes', async () => {
    const fixture = new LinkFixture()
    const heard: unknown[] = []
    const end = fixture.link.subscribe({ q: 1 }, {
      snapshot: (entries) => heard.push(['snapshot', entries]),
      change: (entries) => heard.push(['change', entries]),
      failed: (error) => heard.push(['failed', error.message]),
    })
    const subscribe = [0, 'Subscribe', { subscription: 1, query: { q: 1 } }]
    const first = await fixture.connect(1)
    expect(first.batches[0]?.requests).toEqual([subscribe])
    await first.tell(1, 1, ['snapshot', 1, [['a', { n: 1 }]]], ['change', 1, [['a', null]]], ['change', 99, []])
    await first.tell(1, 3, ['change', 1, [['lost', null]]])
    expect(fixture.calls).toEqual(['reconnect'])
    await first.tell(1, 4, ['change', 1, [['later', null]]])
    const second = await fixture.connect(1)
    expect(second.batches[0]?.requests).toEqual([subscribe])
    await second.tell(1, 1, ['snapshot', 1, []])
    const third = await fixture.connect(2)
    await second.tell(1, 2, ['change', 1, [['old host', null]]])
    await third.tell(2, 1, ['failed', 1, { name: 'ValidationException', message: 'wrong' }])
    expect(heard).toEqual([
      ['snapshot', [['a', { n: 1 }]]],
      ['change', [['a', null]]],
      ['snapshot', []],
      ['failed', 'wrong'],
    ])
    end()
    await settle()
    expect(third.requests.at(-1)).toEqual([0, 'Unsubscribe'])
    expect((await fixture.connect(3)).texts).toEqual([])
  })

  it('tells OPENING, OPEN, RECOVERING, OPEN and CLOSED, and rejects what waits when closed', async () => {
    const fixture = new LinkFixture()
    expect(fixture.link.status).toEqual({ state: 'OPENING' })
    fixture.events.status('OPENING')
    await fixture.connect(1)
    fixture.events.status('OPENING')
    await fixture.connect(2)
    const [sent, unsent] = [fixture.ask('PutItem'), fixture.ask('GetItem')]
    await fixture.link.close()
    await fixture.link.close()
    expect(fixture.statuses.map(({ state }) => state)).toEqual(['OPEN', 'RECOVERING', 'OPEN', 'CLOSED'])
    const later = fixture.ask('GetItem')
    await settle()
    for (const { outcome } of [sent, unsent, later]) {
      expect(outcome).toBeInstanceOf(StorageException)
      expect(outcome).toMatchObject({ reason: 'CLOSED' })
    }
    expect(fixture.calls).toEqual(['close'])
  })

  it('rejects with the error while FAILED, and works again when a host is found', async () => {
    const fixture = new LinkFixture()
    const waiting = fixture.ask('GetItem')
    fixture.events.status('FAILED', { name: 'StorageException', message: 'no disk', fields: { reason: 'UNAVAILABLE' } })
    const later = fixture.ask('GetItem')
    await settle()
    for (const { outcome } of [waiting, later]) expect(outcome).toMatchObject({ name: 'StorageException', message: 'no disk' })
    const port = await fixture.connect(1)
    expect(port.texts).toEqual([])
    fixture.ask('GetItem')
    await settle()
    expect(port.texts.length).toBe(1)
    expect(fixture.statuses.map(({ state }) => state)).toEqual(['FAILED', 'OPEN'])
  })

  it('requires an update where the host speaks another version', async () => {
    const fixture = new LinkFixture()
    const waiting = fixture.ask('GetItem')
    await fixture.connect(1, new FakePort(PROTOCOL_VERSION + 1))
    await settle()
    expect(fixture.link.status.state).toBe('UPDATE_REQUIRED')
    expect(waiting.outcome).toBeInstanceOf(UpdateRequiredException)
  })

  it('sends nothing while hidden, and everything again when shown', async () => {
    const fixture = new LinkFixture()
    const port = await fixture.connect(1)
    fixture.ask('PutItem')
    await settle()
    fixture.link.hide()
    fixture.ask('GetItem')
    await settle()
    expect(port.requests).toEqual([[1, 'PutItem']])
    fixture.link.show()
    expect(fixture.calls).toEqual(['hide', 'show'])
    expect((await fixture.connect(1)).requests).toEqual([[1, 'PutItem'], [2, 'GetItem']])
  })

  it('asks a port that stays silent, and has it replaced if it stays so', async () => {
    const fixture = new LinkFixture()
    const port = await fixture.connect(1)
    fixture.ask('GetItem')
    await settle()
    await fixture.world.run(3000)
    expect(port.batches.map(({ requests }) => requests.length)).toEqual([1, 0])
    // It lives, it is only slow.
    await port.answer(1, 1)
    await fixture.world.run(5000)
    expect(fixture.calls).toEqual([])
    await fixture.world.run(9500)
    expect(fixture.calls).toEqual(['reconnect'])
  })
})
