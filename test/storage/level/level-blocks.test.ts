// The blocks in a LevelDB directory: what the paged store relies on, and what happens when LevelDB fails.
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClassicLevel } from 'classic-level'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LevelBlocks } from '../../../src/storage/level/level-blocks.ts'
import { LevelDevice } from '../../../src/storage/level/level-device.ts'
import type { LevelDatabase } from '../../../src/storage/level/level-device.ts'
import type { Publication } from '../../../src/storage/paged/blocks.ts'

let directory = ''
const devices: LevelDevice[] = []

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'holdfast-level-'))
})
afterEach(async () => {
  for (const device of devices.splice(0)) await device.close()
  await rm(directory, { recursive: true, force: true })
})

async function openDevice(create?: (directory: string) => LevelDatabase, where = join(directory, 'db')): Promise<LevelDevice> {
  const device = await LevelDevice.open(where, create)
  devices.push(device)
  return device
}

async function openBlocks(device: LevelDevice): Promise<LevelBlocks> {
  const blocks = new LevelBlocks(device)
  await blocks.takeOver()
  return blocks
}

const publication = (root: string, more: Partial<Publication> = {}): Publication => ({
  root,
  nodes: [],
  deadNodes: [],
  deadPages: [],
  trim: [],
  durability: 'relaxed',
  ...more,
})

describe('LevelBlocks', () => {
  it('keeps log, pages, nodes and root over openings, with every kind of text and bytes', async () => {
    const device = await openDevice()
    const first = new LevelBlocks(device)
    expect(await first.takeOver()).toEqual({ epoch: 1, nextLogKey: 1, root: undefined })
    const blocks = ['plain', 'ä\xff\0', '日本', 'lone \ud800', '', 'epoch 7', new Uint8Array([0, 255, 3])]
    await first.append(1, blocks, 'relaxed')
    await first.append(8, ['later'], 'strict')
    await first.writePages(blocks.map((block, id) => ({ id: id * 1000, block })))
    await first.publish(publication('root 1', { nodes: [{ id: 2 ** 40, block: 'node' }] }))
    await first.close()
    const second = new LevelBlocks(device)
    expect(await second.takeOver()).toEqual({ epoch: 2, nextLogKey: 10, root: 'root 1' })
    expect(await second.readLog(1)).toEqual([...blocks.map((block, index) => ({ key: index + 1, block })), { key: 8, block: 'later' }, { key: 9, epoch: 2 }])
    expect((await second.readLog(0))[0]).toEqual({ key: 0, epoch: 1 })
    expect(await second.readPages([0, 1000, 1, 6000])).toEqual(['plain', 'ä\xff\0', undefined, new Uint8Array([0, 255, 3])])
    expect(await second.readNodes([2 ** 40, 5])).toEqual(['node', undefined])
    await expect(first.readPages([0])).rejects.toMatchObject({ reason: 'CLOSED' })
  })

  it('deletes what a publication declares dead, and nothing beside it', async () => {
    const blocks = await openBlocks(await openDevice())
    await blocks.append(1, ['a', 'b', 'c'], 'relaxed')
    await blocks.writePages([10, 11, 12, 300].map((id) => ({ id, block: `page ${id}` })))
    await blocks.publish(publication('root', { nodes: [{ id: 1, block: 'x' }, { id: 2, block: 'y' }] }))
    await blocks.publish(publication('root 2', { deadPages: [{ from: 11, to: 13 }, { from: 300, to: 301 }], deadNodes: [{ from: 0, to: 2 }], trim: [{ from: 1, to: 3 }] }))
    expect(await blocks.readPages([10, 11, 12, 300])).toEqual(['page 10', undefined, undefined, undefined])
    expect(await blocks.readNodes([1, 2])).toEqual([undefined, 'y'])
    expect((await blocks.readLog(0)).map(({ key }) => key)).toEqual([0, 3])
  })

  it('S5: fences the opening before at every write, also one that was under way', async () => {
    const device = await openDevice()
    const first = await openBlocks(device)
    const racing = first.append(1, ['racing'], 'relaxed')
    const second = new LevelBlocks(device)
    const lease = await second.takeOver()
    await racing
    expect(lease.nextLogKey).toBe(3)
    expect((await second.readLog(1)).map((row) => ('block' in row ? row.block : row.epoch))).toEqual(['racing', 2])
    const lost = { reason: 'LEASE_LOST' }
    await expect(first.append(3, ['old'], 'relaxed')).rejects.toMatchObject(lost)
    await expect(first.writePages([{ id: 1, block: 'old' }])).rejects.toMatchObject(lost)
    await expect(first.publish(publication('old'))).rejects.toMatchObject(lost)
    await expect(first.verifyLease()).rejects.toMatchObject(lost)
    await second.verifyLease()
    expect((await second.readLog(3)).length).toBe(0)
  })

  it('gives each of several openings at once its own epoch and log key', async () => {
    const device = await openDevice()
    const leases = await Promise.all(Array.from({ length: 5 }, () => new LevelBlocks(device).takeOver()))
    expect(leases.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4, 5])
    expect(leases.map(({ nextLogKey }) => nextLogKey)).toEqual([1, 2, 3, 4, 5])
  })

  it('refuses a second process or opening of the directory with BLOCKED, and a newer format with VERSION_CHANGED', async () => {
    const device = await openDevice()
    await openBlocks(device)
    await expect(openDevice()).rejects.toMatchObject({ name: 'StorageException', reason: 'BLOCKED' })
    await device.close()
    const raw = new ClassicLevel<string, string>(join(directory, 'db'))
    await raw.put('format', '\u00012')
    await raw.close()
    await expect(openDevice()).rejects.toMatchObject({ reason: 'VERSION_CHANGED' })
    await writeFile(join(directory, 'file'), '')
    await expect(openDevice(undefined, join(directory, 'file', 'db'))).rejects.toMatchObject({ reason: 'UNAVAILABLE' })
  })

  it('S1: has what was resolved in a copy of the directory taken at any moment, as after a kill', async () => {
    const blocks = await openBlocks(await openDevice())
    for (let key = 1; key <= 20; key++) {
      await blocks.append(key, [`row ${key}`], 'relaxed')
      if (key % 5 !== 0) continue
      const copy = join(directory, `copy ${key}`)
      await cp(join(directory, 'db'), copy, { recursive: true })
      const after = new LevelBlocks(await openDevice(undefined, copy))
      expect((await after.takeOver()).nextLogKey).toBe(key + 2)
      expect(await after.readLog(key)).toEqual([{ key, block: `row ${key}` }, { key: key + 1, epoch: 2 }])
    }
  })
})

/** Makes the next batch fail, before or after it was written; `open` makes later openings fail. */
interface Faults {
  batch?: 'before' | 'after' | undefined
  open?: boolean
  message: string
  openings: number
}

function faulty(faults: Faults): (directory: string) => LevelDatabase {
  return (where) => {
    const database: LevelDatabase = new ClassicLevel<string, Uint8Array>(where, { valueEncoding: 'view' })
    faults.openings++
    return {
      close: () => database.close(),
      getMany: (keys) => database.getMany(keys),
      iterator: (range) => database.iterator(range),
      keys: (options) => database.keys(options),
      open: async () => {
        if (faults.open === true) throw new Error('no such device')
        await database.open()
      },
      batch: async (operations, options) => {
        const fault = faults.batch
        faults.batch = undefined
        if (fault !== 'before') await database.batch(operations, options)
        if (fault !== undefined) throw new Error('batch', { cause: new Error(faults.message) })
      },
    }
  }
}

describe('a failed write', () => {
  it('opens the directory again, and finds out whether the row is there', async () => {
    const faults: Faults = { message: 'IO error: interrupted', openings: 0 }
    const blocks = await openBlocks(await openDevice(faulty(faults)))
    faults.batch = 'before'
    await expect(blocks.append(1, ['lost'], 'relaxed')).rejects.toMatchObject({ name: 'StorageException', reason: 'UNAVAILABLE' })
    faults.batch = 'after'
    await blocks.append(1, ['arrived'], 'relaxed')
    faults.batch = 'after'
    await blocks.append(2, [new Uint8Array([1, 2])], 'strict')
    expect(faults.openings).toBe(4)
    expect((await blocks.readLog(1)).map((row) => ('block' in row ? row.block : row))).toEqual(['arrived', new Uint8Array([1, 2])])
    faults.batch = 'after'
    await blocks.publish(publication('arrived'))
    faults.batch = 'before'
    await expect(blocks.publish(publication('lost'))).rejects.toMatchObject({ reason: 'UNAVAILABLE' })
    faults.batch = 'before'
    await expect(blocks.writePages([{ id: 1, block: 'x' }])).rejects.toMatchObject({ reason: 'UNAVAILABLE' })
    await blocks.writePages([{ id: 1, block: 'y' }])
    expect(await blocks.readPages([1])).toEqual(['y'])
  })

  it('S7: is QuotaExceededException where the disk is full', async () => {
    const faults: Faults = { message: 'IO error: 000003.log: No space left on device', openings: 0 }
    const blocks = await openBlocks(await openDevice(faulty(faults)))
    faults.batch = 'before'
    await expect(blocks.append(1, ['x'], 'relaxed')).rejects.toMatchObject({ name: 'QuotaExceededException' })
  })

  it('lets reads that were under way, and writes that come meanwhile, wait for the reopening', async () => {
    const faults: Faults = { message: 'IO error', openings: 0 }
    const blocks = await openBlocks(await openDevice(faulty(faults)))
    await blocks.writePages([{ id: 1, block: 'page' }])
    faults.batch = 'before'
    const failed = blocks.append(1, ['x'], 'relaxed').catch(() => 'failed')
    const around = [blocks.readPages([1]), Promise.resolve().then(() => blocks.readPages([1])), blocks.readLog(0).then((rows) => rows.length)]
    await expect(failed).resolves.toBe('failed')
    const next = [blocks.append(1, ['y'], 'relaxed'), blocks.writePages([{ id: 2, block: 'z' }])]
    expect(await Promise.all(around)).toEqual([['page'], ['page'], 1])
    await Promise.all(next)
    expect(await blocks.readPages([2])).toEqual(['z'])
  })

  it('tells that the device is lost where it cannot be opened again', async () => {
    const faults: Faults = { message: 'IO error', openings: 0 }
    const blocks = await openBlocks(await openDevice(faulty(faults)))
    const lost: Error[] = []
    blocks.onLost((error) => lost.push(error))
    faults.batch = 'before'
    faults.open = true
    await expect(blocks.append(1, ['x'], 'relaxed')).rejects.toMatchObject({ reason: 'UNAVAILABLE' })
    await expect(blocks.append(1, ['x'], 'relaxed')).rejects.toMatchObject({ reason: 'UNAVAILABLE' })
    await expect(blocks.readPages([1])).rejects.toMatchObject({ reason: 'UNAVAILABLE' })
    expect(lost).toHaveLength(1)
  })
})
