// `npm start`: builds the demo, serves it on 127.0.0.1 and opens it, and beside it the hub on its embedded store. The page
// loads its sample data on its first visit. HOLDFAST_HUB_PORT: 0 for a free one. Where the port is taken, the page comes without the hub.
import { resolve } from 'node:path'
import { preview } from 'vite'
import { buildDemo } from './build.mjs'

const root = resolve(import.meta.dirname, '..')
await buildDemo()
const hasDisplay = !process.env.CI && (process.platform !== 'linux' || Boolean(process.env.DISPLAY ?? process.env.WAYLAND_DISPLAY))
const server = await preview({
  configFile: resolve(root, 'vite.config.ts'),
  mode: 'demo',
  preview: { host: '127.0.0.1', port: Number(process.env.PORT ?? 4173), open: hasDisplay },
})
console.log(`Holdfast is at ${server.resolvedUrls?.local[0] ?? 'http://127.0.0.1:4173/'}`)

const { openHub } = await import('../dist/hub.js')
try {
  const hub = await openHub({ port: Number(process.env.HOLDFAST_HUB_PORT ?? 8000), data: resolve(root, 'holdfast-data') })
  console.log(`The hub, DynamoDB's API over HTTP, is at ${hub.url}`)
  const stop = async () => {
    await Promise.allSettled([hub.close(), server.close()])
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void stop())
} catch (error) {
  console.log(`The hub did not start: ${error instanceof Error ? error.message : String(error)}`)
}
