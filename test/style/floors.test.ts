// The rules of the house that a reader would otherwise have to check (DESIGN.md sections 1 and 7): import directions,
// cycles, file openings, names, banned globals. oxlint (.oxlintrc.json) checks sizes, default exports, `any` and promises.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, posix, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const FLOORS = ['model', 'expression', 'storage', 'engine', 'services', 'replication', 'host', 'client', 'hub', 'cli']
/** client and engine speak through host; hub and client never meet. */
const FORBIDDEN = new Set(['client>engine', 'hub>client', 'client>services', 'client>storage'])
const BANNED_FOLDER_NAMES = /^(utils?|helpers?|common|shared|misc|lib)$/

function listFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
}
const sources = [...listFiles(join(root, 'src')), ...listFiles(join(root, 'worker'))]
const textOf = new Map(sources.map((file) => [file, readFileSync(join(root, file), 'utf8')]))

interface Import {
  readonly from: string
  readonly to: string
  readonly typeOnly: boolean
}
function importsOf(file: string): Import[] {
  const text = textOf.get(file) ?? ''
  const found: Import[] = []
  const pattern = /^\s*(import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"](\.[^'"]+)['"]|import\(\s*['"](\.[^'"]+)['"]\s*\)/gm
  for (const match of text.matchAll(pattern)) {
    const specifier = match[3] ?? match[4] ?? ''
    found.push({ from: file, to: posix.join(dirname(file), specifier), typeOnly: match[2] !== undefined })
  }
  return found
}
const imports = sources.flatMap(importsOf)
const floorOf = (file: string): string | undefined => /^src\/([^/]+)\//.exec(file)?.[1]

describe('the style of the house', () => {
  it('has only the floors of the design', () => {
    const floors = new Set(sources.map(floorOf).filter((floor) => floor !== undefined))
    expect([...floors].filter((floor) => !FLOORS.includes(floor))).toEqual([])
  })

  it('imports only from floors above, types included', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [a, b] = [floorOf(from), floorOf(to)]
      if (a === undefined || b === undefined || a === b) return false
      return FLOORS.indexOf(b) > FLOORS.indexOf(a) || FORBIDDEN.has(`${a}>${b}`)
    })
    expect(wrong).toEqual([])
  })

  it('imports nothing from the barrel, and the barrel exports from model, host and client only', () => {
    expect(imports.filter(({ to, from }) => to === 'src/index.ts' && from.startsWith('src/'))).toEqual([])
    const barrel = imports.filter(({ from }) => from === 'src/index.ts').map(({ to }) => floorOf(to))
    expect(barrel.filter((floor) => !['model', 'expression', 'host', 'client'].includes(floor ?? ''))).toEqual([])
  })

  it('has no import cycles, type imports included', () => {
    const edges = new Map<string, string[]>()
    for (const { from, to } of imports) edges.set(from, [...(edges.get(from) ?? []), to])
    const done = new Set<string>()
    const cycles: string[] = []
    const walk = (file: string, path: readonly string[]): void => {
      const at = path.indexOf(file)
      if (at >= 0) {
        cycles.push([...path.slice(at), file].join(' > '))
        return
      }
      if (done.has(file)) return
      for (const next of edges.get(file) ?? []) walk(next, [...path, file])
      done.add(file)
    }
    for (const file of edges.keys()) walk(file, [])
    expect(cycles).toEqual([])
  })

  it('opens every file with two to six lines of comment', () => {
    const wrong = sources.filter((file) => {
      const lines = (textOf.get(file) ?? '').split('\n')
      const opening = lines.findIndex((line) => !line.startsWith('//'))
      return opening < 2 || opening > 6
    })
    expect(wrong).toEqual([])
  })

  it('names no folder or file utils, helpers or common', () => {
    const wrong = sources.filter((file) => file.split('/').some((part) => BANNED_FOLDER_NAMES.test(part.replace(/\.tsx?$/, ''))))
    expect(wrong).toEqual([])
  })

  it('touches platform globals in adapters only', () => {
    const banned =
      /(?<![.\w'"`#])(Date\.now\(|new Date\(\)|Math\.random\(|setTimeout\(|setInterval\(|indexedDB\b(?!\/)|navigator\.|performance\.now|crypto\.(randomUUID|getRandomValues)|localStorage|process\.)/
    const wrong: string[] = []
    for (const [file, text] of textOf) {
      if (ADAPTERS.some((adapter) => file.startsWith(adapter))) continue
      text.split('\n').forEach((line, index) => {
        const code = line.replace(/^\s*(\/\/|\*|\/\*).*$/, '').replace(/\/\/.*$/, '')
        if (banned.test(code)) wrong.push(`${file}:${index + 1}: ${line.trim()}`)
      })
    }
    expect(wrong).toEqual([])
  })

  it('keeps worker entries within 30 lines', () => {
    const long = sources.filter((file) => file.startsWith('worker/') && (textOf.get(file) ?? '').split('\n').length > 31)
    expect(long).toEqual([])
  })
})

/** The places where the platform may be named: they build an Environment or bind a browser's API to an interface. */
const ADAPTERS = ['worker/', 'src/storage/indexeddb/', 'src/storage/level/', 'src/host/platform', 'src/client/platform', 'src/hub/', 'src/cli/']
