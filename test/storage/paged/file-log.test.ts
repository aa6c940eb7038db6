// The log in files: what a kill leaves of an append at every byte, damage, take-overs in the middle of anything (S1, S2, S5).
import { describe, expect, it } from 'vitest'
import type { Block } from '../../../src/storage/paged/blocks.ts'
import { FileLog } from '../../../src/storage/paged/file-log.ts'
import { FileLoggedBlocks } from '../../../src/storage/paged/file-logged-blocks.ts'
import { decodeFrames, encodeFrame, LOG_HEADER_BYTES } from '../../../src/storage/paged/log-frame.ts'
import { MemoryBlocks, MemoryDevice } from '../../../src/storage/paged/memory-blocks.ts'
import { openPagedStore, type PagedStore } from '../../../src/storage/paged/paged-store.ts'
import { seeded, testEnvironment } from '../environment.ts'
import { MemoryFiles, MemoryLogFolder } from '../memory-log-folder.ts'
import { entriesOf } from '../store-contract.ts'

const environment = testEnvironment()

function open(device: MemoryDevice, files: MemoryFiles, delay?: () => Promise<void>): Promise<PagedStore> {
  const delayed = delay === undefined ? {} : { delay }
  return openPagedStore({
    blocks: new FileLoggedBlocks({
      blocks: new MemoryBlocks(device, delayed),
      folder: new MemoryLogFolder(files, delayed),
      randomUuid: () => crypto.randomUUID(),
    }),
    environment,
    logBytes: 5_000,
  })
}

const rowsIn = (files: MemoryFiles, id: string): Promise<readonly (readonly [number, Block])[]> =>
  FileLog.open(new MemoryLogFolder(files), id).then((log) => {
    const rows = log.takeRows(0)
    log.close()
    return rows.map(({ key, block }) => [key, block] as const)
  })

describe('frames', () => {
  it('hold rows of every kind: narrow and wide text, halves of a pair, bytes, nothing', () => {
    const rows: Block[] = ['plain', '\u0000\u00ff', '語😀', '\ud83d', '', new Uint8Array([0, 255, 7]), '\ufeffmark']
    const file = new Uint8Array(LOG_HEADER_BYTES + 1000)
    file.set(encodeFrame(41, rows), LOG_HEADER_BYTES)
    expect(decodeFrames(file).rows).toEqual(rows.map((block, index) => ({ key: 41 + index, block })))
  })

  it('survive growth beyond what was kept of the last one', () => {
    const large = 'x'.repeat(400_000)
    const file = new Uint8Array(LOG_HEADER_BYTES + 500_000)
    const frame = encodeFrame(1, [large, 'y'])
    file.set(frame, LOG_HEADER_BYTES)
    file.set(encodeFrame(3, ['small']), LOG_HEADER_BYTES + frame.length)
    expect(decodeFrames(file).rows.map(({ key, block }) => [key, block.length])).toEqual([[1, 400_000], [2, 1], [3, 5]])
  })
})

describe('S2: an append that a kill tore off', () => {
  it('is not there, at whatever byte, and what came before it is', async () => {
    const frame = (key: number, rows: Block[]): Uint8Array => encodeFrame(key, rows).slice()
    const [first, second] = [frame(0, ['one', 'two']), frame(2, ['three', 'four', 'five'])]
    for (let cut = 0; cut <= second.length; cut++) {
      const files = new MemoryFiles()
      const bytes = new Uint8Array(LOG_HEADER_BYTES + first.length + cut)
      bytes.set(first, LOG_HEADER_BYTES)
      bytes.set(second.subarray(0, cut), LOG_HEADER_BYTES + first.length)
      files.files.set('dead.0', bytes)
      const found = await rowsIn(files, 'next')
      expect(found.map(([, block]) => block), `cut at ${cut}`).toEqual(cut === second.length ? ['one', 'two', 'three', 'four', 'five'] : ['one', 'two'])
    }
  })

  it('goes too where a power loss left nulls or other bytes of it', async () => {
    const files = new MemoryFiles()
    const frame = encodeFrame(0, ['one']).slice()
    for (const tail of [new Uint8Array(4096), encodeFrame(1, ['two', 'x'.repeat(200)]).slice().fill(0, 60)]) {
      const bytes = new Uint8Array(LOG_HEADER_BYTES + frame.length + tail.length)
      bytes.set(frame, LOG_HEADER_BYTES)
      bytes.set(tail, LOG_HEADER_BYTES + frame.length)
      files.files.set('dead.0', bytes)
      expect(await rowsIn(files, crypto.randomUUID())).toEqual([[0, 'one']])
    }
  })
})

describe('damage of a log in files', () => {
  async function damagedDisk(): Promise<{ device: MemoryDevice; files: MemoryFiles; control: string }> {
    const device = new MemoryDevice()
    const files = new MemoryFiles()
    const store = await open(device, files)
    for (const key of ['a', 'b', 'c']) await store.commit({ writes: [{ key, value: key.repeat(50) }] })
    const [control = ''] = [...files.files.keys()]
    return { device, files, control }
  }
  const reopen = (device: MemoryDevice, files: MemoryFiles, losses?: string[]): Promise<PagedStore> => {
    const onLost = losses === undefined ? {} : { onLost: (log: string) => void losses.push(log) }
    const blocks = new FileLoggedBlocks({ blocks: new MemoryBlocks(device), folder: new MemoryLogFolder(files), randomUuid: () => crypto.randomUUID(), ...onLost })
    return openPagedStore({ blocks, environment, ...(losses !== undefined && { repair: ({ record }: { readonly record: string }) => void losses.push(record) }) })
  }

  it('in the middle is a typed error, and a repair keeps the rows before and after it', async () => {
    const { device, files, control } = await damagedDisk()
    const bytes = files.files.get(control) ?? new Uint8Array()
    const at = Buffer.from(bytes).indexOf('bbb')
    bytes.fill(0x58, at, at + 1)
    await expect(reopen(device, files)).rejects.toMatchObject({ reason: 'DAMAGED', detail: 'log:2' })
    const losses: string[] = []
    const store = await reopen(device, files, losses)
    expect((await entriesOf(store)).map(([key]) => key)).toEqual(['a', 'c'])
    expect(losses).toEqual(['log:2'])
    await store.close()
  })

  it('of the whole file, as if the browser had lost it, is a typed error too', async () => {
    const { device, files, control } = await damagedDisk()
    files.files.delete(control)
    await expect(reopen(device, files)).rejects.toMatchObject({ reason: 'DAMAGED' })
    const losses: string[] = []
    const store = await reopen(device, files, losses)
    expect(losses).toEqual([control.slice(0, -2)])
    await store.commit({ writes: [{ key: 'd', value: 'later' }] })
    await store.close()
    const next = await reopen(device, files)
    expect(await entriesOf(next)).toEqual([['d', 'later']])
    await next.close()
  })

  it('is not what a database deleted without its log files is: it begins empty', async () => {
    const { files } = await damagedDisk()
    const device = new MemoryDevice()
    const store = await reopen(device, files)
    expect(await entriesOf(store)).toEqual([])
    await store.commit({ writes: [{ key: 'd', value: 'new' }] })
    const next = await reopen(device, files)
    expect(await entriesOf(next)).toEqual([['d', 'new']])
    await next.close()
  })

  it('is not what a newer format is', async () => {
    const { device, files, control } = await damagedDisk()
    files.files.get(control)?.fill(9, 4, 5)
    await expect(reopen(device, files)).rejects.toMatchObject({ reason: 'VERSION_CHANGED' })
  })
})

describe('files of a log', () => {
  it('are used again once they are trimmed, and go with the opening after the next', async () => {
    const device = new MemoryDevice()
    const files = new MemoryFiles()
    const store = await open(device, files)
    const big = 'x'.repeat(300_000)
    for (let round = 0; round < 60; round++) {
      await store.commit({ writes: [{ key: `k${round}`, value: big }] })
      if (round % 20 === 19) await store.flush()
    }
    expect(files.files.size).toBeLessThanOrEqual(4)
    await store.close()
    expect(files.storedBytes).toBe(LOG_HEADER_BYTES * files.files.size)
    const next = await open(device, files)
    await next.commit({ writes: [{ key: 'z', value: '1' }] })
    expect(files.files.size).toBe(1)
    await next.close()
  })

  it('are synced for a strict commit, and those before it too', async () => {
    const files = new MemoryFiles()
    const store = await open(new MemoryDevice(), files)
    await store.commit({ writes: [{ key: 'a', value: '1' }] })
    expect(files.calls).not.toContain('flush')
    await store.commit({ writes: [{ key: 'b', value: '1' }], durability: 'strict' })
    expect(files.calls).toContain('flush')
    await store.close()
  })
})

describe('S5: take-overs at random moments', () => {
  it('never lose what any host acknowledged, and no host acknowledges after the next one opened', async () => {
    for (let seed = 1; seed <= Number(process.env['HOLDFAST_RUNS'] ?? 12) * 5; seed++) {
      const random = seeded(seed)
      const device = new MemoryDevice()
      const files = new MemoryFiles()
      const turns = async (): Promise<void> => {
        for (let turn = Math.floor(random() * 6); turn >= 0; turn--) await Promise.resolve()
      }
      const acknowledged: string[] = []
      let opened = 0
      const live = async (host: number): Promise<void> => {
        let store: PagedStore
        try {
          store = await open(device, files, turns)
        } catch (error) {
          expect(error).toMatchObject({ reason: 'LEASE_LOST' })
          return
        }
        opened = Math.max(opened, store.epoch)
        for (let commit = 0; ; commit++) {
          const key = `${host}:${commit}`
          try {
            await store.commit({ writes: [{ key, value: 'x'.repeat(Math.floor(random() * 900)) }] })
          } catch (error) {
            expect(error).toMatchObject({ reason: 'LEASE_LOST' })
            return
          }
          expect(store.epoch, `seed ${seed}: an answer of an old host`).toBe(opened)
          acknowledged.push(key)
          if (host === 5 && commit > 20) return store.close()
        }
      }
      const hosts: Promise<void>[] = []
      for (let host = 0; host <= 5; host++) {
        hosts.push(live(host))
        for (let turn = Math.floor(random() * (random() < 0.5 ? 40 : 400)); turn >= 0; turn--) await Promise.resolve()
      }
      await Promise.all(hosts)
      const last = await open(device, files)
      const there = new Set((await entriesOf(last)).map(([key]) => key))
      expect(acknowledged.filter((key) => !there.has(key)), `seed ${seed}`).toEqual([])
      await last.close()
    }
  })
})
