// Work that a service does again and again, as long as some table needs it: a database that needs
// nothing of it has no timer, so that a process which forgot to close one can end.
import type { EngineCore } from '../engine/engine-core.ts'
import type { Timer } from '../model/environment.ts'

export interface RepeatingTask {
  /** False: it is not run again before a table changes. */
  isNeeded(): boolean
  /** Instead of a round at opening, when others are in a hurry: finds out what `isNeeded` has to know. */
  prepare?(): Promise<void>
  /** One round. What fails is tried again with the next. */
  run(): Promise<void>
  /** Until the next round. */
  delayMs(): number
}

/** Returns what ends it. */
export function startRepeating(engine: EngineCore, task: RepeatingTask): () => void {
  let timer: Timer | undefined
  let isRunning = false
  const plan = (): void => {
    if (engine.closing || isRunning || timer !== undefined || !task.isNeeded()) return
    timer = engine.environment.setTimer(task.delayMs(), () => runOnce(() => task.run()))
  }
  const runOnce = (run: () => Promise<void>): void => {
    timer = undefined
    isRunning = true
    engine.startTask(async () => {
      try {
        await run()
      } finally {
        isRunning = false
        plan()
      }
    })
  }
  const forget = engine.catalog.onChange(plan)
  if (task.prepare !== undefined) runOnce(() => task.prepare?.() ?? Promise.resolve())
  else if (task.isNeeded()) runOnce(() => task.run())
  return () => {
    forget()
    timer?.cancel()
  }
}
