// The little of MessagePort, BroadcastChannel and LockManager that the host floor uses: browsers' own objects fit, and so
// do the simulation's. Ports and channels deliver in order or not at all; nothing tells of the other side's death.

/** A MessagePort or BroadcastChannel. */
export interface MessageEndpoint {
  postMessage(message: unknown, transfer?: Transferable[]): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  removeEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  /** Ports only: messages wait for it. */
  start?(): void
  close(): void
}

/** `navigator.locks`. A stolen lock rejects its holder's request; a dead or closed holder's lock is free at once. */
export interface Locks {
  request(
    name: string,
    options: { readonly steal?: boolean; readonly signal?: AbortSignal },
    held: () => Promise<void>,
  ): Promise<unknown>
}

/** Holds the lock `name` once it is free, until the returned function is called. `granted` runs when it is held. */
export function holdLock(locks: Locks, name: string, granted: () => void = () => undefined): () => void {
  const abort = new AbortController()
  let release = (): void => undefined
  const held = (): Promise<void> =>
    new Promise((resolve) => {
      release = resolve
      if (abort.signal.aborted) resolve()
      else granted()
    })
  locks.request(name, { signal: abort.signal }, held).catch(() => undefined)
  return () => {
    abort.abort()
    release()
  }
}
