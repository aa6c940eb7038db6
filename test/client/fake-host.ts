// A page's session over the real Link and a host that the test plays: requests are recorded, answers are the test's.
import { Link } from '../../src/host/link.ts'
import { localPorts } from '../../src/host/direct-link.ts'
import type { HostPort, PageMessage, RequestBatch, TabEvents } from '../../src/host/protocol.ts'
import { platformEnvironment } from '../../src/host/platform-environment.ts'
import { databaseOn, type Database } from '../../src/client/database.ts'

export interface Sent {
  readonly operation: string
  readonly input: Record<string, unknown>
  readonly options: unknown
}
type Answer = (sent: Sent) => object | Promise<object>

export class FakeHost {
  /** In order of arrival, DeclareTable and Subscribe included. */
  readonly sent: Sent[] = []
  /** Requests per exchange. */
  readonly batches: number[] = []
  readonly database: Database
  epoch = 1
  events: TabEvents<HostPort> | undefined
  #push: ((text: string) => void) | undefined
  #sequence = 0
  readonly #answer: Answer

  constructor(answer: Answer = () => ({})) {
    this.#answer = answer
    const environment = platformEnvironment()
    this.database = databaseOn({ ...environment, connect: () => this.connect() })
  }

  connect(): Link {
    const link = new Link({
      environment: platformEnvironment(),
      client: 'test',
      start: (events) => {
        this.events = events
        void Promise.resolve().then(() => events.connected(this.port(), this.epoch))
        return { hide: () => undefined, show: () => undefined, reconnect: () => undefined, close: () => Promise.resolve() }
      },
    })
    return link
  }

  /** The requests of one operation. */
  inputsOf(operation: string): Record<string, unknown>[] {
    return this.sent.filter((each) => each.operation === operation).map(({ input }) => input)
  }

  /** The present host dies, another one takes over. */
  failOver(): void {
    this.epoch += 1
    this.#sequence = 0
    this.events?.connected(this.port(), this.epoch)
  }

  push(...pushes: readonly (readonly unknown[])[]): void {
    this.#push?.(JSON.stringify({ epoch: this.epoch, sequence: ++this.#sequence, pushes }))
  }

  port(): HostPort {
    const { epoch } = this
    const [near, far] = localPorts()
    far.addEventListener('message', ({ data }) => {
      const message = JSON.parse(data as string) as PageMessage
      if ('requests' in message) void answer(message)
      else {
        this.#push = (text) => far.postMessage(text)
        far.postMessage(JSON.stringify({ version: message.version }))
      }
    })
    const answer = async ({ requests }: RequestBatch): Promise<void> => {
      this.batches.push(requests.length)
      const answers = await Promise.all(
        requests.map(async ([counter, operation, input, options]) => {
          const sent = { operation, input: input as Record<string, unknown>, options }
          this.sent.push(sent)
          try {
            return [counter, 1, await this.#answer(sent)]
          } catch (error) {
            const { name, message, ...fields } = error as Error
            return [counter, 0, { name, message, fields }]
          }
        }),
      )
      far.postMessage(JSON.stringify({ epoch, answers }))
    }
    return near
  }
}

/** All microtasks and a task. */
export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
