// The log in files: what a kill leaves of an append at every byte, damage, take-overs in the middle of anything (S1, S2, S5).
import { describe, expect, it } from 'vitest'
import type { Block } from '../../../src/storage/paged/blocks.ts'
import { FileLog } from '../../../src/storage/paged/file-log.ts'
import { decodeFrames, encodeFrame, LOG_HEADER_BYTES } from '../../../src/storage/paged/log-frame.ts'
import { openPagedStore, type PagedStore } from '../../../src/storage/paged/paged-store.ts'
import { seeded, testEnvironment } from '../environment.ts'
import { FileDisk, openFileDisk } from '../file-disk.ts'
import { MemoryBlockFolder, MemoryFiles } from '../memory-block-folder.ts'
import { entriesOf } from '../store-contract.ts'

const environment = testEnvironment()

function open(disk: FileDisk, delay?: () => Promise<void>): Promise<PagedStore> {
  return openPagedStore({ blocks: openFileDisk(disk, delay === undefined ? {} : { delay }).blocks, environment, logBytes: 5_000 })
}

const rowsIn = (files: MemoryFiles, id: string): Promise<readonly (readonly [number, Block])[]> =>
  FileLog.open(new MemoryBlockFolder(files), id).then((log) => {
    const rows = log.takeRows(0)
    log.close()
    return rows.flatMap((row) => ('block' in row ? [[row.key, row.block] as const] : []))
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
  async function damagedDisk(): Promise<{ disk: FileDisk; control: string }> {
    const disk = new FileDisk()
    const store = await open(disk)
    for (const key of ['a', 'b', 'c']) await store.commit({ writes: [{ key, value: key.repeat(50) }] })
    const [control = ''] = [...disk.logs.files.keys()]
    return { disk, control }
  }
  const reopen = (disk: FileDisk, losses?: string[]): Promise<PagedStore> => {
    const { blocks } = openFileDisk(disk, losses === undefined ? {} : { onLost: (log) => void losses.push(log) })
    return openPagedStore({ blocks, environment, ...(losses !== undefined && { repair: ({ record }: { readonly record: string }) => void losses.push(record) }) })
  }

  it('in the middle is a typed error, and a repair keeps the rows before and after it', async () => {
    const { disk, control } = await damagedDisk()
    const bytes = disk.logs.files.get(control) ?? new Uint8Array()
    const at = Buffer.from(bytes).indexOf('bbb')
    bytes.fill(0x58, at, at + 1)
    await expect(reopen(disk)).rejects.toMatchObject({ reason: 'DAMAGED', detail: 'log:2' })
    const losses: string[] = []
    const store = await reopen(disk, losses)
    expect((await entriesOf(store)).map(([key]) => key)).toEqual(['a', 'c'])
    expect(losses).toEqual(['log:2'])
    await store.close()
  })

  it('of the whole file, as if the browser had lost it, is a typed error too', async () => {
    const { disk, control } = await damagedDisk()
    disk.logs.files.delete(control)
    await expect(reopen(disk)).rejects.toMatchObject({ reason: 'DAMAGED' })
    const losses: string[] = []
    const store = await reopen(disk, losses)
    expect(losses).toEqual([control.slice(0, -2)])
    await store.commit({ writes: [{ key: 'd', value: 'later' }] })
    await store.close()
    const next = await reopen(disk)
    expect(await entriesOf(next)).toEqual([['d', 'later']])
    await next.close()
  })

  it('is not what a newer format is', async () => {
    const { disk, control } = await damagedDisk()
    disk.logs.files.get(control)?.fill(9, 4, 5)
    await expect(reopen(disk)).rejects.toMatchObject({ reason: 'VERSION_CHANGED' })
  })
})

describe('files of a log', () => {
  it('are used again once they are trimmed, and go with the opening after the next', async () => {
    const disk = new FileDisk()
    const files = disk.logs
    const store = await open(disk)
    const big = 'x'.repeat(300_000)
    for (let round = 0; round < 60; round++) {
      await store.commit({ writes: [{ key: `k${round}`, value: big }] })
      if (round % 20 === 19) await store.flush()
    }
    expect(files.files.size).toBeLessThanOrEqual(4)
    await store.close()
    // A copy of the root.
    expect(files.storedBytes).toBeLessThan(LOG_HEADER_BYTES * files.files.size + 2000)
    const next = await open(disk)
    await next.commit({ writes: [{ key: 'z', value: '1' }] })
    expect(files.files.size).toBe(1)
    await next.close()
  })

  it('are synced for a strict commit, and those before it too', async () => {
    const disk = new FileDisk()
    const files = disk.logs
    const store = await open(disk)
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
      const disk = new FileDisk()
      const turns = async (): Promise<void> => {
        for (let turn = Math.floor(random() * 6); turn >= 0; turn--) await Promise.resolve()
      }
      const acknowledged: string[] = []
      let opened = 0
      const hosts: Promise<void>[] = []
      const live = async (host: number): Promise<void> => {
        let store: PagedStore
        try {
          store = await open(disk, turns)
        } catch (error) {
          expect(error).toMatchObject({ reason: 'LEASE_LOST' })
          return
        }
        opened = Math.max(opened, store.epoch)
        let after = 0
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
          if (hosts.length === 6 && ++after > 20) return store.close()
        }
      }
      for (let host = 0; host <= 5; host++) {
        hosts.push(live(host))
        for (let turn = Math.floor(random() * (random() < 0.5 ? 40 : 400)); turn >= 0; turn--) await Promise.resolve()
      }
      await Promise.all(hosts)
      const last = await open(disk)
      const there = new Set((await entriesOf(last)).map(([key]) => key))
      expect(acknowledged.filter((key) => !there.has(key)), `seed ${seed}`).toEqual([])
      await last.close()
    }
  })
})
