// A flush: a frozen memory table becomes a run of new pages, written in small transactions, and one transaction
// publishes it and trims the log. Ranges dropped in the table leave the older levels here: pages wholly inside are
// freed unread, of those at the edges the entries are deleted one by one by the new run.
import type { Key, KeyRange, Settlement } from '../store.ts'
import type { TrimmedLog } from './checkpoint.ts'
import { type BuiltNode, buildNodes, firstEndingFrom, Level, type NodeRef, type PageRef, type Run } from './directory.ts'
import { type Disk, editLevel, loadNode, loadPage, PageWriter } from './disk.ts'
import { settlementTexts } from './log-record.ts'
import { DELETED, type MemoryTable } from './memory-table.ts'
import { PageBuilder } from './page.ts'
import { ownText } from './text-copy.ts'

/** On failure nothing has changed but pages that will be deleted later. */
export async function flushTable(disk: Disk, table: MemoryTable, log: TrimmedLog, settlements: readonly Settlement[]): Promise<void> {
  const { version } = disk.checkpoint
  const writer = new PageWriter(disk, true)
  try {
    const pruned = await pruneLevels(disk, table, version.runs, version.base)
    await writeEntries(table, writer, disk.pageBytes)
    const own = buildNodes(writer.written, disk.checkpoint.nextId)
    const runs = own.length === 0 ? pruned.runs : [{ level: new Level(own.map(({ ref }) => ref)), from: '' }, ...pruned.runs]
    await disk.checkpoint.publish({
      runs,
      base: pruned.base,
      built: [...pruned.built, ...own],
      superseded: pruned.superseded,
      log,
      settlements: settlementTexts(settlements),
    })
  } catch (error) {
    await writer.abandon()
    throw error
  }
}

async function writeEntries(table: MemoryTable, writer: PageWriter, pageBytes: number): Promise<void> {
  const builder = new PageBuilder(writer.add, pageBytes)
  for (const { keys, values } of table.entries.chunks) {
    for (let index = 0; index < keys.length; index++) builder.add(keys[index] as Key, values[index] ?? undefined, table.wide)
    if (writer.hasEnough) await writer.write()
  }
  builder.finish()
  await writer.finish()
}

interface Pruned {
  readonly runs: readonly Run[]
  readonly base: Level
  readonly built: readonly BuiltNode[]
  readonly superseded: readonly (PageRef | NodeRef)[]
}

/** The levels without the pages that the table's drops empty; puts tombstones for the rest into the table. */
async function pruneLevels(disk: Disk, table: MemoryTable, runs: readonly Run[], base: Level): Promise<Pruned> {
  if (table.drops.length === 0) return { runs, base, built: [], superseded: [] }
  const built: BuiltNode[] = []
  const superseded: (PageRef | NodeRef)[] = []
  const prune = async (level: Level, from: Key): Promise<Level> => {
    const inside = new Set<PageRef>()
    for (const drop of table.drops) await pruneRange(disk, level, from, drop, table, inside)
    if (inside.size === 0) return level
    const removed = [...inside]
    const edit = await editLevel(disk, level, removed, [])
    built.push(...edit.built)
    // What a merge has passed is gone already, or lives on in the base.
    superseded.push(...edit.superseded, ...removed.filter(({ lastKey }) => lastKey >= from))
    return edit.level
  }
  const newRuns: Run[] = []
  for (const { level, from } of runs) {
    const kept = await prune(level, from)
    newRuns.push({ level: kept, from })
  }
  return { runs: newRuns, base: await prune(base, ''), built, superseded }
}

async function pruneRange(disk: Disk, level: Level, from: Key, drop: KeyRange, table: MemoryTable, inside: Set<PageRef>): Promise<void> {
  for (let index = level.nodeAt(drop.start); index < level.nodes.length; index++) {
    const node = level.nodes[index] as NodeRef
    if (node.firstKey >= drop.end) break
    const pages = await loadNode(disk, node)
    for (let at = firstEndingFrom(pages, drop.start); at < pages.length; at++) {
      const page = pages[at] as PageRef
      if (page.firstKey >= drop.end) break
      if (page.firstKey >= drop.start && page.lastKey < drop.end) inside.add(page)
      else if (page.lastKey >= from) await deleteEntries(disk, page, drop, table)
    }
  }
}

/** Of a page at the edge of a dropped range. */
async function deleteEntries(disk: Disk, ref: PageRef, drop: KeyRange, table: MemoryTable): Promise<void> {
  const page = await loadPage(disk, ref)
  if (page === undefined) return
  for (let index = page.lowerBound(drop.start); index < page.count && page.keyAt(index) < drop.end; index++) {
    const key = ownText(page.keyAt(index))
    if (table.lookup(key) === undefined) table.set(key, DELETED)
  }
}
