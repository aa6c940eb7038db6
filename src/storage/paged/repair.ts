// The repair of pages and directory: reads every node and page of every level and takes those out that are damaged,
// each told as a loss. Afterwards everything that the root refers to is readable.
import { StorageException } from '../../model/errors.ts'
import { type BuiltNode, Level, type NodeRef, type PageRef } from './directory.ts'
import { type Disk, editLevel, loadNode, loadPage } from './disk.ts'

/** Needs `disk.onLoss`. */
export async function repairPages(disk: Disk): Promise<void> {
  const { version } = disk.checkpoint
  const built: BuiltNode[] = []
  const superseded: (PageRef | NodeRef)[] = []
  const repaired = async (level: Level, from: string): Promise<Level> => {
    const found = await inspect(disk, level, from)
    if (found.badNodes.length === 0 && found.badPages.length === 0) return level
    const readable = new Level(level.nodes.filter((node) => !found.badNodes.includes(node)))
    const edit = await editLevel(disk, readable, found.badPages, [])
    built.push(...edit.built)
    superseded.push(...edit.superseded, ...found.badNodes, ...found.badPages)
    return edit.level
  }
  const base = await repaired(version.base, '')
  const runs = []
  for (const { level, from } of version.runs) runs.push({ level: await repaired(level, from), from })
  if (superseded.length > 0) await disk.checkpoint.publish({ base, runs, built, superseded })
}

async function inspect(disk: Disk, level: Level, from: string): Promise<{ badNodes: NodeRef[]; badPages: PageRef[] }> {
  const badNodes: NodeRef[] = []
  const badPages: PageRef[] = []
  for (const node of level.nodes) {
    try {
      for (const page of await loadNode(disk, node)) {
        // What a merge has passed is gone.
        if (page.lastKey >= from && (await loadPage(disk, page)) === undefined) badPages.push(page)
      }
    } catch (error) {
      if (!(error instanceof StorageException) || error.reason !== 'DAMAGED') throw error
      badNodes.push(node)
      disk.onLoss?.(node)
    }
  }
  return { badNodes, badPages }
}
