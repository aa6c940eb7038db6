// UpdateTableReplicaAutoScaling: sets the scaling policies of a table and its GSIs. Units outside of the new bounds come
// within them at once; from then on the engine scales by what is consumed (auto-scaler.ts).
import { ValidationException } from '../../model/errors.ts'
import { getIndex } from '../../model/table.ts'
import { applyBounds } from '../auto-scaler.ts'
import { changeTable } from '../change-table.ts'
import { Constraints } from '../constraints.ts'
import type { Operation } from '../operation.ts'
import {
  describeScaling,
  failedLookup,
  failedUpdate,
  LOCAL_REGION,
  policyOf,
  scaledTableNotFound,
  type AutoScalingSettingsUpdate,
  type ScalingChange,
} from '../scaling-settings.ts'
import { checkTableName } from '../table-name.ts'
import { throughputSettings, withThroughputSettings, type TableRow } from '../table-row.ts'
import type { TableAutoScalingOutput } from './describe-table-replica-auto-scaling.ts'

interface IndexScalingUpdate {
  readonly IndexName?: string
  readonly ProvisionedReadCapacityAutoScalingUpdate?: AutoScalingSettingsUpdate
  readonly ProvisionedWriteCapacityAutoScalingUpdate?: AutoScalingSettingsUpdate
}
export interface UpdateTableReplicaAutoScalingInput {
  readonly TableName: string
  readonly GlobalSecondaryIndexUpdates?: readonly IndexScalingUpdate[]
  readonly ProvisionedWriteCapacityAutoScalingUpdate?: AutoScalingSettingsUpdate
  readonly ReplicaUpdates?: readonly {
    readonly RegionName: string
    readonly ReplicaGlobalSecondaryIndexUpdates?: readonly IndexScalingUpdate[]
    readonly ReplicaProvisionedReadCapacityAutoScalingUpdate?: AutoScalingSettingsUpdate
  }[]
}

/** AWS page: UpdateTableReplicaAutoScaling. Throws ValidationException, ResourceNotFoundException. */
export const updateTableReplicaAutoScaling: Operation<UpdateTableReplicaAutoScalingInput, TableAutoScalingOutput> = {
  name: 'UpdateTableReplicaAutoScaling',
  kind: 'write',
  async run(engine, input, context) {
    checkTableName(input.TableName)
    checkShape(input)
    const output = await changeTable(
      engine,
      context,
      input.TableName,
      (row) => {
        const changes = changesOf(row, input)
        if (changes.length === 0) throw failedUpdate(row.name, ' because at least one update parameter must be specified.')
        if (row.billingMode !== 'PROVISIONED') throw onDemand(row, input)
        const changed = changes.reduce(withChange, row)
        return { row: changed, output: { TableAutoScalingDescription: describeScaling(changed) } }
      },
      scaledTableNotFound,
    )
    engine.startTask(() => applyBounds(engine, input.TableName))
    return output
  },
}

function checkShape(input: UpdateTableReplicaAutoScalingInput): void {
  const constraints = new Constraints()
  const check = (path: string, update: AutoScalingSettingsUpdate | undefined): void => {
    constraints.range(`${path}.minimumUnits`, update?.MinimumUnits, 1, Number.MAX_SAFE_INTEGER)
    constraints.range(`${path}.maximumUnits`, update?.MaximumUnits, 1, Number.MAX_SAFE_INTEGER)
    const policy = update?.ScalingPolicyUpdate
    if (policy === undefined) return
    const configuration = `${path}.scalingPolicyUpdate.targetTrackingScalingPolicyConfiguration`
    if (constraints.notNull(configuration, policy.TargetTrackingScalingPolicyConfiguration)) {
      constraints.notNull(`${configuration}.targetValue`, policy.TargetTrackingScalingPolicyConfiguration.TargetValue)
    }
  }
  check('provisionedWriteCapacityAutoScalingUpdate', input.ProvisionedWriteCapacityAutoScalingUpdate)
  constraints.length('globalSecondaryIndexUpdates', input.GlobalSecondaryIndexUpdates, 1, Number.MAX_SAFE_INTEGER)
  input.GlobalSecondaryIndexUpdates?.forEach((index, at) => {
    check(`globalSecondaryIndexUpdates.${at + 1}.member.provisionedWriteCapacityAutoScalingUpdate`, index.ProvisionedWriteCapacityAutoScalingUpdate)
  })
  constraints.length('replicaUpdates', input.ReplicaUpdates, 1, Number.MAX_SAFE_INTEGER)
  input.ReplicaUpdates?.forEach((replica, at) => {
    const path = `replicaUpdates.${at + 1}.member`
    constraints.notNull(`${path}.regionName`, replica.RegionName)
    check(`${path}.replicaProvisionedReadCapacityAutoScalingUpdate`, replica.ReplicaProvisionedReadCapacityAutoScalingUpdate)
  })
  constraints.done()
}

/** Throws ResourceNotFoundException for Regions and indexes that there are not. */
function changesOf(row: TableRow, input: UpdateTableReplicaAutoScalingInput): ScalingChange[] {
  const replicas = input.ReplicaUpdates ?? []
  const regions = replicas.map(({ RegionName }) => RegionName)
  const unknown = regions.filter((region) => region !== LOCAL_REGION)
  if (unknown.length > 0) throw failedLookup(row.name, `a replica does not exist in regions: ‘[${unknown.join(', ')}]’.`)
  if (new Set(regions).size < regions.length) throw failedUpdate(row.name, ` because the regions: ‘[${LOCAL_REGION}]’ were specified more than once.`)
  const changes: ScalingChange[] = []
  const add = (indexId: number, dimension: 'read' | 'write', update: AutoScalingSettingsUpdate | undefined): void => {
    if (update !== undefined) changes.push({ indexId, dimension, update })
  }
  add(0, 'write', input.ProvisionedWriteCapacityAutoScalingUpdate)
  for (const index of input.GlobalSecondaryIndexUpdates ?? []) {
    add(indexIdOf(row, index.IndexName), 'write', index.ProvisionedWriteCapacityAutoScalingUpdate)
  }
  for (const replica of replicas) {
    add(0, 'read', replica.ReplicaProvisionedReadCapacityAutoScalingUpdate)
    for (const index of replica.ReplicaGlobalSecondaryIndexUpdates ?? []) {
      add(indexIdOf(row, index.IndexName), 'read', index.ProvisionedReadCapacityAutoScalingUpdate)
    }
  }
  return changes
}

function indexIdOf(row: TableRow, indexName = ''): number {
  const index = getIndex(row, indexName)
  if (index?.kind === 'GLOBAL' && index.status === 'ACTIVE') return index.id
  throw failedLookup(row.name, `the global secondary indexes with names: ‘[${indexName}]’ do not exist.`)
}

function withChange(row: TableRow, change: ScalingChange): TableRow {
  const policy = policyOf(row, change)
  const settings = throughputSettings(row, change.indexId)
  const { readScaling, writeScaling, ...rest } = settings
  const read = change.dimension === 'read' ? policy : readScaling
  const write = change.dimension === 'write' ? policy : writeScaling
  const next = { ...rest, ...(read === undefined ? {} : { readScaling: read }), ...(write === undefined ? {} : { writeScaling: write }) }
  if (change.indexId !== 0) return withThroughputSettings(row, change.indexId, next)
  const { readScaling: _, writeScaling: __, ...others } = row
  return { ...others, ...next }
}

function onDemand(row: TableRow, input: UpdateTableReplicaAutoScalingInput): ValidationException {
  const parameters = Object.keys(input).filter((name) => name !== 'TableName')
  return new ValidationException(
    `Failed to update global table with name ‘${row.name}‘. Replicas '${LOCAL_REGION}' BillingMode is PayPerRequest. ` +
      `You must convert table's BillingMode to PROVISIONED to set parameters: '${parameters.join(', ')}'.`,
  )
}
