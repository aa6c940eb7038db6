// What the outside world gives the engine: time, chance, timers. Injected everywhere, so that a simulation
// can own all of it; only adapters (worker entries, tests) build a real one.

export interface Timer {
  cancel(): void
}

export interface Environment {
  /** Wall clock, milliseconds since the Unix epoch. */
  now(): number
  /** Monotonic clock, milliseconds, sub-millisecond where the platform has it. */
  monotonicNow(): number
  /** Uniform in [0, 1). */
  random(): number
  /** RFC 9562 version 4 text. */
  randomUuid(): string
  setTimer(delayMs: number, run: () => void): Timer
  /** Resolves in a later task, as soon as the platform can (a MessageChannel turn in a worker). */
  yieldTask(): Promise<void>
}
