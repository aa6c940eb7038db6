// What a page calls in its engine worker, over comlink. Types only: page and worker both import it.
// Calls of one page arrive in order; `start` comes first and once.
import type { TabControl } from './protocol.ts'

export interface WorkerApi extends TabControl {
  /** `page` has the methods of TabPage; the worker gets comlink's proxy of it. Answers once the worker runs. */
  start(database: string, client: string, page: object): Promise<void>
}
