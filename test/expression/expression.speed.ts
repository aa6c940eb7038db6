// Targets of the expression floor: a bound condition in under 1 µs, binding a known text in under 2 µs. Times are the best of
// several rounds, because the machine is shared. Run by `npm run bench:floors`, never by `npm test`.
import { describe, expect, it } from 'vitest'
import { applyUpdate } from '../../src/expression/apply-update.ts'
import { evaluateCondition } from '../../src/expression/evaluate-condition.ts'
import { ExpressionContext } from '../../src/expression/expression-context.ts'

function bestMicroseconds(run: () => void): number {
  const COUNT = 20_000
  let best = Infinity
  for (let round = 0; round < 12; round++) {
    const start = performance.now()
    for (let i = 0; i < COUNT; i++) run()
    best = Math.min(best, ((performance.now() - start) * 1000) / COUNT)
  }
  return best
}

describe('speed', () => {
  const item = { id: 'k', status: 'open', count: 3, m: { M: { x: 1 } }, tags: { SS: ['a', 'b'] } }
  const names = { '#s': 'status' }
  const values = { ':s': 'open', ':n': 2 }
  const text = '#s = :s AND begins_with(id, :s) OR size(tags) >= :n'

  it('evaluates a bound condition of a few tests in under 1 µs', () => {
    const condition = new ExpressionContext(names, values).condition(text)
    expect(bestMicroseconds(() => evaluateCondition(condition, item))).toBeLessThan(1)
  })

  it('binds a known condition in under 2 µs', () => {
    expect(
      bestMicroseconds(() => {
        const context = new ExpressionContext(names, values)
        context.condition(text)
        context.finish()
      }),
    ).toBeLessThan(2)
  })

  it('applies an update of two attributes in under 2 µs', () => {
    const update = new ExpressionContext(undefined, { ':n': 1 }).update('SET m.x = :n ADD n :n')
    expect(bestMicroseconds(() => applyUpdate(update, item, item))).toBeLessThan(2)
  })
})
