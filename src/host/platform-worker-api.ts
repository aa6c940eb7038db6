// What a page calls in its engine worker, over comlink. Types only: page and worker both import it.
// Calls of one page arrive in order; `start` comes first and once.
import type { TabControl } from './protocol.ts'
import type { TabPage } from './tab-platform.ts'

export interface WorkerApi extends TabControl {
  /** `page` is a comlink proxy. */
  start(database: string, client: string, page: TabPage<MessagePort>): void
}
