// An Environment for tests of the storage floor: real timers, a wall clock that the test moves, seeded chance.
import type { Environment } from '../../src/model/environment.ts'

export interface TestEnvironment extends Environment {
  time: number
}

/** A small seeded generator (mulberry32): uniform in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export function testEnvironment(seed = 1): TestEnvironment {
  const random = seeded(seed)
  return {
    time: 1_000_000,
    now() {
      return this.time
    },
    monotonicNow: () => performance.now(),
    random,
    randomUuid: () => crypto.randomUUID(),
    setTimer(delayMs, run) {
      const timer = setTimeout(run, delayMs)
      return { cancel: () => clearTimeout(timer) }
    },
    yieldTask: () => new Promise((resolve) => setImmediate(resolve)),
  }
}
