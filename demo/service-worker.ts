// The demo's service worker: keeps the page, its workers and the datasets, so that it opens without a network.
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'

declare const self: { readonly __WB_MANIFEST: { url: string; revision: string | null }[]; skipWaiting(): Promise<void> } & EventTarget

interface FetchEventLike extends Event {
  readonly request: Request
  respondWith(response: Promise<Response>): void
}

cleanupOutdatedCaches()
precacheAndRoute(self.__WB_MANIFEST)
// A deep link opens the one page there is.
const openPage = createHandlerBoundToURL('index.html')
self.addEventListener('fetch', (event) => {
  const { request, respondWith } = event as FetchEventLike
  if (request.mode === 'navigate') respondWith.call(event, openPage({ request, event: event as never, url: new URL(request.url) }))
})
self.addEventListener('install', () => {
  void self.skipWaiting()
})
