// Browser tests: one worker, one installed Chromium (HOLDFAST_BROWSER or a usual place), pages from Vite's dev server.
import { defineConfig } from '@playwright/test'
import { BROWSER_ARGS, findBrowser } from '../tools/find-browser.mjs'

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  workers: 1,
  fullyParallel: false,
  timeout: 60_000,
  outputDir: '../../test-results',
  use: {
    launchOptions: { executablePath: findBrowser() ?? 'chromium', args: BROWSER_ARGS },
  },
})
