// A Chromium of our own making on a given profile, so that its whole process group can be killed at once.
import { spawn } from 'node:child_process'
import { chromium } from 'playwright'
import { BROWSER_ARGS, mustFindBrowser } from './find-browser.mjs'

const START_MS = 20_000

/** @param {string} profile folder of the profile; survives. */
export async function launchKillable(profile) {
  const child = spawn(
    await mustFindBrowser(),
    ['--headless=new', ...BROWSER_ARGS, '--remote-debugging-port=0', `--user-data-dir=${profile}`, 'about:blank'],
    { detached: true, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const { pid } = child
  if (pid === undefined) throw new Error('the browser did not start')
  const ended = new Promise((done) => child.on('exit', done))
  const address = await new Promise((found, failed) => {
    const timer = setTimeout(() => failed(new Error(`the browser did not start within ${START_MS} ms`)), START_MS)
    let text = ''
    child.stderr.on('data', (chunk) => {
      text += chunk
      const match = /DevTools listening on (\S+)/.exec(text)
      if (!match) return
      clearTimeout(timer)
      found(match[1])
    })
  })
  const browser = await chromium.connectOverCDP(address)
  const [context] = browser.contexts()
  if (context === undefined) throw new Error('the browser has no context')
  return {
    context,
    /** SIGKILL to browser, renderers and helpers; resolves when the browser is gone. */
    async kill() {
      process.kill(-pid, 'SIGKILL')
      await ended
    },
  }
}
