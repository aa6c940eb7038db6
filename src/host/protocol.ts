// Messages between page and host. Everything is JSON text, because text crosses a worker boundary and decodes faster
// than cloned objects. Versioned: a host answers a request of another version with UPDATE_REQUIRED.

export const PROTOCOL_VERSION = 1

/** What a page sends in one comlink call: requests gathered in one microtask. */
export interface RequestBatch {
  readonly version: number
  /** Random, one per page. */
  readonly client: string
  /** Answers to write requests up to and including this counter have arrived: the host may forget them (T1). */
  readonly confirmed: number
  readonly requests: readonly RequestMessage[]
}
/** counter: rises by one with each request of this client; `input` has the shape that the operation documents. */
export type RequestMessage = readonly [counter: number, operation: string, input: object, options?: RequestOptionsMessage]
export interface RequestOptionsMessage {
  readonly durability?: 'relaxed' | 'strict'
}

/** The host's answer to a batch, written as text by hand: item texts go in as they were stored. */
export interface ResponseBatch {
  /** Lease number of the answering host; a client drops an answer of a lower one than it has seen (S5). */
  readonly epoch: number
  readonly answers: readonly AnswerMessage[]
}
export type AnswerMessage =
  | readonly [counter: number, ok: 1, output: object]
  | readonly [counter: number, ok: 0, error: ErrorData]

/** An exception on its way: rebuilt by name on the other side. */
export interface ErrorData {
  readonly name: string
  readonly message: string
  /** Further fields of the class (item, cancellationReasons, …). */
  readonly fields?: { readonly [name: string]: unknown }
}

/** What the host pushes to a page, in order, one text per task. */
export interface PushBatch {
  readonly epoch: number
  readonly pushes: readonly PushMessage[]
}
export type PushMessage =
  /** The subscribed query's items, from a snapshot: sent first, and again after a gap (T3). `[sort token, item]` in key order. */
  | readonly [kind: 'snapshot', subscription: number, entries: readonly (readonly [token: string, item: object])[]]
  /** What one commit changed: null removes. */
  | readonly [kind: 'change', subscription: number, entries: readonly (readonly [token: string, item: object | null])[]]
  | readonly [kind: 'failed', subscription: number, error: ErrorData]
