// Damage on the device: typed, named, never silent; what is not damaged stays readable; a repair keeps the rest and
// tells what is lost.
import { describe, expect, it } from 'vitest'
import { StorageException } from '../../../src/model/errors.ts'
import { checksumOf } from '../../../src/storage/paged/checksum.ts'
import { aesGcmCodec, type Codec, plainCodec } from '../../../src/storage/paged/codec.ts'
import { MemoryBlocks, MemoryDevice } from '../../../src/storage/paged/memory-blocks.ts'
import { openPagedStore, type PagedStore } from '../../../src/storage/paged/paged-store.ts'
import type { Loss } from '../../../src/storage/paged/recovery.ts'
import { seeded, testEnvironment } from '../environment.ts'
import { entriesOf, getFrom } from '../store-contract.ts'

const open = (device: MemoryDevice, repair?: (loss: Loss) => void): Promise<PagedStore> =>
  openPagedStore({ blocks: new MemoryBlocks(device), environment: testEnvironment(), slicePages: 2, ...(repair === undefined ? {} : { repair }) })

const keyOf = (table: number, n: number): string => `\0\0\x01${String.fromCharCode(table)}\0\0${String(n).padStart(5, '0')}`
const tableId = (table: number): number => 256 + table

/** Two tables of some ten pages each, in the base; the log is empty. */
async function filled(): Promise<MemoryDevice> {
  const device = new MemoryDevice()
  const store = await open(device)
  for (const table of [1, 2]) await store.commit({ writes: Array.from({ length: 500 }, (_, n) => ({ key: keyOf(table, n), value: `${n}:`.repeat(250) })) })
  await store.compact()
  await store.close()
  return device
}

/** Changes one character in the middle. */
function damage<K>(map: Map<K, unknown>, id: K): void {
  const block = map.get(id) as string
  const middle = block.length >> 1
  map.set(id, block.slice(0, middle) + (block[middle] === '~' ? '!' : '~') + block.slice(middle + 1))
}

describe('a damaged page', () => {
  it('is a typed error naming the table and the record, where it is read and nowhere else', async () => {
    const device = await filled()
    const [first] = device.pages.keys()
    damage(device.pages, first ?? 0)
    const store = await open(device)
    await expect(getFrom(store, keyOf(1, 0))).rejects.toMatchObject({ name: 'StorageException', reason: 'DAMAGED', tableId: tableId(1), detail: `page:${first}` })
    expect(await getFrom(store, keyOf(1, 499))).toBe('499:'.repeat(250))
    expect(await entriesOf(store, { start: keyOf(2, 0), end: keyOf(3, 0) })).toHaveLength(500)
    await store.commit({ writes: [{ key: keyOf(1, 700), value: 'goes on' }] })
    expect(store.get(keyOf(1, 700))).toBe('goes on')
    await store.close()
  })

  it('counts as damaged where the device lost it', async () => {
    const device = await filled()
    const last = [...device.pages.keys()].at(-1) ?? 0
    device.pages.delete(last)
    const store = await open(device)
    await expect(getFrom(store, keyOf(2, 499))).rejects.toMatchObject({ reason: 'DAMAGED', tableId: tableId(2) })
    await store.close()
  })

  it('is found in another page of the same content under its id', async () => {
    const device = await filled()
    const [first, second] = [...device.pages.keys()]
    device.pages.set(first ?? 0, device.pages.get(second ?? 0) ?? '')
    const store = await open(device)
    await expect(getFrom(store, keyOf(1, 0))).rejects.toMatchObject({ reason: 'DAMAGED' })
    await store.close()
  })

  it('stops merges, and later commits with its own error instead of a hang', async () => {
    const device = await filled()
    for (const id of device.pages.keys()) damage(device.pages, id)
    const store = await openPagedStore({ blocks: new MemoryBlocks(device), environment: testEnvironment(), logBytes: 20_000, slicePages: 2 })
    const fill = async (): Promise<void> => {
      for (let n = 0; n < 400; n++) await store.commit({ writes: [{ key: keyOf(1, (n * 37) % 500), value: 'x'.repeat(2000) }] })
    }
    await expect(fill()).rejects.toMatchObject({ reason: 'DAMAGED' })
    await store.close()
  })

  it('is left out by a repair, which tells the lost range; everything else is kept', async () => {
    const device = await filled()
    const [first] = device.pages.keys()
    damage(device.pages, first ?? 0)
    const losses: Loss[] = []
    const store = await open(device, (loss) => losses.push(loss))
    expect(losses).toEqual([{ record: `page:${first}`, tableId: tableId(1), firstKey: keyOf(1, 0), lastKey: expect.any(String) as string }])
    const left = await entriesOf(store)
    const lastLost = losses[0]?.lastKey ?? ''
    expect(left.map(([key]) => key)).toEqual([1, 2].flatMap((table) => Array.from({ length: 500 }, (_, n) => keyOf(table, n))).filter((key) => key > lastLost))
    await store.close()
    const later = await open(device)
    expect(await entriesOf(later)).toEqual(left)
    await later.compact()
    await later.close()
  })
})

describe('damaged directory, root and log', () => {
  it('names a damaged directory node where it is read; a repair keeps the rest', async () => {
    const device = await filled()
    const [node] = device.nodes.keys()
    damage(device.nodes, node ?? 0)
    const store = await open(device)
    await expect(getFrom(store, keyOf(1, 0))).rejects.toMatchObject({ reason: 'DAMAGED', detail: `node:${node}` })
    await store.close()
    const losses: Loss[] = []
    const repaired = await open(device, (loss) => losses.push(loss))
    expect(losses.map(({ record }) => record)).toEqual([`node:${node}`])
    await repaired.commit({ writes: [{ key: keyOf(1, 3), value: 'new' }] })
    expect(await entriesOf(repaired)).toEqual([[keyOf(1, 3), 'new']])
    await repaired.close()
  })

  it('names a damaged root at opening', async () => {
    const device = await filled()
    device.root = `${String(device.root).slice(0, -1)}?`
    await expect(open(device)).rejects.toMatchObject({ reason: 'DAMAGED', detail: 'root' })
  })

  it('names a damaged log record at opening; a repair keeps what is before and after it', async () => {
    const device = new MemoryDevice()
    const store = await open(device)
    for (let n = 0; n < 5; n++) await store.commit({ writes: [{ key: keyOf(1, n), value: 'x'.repeat(n === 2 ? 120_000 : 10) }] })
    await expect(open(device)).resolves.toBeDefined()
    const [middle] = [...device.log.values()].filter((row) => 'block' in row && row.block.length > 30_000).slice(1)
    if (middle === undefined || !('block' in middle)) throw new Error('No such row')
    device.log.set(middle.key, { key: middle.key, block: `${String(middle.block).slice(0, -1)}?` })
    await expect(open(device)).rejects.toMatchObject({ reason: 'DAMAGED', detail: `log:${middle.key}` })
    const losses: Loss[] = []
    const repaired = await open(device, (loss) => losses.push(loss))
    expect(losses.map(({ record }) => record)).toContain(`log:${middle.key}`)
    expect((await entriesOf(repaired)).map(([key]) => key)).toEqual([0, 1, 3, 4].map((n) => keyOf(1, n)))
    await repaired.close()
    expect(await entriesOf(await open(device))).toHaveLength(4)
  })

  it('notices a row that is missing in the middle of the log', async () => {
    const device = new MemoryDevice()
    const store = await open(device)
    for (let n = 0; n < 4; n++) await store.commit({ writes: [{ key: keyOf(1, n), value: 'x' }] })
    device.log.delete(2)
    await expect(open(device)).rejects.toMatchObject({ reason: 'DAMAGED', detail: 'log:2' })
    await store.close()
  })
})

describe('codecs', () => {
  const texts = ['', 'a', 'abc', 'x'.repeat(100_000), 'äöü\u00ff\0', '日本語😀', '\ud800 lone', '\udc00', `{"v":1}\n${'key'.repeat(999)}`]

  it('give back what they were given', async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
    for (const codec of [plainCodec, aesGcmCodec(crypto, key)]) {
      for (const text of texts) expect(await codec.decode('page:1', await codec.encode('page:1', text))).toBe(text)
    }
  })

  it('refuse a block under another name, of another kind, cut, or changed in any one place', async () => {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
    const sealed: Codec = aesGcmCodec(crypto, key)
    const text = 'some text with several words, ä and 語'
    const plain = String(await plainCodec.encode('page:1', text))
    const bytes = await sealed.encode('page:1', text)
    expect(await plainCodec.decode('page:2', plain)).toBeUndefined()
    expect(await sealed.decode('page:2', bytes)).toBeUndefined()
    expect(await plainCodec.decode('page:1', bytes)).toBeUndefined()
    expect(await sealed.decode('page:1', plain)).toBeUndefined()
    for (let at = 0; at < plain.length; at++) {
      expect(await plainCodec.decode('page:1', `${plain.slice(0, at)}~${plain.slice(at + 1)}`), `character ${at}`).toBeUndefined()
      expect(await plainCodec.decode('page:1', plain.slice(0, at)), `cut at ${at}`).toBeUndefined()
    }
    for (let at = 0; at < bytes.length; at++) {
      const changed = Uint8Array.from(bytes as Uint8Array<ArrayBuffer>)
      changed[at] = (changed[at] ?? 0) ^ 4
      expect(await sealed.decode('page:1', changed), `byte ${at}`).toBeUndefined()
    }
  })

  it('tell apart texts that differ in a swap of words, wherever', () => {
    const random = seeded(7)
    for (let n = 0; n < 2000; n++) {
      const words = Array.from({ length: 20 }, () => String.fromCharCode(97 + Math.floor(random() * 26)).repeat(4))
      const [a, b] = [Math.floor(random() * 20), Math.floor(random() * 20)]
      const swapped = words.map((word, index) => (index === a ? (words[b] ?? '') : index === b ? (words[a] ?? '') : word))
      expect(checksumOf('x', swapped.join('')) === checksumOf('x', words.join(''))).toBe(swapped.join() === words.join())
    }
  })

  it('say DAMAGED as a StorageException', () => {
    expect(new StorageException('x', { reason: 'DAMAGED' }).retryable).toBe(false)
  })
})
