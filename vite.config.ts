// Three builds and the tests: the package (default), the demo (`--mode demo`), Vitest's projects.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import type { Plugin, UserConfig } from 'vite'
import { defineConfig } from 'vitest/config'

const root = import.meta.dirname
const at = (path: string): string => resolve(root, path)
/** Unit tests run the sources. */
const sources = {
  'holdfast/aws': at('src/client/aws.ts'),
  'holdfast/hub': at('src/hub/hub.ts'),
  'holdfast/react': at('src/client/react.ts'),
  'holdfast/testing': at('src/client/testing.ts'),
  holdfast: at('src/index.ts'),
}
/** The demo runs the package as built, worker files included. */
const built = { 'holdfast/aws': at('dist/aws.js'), 'holdfast/react': at('dist/react.js'), holdfast: at('dist/index.js') }

/**
 * Library mode rewrites `new Worker(new URL('./worker.js', import.meta.url))` to `/assets/…`, which no bundler of a user
 * finds again. Hidden behind a placeholder while Vite looks, it comes out as written.
 */
function keepWorkerUrls(): Plugin {
  const placeholder = '__holdfast_module_url__'
  return {
    name: 'holdfast:keep-worker-urls',
    enforce: 'pre',
    transform(code, id) {
      if (!id.startsWith(at('src')) || !code.includes('import.meta.url')) return undefined
      return { code: code.replaceAll('import.meta.url', placeholder), map: null }
    },
    renderChunk(code) {
      return code.includes(placeholder) ? { code: code.replaceAll(placeholder, 'import.meta.url'), map: null } : undefined
    },
  }
}

const packageBuild: UserConfig = {
  root,
  plugins: [keepWorkerUrls()],
  publicDir: false,
  build: {
    outDir: at('dist'),
    emptyOutDir: true,
    target: 'es2022',
    minify: false,
    sourcemap: true,
    lib: {
      formats: ['es'],
      entry: {
        index: at('src/index.ts'),
        react: at('src/client/react.ts'),
        testing: at('src/client/testing.ts'),
        worker: at('worker/engine.ts'),
        broker: at('worker/broker.ts'),
        aws: at('src/client/aws.ts'),
        hub: at('src/hub/hub.ts'),
        cli: at('src/cli/cli.ts'),
      },
    },
    rolldownOptions: {
      external: ['react', 'classic-level', /^node:/],
      output: { banner: ({ name, isEntry }) => (isEntry && name === 'cli' ? '#!/usr/bin/env node' : '') },
    },
  },
}

const demoBuild: UserConfig = {
  root: at('demo'),
  plugins: [react()],
  resolve: { alias: built },
  build: { outDir: at('dist-demo'), emptyOutDir: true, target: 'es2022' },
  worker: { format: 'es' },
  server: { host: '127.0.0.1' },
  preview: { host: '127.0.0.1' },
}

const version = (JSON.parse(readFileSync(at('package.json'), 'utf8')) as { version: string }).version

export default defineConfig(({ mode }) => {
  const define = { __HOLDFAST_VERSION__: JSON.stringify(version) }
  if (mode === 'demo') return { ...demoBuild, define }
  return {
    ...packageBuild,
    define,
    test: {
      projects: [
        {
          resolve: { alias: sources },
          test: {
            name: 'unit',
            include: ['test/**/*.test.{ts,tsx}'],
            exclude: ['test/browser/**', 'test/package/**', 'test/bench/**'],
            environment: 'node',
            setupFiles: [at('test/seeds.ts')],
            testTimeout: 120_000,
          },
        },
        { resolve: { alias: sources }, test: { name: 'speed', include: ['test/**/*.speed.ts'], environment: 'node' } },
        { test: { name: 'package', include: ['test/package/**/*.test.ts'], testTimeout: 180_000, hookTimeout: 180_000 } },
      ],
    },
  }
})
