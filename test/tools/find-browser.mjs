// Finds an installed Chrome, Chromium or Edge, else gets one: Playwright's own download, or Debian's package as root.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const CANDIDATES = [
  '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable', '/usr/bin/microsoft-edge',
  '/snap/bin/chromium', '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:/Program Files/Google/Chrome/Application/chrome.exe', 'C:/Program Files (x86)/Google/Chrome/Application/chrome.exe',
  'C:/Program Files (x86)/Microsoft/Edge/Application/msedge.exe', 'C:/Program Files/Microsoft/Edge/Application/msedge.exe',
]

/** Flags that make a headless Chromium quiet and usable as root on a closed network. */
export const BROWSER_ARGS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
]

/** Path of a browser that is there, or undefined. HOLDFAST_BROWSER overrides. */
export function findBrowser() {
  const named = process.env.HOLDFAST_BROWSER
  if (named) return existsSync(named) ? named : undefined
  return CANDIDATES.find((path) => existsSync(path))
}

/** Path of a browser, installed if need be. Throws where none can be had. */
export async function mustFindBrowser() {
  const found = findBrowser() ?? (await playwrightBrowser())
  if (found) return found
  console.error('No Chrome, Chromium or Edge found: trying Playwright’s download.')
  spawnSync('npx', ['playwright', 'install', 'chromium'], { stdio: 'inherit', timeout: 300_000 })
  const downloaded = await playwrightBrowser()
  if (downloaded) return downloaded
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    console.error('Trying Debian’s package.')
    execFileSync('apt-get', ['update'], { stdio: 'ignore' })
    execFileSync('apt-get', ['install', '-y', 'chromium'], { stdio: 'ignore', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    const installed = findBrowser()
    if (installed) return installed
  }
  throw new Error('No browser: install Chrome, Chromium or Edge, or name one in HOLDFAST_BROWSER.')
}

async function playwrightBrowser() {
  const { chromium } = await import('playwright')
  const path = chromium.executablePath()
  return existsSync(path) ? path : undefined
}
