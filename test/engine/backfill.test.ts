// Backfills in several slices: writes between the slices, crashes in the middle, drops, items that can't be indexed.
// S8 is checked on what is stored: index entries equal the projection of the items.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { AttributeMap } from '../../src/model/attribute-value.ts'
import { QuotaExceededException, StorageException } from '../../src/model/errors.ts'
import type { Batch } from '../../src/storage/store.ts'
import { getBackfillProgress } from '../../src/engine/backfill.ts'
import { backfillKey, indexRange } from '../../src/engine/storage-keys.ts'
import { openEngine, simpleTable, type EngineFixture } from './engine-fixture.ts'

const RUNS = Number(process.env['HOLDFAST_RUNS'] ?? '1')
const TableName = 'Things'
const INDEX = { IndexName: 'byColor', KeySchema: [{ AttributeName: 'color', KeyType: 'HASH' }], Projection: { ProjectionType: 'ALL' } }
const COLORS = ['red', 'green', 'blue']

function createIndex({ run }: EngineFixture, index: object = INDEX): Promise<object> {
  return run('UpdateTable', {
    TableName,
    AttributeDefinitions: [{ AttributeName: 'color', AttributeType: 'S' }],
    GlobalSecondaryIndexUpdates: [{ Create: index }],
  })
}

async function fillTable(fixture: EngineFixture, count: number): Promise<Map<string, AttributeMap>> {
  await fixture.run('CreateTable', simpleTable(TableName))
  const items = new Map<string, AttributeMap>()
  for (let i = 0; i < count; i++) {
    const id = `item ${String(i).padStart(5, '0')}`
    items.set(id, { id, ...(i % 7 === 0 ? {} : { color: COLORS[i % 3] ?? '' }) })
  }
  const all = [...items.values()]
  for (let at = 0; at < all.length; at += 25) {
    const RequestItems = { [TableName]: all.slice(at, at + 25).map((Item) => ({ PutRequest: { Item } })) }
    await fixture.run('BatchWriteItem', { RequestItems })
  }
  return items
}

/** Entries as stored, by id; the counters must say the same. */
async function storedEntries(fixture: EngineFixture, indexName = 'byColor'): Promise<Map<string, AttributeMap>> {
  const { schema } = fixture.engine.catalog.mustGetTable(TableName)
  const index = schema.indexes.find(({ name }) => name === indexName)
  const entries = new Map<string, AttributeMap>()
  const cursor = fixture.store.cursor(indexRange(schema.id, index?.id ?? -1))
  while (cursor.next()) {
    const entry = JSON.parse(cursor.value.slice(cursor.value.indexOf('{'))) as AttributeMap
    entries.set(entry['id'] as string, entry)
  }
  const { Table } = (await fixture.run('DescribeTable', { TableName })) as { Table: { GlobalSecondaryIndexes: { IndexName: string; ItemCount: number }[] } }
  expect(Table.GlobalSecondaryIndexes.find(({ IndexName }) => IndexName === indexName)?.ItemCount).toBe(entries.size)
  return entries
}
function indexed(items: ReadonlyMap<string, AttributeMap>): Map<string, AttributeMap> {
  return new Map([...items].filter(([, item]) => typeof item['color'] === 'string' && item['color'] !== ''))
}

describe('the backfill of an added index', () => {
  it('is CREATING and Backfilling until done, and can not be read meanwhile', async () => {
    const fixture = await openEngine()
    await fillTable(fixture, 500)
    const output = (await createIndex(fixture)) as { TableDescription: { GlobalSecondaryIndexes: object[] } }
    expect(output.TableDescription.GlobalSecondaryIndexes).toMatchObject([{ IndexStatus: 'CREATING', Backfilling: false }])
    const query = { TableName, IndexName: 'byColor', KeyConditionExpression: 'color = :c', ExpressionAttributeValues: { ':c': 'red' } }
    await expect(fixture.run('Query', query)).rejects.toThrow('Cannot read from backfilling global secondary index: byColor')
    await fixture.engine.idle()
    expect(await fixture.run('DescribeTable', { TableName })).toMatchObject({ Table: { GlobalSecondaryIndexes: [{ IndexStatus: 'ACTIVE' }] } })
    const described = (await fixture.run('DescribeTable', { TableName })) as { Table: { GlobalSecondaryIndexes: object[] } }
    expect(described.Table.GlobalSecondaryIndexes[0]).not.toHaveProperty('Backfilling')
    expect((await fixture.run('Query', query))['Count']).toBeGreaterThan(100)
  })

  it('shows how many items it has come past', async () => {
    const fixture = await openEngine()
    await fillTable(fixture, 500)
    await createIndex(fixture)
    const progress = () => fixture.engine.read((reader) => getBackfillProgress(reader, fixture.engine.catalog.mustGetTable(TableName), 'byColor'))
    const seen: number[] = []
    for (let now = await progress(); now !== undefined; now = await progress()) {
      expect(now.itemsTotal).toBe(500)
      seen.push(now.itemsDone)
      await fixture.environment.yieldTask()
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    expect(seen).toContain(200)
    expect(seen).toContain(400)
  })

  it('leaves out items whose index key is missing, of another type, empty or too long (AWS page: GSI.OnlineOps)', async () => {
    const fixture = await openEngine()
    await fixture.run('CreateTable', simpleTable(TableName))
    const colors: unknown[] = ['red', undefined, 1, '', 'x'.repeat(2049), 'x'.repeat(2048), { B: 'AA==' }, null]
    for (const [at, color] of colors.entries()) {
      await fixture.run('PutItem', { TableName, Item: { id: String(at), ...(color === undefined ? {} : { color }) } })
    }
    await createIndex(fixture)
    await fixture.engine.idle()
    expect([...(await storedEntries(fixture)).keys()]).toEqual(['0', '5'])
  })

  it('writes entries of the projection only', async () => {
    const fixture = await openEngine()
    await fixture.run('CreateTable', simpleTable(TableName))
    await fixture.run('PutItem', { TableName, Item: { id: 'a', color: 'red', size: 3, weight: 4 } })
    await createIndex(fixture, { ...INDEX, Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['size'] } })
    await fixture.engine.idle()
    expect([...(await storedEntries(fixture)).values()]).toEqual([{ id: 'a', color: 'red', size: 3 }])
  })

  it('waits where the disk is full or fails for a moment, and goes on', async () => {
    let failures = 2
    const beforeCommit = ({ writes }: Batch): void => {
      // A slice writes many entries.
      if (writes.length > 100 && failures-- > 0) {
        throw failures === 1 ? new QuotaExceededException('full') : new StorageException('slow', { reason: 'TIMEOUT' })
      }
    }
    const filled = await openEngine()
    await fillTable(filled, 300)
    const fixture = await filled.reopen({ beforeCommit })
    fixture.environment.setTimer = (_delayMs, run) => {
      setImmediate(run)
      return { cancel: () => undefined }
    }
    await createIndex(fixture)
    await fixture.engine.idle()
    expect(failures).toBeLessThan(0)
    expect((await storedEntries(fixture)).size).toBeGreaterThan(200)
  })

  it('stops when the index is deleted meanwhile, and nothing of it stays', async () => {
    const fixture = await openEngine()
    await fillTable(fixture, 700)
    await createIndex(fixture)
    await fixture.environment.yieldTask()
    const { id, indexes } = fixture.engine.catalog.mustGetTable(TableName).schema
    await fixture.run('UpdateTable', { TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'byColor' } }] })
    await fixture.engine.idle()
    const indexId = indexes[0]?.id ?? -1
    expect(fixture.store.cursor(indexRange(id, indexId)).next()).toBe(false)
    expect(fixture.store.get(backfillKey(id, indexId))).toBeUndefined()
  })

  it('stops when the table is deleted and made anew meanwhile', async () => {
    const fixture = await openEngine()
    await fillTable(fixture, 700)
    await createIndex(fixture)
    const { id } = fixture.engine.catalog.mustGetTable(TableName)
    await fixture.run('DeleteTable', { TableName }).catch(() => undefined)
    await fixture.engine.idle()
    const survives = fixture.engine.catalog.getTable(TableName)?.id === id
    // AWS refuses to delete a table while an index is being made; either way no entry is without its item.
    expect(fixture.store.cursor(indexRange(id, 1)).next()).toBe(survives)
  })

  it('equals the items at the end, whatever was written and however often the engine died meanwhile (S8)', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            // Slices of 200 end at these.
            at: fc.oneof(fc.nat(899), fc.constantFrom(199, 200, 399, 400)),
            action: fc.constantFrom('recolor', 'uncolor', 'delete', 'put', 'pause', 'crash'),
            color: fc.nat(2),
          }),
          { minLength: 5, maxLength: 60, size: 'max' },
        ),
        async (actions) => {
          let fixture = await openEngine()
          const items = await fillTable(fixture, 700)
          await createIndex(fixture)
          for (const { at, action, color } of actions) {
            const id = `item ${String(at).padStart(5, '0')}`
            if (action === 'pause') await fixture.environment.yieldTask()
            else if (action === 'crash') fixture = await fixture.reopen()
            else await write(fixture, items, id, action, COLORS[color] ?? '')
          }
          await fixture.engine.idle()
          expect(await storedEntries(fixture)).toEqual(indexed(items))
        },
      ),
      { numRuns: 12 * RUNS },
    )
  }, 60_000 * RUNS)
})

async function write({ run }: EngineFixture, items: Map<string, AttributeMap>, id: string, action: string, color: string): Promise<void> {
  if (action === 'delete') {
    items.delete(id)
    await run('DeleteItem', { TableName, Key: { id } })
    return
  }
  const item = action === 'uncolor' ? { id, plain: true } : action === 'put' ? { id, color, fresh: 'yes' } : { ...items.get(id), id, color }
  items.set(id, item)
  await run('PutItem', { TableName, Item: item })
}
