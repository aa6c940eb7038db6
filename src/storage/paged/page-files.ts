// Blocks (pages and directory nodes) in files: appended to files of some 16 MB, read synchronously, never changed. One is found
// by its id: ids rise, and a file `p<id>` holds what was written from that id on. Every opening has ids of its own, hence files of its own, so an
// old host can write into nobody's pages (S5). A file goes when nothing of it is wanted; what is left of one that is
// mostly dead is copied to a file `m<…>` first. Invariant: what is here under an id is that id's block, or nothing.
import type { BlockFile, BlockFolder } from './block-files.ts'
import { blockAsBytes, readBlock } from './block-bytes.ts'
import type { Block, IdRange, NamedBlock } from './blocks.ts'

/** Words before each block: magic ("HFPG"), its bytes * 4 + kind, id (a double). Blocks are padded to whole words. */
const FRAME_BYTES = 16
const MAGIC = 0x47504648
/** A new file begins beyond it. */
const FILE_BYTES = 16 * 1024 * 1024
/** Synced as often, so that no one wait is long. */
const SYNC_BYTES = 512 * 1024
/** A file of which less is alive is worth copying. */
const SPARSE_SHARE = 0.5
/** Of a file's size: copied in one go. */
const COPY_SHARE = 1 / 32

const passing = new Uint8Array(64 * 1024)

interface Place {
  readonly at: number
  readonly bytes: number
  readonly kind: number
}

/** One file; what it holds is known once it is loaded. */
class PageFile {
  readonly name: string
  readonly firstId: number
  readonly places = new Map<number, Place>()
  file: BlockFile | undefined
  loading: Promise<void> | undefined
  end = 0
  liveBytes = 0
  hasDead = false

  constructor(name: string, firstId: number) {
    this.name = name
    this.firstId = firstId
  }

  get isSparse(): boolean {
    return this.liveBytes < this.end * SPARSE_SHARE
  }

  add(id: number, place: Place): void {
    this.places.set(id, place)
    this.liveBytes += place.bytes
  }

  /** Whether it was there. */
  drop(id: number): boolean {
    const place = this.places.get(id)
    if (place === undefined) return false
    this.liveBytes -= place.bytes
    this.hasDead = true
    return this.places.delete(id)
  }

  read(place: Place): Block {
    return this.#readInto(new Uint8Array(place.bytes), place)
  }

  /** Good until the next call: a buffer for each page would cost more than reading it. */
  readPassing(place: Place): Block {
    if (place.bytes > passing.length) return this.read(place)
    return this.#readInto(passing.subarray(0, place.bytes), place)
  }

  #readInto(buffer: Uint8Array<ArrayBuffer>, { at, kind }: Place): Block {
    this.file?.read(buffer, at)
    return readBlock(buffer, kind)
  }

  async load(folder: BlockFolder): Promise<void> {
    const file = await folder.open(this.name)
    const size = file.size()
    const head = new DataView(new ArrayBuffer(FRAME_BYTES))
    for (let at = 0; at + FRAME_BYTES <= size; ) {
      file.read(new Uint8Array(head.buffer), at)
      const frame = frameIn(head, at, size)
      if (frame === undefined) {
        // Torn by a kill, with nothing behind it; or damaged, and the pages behind it are found again.
        at = nextFrame(file, at + 4, size)
        continue
      }
      this.add(frame.id, frame.place)
      at = frame.next
      this.end = at
    }
    this.file = file
  }
}

interface Frame {
  readonly id: number
  readonly place: Place
  readonly next: number
}

function frameIn(head: DataView, at: number, size: number): Frame | undefined {
  const word = head.getUint32(4, true)
  const id = head.getFloat64(8, true)
  const next = at + FRAME_BYTES + padded(word >>> 2)
  if (head.getUint32(0, true) !== MAGIC || next > size || !Number.isSafeInteger(id) || id < 0) return undefined
  return { id, place: { at: at + FRAME_BYTES, bytes: word >>> 2, kind: word & 3 }, next }
}

/** Where the next whole frame begins, or the file ends. */
function nextFrame(file: BlockFile, from: number, size: number): number {
  const rest = new Uint8Array(size - from)
  const view = new DataView(rest.buffer, 0, file.read(rest, from))
  for (let at = 0; at + FRAME_BYTES <= view.byteLength; at += 4) {
    if (frameIn(new DataView(rest.buffer, at, FRAME_BYTES), from + at, size) !== undefined) return from + at
  }
  return size
}

export class PageFiles {
  #folder: BlockFolder
  #newName: () => string
  #fileBytes: number
  /** By rising first ids, but for the copies. Those of earlier openings once they are asked for. */
  #files: PageFile[] = []
  #copies: PageFile[] = []
  #listing: Promise<void> | undefined
  /** Of this opening: where pages, and copies, are appended. */
  #current: PageFile | undefined
  #currentCopies: PageFile | undefined
  #highestId = -1
  /** Made by this opening: nothing else is in them but what it put there. */
  #own = new Set<PageFile>()
  #unsyncedBytes = 0
  #unsynced = new Set<PageFile>()
  /** What was dropped of files that are not loaded. */
  #drops: IdRange[] = []
  /** Whether the files of earlier openings know what is alive. */
  #isSwept = false
  /** Not only sparse files are copied, but all that hold anything dead. */
  #isThorough = false
  #isClosed = false

  /** `newName`: never used before. Nothing is looked at before the first read: then all is there that a root refers to. */
  constructor(folder: BlockFolder, newName: () => string, fileBytes = FILE_BYTES) {
    this.#folder = folder
    this.#newName = newName
    this.#fileBytes = fileBytes
  }

  /** Undefined where there is none. */
  async read(ids: readonly number[]): Promise<readonly (Block | undefined)[]> {
    const blocks: (Block | undefined)[] = []
    for (const id of ids) blocks.push(this.#readLoaded(id) ?? (await this.#readLoading(id)))
    return blocks
  }

  /** Where its file is loaded. Good until the next call. */
  readNow(id: number): Block | undefined {
    const file = this.#fileOf(id)
    const place = file?.places.get(id)
    if (file !== undefined && place !== undefined) return file.readPassing(place)
    for (const copies of this.#copies) {
      const copied = copies.places.get(id)
      if (copied !== undefined) return copies.readPassing(copied)
    }
    return undefined
  }

  /** Ids of this opening. All or nothing. */
  async write(blocks: readonly NamedBlock[]): Promise<void> {
    if (blocks.length === 0) return
    const ids = blocks.map(({ id }) => id)
    const lowest = Math.min(...ids)
    const isRising = lowest > this.#highestId
    this.#highestId = Math.max(this.#highestId, ...ids)
    // Files by id don't overlap. What was given its id earlier than others that are written is looked for among the copies.
    if (!isRising) return this.#append(await this.#openCopies(), blocks)
    if (this.#current === undefined || this.#current.end > this.#fileBytes) this.#current = await this.#begin(`p${lowest}`, lowest)
    this.#append(this.#current, blocks)
  }

  /** Nobody wants them any more. */
  drop(ranges: readonly IdRange[]): void {
    for (const range of ranges) {
      this.#drops.push(range)
      for (const file of this.#all()) dropOf(file, range)
    }
    if (this.#isSwept) this.#drops = []
    this.#removeEmpty()
  }

  /** What was written survives a power loss from here on. */
  sync(): void {
    for (const { file } of this.#unsynced) file?.flush()
    this.#unsynced.clear()
    this.#unsyncedBytes = 0
  }

  /** Files of earlier openings may hold what nobody wants any more. */
  get wantsSweep(): boolean {
    return !this.#isSwept
  }

  /** Of the pages below `below` only these are wanted. */
  async sweep(wanted: ReadonlySet<number>, below: number): Promise<void> {
    await this.#list()
    // A copy whose original was not removed any more counts for nothing.
    const seen = new Set<number>()
    for (const file of this.#all()) {
      if (this.#own.has(file)) continue
      await this.#load(file)
      for (const id of file.places.keys()) {
        if (id < below && (!wanted.has(id) || seen.has(id))) file.drop(id)
        seen.add(id)
      }
    }
    this.#drops = []
    this.#isSwept = true
    this.#removeEmpty()
  }

  /** More than half of a file that is written no more is of no use. */
  get hasGarbage(): boolean {
    return this.#sparse() !== undefined
  }

  /** Nothing dead shall stay in any file: from here on until all is collected. */
  beThorough(): void {
    this.#isThorough = true
    this.#current = undefined
    this.#currentCopies = undefined
  }

  /** Copies what is alive of a sparse file, some of it a call, and removes the file. */
  async collect(): Promise<void> {
    const file = this.#sparse()
    if (file === undefined) {
      this.#isThorough = false
      return
    }
    let bytes = 0
    const copied: NamedBlock[] = []
    for (const [id, place] of file.places) {
      if (bytes > this.#fileBytes * COPY_SHARE) break
      copied.push({ id, block: file.read(place) })
      bytes += place.bytes
    }
    if (copied.length > 0) {
      this.#append(await this.#openCopies(), copied)
      if (file.places.size === copied.length) this.sync()
      for (const { id } of copied) file.drop(id)
    }
    this.#removeEmpty()
  }

  /** Alive, as far as files are loaded; for tests and tools. */
  get blockCount(): number {
    return this.#all().reduce((sum, { places }) => sum + places.size, 0)
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const { file } of this.#all()) file?.close()
  }

  #all(): PageFile[] {
    return [...this.#files, ...this.#copies]
  }

  /** The files of earlier openings. */
  #list(): Promise<void> {
    this.#listing ??= this.#folder.list().then(
      (names) => {
        const known = new Set(this.#all().map(({ name }) => name))
        const files = names.filter((name) => !known.has(name)).map((name) => new PageFile(name, name.startsWith('p') ? Number(name.slice(1)) : -1))
        this.#files = [...files.filter(({ firstId }) => firstId >= 0), ...this.#files].sort((a, b) => a.firstId - b.firstId)
        this.#copies.push(...files.filter(({ firstId }) => firstId < 0))
      },
      (error: unknown) => {
        this.#listing = undefined
        throw error
      },
    )
    return this.#listing
  }

  #readLoaded(id: number): Block | undefined {
    for (const file of [this.#fileOf(id), ...this.#copies]) {
      const place = file?.places.get(id)
      if (file !== undefined && place !== undefined) return file.read(place)
    }
    return undefined
  }

  async #readLoading(id: number): Promise<Block | undefined> {
    await this.#list()
    const file = this.#fileOf(id)
    if (file !== undefined) await this.#load(file)
    if (file?.places.has(id) !== true) await Promise.all(this.#copies.map((copies) => this.#load(copies)))
    return this.#readLoaded(id)
  }

  /** Where the page was written first. */
  #fileOf(id: number): PageFile | undefined {
    let low = 0
    let high = this.#files.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#files[middle] as PageFile).firstId <= id) low = middle + 1
      else high = middle
    }
    return this.#files[low - 1]
  }

  #load(file: PageFile): Promise<void> {
    if (isLoaded(file)) return Promise.resolve()
    file.loading ??= file.load(this.#folder).then(
      () => {
        for (const range of this.#drops) dropOf(file, range)
        if (this.#isClosed) file.file?.close()
      },
      (error: unknown) => {
        file.loading = undefined
        throw error
      },
    )
    return file.loading
  }

  async #openCopies(): Promise<PageFile> {
    if (this.#currentCopies === undefined || this.#currentCopies.end > this.#fileBytes) {
      this.#currentCopies = await this.#begin(`m${this.#newName()}`, -1)
    }
    return this.#currentCopies
  }

  async #begin(name: string, firstId: number): Promise<PageFile> {
    const file = new PageFile(name, firstId)
    file.file = await this.#folder.open(name)
    file.file.truncate(0)
    this.#own.add(file)
    if (firstId >= 0) this.#files.push(file)
    else this.#copies.push(file)
    return file
  }

  #append(target: PageFile, pages: readonly NamedBlock[]): void {
    const start = target.end
    const places: [number, Place][] = []
    try {
      for (const { id, block } of pages) {
        const [bytes, kind] = blockAsBytes(block)
        target.file?.write(frameHead(id, bytes.length, kind), target.end)
        target.file?.write(bytes, target.end + FRAME_BYTES)
        places.push([id, { at: target.end + FRAME_BYTES, bytes: bytes.length, kind }])
        target.end += FRAME_BYTES + padded(bytes.length)
      }
      // The next head must not be taken for the last block's end.
      if (target.file !== undefined && target.file.size() < target.end) target.file.truncate(target.end)
    } catch (error) {
      target.end = start
      target.file?.truncate(start)
      throw error
    }
    for (const [id, place] of places) target.add(id, place)
    this.#unsynced.add(target)
    this.#unsyncedBytes += target.end - start
    if (this.#unsyncedBytes > SYNC_BYTES) this.sync()
  }

  #sparse(): PageFile | undefined {
    const isDone = (file: PageFile): boolean => isLoaded(file) && file !== this.#current && file !== this.#currentCopies && (this.#isSwept || this.#own.has(file))
    return this.#all().find((file) => isDone(file) && (file.isSparse || (this.#isThorough && file.hasDead)))
  }

  #removeEmpty(): void {
    const isEmpty = (file: PageFile): boolean =>
      isLoaded(file) && file.places.size === 0 && file !== this.#current && file !== this.#currentCopies
    const empty = this.#all().filter(isEmpty)
    if (empty.length === 0) return
    this.#files = this.#files.filter((file) => !empty.includes(file))
    this.#copies = this.#copies.filter((file) => !empty.includes(file))
    for (const file of empty) {
      file.file?.close()
      this.#unsynced.delete(file)
      // Open at an old host: a later opening's sweep finds it empty.
      this.#folder.remove(file.name).catch(() => undefined)
    }
  }
}

function isLoaded(file: PageFile): boolean {
  return file.file !== undefined
}

function dropOf(file: PageFile, { from, to }: IdRange): void {
  if (to - from <= file.places.size) for (let id = from; id < to; id++) file.drop(id)
  else for (const id of file.places.keys()) if (id >= from && id < to) file.drop(id)
}

const head = new DataView(new ArrayBuffer(FRAME_BYTES))

/** Valid until the next call. */
function frameHead(id: number, bytes: number, kind: number): Uint8Array {
  head.setUint32(0, MAGIC, true)
  head.setUint32(4, bytes * 4 + kind, true)
  head.setFloat64(8, id, true)
  return new Uint8Array(head.buffer)
}

function padded(bytes: number): number {
  return (bytes + 3) & ~3
}
