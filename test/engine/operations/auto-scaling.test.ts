// UpdateTableReplicaAutoScaling, DescribeTableReplicaAutoScaling, and what the engine then does. Lab findings
// DDB-TABLE-189, -195, -237 to -243, -291, -314; AWS pages of both operations, AutoScaling.
import { beforeEach, describe, expect, it } from 'vitest'
import { scaleTables } from '../../../src/engine/auto-scaler.ts'
import { openEngine, simpleTable, type EngineFixture } from '../engine-fixture.ts'

const TableName = 'Things'
const SCALING = { MinimumUnits: 5, MaximumUnits: 100, ScalingPolicyUpdate: { TargetTrackingScalingPolicyConfiguration: { TargetValue: 50 } } }
const OFF = { AutoScalingDisabled: true, ScalingPolicies: [] }
let fixture: EngineFixture
const update = (input: object) => fixture.run('UpdateTableReplicaAutoScaling', { TableName, ...input })
async function replica(): Promise<Record<string, unknown>> {
  const answer = await fixture.run('DescribeTableReplicaAutoScaling', { TableName })
  return (answer['TableAutoScalingDescription'] as { Replicas: Record<string, unknown>[] }).Replicas[0] ?? {}
}
async function unitsNow(): Promise<object> {
  const { Table } = (await fixture.run('DescribeTable', { TableName })) as { Table: { ProvisionedThroughput: object } }
  return Table.ProvisionedThroughput
}

beforeEach(async () => {
  fixture = await openEngine()
  await fixture.run('CreateTable', simpleTable(TableName, { BillingMode: 'PROVISIONED', ProvisionedThroughput: { ReadCapacityUnits: 10, WriteCapacityUnits: 2 } }))
})

describe('auto scaling', () => {
  it('is set by dimension, described, kept, and switched off', async () => {
    expect(await replica()).toEqual({
      RegionName: 'local',
      ReplicaStatus: 'ACTIVE',
      ReplicaProvisionedReadCapacityAutoScalingSettings: OFF,
      ReplicaProvisionedWriteCapacityAutoScalingSettings: OFF,
    })
    await update({ ProvisionedWriteCapacityAutoScalingUpdate: SCALING })
    fixture = await fixture.reopen()
    expect(await replica()).toMatchObject({
      ReplicaProvisionedReadCapacityAutoScalingSettings: OFF,
      ReplicaProvisionedWriteCapacityAutoScalingSettings: {
        MinimumUnits: 5,
        MaximumUnits: 100,
        ScalingPolicies: [
          { PolicyName: 'DynamoDBWriteCapacityUtilization:table/Things', TargetTrackingScalingPolicyConfiguration: { TargetValue: 50 } },
        ],
      },
    })
    await update({ ProvisionedWriteCapacityAutoScalingUpdate: { AutoScalingDisabled: true } })
    expect(await replica()).toMatchObject({ ReplicaProvisionedWriteCapacityAutoScalingSettings: OFF })
  })

  it('brings units within its bounds at once, and then follows consumption', async () => {
    await update({ ProvisionedWriteCapacityAutoScalingUpdate: SCALING })
    await fixture.engine.idle()
    expect(await unitsNow()).toMatchObject({ ReadCapacityUnits: 10, WriteCapacityUnits: 5 })
    for (let minute = 0; minute < 2; minute++) {
      for (let at = 0; at < 600; at++) await fixture.run('PutItem', { TableName, Item: { id: 'a' } })
      fixture.environment.time += 60_000
    }
    await scaleTables(fixture.engine)
    // Ten a second at a target of 50 percent.
    expect(await unitsNow()).toMatchObject({ WriteCapacityUnits: 20 })
    fixture.environment.time += 16 * 60_000
    await scaleTables(fixture.engine)
    expect(await unitsNow()).toMatchObject({ WriteCapacityUnits: 5, NumberOfDecreasesToday: 1 })
  })

  const FAILED = 'Failed to update settings for global table with name: ‘Things’'
  const refused: [object, string][] = [
    [{}, `${FAILED} because at least one update parameter must be specified.`],
    [{ ProvisionedWriteCapacityAutoScalingUpdate: { MinimumUnits: 1, MaximumUnits: 2 } }, `${FAILED}: Parameters 'ScalingPolicyUpdate' are required unless auto scaling is being disabled.`],
    [{ ProvisionedWriteCapacityAutoScalingUpdate: {} }, `${FAILED}: Parameters 'MaximumUnits', 'ScalingPolicyUpdate', 'MinimumUnits' are required unless auto scaling is being disabled.`],
    [{ ProvisionedWriteCapacityAutoScalingUpdate: { AutoScalingDisabled: true, MinimumUnits: 1 } }, `${FAILED}: Parameters 'MinimumUnits' must be left blank when disabling auto scaling.`],
    [{ GlobalSecondaryIndexUpdates: [{ IndexName: 'nope', ProvisionedWriteCapacityAutoScalingUpdate: SCALING }] }, `${FAILED} because the global secondary indexes with names: ‘[nope]’ do not exist.`],
    [{ ReplicaUpdates: [{ RegionName: 'us-east-1' }] }, `${FAILED} because a replica does not exist in regions: ‘[us-east-1]’.`],
    [{ ProvisionedWriteCapacityAutoScalingUpdate: { ...SCALING, MinimumUnits: 0 } }, 'Member must have value greater than or equal to 1'],
  ]
  it.each(refused)('refuses %j', async (input, message) => {
    await expect(update(input)).rejects.toThrow(message)
  })

  it('is for provisioned tables', async () => {
    await fixture.run('UpdateTable', { TableName, BillingMode: 'PAY_PER_REQUEST' })
    await expect(update({ ProvisionedWriteCapacityAutoScalingUpdate: SCALING })).rejects.toThrow("Replicas 'local' BillingMode is PayPerRequest.")
    await expect(fixture.run('DescribeTableReplicaAutoScaling', { TableName: 'Nothing' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: "Global table with name: 'Nothing' does not exist.",
    })
  })
})
