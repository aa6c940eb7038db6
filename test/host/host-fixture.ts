// A host on the model engine with a clock that the test turns, and pages that speak to it in bare messages.
import { Host } from '../../src/host/host.ts'
import { localPorts } from '../../src/host/direct-link.ts'
import type { AnswerMessage, HostMessage, HostPort, PushBatch, RequestBatch, RequestMessage, ResponseBatch } from '../../src/host/protocol.ts'
import { PROTOCOL_VERSION } from '../../src/host/protocol.ts'
import { ModelDisk, ModelEngine } from './simulation/model-engine.ts'
import { Process, World } from './simulation/world.ts'

export interface BatchOptions {
  readonly confirmed?: number
  readonly sentAt?: number
}

export class HostFixture {
  readonly world = new World(1)
  readonly process = new Process(this.world, 'host')
  readonly environment = this.process.environment()
  readonly disk = new ModelDisk()
  engine = this.openEngine()
  host = new Host(this.engine, this.environment)

  openEngine(): ModelEngine {
    return new ModelEngine(this.disk, this.environment, { delayMs: () => 2 })
  }

  /** Another host on the same disk. */
  takeOver(): void {
    this.engine = this.openEngine()
    this.host = new Host(this.engine, this.environment)
  }

  /** Lets virtual time pass. */
  async pass(ms: number): Promise<void> {
    await this.world.run(this.world.now + ms)
  }

  async connect(client: string, attempt = 1): Promise<PageFixture> {
    const page = this.open(client)
    await page.hello(attempt)
    return page
  }

  /** A page that has not said hello. */
  open(client: string): PageFixture {
    const [near, far] = localPorts()
    this.host.serve(far)
    return new PageFixture(this, client, near)
  }
}

export class PageFixture {
  readonly client: string
  readonly port: HostPort
  readonly pushed: PushBatch[] = []
  readonly #fixture: HostFixture
  #welcomed: (version: number) => void = () => undefined
  readonly #answered: [first: number, resolve: (response: ResponseBatch) => void][] = []

  constructor(fixture: HostFixture, client: string, port: HostPort) {
    this.#fixture = fixture
    this.client = client
    this.port = port
    port.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data as string) as HostMessage
      if ('pushes' in message) this.pushed.push(message)
      else if ('version' in message) this.#welcomed(message.version)
      else {
        const index = this.#answered.findIndex(([first]) => first === (message.answers[0]?.[0] ?? 0))
        if (index >= 0) this.#answered.splice(index, 1)[0]?.[1](message)
      }
    })
  }

  /** Resolves with the host's version. */
  hello(attempt: number, version = PROTOCOL_VERSION): Promise<number> {
    return new Promise((resolve) => {
      this.#welcomed = resolve
      this.port.postMessage(JSON.stringify({ version, client: this.client, attempt }))
    })
  }

  text(requests: readonly RequestMessage[], { confirmed = 0, sentAt = this.#fixture.environment.now() }: BatchOptions = {}): string {
    return JSON.stringify({ confirmed, sentAt, requests })
  }

  /** Undefined: no answer within a virtual second. */
  async exchange(text: string): Promise<ResponseBatch | undefined> {
    const answers: ResponseBatch[] = []
    const { requests } = JSON.parse(text) as RequestBatch
    this.#answered.push([requests[0]?.[0] ?? 0, (response) => answers.push(response)])
    this.port.postMessage(text)
    for (let ms = 0; ms < 1000 && answers.length === 0; ms++) await this.#fixture.pass(1)
    return answers[0]
  }

  async ask(requests: readonly RequestMessage[], options?: BatchOptions): Promise<readonly AnswerMessage[]> {
    const response = await this.exchange(this.text(requests, options))
    if (response === undefined) throw new Error('No answer')
    return response.answers
  }
}

export const add = (counter: number, id = `op${counter}`): RequestMessage => [counter, 'Add', { name: 'n', by: 1, id }]
