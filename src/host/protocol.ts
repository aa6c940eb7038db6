// Messages between page and host, and the port that carries them. Everything is JSON text, because text crosses a worker
// boundary and decodes faster than cloned objects, and bare: no call, no id around it. Versioned: page and host of
// different versions do not speak. In the page's size budget: constants and types only.
import type { ErrorData } from '../model/errors.ts'

export type { ErrorData } from '../model/errors.ts'

export const PROTOCOL_VERSION = 1

/** For how long the answer of a write is kept for a resend; later resends are refused with RequestExpiredException (T1). */
export const SETTLEMENT_LIFETIME_MS = 600_000

/**
 * A page's first text at a port. `attempt` rises with each port that the client tries, and a late hello at an older port
 * is not answered. Another version than the host's: no further texts.
 */
export interface HelloMessage {
  readonly version: number
  /** Random, one per page. */
  readonly client: string
  readonly attempt: number
}
/** The host's first text: the version that it speaks. */
export interface WelcomeMessage {
  readonly version: number
}

/**
 * What a page sends at a time: requests gathered in one microtask, reads and writes apart. It is sent again word for
 * word until it is answered: the text is the payload whose hash guards a write's id.
 */
export interface RequestBatch {
  /** Answers to all write requests up to and including this counter have arrived: the host may forget them (T1). */
  readonly confirmed: number
  /** Wall clock of the page, milliseconds, when this text was first sent: how old a resend is. */
  readonly sentAt: number
  readonly requests: readonly RequestMessage[]
}
/** counter: rises by one with each request of this client; `input` has the shape that the operation documents. */
export type RequestMessage = readonly [counter: number, operation: string, input: object, options?: RequestOptionsMessage]
export interface RequestOptionsMessage {
  readonly durability?: 'relaxed' | 'strict'
}

/**
 * The host's answer to a batch, in the order of its requests: the first one's counter tells which batch. Written as text
 * by hand: item texts go in as they were stored. A host that lost its lease never answers (S5).
 */
export interface ResponseBatch {
  /** Lease number of the answering host; a client drops an answer of a lower one than it has seen (S5). */
  readonly epoch: number
  readonly answers: readonly AnswerMessage[]
}
export type AnswerMessage =
  | readonly [counter: number, ok: 1, output: object]
  | readonly [counter: number, ok: 0, error: ErrorData]

/** Operations of the host itself: they start and end pushes for one live query, and are not resent but made anew (T3). */
export const SUBSCRIBE = 'Subscribe'
export const UNSUBSCRIBE = 'Unsubscribe'
export interface SubscribeInput {
  /** Chosen by the client, unique in it. */
  readonly subscription: number
  /** The live query, in the shape that the engine's live queries document. */
  readonly query: object
}
export interface UnsubscribeInput {
  readonly subscription: number
}

/** What the host pushes to a page, in order, one text per task. */
export interface PushBatch {
  readonly epoch: number
  /** 1 for the first batch after a hello, then rising by one: a gap makes the page connect anew (T3). */
  readonly sequence: number
  readonly pushes: readonly PushMessage[]
}
export type PushMessage =
  /** The subscribed query's items, from a snapshot: sent first, and again after a gap (T3). `[sort token, item]` in key order. */
  | readonly [kind: 'snapshot', subscription: number, entries: readonly (readonly [token: string, item: object])[]]
  /** What one commit changed: null removes. */
  | readonly [kind: 'change', subscription: number, entries: readonly (readonly [token: string, item: object | null])[]]
  | readonly [kind: 'failed', subscription: number, error: ErrorData]
  /** That everything was lost: after each hello as long as that is not dismissed; without `error` when it is. */
  | readonly [kind: 'lost', error?: ErrorData]

/** Reads are simply asked again; all else is taken as a write, whose answer is kept until confirmed (T1). */
export function isReadOperation(operation: string): boolean {
  return /^((Batch|Transact)?Get|Query|Scan|Describe|List|Search)/.test(operation)
}

/** One end of a page's connection to a host: a MessagePort or BroadcastChannel, or what stands for one. */
export interface HostPort {
  postMessage(text: string): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  /** Ports only: texts wait for it. */
  start?(): void
}
/** What a page sends. */
export type PageMessage = HelloMessage | RequestBatch
/** What a host sends. */
export type HostMessage = WelcomeMessage | ResponseBatch | PushBatch

export type DatabaseState = 'OPENING' | 'OPEN' | 'RECOVERING' | 'UPDATE_REQUIRED' | 'CLOSED' | 'FAILED'

/** What a page tells its worker. Calls answer nothing; they arrive in order. */
export interface TabControl {
  /** The page goes to sleep or away: give up host and candidacy at once. */
  hide(): void
  /** The page is back. */
  show(): void
  /** The page's port seems dead: get a new one to the present host. */
  reconnect(): void
  /** Resolves when the store is closed, if it was ours. */
  close(): Promise<void>
}

/** What a worker tells its page. */
export interface TabEvents<Port> {
  /** A port to the present host: say hello, send again what is unanswered. */
  connected(port: Port, epoch: number): void
  /** OPENING: a host is being made or looked for; the others come with an error. */
  status(state: 'OPENING' | 'UPDATE_REQUIRED' | 'FAILED', error?: ErrorData): void
}
