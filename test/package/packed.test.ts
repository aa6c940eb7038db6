// The packed tarball as users meet it: Vite's dev server with its dependency optimiser, Vite's and webpack's builds, a plain
// module script, TypeScript, and an import in Node. Each page writes an item and reads it back through the worker.
import { execFileSync, spawn } from 'node:child_process'
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, resolve } from 'node:path'
import { type Browser, chromium } from 'playwright'
import { build, createServer, preview } from 'vite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import webpack from 'webpack'
import { BROWSER_ARGS, mustFindBrowser } from '../tools/find-browser.mjs'

const root = resolve(import.meta.dirname, '../..')
const PROGRAM = `import { openDatabase, table, S, N } from 'holdfast'
const Things = table('Things', { partitionKey: 'id', attributes: { id: S(), n: N() } })
const db = openDatabase('packed')
const things = db.table(Things)
await things.put({ id: 'a', n: 41 })
await things.update({ id: 'a' }, { add: { n: 1 } })
document.body.textContent = 'n is ' + (await things.get({ id: 'a' })).n
`
const page = (script: string): string => `<!doctype html><meta charset="utf-8"><title>packed</title><body><script type="module" src="${script}"></script>`
const TYPES: { readonly [extension: string]: string } = { '.html': 'text/html', '.js': 'text/javascript', '.map': 'application/json', '.wasm': 'application/wasm' }

let folder: string
let browser: Browser

/** A project of a user: `holdfast` as packed, nothing of its own dependencies beside it but what its package.json names. */
function makeProject(name: string, files: { readonly [path: string]: string }): string {
  const project = join(folder, name)
  mkdirSync(join(project, 'node_modules'), { recursive: true })
  execFileSync('tar', ['-xzf', join(folder, 'holdfast.tgz'), '-C', join(project, 'node_modules')])
  execFileSync('mv', [join(project, 'node_modules/package'), join(project, 'node_modules/holdfast')])
  for (const dependency of ['classic-level', 'comlink', 'idb', 'yjs', 'lib0', 'typescript']) {
    symlinkSync(join(root, 'node_modules', dependency), join(project, 'node_modules', dependency))
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }))
  for (const [path, text] of Object.entries(files)) writeFileSync(join(project, path), text)
  return project
}
async function serve(directory: string): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createHttpServer((request, response) => {
    const path = join(directory, decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname).replace(/\/$/, '/index.html'))
    if (!existsSync(path)) {
      response.writeHead(404).end()
      return
    }
    response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'application/octet-stream' })
    createReadStream(path).pipe(response)
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((closed) => {
      server.closeAllConnections()
      server.close(() => closed())
    }),
  }
}
async function textOfPage(url: string): Promise<string> {
  const context = await browser.newContext()
  const opened = await context.newPage()
  const problems: string[] = []
  opened.on('pageerror', (error) => problems.push(String(error)))
  opened.on('requestfailed', (request) => problems.push(`${request.url()}: ${request.failure()?.errorText}`))
  try {
    await opened.goto(url)
    await opened.waitForFunction(() => document.body.textContent?.startsWith('n is'), undefined, { timeout: 30_000 })
    return (await opened.textContent('body')) ?? ''
  } catch (error) {
    throw new Error(`${String(error)}\n${problems.join('\n')}`, { cause: error })
  } finally {
    await context.close()
  }
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-packed-'))
  if (!existsSync(join(root, 'dist/index.js'))) execFileSync('npm', ['run', 'build'], { cwd: root, stdio: 'inherit' })
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root })
  const packed = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? ''
  execFileSync('mv', [join(folder, packed), join(folder, 'holdfast.tgz')])
  browser = await chromium.launch({ executablePath: await mustFindBrowser(), args: BROWSER_ARGS })
})
afterAll(async () => {
  await browser?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

describe('the packed package', () => {
  it('works from Vite’s dev server, whose optimiser bundles dependencies beforehand', async () => {
    const project = makeProject('vite-dev', { 'index.html': page('/main.js'), 'main.js': PROGRAM })
    const server = await createServer({ root: project, configFile: false, logLevel: 'error', server: { host: '127.0.0.1', port: 0 } })
    await server.listen()
    try {
      expect(await textOfPage(server.resolvedUrls?.local[0] ?? '')).toBe('n is 42')
    } finally {
      await server.close()
    }
  })

  it('works from Vite’s build', async () => {
    const project = makeProject('vite-build', { 'index.html': page('/main.js'), 'main.js': PROGRAM })
    await build({ root: project, configFile: false, logLevel: 'error', build: { target: 'es2022' }, worker: { format: 'es' } })
    const server = await preview({ root: project, configFile: false, logLevel: 'error', preview: { host: '127.0.0.1', port: 0 } })
    try {
      expect(await textOfPage(`http://127.0.0.1:${(server.httpServer.address() as AddressInfo).port}/`)).toBe('n is 42')
    } finally {
      await server.close()
    }
  })

  it('works from webpack’s build', async () => {
    const project = makeProject('webpack', { 'main.js': PROGRAM })
    const stats = await new Promise<webpack.Stats | undefined>((done, fail) => {
      webpack(
        { mode: 'production', context: project, entry: './main.js', output: { path: join(project, 'dist'), filename: 'main.js' }, experiments: { topLevelAwait: true } },
        (error, result) => (error ? fail(error) : done(result)),
      )
    })
    expect(stats?.toJson({ errors: true }).errors ?? []).toEqual([])
    writeFileSync(join(project, 'dist/index.html'), page('./main.js'))
    const server = await serve(join(project, 'dist'))
    try {
      expect(await textOfPage(server.url)).toBe('n is 42')
    } finally {
      await server.close()
    }
  })

  it('works from a plain module script, without a bundler or an import map', async () => {
    const project = makeProject('plain', { 'index.html': page('./main.js'), 'main.js': PROGRAM.replace("'holdfast'", "'./node_modules/holdfast/dist/index.js'") })
    const server = await serve(project)
    try {
      expect(await textOfPage(server.url)).toBe('n is 42')
    } finally {
      await server.close()
    }
  })

  it('does nothing harmful when Node imports it without a DOM', () => {
    const project = makeProject('node', {
      'main.js': `import * as holdfast from 'holdfast'
import 'holdfast/worker'
const db = holdfast.openDatabase('server')
const things = db.table(holdfast.table('Things', { partitionKey: 'id', attributes: { id: holdfast.S() } }))
void things.query({ id: 'a' }).live().current
console.log(typeof holdfast.openDatabase, db.status.current.state)
`,
    })
    const printed = execFileSync(process.execPath, ['main.js'], { cwd: project, timeout: 20_000, encoding: 'utf8' })
    expect(printed.trim()).toMatch(/^function [A-Z_]+$/)
  })

  it('runs the hub as a command, until it is told to stop', async () => {
    const project = makeProject('hub', {})
    const cli = join(project, 'node_modules/holdfast/dist/cli.js')
    const child = spawn(process.execPath, [cli, 'hub', '--port', '0', '--data', join(project, 'data')], { cwd: project, stdio: ['ignore', 'pipe', 'inherit'] })
    const ended = new Promise<number | null>((done) => child.on('exit', done))
    const url = await new Promise<string>((found, failed) => {
      child.stdout.on('data', (text: Buffer) => {
        const match = /http:\/\/[\d.:]+/.exec(text.toString())
        if (match !== null) found(match[0])
      })
      child.on('exit', () => failed(new Error('The hub ended')))
    })
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'DynamoDB_20120810.ListTables' },
      body: '{}',
    })
    expect(await answer.json()).toEqual({ TableNames: [] })
    child.kill('SIGTERM')
    expect(await ended).toBe(0)
    const misunderstood = spawn(process.execPath, [cli, 'hub', '--port', 'x'], { stdio: 'ignore' })
    expect(await new Promise((done) => misunderstood.on('exit', done))).toBe(2)
  })

  it('brings types that check in a strict program', () => {
    const project = makeProject('types', {
      'main.ts': `import { openDatabase, table, S, N, type Item } from 'holdfast'
import { clientConfig } from 'holdfast/aws'
import { openHub } from 'holdfast/hub'
export const config: { endpoint: string } = clientConfig(openDatabase('sdk'))
export const port = async (): Promise<number> => (await openHub({ port: 0 })).port
const Things = table('Things', { partitionKey: 'id', attributes: { id: S(), n: N().optional() } })
export async function run(): Promise<number | undefined> {
  const thing: Item<typeof Things> | undefined = await openDatabase('typed').table(Things).get({ id: 'a' })
  return thing?.n
}
// @ts-expect-error the key is a string
void openDatabase('typed').table(Things).get({ id: 1 })
`,
      'tsconfig.json': JSON.stringify({ compilerOptions: { strict: true, module: 'ESNext', target: 'ES2022', moduleResolution: 'bundler', lib: ['ES2023', 'ESNext.Disposable', 'DOM'], noEmit: true, types: [] }, files: ['main.ts'] }),
    })
    execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', project], { stdio: 'pipe', encoding: 'utf8' })
  })
})
