// What the browser says of the origin's storage: asked when somebody looks, and every few seconds while they do.
// Invariant: nothing waits for it; `persist` answers in time even where the browser leaves its question to the user open.
import { DISMISS_LOSS } from '../host/native-protocol.ts'
import type { Timer } from '../model/environment.ts'
import { type Live, Source } from './live.ts'
import type { Session } from './session.ts'

export interface StorageStatus {
  /** The browser promised not to evict. */
  readonly persisted: boolean
  /** Of the whole origin, as the browser estimates it. */
  readonly usageBytes: number
  readonly quotaBytes: number
  /** Not persisted, or nearly full. */
  readonly atRisk: boolean
}
export interface DatabaseStorage extends Live<StorageStatus> {
  /** Asks the browser not to evict; false also where the user has not answered yet: then `current` tells later. */
  persist(): Promise<boolean>
  /** Ends the notice that everything was lost (`status`: a StorageException with reason LOST), for all tabs; resolves when that is durable. */
  dismissLoss(): Promise<void>
}

const REFRESH_MS = 5000
const PATIENCE_MS = 2000
/** Of the quota. */
const NEARLY_FULL = 0.9
const UNKNOWN: StorageStatus = { persisted: false, usageBytes: 0, quotaBytes: 0, atRisk: false }

export class StorageSource extends Source<StorageStatus> implements DatabaseStorage {
  readonly #session: Pick<Session, 'platform' | 'request'>
  #timer: Timer | undefined

  constructor(session: Pick<Session, 'platform' | 'request'>) {
    super(UNKNOWN)
    this.#session = session
  }

  protected override start(): void {
    this.#timer = this.#session.platform.setTimer(REFRESH_MS, () => this.start())
    void this.#refresh()
  }

  protected override stop(): void {
    this.#timer?.cancel()
  }

  async persist(): Promise<boolean> {
    const { storage, setTimer } = this.#session.platform
    const asked = storage?.persist().then(() => this.#refresh())
    await Promise.race([asked, new Promise<void>((resolve) => void setTimer(PATIENCE_MS, resolve))])
    return this.current.persisted
  }

  async dismissLoss(): Promise<void> {
    await this.#session.request(DISMISS_LOSS, {})
  }

  async #refresh(): Promise<void> {
    const { storage } = this.#session.platform
    if (storage === undefined) return
    const [persisted, { usage = 0, quota = 0 }] = await Promise.all([storage.persisted(), storage.estimate()])
    const found = { persisted, usageBytes: usage, quotaBytes: quota, atRisk: !persisted || usage > quota * NEARLY_FULL }
    if (JSON.stringify(found) !== JSON.stringify(this.current)) this.set(found)
  }
}
