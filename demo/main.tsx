// The demo's entry: mounts the page and registers the service worker that opens it offline.
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Workbox } from 'workbox-window'
import { App } from './app.tsx'

const root = document.querySelector('#root')
if (root === null) throw new Error('the page has no #root')
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
)

if ('serviceWorker' in navigator && import.meta.env.PROD) {
  const workbox = new Workbox('./service-worker.js', { scope: './' })
  workbox.register().catch((error: unknown) => console.warn('No offline start:', error))
}
