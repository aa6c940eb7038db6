// What the two restores have alike: the target's name and the overrides, checked as AWS does before it looks at any
// source (lab: table-restore; AWS pages RestoreTableFromBackup, RestoreTableToPointInTime).
import { TableAlreadyExistsException } from '../model/control-errors.ts'
import { ValidationException } from '../model/errors.ts'
import type { BillingMode, GlobalSecondaryIndex, LocalSecondaryIndex, ProvisionedThroughput } from '../model/table.ts'
import type { Constraints } from './constraints.ts'
import { checkEncryption } from './encryption.ts'
import type { EngineCore } from './engine-core.ts'
import { checkThroughputShape } from './table-definition.ts'
import { shownRow } from './table-phase.ts'
import { checkSettingsShape } from './table-settings.ts'
import type { OnDemandThroughput, SSESpecification } from './table-shapes.ts'

export interface RestoreOverrides {
  readonly TargetTableName: string
  readonly BillingModeOverride?: BillingMode
  readonly GlobalSecondaryIndexOverride?: readonly GlobalSecondaryIndex[]
  readonly LocalSecondaryIndexOverride?: readonly LocalSecondaryIndex[]
  readonly ProvisionedThroughputOverride?: ProvisionedThroughput
  readonly OnDemandThroughputOverride?: OnDemandThroughput
  readonly SSESpecificationOverride?: SSESpecification
}

/** Throws ValidationException. */
export function checkRestoreOverrides(constraints: Constraints, input: RestoreOverrides): void {
  constraints.name('targetTableName', input.TargetTableName)
  constraints.oneOf('billingModeOverride', input.BillingModeOverride, ['PROVISIONED', 'PAY_PER_REQUEST'])
  checkThroughputShape(constraints, 'provisionedThroughputOverride', input.ProvisionedThroughputOverride)
  checkSettingsShape(constraints, input.SSESpecificationOverride === undefined ? {} : { SSESpecification: input.SSESpecificationOverride })
  constraints.done()
  const { BillingModeOverride: mode, ProvisionedThroughputOverride: throughput, OnDemandThroughputOverride: onDemand } = input
  if (mode === 'PAY_PER_REQUEST' && throughput !== undefined) {
    throw new ValidationException('Invalid Request: Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST')
  }
  if (mode === 'PROVISIONED' && throughput === undefined) {
    throw new ValidationException('Invalid Request: Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED')
  }
  for (const name of ['MaxReadRequestUnits', 'MaxWriteRequestUnits'] as const) {
    const units = onDemand?.[name]
    if (units === undefined) continue
    if (mode === 'PROVISIONED') {
      throw new ValidationException(`Invalid Request: Cannot override ${name} for OnDemandThroughput unless BillingModeOverride is PAY_PER_REQUEST`)
    }
    if (units < 1 && units !== -1) throw new ValidationException(`Invalid Request: Requested ${name} for OnDemandThroughput is outside of valid range`)
  }
  if (input.SSESpecificationOverride !== undefined) checkEncryption(input.SSESpecificationOverride)
}

/** Throws TableAlreadyExistsException. */
export function checkTargetIsFree(engine: EngineCore, targetTableName: string): void {
  if (shownRow(engine, targetTableName) !== undefined) throw new TableAlreadyExistsException(`Table already exists: ${targetTableName}`)
}
