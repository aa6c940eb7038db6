// What befalls tabs in a simulated origin: kills, freezes without a word, hides as a browser announces them, closes.
// Faults are a recovery apart, so that the time of each recovery can be asked for (T2).
import type { Origin, SimulatedTab } from './tabs.ts'

export interface Faults {
  readonly origin: Origin
  /** Its requests under way, and those that it makes on its return, say nothing about how long others wait. */
  disturb(tab: SimulatedTab): void
  /** Opens a tab and gives it work. */
  open(): void
}

type Fault = (faults: Faults) => void

const FAULTS: readonly Fault[] = [
  ({ origin }) => pickHost(origin)?.process.kill(),
  ({ origin }) => pickTab(origin)?.process.kill(),
  (faults) => freeze(pickHost(faults.origin), faults),
  (faults) => freeze(pickTab(faults.origin), faults),
  (faults) => hide(pickHost(faults.origin), faults),
  (faults) => hide(pickTab(faults.origin), faults),
  ({ origin }) => close(pickHost(origin)),
]

/** Three tabs at first, at least three and at most six later; a fault every three seconds or so until `lastFaultAt`. */
export function schedule(faults: Faults, lastFaultAt: number): void {
  const { origin } = faults
  const { world } = origin
  for (let tab = 0; tab < 3; tab++) world.schedule(undefined, world.between(0, 200), () => faults.open())
  for (let at = 1500; at < lastFaultAt; at += world.between(2600, 3500)) {
    world.schedule(undefined, at, () => {
      world.pick(FAULTS)(faults)
      if (origin.living.length < 3 || (origin.living.length < 6 && world.chance(0.3))) faults.open()
    })
  }
}

function pickHost(origin: Origin): SimulatedTab | undefined {
  const host = origin.host()
  return host?.process.state === 'running' ? host : undefined
}

function pickTab(origin: Origin): SimulatedTab | undefined {
  const running = origin.living.filter(({ process, link }) => process.state === 'running' && link.status.state !== 'CLOSED')
  return running.length === 0 ? undefined : origin.world.pick(running)
}

function freeze(tab: SimulatedTab | undefined, faults: Faults): void {
  if (tab === undefined) return
  faults.disturb(tab)
  const { world } = tab.process
  tab.process.freeze()
  world.schedule(undefined, world.between(100, 6000), () => {
    faults.disturb(tab)
    tab.process.thaw()
  })
}

function hide(tab: SimulatedTab | undefined, faults: Faults): void {
  if (tab === undefined) return
  faults.disturb(tab)
  const { world } = tab.process
  tab.hide()
  world.schedule(undefined, world.between(100, 6000), () => {
    faults.disturb(tab)
    tab.show()
  })
}

function close(tab: SimulatedTab | undefined): void {
  if (tab === undefined) return
  void tab.link.close()
  tab.process.schedule(300, () => tab.process.kill())
}
