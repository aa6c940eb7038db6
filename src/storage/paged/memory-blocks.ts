// A simulated device: a durable image that outlives its openings, and faults at any call. For tests, simulations and
// `holdfast/testing`. It keeps the rules of blocks.ts, leases included, and answers in later turns as a real one does.
import { QuotaExceededException, StorageException } from '../../model/errors.ts'
import type { DataLoss, StoreDurability } from '../store.ts'
import type { Ballast } from './ballast.ts'
import { type Block, type ClaimedBlocks, type IdRange, type Lease, type LogClaim, type LogRow, type NamedBlock, type Publication, UnknownLog } from './blocks.ts'

/** What is on the simulated disk. Blocks may be changed by tests to damage them. */
export class MemoryDevice {
  readonly log = new Map<number, LogRow>()
  readonly pages = new Map<number, Block>()
  readonly nodes = new Map<number, Block>()
  root: Block | undefined
  epoch = 0
  /** Id of the latest log in files, and the key after all that was trimmed. */
  fileLog: string | undefined
  logEnd = 0
  /** Set by tests: the device before this one was thrown away. */
  lost: DataLoss | undefined
  /** Taken up by ballast. */
  ballastBytes = 0
  /** Characters and bytes that may be stored; a call that would pass it is refused whole. */
  quotaBytes = Infinity
  /** Writes are not refused beyond the quota, for a while: browsers look it up now and then only. */
  isLenient = false
  /** Calls of all openings so far, reads included. */
  calls: string[] = []

  /** As a browser that finds its database damaged: all of it is gone, files beside it are not. */
  throwAway(lost: DataLoss): void {
    for (const map of [this.log, this.pages, this.nodes]) map.clear()
    Object.assign(this, { root: undefined, epoch: 0, fileLog: undefined, logEnd: 0, lost })
  }

  get storedBytes(): number {
    const rows = [...this.log.values()].map((row) => ('block' in row ? row.block.length : 0))
    const blocks = [...this.pages.values(), ...this.nodes.values()].map(({ length }) => length)
    return [...rows, ...blocks, this.root?.length ?? 0, this.ballastBytes].reduce((sum, length) => sum + length, 0)
  }
}

/**
 * What happens at a call: `fail` rejects and nothing is done; `quota` likewise, as a full disk would; `crash-before` and
 * `crash-after` kill the opening for good: nothing or all of the call is on disk, and no call is ever answered again.
 */
export type Fault = 'fail' | 'quota' | 'crash-before' | 'crash-after'

export interface MemoryBlocksOptions {
  /** Asked at every call; `call` counts from 1 within this opening. */
  readonly fault?: (name: string, call: number) => Fault | undefined
  /** How long a call takes; two turns by default. */
  readonly delay?: () => Promise<void>
}

export class MemoryBlocks implements ClaimedBlocks {
  /** Resolves when a fault killed this opening. */
  readonly crashed: Promise<void>
  #device: MemoryDevice
  #options: MemoryBlocksOptions
  #epoch = 0
  #calls = 0
  #state: 'open' | 'closed' | 'dead' = 'open'
  #die: () => void = () => undefined

  constructor(device: MemoryDevice, options: MemoryBlocksOptions = {}) {
    this.#device = device
    this.#options = options
    this.crashed = new Promise((resolve) => {
      this.#die = resolve
    })
  }

  get isDead(): boolean {
    return this.#state === 'dead'
  }

  /** As SIGKILL: what is on disk stays, nothing is answered any more. */
  kill(): void {
    this.#state = 'dead'
    this.#die()
  }

  async connect(): Promise<void> {
    // Nothing to open.
  }

  takeOver(claim?: LogClaim): Promise<Lease> {
    return this.#call('takeOver', () => {
      const device = this.#device
      if (device.fileLog !== undefined && claim?.logs.has(device.fileLog) !== true) throw new UnknownLog(device.fileLog)
      if (claim !== undefined) device.fileLog = claim.log
      if (device.epoch === 0 && (claim?.lastEpoch ?? 0) > 0) device.lost = undefined
      this.#epoch = Math.max(device.epoch, claim?.lastEpoch ?? 0) + 1
      device.epoch = this.#epoch
      const key = Math.max(Math.max(-1, ...device.log.keys()) + 1, device.logEnd, claim?.nextLogKey ?? 0)
      device.log.set(key, { key, epoch: this.#epoch })
      return { epoch: this.#epoch, nextLogKey: key + 1, root: device.root, lost: device.lost }
    })
  }

  readLog(from: number): Promise<readonly LogRow[]> {
    return this.#call('readLog', () => [...this.#device.log.values()].filter(({ key }) => key >= from).sort((a, b) => a.key - b.key))
  }

  readPages(ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    return this.#call('readPages', () => ids.map((id) => this.#device.pages.get(id)))
  }

  readNodes(ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    return this.#call('readNodes', () => ids.map((id) => this.#device.nodes.get(id)))
  }

  append(key: number, rows: readonly Block[], _durability: StoreDurability): Promise<void> {
    return this.#call('append', () => {
      if (rows.some((_, index) => this.#device.log.has(key + index))) throw leaseLost()
      this.#refuseBeyondQuota(rows)
      rows.forEach((block, index) => this.#device.log.set(key + index, { key: key + index, block }))
    })
  }

  writePages(pages: readonly NamedBlock[]): Promise<void> {
    return this.#call('writePages', () => {
      this.#checkLease()
      this.#refuseBeyondQuota(pages.map(({ block }) => block))
      for (const { id, block } of pages) this.#device.pages.set(id, block)
    })
  }

  publish(publication: Publication): Promise<void> {
    return this.#call('publish', () => {
      this.#checkLease()
      const { root, nodes, deadNodes, deadPages, trim } = publication
      const device = this.#device
      this.#refuseBeyondQuota([...nodes.map(({ block }) => block), root.slice(device.root?.length ?? 0)])
      device.root = root
      for (const { id, block } of nodes) device.nodes.set(id, block)
      deleteRanges(device.nodes, deadNodes)
      deleteRanges(device.pages, deadPages)
      deleteRanges(device.log, trim)
      if (trim.length > 0) device.logEnd = Math.max(...trim.map(({ to }) => to)) + 1
    })
  }

  verifyLease(): Promise<void> {
    return this.#call('verifyLease', () => this.#checkLease())
  }

  dismissLoss(): Promise<void> {
    return this.#call('dismissLoss', () => {
      this.#checkLease()
      this.#device.lost = undefined
    })
  }

  onLost(): void {
    // This device never loses its connection by itself.
  }

  async close(): Promise<void> {
    if (this.#state === 'open') this.#state = 'closed'
  }

  async #call<T>(name: string, act: () => T): Promise<T> {
    const call = ++this.#calls
    await (this.#options.delay ?? twoTurns)()
    if (this.#state === 'dead') return forever()
    if (this.#state === 'closed') throw new StorageException('The device is closed', { reason: 'CLOSED' })
    this.#device.calls.push(name)
    const fault = this.#options.fault?.(name, call)
    if (fault === 'fail') throw new StorageException('Injected failure', { reason: 'UNAVAILABLE' })
    if (fault === 'quota') throw new QuotaExceededException('Injected: the quota is used up')
    if (fault === 'crash-before') {
      this.kill()
      return forever()
    }
    const result = act()
    if (fault === 'crash-after') {
      this.kill()
      return forever()
    }
    return result
  }

  #checkLease(): void {
    if (this.#device.epoch !== this.#epoch) throw leaseLost()
  }

  #refuseBeyondQuota(blocks: readonly { readonly length: number }[]): void {
    const { quotaBytes, isLenient } = this.#device
    if (quotaBytes === Infinity || isLenient) return
    const growth = blocks.reduce((sum, { length }) => sum + length, 0)
    if (this.#device.storedBytes + growth > quotaBytes) throw new QuotaExceededException('The device is full')
  }
}

/** Ballast on the device: it counts against the quota, and outlives openings. */
export function memoryBallast(device: MemoryDevice): Ballast {
  return {
    async hasRoom(bytes) {
      await twoTurns()
      return device.storedBytes + bytes <= device.quotaBytes
    },
    async hold(bytes) {
      await twoTurns()
      if (device.storedBytes - device.ballastBytes + bytes > device.quotaBytes) throw new QuotaExceededException('No room for ballast')
      device.ballastBytes = bytes
    },
    async release() {
      await twoTurns()
      const had = device.ballastBytes > 0
      device.ballastBytes = 0
      return had
    },
  }
}

export function leaseLost(): StorageException {
  return new StorageException('Another host took over this database', { reason: 'LEASE_LOST' })
}

async function twoTurns(): Promise<void> {
  await Promise.resolve()
  await Promise.resolve()
}

function forever(): Promise<never> {
  return new Promise(() => undefined)
}

function deleteRanges(map: Map<number, unknown>, ranges: readonly IdRange[]): void {
  if (ranges.length === 0) return
  for (const id of map.keys()) if (ranges.some(({ from, to }) => id >= from && id < to)) map.delete(id)
}
