// States that something is in for a while, over what the store says: the store always holds the final state, and a
// transition changes only what Describe operations show until a timer ends it. So nothing has to be resumed after a
// restart: a state that was being passed through has then been passed.
import type { Environment, Timer } from '../model/environment.ts'
import type { Timing } from './engine-options.ts'

/** What a state belongs to; AWS's durations, in milliseconds (lab findings: "Durations vary…", "Timing you should expect"). */
const AWS_MS = {
  createTable: 5000,
  throughput: 1300,
  billing: 60_000,
  stream: 5000,
  tableClass: 4000,
  addIndex: 25_000,
  addVectorIndex: 31_000,
  buildVectorIndex: 300_000,
  dropIndex: 5000,
  deleteTable: 5000,
  warmThroughput: 270_000,
  insights: 1000,
  kinesis: 2000,
  kinesisPrecision: 124_000,
} as const
export type TransitionKind = keyof typeof AWS_MS

/** `short`: whoever waits sees states move, nobody waits long. An index is usable as soon as it is filled. */
const SHORT_MS = 50
/**
 * `served`: both phases of a new vector index last as long as clients need that poll every five seconds, which is what
 * public conformance suites do (paritysuite/dynamodb-conformance, vectorSearch/updateLifecycle).
 */
const SERVED_MS: Partial<Record<TransitionKind, number>> = { addVectorIndex: 400, buildVectorIndex: 7000 }

interface Entry {
  readonly state: object
  readonly timer: Timer
}

export class Transitions {
  readonly #environment: Environment
  readonly #timing: Timing
  readonly #entries = new Map<string, Entry>()

  constructor(environment: Environment, timing: Timing) {
    this.#environment = environment
    this.#timing = timing
  }

  /** A later one of the same key takes the place of an earlier one. */
  begin(key: string, kind: TransitionKind, state: object): void {
    this.finish(key)
    if (this.#timing === 'instant') return
    const duration = durationOf(kind, this.#timing)
    const timer = this.#environment.setTimer(duration, () => this.#entries.delete(key))
    this.#entries.set(key, { state, timer })
  }

  get(key: string): object | undefined {
    return this.#entries.get(key)?.state
  }

  keys(): Iterable<string> {
    return this.#entries.keys()
  }

  finish(key: string): void {
    this.#entries.get(key)?.timer.cancel()
    this.#entries.delete(key)
  }

  finishAll(): void {
    for (const key of this.#entries.keys()) this.finish(key)
  }
}

function durationOf(kind: TransitionKind, timing: Timing): number {
  if (timing === 'aws') return AWS_MS[kind]
  return (timing === 'served' ? SERVED_MS[kind] : undefined) ?? SHORT_MS
}
