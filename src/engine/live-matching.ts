// Which entries of a table or index a change moved, and what a live query makes of that: entering, changing or leaving.
// Stateless: the change's old and new item tell what was in the query and what is, its filter and projection included.
import { evaluateCondition } from '../expression/evaluate-condition.ts'
import type { Item } from '../model/item.ts'
import { projectItem } from '../model/projection.ts'
import type { Key, KeyRange } from '../storage/store.ts'
import type { Change } from './change.ts'
import { isInRange, partitionPrefix } from './key-range.ts'
import { typesOf, viewEntry, type EntryView, type Source } from './read-page.ts'
import { sameItem } from './write-item.ts'

/** What a change did in one source: where its entry was and is, and what a query would see of it. */
export interface EntryMove {
  readonly oldKey: Key | undefined
  readonly oldSeen: Item | undefined
  readonly newKey: Key | undefined
  readonly newSeen: Item | undefined
}

export interface LiveView extends EntryView {
  readonly source: Source
  readonly range: KeyRange
}

/** The partitions that the change touched in the source; [] where it touched none. */
export function touchedPartitions(source: Source, change: Change, wholeItems: boolean): readonly Key[] {
  const { index, space } = source
  const types = typesOf(source)
  if (index === undefined) return [partitionPrefix(change.key, types)]
  const keys = change.indexWrites.map(({ key }) => key).filter((key) => key.startsWith(space))
  // Whole items show what their entry does not have: it may be as it was.
  if (keys.length === 0 && wholeItems) {
    const move = moveOf(source, change, true)
    keys.push(...[move.oldKey, move.newKey].filter((key) => key !== undefined))
  }
  return [...new Set(keys.map((key) => partitionPrefix(key, types)))]
}

export function moveOf(source: Source, { key, oldItem, newItem }: Change, wholeItems: boolean): EntryMove {
  const { index, table } = source
  if (index === undefined) {
    return { oldKey: oldItem && key, oldSeen: oldItem, newKey: newItem && key, newSeen: newItem }
  }
  const seen = (item: Item): Item => (wholeItems ? item : projectItem(index.schema, table.schema, item))
  const oldKey = oldItem && table.entryKey(index, oldItem.attributes)
  const newKey = newItem && table.entryKey(index, newItem.attributes)
  return {
    oldKey,
    oldSeen: oldItem === undefined || oldKey === undefined ? undefined : seen(oldItem),
    newKey,
    newSeen: newItem === undefined || newKey === undefined ? undefined : seen(newItem),
  }
}

/** Adds to `changes` what the move is for the query: an item that came or changed, null for one that left. */
export function matchMove(view: LiveView, { oldKey, oldSeen, newKey, newSeen }: EntryMove, changes: Map<Key, Item | null>): void {
  const wasIn = oldKey !== undefined && isInRange(view.range, oldKey) && oldSeen !== undefined && passes(view, oldSeen)
  const isIn = newKey !== undefined && isInRange(view.range, newKey) && newSeen !== undefined && passes(view, newSeen)
  if (wasIn && (!isIn || oldKey !== newKey)) changes.set(oldKey, null)
  if (!isIn) return
  const shown = viewEntry({ projection: view.projection, wholeItems: false }, newSeen) ?? newSeen
  const hidden = wasIn && oldKey === newKey && sameItem(viewEntry({ projection: view.projection, wholeItems: false }, oldSeen), shown)
  if (!hidden) changes.set(newKey, shown)
}

function passes({ filter }: EntryView, seen: Item): boolean {
  return filter === undefined || evaluateCondition(filter, seen.attributes)
}
