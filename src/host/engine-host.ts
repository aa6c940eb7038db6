// The real engine as a host sees it: store, keyspace, operations and live queries put together, for the engine worker
// and for memory. Closing it closes the store. Invariant: what it answers was durable in a store of this epoch.
import { Engine } from '../engine/engine.ts'
import type { EngineOptions } from '../engine/engine-options.ts'
import { LiveQueries } from '../engine/live-query.ts'
import type { LiveQueryInput } from '../engine/live-query.ts'
import type { RequestContext } from '../engine/operation.ts'
import type { Environment } from '../model/environment.ts'
import { StorageException } from '../model/errors.ts'
import { SERVICES } from '../services/services.ts'
import { dropDeletedStreams } from '../services/trim-journals.ts'
import { openKeyspace } from '../storage/keyspace.ts'
import type { DataLoss, Store } from '../storage/store.ts'
import type { HostedEngine } from './hosted-engine.ts'
import { nativeExecute, nativeInput } from './native-requests.ts'

/** A store that can be taken over: `verifyLease` rejects with LEASE_LOST once it was. */
export interface LeasedStore extends Store {
  verifyLease(): Promise<void>
}

/** A hosted engine, and its operations without the native client's forms: for the hub, which has no pages. */
export interface OpenedEngine extends HostedEngine {
  run(operation: string, input: object, context: RequestContext): Promise<object>
}

/** Opens the engine on a store that was just opened. Rejects with a StorageException; then the store is closed. */
export async function openHostedEngine(store: LeasedStore, environment: Environment, options: EngineOptions = {}): Promise<OpenedEngine> {
  try {
    const keyspace = await openKeyspace(environment, store)
    const engine = await Engine.open(keyspace, environment, options, SERVICES)
    const liveQueries = new LiveQueries(engine)
    const dismissalListeners: (() => void)[] = []
    const run: OpenedEngine['run'] = (operation, input, context) => engine.execute(operation, input, context)
    return {
      run,
      epoch: store.epoch,
      get lost() {
        return store.lost === undefined ? undefined : exceptionOf(store.lost)
      },
      onLossDismissed: (listener) => dismissalListeners.push(listener),
      execute: nativeExecute(run, {
        async purge() {
          await engine.idle()
          await dropDeletedStreams(engine)
          await store.compact()
        },
        passStates: () => engine.transitions.finishAll(),
        statistics: () => store.statistics(),
        async dismissLoss() {
          if (store.lost === undefined) return
          await store.dismissLoss()
          for (const listener of dismissalListeners) listener()
        },
      }),
      subscribe: (query, sink) => liveQueries.subscribe(nativeInput(query as LiveQueryInput), sink),
      settled: (id) => keyspace.settled(id),
      confirm: (ids) => keyspace.confirm(ids),
      verifyEpoch: () => store.verifyLease(),
      onFailure: (listener) => store.onFailure(listener),
      close: async () => {
        await engine.close()
        await keyspace.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

function exceptionOf({ database, noticedAt, message }: DataLoss): StorageException {
  const at = new Date(noticedAt).toISOString()
  return new StorageException(`All data of ${database} is lost: at ${at} the browser found its storage damaged and began a new one (${message})`, { reason: 'LOST' })
}
