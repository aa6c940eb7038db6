// ReplicaUpdates, witnesses and consistency over Regions: refused, because this database is one Region. The texts are
// AWS's own for what they would ask of a Region that there is not (lab: table-replicas; AWS page: UpdateTable).
import { ValidationException } from '../model/errors.ts'

const LOCAL_REGION = 'local'

interface ReplicaInput {
  readonly ReplicaUpdates?: readonly object[]
  readonly MultiRegionConsistency?: string
  readonly GlobalTableWitnessUpdates?: readonly object[]
}
type ReplicaAction = { readonly RegionName?: string }

/** `otherConcerns`: how many other changes the same request asks for. Throws ValidationException. */
export function checkReplicaUpdates(input: ReplicaInput, otherConcerns: number): void {
  const { ReplicaUpdates: replicas, GlobalTableWitnessUpdates: witnesses, MultiRegionConsistency: consistency } = input
  const changesWitness = (witnesses ?? []).some((update) => Object.keys(update).length > 0)
  if (replicas === undefined && !changesWitness) return
  if (otherConcerns > 0) {
    throw new ValidationException(
      'One or more parameter values were invalid: Requests that modify replicas or witnesses must not also modify other fields',
    )
  }
  const actions = (replicas ?? []).flatMap((update) => Object.values(update) as (ReplicaAction | undefined)[])
  if (replicas !== undefined && actions.length === 0) {
    throw new ValidationException('There are no actions specified in the Replica Update Action of the request.')
  }
  if (changesWitness && consistency !== 'STRONG') {
    throw new ValidationException('MultiRegionConsistency must be set as STRONG when GlobalTableWitnessUpdates parameter is present.')
  }
  const region = actions.map((action) => action?.RegionName).find((name) => name !== undefined) ?? ''
  if (region === LOCAL_REGION) {
    throw new ValidationException(
      'Cannot add, delete, or update the local region through ReplicaUpdates. Use CreateTable, DeleteTable, or UpdateTable as required.',
    )
  }
  throw new ValidationException(
    `Region ${region} is not supported. The latest version of global tables are only supported in the following regions: [${LOCAL_REGION}]`,
  )
}
