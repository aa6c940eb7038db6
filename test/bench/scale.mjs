// `npm run bench:scale`: a million items of 200 bytes with a global secondary index and a stream's journal in Chromium:
// loading, random updates with all flushes and merges, memory, bytes, reopening after a clean close and after a SIGKILL;
// and how single operations grow from a thousand items on. Options: --items 1000000, --updates 100000, --json FILE.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { launchKillable } from '../tools/killable-browser.mjs'
import { serveBuilt } from '../tools/serve-built.mjs'

const { values: options } = parseArgs({
  options: { items: { type: 'string', default: '1000000' }, updates: { type: 'string', default: '100000' }, lanes: { type: 'string', default: '8' }, json: { type: 'string' } },
})
const [items, updates, lanes] = [Number(options.items), Number(options.updates), Number(options.lanes)]
const server = await serveBuilt(join(import.meta.dirname, 'scale'), {
  headers: { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' },
})
const results = {}
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`

async function openPage(browser) {
  const page = await browser.context.newPage()
  page.on('pageerror', (error) => console.error(`page: ${error}`))
  page.on('console', (message) => message.type() === 'error' && console.error(`page: ${message.text()}`))
  page.setDefaultTimeout(0)
  await page.goto(server.url)
  await page.waitForFunction(() => 'scale' in globalThis)
  return page
}
/** Resident memory of the fattest renderer: the one with the worker. */
async function rendererBytes(browser) {
  const session = await browser.context.browser().newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const resident = processInfo
    .filter(({ type }) => type === 'renderer')
    .map(({ id }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) * 1024)
  return Math.max(...resident)
}
async function withProfile(run) {
  const profile = mkdtempSync(join(tmpdir(), 'holdfast-scale-'))
  try {
    return await run(profile)
  } finally {
    rmSync(profile, { recursive: true, force: true })
  }
}
async function opening(profile) {
  const browser = await launchKillable(profile)
  try {
    return await (await openPage(browser)).evaluate(() => globalThis.scale.open())
  } finally {
    await browser.kill()
  }
}

for (let size = 1000; size <= items; size *= 10) {
  const isLast = size * 10 > items
  await withProfile(async (profile) => {
    const browser = await launchKillable(profile)
    const page = await openPage(browser)
    const load = await page.evaluate((count) => globalThis.scale.load(count), size)
    const probe = await page.evaluate((count) => globalThis.scale.probe(count), size)
    results[size] = { load, probe }
    console.log(`${size} items: loaded at ${load.itemsPerSecond} items/s; µs: get ${probe.get}, range of 100 ${probe.range}, index of 50 ${probe.index}, awaited put ${probe.put}`)
    if (isLast) {
      console.log(`after loading: ${megabytes(load.storedBytes)} stored, ${megabytes(load.bytesWritten)} written, renderer ${megabytes(await rendererBytes(browser))}`)
      const update = await page.evaluate(([count, n, width]) => globalThis.scale.update(count, n, width), [size, updates, lanes])
      const renderer = await rendererBytes(browser)
      const measured = await page.evaluate(() => globalThis.scale.memory())
      results[size].update = { ...update, rendererBytes: renderer, measuredBytes: measured }
      console.log(`${updates} random updates, ${lanes} at a time: ${update.updatesPerSecond}/s; commit ms p50 ${update.commitMs.p50.toFixed(1)}, p99 ${update.commitMs.p99.toFixed(1)}, max ${update.commitMs.max.toFixed(0)}`)
      console.log(`${update.gets} gets meanwhile: ms p50 ${update.getMs.p50.toFixed(2)}, p99 ${update.getMs.p99.toFixed(2)}, max ${update.getMs.max.toFixed(0)}`)
      console.log(`${update.writtenPerChangedByte.toFixed(1)} bytes written per byte changed; ${megabytes(update.storedBytes)} stored; cache ${megabytes(update.cacheBytes)}; renderer ${megabytes(renderer)}; page and worker as the browser measures ${measured === undefined ? 'unknown' : megabytes(measured)}`)
    }
    await page.evaluate(() => globalThis.scale.close())
    await browser.kill()
    results[size].openCleanMs = await opening(profile)
    const doomed = await launchKillable(profile)
    const doomedPage = await openPage(doomed)
    const load2 = doomedPage.evaluate(([count]) => globalThis.scale.update(count, 1e9, 8), [size]).catch(() => undefined)
    await new Promise((done) => setTimeout(done, isLast ? 10_000 : 2000))
    await doomed.kill()
    await load2
    results[size].openKilledMs = await opening(profile)
    console.log(`${size} items: page start to first answer ${Math.round(results[size].openCleanMs)} ms after a clean close, ${Math.round(results[size].openKilledMs)} ms after a SIGKILL under load`)
  })
}
await server.close()
if (options.json) writeFileSync(options.json, JSON.stringify(results, null, 1))
process.exit(0)
