// What the browser says of the origin's storage: asked when somebody looks, and every few seconds while they do.
// Invariant: nothing waits for it; `persist` answers in time even where the browser leaves its question to the user open.
import type { Timer } from '../model/environment.ts'
import { type Live, Source } from './live.ts'
import type { SessionPlatform } from './session.ts'

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
}

const REFRESH_MS = 5000
const PATIENCE_MS = 2000
/** Of the quota. */
const NEARLY_FULL = 0.9
const UNKNOWN: StorageStatus = { persisted: false, usageBytes: 0, quotaBytes: 0, atRisk: false }

export class StorageSource extends Source<StorageStatus> implements DatabaseStorage {
  readonly #platform: SessionPlatform
  #timer: Timer | undefined

  constructor(platform: SessionPlatform) {
    super(UNKNOWN)
    this.#platform = platform
  }

  protected override start(): void {
    this.#timer = this.#platform.setTimer(REFRESH_MS, () => this.start())
    void this.#refresh()
  }

  protected override stop(): void {
    this.#timer?.cancel()
  }

  async persist(): Promise<boolean> {
    const { storage, setTimer } = this.#platform
    const asked = storage?.persist().then(() => this.#refresh())
    await Promise.race([asked, new Promise<void>((resolve) => void setTimer(PATIENCE_MS, resolve))])
    return this.current.persisted
  }

  async #refresh(): Promise<void> {
    const { storage } = this.#platform
    if (storage === undefined) return
    const [persisted, { usage = 0, quota = 0 }] = await Promise.all([storage.persisted(), storage.estimate()])
    const { current } = this
    if (persisted === current.persisted && usage === current.usageBytes && quota === current.quotaBytes) return
    this.set({ persisted, usageBytes: usage, quotaBytes: quota, atRisk: !persisted || usage > quota * NEARLY_FULL })
  }
}
