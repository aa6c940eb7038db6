// The log of one opening in files of its own, `<id>.0`, `<id>.1`, …: each a header and frames (log-frame.ts). An append is
// one synchronous write. The header of `<id>.0` holds the fence. A take-over closes the fence first and reads the files
// then; an append writes first and looks at the fence then. So either the take-over reads what was appended, or the
// append is refused: with no clock, and however long either is frozen in between (S5).
// Files of one opening are written by that opening only; a take-over seals their length, so that what an old host still
// writes behind it counts for nothing, for later openings too.
import { StorageException } from '../../model/errors.ts'
import type { BlockFile, BlockFolder } from './block-files.ts'
import type { Block, LogRow } from './blocks.ts'
import { decodeFrames, encodeFrame, type FrameRow, LOG_HEADER_BYTES } from './log-frame.ts'

/** "HFLG" and the format: what the log's own opening writes of a header. */
const MAGIC = 0x474c4648
const FORMAT = 1
const FORMAT_AT = 4
/** Words that are zero until a take-over writes them: the fence, in `<id>.0` only, and the bytes that count. */
const FENCE_AT = 8
const SEALED_AT = 12
/** In `<id>.0`, once it has the lease: its epoch, and as a double the log key of its take-over. */
const EPOCH_AT = 16
const MARK_AT = 24
const OPEN = 0
const FENCED = 1
/** All files bear their seals; one that does not came later, from a host that is none any more. */
const SEALED = 2
/** Appends go to another file from here on; a trimmed one is used again. */
const SEGMENT_BYTES = 4 * 1024 * 1024
/** An old host may be half-way through its last append while that is read. */
const READS = 3

/** What an earlier opening left. */
interface EarlierLog {
  readonly id: string
  readonly names: readonly string[]
  /** 0: it never had the lease. */
  readonly epoch: number
  /** Log key of its take-over. */
  readonly mark: number
  /** Of rows and mark; -1: it has none. */
  readonly lastKey: number
}
interface ReadLog extends EarlierLog {
  readonly rows: readonly FrameRow[]
  readonly root: Block | undefined
  /** All rows before it were trimmed when the root was published. */
  readonly trimmed: number
}
interface Segment {
  readonly file: BlockFile
  end: number
  isSynced: boolean
  /** -1: it has no rows. */
  lastKey: number
}

export class FileLog {
  readonly id: string
  #folder: BlockFolder
  #earlier: readonly EarlierLog[]
  /** Of the earlier logs, until they are taken. */
  #read: readonly ReadLog[]
  /** Bears the fence. */
  #control: BlockFile
  #current: Segment
  #full: Segment[] = []
  #free: Segment[] = []
  #segments = 1
  #roots = 0
  /** Rows before it are trimmed. */
  #trimmed: number
  #fence = new Uint8Array(4)
  #isClosed = false

  /** Fences and reads the logs of earlier openings, and begins one of its own under an `id` never used before. */
  static async open(folder: BlockFolder, id: string): Promise<FileLog> {
    const opening = openSegment(folder, id, 0)
    // Met at its await, unless reading fails first.
    opening.catch(() => undefined)
    try {
      const earlier = await readEarlier(folder, id)
      return new FileLog(folder, id, await opening, earlier)
    } catch (error) {
      // It is tried again: neither handles nor files must pile up.
      await opening.then(({ file }) => file.close()).catch(() => undefined)
      await removeAll(folder, [`${id}.0`])
      throw error
    }
  }

  private constructor(folder: BlockFolder, id: string, control: Segment, earlier: readonly ReadLog[]) {
    this.id = id
    this.#folder = folder
    this.#control = control.file
    this.#current = control
    this.#read = earlier
    this.#trimmed = Math.max(0, ...earlier.map(({ trimmed }) => trimmed))
    this.#earlier = earlier.map(({ id, names, epoch, mark, lastKey }) => ({ id, names, epoch, mark, lastKey }))
  }

  /** Ids of the logs of earlier openings that were fenced and read. */
  get earlier(): ReadonlySet<string> {
    return new Set(this.#earlier.map(({ id }) => id))
  }

  /** After all rows and marks of earlier openings, trimmed ones too. */
  get nextKey(): number {
    return Math.max(this.#trimmed, Math.max(-1, ...this.#earlier.map(({ lastKey }) => lastKey)) + 1)
  }

  get lastEpoch(): number {
    return Math.max(0, ...this.#earlier.map(({ epoch }) => epoch))
  }

  /** The latest root that an earlier opening published, as far as files tell. */
  get root(): Block | undefined {
    return this.#read.filter(({ root }) => root !== undefined).sort((a, b) => b.epoch - a.epoch)[0]?.root
  }

  /** It has the lease, and its mark is in the log under `mark`. */
  begin(epoch: number, mark: number): void {
    writeWord(this.#control, EPOCH_AT, epoch)
    const bytes = new Uint8Array(8)
    new DataView(bytes.buffer).setFloat64(0, mark, true)
    this.#control.write(bytes, MARK_AT)
  }

  /** Rows and marks of earlier openings from `from` on, in order: once. Logs that end before it are needed no more. */
  takeRows(from: number): readonly LogRow[] {
    this.#forget(({ lastKey }) => lastKey < from)
    const rows: LogRow[] = this.#read.flatMap((log) => log.rows.filter(({ key }) => key >= from))
    for (const { epoch, mark } of this.#earlier) if (epoch > 0 && mark >= from) rows.push({ key: mark, epoch })
    this.#read = []
    return rows.sort((a, b) => a.key - b.key)
  }

  /** Durable when it resolves; `strict`: against a power loss too. Rejects with LEASE_LOST, or as the file does. */
  async append(key: number, rows: readonly Block[], strict: boolean): Promise<void> {
    await this.#write(key, rows, strict)
  }

  /** A copy of what is published, for the day when the other device has lost it. */
  async appendRoot(root: Block): Promise<void> {
    // Two rows a root: keys of their own.
    await this.#write(-2 * ++this.#roots, [root, String(this.#trimmed)], false)
  }

  async #write(key: number, rows: readonly Block[], strict: boolean): Promise<void> {
    if (this.#current.end > SEGMENT_BYTES) await this.#beginSegment()
    if (this.#isClosed) throw new StorageException('The log is closed', { reason: 'CLOSED' })
    const segment = this.#current
    const frame = encodeFrame(key, rows)
    try {
      segment.file.write(frame, segment.end)
      segment.isSynced = false
      if (strict) this.#sync()
    } catch (error) {
      segment.file.truncate(segment.end)
      throw error
    }
    this.#control.read(this.#fence, FENCE_AT)
    if (this.#fence[0] !== OPEN) throw new StorageException('Another host took over this database', { reason: 'LEASE_LOST' })
    segment.end += frame.length
    // In the turn of the write: a trim that came in between would take the segment for one without it. A root's key is below zero.
    segment.lastKey = Math.max(segment.lastKey, key + rows.length - 1)
  }

  /**
   * `root` is published: rows before `end` are in pages, and these on the disk whatever happens. Its copy goes where nothing is
   * cut off, before anything is.
   */
  async trim(end: number, root: Block): Promise<void> {
    if (this.#current.lastKey < end) await this.#beginSegment()
    this.#trimmed = Math.max(this.#trimmed, end)
    try {
      await this.appendRoot(root)
    } finally {
      this.#cut(end)
    }
  }

  /** Nothing is written after it. What is not trimmed stays for the next opening. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const { file } of [this.#current, ...this.#full, ...this.#free]) file.close()
  }

  #cut(end: number): void {
    if (this.#isClosed) return
    this.#forget(({ lastKey }) => lastKey < end)
    const trimmed = this.#full.filter(({ lastKey }) => lastKey < end)
    this.#full = this.#full.filter(({ lastKey }) => lastKey >= end)
    this.#free.push(...trimmed)
    for (const segment of trimmed) {
      segment.file.truncate(LOG_HEADER_BYTES)
      segment.end = LOG_HEADER_BYTES
      segment.lastKey = -1
    }
  }

  /** Nothing survives a power loss without what came before it. */
  #sync(): void {
    for (const segment of [...this.#full, this.#current]) {
      if (!segment.isSynced) segment.file.flush()
      segment.isSynced = true
    }
  }

  /** It was for nothing: nothing was appended. */
  async discard(): Promise<void> {
    this.close()
    await removeAll(this.#folder, [`${this.id}.0`])
  }

  async #beginSegment(): Promise<void> {
    const next = this.#free.pop() ?? (await openSegment(this.#folder, this.id, this.#segments++))
    this.#full.push(this.#current)
    this.#current = next
  }

  /** Removes logs of earlier openings, in the background. */
  #forget(isGone: (log: EarlierLog) => boolean): void {
    const gone = this.#earlier.filter(isGone)
    if (gone.length === 0) return
    this.#earlier = this.#earlier.filter((log) => !gone.includes(log))
    this.#read = this.#read.filter(({ id }) => !gone.some((log) => log.id === id))
    for (const { names } of gone) void removeAll(this.#folder, names)
  }
}

async function openSegment(folder: BlockFolder, id: string, number: number): Promise<Segment> {
  const file = await folder.open(`${id}.${number}`)
  writeWord(file, 0, MAGIC)
  writeWord(file, FORMAT_AT, FORMAT)
  return { file, end: LOG_HEADER_BYTES, isSynced: false, lastKey: -1 }
}

/** In order, so that `.0`, without which the others count for nothing, goes first. */
async function removeAll(folder: BlockFolder, names: readonly string[]): Promise<void> {
  try {
    for (const name of names) await folder.remove(name)
  } catch {
    // Open at a host that is none any more: a later opening tries again.
  }
}

async function readEarlier(folder: BlockFolder, ownId: string): Promise<readonly ReadLog[]> {
  let names = await folder.list()
  const ids = names.filter((name) => name.endsWith('.0') && idOf(name) !== ownId).map(idOf)
  const controls = await Promise.all(ids.map((id) => folder.open(`${id}.0`)))
  const sealed = controls.map((control) => readWord(control, FENCE_AT) === SEALED)
  for (const [index, control] of controls.entries()) if (sealed[index] === false) writeWord(control, FENCE_AT, FENCED)
  // What an old host began after the first look; what it begins after the fence it can't use.
  if (sealed.includes(false)) names = await folder.list()
  const strays = names.filter((name) => idOf(name) !== ownId && !ids.includes(idOf(name)))
  if (strays.length > 0) void removeAll(folder, strays)
  return Promise.all(
    ids.map((id, index) => {
      const own = names.filter((name) => idOf(name) === id).sort((a, b) => numberOf(a) - numberOf(b))
      return readLog(folder, id, own, controls[index] as BlockFile, sealed[index] === true)
    }),
  )
}

/** One earlier log, and closes its files. */
async function readLog(folder: BlockFolder, id: string, names: readonly string[], control: BlockFile, isSealed: boolean): Promise<ReadLog> {
  const opening = names.map((name) => (numberOf(name) === 0 ? Promise.resolve(control) : folder.open(name)))
  const files = await Promise.all(opening)
  const rows: FrameRow[] = []
  const roots = new Map<number, Block>()
  for (const file of files) {
    for (const row of readSegment(file, isSealed)) {
      if (row.key >= 0) rows.push(row)
      else roots.set(row.key, row.block)
    }
  }
  const latest = Math.min(...roots.keys())
  const epoch = readWord(control, EPOCH_AT)
  const mark = readDouble(control, MARK_AT)
  writeWord(control, FENCE_AT, SEALED)
  for (const file of files) file.close()
  const lastKey = rows.reduce((last, { key }) => Math.max(last, key), epoch > 0 ? mark : -1)
  return { id, names, epoch, mark, lastKey, rows, root: roots.get(latest), trimmed: Number(roots.get(latest + 1) ?? 0) }
}

/** Its rows up to the seal, which is set here if there is none. `isSealed`: then a file without a seal has none that count. */
function readSegment(file: BlockFile, isSealed: boolean): readonly FrameRow[] {
  if (readWord(file, FORMAT_AT) > FORMAT) throw new StorageException('The log was written by a newer release', { reason: 'VERSION_CHANGED' })
  const seal = readWord(file, SEALED_AT)
  if (isSealed || seal > 0) return decodeFrames(bytesOf(file, seal)).rows
  let frames = decodeFrames(bytesOf(file, file.size()))
  for (let reads = 1; reads < READS && frames.hasGap; reads++) frames = decodeFrames(bytesOf(file, file.size()))
  writeWord(file, SEALED_AT, frames.end)
  return frames.rows
}

function bytesOf(file: BlockFile, count: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count)
  return bytes.subarray(0, file.read(bytes, 0))
}

function idOf(name: string): string {
  return name.slice(0, name.lastIndexOf('.'))
}

function numberOf(name: string): number {
  return Number(name.slice(name.lastIndexOf('.') + 1))
}

/** Zero where the file ends before it. */
function readWord(file: BlockFile, at: number): number {
  const bytes = new Uint8Array(4)
  file.read(bytes, at)
  return new DataView(bytes.buffer).getUint32(0, true)
}

function readDouble(file: BlockFile, at: number): number {
  const bytes = new Uint8Array(8)
  file.read(bytes, at)
  return new DataView(bytes.buffer).getFloat64(0, true)
}

function writeWord(file: BlockFile, at: number, word: number): void {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, word, true)
  file.write(bytes, at)
}
