// The README's examples run as they stand, against a database in memory: only where it opens is another.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'

const readme = readFileSync(resolve(import.meta.dirname, '../../README.md'), 'utf8')
const examples = [...readme.matchAll(/```ts\n(.*?)```/gs)].map((match) => match[1] ?? '')

describe('the README', () => {
  it('has examples', () => {
    expect(examples.length).toBeGreaterThan(0)
  })

  it.each(examples.map((example) => [/\n?const (\w+) = table/.exec(example)?.[1] ?? example.slice(0, 40), example]))(
    'has an example that runs: %s',
    async (_, example) => {
      const folder = mkdtempSync(join(tmpdir(), 'holdfast-readme-'))
      const log: unknown[][] = []
      const opened = example.replaceAll(/openDatabase\((.*?)\)/g, 'openTestDatabase()')
      // A live loop goes on for ever: one turn is enough.
      const bounded = opened.replaceAll(/(for await \(.*\)) console\.log\((.*)\)/g, '$1 { console.log($2); break }')
      const source = `import { openTestDatabase } from 'holdfast/testing'\nexport async function run(console) {\n${bounded.replaceAll(/^import .*$/gm, '')}\n}\n`
      const imports = [...example.matchAll(/^import .*$/gm)].map(([line]) => line).join('\n')
      const file = join(folder, 'example.mjs')
      writeFileSync(file, `${imports}\n${source}`)
      try {
        const { run } = (await import(pathToFileURL(file).href)) as { run(console: { log(...values: unknown[]): void }): Promise<void> }
        await run({ log: (...values) => log.push(values) })
        expect(log.length).toBeGreaterThan(0)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )
})
