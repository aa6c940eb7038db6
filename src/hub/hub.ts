// `holdfast/hub`: the engine in this Node process, over a LevelDB directory or in memory, behind DynamoDB's HTTP protocol.
// Invariant: what was answered is in the store; closing answers what is under way, then closes the store.
import { randomUUID } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Buckets } from '../engine/bucket.ts'
import { type LeasedStore, type OpenedEngine, openHostedEngine } from '../host/engine-host.ts'
import { platformEnvironment } from '../host/platform-environment.ts'
import { openLevelStore } from '../storage/level/level-store.ts'
import { openMemoryStore } from '../storage/memory/memory-store.ts'
import type { AccessKey } from './access-key.ts'
import { directoryBuckets } from './directory-buckets.ts'
import { createHubServer } from './hub-server.ts'

export interface HubOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number
  /** 127.0.0.1 unless told: whoever reaches the port reads and writes everything, where no key is set. */
  readonly host?: string
  /** A directory, made if need be; without it everything is in memory and gone at the end. */
  readonly data?: string
  /** Requests must be signed with it (Signature Version 4); without it any or no signature is taken. */
  readonly accessKey?: AccessKey
  /** Directories that stand for S3 buckets, by name. */
  readonly buckets?: { readonly [name: string]: string }
}

export interface Hub {
  /** `http://127.0.0.1:8000` */
  readonly url: string
  readonly port: number
  /** Rejects when the store can't go on: then nothing is answered any more. */
  readonly failed: Promise<never>
  /** Takes no further requests, answers those that are under way (for ten seconds), closes the store. */
  close(): Promise<void>
}

/** How long requests that are under way are waited for. */
const GRACE_MS = 10_000
const SWEEP_MS = 25

/** Rejects with StorageException (data directory), with the server's error (EADDRINUSE), or with TypeError (buckets). */
export async function openHub(options: HubOptions = {}): Promise<Hub> {
  const engine = await openEngine(options.data, directoryBuckets(options.buckets ?? {}))
  const server = createHubServer((operation, input, context) => engine.run(operation, input, context), options.accessKey)
  const host = options.host ?? '127.0.0.1'
  try {
    await listen(server, options.port ?? 0, host)
  } catch (error) {
    await engine.close()
    throw error
  }
  const { port } = server.address() as AddressInfo
  const failed = new Promise<never>((_, reject) => engine.onFailure(reject))
  failed.catch(() => undefined)
  let closed: Promise<void> | undefined
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    failed,
    close: () => (closed ??= stop(server).then(() => engine.close())),
  }
}

async function openEngine(data: string | undefined, buckets: Buckets): Promise<OpenedEngine> {
  const environment = platformEnvironment()
  const store: LeasedStore =
    data === undefined
      ? Object.assign(openMemoryStore(environment), { verifyLease: () => Promise.resolve() })
      : await openLevelStore(data, { environment })
  // In memory nothing is at rest that a key could protect, so AWS's default key exists; on a disk it would be a lie.
  const encryption = data === undefined ? { encryptionKeyArn: `arn:aws:kms:local:000000000000:key/${randomUUID()}` } : {}
  return openHostedEngine(store, environment, { timing: 'served', buckets, ...encryption })
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, 1024, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS)
    // Connections end with the answer that is under way (hub-server.ts); those that had just begun to rest are caught here.
    const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
    server.close(() => {
      clearTimeout(timer)
      clearInterval(sweep)
      resolve()
    })
    server.closeIdleConnections()
  })
}
