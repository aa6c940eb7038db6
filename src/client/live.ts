// The one contract for everything that changes: `current`, `subscribe`, `for await`. Works unchanged as a Svelte store,
// for React's useSyncExternalStore and for RxJS. `Source` is the writable end; its values are immutable.
import type { HoldfastException } from '../model/errors.ts'

/** Ends a subscription; callable, so that frameworks take it as their cleanup function. */
export interface Subscription extends Disposable {
  (): void
  unsubscribe(): void
}
export interface Observer<T> {
  next(value: T): void
  error?(error: HoldfastException): void
  complete?(): void
}
export interface Live<out T> extends AsyncIterable<T> {
  /** Same object until something changed; safe in render and on a server. */
  readonly current: T
  /** Tells `current` at once, then every change. */
  subscribe(observer: ((value: T) => void) | Observer<T>): Subscription
}

/** Errors of observers are theirs: reported, and the others still hear. */
function guard(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

export class Source<T> implements Live<T> {
  /** Before anything was known: what a server renders. */
  readonly initial: T
  #current: T
  /** Each in an array of its own: subscribing the same observer twice makes two subscriptions. */
  readonly #observers = new Set<readonly [Observer<T>]>()

  constructor(initial: T) {
    this.initial = initial
    this.#current = initial
  }

  get current(): T {
    return this.#current
  }

  get isObserved(): boolean {
    return this.#observers.size > 0
  }

  /** For what has to be fetched: the first observer came. */
  protected start(): void {}
  /** The last observer left. */
  protected stop(): void {}
  /** Whether a loop shall see this value. */
  protected isKnown(_value: T): boolean {
    return true
  }

  set(value: T): void {
    if (value === this.#current) return
    this.#current = value
    // A set's loop leaves out what is deleted meanwhile: who was unsubscribed by an earlier one is not told any more.
    for (const [observer] of this.#observers) guard(() => observer.next(value))
  }

  /** Ends all subscriptions. */
  end(error?: HoldfastException): void {
    const observers = [...this.#observers]
    this.#observers.clear()
    if (observers.length > 0) this.stop()
    for (const [observer] of observers) guard(() => (error === undefined ? observer.complete?.() : observer.error?.(error)))
  }

  subscribe(observer: ((value: T) => void) | Observer<T>): Subscription {
    const own = [typeof observer === 'function' ? { next: observer } : observer] as const
    if (!this.isObserved) this.start()
    this.#observers.add(own)
    guard(() => own[0].next(this.#current))
    const unsubscribe = (): void => {
      if (this.#observers.delete(own) && this.#observers.size === 0) this.stop()
    }
    return Object.assign(unsubscribe, { unsubscribe, [Symbol.dispose]: unsubscribe })
  }

  /** The present value, then the newest whenever the loop comes round. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let fresh = false
    let ended: { readonly error: HoldfastException | undefined } | undefined
    let wake = (): void => undefined
    const end = (error?: HoldfastException): void => {
      ended = { error }
      wake()
    }
    const subscription = this.subscribe({
      next: () => {
        fresh = true
        wake()
      },
      error: end,
      complete: end,
    })
    try {
      for (;;) {
        if (fresh && this.isKnown(this.#current)) {
          fresh = false
          yield this.#current
        } else if (ended !== undefined) {
          if (ended.error !== undefined) throw ended.error
          return
        } else {
          await new Promise<void>((resolve) => {
            wake = resolve
          })
        }
      }
    } finally {
      subscription()
    }
  }
}
