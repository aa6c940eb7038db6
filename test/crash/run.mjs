// `npm run crash`: kills Chromium (SIGKILL, the whole process group) under load and checks, in a new process, that every
// acknowledged write is there, indexes equal their items and the database opens (S1, S2, S4, S8, T1). Acknowledgements are
// kept in this process. Options: --random 50 (kills at random moments), --calls 80 (kills before and after each
// of the first storage calls of every kind: log, page and directory writes of flushes and merges, take-over), --torn 10 (the
// browser's own log torn in its last record, then life goes on, and is killed again), --seed N.
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { logEndsWith, tearLog } from '../tools/chromium-leveldb.mjs'
import { launchKillable } from '../tools/killable-browser.mjs'
import { serveBuilt } from '../tools/serve-built.mjs'

const { values: options } = parseArgs({
  options: { random: { type: 'string', default: '50' }, calls: { type: 'string', default: '80' }, torn: { type: 'string', default: '10' }, seed: { type: 'string', default: String(Date.now() % 1e6) } },
})
const server = await serveBuilt(import.meta.dirname)
let state = Number(options.seed)
const random = () => {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
  return state / 2 ** 32
}
const sleep = (ms) => new Promise((done) => setTimeout(done, ms))
const within = (promise, ms, what) =>
  Promise.race([promise, sleep(ms).then(() => Promise.reject(new Error(`${what} took more than ${ms} ms`)))])

/** What was acknowledged, over all processes of one profile. */
function newLedger() {
  return { counters: {}, puts: new Set(), deleting: new Set(), deleted: new Set(), transfers: 0, errors: [], acknowledged: 0 }
}
async function openPage(browser, ledger, query, onKill) {
  const page = await browser.context.newPage()
  await page.exposeBinding('told', (_source, kind, id, value) => {
    ledger.acknowledged++
    if (kind === 'counter') ledger.counters[id] = Math.max(ledger.counters[id] ?? 0, value)
    else if (kind === 'put') ledger.puts.add(id)
    else if (kind === 'deleting') ledger.deleting.add(id)
    else if (kind === 'deleted') ledger.deleted.add(id)
    else if (kind === 'transfer') ledger.transfers++
    else if (kind === 'error') ledger.errors.push(id)
  })
  page.on('console', (message) => {
    if (message.text().startsWith('KILL ')) onKill?.(message.text())
  })
  page.on('pageerror', (error) => ledger.errors.push(String(error)))
  await page.goto(`${server.url}${query}`)
  await page.waitForFunction(() => 'crash' in globalThis)
  return page
}
function compare(found, ledger) {
  const wrong = [...ledger.errors]
  for (const [id, value] of Object.entries(ledger.counters)) {
    if (found.counters[id] < value) wrong.push(`counter ${id}: told ${value}, found ${found.counters[id]}`)
  }
  const there = new Set(found.puts)
  for (const id of ledger.puts) if (!there.has(id) && !ledger.deleting.has(id)) wrong.push(`put ${id} is lost`)
  for (const id of ledger.deleted) if (there.has(id)) wrong.push(`delete of ${id} is lost`)
  if (found.accountSum !== 0) wrong.push(`the sum over accounts is ${found.accountSum}: half a transaction`)
  wrong.push(...found.indexDifferences.slice(0, 5))
  if (found.openedMs > 5000) wrong.push(`opening took ${Math.round(found.openedMs)} ms`)
  return wrong
}
async function verify(profile, ledger) {
  const browser = await launchKillable(profile)
  try {
    const page = await openPage(browser, { ...ledger, errors: ledger.errors }, '')
    const found = await within(page.evaluate(() => globalThis.crash.find()), 30_000, 'reading everything after a crash')
    return { wrong: compare(found, ledger), found }
  } finally {
    await browser.kill()
  }
}

let passed = 0
let failed = 0
function report(name, wrong) {
  if (wrong.length === 0) passed++
  else {
    failed++
    console.log(`FAILED ${name} (seed ${options.seed}): ${wrong.slice(0, 8).join('; ')}${wrong.length > 8 ? `; and ${wrong.length - 8} more` : ''}`)
  }
}

/** Kills at random moments, several in a row on one profile, so that recoveries are killed too. */
async function randomKills(kills) {
  const opened = []
  let acknowledged = 0
  for (let done = 0; done < kills; ) {
    const profile = mkdtempSync(join(tmpdir(), 'holdfast-crash-'))
    const ledger = newLedger()
    try {
      for (let life = 0; life < 5 && done < kills; life++, done++) {
        const browser = await launchKillable(profile)
        const page = await openPage(browser, ledger, '')
        await page.evaluate((run) => globalThis.crash.load(run), String(life))
        await sleep(50 + random() * 1500)
        await browser.kill()
        const { wrong, found } = await verify(profile, ledger)
        opened.push(found.openedMs)
        report(`random kill ${done + 1}`, wrong)
        if (wrong.length > 0) {
          const kept = `${profile}-failed`
          cpSync(profile, kept, { recursive: true })
          console.log(`  the profile is kept in ${kept}`)
          life = Infinity
        }
      }
      acknowledged += ledger.acknowledged
    } finally {
      rmSync(profile, { recursive: true, force: true })
    }
  }
  opened.sort((a, b) => a - b)
  console.log(`${kills} random kills, ${acknowledged} acknowledgements; opening after a kill: median ${Math.round(opened[opened.length >> 1] ?? 0)} ms, worst ${Math.round(opened.at(-1) ?? 0)} ms`)
}

/** The worker announces its storage calls (`KILL <call> <moment>`) and waits there to be killed. */
async function killsAtCalls(limit) {
  const kinds = ['append', 'writePages', 'publish', 'takeOver']
  let done = 0
  for (const kind of kinds) {
    for (const moment of ['before', 'after']) {
      for (let nth = 1; nth <= Math.ceil(limit / kinds.length / 2); nth++) {
        const profile = mkdtempSync(join(tmpdir(), 'holdfast-crash-'))
        const ledger = newLedger()
        try {
          const browser = await launchKillable(profile)
          let reached
          const arrived = new Promise((resolve) => (reached = resolve))
          const page = await openPage(browser, ledger, `?kill=${kind},${moment},${nth}`, reached)
          await page.evaluate(() => globalThis.crash.load('0')).catch(() => undefined)
          const which = await Promise.race([arrived, sleep(15_000)])
          await browser.kill()
          if (which === undefined) {
            if (kind !== 'takeOver') report(`kill ${moment} ${kind} ${nth}`, ['the call was never reached'])
            continue
          }
          report(`kill ${moment} ${kind} ${nth}`, (await verify(profile, ledger)).wrong)
          done++
        } finally {
          rmSync(profile, { recursive: true, force: true })
        }
      }
    }
  }
  console.log(`${done} kills at storage calls`)
}

/**
 * LevelDB appends behind a record that SIGKILL tore, unless it is made to begin a new log. The record that is torn here is one of
 * another database of the origin, so that nothing of ours may be missing.
 */
async function tornLogs(wanted) {
  const isOver = (torn, tries) => torn === wanted || tries > wanted * 3
  let torn = 0
  for (let tries = 0; !isOver(torn, tries); ) {
    const profile = mkdtempSync(join(tmpdir(), 'holdfast-crash-'))
    const ledger = newLedger()
    const loadAndKill = async (run) => {
      const browser = await launchKillable(profile)
      const page = await openPage(browser, ledger, '')
      await page.evaluate((run) => globalThis.crash.load(run), run)
      await sleep(50 + random() * 1500)
      await browser.kill()
    }
    try {
      let wrong = []
      await loadAndKill('first')
      for (; !isOver(torn, tries) && wrong.length === 0; tries++) {
        const browser = await launchKillable(profile)
        const page = await openPage(browser, ledger, '')
        await within(page.evaluate(() => globalThis.crash.find()), 30_000, 'reading everything')
        await page.evaluate(() => globalThis.crash.junk())
        await browser.kill()
        // A flush of ours may have come last.
        if (!logEndsWith(profile, 'junk')) continue
        const bytes = 1 + Math.floor(random() * 200)
        tearLog(profile, bytes)
        torn++
        await loadAndKill(`torn-${tries}`)
        wrong = (await verify(profile, ledger)).wrong
        report(`log torn by ${bytes} bytes, ${torn}`, wrong)
        if (torn % 5 === 0) break
      }
    } finally {
      rmSync(profile, { recursive: true, force: true })
    }
  }
  if (torn < wanted) report('tearing logs', [`only ${torn} of ${wanted} were torn`])
  console.log(`${torn} torn logs`)
}

try {
  if (Number(options.random) > 0) await randomKills(Number(options.random))
  if (Number(options.calls) > 0) await killsAtCalls(Number(options.calls))
  if (Number(options.torn) > 0) await tornLogs(Number(options.torn))
} finally {
  await server.close()
}
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
