// What must hold of a database at rest, read straight from its disk: index entries equal the projection of the items (S8),
// counters are exact, and undoing the journal leads back to nothing (J2). Throws with what is wrong.
import { expect } from 'vitest'
import { decodeJournalEntry } from '../../src/engine/journal.ts'
import { indexRange, journalRange, parseJournalSequence, tableRowRange } from '../../src/engine/storage-keys.ts'
import { TableCounters } from '../../src/engine/table-counters.ts'
import type { TableRow } from '../../src/engine/table-row.ts'
import { Table } from '../../src/engine/table.ts'
import { Item } from '../../src/model/item.ts'
import { projectItem } from '../../src/model/projection.ts'
import type { MemoryDisk } from '../../src/storage/memory/memory-store.ts'
import type { KeyRange, Reader } from '../../src/storage/store.ts'

export function listEntries(disk: MemoryDisk, range: KeyRange): [key: string, value: string][] {
  const found: [string, string][] = []
  const cursor = disk.entries.cursor(range)
  while (cursor.next()) found.push([cursor.key, cursor.value])
  return found
}

export function expectInvariants(disk: MemoryDisk): void {
  const reader: Reader = { get: (key) => disk.entries.get(key), cursor: (range) => disk.entries.cursor(range) }
  for (const [, text] of listEntries(disk, tableRowRange)) {
    const table = new Table(JSON.parse(text) as TableRow)
    const items = listEntries(disk, indexRange(table.id, 0)).map(([key, record]) => ({ key, item: Item.fromRecord(record) }))
    const counters = TableCounters.read(reader, table.id)
    for (const { key, item } of items) {
      expect(table.keyOfItem(item.attributes)).toBe(key)
      expect(Item.of(item.attributes).size).toBe(item.size)
    }
    expect(counters.ofIndex(0)).toEqual(countOf(items.map(({ item }) => item)))
    for (const index of table.indexes) {
      const wanted = items.flatMap(({ item }) => {
        const key = table.entryKey(index, item.attributes)
        return key === undefined ? [] : [[key, projectItem(index.schema, table.schema, item).record]]
      })
      const found = listEntries(disk, indexRange(table.id, index.schema.id))
      expect(found).toEqual(wanted.sort(([a = ''], [b = '']) => (a < b ? -1 : 1)))
      expect(counters.ofIndex(index.schema.id)).toEqual(countOf(found.map(([, record]) => Item.fromRecord(record))))
    }
    if (table.journaled) expectUndo(disk, table, new Map(items.map(({ key, item }) => [key, item.text])))
  }
}

function countOf(items: readonly Item[]) {
  return { itemCount: items.length, sizeBytes: items.reduce((sum, item) => sum + item.size, 0) }
}

/** For tables that had their journal from the start. */
function expectUndo(disk: MemoryDisk, table: Table, state: Map<string, string>): void {
  const rows = listEntries(disk, journalRange(table.id))
  const sequences = rows.map(([key]) => parseJournalSequence(key))
  expect(new Set(sequences).size).toBe(sequences.length)
  for (const [, value] of rows.reverse()) {
    const { oldItem, newItem } = decodeJournalEntry(value)
    const key = table.keyOfItem((oldItem ?? newItem)?.attributes ?? {})
    expect(state.get(key)).toBe(newItem?.text)
    if (oldItem === undefined) state.delete(key)
    else state.set(key, oldItem.text)
  }
  expect([...state]).toEqual([])
}
