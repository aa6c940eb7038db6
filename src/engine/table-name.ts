// The check of a TableName in operations on tables, which word a missing one differently from operations on items.
// A name that exists needs none, so operations on items call this only where the catalog doesn't know the name.
import { ValidationException } from '../model/errors.ts'
import { Constraints } from './constraints.ts'

/** Throws ValidationException. */
export function checkTableName(tableName: unknown): void {
  if (tableName === undefined || tableName === null) {
    throw new ValidationException("The parameter 'TableName' is required but was not present in the request")
  }
  const constraints = new Constraints()
  constraints.tableName(tableName)
  constraints.done()
}
