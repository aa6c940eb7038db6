// The paged store's blocks in a LevelDB directory, for the hub. Rows: `l` log, `p` pages, `n` nodes, each with the id
// in hexadecimal, and `root`. Pages and publications are always synced, log rows where the commit is strict.
import { StorageException } from '../../model/errors.ts'
import type { StoreDurability } from '../store.ts'
import type { Block, Blocks, IdRange, Lease, LogRow, NamedBlock, Publication } from '../paged/blocks.ts'
import { put } from './level-device.ts'
import type { LevelDevice, LevelOperation, RowRange } from './level-device.ts'

const ROOT_KEY = 'root'
/** 14 digits hold 2^53. */
const ID_DIGITS = 14
/** Begins an epoch row's block; those of commits have a codec's text or bytes behind `r`. */
const EPOCH_MARK = 'epoch '

type Space = 'l' | 'p' | 'n'

export class LevelBlocks implements Blocks {
  #device: LevelDevice
  #closeDevice: boolean
  #epoch = 0
  #closed = false
  #writing = new Set<Promise<void>>()

  /** `closeDevice`: the device goes with it. */
  constructor(device: LevelDevice, closeDevice = false) {
    this.#device = device
    this.#closeDevice = closeDevice
  }

  async takeOver(): Promise<Lease> {
    this.#assertOpen()
    const lease = { nextLogKey: 0, root: undefined as Block | undefined, lost: undefined }
    this.#epoch = await this.#device.takeOver(async (epoch) => {
      const [last] = await this.#device.keys(rowsOf('l'), { reverse: true, limit: 1 })
      const key = last === undefined ? 0 : idOf(last) + 1
      lease.root = (await this.#device.read([ROOT_KEY]))[0]
      lease.nextLogKey = key + 1
      return [put(rowKey('l', key), EPOCH_MARK + epoch)]
    })
    return { epoch: this.#epoch, ...lease }
  }

  async readLog(from: number): Promise<readonly LogRow[]> {
    this.#assertOpen()
    const rows = await this.#device.rows({ ...rowsOf('l'), gte: rowKey('l', from) })
    return rows.map(([name, block]): LogRow => {
      const key = idOf(name)
      if (typeof block !== 'string') return { key, block }
      return block.startsWith(EPOCH_MARK) ? { key, epoch: Number(block.slice(EPOCH_MARK.length)) } : { key, block: block.slice(1) }
    })
  }

  readPages(ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    return this.#readAll('p', ids)
  }

  readNodes(ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    return this.#readAll('n', ids)
  }

  async append(key: number, rows: readonly Block[], durability: StoreDurability): Promise<void> {
    const operations = rows.map((block, index) => put(rowKey('l', key + index), typeof block === 'string' ? `r${block}` : block))
    try {
      await this.#write(operations, durability === 'strict')
    } catch (error) {
      // The write failed, but what LevelDB's log held of it may have come back when the directory was opened again.
      const first = rows[0]
      if (first === undefined || isFinal(error) || !(await this.#hasRow(key, first))) throw error
    }
  }

  writePages(pages: readonly NamedBlock[]): Promise<void> {
    return this.#write(pages.map(({ id, block }) => put(rowKey('p', id), block)), true)
  }

  async publish({ root, nodes, deadNodes, deadPages, trim }: Publication): Promise<void> {
    this.#assertLease()
    const dead = await Promise.all([this.#keysIn('n', deadNodes), this.#keysIn('p', deadPages), this.#keysIn('l', trim)])
    const operations: LevelOperation[] = dead.flat().map((key) => ({ type: 'del', key }))
    for (const { id, block } of nodes) operations.push(put(rowKey('n', id), block))
    operations.push(put(ROOT_KEY, root))
    try {
      await this.#write(operations, true)
    } catch (error) {
      if (isFinal(error)) throw error
      const [stored] = await this.#device.read([ROOT_KEY])
      if (!sameBlock(stored, root)) throw error
    }
  }

  async verifyLease(): Promise<void> {
    this.#assertLease()
  }

  /** LevelDB says that it is damaged, and throws nothing away. */
  async dismissLoss(): Promise<void> {
    this.#assertLease()
  }

  onLost(listener: (error: Error) => void): void {
    this.#device.onLost(listener)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await Promise.allSettled(this.#writing)
    if (this.#closeDevice) await this.#device.close()
  }

  async #readAll(space: Space, ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    this.#assertOpen()
    return this.#device.read(ids.map((id) => rowKey(space, id)))
  }

  async #keysIn(space: Space, ranges: readonly IdRange[]): Promise<string[]> {
    const keys = await Promise.all(ranges.map(({ from, to }) => this.#device.keys({ gte: rowKey(space, from), lt: rowKey(space, to) })))
    return keys.flat()
  }

  async #hasRow(key: number, block: Block): Promise<boolean> {
    const [row] = await this.readLog(key)
    return row?.key === key && 'block' in row && sameBlock(row.block, block)
  }

  async #write(operations: readonly LevelOperation[], sync: boolean): Promise<void> {
    this.#assertLease()
    const write = this.#device.write(this.#epoch, operations, sync)
    this.#writing.add(write)
    try {
      await write
    } finally {
      this.#writing.delete(write)
    }
  }

  #assertOpen(): void {
    if (this.#closed) throw new StorageException('The device is closed', { reason: 'CLOSED' })
  }

  #assertLease(): void {
    this.#assertOpen()
    this.#device.assertCurrent(this.#epoch)
  }
}

function rowKey(space: Space, id: number): string {
  return space + id.toString(16).padStart(ID_DIGITS, '0')
}

function idOf(key: string): number {
  return Number.parseInt(key.slice(1), 16)
}

function rowsOf(space: Space): RowRange {
  return { gte: space, lt: `${space}~` }
}

function sameBlock(a: Block | undefined, b: Block): boolean {
  if (a === undefined || typeof a === 'string' || typeof b === 'string') return a === b
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

function isFinal(error: unknown): boolean {
  return error instanceof StorageException && (error.reason === 'LEASE_LOST' || error.reason === 'CLOSED')
}
