// The engine put together: opens the catalog of a keyspace, runs operations by name, takes up unfinished background work.
// `execute` is the only door: the host, the tests and later the hub all come through it.
import type { Environment } from '../model/environment.ts'
import { ValidationException } from '../model/errors.ts'
import type { KeyspaceLike } from '../storage/write-step.ts'
import { startAutoScaling } from './auto-scaler.ts'
import { resumeBackfills } from './backfill.ts'
import { readBulkOperations } from './bulk-operation.ts'
import { resumeBulkPuts } from './bulk-put.ts'
import { Catalog } from './catalog.ts'
import { EngineCore } from './engine-core.ts'
import type { EngineOptions } from './engine-options.ts'
import type { RequestContext } from './request-context.ts'
import { getOperation, type AnyOperation } from './operations/registry.ts'
import type { Service } from './service.ts'
import { readDrops, startSweep } from './sweep-dropped.ts'

export class Engine extends EngineCore {
  /** Of services: the engine's own are in the registry. */
  readonly #operations = new Map<string, AnyOperation>()
  readonly #stops: (() => void)[] = []

  /** Reads the catalog and goes on with backfills, sweeps and bulk operations that an earlier engine left. Rejects with StorageException. */
  static async open(keyspace: KeyspaceLike, environment: Environment, options: EngineOptions = {}, services: readonly Service[] = []): Promise<Engine> {
    const { catalog, drops, bulkOperations } = await keyspace.read((reader) => ({
      catalog: Catalog.load(reader),
      drops: readDrops(reader),
      bulkOperations: readBulkOperations(reader),
    }))
    const engine = new Engine(keyspace, environment, catalog, options)
    for (const { tableId, indexId } of drops) startSweep(engine, tableId, indexId)
    resumeBackfills(engine, catalog)
    resumeBulkPuts(engine, bulkOperations)
    startAutoScaling(engine)
    engine.#start(services)
    return engine
  }

  /**
   * Runs one operation of AWS's API or of the native ones (operations/registry.ts). Inputs have AWS's names with compact
   * attribute values; outputs have `Item`s where AWS has whole items. Rejects with the operation's exceptions.
   */
  execute(operationName: string, input: object, context: RequestContext = {}): Promise<object> {
    const operation = getOperation(operationName) ?? this.#operations.get(operationName)
    if (operation === undefined) return Promise.reject(new ValidationException(unknownOperation(operationName)))
    return operation.run(this, input as never, context)
  }

  override close(): Promise<void> {
    for (const stop of this.#stops) stop()
    return super.close()
  }

  #start(services: readonly Service[]): void {
    for (const { operations, start } of services) {
      for (const operation of operations) this.#operations.set(operation.name, operation)
      if (start !== undefined) this.#stops.push(start(this))
    }
  }
}

/** What `execute` says of a name that is no operation's. */
export function unknownOperation(operationName: string): string {
  return `Unknown operation: ${operationName}`
}
