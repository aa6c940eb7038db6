// What the keyspace costs beyond the store's own commit; run by `npm run bench:floors`. The best of several rounds counts: other work on the machine
// only ever adds.
import { expect, it } from 'vitest'
import { openKeyspace } from '../../src/storage/keyspace.ts'
import { openMemoryStore } from '../../src/storage/memory/memory-store.ts'
import type { Store } from '../../src/storage/store.ts'
import { testEnvironment } from './environment.ts'

/** A store that takes batches and keeps nothing. */
function openNowhere(): Store {
  const store = openMemoryStore(testEnvironment())
  store.commit = async () => undefined
  return store
}

const keys = Array.from({ length: 10_000 }, (_, index) => `\0\0\0\x01\0\0${index}`)

async function bestOf(rounds: number, run: () => Promise<unknown>): Promise<number> {
  let bestMs = Infinity
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    await run()
    bestMs = Math.min(bestMs, performance.now() - started)
  }
  return bestMs
}

it('runs and commits 10,000 trivial steps of one turn in under 15 ms', async () => {
  const keyspace = await openKeyspace(testEnvironment(), openNowhere())
  const bestMs = await bestOf(15, () => Promise.all(keys.map((key) => keyspace.write((write) => write.put(key, 'value')))))
  expect(bestMs).toBeLessThan(15)
})

it('adds under 20 µs to a single awaited write', async () => {
  const keyspace = await openKeyspace(testEnvironment(), openNowhere())
  const bestMs = await bestOf(10, async () => {
    for (let index = 0; index < 1000; index++) await keyspace.write((write) => write.put(`k${index}`, 'value'))
  })
  expect(bestMs / 1000).toBeLessThan(0.02)
})

it('does not turn quadratic where steps walk ranges of the head and write into them', async () => {
  const keyspace = await openKeyspace(testEnvironment(), openNowhere())
  const bestMs = await bestOf(3, () =>
    Promise.all(
      keys.map((key) =>
        keyspace.write((write) => {
          write.cursor({ start: key, end: `${key}\xff` }).next()
          write.put(key, 'value')
        }),
      ),
    ),
  )
  expect(bestMs).toBeLessThan(200)
})
