// `holdfast/react`: live values in components. Equal queries are one live query, so nothing has to be memoised and there are
// no dependency arrays. On a server, and while hydrating, a live value is what it was before anything was read.
import { useSyncExternalStore } from 'react'
import { setTimer } from '../host/platform-environment.ts'
import { type Live, Source } from './live.ts'
import type { LiveItems } from './live-query.ts'
import type { Query } from './query.ts'

interface Store<T> {
  readonly subscribe: (changed: () => void) => () => void
  readonly current: () => T
  readonly initial: () => T
}
const stores = new WeakMap<object, Store<unknown>>()

/** Stable functions for a live: React subscribes anew when they change. */
function storeOf<T>(live: Live<T>): Store<T> {
  let store = stores.get(live) as Store<T> | undefined
  if (store === undefined) {
    const initial = live instanceof Source ? (live.initial as T) : live.current
    store = { subscribe: (changed) => live.subscribe(() => changed()), current: () => live.current, initial: () => initial }
    stores.set(live, store)
  }
  return store
}

/** The present value of a live: status, storage, a live query. Renders again when it changes. */
export function useLive<T>(live: Live<T>): T {
  const { subscribe, current, initial } = storeOf(live)
  return useSyncExternalStore(subscribe, current, initial)
}

/** A query's items, live. `status` is PENDING until they are there; FAILED comes with `error`. */
export function useLiveQuery<T, K>(query: Query<T, K>): LiveItems<T, K> {
  return useLive(query.live())
}

/** As `useLiveQuery`, but suspends until the items are there, and throws to the error boundary where they can't be had. */
export function useLiveSuspenseQuery<T, K>(query: Query<T, K>): LiveItems<T, K> {
  const live = query.live()
  const rendered = useLive(live)
  // On a server what is rendered stays PENDING, whatever became of it.
  const value = rendered.status === 'PENDING' ? live.current : rendered
  if (value.status === 'PENDING') throw whenKnown(live)
  if (value.error !== undefined) throw value.error
  return value
}

/** For how long a query that a component waited for lives on without it: React shows the component some time later. */
const KEPT_MS = 5000
const waits = new WeakMap<object, Promise<void>>()

/** The same promise until it resolves: when the query is no longer PENDING. Keeps the query running. */
function whenKnown<T, K>(live: Live<LiveItems<T, K>>): Promise<void> {
  let wait = waits.get(live)
  if (wait === undefined) {
    wait = new Promise((resolve) => {
      const subscription = live.subscribe(({ status }) => {
        if (status === 'PENDING' || !waits.delete(live)) return
        resolve()
        setTimer(KEPT_MS, () => subscription())
      })
    })
    waits.set(live, wait)
  }
  return wait
}
