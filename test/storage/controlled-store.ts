// A memory store whose commits and page loads wait for the test: each is listed, and goes on or fails when told.
import { openKeyspace } from '../../src/storage/keyspace.ts'
import type { Keyspace } from '../../src/storage/keyspace.ts'
import { MemoryDisk, openMemoryStore } from '../../src/storage/memory/memory-store.ts'
import type { MemoryStore } from '../../src/storage/memory/memory-store.ts'
import type { Batch, Key } from '../../src/storage/store.ts'
import { testEnvironment } from './environment.ts'
import type { TestEnvironment } from './environment.ts'

export interface HeldCommit {
  readonly batch: Batch
  succeed(): Promise<void>
  fail(error: unknown): Promise<void>
}

export interface HeldLoad {
  readonly key: Key
  succeed(): Promise<void>
  fail(error: unknown): Promise<void>
}

export interface Controlled {
  readonly environment: TestEnvironment
  readonly disk: MemoryDisk
  readonly store: MemoryStore
  readonly keyspace: Keyspace
  /** Waiting, oldest first; one leaves the list when it is told how it ends. */
  readonly commits: HeldCommit[]
  readonly loads: HeldLoad[]
  /** Keys whose pages are on disk only. */
  readonly missing: Set<Key>
  /** Commits go through at once while it is false. */
  holding: boolean
}

/** Lets everything happen that needs no outside event. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}

export async function openControlled(
  options: { entries?: Record<Key, string>; disk?: MemoryDisk; quotaBytes?: number } = {},
): Promise<Controlled> {
  const environment = testEnvironment()
  const disk = options.disk ?? new MemoryDisk()
  const commits: HeldCommit[] = []
  const loads: HeldLoad[] = []
  const missing = new Set<Key>()
  const state = { holding: false }
  const store = openMemoryStore(environment, {
    disk,
    ...(options.quotaBytes !== undefined && { quotaBytes: options.quotaBytes }),
    faultEvery: (key) => missing.has(key),
    load: (key) => held(loads, (ends) => ({ key, ...ends })),
    beforeCommit: (batch) => (state.holding ? held(commits, (ends) => ({ batch, ...ends })) : undefined),
  })
  const writes = Object.entries(options.entries ?? {}).map(([key, value]) => ({ key, value }))
  await store.commit({ writes })
  const keyspace = await openKeyspace(environment, store)
  state.holding = true
  return Object.assign(state, { environment, disk, store, keyspace, commits, loads, missing })
}

function held<T>(list: T[], make: (ends: { succeed(): Promise<void>; fail(error: unknown): Promise<void> }) => T): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const end = (finish: () => void): Promise<void> => {
      list.splice(list.indexOf(entry), 1)
      finish()
      return settle()
    }
    const entry: T = make({ succeed: () => end(resolve), fail: (error) => end(() => reject(error)) })
    list.push(entry)
  })
}

/** How a promise stands: 'pending', its value, or its error. */
export function watch<T>(promise: Promise<T>): { state: 'pending' | 'resolved' | 'rejected'; value?: T; error?: unknown } {
  const watched: { state: 'pending' | 'resolved' | 'rejected'; value?: T; error?: unknown } = { state: 'pending' }
  promise.then(
    (value) => Object.assign(watched, { state: 'resolved', value }),
    (error: unknown) => Object.assign(watched, { state: 'rejected', error }),
  )
  return watched
}
