// A host on the model engine with a clock that the test turns, and pages that speak to it in bare messages.
import { Host } from '../../src/host/host.ts'
import type { AnswerMessage, HostPort, PushBatch, RequestMessage, ResponseBatch } from '../../src/host/protocol.ts'
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
    const page = new PageFixture(this, client, this.host.open())
    await page.hello(attempt)
    return page
  }
}

export class PageFixture {
  readonly client: string
  readonly port: HostPort
  readonly pushed: PushBatch[] = []
  readonly #fixture: HostFixture

  constructor(fixture: HostFixture, client: string, port: HostPort) {
    this.#fixture = fixture
    this.client = client
    this.port = port
  }

  hello(attempt: number): Promise<number> {
    return this.port.hello(PROTOCOL_VERSION, this.client, attempt, (text) => this.pushed.push(JSON.parse(text)))
  }

  text(requests: readonly RequestMessage[], { confirmed = 0, sentAt = this.#fixture.environment.now() }: BatchOptions = {}): string {
    return JSON.stringify({ client: this.client, confirmed, sentAt, requests })
  }

  /** Undefined: no answer within a virtual second. */
  async exchange(text: string): Promise<ResponseBatch | undefined> {
    const answers: ResponseBatch[] = []
    void this.port.exchange(text).then((response) => answers.push(JSON.parse(response)))
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
