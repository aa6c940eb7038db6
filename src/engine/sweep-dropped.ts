// Removes what a dropped table or index left behind, once the drop itself is durable. A drop row in the system space says
// so, that the sweep goes on at the next opening; ids are never used twice, so nobody misses or meets what is still there.
// It runs after the catalog forgot the table (see catalog.ts), and so takes the items of writes that came in between.
import type { KeyRange, Reader } from '../storage/store.ts'
import type { WriteStep } from '../storage/write-step.ts'
import type { EngineCore } from './engine-core.ts'
import { readStreamRows } from './stream-row.ts'
import { contentRange, countersKey, dropKey, dropRange, indexRange, parseDropKey, tableRange } from './storage-keys.ts'
import { clearIndexCounter } from './table-counters.ts'

/** In the step that drops: index id 0 is the whole table with its indexes, and its journal where no stream needs it. */
export function writeDrop(write: WriteStep, tableId: number, indexId: number): void {
  write.put(dropKey(tableId, indexId), '')
}

/** Sweeps that an earlier engine did not come to. */
export function readDrops(reader: Reader): { readonly tableId: number; readonly indexId: number }[] {
  const drops = []
  const cursor = reader.cursor(dropRange)
  while (cursor.next()) drops.push(parseDropKey(cursor.key))
  return drops
}

/** The journal of a deleted table stays while its streams can be read: who reads them drops it (services/trim-journals.ts). */
function droppedRange(write: WriteStep, tableId: number, indexId: number): KeyRange {
  if (indexId !== 0) return indexRange(tableId, indexId)
  return readStreamRows(write).some((stream) => stream.tableId === tableId) ? contentRange(tableId) : tableRange(tableId)
}

export function startSweep(engine: EngineCore, tableId: number, indexId: number): void {
  engine.startTask(() =>
    engine.keyspace.write((write) => {
      write.drop(droppedRange(write, tableId, indexId))
      write.delete(dropKey(tableId, indexId))
      if (indexId === 0) write.delete(countersKey(tableId))
      else clearIndexCounter(write, tableId, indexId)
    }),
  )
}
