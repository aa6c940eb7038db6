// What the types cost whoever uses them: a program of 40 tables of 30 attributes, each with indexes, nested maps and the
// usual requests, checks within a stated budget. Instantiations count the checker's work without noise; seconds are a backstop.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
/** Beyond those of a program that only imports the package. */
const INSTANTIATIONS_PER_TABLE = 15_000
const CHECK_SECONDS = 4

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-types-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function tableSource(t: number): string {
  const attributes = Array.from({ length: 24 }, (_, i) => {
    const kinds = ['S()', 'N()', 'S().optional()', 'N().default(0)', 'SS().optional()', 'BOOL().default(false)', 'L(S()).optional()', "S('a', 'b', 'c')"]
    return `    a${i}: ${kinds[i % kinds.length]},`
  })
  return `
const Table${t} = table('Table${t}', {
  partitionKey: 'pk', sortKey: 'sk',
  attributes: {
    pk: S(), sk: S(), at: N().optional(), state: S('open', 'done').default('open'),
    place: M({ city: S(), floor: N().optional(), rooms: L(M({ name: S(), size: N() })) }).optional(), extra: ANY().optional(),
${attributes.join('\n')}
  },
  globalSecondaryIndexes: {
    byState: { partitionKey: ['pk', 'state'], sortKey: ['at', 'a1'] },
    byCity: { partitionKey: 'a0', sortKey: 'at', projection: ['a3', 'a4'] },
  },
})
export async function use${t}(): Promise<number> {
  const handle = db.table(Table${t})
  const key = { pk: 'p', sk: 's' }
  const item = await handle.get(key)
  if (item) await handle.put({ ...item, a1: 2 })
  await handle.update(key, { set: { a0: 'x', 'place.city': 'Oslo', a3: plus(1) }, remove: ['a2'], add: { a1: 1, a4: new Set(['x']) } }, { condition: or({ state: 'open' }, { a1: lt(3) }) })
  await handle.delete(key, { condition: { at: gt(1), 'place.rooms[0].name': beginsWith('a') } })
  const some = await handle.query({ pk: 'p', sk: beginsWith('a') }, { filter: { a4: contains('x') } }).all()
  const byState = await handle.index('byState').query({ pk: 'p', state: 'open', at: lt(2) }).first()
  const byCity = await handle.index('byCity').query({ a0: 'x' }).all()
  await db.transact(async (tx) => {
    const read = await tx.get(handle, key)
    tx.update(handle, key, { set: { a1: (read?.a1 ?? 0) + 1 } }, { condition: { state: 'open' } })
  })
  return some.length + (byState?.at ?? 0) + byCity.length + handle.query({ pk: 'p' }).live().current.items.length
}
`
}
const IMPORTS = `import { ANY, beginsWith, BOOL, contains, gt, L, lt, M, N, openDatabase, or, plus, S, SS, table } from 'holdfast'
export const used = [ANY, beginsWith, BOOL, contains, gt, L, lt, M, N, or, plus, S, SS, table]
export const db = openDatabase('budget')
`

/** The checker's own figures for a program. Throws, with its errors, where it does not check. */
function check(source: string): { readonly instantiations: number; readonly checkSeconds: number } {
  writeFileSync(join(folder, 'main.ts'), source)
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({
      extends: join(root, 'tsconfig.json'),
      compilerOptions: { paths: { holdfast: [join(root, 'src/index.ts')] }, typeRoots: [join(root, 'node_modules/@types')] },
      include: [],
      files: [join(folder, 'main.ts')],
    }),
  )
  const compiler = join(root, 'node_modules/typescript/bin/tsc')
  const output = execFileSync(process.execPath, [compiler, '-p', folder, '--extendedDiagnostics'], { encoding: 'utf8', stdio: 'pipe' })
  const figure = (name: string): number => Number(new RegExp(`${name}:\\s+([\\d.]+)`).exec(output)?.[1])
  return { instantiations: figure('Instantiations'), checkSeconds: figure('Check time') }
}

describe('type checking', () => {
  it('of 40 tables of 30 attributes stays in its budget', () => {
    const empty = check(IMPORTS)
    const full = check(IMPORTS + Array.from({ length: 40 }, (_, t) => tableSource(t)).join(''))
    const perTable = (full.instantiations - empty.instantiations) / 40
    console.log(`type checking: ${Math.round(perTable)} instantiations a table, ${full.checkSeconds} s for 40 (${empty.checkSeconds} s for none)`)
    expect(perTable).toBeGreaterThan(0)
    expect(perTable).toBeLessThan(INSTANTIATIONS_PER_TABLE)
    expect(full.checkSeconds).toBeLessThan(CHECK_SECONDS)
  })

  it('sees an error in such a program', () => {
    expect(() => check(`${IMPORTS + tableSource(0)}\ndb.table(Table0).query({ pk: 3 })\n`)).toThrow()
  })
})
