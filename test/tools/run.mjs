// `npm test`: style, types, unit, contract, simulation, package and browser tests, one after the other, with one closing
// line `N passed, N failed`. A name as argument runs that part only: `npm test -- unit`.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { mustFindBrowser } from './find-browser.mjs'

const root = resolve(import.meta.dirname, '../..')
const results = mkdtempSync(join(tmpdir(), 'holdfast-test-'))
const only = process.argv.slice(2)
const bin = (name) => join(root, 'node_modules/.bin', name)
let passed = 0
let failed = 0
const failures = []

function run(name, command, args, env = {}) {
  console.log(`\n== ${name}`)
  const began = Date.now()
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } })
  console.log(`== ${name}: ${status === 0 ? 'ok' : 'FAILED'} in ${((Date.now() - began) / 1000).toFixed(1)} s`)
  return status === 0
}
function count(name, passes, fails) {
  passed += passes
  failed += fails
  if (fails > 0) failures.push(name)
}
function check(name, command, args) {
  const ok = run(name, command, args)
  count(name, ok ? 1 : 0, ok ? 0 : 1)
}
function vitest(name, project) {
  const file = join(results, `${project}.json`)
  const ok = run(name, bin('vitest'), ['run', '--project', project, '--reporter=default', '--reporter=json', `--outputFile.json=${file}`])
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : { numPassedTests: 0, numFailedTests: 0 }
  count(name, report.numPassedTests, Math.max(report.numFailedTests, ok ? 0 : 1))
}
/** A program that closes with `N passed, N failed`. */
function counted(name, command, args) {
  console.log(`\n== ${name}`)
  const { status, stdout } = spawnSync(command, args, { cwd: root, stdio: ['inherit', 'pipe', 'inherit'], encoding: 'utf8' })
  process.stdout.write(stdout)
  const closing = /(\d+) passed, (\d+) failed\s*$/.exec(stdout)
  count(name, Number(closing?.[1] ?? 0), Math.max(Number(closing?.[2] ?? 0), status === 0 ? 0 : 1))
}
function playwright(name) {
  const file = join(results, 'playwright.json')
  const ok = run(name, bin('playwright'), ['test', '-c', 'test/browser/playwright.config.ts', '--reporter=list,json'], {
    PLAYWRIGHT_JSON_OUTPUT_NAME: file,
  })
  const stats = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).stats : { expected: 0, unexpected: 0, flaky: 0 }
  count(name, stats.expected + stats.flaky, Math.max(stats.unexpected, ok ? 0 : 1))
}

const parts = {
  lint: () => check('lint', bin('oxlint'), ['--type-aware', 'src', 'worker', 'demo', 'test', 'vite.config.ts']),
  types: () => check('types', bin('tsc'), ['--noEmit', '-p', '.']),
  unit: () => vitest('unit, contract and simulation tests', 'unit'),
  build: () => check('build', 'npm', ['run', '--silent', 'build']),
  package: () => vitest('package tests', 'package'),
  browser: () => playwright('browser tests'),
  crash: () => counted('crash tests', 'node', ['test/crash/run.mjs', '--random', '5', '--calls', '16', '--torn', '5']),
}

process.env.HOLDFAST_BROWSER = await mustFindBrowser()
/** Run by name only: a browser killed dozens of times takes minutes. */
const BY_NAME = new Set(['crash'])
for (const [name, part] of Object.entries(parts)) if (only.length === 0 ? !BY_NAME.has(name) : only.includes(name)) part()
rmSync(results, { recursive: true, force: true })
if (failures.length > 0) console.log(`\nFailed: ${failures.join('; ')}`)
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed === 0 && passed > 0 ? 0 : 1)
