// The platform's clock, chance and timers as an Environment, for pages, workers and Node alike.
// The only place of this floor where they are named.
import type { Environment, Timer } from '../model/environment.ts'

export function platformEnvironment(): Environment {
  return {
    now: () => Date.now(),
    monotonicNow: () => performance.now(),
    random: () => Math.random(),
    randomUuid,
    setTimer,
    yieldTask: taskYielder(),
  }
}

/** Outside secure contexts (plain http) browsers have getRandomValues only. */
export function randomUuid(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const hex = Array.from(bytes, (byte, index) => {
    const value = index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte
    return value.toString(16).padStart(2, '0')
  }).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

export function setTimer(delayMs: number, run: () => void): Timer {
  const id = setTimeout(run, delayMs)
  return { cancel: () => clearTimeout(id) }
}

/** A message to ourselves takes 12 µs in a worker, where a timer of zero takes 4 ms. */
function taskYielder(): () => Promise<void> {
  let waiting: (() => void)[] = []
  let channel: { readonly port1: RefPort; readonly port2: MessagePort } | undefined
  const open = (): { readonly port1: RefPort; readonly port2: MessagePort } => {
    const opened = new MessageChannel()
    opened.port1.onmessage = () => {
      const resolves = waiting
      waiting = []
      channel?.port1.unref?.()
      for (const resolve of resolves) resolve()
    }
    return opened
  }
  return () =>
    new Promise((resolve) => {
      channel ??= open()
      waiting.push(resolve)
      if (waiting.length > 1) return
      channel.port1.ref?.()
      channel.port2.postMessage(undefined)
    })
}

/** In Node an open port keeps the process alive unless it is told not to. */
type RefPort = MessagePort & { ref?(): void; unref?(): void }
