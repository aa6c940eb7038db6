// What tabs of one database tell each other over its BroadcastChannel, and the names that all of them must agree on.
// Rare messages only: beats twice a lease, a hello when a tab comes or hears nothing.
import { LEASE_MS } from './lease.ts'

/** A host's sign of life. `broker`: the instance it can be reached by; null: none, call over a channel; absent: not known yet. */
export interface Beat {
  readonly beat: string
  /** 0 while opening. */
  readonly epoch: number
  readonly broker?: string | null
}
/** A tab is here and wants a beat; `broker`: the instance that it said hello to, if any. */
export interface Hello {
  readonly hello: string
  readonly broker: string | undefined
}
/** Tab `caller` wants to call host `relay` of that epoch over channel `channel`, used by no other attempt. */
export interface RelayRequest {
  readonly relay: string
  readonly caller: string
  readonly epoch: number
  readonly channel: string
}
export type ControlMessage = Beat | Hello | RelayRequest

export const BEAT_MS = LEASE_MS / 4

export const hostLockName = (database: string): string => `holdfast:${database}`
/** Held by a tab's worker while it lives and is shown: its release tells the host to forget the tab. */
export const tabLockName = (database: string, tab: string): string => `holdfast:${database}:tab:${tab}`
export const controlChannelName = (database: string): string => `holdfast:${database}`
