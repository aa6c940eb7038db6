// Target tracking as application auto scaling does it for DynamoDB (AWS page: AutoScaling), with fake time.
import { describe, expect, it } from 'vitest'
import { scaledUnits } from '../../src/engine/scaling-policy.ts'

const policy = { minimum: 5, maximum: 100, target: 70, policyName: 'p' }
const minutes = (count: number, units: number) => Array.from({ length: count }, () => units)
const NEVER = { lastScaleOutAt: undefined, lastScaleInAt: undefined, now: 1_000_000 }

describe('target tracking', () => {
  it('raises after two minutes above the target, to where the target is met', () => {
    expect(scaledUnits(policy, { ...NEVER, provisioned: 10, perSecond: [2, 14] })).toBeUndefined()
    expect(scaledUnits(policy, { ...NEVER, provisioned: 10, perSecond: [14, 14] })).toBe(20)
    expect(scaledUnits(policy, { ...NEVER, provisioned: 10, perSecond: [7, 7] })).toBeUndefined()
  })

  it('lowers after fifteen minutes well below it', () => {
    expect(scaledUnits(policy, { ...NEVER, provisioned: 50, perSecond: minutes(14, 7) })).toBeUndefined()
    expect(scaledUnits(policy, { ...NEVER, provisioned: 50, perSecond: minutes(15, 7) })).toBe(10)
    expect(scaledUnits(policy, { ...NEVER, provisioned: 50, perSecond: [...minutes(14, 7), 30] })).toBeUndefined()
    expect(scaledUnits({ ...policy, disableScaleIn: true }, { ...NEVER, provisioned: 50, perSecond: minutes(15, 7) })).toBeUndefined()
  })

  it('stays within its bounds', () => {
    expect(scaledUnits(policy, { ...NEVER, provisioned: 90, perSecond: [900, 900] })).toBe(100)
    expect(scaledUnits(policy, { ...NEVER, provisioned: 100, perSecond: [900, 900] })).toBeUndefined()
    expect(scaledUnits(policy, { ...NEVER, provisioned: 50, perSecond: minutes(15, 0) })).toBe(5)
    expect(scaledUnits(policy, { ...NEVER, provisioned: 5, perSecond: minutes(15, 0) })).toBeUndefined()
  })

  it('cools down after a change', () => {
    const cooling = { ...policy, scaleOutCooldown: 60, scaleInCooldown: 60 }
    const at = 1_000_000
    expect(scaledUnits(cooling, { provisioned: 10, perSecond: [14, 14], lastScaleOutAt: at, lastScaleInAt: undefined, now: at + 59_000 })).toBeUndefined()
    expect(scaledUnits(cooling, { provisioned: 10, perSecond: [14, 14], lastScaleOutAt: at, lastScaleInAt: undefined, now: at + 60_000 })).toBe(20)
    expect(scaledUnits(cooling, { provisioned: 50, perSecond: minutes(15, 0), lastScaleOutAt: undefined, lastScaleInAt: at, now: at + 59_000 })).toBeUndefined()
  })
})
