// The legacy global tables (version 2017.11.29): their names are checked, and then AWS's own answers apply: it makes none
// any more, and none exists.
import { GlobalTableNotFoundException } from '../model/control-errors.ts'
import { ValidationException } from '../model/errors.ts'
import { Constraints } from './constraints.ts'

/** Throws ValidationException. */
export function checkGlobalTableName(name: unknown, more?: (constraints: Constraints) => void): void {
  const constraints = new Constraints()
  constraints.name('globalTableName', name)
  more?.(constraints)
  constraints.done()
}

export function globalTableNotFound(name: string): GlobalTableNotFoundException {
  return new GlobalTableNotFoundException(`Global table with name: '${name}' does not exist.`)
}
type GlobalTableNotFoundException = InstanceType<typeof GlobalTableNotFoundException>

/** As AWS answers since the version was closed (lab: error catalogue DDB-TABLE-442). */
export function legacyGlobalTables(): ValidationException {
  return new ValidationException(
    'One or more parameter values were invalid: DynamoDB global tables version 2017.11.29 is not supported. ' +
      'We recommend using DynamoDB global tables version 2019.11.21, instead of version 2017.11.29 (Legacy).',
  )
}
