// `npm start`: builds the demo, serves it on 127.0.0.1 and opens it. The page loads its sample data on its first visit.
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
