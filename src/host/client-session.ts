// One page as its host knows it: which of its writes are running, which kept answers it may still ask for, its live
// queries and the pushes that wait for the end of the task.
// Invariant T1: a write id runs at most once at a time, and never again once its answer is kept, confirmed or expired.
import { errorToData, IdempotentParameterMismatchException, RequestExpiredException } from '../model/errors.ts'
import type { Environment } from '../model/environment.ts'
import { sampledTextHash } from '../model/text-hash.ts'
import { AlreadySettled } from '../storage/head-step.ts'
import type { Settlement } from '../storage/store.ts'
import { encodeOutput } from './encode-output.ts'
import type { HostedEngine } from './hosted-engine.ts'
import type { PushMessage, RequestMessage, SubscribeInput, UnsubscribeInput } from './protocol.ts'
import { isReadOperation, SETTLEMENT_LIFETIME_MS, SUBSCRIBE, UNSUBSCRIBE } from './protocol.ts'

/** Longer kept than resends are taken, so that no moment lies between "still kept" and "refused". */
const SLACK_MS = 5000

interface RunningWrite {
  readonly hash: string
  readonly answer: Promise<string>
}

/** What the requests of a batch share. */
export class BatchFacts {
  readonly sentAt: number
  readonly #text: string
  #hash: string | undefined

  constructor(sentAt: number, text: string) {
    this.sentAt = sentAt
    this.#text = text
  }

  hash(): string {
    return (this.#hash ??= sampledTextHash(this.#text))
  }
}

/** Takes the texts of PushMessages. */
export interface PushSink {
  push(message: string): void
}

export class ClientSession {
  readonly id: string
  readonly #engine: HostedEngine
  readonly #environment: Environment
  readonly #running = new Map<number, RunningWrite>()
  readonly #subscriptions = new Map<number, () => void>()
  #confirmed = 0
  /** Writes whose answers are kept here, by counter. */
  #settled = new Set<number>()

  constructor(id: string, engine: HostedEngine, environment: Environment) {
    this.id = id
    this.#engine = engine
    this.#environment = environment
  }

  /** True where nothing would be forgotten with this session that a resend could need. */
  get idle(): boolean {
    return this.#running.size === 0
  }

  /** The answers up to `counter` have arrived: let them go. */
  confirm(counter: number): void {
    if (counter <= this.#confirmed) return
    this.#confirmed = counter
    const ids: string[] = []
    for (const settled of this.#settled) {
      if (settled > counter) continue
      ids.push(this.#settlementId(settled))
      this.#settled.delete(settled)
    }
    if (ids.length > 0) this.#engine.confirm(ids)
  }

  /** Starts one request; resolves with the text of its AnswerMessage. Never rejects. */
  answer(request: RequestMessage, facts: BatchFacts, sink: PushSink): Promise<string> {
    const [counter, operation, input] = request
    if (operation === SUBSCRIBE) return Promise.resolve(this.#subscribe(counter, input as SubscribeInput, sink))
    if (operation === UNSUBSCRIBE) return Promise.resolve(this.#unsubscribe(counter, input as UnsubscribeInput))
    if (isReadOperation(operation)) return this.#read(request)
    return this.#write(request, facts)
  }

  /** The page is gone or connects anew: its live queries end. */
  endSubscriptions(): void {
    for (const end of this.#subscriptions.values()) end()
    this.#subscriptions.clear()
  }

  async #read([counter, operation, input]: RequestMessage): Promise<string> {
    try {
      return `[${counter},1,${encodeOutput(await this.#engine.execute(operation, input, {}))}]`
    } catch (error) {
      return failure(counter, error)
    }
  }

  #write(request: RequestMessage, facts: BatchFacts): Promise<string> {
    const [counter] = request
    const running = this.#running.get(counter)
    if (running !== undefined) {
      return running.hash === facts.hash() ? running.answer : Promise.resolve(failure(counter, otherPayload()))
    }
    const kept = this.#engine.settled(this.#settlementId(counter))
    const answer = kept === undefined ? this.#first(request, facts) : this.#again(request, facts, kept)
    this.#running.set(counter, { hash: facts.hash(), answer })
    void answer.then(() => this.#running.delete(counter))
    return answer
  }

  async #again(request: RequestMessage, facts: BatchFacts, lookup: Promise<Settlement | undefined>): Promise<string> {
    try {
      const kept = await lookup
      return await (kept === undefined ? this.#first(request, facts) : this.#keptAnswer(request[0], kept, facts))
    } catch (error) {
      return failure(request[0], error)
    }
  }

  /** Not kept: never applied, or applied and forgotten since. Forgotten is only what was confirmed or is too old. */
  #first(request: RequestMessage, facts: BatchFacts): Promise<string> {
    const [counter] = request
    const age = this.#environment.now() - facts.sentAt
    if (counter > this.#confirmed && age < SETTLEMENT_LIFETIME_MS) return this.#execute(request, facts)
    const message = 'The request came again after its answer was forgotten. It was not applied a second time'
    return Promise.resolve(failure(counter, new RequestExpiredException(message)))
  }

  async #execute([counter, operation, input, options]: RequestMessage, facts: BatchFacts): Promise<string> {
    let settledOutput: object | undefined
    let settledText = ''
    const settlement = (output: object): Settlement => {
      if (output !== settledOutput) {
        settledText = encodeOutput(output)
        settledOutput = output
      }
      const expiresAt = Math.max(this.#environment.now(), facts.sentAt) + SETTLEMENT_LIFETIME_MS + SLACK_MS
      return { id: this.#settlementId(counter), text: `${facts.hash()}:${settledText}`, expiresAt }
    }
    try {
      const output = await this.#engine.execute(operation, input, { ...options, settlement })
      if (settledOutput !== undefined) this.#settled.add(counter)
      return `[${counter},1,${output === settledOutput ? settledText : encodeOutput(output)}]`
    } catch (error) {
      if (error instanceof AlreadySettled) return this.#keptAnswer(counter, error.settlement, facts)
      return failure(counter, error)
    }
  }

  #keptAnswer(counter: number, kept: Settlement, facts: BatchFacts): string {
    const colon = kept.text.indexOf(':')
    if (kept.text.slice(0, colon) !== facts.hash()) return failure(counter, otherPayload())
    this.#settled.add(counter)
    return `[${counter},1,${kept.text.slice(colon + 1)}]`
  }

  #settlementId(counter: number): string {
    return `${this.id}:${counter}`
  }

  #subscribe(counter: number, { subscription, query }: SubscribeInput, sink: PushSink): string {
    const send = (kind: PushMessage[0], body: unknown): void => sink.push(`["${kind}",${subscription},${encodeOutput(body)}]`)
    this.#subscriptions.get(subscription)?.()
    try {
      const end = this.#engine.subscribe(query, {
        snapshot: (entries) => send('snapshot', entries),
        change: (entries) => send('change', entries),
        failed: (error) => send('failed', errorToData(error)),
      })
      this.#subscriptions.set(subscription, end)
    } catch (error) {
      send('failed', errorToData(error))
    }
    return `[${counter},1,{}]`
  }

  #unsubscribe(counter: number, { subscription }: UnsubscribeInput): string {
    this.#subscriptions.get(subscription)?.()
    this.#subscriptions.delete(subscription)
    return `[${counter},1,{}]`
  }
}

function failure(counter: number, error: unknown): string {
  return `[${counter},0,${JSON.stringify(errorToData(error))}]`
}

function otherPayload(): Error {
  return new IdempotentParameterMismatchException('The request id was used before with another payload')
}
