// The page as a database's platform: the only place of the client where the browser's globals are named.
// Outside a page (a server, a worker without workers) there is none: the first use says so, opening does nothing.
import { connectBrowser, type BrowserLinkOptions } from '../host/platform-link.ts'
import { setTimer } from '../host/platform-environment.ts'
import { StorageException } from '../model/errors.ts'
import type { SessionPlatform } from './session.ts'

/** True where a worker with IndexedDB can be started. */
export function isPage(): boolean {
  return ['document', 'Worker', 'indexedDB'].every((name) => name in globalThis)
}

export function pagePlatform(database: string, options: BrowserLinkOptions): SessionPlatform {
  return {
    random: () => Math.random(),
    setTimer,
    storage: isPage() ? navigator.storage : undefined,
    connect: () => {
      if (isPage()) return connectBrowser(database, options)
      throw new StorageException('Holdfast needs a page with workers and IndexedDB; on a server use holdfast/testing', { reason: 'UNAVAILABLE' })
    },
  }
}
