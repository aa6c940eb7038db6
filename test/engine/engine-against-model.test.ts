// The oracle tests: random histories run on the engine and on the naive model, which must agree on every answer; at the
// end the stored index entries must equal the projection of the items (S8), counts included, and the journal, undone
// step by step, must give every earlier state (J1, J2). HOLDFAST_RUNS multiplies the number of histories.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HistoryRun } from './history-run.ts'
import { anyHistory, anySchema } from './histories.ts'

const RUNS = Number(process.env['HOLDFAST_RUNS'] ?? '1')

function check(numRuns: number, options: Parameters<typeof HistoryRun.start>[1]): Promise<void> {
  return fc.assert(
    fc.asyncProperty(anySchema, anyHistory, async (schema, history) => {
      const run = await HistoryRun.start(schema, options)
      try {
        for (const command of history) await run.apply(command)
        await run.finish()
      } finally {
        await run.close()
      }
    }),
    { numRuns: numRuns * RUNS, endOnFailure: false },
  )
}

describe('the engine and the model database', () => {
  it('agree on random histories, in native forms', async () => {
    await check(80, { form: 'native' })
  }, 60_000 * RUNS)

  it('agree on random histories, in expression strings', async () => {
    await check(50, { form: 'text' })
  }, 60_000 * RUNS)

  it('agree where pages fault at random', async () => {
    await check(40, { form: 'native', faultEvery: 7 })
  }, 60_000 * RUNS)

  it('agree where commits fail: they leave no trace (S4)', async () => {
    await check(40, { form: 'native', failEvery: 4, stream: true })
  }, 60_000 * RUNS)

  it('agree on tables with a stream, whose journal undoes to every earlier state (J1, J2)', async () => {
    await check(40, { form: 'native', stream: true })
  }, 60_000 * RUNS)
})

describe('the model database', () => {
  it('is not trivially agreed with: histories store items, entries and several pages', async () => {
    const seen = { items: 0, entries: 0, pages: 0, failures: 0 }
    await fc.assert(
      fc.asyncProperty(anySchema, anyHistory, async (schema, history) => {
        const run = await HistoryRun.start(schema, { form: 'native' })
        for (const command of history) await run.apply(command)
        await run.finish()
        seen.items += run.statistics.items
        seen.entries += run.statistics.entries
        seen.pages += run.statistics.pages
        seen.failures += run.statistics.failures
        await run.close()
      }),
      { numRuns: 20, seed: 1 },
    )
    expect(Math.min(seen.items, seen.entries, seen.pages, seen.failures)).toBeGreaterThan(5)
  })
})
