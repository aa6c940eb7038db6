// What the plan of merges promises: runs stay few, and a byte is rewritten a few times only, however large the base.
import { describe, expect, it } from 'vitest'
import type { Level, Version } from '../../../src/storage/paged/directory.ts'
import { planMerge } from '../../../src/storage/paged/merge-plan.ts'

const level = (pageBytes: number): Level => ({ pageBytes }) as Level
const version = (sizes: readonly number[], base: number): Version => ({ number: 1, base: level(base), runs: sizes.map((size) => ({ level: level(size), from: '' })) })

/** Flushes of 8 MB until so much was written; every merge is done at once. */
function simulate(flushes: number, base: number): { rewritten: number; mostRuns: number } {
  let runs: number[] = []
  let rewritten = 0
  let mostRuns = 0
  for (let n = 0; n < flushes; n++) {
    runs = [8, ...runs]
    mostRuns = Math.max(mostRuns, runs.length)
    for (let plan = planMerge(version(runs, base), 8, 8); plan !== undefined; plan = planMerge(version(runs, base), 8, 8)) {
      const merged = runs.slice(0, plan.count).reduce((sum, size) => sum + size, 0)
      runs = runs.slice(plan.count)
      if (plan.intoNext) {
        expect(runs).toEqual([])
        // Overwrites: the base keeps its size.
        rewritten += base
        base = Math.max(base, merged)
      } else {
        rewritten += merged
        runs = [merged, ...runs]
      }
    }
  }
  return { rewritten, mostRuns }
}

describe('the plan of merges', () => {
  it('leaves few runs alone', () => {
    expect(planMerge(version([8, 8, 8], 0), 8, 8)).toBeUndefined()
  })

  it('folds everything into the base where that is not much larger', () => {
    expect(planMerge(version([8, 8, 8, 8], 60), 8, 8)).toEqual({ count: 4, intoNext: true })
  })

  it('merges runs of like size into one where the base is large, and leaves larger ones alone', () => {
    expect(planMerge(version([8, 8, 8, 8, 32, 32], 10_000), 8, 8)).toEqual({ count: 4, intoNext: false })
    expect(planMerge(version([8, 8, 32, 32], 10_000), 8, 8)).toBeUndefined()
  })

  it('never lets runs reach eight, and rewrites a byte at most twelve times, with a base of up to 10 GB', () => {
    for (const base of [0, 100, 1_000, 10_000]) {
      const { rewritten, mostRuns } = simulate(2_000, base)
      expect(mostRuns, `base ${base}`).toBeLessThan(8)
      expect(rewritten / (2_000 * 8), `base ${base}`).toBeLessThan(12)
    }
  })
})
