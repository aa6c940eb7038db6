// Reads one item by its storage key, in a read or a write step.
// The answer's text is still a slice of its page: `Item.flatten` it before keeping it.
import { Item } from '../model/item.ts'
import type { Key, Reader } from '../storage/store.ts'

/** Throws PageFault. */
export function readItem(reader: Reader, key: Key): Item | undefined {
  const record = reader.get(key)
  return record === undefined ? undefined : Item.fromRecord(record)
}
