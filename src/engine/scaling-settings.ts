// Auto scaling of a table as UpdateTableReplicaAutoScaling sets it and both of its operations describe it. On AWS they
// speak of a global table's replicas; here the one Region, `local`, is the one replica. Texts: lab findings DDB-TABLE-237
// to -243, -291, -442.
import { ResourceNotFoundException, ValidationException } from '../model/errors.ts'
import type { AutoScaling, TableRow } from './table-row.ts'
import { throughputSettings } from './table-row.ts'
import type { Dimension } from './traffic.ts'

export const LOCAL_REGION = 'local'
const ROLE_ARN =
  'arn:aws:iam::000000000000:role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_DynamoDBTable'
const MIN_TARGET = 20
const MAX_TARGET = 90

export interface AutoScalingSettingsUpdate {
  readonly MinimumUnits?: number
  readonly MaximumUnits?: number
  readonly AutoScalingDisabled?: boolean
  readonly AutoScalingRoleArn?: string
  readonly ScalingPolicyUpdate?: {
    readonly PolicyName?: string
    readonly TargetTrackingScalingPolicyConfiguration: {
      readonly DisableScaleIn?: boolean
      readonly ScaleInCooldown?: number
      readonly ScaleOutCooldown?: number
      readonly TargetValue: number
    }
  }
}

/** Of one dimension of the table (index id 0) or a GSI. */
export interface ScalingChange {
  readonly indexId: number
  readonly dimension: Dimension
  readonly update: AutoScalingSettingsUpdate
}

export function failedUpdate(tableName: string, text: string): ValidationException {
  return new ValidationException(`Failed to update settings for global table with name: ‘${tableName}’${text}`)
}
export function failedLookup(tableName: string, text: string): ResourceNotFoundException {
  return new ResourceNotFoundException(`Failed to update settings for global table with name: ‘${tableName}’ because ${text}`)
}

/** The policy, or undefined where scaling is switched off. Throws ValidationException. */
export function policyOf(row: TableRow, { indexId, dimension, update }: ScalingChange): AutoScaling | undefined {
  const { MinimumUnits: minimum, MaximumUnits: maximum, ScalingPolicyUpdate: policy } = update
  const given = { MaximumUnits: maximum, ScalingPolicyUpdate: policy, MinimumUnits: minimum }
  if (update.AutoScalingDisabled === true) {
    const extra = namesWhere(given, (value) => value !== undefined)
    if (extra !== '') throw failedUpdate(row.name, `: Parameters ${extra} must be left blank when disabling auto scaling.`)
    return undefined
  }
  if (minimum === undefined || maximum === undefined || policy === undefined) {
    const missing = namesWhere(given, (value) => value === undefined)
    throw failedUpdate(row.name, `: Parameters ${missing} are required unless auto scaling is being disabled.`)
  }
  if (minimum > maximum) throw failedUpdate(row.name, ': Maximum capacity cannot be less than minimum capacity')
  const { TargetValue: target, DisableScaleIn, ScaleInCooldown, ScaleOutCooldown } = policy.TargetTrackingScalingPolicyConfiguration
  if (target < MIN_TARGET || target > MAX_TARGET) {
    throw failedUpdate(row.name, `: The target utilization value must be between ${MIN_TARGET} and ${MAX_TARGET} percent`)
  }
  return {
    minimum,
    maximum,
    policyName: policy.PolicyName ?? defaultPolicyName(row, indexId, dimension),
    target,
    ...(DisableScaleIn === undefined ? {} : { disableScaleIn: DisableScaleIn }),
    ...(ScaleInCooldown === undefined ? {} : { scaleInCooldown: ScaleInCooldown }),
    ...(ScaleOutCooldown === undefined ? {} : { scaleOutCooldown: ScaleOutCooldown }),
  }
}

function namesWhere(given: object, holds: (value: unknown) => boolean): string {
  return Object.entries(given)
    .filter(([, value]) => holds(value))
    .map(([name]) => `'${name}'`)
    .join(', ')
}

function defaultPolicyName(row: TableRow, indexId: number, dimension: Dimension): string {
  const index = row.indexes.find(({ id }) => id === indexId)
  const resource = index === undefined ? `table/${row.name}` : `table/${row.name}/index/${index.name}`
  return `DynamoDB${dimension === 'read' ? 'Read' : 'Write'}CapacityUtilization:${resource}`
}

/** AWS page: TableAutoScalingDescription. */
export function describeScaling(row: TableRow): object {
  const globals = row.indexes.filter(({ kind, status }) => kind === 'GLOBAL' && status === 'ACTIVE')
  return {
    TableName: row.name,
    TableStatus: row.status,
    Replicas: [
      {
        RegionName: LOCAL_REGION,
        ...(globals.length === 0
          ? {}
          : {
              GlobalSecondaryIndexes: globals.map(({ id, name, status }) => ({
                IndexName: name,
                IndexStatus: status,
                ProvisionedReadCapacityAutoScalingSettings: describePolicy(row, throughputSettings(row, id).readScaling),
                ProvisionedWriteCapacityAutoScalingSettings: describePolicy(row, throughputSettings(row, id).writeScaling),
              })),
            }),
        ReplicaProvisionedReadCapacityAutoScalingSettings: describePolicy(row, row.readScaling),
        ReplicaProvisionedWriteCapacityAutoScalingSettings: describePolicy(row, row.writeScaling),
        ReplicaStatus: row.status,
      },
    ],
  }
}

function describePolicy(row: TableRow, policy: AutoScaling | undefined): object {
  if (policy === undefined) return { AutoScalingDisabled: true, ScalingPolicies: [] }
  const { minimum, maximum, policyName, target, disableScaleIn, scaleInCooldown, scaleOutCooldown } = policy
  return {
    MinimumUnits: minimum,
    MaximumUnits: maximum,
    AutoScalingRoleArn: ROLE_ARN,
    ...(row.billingMode === 'PROVISIONED' ? {} : { AutoScalingDisabled: true }),
    ScalingPolicies: [
      {
        PolicyName: policyName,
        TargetTrackingScalingPolicyConfiguration: {
          ...(disableScaleIn === undefined ? {} : { DisableScaleIn: disableScaleIn }),
          ...(scaleInCooldown === undefined ? {} : { ScaleInCooldown: scaleInCooldown }),
          ...(scaleOutCooldown === undefined ? {} : { ScaleOutCooldown: scaleOutCooldown }),
          TargetValue: target,
        },
      },
    ],
  }
}

/** The table that scaling is asked of, missing: AWS calls it a global table. */
export function scaledTableNotFound(tableName: string): ResourceNotFoundException {
  return new ResourceNotFoundException(`Global table with name: '${tableName}' does not exist.`)
}

