// Bundles an entry as an application's bundler would: minified, its imports inside, without the worker's files.
import { gzipSync } from 'node:zlib'
import { build } from 'vite'

export interface Bundle {
  readonly code: string
  readonly gzipBytes: number
}

/** `entry`: a module's source text; imports resolve as in the package's own tests. */
export async function bundle(entry: string): Promise<Bundle> {
  const id = '\0entry'
  const root = new URL('../..', import.meta.url).pathname
  const result = await build({
    root,
    configFile: false,
    logLevel: 'silent',
    define: { __HOLDFAST_VERSION__: '"0.0.0"' },
    resolve: { alias: { 'holdfast/react': `${root}src/client/react.ts`, holdfast: `${root}src/index.ts` } },
    plugins: [
      {
        name: 'entry',
        resolveId: (source) => (source === 'entry' ? id : undefined),
        load: (source) => (source === id ? entry : undefined),
        // The worker's files are not the page's: their addresses stay as they are.
        transform: (code, file) => (file.startsWith(`${root}src`) ? code.replaceAll('import.meta.url', 'location.href') : undefined),
      },
    ],
    build: { write: false, target: 'es2022', minify: true, rolldownOptions: { input: 'entry', external: ['react'], preserveEntrySignatures: 'strict' } },
  })
  const outputs = [result].flat().flatMap((each) => ('output' in each ? each.output : []))
  const code = outputs.map((each) => (each.type === 'chunk' ? each.code : '')).join('')
  return { code, gzipBytes: gzipSync(code, { level: 9 }).length }
}
