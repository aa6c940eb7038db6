// Target tracking, as application auto scaling does it for DynamoDB (AWS page: AutoScaling): two minutes above the target
// raise the units, fifteen well below it lower them, each with its cooldown, within the bounds. Pure.
import type { AutoScaling } from './table-row.ts'

export const MINUTES_TO_SCALE_OUT = 2
export const MINUTES_TO_SCALE_IN = 15
/** Percentage points below the target at which units are lowered. */
const SCALE_IN_MARGIN = 20
/** For the quotient of doubles that stand for whole units. */
const EPSILON = 1e-9

export interface ScalingObservation {
  readonly provisioned: number
  /** Units per second of the last minutes, the oldest first; as many as there are. */
  readonly perSecond: readonly number[]
  /** Milliseconds since the epoch; undefined: never. */
  readonly lastScaleOutAt: number | undefined
  readonly lastScaleInAt: number | undefined
  readonly now: number
}

/** Units to provision, or undefined where nothing changes. */
export function scaledUnits(policy: AutoScaling, observation: ScalingObservation): number | undefined {
  const { provisioned, perSecond, now } = observation
  const recent = perSecond.slice(-MINUTES_TO_SCALE_OUT)
  const high = (provisioned * policy.target) / 100
  if (recent.length === MINUTES_TO_SCALE_OUT && recent.every((units) => units > high)) {
    if (isCooling(observation.lastScaleOutAt, policy.scaleOutCooldown, now)) return undefined
    const units = bounded(policy, wantedFor(policy, Math.max(...recent)))
    return units > provisioned ? units : undefined
  }
  const long = perSecond.slice(-MINUTES_TO_SCALE_IN)
  const low = (provisioned * Math.max(0, policy.target - SCALE_IN_MARGIN)) / 100
  if (policy.disableScaleIn === true || long.length < MINUTES_TO_SCALE_IN || long.some((units) => units >= low)) return undefined
  if (isCooling(observation.lastScaleInAt, policy.scaleInCooldown, now) || isCooling(observation.lastScaleOutAt, policy.scaleInCooldown, now)) {
    return undefined
  }
  const units = bounded(policy, wantedFor(policy, Math.max(...long)))
  return units < provisioned ? units : undefined
}

function wantedFor({ target }: AutoScaling, perSecond: number): number {
  return Math.ceil((perSecond * 100) / target - EPSILON)
}

export function bounded({ minimum, maximum }: Pick<AutoScaling, 'minimum' | 'maximum'>, units: number): number {
  return Math.min(maximum, Math.max(minimum, units))
}

function isCooling(at: number | undefined, cooldownSeconds = 0, now: number): boolean {
  return at !== undefined && now < at + cooldownSeconds * 1000
}
