// `npm run bench`: Holdfast beside raw IndexedDB, Dexie and SQLite in real Chromium, interleaved, a fresh profile for each
// engine and round. Options: --rounds 5, --engines a,b, --json FILE ([{workload, engine, us, vsDexie}]).
import { readdirSync, rmSync, statSync, mkdtempSync, writeFileSync, existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright'
import { BROWSER_ARGS, mustFindBrowser } from '../tools/find-browser.mjs'
import { serveBuilt } from '../tools/serve-built.mjs'

const { values: options } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, engines: { type: 'string' }, json: { type: 'string' } },
})
const ALL = ['raw-idb', 'dexie', 'sqlite', 'holdfast-plain', 'holdfast-all']
const engines = options.engines ? options.engines.split(',') : ALL
const rounds = Number(options.rounds)
const executablePath = await mustFindBrowser()
const server = await serveBuilt(import.meta.dirname)

/** @type {Map<string, number[]>} engine and workload to microseconds by round */
const samples = new Map()
const record = (engine, workload, us) => samples.set(`${engine} ${workload}`, [...(samples.get(`${engine} ${workload}`) ?? []), us])

async function withBrowser(profile, run) {
  const context = await chromium.launchPersistentContext(profile, { executablePath, args: BROWSER_ARGS, headless: true })
  try {
    const open = async () => {
      const page = await context.newPage()
      page.on('pageerror', (error) => console.error(`page: ${error}`))
      await page.goto(server.url)
      await page.waitForFunction(() => 'bench' in globalThis)
      return page
    }
    return await run(open)
  } finally {
    await context.close()
  }
}
function folderBytes(folder) {
  if (!existsSync(folder)) return 0
  let bytes = 0
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(join(entry.parentPath, entry.name)).size
  }
  return bytes
}
async function round(engine) {
  const profile = mkdtempSync(join(tmpdir(), 'holdfast-bench-'))
  try {
    await withBrowser(profile, async (open) => {
      const page = await open()
      const measures = await page.evaluate((name) => globalThis.bench.workloads(name), engine)
      for (const [workload, us] of Object.entries(measures)) record(engine, workload, us)
      if (engine !== 'sqlite' && engine !== 'memory-worker') {
        // sahpool holds its files for one tab only; memory is one page's
        const other = await open()
        await other.evaluate((name) => globalThis.bench.watch(name), engine)
        const calls = await page.evaluate(() => globalThis.bench.writeForOther())
        await other.waitForFunction((count) => Object.keys(globalThis.arrivals).length >= count, Object.keys(calls).length)
        const arrivals = await other.evaluate(() => globalThis.bench.arrivals())
        record(engine, 'notify other tab', median(Object.entries(calls).map(([sk, at]) => (arrivals[sk] - at) * 1000)))
        await other.close()
      }
      await page.evaluate(() => globalThis.bench.close())
      await page.close()
    })
    if (engine !== 'memory-worker') await withBrowser(profile, async (open) => {
      const page = await open()
      record(engine, 'open', await page.evaluate((name) => globalThis.bench.open(name), engine))
      await page.evaluate(() => globalThis.bench.close())
    })
    record(engine, 'bytes stored', folderBytes(join(profile, 'Default/IndexedDB')) + folderBytes(join(profile, 'Default/File System')))
  } finally {
    rmSync(profile, { recursive: true, force: true })
  }
}
function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

for (let i = 0; i < rounds; i++) {
  const turned = [...engines.slice(i % engines.length), ...engines.slice(0, i % engines.length)]
  for (const engine of turned) {
    process.stderr.write(`round ${i + 1} of ${rounds}: ${engine}\n`)
    await round(engine)
  }
}
await server.close()

const workloads = [...new Set([...samples.keys()].map((key) => key.slice(key.indexOf(' ') + 1)))]
const at = (engine, workload) => {
  const found = samples.get(`${engine} ${workload}`)
  return found === undefined ? undefined : median(found)
}
const rows = []
for (const workload of workloads) {
  const dexie = at('dexie', workload)
  for (const engine of engines) {
    const us = at(engine, workload)
    if (us !== undefined) rows.push({ workload, engine, us: Math.round(us * 10) / 10, vsDexie: dexie ? Math.round((dexie / us) * 100) / 100 : null })
  }
}
console.log(`Medians of ${rounds} rounds, microseconds an operation (bytes for 'bytes stored'); in brackets how many times better than Dexie.`)
console.log(`| workload | ${engines.join(' | ')} |`)
console.log(`|---|${engines.map(() => '---:').join('|')}|`)
for (const workload of workloads) {
  const cells = engines.map((engine) => {
    const row = rows.find((each) => each.workload === workload && each.engine === engine)
    if (row === undefined) return '–'
    return `${row.us >= 100 ? Math.round(row.us) : row.us}${row.vsDexie === null || engine === 'dexie' ? '' : ` (${row.vsDexie}×)`}`
  })
  console.log(`| ${workload} | ${cells.join(' | ')} |`)
}
if (options.json) writeFileSync(options.json, JSON.stringify(rows, null, 1))
