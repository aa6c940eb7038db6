// The log of one opening in files of its own, `<id>.0`, `<id>.1`, …: each a header and frames (log-frame.ts). An append is
// one synchronous write. The header of `<id>.0` holds the fence. A take-over closes the fence first and reads the files
// then; an append writes first and looks at the fence then. So either the take-over reads what was appended, or the
// append is refused: with no clock, and however long either is frozen in between (S5).
// Files of one opening are written by that opening only; a take-over seals their length, so that what an old host still
// writes behind it counts for nothing, for later openings too.
import { StorageException } from '../../model/errors.ts'
import type { Block } from './blocks.ts'
import type { BlockFile, BlockFolder } from './block-files.ts'
import { decodeFrames, encodeFrame, type FrameRow, LOG_HEADER_BYTES } from './log-frame.ts'

/** "HFLG" and the format: what the log's own opening writes of a header. */
const MAGIC = 0x474c4648
const FORMAT = 1
const FORMAT_AT = 4
/** Words that are zero until a take-over writes them: the fence, in `<id>.0` only, and the bytes that count. */
const FENCE_AT = 8
const SEALED_AT = 12
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
  /** -1: it has no rows. */
  readonly lastKey: number
}
interface ReadLog extends EarlierLog {
  readonly rows: readonly FrameRow[]
}
interface Segment {
  readonly file: BlockFile
  end: number
  /** -1: it has no rows. */
  lastKey: number
}

export class FileLog {
  readonly id: string
  #folder: BlockFolder
  #earlier: readonly EarlierLog[]
  /** Of the earlier logs, until they are taken. */
  #rows: readonly ReadLog[]
  /** Bears the fence. */
  #control: BlockFile
  #current: Segment
  #full: Segment[] = []
  #free: Segment[] = []
  #segments = 1
  #fence = new Uint8Array(4)
  #isClosed = false

  /** Fences and reads the logs of earlier openings, and begins one of its own under an `id` never used before. */
  static async open(folder: BlockFolder, id: string): Promise<FileLog> {
    const [earlier, control] = await Promise.all([readEarlier(folder, id), openSegment(folder, id, 0)])
    return new FileLog(folder, id, control, earlier)
  }

  private constructor(folder: BlockFolder, id: string, control: Segment, earlier: readonly ReadLog[]) {
    this.id = id
    this.#folder = folder
    this.#control = control.file
    this.#current = control
    this.#rows = earlier
    this.#earlier = earlier.map(({ id, names, lastKey }) => ({ id, names, lastKey }))
  }

  /** The logs of earlier openings that were fenced and read, with their last keys; -1: no rows. */
  get earlier(): ReadonlyMap<string, number> {
    return new Map(this.#earlier.map(({ id, lastKey }) => [id, lastKey]))
  }

  /** Nobody wants anything of these logs. */
  forget(ids: readonly string[]): void {
    this.#forget(({ id }) => ids.includes(id))
  }

  /** Rows of earlier openings from `from` on, in order: once. Those before it are needed no more. */
  takeRows(from: number): readonly FrameRow[] {
    this.#forget(({ lastKey }) => lastKey < from)
    const rows = this.#rows.flatMap((log) => log.rows.filter(({ key }) => key >= from)).sort((a, b) => a.key - b.key)
    this.#rows = []
    return rows
  }

  /** Durable when it resolves; `strict`: against a power loss too. Rejects with LEASE_LOST, or as the file does. */
  async append(key: number, rows: readonly Block[], strict: boolean): Promise<void> {
    if (this.#current.end > SEGMENT_BYTES) await this.#beginSegment()
    if (this.#isClosed) throw new StorageException('The log is closed', { reason: 'CLOSED' })
    const segment = this.#current
    const frame = encodeFrame(key, rows)
    try {
      segment.file.write(frame, segment.end)
      if (strict) segment.file.flush()
    } catch (error) {
      segment.file.truncate(segment.end)
      throw error
    }
    this.#control.read(this.#fence, FENCE_AT)
    if (this.#fence[0] !== OPEN) throw new StorageException('Another host took over this database', { reason: 'LEASE_LOST' })
    segment.end += frame.length
    segment.lastKey = key + rows.length - 1
  }

  /** Rows before `end` are in pages, and these on the disk whatever happens. */
  trim(end: number): void {
    if (this.#isClosed) return
    this.#forget(({ lastKey }) => lastKey < end)
    const trimmed = this.#full.filter(({ lastKey }) => lastKey < end)
    this.#full = this.#full.filter(({ lastKey }) => lastKey >= end)
    this.#free.push(...trimmed)
    for (const segment of [...trimmed, ...(this.#current.lastKey < end ? [this.#current] : [])]) {
      segment.file.truncate(LOG_HEADER_BYTES)
      segment.end = LOG_HEADER_BYTES
      segment.lastKey = -1
    }
  }

  /** Nothing is written after it. What is not trimmed stays for the next opening. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const { file } of [this.#current, ...this.#full, ...this.#free]) file.close()
  }

  /** It was for nothing: nothing was appended. */
  async discard(): Promise<void> {
    this.close()
    await removeAll(this.#folder, [`${this.id}.0`])
  }

  async #beginSegment(): Promise<void> {
    // What comes after it may be strict, and must not survive a power loss alone.
    this.#current.file.flush()
    const next = this.#free.pop() ?? (await openSegment(this.#folder, this.id, this.#segments++))
    this.#full.push(this.#current)
    this.#current = next
  }

  /** Removes logs of earlier openings, in the background. */
  #forget(isGone: (log: EarlierLog) => boolean): void {
    const gone = this.#earlier.filter(isGone)
    if (gone.length === 0) return
    this.#earlier = this.#earlier.filter((log) => !gone.includes(log))
    this.#rows = this.#rows.filter(({ id }) => !gone.some((log) => log.id === id))
    for (const { names } of gone) void removeAll(this.#folder, names)
  }
}

async function openSegment(folder: BlockFolder, id: string, number: number): Promise<Segment> {
  const file = await folder.open(`${id}.${number}`)
  writeWord(file, 0, MAGIC)
  writeWord(file, FORMAT_AT, FORMAT)
  return { file, end: LOG_HEADER_BYTES, lastKey: -1 }
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
  for (const file of files) for (const row of readSegment(file, isSealed)) rows.push(row)
  writeWord(control, FENCE_AT, SEALED)
  for (const file of files) file.close()
  return { id, names, rows, lastKey: rows.reduce((last, { key }) => Math.max(last, key), -1) }
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

function writeWord(file: BlockFile, at: number, word: number): void {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, word, true)
  file.write(bytes, at)
}
