// The page's budget: the whole core, comlink and the host's page side included, in 10 KB gzipped.
import { describe, expect, it } from 'vitest'
import { bundle } from './bundle-core.ts'

describe('the size of the page part', () => {
  it('is under 10 KB gzipped for everything that the core exports', async () => {
    const { gzipBytes, code } = await bundle("export * from 'holdfast'")
    console.log(`core: ${gzipBytes} bytes gzipped, ${code.length} minified`)
    expect(code).toContain('openDatabase')
    expect(gzipBytes).toBeLessThan(10 * 1024)
  })
})
