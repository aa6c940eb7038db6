// The worker side of the SQLite engine.
import sqlite3InitModule from '@sqlite.org/sqlite-wasm'
import type { BenchItem } from '../workload.ts'

type Row = [string, string, string, number, string]
const toItem = ([pk, sk, group, n, data]: Row): BenchItem => ({ pk, sk, group, n, data })

async function open() {
  const sqlite3 = await sqlite3InitModule()
  const pool = await sqlite3.installOpfsSAHPoolVfs({ name: 'bench' })
  const db = new pool.OpfsSAHPoolDb('/bench.db')
  db.exec(`PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=TRUNCATE; PRAGMA synchronous=NORMAL; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536;
    CREATE TABLE IF NOT EXISTS items (pk TEXT, sk TEXT, grp TEXT, n INTEGER, data TEXT, PRIMARY KEY (pk, sk)) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS byGroup ON items (grp);`)
  const insert = db.prepare('INSERT OR REPLACE INTO items VALUES (?, ?, ?, ?, ?)')
  const select = db.prepare('SELECT pk, sk, grp, n, data FROM items WHERE pk = ? AND sk = ?')
  const range = db.prepare('SELECT pk, sk, grp, n, data FROM items WHERE pk = ? ORDER BY sk')
  const group = db.prepare('SELECT pk, sk, grp, n, data FROM items WHERE grp = ?')
  const update = db.prepare('UPDATE items SET n = n + 1 WHERE pk = ? AND sk = ? AND n < ?')
  const write = (item: BenchItem): void => {
    insert.bind([item.pk, item.sk, item.group, item.n, item.data]).stepReset()
  }
  const rows = (statement: typeof range, parameters: string[]): BenchItem[] => {
    const found: BenchItem[] = []
    statement.bind(parameters)
    while (statement.step()) found.push(toItem(statement.get([]) as Row))
    statement.reset()
    return found
  }
  return {
    bulk: (items: readonly BenchItem[]) => {
      db.exec('BEGIN')
      for (const item of items) write(item)
      db.exec('COMMIT')
    },
    put: write,
    get: (pk: string, sk: string) => rows(select, [pk, sk])[0],
    range: (pk: string) => rows(range, [pk]),
    byGroup: (name: string) => rows(group, [name]),
    increment: (pk: string, sk: string, limit: number) => {
      update.bind([pk, sk, limit]).stepReset()
      return db.changes() === 1
    },
    close: () => {
      for (const statement of [insert, select, range, group, update]) statement.finalize()
      db.close()
    },
  }
}

let opened: Promise<Awaited<ReturnType<typeof open>>> | undefined
self.addEventListener('message', async (event: MessageEvent<{ id: number; name: string; args: unknown[] }>) => {
  const { id, name, args } = event.data
  try {
    opened ??= open()
    const engine = await opened
    const method = name === 'open' ? () => undefined : (engine[name as keyof typeof engine] as (...rest: unknown[]) => unknown)
    self.postMessage({ id, value: method(...args) })
  } catch (error) {
    self.postMessage({ id, error: String(error) })
  }
})
