// Builds a folder with an index.html (production build, workers included) and serves it on 127.0.0.1 until closed.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build, preview } from 'vite'

const root = resolve(import.meta.dirname, '../..')

/** Pages of tests and benchmarks import the package as built. */
const alias = { 'holdfast/aws': join(root, 'dist/aws.js'), 'holdfast/react': join(root, 'dist/react.js'), holdfast: join(root, 'dist/index.js') }

export async function buildPackage() {
  await build({ configFile: join(root, 'vite.config.ts'), logLevel: 'warn' })
}

/** @param {string} folder @param {{ headers?: Record<string, string> }} [options] @returns {Promise<{ url: string, close(): Promise<void> }>} */
export async function serveBuilt(folder, { headers = {} } = {}) {
  await buildPackage()
  const outDir = mkdtempSync(join(tmpdir(), 'holdfast-built-'))
  const shared = { configFile: false, root: folder, logLevel: 'warn', resolve: { alias } }
  await build({ ...shared, build: { outDir, emptyOutDir: true, target: 'es2022', assetsInlineLimit: 0, minify: !process.env.HOLDFAST_PROFILE }, worker: { format: 'es' } })
  const server = await preview({ ...shared, build: { outDir }, preview: { host: '127.0.0.1', port: 0, strictPort: false, headers } })
  const { port } = server.httpServer.address()
  return {
    url: `http://127.0.0.1:${port}/`,
    async close() {
      await new Promise((done) => {
        server.httpServer.close(done)
        server.httpServer.closeAllConnections?.()
      })
      rmSync(outDir, { recursive: true, force: true })
    },
  }
}
