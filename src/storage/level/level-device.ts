// A LevelDB directory as a device for LevelBlocks: rows under text keys, values as blocks with a tag byte, and the
// fence between openings. Invariant: once `takeOver` has begun, no write of an earlier epoch starts any more, and the
// new epoch's row is written after all that were under way. LevelDB's own lock keeps other processes out.
// After a failed write the directory is opened again: LevelDB's log is torn there, and later records would be lost with it.
import { ClassicLevel } from 'classic-level'
import { QuotaExceededException, StorageException } from '../../model/errors.ts'
import type { Block } from '../paged/blocks.ts'

export type LevelOperation = { readonly type: 'put'; readonly key: string; readonly value: Uint8Array } | { readonly type: 'del'; readonly key: string }

/** Half-open, of row keys. */
export interface RowRange {
  readonly gte: string
  readonly lt: string
}

/** The part of classic-level that is used; tests put faults here. */
export interface LevelDatabase {
  open(): Promise<void>
  close(): Promise<void>
  getMany(keys: string[]): Promise<(Uint8Array | undefined)[]>
  batch(operations: LevelOperation[], options: { readonly sync: boolean }): Promise<void>
  iterator(range: RowRange): { all(): Promise<[string, Uint8Array][]> }
  keys(options: RowRange & { readonly reverse?: boolean; readonly limit?: number }): { all(): Promise<string[]> }
}

const WRITE_BUFFER_BYTES = 16 * 1024 * 1024
const MAX_FILE_BYTES = 8 * 1024 * 1024
const FORMAT_KEY = 'format'
const EPOCH_KEY = 'epoch'
const FORMAT = '1'

export class LevelDevice {
  readonly directory: string
  #create: (directory: string) => LevelDatabase
  #database: LevelDatabase
  #epoch = 0
  #writing = new Set<Promise<void>>()
  #lastTakeOver: Promise<unknown> = Promise.resolve()
  /** While the directory is being opened again. */
  #recovery: Promise<void> | undefined
  #failure: StorageException | undefined
  #lostListeners: ((error: Error) => void)[] = []

  private constructor(directory: string, create: (directory: string) => LevelDatabase) {
    this.directory = directory
    this.#create = create
    this.#database = create(directory)
  }

  /** Creates the directory if need be. Rejects with StorageException: BLOCKED where another process or opening has it. */
  static async open(directory: string, create: (directory: string) => LevelDatabase = createDatabase): Promise<LevelDevice> {
    const device = new LevelDevice(directory, create)
    await device.#open()
    const [format, epoch] = (await device.read([FORMAT_KEY, EPOCH_KEY])) as (string | undefined)[]
    if (format !== undefined && format !== FORMAT) {
      await device.close()
      throw new StorageException(`${directory} was written by a newer release`, { reason: 'VERSION_CHANGED' })
    }
    device.#epoch = Number(epoch ?? 0)
    return device
  }

  /** Throws LEASE_LOST where a later opening took over. */
  assertCurrent(epoch: number): void {
    if (epoch !== this.#epoch) throw new StorageException('Another opening took over this database', { reason: 'LEASE_LOST' })
  }

  /** Raises the epoch. `rows` is asked once nothing else is being written, and its rows go with the new epoch. */
  takeOver(rows: (epoch: number) => Promise<readonly LevelOperation[]>): Promise<number> {
    const takeOver = this.#lastTakeOver.then(async () => {
      const epoch = ++this.#epoch
      await Promise.allSettled(this.#writing)
      const mark: LevelOperation[] = [put(FORMAT_KEY, FORMAT), put(EPOCH_KEY, String(epoch))]
      await this.write(epoch, [...mark, ...(await rows(epoch))], true)
      return epoch
    })
    this.#lastTakeOver = takeOver.catch(() => undefined)
    return takeOver
  }

  /** All or nothing. `sync`: on the medium when it resolves. Rejects with QuotaExceededException or StorageException. */
  async write(epoch: number, operations: readonly LevelOperation[], sync: boolean): Promise<void> {
    if (this.#recovery !== undefined) await this.#recovery
    this.#assertUsable()
    this.assertCurrent(epoch)
    const write = this.#database.batch([...operations], { sync })
    this.#writing.add(write)
    try {
      await write
    } catch (error) {
      await this.#recover()
      throw writeError(error)
    } finally {
      this.#writing.delete(write)
    }
  }

  /** Values in the order of the keys. */
  read(keys: readonly string[]): Promise<(Block | undefined)[]> {
    return this.#read(async (database) => {
      const values = await database.getMany([...keys])
      return values.map((value) => (value === undefined ? undefined : decodeBlock(value)))
    })
  }

  rows(range: RowRange): Promise<(readonly [key: string, value: Block])[]> {
    return this.#read(async (database) => (await database.iterator(range).all()).map(([key, value]) => [key, decodeBlock(value)] as const))
  }

  keys(range: RowRange, options: { readonly reverse?: boolean; readonly limit?: number } = {}): Promise<string[]> {
    return this.#read((database) => database.keys({ ...range, ...options }).all())
  }

  /** Called once, if the directory can't be opened again after a failed write. */
  onLost(listener: (error: Error) => void): void {
    this.#lostListeners.push(listener)
  }

  async close(): Promise<void> {
    this.#failure ??= new StorageException('The device is closed', { reason: 'CLOSED' })
    await Promise.allSettled(this.#writing)
    await this.#recovery
    await this.#database.close()
  }

  async #read<T>(read: (database: LevelDatabase) => Promise<T>): Promise<T> {
    for (;;) {
      if (this.#recovery !== undefined) await this.#recovery
      this.#assertUsable()
      const database = this.#database
      try {
        return await read(database)
      } catch (error) {
        // Asked of the database that was closed for recovery: ask the new one.
        if (database === this.#database && this.#recovery === undefined) throw readError(error)
      }
    }
  }

  async #open(): Promise<void> {
    try {
      await this.#database.open()
    } catch (error) {
      throw openError(this.directory, error)
    }
  }

  #recover(): Promise<void> {
    this.#recovery ??= this.#reopen().finally(() => {
      this.#recovery = undefined
    })
    return this.#recovery
  }

  async #reopen(): Promise<void> {
    try {
      await this.#database.close()
      this.#database = this.#create(this.directory)
      await this.#open()
    } catch (error) {
      const lost = error instanceof StorageException ? error : openError(this.directory, error)
      this.#failure ??= lost
      for (const listener of this.#lostListeners) listener(lost)
    }
  }

  #assertUsable(): void {
    if (this.#failure !== undefined) throw this.#failure
  }
}

function createDatabase(directory: string): LevelDatabase {
  return new ClassicLevel<string, Uint8Array>(directory, {
    valueEncoding: 'view',
    writeBufferSize: WRITE_BUFFER_BYTES,
    maxFileSize: MAX_FILE_BYTES,
  })
}

export function put(key: string, block: Block): LevelOperation {
  return { type: 'put', key, value: encodeBlock(block) }
}

const BYTES = 0
const LATIN1 = 1
const UTF8 = 2
/** Text with lone surrogates, which UTF-8 can't say. */
const UTF16 = 3

function encodeBlock(block: Block): Uint8Array {
  if (typeof block !== 'string') {
    const bytes = new Uint8Array(1 + block.length)
    bytes[0] = BYTES
    bytes.set(block, 1)
    return bytes
  }
  // oxlint-disable-next-line no-control-regex -- every byte is meant
  const tag = /^[\0-\xff]*$/.test(block) ? LATIN1 : block.isWellFormed() ? UTF8 : UTF16
  const encoding = ENCODINGS[tag]
  const value = Buffer.allocUnsafe(1 + Buffer.byteLength(block, encoding))
  value[0] = tag
  value.write(block, 1, encoding)
  return value
}

const ENCODINGS = { [LATIN1]: 'latin1', [UTF8]: 'utf8', [UTF16]: 'utf16le' } as const

function decodeBlock(value: Uint8Array): Block {
  const tag = value[0]
  // A copy: the value may be part of a bigger buffer.
  if (tag === BYTES) return new Uint8Array(value.subarray(1))
  const buffer = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  if (tag === LATIN1 || tag === UTF8 || tag === UTF16) return buffer.toString(ENCODINGS[tag], 1)
  throw new StorageException('A row of the LevelDB directory has an unknown form', { reason: 'DAMAGED' })
}

interface LevelError {
  readonly message?: string
  readonly code?: string
  readonly cause?: unknown
}

/** The innermost cause: abstract-level wraps what LevelDB says. */
function rootOf(error: unknown): LevelError {
  let root = error as LevelError
  while (root.cause instanceof Error) root = root.cause
  return root
}

function openError(directory: string, error: unknown): StorageException {
  const { code, message } = rootOf(error)
  if (code === 'LEVEL_LOCKED') {
    return new StorageException(`${directory} is open already, here or in another process`, { reason: 'BLOCKED', cause: error })
  }
  if (code === 'LEVEL_CORRUPTION') return new StorageException(`${directory} is damaged: ${message}`, { reason: 'DAMAGED', cause: error })
  return new StorageException(`${directory} can't be opened: ${message}`, { reason: 'UNAVAILABLE', cause: error })
}

function readError(error: unknown): StorageException {
  if (error instanceof StorageException) return error
  const { code, message } = rootOf(error)
  return new StorageException(`Reading failed: ${message}`, { reason: code === 'LEVEL_CORRUPTION' ? 'DAMAGED' : 'UNAVAILABLE', cause: error })
}

function writeError(error: unknown): QuotaExceededException | StorageException {
  const { message = '' } = rootOf(error)
  if (/no space left|ENOSPC|quota exceeded/i.test(message)) return new QuotaExceededException('The disk is full', { cause: error })
  return new StorageException(`Writing failed: ${message}`, { reason: 'UNAVAILABLE', cause: error })
}
