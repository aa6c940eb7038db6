// The real engine as a host sees it: store, keyspace, operations and live queries put together, for the engine worker
// and for memory. Closing it closes the store. Invariant: what it answers was durable in a store of this epoch.
import { Engine } from '../engine/engine.ts'
import { LiveQueries } from '../engine/live-query.ts'
import type { LiveQueryInput } from '../engine/live-query.ts'
import type { Environment } from '../model/environment.ts'
import { openKeyspace } from '../storage/keyspace.ts'
import type { Store } from '../storage/store.ts'
import type { HostedEngine } from './hosted-engine.ts'
import { nativeExecute, nativeInput } from './native-requests.ts'

/** A store that can be taken over: `verifyLease` rejects with LEASE_LOST once it was. */
export interface LeasedStore extends Store {
  verifyLease(): Promise<void>
}

/** Opens the engine on a store that was just opened. Rejects with a StorageException; then the store is closed. */
export async function openHostedEngine(store: LeasedStore, environment: Environment): Promise<HostedEngine> {
  try {
    const keyspace = await openKeyspace(environment, store)
    const engine = await Engine.open(keyspace, environment)
    const liveQueries = new LiveQueries(engine)
    return {
      epoch: store.epoch,
      execute: nativeExecute(
        (operation, input, context) => engine.execute(operation, input, context),
        async () => {
          await engine.idle()
          await store.compact()
        },
      ),
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
