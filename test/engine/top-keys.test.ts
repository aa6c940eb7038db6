// The space-saving counter of contributor insights: frequent keys are never missing, memory is bounded.
import { expect, it } from 'vitest'
import { TopKeys } from '../../src/engine/top-keys.ts'

it('keeps the frequent keys among very many', () => {
  const top = new TopKeys()
  for (let at = 0; at < 20_000; at++) {
    top.add(`rare ${at}`)
    if (at % 10 === 0) top.add('often')
    if (at % 20 === 0) top.add('second')
  }
  const list = top.list()
  expect(list.length).toBeLessThanOrEqual(256)
  expect(list.slice(0, 2).map(({ key }) => key)).toEqual(['often', 'second'])
  expect(list[0]?.count).toBeGreaterThanOrEqual(2000)
})
