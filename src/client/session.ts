// One open database as the page's code sees it: starts the link with the first request, ends waits on abort, sums capacity.
// Nothing happens before the first use, so that opening a database on a server is harmless.
import type { Link, LinkStatus } from '../host/link.ts'
import { isReadOperation } from '../host/protocol.ts'
import type { Environment } from '../model/environment.ts'
import type { AttributeMap } from '../model/attribute-value.ts'
import { type CancellationReason, StorageException } from '../model/errors.ts'
import { Source } from './live.ts'
import { addCapacity, type ConsumedCapacity, type Durability, type RequestOptions } from './request-options.ts'
import { decodeMap } from './values.ts'

export interface SendOptions extends RequestOptions {
  readonly durability?: Durability
}

/** What a session needs of the world around it: the page's in platform.ts, a test's own. */
export interface SessionPlatform extends Pick<Environment, 'random' | 'setTimer'> {
  /** Throws a HoldfastException where there can't be a link. */
  connect(): Pick<Link, 'request' | 'subscribe' | 'close' | 'status' | 'onStatus'>
  /** `navigator.storage`, where there is one. */
  readonly storage?: Pick<StorageManager, 'estimate' | 'persist' | 'persisted'> | undefined
}

export class Session {
  readonly platform: SessionPlatform
  /** Completes when the database is closed; a state with an error is final, but for OPEN with the notice of a loss. */
  readonly status = new Source<LinkStatus>({ state: 'OPENING' })
  readonly #durability: Durability | undefined
  #link: ReturnType<SessionPlatform['connect']> | undefined
  #isClosed = false

  constructor(platform: SessionPlatform, durability?: Durability) {
    this.platform = platform
    this.#durability = durability
  }

  /** Connects ahead of the first request; what goes wrong is told by `status`, and by each request. */
  start(): void {
    try {
      this.link()
    } catch (error) {
      this.#tell({ state: 'FAILED', error: error as Error })
    }
  }

  /** Starts worker and connection, once. Throws where the platform has no workers or the database is closed. */
  link(): ReturnType<SessionPlatform['connect']> {
    if (this.#isClosed) throw new StorageException('The database is closed', { reason: 'CLOSED' })
    if (this.#link === undefined) {
      const link = (this.#link = this.platform.connect())
      link.onStatus((status) => this.#tell(status))
      this.#tell(link.status)
    }
    return this.#link
  }

  /** Rejects with the operation's HoldfastException, or with the signal's reason: then the operation may yet happen. */
  async request<Output extends object>(operation: string, input: object, options?: SendOptions): Promise<Output> {
    const { signal, meter, durability = this.#durability } = options ?? {}
    signal?.throwIfAborted()
    const answer = this.link().request<Output & { ConsumedCapacity?: ConsumedCapacity | ConsumedCapacity[] }>(
      operation,
      meter === undefined ? input : { ...input, ReturnConsumedCapacity: 'TOTAL' },
      durability === undefined || isReadOperation(operation) ? undefined : { durability },
    )
    try {
      const output = await untilAborted(answer, signal)
      if (meter !== undefined) addCapacity(meter, output.ConsumedCapacity, isReadOperation(operation))
      return output
    } catch (error) {
      throw decodeItems(error as Error)
    }
  }

  delay(delayMs: number): Promise<void> {
    return new Promise((resolve) => void this.platform.setTimer(delayMs, resolve))
  }

  async close(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#link?.close()
    this.#tell({ state: 'CLOSED' })
    this.status.end()
  }

  #tell(status: LinkStatus): void {
    if (status.state === 'OPEN' || status.state !== this.status.current.state) this.status.set(status)
  }
}

/** Of an exception, in place. */
function decodeItems<E extends Partial<CancellationReason> & { readonly cancellationReasons?: readonly CancellationReason[] }>(error: E): E {
  for (const { item } of [error, ...(error.cancellationReasons ?? [])]) if (item !== undefined) decodeMap(item as AttributeMap)
  return error
}

/** The answer, or the signal's reason if that comes first. */
export function untilAborted<T>(answer: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return answer
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    void answer.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
