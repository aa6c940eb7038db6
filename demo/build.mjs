// Builds the demo into dist-demo/: page, engine workers, datasets, and a service worker with the list of all files.
import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { build } from 'vite'
import { injectManifest } from 'workbox-build'

const root = resolve(import.meta.dirname, '..')
const outDir = resolve(root, 'dist-demo')

export async function buildDemo() {
  await build({ configFile: resolve(root, 'vite.config.ts'), logLevel: 'warn' })
  await build({ configFile: resolve(root, 'vite.config.ts'), mode: 'demo', logLevel: 'warn' })
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir,
      emptyOutDir: false,
      lib: { entry: resolve(import.meta.dirname, 'service-worker.ts'), formats: ['es'], fileName: () => 'service-worker.bundle.js' },
    },
  })
  const bundled = resolve(outDir, 'service-worker.bundle.js')
  await injectManifest({
    swSrc: bundled,
    swDest: resolve(outDir, 'service-worker.js'),
    globDirectory: outDir,
    globPatterns: ['**/*.{html,js,css,svg,json,webmanifest}'],
    globIgnores: ['service-worker*.js'],
    maximumFileSizeToCacheInBytes: 16 * 1024 * 1024,
  })
  rmSync(bundled)
  return outDir
}

if (process.argv[1] === import.meta.filename) await buildDemo()
