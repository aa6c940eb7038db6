// Opening: take over, read root and log, replay. Damage in the log is a typed error, or, when repairing, a reported
// loss: everything readable before and after it is kept. Pages and nodes are not read here.
import { StorageException } from '../../model/errors.ts'
import type { DataLoss, Key, Settlement } from '../store.ts'
import type { Blocks, LogRow } from './blocks.ts'
import type { Codec } from './codec.ts'
import { Level } from './directory.ts'
import { decodeRecord, type LogRecord, parseRow, parseSettlements } from './log-record.ts'
import { damaged } from './page-cache.ts'
import { decodeRoot, type Root, ROOT_NAME } from './root.ts'

/** Something that a repair could not keep. */
export interface Loss {
  /** "log:17", "page:67108865", "node:…". */
  readonly record: string
  readonly tableId?: number
  /** Where the lost entries lay. */
  readonly firstKey?: Key
  readonly lastKey?: Key
}

export interface Recovered {
  readonly epoch: number
  readonly lost: DataLoss | undefined
  readonly root: Root
  readonly nextLogKey: number
  /** Where epoch rows lie in the log that is still needed. */
  readonly epochKeys: readonly number[]
  readonly records: readonly LogRecord[]
  /** Without epoch rows. */
  readonly logRows: number
  readonly logBytes: number
  /** From the root; those in `records` are newer. */
  readonly settlements: readonly Settlement[]
}

const EMPTY_ROOT: Root = {
  nextId: 0,
  logStart: 0,
  base: new Level([]),
  runs: [],
  settlementNodes: [],
  merging: undefined,
  deadPages: [],
  deadNodes: [],
}

/** `onLoss` makes it a repair. Rejects with a StorageException. */
export async function recover(blocks: Blocks, codec: Codec, onLoss: ((loss: Loss) => void) | undefined): Promise<Recovered> {
  const lease = await blocks.takeOver()
  let root = EMPTY_ROOT
  if (lease.root !== undefined) {
    const text = await codec.decode(ROOT_NAME, lease.root)
    const decoded = text === undefined ? undefined : decodeRoot(text)
    if (decoded === undefined) throw damaged(ROOT_NAME)
    root = decoded
  }
  const [rows, settlements] = await Promise.all([
    blocks.readLog(root.logStart),
    readSettlements(blocks, codec, root.settlementNodes, onLoss),
  ])
  const replay = new Replay(codec, onLoss)
  await replay.read(rows, root.logStart)
  return {
    epoch: lease.epoch,
    lost: lease.lost,
    root,
    nextLogKey: lease.nextLogKey,
    epochKeys: replay.epochKeys,
    records: replay.records,
    logRows: rows.length - replay.epochKeys.length,
    logBytes: replay.records.reduce((sum, { bytes }) => sum + bytes, 0),
    settlements,
  }
}

async function readSettlements(blocks: Blocks, codec: Codec, ids: readonly number[], onLoss: ((loss: Loss) => void) | undefined): Promise<Settlement[]> {
  if (ids.length === 0) return []
  const settlements: Settlement[] = []
  const found = await blocks.readNodes(ids)
  for (const [index, id] of ids.entries()) {
    const block = found[index]
    const text = block === undefined ? undefined : await codec.decode(`node:${id}`, block)
    const parsed = text === undefined ? undefined : parseSettlements(text)
    if (parsed !== undefined) settlements.push(...parsed)
    else if (onLoss === undefined) throw damaged(`node:${id}`)
    else onLoss({ record: `node:${id}` })
  }
  return settlements
}

/** Puts rows together to records. */
class Replay {
  readonly records: LogRecord[] = []
  readonly epochKeys: number[] = []
  #codec: Codec
  #onLoss: ((loss: Loss) => void) | undefined
  #parts: string[] = []
  #count = 0

  constructor(codec: Codec, onLoss: ((loss: Loss) => void) | undefined) {
    this.#codec = codec
    this.#onLoss = onLoss
  }

  async read(rows: readonly LogRow[], start: number): Promise<void> {
    const texts = await Promise.all(rows.map(async (row) => ('block' in row ? this.#codec.decode(`log:${row.key}`, row.block) : undefined)))
    let expected = start
    for (const [index, row] of rows.entries()) {
      if (row.key !== expected) this.#lose(expected)
      expected = row.key + 1
      if ('epoch' in row) this.epochKeys.push(row.key)
      else this.#take(row.key, texts[index])
    }
    if (this.#parts.length > 0) this.#lose(expected)
  }

  #take(key: number, text: string | undefined): void {
    const row = text === undefined ? undefined : parseRow(text)
    if (row === undefined) {
      this.#lose(key)
      return
    }
    if (row.index !== this.#parts.length || (row.index > 0 && row.count !== this.#count)) {
      // The rest of a record whose beginning is lost; or a record's end is missing.
      if (this.#parts.length > 0) this.#lose(key - 1)
      if (row.index > 0) return
    }
    this.#parts.push(row.text)
    this.#count = row.count
    if (this.#parts.length < row.count) return
    const record = decodeRecord(this.#parts.join(''))
    this.#parts = []
    if (record === undefined) this.#lose(key)
    else this.records.push(record)
  }

  #lose(key: number): void {
    this.#parts = []
    const record = `log:${key}`
    if (this.#onLoss === undefined) {
      throw new StorageException(`Damaged: ${record}. Opening with \`repair\` keeps everything else`, { reason: 'DAMAGED', detail: record })
    }
    this.#onLoss({ record })
  }
}
