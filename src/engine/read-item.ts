// Reads items by their storage keys, in a read or a write step.
// An item's text is still a slice of its page: `Item.flatten` it before keeping it.
import { Item } from '../model/item.ts'
import { PageFault, type Key, type Pin, type Reader } from '../storage/store.ts'

/** Throws PageFault. */
export function readItem(reader: Reader, key: Key): Item | undefined {
  const record = reader.get(key)
  return record === undefined ? undefined : Item.fromRecord(record)
}

/** In the order of the keys. Throws one PageFault for all that is missing, so that the step runs again once and not once per key. */
export function readItems(reader: Reader, keys: readonly Key[]): (Item | undefined)[] {
  let faults: PageFault[] | undefined
  const items: (Item | undefined)[] = []
  for (const key of keys) {
    try {
      items.push(readItem(reader, key))
    } catch (thrown) {
      if (!(thrown instanceof PageFault)) throw thrown
      ;(faults ??= []).push(thrown)
    }
  }
  if (faults !== undefined) throw new PageFaults(faults)
  return items
}

/** Several pages at once. */
class PageFaults extends PageFault {
  readonly #faults: readonly PageFault[]

  constructor(faults: readonly PageFault[]) {
    super()
    this.#faults = faults
  }

  async load(): Promise<Pin> {
    const loads = await Promise.allSettled(this.#faults.map((fault) => fault.load()))
    const pins = loads.flatMap((load) => (load.status === 'fulfilled' ? [load.value] : []))
    const release = (): void => pins.forEach((pin) => pin.release())
    const failed = loads.find((load) => load.status === 'rejected')
    if (failed === undefined) return { release }
    release()
    throw failed.reason
  }
}
