// A state of the store that stays: its view holds what reading needs until it is released.
// Invariant: after the release, or once the store failed, every read throws.
import { StorageException } from '../../model/errors.ts'
import type { Cursor, Key, KeyRange, Snapshot, Value } from '../store.ts'
import type { View } from './view.ts'

export class StoreSnapshot implements Snapshot {
  #view: View | undefined
  #assertAlive: () => void
  #onRelease: () => void

  constructor(view: View, assertAlive: () => void, onRelease: () => void) {
    this.#view = view
    this.#assertAlive = assertAlive
    this.#onRelease = onRelease
  }

  get(key: Key): Value | undefined {
    return this.#mustGetView().get(key)
  }

  cursor(range: KeyRange): Cursor {
    return this.#mustGetView().cursor(range)
  }

  release(): void {
    if (this.#view === undefined) return
    this.#view = undefined
    this.#onRelease()
  }

  #mustGetView(): View {
    this.#assertAlive()
    if (this.#view === undefined) throw new StorageException('The snapshot was released', { reason: 'CLOSED' })
    return this.#view
  }
}
