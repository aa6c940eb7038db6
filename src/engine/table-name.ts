// The check of a TableName in operations on tables, which word it differently from operations on items: the length has a
// text of its own and comes before the characters (dynalite's test/describeTable.js, deleteTable.js, updateTable.js and
// updateTimeToLive.js, as AWS answered).
// A name that exists needs none, so operations on items call this only where the catalog doesn't know the name.
import { SerializationException, ValidationException } from '../model/errors.ts'
import { checkTableName as checkName } from '../model/names.ts'
import { tableNameOf } from './table-row.ts'

/** Throws ValidationException. */
export function checkTableName(tableName: unknown): void {
  if (tableName === undefined || tableName === null) {
    throw new ValidationException("The parameter 'TableName' is required but was not present in the request")
  }
  if (typeof tableName !== 'string') throw new SerializationException('Unexpected field type')
  checkName(tableNameOf(tableName))
}
